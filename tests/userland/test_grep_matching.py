"""grep but for -P, -b and -r: what matches, and what is shown of it; held against GNU's."""

from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import nsh
from tests.userland._compare import alike, ours, real
from tests.userland._texts import TEXT, quick

PATTERN = st.text(st.sampled_from("ab.*^$[]-()|+?{}\\1,:_ "), max_size=7)
ORDINARY = st.sampled_from(
    ["-i", "-v", "-c", "-n", "-x", "-w", "-E", "-l", "-L", "-H", "-m1", "-q"]
)


def portable(pattern: str) -> bool:
    """Whether GNU warns of it, or gives it a meaning of its own that no page tells."""
    stray = (
        "\\ ",
        "\\a",
        "\\-",
        "\\:",
        "\\_",
        "\\,",
        "\\]",
        "{,",
        "(*",
        "(+",
        "(?",
        "(^*",
        "|*",
        "|+",
        "|?",
        "*{",
    )
    closing = pattern.count(")") > pattern.count("(")  # -E takes it for itself, more or less
    return not closing and not any(mark in pattern for mark in stray)


@settings(quick, max_examples=150)
@given(PATTERN.filter(portable), st.lists(ORDINARY, max_size=2, unique=True), TEXT)
def test_grep(pattern: str, words: list[str], text: str):
    said = real("grep", *words, "-e", pattern, stdin=text.encode())
    assume(pattern or "-v" not in words)  # GNU does not even read the file then
    assume(not any("warning" in line for line in said.complaints))
    mine = ours("grep", *words, "-e", pattern, stdin=text.encode())
    assert mine[:2] == said[:2], (pattern, words, text, mine, said)


@quick
@given(
    st.sampled_from(
        ["a", "a*", "ab\\|a", "b\\?a", "[^a]", "\\<a", "a\\>", "\\w\\+", "x*", "1\\.", "\\bb"]
    ),
    TEXT,
)
def test_grep_shows_what_matches(pattern: str, text: str):
    alike("grep", "-on", pattern, stdin=text.encode())


@pytest.mark.parametrize(
    "line",
    r"""
grep alpha one two nope dir
grep -c a one two num
grep -l a one two num
grep -L a one two num
grep -s a nope one
grep -q a one nope
grep -q zz one nope
grep -q a nope one
grep -h a one num
grep -H a one
grep -n a - one
grep -F . num
grep -Fx 1 num
grep -e 1 -e 2 num
grep alpha binary
grep -c alpha binary
grep -o alpha binary
grep -a beta binary
grep alpha latin
grep -l alpha latin
grep -v alpha binary
grep [[:upper:]] one
grep [[:alpha:][:digit:]]x one
grep [^[:space:]] one
grep -E (a|e)+t one
grep -E \(b(e)ta\) one
grep (\(a\)l\1 one
grep \(.\)\1 one
grep -E (.)(.)\2 one
grep -E a{2}|l{1} one
grep l\{1\} one
grep a\{1 one
grep a\{1,0\} one
grep -E a{99999} one
grep \(a one
grep a\) one
grep -E a) one
grep -E (a one
grep [a one
grep [[:foo:]] one
grep [:space:] one
grep [b-a] one
grep []a] one
grep [^]a] one
grep [a-] one
grep [.a] one
grep \2 one
grep a\ one
grep -m0 a one
grep -m x a one
grep -w beta one
grep -w bet one
grep -x alpha one
grep -io GAMMA one
grep -E ^a|a$ one
grep -e ^ -c one
grep -c $ one
grep ^^a one
grep a$b one
grep x\|beta one
grep -E -o alp|alpha one
""".strip().splitlines(),
)
def test_grep_cases(line: str, texts: Path):
    alike(*line.split(" "), cwd=texts, stdin=b"a\n")


def test_grep_takes_each_line_of_a_pattern_for_one(texts: Path):
    alike("grep", "1\n2", "num", cwd=texts)


@quick
@given(
    st.lists(st.sampled_from(["-v", "-n", "-o", "-m1", "-m2", "-c", "-A1", "-B1", "-C2", "-A0"])),
    st.sampled_from([["a"], ["^b"], ["-eab", "-eb"], ["-E", "a|c"]]),
    st.sampled_from([[], ["one"], ["one", "-", "num"]]),
    st.text(st.sampled_from("ab\n\n\nc"), max_size=40),
)
def test_grep_shows_what_is_around(
    texts: Path, words: list[str], pattern: list[str], files: list[str], text: str
):
    alike("grep", *words, *pattern, *files, stdin=text.encode(), cwd=texts)


@pytest.mark.parametrize(
    "argv",
    [
        ("-2", "b", "one"),
        ("-A", "x", "b"),
        ("-A99999999999999999999999", "b", "one"),
        ("-EF", "b"),
        ("-E", "-E", "b", "one"),
    ],
)
def test_grep_of_odd_options(texts: Path, argv: tuple[str, ...]):
    alike("grep", *argv, cwd=texts)


def test_grep_that_finds_nothing_stops_no_script():
    said = nsh.boot().run("grep sshd /proc/1/comm; echo $?")
    assert (said.output, said.ok) == ("1\n", True)
