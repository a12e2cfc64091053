"""sed, held against GNU sed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.userland import _compare

TEXT = b"1 0 0:5 / /proc rw - proc proc rw\nabc\nbbb b.b\n\ncab [x]\nlast"

SCRIPTS = r"""
s/ - .*//
s/b/[&]/
s/b/[&]/2
s/b/[&]/g
s/b/[&]/2g
s/x*/-/g
s/b*/-/2
s/^/> /
s/$/ </
s/\(a\)\(b\)/\2\1/
s,/,|,g
s/a\/b/c/
s|a\|b|X|g
s/B/y/I
s/b/y/ig
s/[/]/X/
s/[]]/X/
s/[^]a]/X/g
s/a/\n/
s/c/\t\\\&/
s/b/\
/
s/./&&/p
s/\./,/
s/\w\+/W/g
s/b\{2\}/B/
s/cab\|ab/X/
p
d
=
2p
2,3p
2,1p
$p
$!d
2!d
2q
2q5
/b/p
/b/!d
/a/,/b/d
/abc/,$d
2,/b/p
/b/,2p
/B/Id
\,abc,d
1d;s/a/A/
1 d ; 2 d
p;p
# nothing
s/a/A/ # why
y/abc/xyz/
y/a\/b/\/+-/
n;d
/abc/s//X/
$=
""".strip("\n")


def scripts() -> list[str]:
    """A script a line; a line that ends in a backslash goes on."""
    return SCRIPTS.replace("\\\n", "\0").splitlines()


@pytest.mark.parametrize("script", scripts())
@pytest.mark.parametrize("option", ["", "-n", "-E"])
def test_it_prints_what_gnu_sed_prints(script: str, option: str) -> None:
    words = [option] if option else []
    _compare.alike("sed", *words, script.replace("\0", "\\\n"), stdin=TEXT)


@pytest.mark.parametrize(
    "script",
    [
        *("s/a", "s/a/b", "s/a/b/z", "/a", "/a/", r"s/\(a/b/", "1,d", r"s/a/\1/", "y/abc/d/"),
        *("0p", "s/a/b/0", "k", "p x", "s/a/b/ x", "s/[/b/", "3,p"),
    ],
)
def test_a_script_that_is_none_is_refused_in_its_words(script: str) -> None:
    _compare.alike("sed", script, stdin=TEXT)


@pytest.mark.parametrize("pattern", ["(a|b)(c|b)", "a+|b?c", "b{2,}", "^(a|c).*$", "x|"])
def test_extended_expressions(pattern: str) -> None:
    _compare.alike("sed", "-E", f"s/{pattern}/<&>/g", stdin=TEXT)


def test_files_one_after_the_other(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1\n2")
    (tmp_path / "b").write_text("3\n4\n")
    for words in (
        ("$p", "a", "b"),
        ("3q", "a", "b"),
        ("p", "no", "a"),
        ("=", "."),
        ("-ne", "2p", "a"),
    ):
        _compare.alike("sed", *words, cwd=tmp_path)
    _compare.alike("sed", "-n", "-e", "p", "-e", "s/1/x/p", "a", cwd=tmp_path)
    _compare.alike("sed", "-r", "s/(1)/\\1\\1/", "a", "-", cwd=tmp_path, stdin=b"z")
