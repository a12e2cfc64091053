"""grep, sort, uniq, cut, tr, wc, head, tail, tee, basename: held against GNU's on this machine."""

import shlex
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import nsh
from tests.userland._compare import alike, ours, real

quick = settings(max_examples=50, deadline=None, derandomize=True)
TEXT = st.text(st.sampled_from("aab 1.-\t\n\n:_Bé"), max_size=40)
FEW = st.integers(0, 2)


def options(*known: str) -> st.SearchStrategy[list[str]]:
    """A few of these options."""
    return st.lists(st.sampled_from(known), max_size=3, unique=True)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("text")
    (root / "one").write_text("alpha\nbeta beta\n\nGamma\nno newline")
    (root / "two").write_text("")
    (root / "num").write_text("1\n2\n")
    (root / "binary").write_bytes(b"alpha\0beta\nalpha\n")
    (root / "latin").write_bytes(b"caf\xe9 alpha\n")
    (root / "dir").mkdir()
    return root


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
""".strip()
    .replace("X", r"\X")
    .splitlines(),
)
def test_grep_cases(line: str, place: Path):
    alike(*line.split(" "), cwd=place, stdin=b"a\n")


def test_grep_takes_each_line_of_a_pattern_for_one(place: Path):
    alike("grep", "1\n2", "num", cwd=place)


SORTABLE = st.lists(st.text(st.sampled_from("ab 1209.-\t:_B"), max_size=7), max_size=9).map(
    "\n".join
)


@settings(quick, max_examples=100)
@given(
    options("-n", "-r", "-u", "-f", "-b", "-s"),
    st.lists(
        st.sampled_from(
            [
                "1",
                "2",
                "1,1",
                "2,2",
                "2n",
                "1r",
                "1,2",
                "1.2",
                "1.2,1.3",
                "2b,2",
                "1bn,1r",
                "2.2b,2.1b",
                "1,1.0",
                "3f",
            ]
        ),
        max_size=2,
    ),
    st.sampled_from([[], ["-t:"], ["-t", "a"]]),
    SORTABLE,
)
def test_sort(words: list[str], keys: list[str], separator: list[str], text: str):
    """Bytes are compared: LC_ALL=C's order, which is C.UTF-8's too."""
    alike("sort", *words, *[f"-k{key}" for key in keys], *separator, stdin=text.encode())


@quick
@given(options("-n", "-r", "-u", "-s"), SORTABLE)
def test_sort_checks(words: list[str], text: str):
    alike("sort", "-c", *words, stdin=text.encode())


@quick
@given(options("-c", "-d", "-u", "-i"), st.lists(st.sampled_from(["a", "A", "b", ""]), max_size=8))
def test_uniq(words: list[str], lines: list[str]):
    alike("uniq", *words, stdin="\n".join(lines).encode())


@quick
@given(
    options("-d", "-u", "-i", "-f1", "-s1", "-w1", "-w0"),
    st.sampled_from([[], ["-c"], ["-D"], ["--all-repeated=prepend"], ["--all-repeated=sep"]]),
    st.lists(st.sampled_from(["a", "A", "b", "", "a b", "c b", " b", "a bc", "ab"]), max_size=8),
)
def test_uniq_of_parts(words: list[str], more: list[str], lines: list[str]):
    alike("uniq", *words, *more, stdin="\n".join(lines).encode())


SIZES = st.lists(
    st.tuples(
        st.sampled_from(["", "-", " "]),
        st.sampled_from(["0", "1", "2.5", "10", "9", "1024", "x", ".5", "1.024"]),
        st.sampled_from(["", "K", "k", "M", "G", "Ki", " K"]),
    ).map("".join),
    max_size=8,
)
VERSIONS = st.lists(
    st.lists(
        st.sampled_from(["a", "b", "1", "9", "10", "09", "0", ".", "~", "-", ".tar", ".c", "é"]),
        max_size=6,
    ).map("".join),
    max_size=8,
)


@quick
@given(options("-h", "-r", "-u", "-s", "-k1", "-k2,2hr", "-z"), SIZES)
def test_sort_by_size(words: list[str], lines: list[str]):
    end = "\0" if "-z" in words else "\n"
    alike("sort", *words, stdin=end.join(lines).encode())


@quick
@given(options("-r", "-u", "-s", "-f"), VERSIONS)
def test_sort_by_version(words: list[str], lines: list[str]):
    alike("sort", "-V", *words, stdin="\n".join(lines).encode())


@quick
@given(
    st.sampled_from(["1", "2", "1,3", "2-", "-2", "3-4,1", "2-3,3-5", "2,1", "4"]),
    st.sampled_from([["-f"], ["-d:", "-f"], ["-d", " ", "-sf"], ["-c"], ["-b"]]),
    options("--complement", "--output-delimiter=+"),
    TEXT,
)
def test_cut(ranges: str, how: list[str], words: list[str], text: str):
    alike("cut", *words, *how, ranges, stdin=text.encode())


SET = st.sampled_from(
    (
        *("a", "ab", "a-c", "[:lower:]", "[:upper:]", "[:space:]", "\\n", "\\141", "[=a=]"),
        *("[x*]", "[x*2]b", "-a", "b-", "", "z-a", "[:no:]", "\\\\", "1.:"),
    )
)


@settings(quick, max_examples=80)
@given(options("-d", "-s", "-c", "-t"), SET.filter(bool), st.lists(SET, max_size=1), TEXT)
def test_tr(words: list[str], first: str, second: list[str], text: str):
    said = real("tr", *words, "--", first, *second, stdin=text.encode())
    mine = ours("tr", *words, "--", first, *second, stdin=text.encode())
    assert mine[:2] == said[:2], (words, first, second, text, mine, said)


@quick
@given(options("-l", "-w", "-c", "-m", "-L"), st.binary(max_size=60) | TEXT.map(str.encode))
def test_wc(words: list[str], data: bytes):
    alike("wc", *words, stdin=data)


AMOUNT = st.sampled_from(["0", "1", "2", "5", "-1", "-3", "+1", "+3", "1k", "99"])


@quick
@given(st.sampled_from(["head", "tail"]), st.sampled_from(["-n", "-c"]), AMOUNT, TEXT)
def test_head_and_tail(tool: str, how: str, amount: str, text: str):
    alike(tool, how, amount, stdin=text.encode())


@pytest.mark.parametrize(
    "tool", ["head -n3", "tail -n3", "head -n-3", "tail -n+3", "head -c70000", "tail -c70000", "wc"]
)
def test_large_inputs(tool: str):
    data = b"".join(b"line %d\n" % number for number in range(30000))
    alike(*tool.split(), stdin=data)


@pytest.mark.parametrize(
    "line",
    r"""
