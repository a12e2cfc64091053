"""wc, head, tail, tee, basename, and the odd lines of all tools for text: held against GNU's."""

import shlex
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.userland._compare import alike, ours, real
from tests.userland._texts import TEXT, options, quick


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
def test_cases(line: str, texts: Path):
    alike(*shlex.split(line), cwd=texts, stdin=b"x\ny\n")


def test_tee_writes_all_it_can(tmp_path: Path):
    (tmp_path / "dir").mkdir()
    said = ours("tee", "a", "dir", "b", cwd=tmp_path, stdin=b"hello\n")
    assert said == real("tee", "a", "dir", "b", cwd=tmp_path, stdin=b"hello\n")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes() == b"hello\n"
    alike("tee", "-a", "a", cwd=tmp_path, stdin=b"")


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
def test_amounts(texts: Path, tool: str, words: list[str]):
    alike(tool, *words, cwd=texts, stdin=b"x\ny\nz\n")


def test_older_spellings(texts: Path):
    for argv in (["head", "-2qv"], ["head", "-1k"], ["tail", "-2", "one", "two"]):
        alike(*argv, cwd=texts, stdin=b"x\ny\nz\n")
