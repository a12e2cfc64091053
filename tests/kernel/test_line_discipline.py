"""What a terminal makes of typed characters, against a pty of the machine that runs the tests."""

import functools
import os
import random
import termios

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from nsh.abi.files import Fcntl, FcntlCommand, OpenFlag, Read, Write
from nsh.abi.signals import Sig, Sigaction
from nsh.abi.terminals import DropControllingTty, Tcgetattr, Tcsetattr
from nsh.kernel.line_discipline import type_input
from nsh.kernel.terminals import CONSOLE
from nsh.machine.printed import CHUNK, KEPT, MOST, Printed, add, mistakes, resized, since
from nsh.machine.terminals import Terminal
from nsh.machine.value import begin
from tests.kernel.proc.computer import Computer
from tests.probes._inside import until
from tests.probes._real import need, trial

IUTF8 = 0o40000
END = b"\nEND\n"
"""Typed last, and echoed when all before it has been."""
Told = tuple[list[bytes], bytes]
"""What reads reply until there is no line, and what the screen shows."""


def typed(data: bytes, size: int = 4096) -> Told:
    """The model: init is typed *data* at, and reads without waiting."""
    box = Computer()
    modes = box.ask(Tcgetattr(0))
    box.ask(Tcsetattr(0, replace(modes, iflag=termios.ICRNL | IUTF8)))
    box.ask(Fcntl(0, FcntlCommand.F_SETFL, OpenFlag.O_NONBLOCK))
    box.ask(Sigaction(Sig.SIGHUP, "ignore"))
    box.ask(DropControllingTty(0))  # or it would die of ^C
    tx = begin(box.machine)
    type_input(tx, CONSOLE, data)
    box.machine = tx.commit()
    lines = []
    while (line := box.ask(Read(0, size))) != "EAGAIN":
        lines.append(line)
    return lines, since(box.machine.get(Terminal, CONSOLE).printed, 0)


def on_a_pty(cases: list[list[int]], size: int) -> list[list[list[int]]]:
    """Linux: the same, for each case on a pty of its own that is nobody's controlling terminal."""
    answers = []
    for case in cases:
        master, slave = os.openpty()
        modes = termios.tcgetattr(slave)
        modes[0] = termios.ICRNL | IUTF8
        termios.tcsetattr(slave, termios.TCSANOW, modes)
        for fd in (master, slave):
            os.set_blocking(fd, False)
        os.write(master, bytes(case) + END)
        shown = b""
        while not shown.endswith(b"END\r\n"):
            shown += until(functools.partial(_all, master))
        lines = []
        while (line := _once(slave, size)) is not None:
            lines.append(list(line))
        answers.append([*lines, list(shown)])
        os.close(master)
        os.close(slave)
    return answers


def _once(fd: int, size: int) -> bytes | None:
    try:
        return os.read(fd, size)
    except BlockingIOError:
        return None


def _all(fd: int) -> bytes:
    data = b""
    while piece := _once(fd, 65536):
        data += piece
    return data


CASES = [
    b"one\ntwo\nthr",
    b"abc\x04def\n",
    b"\x04",
    b"\x04\x04x\n",
    b"ab\x7fc\x15de fg\x17h\r",
    b"a b_c-d  \x17\x17e\n",
    b"\x16\x03x\n",
    b"\x01a\tb\n",
    b"ab\x12\n",
    b"ab\x12cd\n",
    "caf\u00e9\x7fe \u20ac\x7f\x7f\n".encode(),
    b"\x01\x02\x7f\x7f\x7f\n",
    b"half a line\x03rest\n",
    b"first\nsecond\x1cthird\n",
    b"x\x1a\n",
    b"\x16",
    b"\x16\x16\n\x16\n\x16\x04y\n",
    b"\x7f\x15\x17\n",
    b"\x00\n",
    b"\xff\xfe\x7f\n",
]


