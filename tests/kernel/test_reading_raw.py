"""termios(3), MIN and TIME: how long a read without ICANON waits, and for how much."""

from __future__ import annotations

import os
import select
import termios
import time
from typing import Any

import pytest
from msgspec.structs import replace

from nsh.abi.files import Open, OpenFlag, Read, Write
from nsh.abi.ptys import LockPty
from nsh.abi.terminals import Tcgetattr, Tcsetattr
from nsh.abi.termios import Cc
from nsh.kernel import waiting
from nsh.machine.value import begin
from nsh.machine.waiting import Waiter
from tests.kernel.proc.computer import Computer
from tests.probes._real import need, trial

TENTH = 100_000_000
Case = tuple[int, int, int, list[tuple[float, int]]]
"""MIN, TIME, how much is read, and what is typed: (tenths of a second before it, bytes)."""
CASES: list[Case] = [
    (0, 0, 10, []),
    (0, 0, 10, [(0, 3)]),
    (0, 2, 10, []),
    (0, 5, 10, [(2, 3), (9, 1)]),
    (1, 0, 10, [(1, 3), (1, 3)]),
    (3, 0, 10, [(1, 1), (1, 1), (1, 1), (1, 1)]),
    (3, 0, 2, [(1, 1), (1, 1), (1, 1)]),
    (5, 3, 10, [(2, 1), (1, 1), (1, 1), (9, 1)]),
    (5, 3, 10, [(6, 1), (1, 1), (9, 1)]),
    (70, 0, 200, [(1, 60), (1, 3), (1, 30), (1, 90)]),
    (70, 0, 200, [(0, 100)]),
    (255, 2, 300, [(1, 100), (1, 100), (9, 1)]),
    (4, 0, 300, [(1, 300)]),
]


def on_a_pty(cases: list[Case]) -> list[Any]:
    """[bytes that came, tenths of a second that it took] of each."""
    told = []
    for least, tenths, size, typed in cases:
        master, slave = os.openpty()
        modes = termios.tcgetattr(slave)
        modes[0] = modes[1] = modes[3] = 0
        modes[6][termios.VMIN], modes[6][termios.VTIME] = least, tenths
        termios.tcsetattr(slave, termios.TCSANOW, modes)
        answer, typist = os.pipe(), os.fork()
        if typist == 0:
            for pause, count in typed:
                time.sleep(pause / 10)
                os.write(master, b"x" * count)
            time.sleep(5)
            os._exit(0)
        if typed and not typed[0][0]:
            select.select([slave], [], [], 5)
        start = time.monotonic()
        got = len(os.read(slave, size))
        told.append([got, round((time.monotonic() - start) * 10)])
        os.kill(typist, 9)
        os.waitpid(typist, 0)
        for fd in (*answer, master, slave):
            os.close(fd)
    return told


def on_the_model(case: Case) -> list[int]:
    least, tenths, size, typed = case
    box = Computer()
    flags = int(OpenFlag.O_RDWR | OpenFlag.O_NOCTTY)
    master = box.ask(Open("/dev/ptmx", flags))
    box.ask(LockPty(master))
    slave = box.ask(Open("/dev/pts/0", flags))
    modes = box.ask(Tcgetattr(slave))
    cc = bytearray(modes.cc)
    cc[Cc.VMIN], cc[Cc.VTIME] = least, tenths
    box.ask(Tcsetattr(slave, replace(modes, iflag=0, oflag=0, lflag=0, cc=bytes(cc))))
    reader = box.spawn("reader")
    typing = [(pause, b"x" * count) for pause, count in typed]
    if typing and not typing[0][0]:
        box.ask(Write(master, typing.pop(0)[1]))
    start = box.machine.clock
    got = box.ask(Read(slave, size), reader)
    typing.append((10**6, b""))
    due = start
    for pause, data in typing:
        due += int(pause * TENTH)
        while got == "blocked":
            deadline = box.machine.get(Waiter, reader).deadline
            now = due if deadline is None else min(due, deadline)
            tx = begin(box.machine)
            waiting.advance(tx, now)
            box.machine = tx.commit()
            if now == due:
                break
            got = box.again(reader)
        if got == "blocked":
            box.ask(Write(master, data))
            if not box.machine.get(Waiter, reader).channels:
                got = box.again(reader)
    assert isinstance(got, bytes)
    return [len(got), round((box.machine.clock - start) / TENTH)]


def test_min_and_time_as_linux_has_them() -> None:
    need()
    mine = [on_the_model(case) for case in CASES]
    for _ in range(3):  # a busy machine may be late
        theirs = trial(on_a_pty, [[a, b, c, [list(t) for t in d]] for a, b, c, d in CASES])
        if mine == theirs:
            return
    assert mine == theirs


@pytest.mark.parametrize("size", [1, 63, 64, 65, 200])
def test_what_is_there_is_read_at_once(size: int) -> None:
    got, waited = on_the_model((1, 0, size, [(0, 150)]))
    assert (got, waited) == (min(size, 150), 0)