wc one two num nope dir
wc -l one two
wc -l one
wc -c one
wc one
wc -lc one - num
wc -m latin
head one num
head -n 1 one - num
head -q one num
head -v one
head -1 one
head -n x one
head -c 1x one
head -n1 nope dir one
tail one num
tail -n 1 one - num
tail -2 one
tail -n +2 one two
tail -n x one
uniq nope
uniq -D -c one
uniq -f x one
uniq -w -1 one
uniq --all-repeated=x one
sort -hn one
sort -k1,1hV one
sort nope
sort dir
sort one num
sort -t ab one
sort -t "" one
sort -k0 one
sort -kx one
sort -k1.0 one
sort -k1,x one
sort -k1z one
sort -c one num
cut one
cut -f0 one
cut -f3-2 one
cut -fx one
cut -c- one
cut -c0 one
cut -d ab -f1 one
cut -c1 -f1 one
cut -d: -c1 one
cut -s -c1 one
cut -f1 nope one
tee dir/x
basename /a/b/c.x .x
basename -s .x a.x b/.x
basename -a a/b c/
basename / //
basename x x
basename ""
basename a b c
basename
dirname a/b a b/ / //a /a a//b/ ""
dirname
tr a
tr
tr a b c
tr -d a b
""".strip().splitlines(),
)
def test_cases(line: str, place: Path):
    alike(*shlex.split(line), cwd=place, stdin=b"x\ny\n")


def test_tee_writes_all_it_can(tmp_path: Path):
    (tmp_path / "dir").mkdir()
    said = ours("tee", "a", "dir", "b", cwd=tmp_path, stdin=b"hello\n")
    assert said == real("tee", "a", "dir", "b", cwd=tmp_path, stdin=b"hello\n")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes() == b"hello\n"
    alike("tee", "-a", "a", cwd=tmp_path, stdin=b"")


def test_uniq_and_sort_into_files(tmp_path: Path):
    for run in (ours, real):
        (tmp_path / "in").write_text("b\na\na\n")
        assert run("sort", "in", "-o", "in", cwd=tmp_path).status == 0
        assert (tmp_path / "in").read_text() == "a\na\nb\n"
        assert run("uniq", "in", "out", cwd=tmp_path).status == 0
        assert (tmp_path / "out").read_text() == "a\nb\n"


@quick
@given(
    st.lists(st.sampled_from(["-v", "-n", "-o", "-m1", "-m2", "-c", "-A1", "-B1", "-C2", "-A0"])),
    st.sampled_from([["a"], ["^b"], ["-eab", "-eb"], ["-E", "a|c"]]),
    st.sampled_from([[], ["one"], ["one", "-", "num"]]),
    st.text(st.sampled_from("ab\n\n\nc"), max_size=40),
)
def test_grep_shows_what_is_around(
    place: Path, words: list[str], pattern: list[str], files: list[str], text: str
):
    alike("grep", *words, *pattern, *files, stdin=text.encode(), cwd=place)


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
def test_grep_of_odd_options(place: Path, argv: tuple[str, ...]):
    alike("grep", *argv, cwd=place)


def test_grep_that_finds_nothing_stops_no_script():
    said = nsh.boot().run("grep sshd /proc/1/comm; echo $?")
    assert (said.output, said.ok) == ("1\n", True)


ODD_SET = st.lists(
    st.sampled_from(
        (
            *("a", "a-c", "A-C", "[:lower:]", "[:upper:]", "[:digit:]", r"\n", r"\141", "[=a=]"),
            *("[x*]", "[y*2]", "[z*02]", "-", "]", "[", r"\\", r"\-", "[:", "=]", r"\400", r"\q"),
            *("z-a", "[:no:]", "[=ab=]", "[x*z]", "[==]", "[::]", "\\", r"[:\t:]", r"\t-\a"),
        )
    ),
    min_size=1,
    max_size=3,
).map("".join)


@settings(quick, max_examples=150)
@given(options("-d", "-s", "-c", "-t"), ODD_SET, st.lists(ODD_SET, max_size=1), TEXT)
def test_tr_of_odd_sets(words: list[str], first: str, second: list[str], text: str):
    """All that GNU says too, warnings included."""
    alike("tr", *words, "--", first, *second, stdin=text.encode())


def test_tr_squeezes_over_the_borders_of_reads():
    alike("tr", "-s", "a", stdin=b"b" * 65535 + b"aaa" + b"b" * 65535 + b"aab")


@quick
@given(
    st.sampled_from([["-f"], ["-d:", "-sf"], ["-c"], ["-nb"]]),
    st.lists(
        st.sampled_from([*"123-,0x", "4-", "9" * 20]),
        max_size=5,
    ),
    options("--complement", "--output-delimiter="),
    TEXT,
)
def test_cut_of_odd_lists(how: list[str], pieces: list[str], words: list[str], text: str):
    alike("cut", *words, *how, "".join(pieces), stdin=text.encode())


@pytest.mark.parametrize("tool", ["head", "tail"])
@pytest.mark.parametrize(
    "words",
    [
        *(["-n", amount] for amount in ("1B", "1kiB", "1m", "16E", "15E", "1Z", "0x1")),
        *(["-n", amount] for amount in ("1bB", "k", "-k", "+", "-", "--1")),
        *(["-n", str((1 << 64) - number)] for number in (0, 1)),
        *(["-c", "+" + str((1 << 64) - 1)], ["-n", ""], ["-n0", "nope"], ["-n-0", "nope"]),
        *(["-2c", "one"], ["-1b", "one"], ["-2l", "one"], ["-2", "--", "one"]),
    ],
)
def test_amounts(place: Path, tool: str, words: list[str]):
    alike(tool, *words, cwd=place, stdin=b"x\ny\nz\n")


def test_older_spellings(place: Path):
    for argv in (["head", "-2qv"], ["head", "-1k"], ["tail", "-2", "one", "two"]):
        alike(*argv, cwd=place, stdin=b"x\ny\nz\n")