@pytest.mark.parametrize("size", [4096, 3])
def test_lines_and_echo_as_linux_has_them(size):
    need()
    real = trial(on_a_pty, [list(case) for case in CASES], size)
    for case, theirs in zip(CASES, real, strict=True):
        agree(case, theirs, size)


def test_any_keys_as_linux_takes_them():
    """Random runs of the keys that matter; seeded, so that a failure comes back."""
    need()
    keys = random.Random(4).choices
    common = [*map(bytes, zip(b"ab _\n\r\x01\x04\x12\x15\x16\x17\x7f\xa9\xff")), "\u00e9".encode()]
    alphabet = [*common, b"\t", b"\t", b"\x03", b"\x1a"]
    cases = [b"".join(keys(alphabet, k=14)) for _ in range(400)]
    real = trial(on_a_pty, [list(case) for case in cases], 4096)
    for case, theirs in zip(cases, real, strict=True):
        agree(case, theirs, 4096)


def agree(case: bytes, theirs: list[list[int]], size: int) -> None:
    """Lines and screen are the same to the byte."""
    lines, shown = typed(case + END, size)
    *their_lines, their_shown = map(bytes, theirs)
    assert lines == their_lines, case
    assert their_shown == shown, case


def test_a_line_longer_than_the_buffer_is_cut_and_what_follows_waits():
    """As tried on a pty: 4096 bytes are ready, the last a newline; all of it is echoed."""
    long = bytes(range(97, 123)) * 200
    lines, shown = typed(long + b"\n" + long[:5000] + b"\ny\n" + END, 100_000)
    assert lines == [long[:4095] + b"\n", long[:4095] + b"\n", b"y\n", b"\n", b"END\n"]
    assert shown == (long + b"\n" + long[:5000] + b"\ny\n" + END).replace(b"\n", b"\r\n")


# -- output ---------------------------------------------------------------------------------------


@given(
    st.lists(
        st.one_of(
            st.binary(max_size=40),
            st.binary(min_size=600, max_size=700),
            st.tuples(st.integers(1, 60), st.integers(1, 200)),
        )
    )
)
def test_output_is_a_bounded_tail_of_all_that_was_written(parts):
    tail, everything, window = Printed(), b"", (24, 80)
    for part in parts:
        if isinstance(part, tuple):
            tail = resized(tail, *part)
            window = part
        else:
            piece = part * 40
            seen = tail.written
            tail = add(tail, piece)
            everything += piece
            assert since(tail, seen) == piece  # the last write is always there, and whole
        assert not list(mistakes("console", tail))
        assert tail.sizes[-1][1:] == window
    assert tail.written == len(everything)
    kept = since(tail, 0)
    assert everything.endswith(kept)
    assert len(kept) == tail.kept >= min(KEPT, len(everything))
    assert tail.kept <= MOST
    assert len(tail.chunks) <= 2 + 2 * tail.kept // CHUNK
    assert all(moment > tail.written - tail.kept for moment, _, _ in tail.sizes[1:])


def test_many_small_writes_share_chunks():
    tail = Printed()
    for _ in range(10_000):
        tail = add(tail, b"x\n")
    assert len(tail.chunks) < 50
    assert since(tail, tail.written - 3) == b"\nx\n"


def test_the_front_goes_in_large_pieces():
    """So that a screen that is computed from the tail is seldom begun anew."""
    tail, fronts = Printed(), set()
    for _ in range(4000):
        tail = add(tail, b"x" * 100)
        fronts.add(tail.written - tail.kept)
    assert len(fronts) <= 2 + 4000 * 100 // (MOST - KEPT)


def test_writing_shows_and_nothing_else():
    box = Computer()
    assert box.ask(Write(1, b"hello\n")) == 6
    assert box.ask(Write(2, b"")) == 0
    assert since(box.machine.get(Terminal, CONSOLE).printed, 0) == b"hello\r\n"
