"""Single pieces of text out of /proc."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsh.linux.observe import mountinfo, parsing, ttys
from nsh.linux.observe.harmless import cells, cut, harmless


def general(data: bytes, pid: int) -> object:
    """status, parsed the general way: an unknown line in front keeps the quick one out."""
    return parsing.status(b"New:\tline\n" + data, pid)


def test_the_quick_way_and_the_general_way_agree_on_every_process_here():
    for name in os.listdir("/proc"):
        if name.isdecimal():
            try:
                data = Path("/proc", name, "status").read_bytes()
            except OSError:
                continue
            assert parsing.status(data, int(name)) == general(data, int(name))


@given(st.binary(max_size=300))
def test_any_bytes_are_parsed(data):
    one = parsing.status(data, 7)
    assert one.pids == (7,)
    assert one.doubts
    parsing.stat(data, one)
    parsing.link(data)
    list(mountinfo.lines(data))


@given(st.binary(max_size=40))
def test_a_name_comes_back_from_its_escapes(name):
    escaped = name.replace(b"\\", b"\\\\").replace(b"\n", b"\\n")
    assert parsing.unescaped(escaped) == name


@pytest.mark.parametrize(
    ("text", "link"),
    [
        (b"pid:[4026531836]", ("pid", 4026531836)),
        (b"pid:[4294967296]", None),
        (b"pid:[0]", None),
        (b"pid:[1", None),
        (b"[1]", None),
        (b":[1]", None),
        (b"socket:[12]", ("socket", 12)),
        ("pid:[１]".encode(), None),
    ],
)
def test_links(text, link):
    assert parsing.link(text) == link


@pytest.mark.parametrize(
    ("path", "plain"),
    [(rb"/a\040b", b"/a b"), (rb"\134040", rb"\040"), (rb"/a\9\04", rb"/a\9\04"), (b"\\", b"\\")],
)
def test_paths_in_mountinfo(path, plain):
    assert mountinfo.unescaped(path) == plain


@pytest.mark.parametrize(
    ("tty", "name"),
    [
        (0, ""),
        (34816, "pts/0"),
        (34816 + 255, "pts/255"),
        (0x8900, "pts/256"),
        (0x501, "console"),
        (0x401, "tty1"),
        (0x440, "ttyS0"),
        (0xE500, "hvc0"),
        (0xFF00, "255:0"),
    ],
)
def test_names_of_terminals(tty, name):
    assert ttys.name(tty) == name


@given(st.one_of(st.binary(max_size=40), st.text(max_size=40)), st.integers(0, 50))
def test_what_is_shown_is_harmless_and_fits(data, width):
    text = harmless(data)
    assert text.isprintable()
    assert cells(cut(text, width, "~")) <= max(width, 0) or width == 0
