"""stty, beside the real one: on a pty each, the same settings, then what both say of them."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nsh.userland import stty_show
from nsh.userland.stty_show import visible
from nsh.userland.stty_table import COMBINATIONS, INDEX, MODES, NUMBERS
from tests.userland import _linux

ENVIRONMENT = {"LC_ALL": "C", "PATH": os.environ["PATH"]}
LOOKS: tuple[list[str], ...] = ([], ["-a"], ["-g"], ["size"], ["speed"])


def real(terminal: int, *argv: str) -> tuple[int, str, bool]:
    run = subprocess.run(
        ["stty", *argv],
        stdin=terminal,
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        check=False,
    )
    return run.returncode, run.stdout, bool(run.stderr)


def ours(terminal: int, *argv: str) -> tuple[int, str, bool]:
    """The command in a child of its own, for descriptor 0 is the terminal."""
    reader, writer = os.pipe()
    errors, complains = os.pipe()
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        try:
            for fd, new in ((terminal, 0), (writer, 1), (complains, 2)):
                os.dup2(fd, new)
            os._exit(_linux.status_of(("stty", *argv), ENVIRONMENT))
        finally:
            os._exit(99)
    os.close(writer)
    os.close(complains)
    with open(reader, encoding="utf-8", errors="surrogateescape") as out, open(errors, "rb") as err:
        text, complaint = out.read(), err.read()
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status), text, bool(complaint)


def compare(*lines: list[str]) -> None:
    """Both do as *lines* say, one after the other, and after each say the same."""
    pairs = [pty.openpty(), pty.openpty()]
    try:
        for line in lines:
            assert ours(pairs[0][1], *line) == real(pairs[1][1], *line), line
            for look in LOOKS:
                assert ours(pairs[0][1], *look) == real(pairs[1][1], *look), (line, look)
    finally:
        for fds in pairs:
            for fd in fds:
                os.close(fd)


WORDS = [mode.name for mode in MODES] + [f"-{mode.name}" for mode in MODES]
# A pty has eight bits and no parity: the C library's stty says so in other words than ours.
QUIET = [word for word in WORDS if word.strip("-") not in {"parenb", "parodd", "cs5", "cs6", "cs7"}]
TOGETHER = [
    word for word in COMBINATIONS if word.lstrip("-") not in {"evenp", "parity", "oddp"}
    and word not in {"-pass8", "-litout"}
]  # fmt: skip


def test_a_new_terminal() -> None:
    compare([])


@pytest.mark.parametrize(
    "line",
    [
        "raw -echo",
        "-icanon min 1 time 0",
        "intr ^X",
        "intr ^x eol a eol2 200 swtch ^- min 5 time 0x10",
        "erase ^? kill undef susp ^-",
        "intr 0177 quit 0x1c",
        "rows 40 cols 100",
        "rows 010 columns 0x20",
        "rows 99999",
        "line 1",
        "9600",
        "115200",
        "ispeed 9600 ospeed 9600",
        "-drain echo",
        "tab3 nl1 cr2",
        "-tabs",
        "speed size",
        "rows 3 size",
        "iutf8 -ixon",
        "sane -echo",
        "500:5:bf:8a3b:3:1c:7f:15:4:0:1:0:11:13:1a:0:12:f:17:16:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0",
        # refused
        "foo",
        "-echo foo",
        "rows",
        "rows x",
        "rows -1",
        "rows 99999999999999",
        "-rows 3",
        "intr",
        "intr abc",
        "min 300",
        "min -1",
        "-cs8",
        "12345",
        "-9600",
        "500:5:bf",
        "500:5:bf:8a3b:3:1c:7f:15:4:0:1:0:11:13:1a:0:12:f:17:16:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0",
        "-a -g",
        "-a echo",
        "-g echo",
        "-F /dev/null",
        "-F /no/such/file",
        "--file=/dev/null -a",
        "--nosuch",
        "-F",
        "drain",
    ],
)
def test_one_line(line: str) -> None:
    compare(line.split())


@pytest.mark.parametrize("combination", TOGETHER)
def test_what_stands_for_several(combination: str) -> None:
    compare(["inlcr", "igncr", "iuclc", "tab2", "erase", "x", "-opost", "echoprt"], [combination])


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(QUIET).map(lambda word: [word]),
            st.sampled_from(TOGETHER).map(lambda word: [word]),
            st.tuples(
                st.sampled_from([name for name in INDEX if name not in NUMBERS]),
                st.one_of(
                    st.integers(0, 300).map(str),
                    st.sampled_from(["^-", "undef", "^?", "^@", "^a", "~", "", "a"]),
                ),
            ).map(list),
            st.tuples(st.sampled_from(["rows", "cols"]), st.integers(0, 70000).map(str)).map(list),
        ),
        max_size=6,
    )
)
def test_any_words(words: list[list[str]]) -> None:
    compare([word for part in words for word in part])


def test_what_was_saved_is_restored() -> None:
    master, slave = pty.openpty()
    _status, before, _ = ours(slave, "-g")
    ours(slave, "raw", "-echo", "intr", "^X")
    assert ours(slave, "-g")[1] != before
    assert ours(slave, before.strip()) == (0, "", False)
    assert ours(slave, "-g")[1] == before
    os.close(master)
    os.close(slave)


def test_another_terminal() -> None:
    _master, slave = pty.openpty()
    _other, null = pty.openpty()
    name = os.ttyname(slave)
    assert ours(null, "-F", name, "-echo")[0] == 0
    assert ours(slave) == real(slave)
    assert ours(null, "--file", name, "-g") == real(slave, "-g")


@pytest.mark.parametrize(
    ("character", "shown"),
    [(0, "<undef>"), (3, "^C"), (127, "^?"), (97, "a"), (128, "M-^@"), (200, "M-H"), (255, "M-^?")],
)
def test_how_characters_are_shown(character: int, shown: str) -> None:
    assert visible(character) == shown


def test_lines_are_as_long_as_the_terminal_is_wide() -> None:
    from nsh.machine.terminals import Termios, Winsize

    for width in (20, 80, 200):
        lines = stty_show.everything(Termios(), Winsize(24, 80), width)
        assert max(map(len, lines)) <= max(width + 1, 24)
