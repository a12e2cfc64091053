"""How much either side of a pseudo terminal takes, against a pty of this machine's kernel.

A play is a list of steps: write so many bytes to a side, read so many; each tells how many it got
or the errno.  Between them the kernel's own hands pass on what was written.
"""

from __future__ import annotations

import os
import random
import termios
import time
from typing import Any

import pytest
from msgspec.structs import replace

from nsh.abi.files import Open, OpenFlag, Read, Write
from nsh.abi.ptys import LockPty
from nsh.abi.terminals import InputQueue, Tcgetattr, Tcsetattr
from nsh.abi.termios import Iflag, Lflag, Oflag
from tests.kernel.proc.computer import Computer
from tests.probes._real import need, trial

Step = tuple[str, str, int]
"""("read" or "write", "master" or "slave", bytes)."""
PAUSES = (0.002, 0.01, 0.05)
"""Seconds: a busy machine may take longer to pass on what was written."""
RAW = "raw"
MODES = {
    RAW: (0, 0, 0),
    "canonical": (Iflag.ICRNL, 0, Lflag.ICANON),
    "echo": (Iflag.ICRNL, Oflag.OPOST | Oflag.ONLCR, Lflag.ICANON | Lflag.ECHO),
    "doubling": (Iflag.PARMRK, 0, 0),
    "post": (0, Oflag.OPOST | Oflag.ONLCR, 0),
}


def data_for(size: int) -> bytes:
    """Lines of 100 bytes, nothing but x between the newlines."""
    return (b"x" * 99 + b"\n") * (size // 100) + b"x" * (size % 100)


def on_a_pty(mode: list[int], plays: list[list[Step]], pause: float) -> list[list[Any]]:
    told = []
    for steps in plays:
        master, slave = os.openpty()
        modes = termios.tcgetattr(slave)
        modes[0], modes[1], modes[3] = mode
        termios.tcsetattr(slave, termios.TCSANOW, modes)
        ends = {"master": master, "slave": slave}
        for fd in ends.values():
            os.set_blocking(fd, False)
        told.append([_real(ends[side], what, size, pause) for what, side, size in steps])
        os.close(slave)
        os.close(master)
    return told


def _real(fd: int, what: str, size: int, pause: float) -> Any:
    try:
        if what == "write":
            return os.write(fd, data_for(size))
        return len(os.read(fd, size))
    except BlockingIOError:
        return "EAGAIN"
    finally:
        time.sleep(pause)


def on_the_model(mode: tuple[int, int, int], steps: list[Step]) -> list[Any]:
    box = Computer()
    flags = int(OpenFlag.O_RDWR | OpenFlag.O_NONBLOCK | OpenFlag.O_NOCTTY)
    ends = {"master": box.ask(Open("/dev/ptmx", flags))}
    box.ask(LockPty(ends["master"]))
    ends["slave"] = box.ask(Open("/dev/pts/0", flags))
    modes = box.ask(Tcgetattr(ends["slave"]))
    iflag, oflag, lflag = map(int, mode)
    box.ask(Tcsetattr(ends["slave"], replace(modes, iflag=iflag, oflag=oflag, lflag=lflag)))
    told = []
    for what, side, size in steps:
        if what == "write":
            told.append(box.ask(Write(ends[side], data_for(size))))
        else:
            got = box.ask(Read(ends[side], size))
            told.append(got if isinstance(got, str) else len(got))
    assert isinstance(box.ask(InputQueue(ends["slave"])), int)
    return told


def agree(mode: str, plays: list[list[Step]]) -> None:
    """The model does as the kernel does, once that has the time for it."""
    mine = [on_the_model(MODES[mode], steps) for steps in plays]
    for pause in PAUSES:
        theirs = trial(on_a_pty, list(map(int, MODES[mode])), plays, pause)
        if mine == theirs:
            return
    for steps, one, other in zip(plays, mine, theirs, strict=True):
        assert list(zip(steps, one, strict=True)) == list(zip(steps, other, strict=True))


def fill(side: str, size: int) -> list[Step]:
    """Write until it takes no more, then read all, and once more."""
    other = "slave" if side == "master" else "master"
    once = [("write", side, size)] * (40_000 // size + 3)
    return [*once, *[("read", other, 3000)] * 12, ("write", side, size)]


@pytest.mark.parametrize("mode", MODES)
def test_until_it_is_full(mode: str) -> None:
    need()
    plays = [fill(side, size) for side in ("master", "slave") for size in (100, 700, 1792, 2000)]
    agree(mode, plays)


@pytest.mark.parametrize("mode", MODES)
def test_to_and_fro(mode: str) -> None:
    need()
    chance = random.Random(mode)
    plays = [
        [
            (
                chance.choice(("write", "write", "read")),
                chance.choice(("master", "slave")),
                chance.choice((1, 5, 63, 64, 65, 100, 500, 900, 1500, 2000)),
            )
            for _ in range(60)
        ]
        for _ in range(12)
    ]
    agree(mode, plays)
