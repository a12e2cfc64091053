"""grep -P, -b and -r, held against GNU's on this machine."""

import os
import shlex
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from nsh.session.session import Session
from nsh.userland import pcre
from nsh.userland.options import UsageError
from tests.userland._compare import Outcome, ours, real

FILES = {
    "a.c": b"alpha\nbeta\n",
    "b.txt": b"alpha x\n",
    "d/c.c": b"zz alpha\n",
    "d/e/f.txt": b"alpha\n",
    "d/skip/k.c": b"alpha\n",
    "d/bin": b"al\0pha\nalpha\n",
    ".h/g": b"alpha\n",
    "wide": "é alpha é\né\n".encode(),
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("grep")
    for name, data in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    (root / "d" / "link").symlink_to("../a.c")
    (root / "d" / "e" / "up").symlink_to("..")
    return root


def unordered(said: Outcome) -> tuple[int, list[str], list[str]]:
    """Directories are gone through by name here, and there in whatever order they have."""
    return said.status, sorted(said.out.splitlines()), sorted(said.complaints)


TREES = r"""
-r alpha
-r alpha .
-r alpha a.c
-r alpha d/
-rh alpha d
-rH alpha a.c
-R alpha d
-R alpha d/e d/link
-r --include='*.c' alpha
--include='*.c' alpha b.txt a.c
--exclude='*.c' alpha b.txt a.c
-r --exclude-dir=skip alpha d
-r --exclude-dir=skip/ alpha d
-r --exclude-dir=d alpha d
-r --exclude-dir=e --exclude='c.*' alpha d
-r --include='*.c' --exclude='k*' alpha d
-r --exclude='k*' --include='*.c' alpha d
-r --include=d alpha d
-r --exclude='d/*' alpha d
-r --exclude-dir='*' alpha d
-r --include='[!ab].*' alpha
alpha d
-rl alpha nope d
-rL alpha d
-rc alpha d
-rs alpha nope
-rqs alpha nope d
-rn -m1 alpha d/c.c nope
-r alpha -
-r nothing .
"""
OFFSETS = """
-b eta a.c
-ob a a.c
-obi A a.c b.txt
-bn -C1 beta a.c
-bov alpha a.c
-bv alpha a.c
-cb alpha a.c
-bo é wide
-bH -A1 alpha wide
-ob -e al -e pha a.c
"""
PERL = r"""
'(' a.c
-e a -e b a.c
-E a a.c
'*' a.c
'[' a.c
')' a.c
'\' a.c
'\1' a.c
'a{3,1}' a.c
'[[:nope:]]' a.c
-o 'al\Kpha' a.c
-ob 'al\Kpha' a.c
-o 'alpha|be\Kta' a.c
-o '(a)(l)\K(p)\w*\1' a.c
-o '\w+?' a.c
-o '(?<=al)pha' a.c
-o 'a(?!l)' a.c
-o '(?i)ALPHA' a.c
-o '(?i)AL(?-i:pha)' a.c
-o '(?<x>a).*\k<x>' a.c
-o '(?<x>a).*\g{x}' a.c
-o '(?P<x>a).*(?P=x)' a.c
-o '(p)(h)\g{-1}?' a.c
-o '[[:alpha:]]{2,}' a.c
-o '[^[:alpha:]]+' b.txt
-o '[[:alpha:] ]+' b.txt
-o '[\x61\d]' a.c
-o '\x{61}l' a.c
-o '\141l' a.c
-o 'l{,3}' a.c
-o 'a++l' a.c
-o '(?>a|al)p' a.c
-o 'x\h*|\hx' b.txt
-o '^\N+$' b.txt
-ow 'alpha|x' b.txt
-x alpha a.c b.txt
-o '\A.' a.c
-o '.\z' a.c
-o '[]a]' a.c
-o '[a-]' a.c
-o '[a\]b]' a.c
-o '\e|\cA|a' a.c
-io É wide
-v a a.c
-c a a.c b.txt
-o '(?x) al  pha # c' a.c
-o '(?#c)al' a.c
-o 'a|b|' a.c
'\Qa.\E' a.c
'a\.' a.c
"""


@pytest.mark.parametrize(
    "line",
    [*TREES.strip().splitlines(), *OFFSETS.strip().splitlines()]
    + ["-P " + line for line in PERL.strip().splitlines()],
)
def test_a_line(line: str, place: Path):
    words = shlex.split(line)
    assert unordered(ours("grep", *words, cwd=place)) == unordered(real("grep", *words, cwd=place))


def test_a_fifo_and_a_device_are_not_read_below_a_directory(tmp_path: Path):
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "file").write_text("x\n")
    assert ours("grep", "-r", "x", ".", cwd=tmp_path).out == "./file:x\n"


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        (r"\p{L}", r"\p is beyond us"),
        ("(?R)", "(?R is beyond us"),
        ("(a)(?1)", "(?1 is beyond us"),
        ("(*FAIL)", "(*F is beyond us"),
        ("(?|a|b)", "(?| is beyond us"),
        ("a(?i)b", "(?i is beyond us"),
        (r"a\Kb\Kc", r"a second \K is beyond us"),
        ("(?<=a|bc)d", "look-behind of several widths is beyond us"),
        (r"\u0061", r"\u is beyond us"),
        (r"\X", r"\X is beyond us"),
    ],
)
def test_what_python_has_not_is_refused_by_name(pattern: str, told: str):
    said = ours("grep", "-P", pattern, stdin=b"abcd\n")
    assert (said.status, said.out) == (2, "")
    assert told in said.complaints[0]


def test_more_than_one_pattern_is_refused():
    assert ours("grep", "-P", "a\nb").complaints == [
        "grep: the -P option only supports a single pattern"
    ]


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.text(st.sampled_from(r"ab1 .*+?()[]{}|\^$-,:<=!KQEdwhx"), max_size=9))
def test_patterns_that_are_taken_mean_the_same(pattern: str):
    try:
        pcre.compiled(pattern, 0)
    except UsageError:
        assume(False)
    text = b"ab1 a-b\nbb aa11\n(a)[b]{1}\n\nKQE <d=w!h,x:\n"
    said = real("grep", "-obP", "-e", pattern, stdin=text)
    assume("beyond" not in str(said.complaints))
    mine = ours("grep", "-obP", "-e", pattern, stdin=text)
    assert mine[:2] == said[:2], (pattern, mine, said)


def test_a_tree_of_the_machine():
    result = Session().run("""
        mkdir /tmp/t; mkdir /tmp/t/u; echo one > /tmp/t/u/a; echo one two > /tmp/t/b
        cd /tmp/t; grep -r one; grep -rc two .; grep -roP 'o\\w+' --include=b
    """)
    assert result.stdout.splitlines() == [
        *("b:one two", "u/a:one"),
        *("./b:1", "./u/a:0"),
        "b:one",
    ]
