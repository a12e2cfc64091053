"""Requests about terminals, made by the first task of either kernel: the same replies."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from nsh.abi.files import Close, Open, OpenFlag, Read, Write
from nsh.abi.poll import Poll
from nsh.abi.process import Clone
from nsh.abi.ptys import GetPtyNumber, LockPty, OpenPtyPeer, PacketMode, PtyLocked
from nsh.abi.request import Failure, Request
from nsh.abi.signals import Sig, Sigaction
from nsh.abi.terminals import (
    DropControllingTty,
    GetWinsize,
    InputQueue,
    OutputQueue,
    SetControllingTty,
    SetWinsize,
    Sti,
    Tcdrain,
    Tcflow,
    Tcflush,
    Tcgetattr,
    Tcgetpgrp,
    Tcgetsid,
    Tcsendbreak,
    Tcsetattr,
    Tcsetpgrp,
    Ttyname,
)
from nsh.linux.conductor import Conductor
from nsh.linux.events import Answered, Born
from nsh.machine.terminals import Termios, Winsize
from nsh.session.real.session import scenery
from tests.kernel.proc.computer import Computer

NEW = int(OpenFlag.O_RDWR | OpenFlag.O_NOCTTY | OpenFlag.O_NONBLOCK)
RAW = Termios(iflag=0, oflag=0, lflag=0)
MASTER, SLAVE, FILE = 3, 4, 5
REQUESTS: list[Request] = [
    Tcgetattr(0),
    GetWinsize(0),
    Tcgetpgrp(0),
    Tcgetsid(0),
    Ttyname(0),
    Open("/dev/pts/0", NEW),
    Open("/dev/ptmx", NEW),
    Open("/dev/pts/0", NEW),
    PtyLocked(MASTER),
    LockPty(MASTER, False),
    Open("/dev/pts/0", NEW),
    GetPtyNumber(MASTER),
    GetPtyNumber(SLAVE),
    Ttyname(SLAVE),
    Tcgetattr(SLAVE),
    Write(MASTER, b"a line\n"),
    InputQueue(SLAVE),
    OutputQueue(SLAVE),
    Poll(((MASTER, 7), (SLAVE, 7), (77, 7), (-1, 7)), 0),
    Read(SLAVE, 100),
    Read(SLAVE, 100),
    Read(MASTER, 100),
    Tcsetattr(SLAVE, RAW),
    Tcgetattr(MASTER),
    Tcsetattr(SLAVE, RAW, 7),
    Tcsetattr(SLAVE, Termios(cc=b"short")),
    SetWinsize(MASTER, Winsize(24, 80)),
    GetWinsize(SLAVE),
    PacketMode(MASTER, True),
    Tcflow(SLAVE, 0),
    Read(MASTER, 10),
    Write(SLAVE, b"x"),
    Tcflow(SLAVE, 1),
    Tcflow(SLAVE, 9),
    Read(MASTER, 10),
    Tcflush(SLAVE, 2),
    Tcflush(SLAVE, 3),
    Tcdrain(SLAVE),
    Tcsendbreak(SLAVE),
    Tcsendbreak(SLAVE, 3),
    Sti(SLAVE, ord("!")),
    Read(SLAVE, 10),
    Sti(0, ord("?")),
    SetControllingTty(SLAVE),
    Tcgetpgrp(SLAVE),
    Tcgetpgrp(MASTER),
    Tcgetsid(MASTER),
    Tcsetpgrp(SLAVE, 1),
    OpenPtyPeer(MASTER, NEW),
    OpenPtyPeer(SLAVE, NEW),
    Ttyname(FILE),
    Tcgetattr(99),
    Close(SLAVE),
    Close(FILE),
    Read(MASTER, 10),
    Read(MASTER, 10),
    Sigaction(int(Sig.SIGHUP), "ignore"),
    DropControllingTty(0),
    DropControllingTty(0),
    Open("/dev/tty", NEW),
    OpenPtyPeer(MASTER, int(OpenFlag.O_RDWR)),
    Tcgetsid(SLAVE),
    Tcgetpgrp(SLAVE),
    Tcsetpgrp(SLAVE, 55),
    Close(MASTER),
    Read(SLAVE, 10),
    Write(SLAVE, b"x"),
    Tcgetattr(SLAVE),
    Tcsetpgrp(SLAVE, 1),
    InputQueue(SLAVE),
    Poll(((SLAVE, 7),), 0),
]


@pytest.fixture
def conductor(stage: None) -> Iterator[Conductor]:
    del stage
    opened = Conductor(scenery())
    yield opened
    opened.close()


def ask(conductor: Conductor, request: Request, heard: list[Answered] | None = None) -> Any:
    """The reply of init, "blocked" if there is none; what else is answered is *heard*."""
    told: Any = "blocked"
    for event in conductor.perform(conductor.init, request):
        if isinstance(event, Answered) and event.request is request:
            reply = event.reply
            told = reply.errno.name if isinstance(reply, Failure) else reply
        elif isinstance(event, Answered) and heard is not None:
            heard.append(event)
    return told


def test_the_same_replies(conductor: Conductor) -> None:
    box = Computer()
    for request in REQUESTS:
        assert ask(conductor, request) == box.ask(request), request


def test_who_reads_or_writes_a_terminal_does_not_keep_the_others_waiting(
    conductor: Conductor,
) -> None:
    for request in (
        Open("/dev/ptmx", int(OpenFlag.O_RDWR | OpenFlag.O_NOCTTY)),
        LockPty(MASTER, False),
        Open("/dev/pts/0", int(OpenFlag.O_RDWR | OpenFlag.O_NOCTTY)),
    ):
        assert not isinstance(ask(conductor, request), str)
    born = [e for e in conductor.perform(conductor.init, Clone()) if isinstance(e, Born)]
    child = born[0].puppet
    heard: list[Answered] = []
    read = Read(SLAVE, 10)
    assert conductor.perform(child, read) == []
    assert ask(conductor, Write(MASTER, b"line\n"), heard) == 5
    assert _answer(conductor, read, heard) == b"line\n"
    assert ask(conductor, Tcsetattr(SLAVE, RAW)) == 0
    written = Write(MASTER, b"x" * 50_000)
    assert conductor.perform(child, written) == []
    total = 0
    while total < 50_000:
        got = ask(conductor, Read(SLAVE, 4096), heard)
        assert isinstance(got, bytes), got
        total += len(got)
    assert _answer(conductor, written, heard) == 50_000


def _answer(conductor: Conductor, request: Request, heard: list[Answered]) -> Any:
    """The answer to what has been asked before; it comes in its own time."""
    end = time.monotonic() + 5
    while time.monotonic() < end:
        for answer in heard:
            if answer.request is request:
                return answer.reply
        heard += [event for event in conductor.wait(0.01) if isinstance(event, Answered)]
    return "blocked"
