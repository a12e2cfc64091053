"""Exclusive mode, locked modes and SIGIO on the model: as tests/probes/test_terminal_claims.py."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from nsh.abi.files import Close, Dup, Fcntl, FcntlCommand, Open, OpenFlag, Pipe, Read, Write
from nsh.abi.process import Setsid
from nsh.abi.ptys import GetPtyNumber, LockPty, OpenPtyPeer
from nsh.abi.signals import Sig
from nsh.abi.terminals import (
    Exclusive,
    SetControllingTty,
    SetExclusive,
    SetLockedTermios,
    Tcgetattr,
    Tcsetattr,
)
from nsh.abi.termios import Lflag
from nsh.kernel.boot import INIT
from nsh.machine.devpts import PtsFile
from nsh.machine.files import File
from nsh.machine.ids import TaskId
from nsh.machine.ptys import Pty
from nsh.machine.sigio import Asynchronous
from nsh.machine.tasks import ordinary
from nsh.machine.terminals import UNLOCKED
from tests.kernel.desk import Desk

NEW = int(OpenFlag.O_RDWR | OpenFlag.O_NOCTTY)
QUIET = NEW | int(OpenFlag.O_NONBLOCK)
ASYNC = int(OpenFlag.O_RDWR | OpenFlag.O_NONBLOCK | OpenFlag.O_ASYNC)


def pair(desk: Desk, flags: int = QUIET) -> tuple[int, int, str]:
    master = desk.ask(Open("/dev/ptmx", flags))
    desk.ask(LockPty(master))
    name = f"/dev/pts/{desk.ask(GetPtyNumber(master))}"
    return master, desk.ask(Open(name, flags)), name


def nobody(desk: Desk) -> TaskId:
    """A child of init's without privileges, which may open any slave that is there."""
    child = desk.spawn("nobody", INIT)
    desk.patch(child, type(desk.task(child)), replace(desk.task(child), creds=ordinary(7, 0)))
    for key, file in desk.machine.items(PtsFile):
        desk.patch(key, PtsFile, replace(file, mode=0o020666))
    return child


def own(desk: Desk, fd: int, whom: int, who: TaskId = INIT) -> Any:
    return desk.ask(Fcntl(fd, FcntlCommand.F_SETOWN, whom), who)


def owner(desk: Desk, fd: int) -> Any:
    return desk.ask(Fcntl(fd, FcntlCommand.F_GETOWN))


def told(desk: Desk, who: TaskId = INIT) -> bool:
    return Sig.SIGIO in desk.pending(who)


def test_exclusive_keeps_others_out(desk: Desk) -> None:
    master, slave, name = pair(desk)
    other = nobody(desk)
    desk.ask(SetExclusive(slave, True))
    assert desk.ask(Open(name, NEW), other) == "EBUSY"
    assert desk.ask(OpenPtyPeer(master, NEW), other) == "EBUSY"
    desk.ask(LockPty(master, True))
    assert desk.ask(Open(name, NEW), other) == "EBUSY"
    desk.ask(LockPty(master, False))
    assert isinstance(desk.ask(Open(name, NEW)), int)
    desk.ask(Setsid(), other)
    assert desk.ask(SetControllingTty(slave), other) == 0
    assert desk.ask(Open("/dev/tty", NEW), other) == "EBUSY"
    assert desk.ask(SetExclusive(slave, False), other) == 0
    assert isinstance(desk.ask(Open("/dev/tty", NEW), other), int)


def test_a_console_is_free_again_when_nobody_has_it_open(desk: Desk) -> None:
    first = desk.ask(Open("/dev/tty3", NEW))
    desk.ask(SetExclusive(first, True))
    desk.ask(SetLockedTermios(first, replace(UNLOCKED, lflag=Lflag.ECHO)))
    desk.ask(Close(first))
    again = desk.ask(Open("/dev/tty3", NEW))
    assert desk.ask(Exclusive(again)) == 0
    modes = desk.ask(Tcgetattr(again))
    desk.ask(Tcsetattr(again, replace(modes, lflag=modes.lflag & ~Lflag.ECHO)))
    assert not desk.ask(Tcgetattr(again)).lflag & Lflag.ECHO


def test_locks_are_roots(desk: Desk) -> None:
    _master, slave, _name = pair(desk)
    locks = replace(UNLOCKED, lflag=Lflag.ECHO)
    assert desk.ask(SetLockedTermios(slave, locks), nobody(desk)) == "EPERM"
    assert desk.ask(SetLockedTermios(slave, locks)) == 0


def test_who_set_the_owner_could_have_signalled_it(desk: Desk) -> None:
    master, slave, _name = pair(desk)
    desk.block(INIT, Sig.SIGIO)
    assert own(desk, slave, 1, nobody(desk)) == 0
    desk.ask(Fcntl(slave, FcntlCommand.F_SETFL, ASYNC))
    desk.ask(Write(master, b"\n"))
    assert not told(desk)
    own(desk, slave, 1)
    desk.ask(Write(master, b"\n"))
    assert told(desk)


def test_a_hang_up_ends_it(desk: Desk) -> None:
    master, slave, _name = pair(desk)
    desk.block(INIT, Sig.SIGIO)
    desk.ask(Fcntl(slave, FcntlCommand.F_SETFL, ASYNC))
    desk.ask(Close(master))
    assert not desk.ask(Fcntl(slave, FcntlCommand.F_GETFL)) & OpenFlag.O_ASYNC
    assert desk.ask(Fcntl(slave, FcntlCommand.F_SETFL, ASYNC)) == "ENOTTY"
    assert not told(desk)
    assert owner(desk, slave) == 1


def test_room_is_told_to_who_found_none(desk: Desk) -> None:
    master, slave, _name = pair(desk)
    desk.block(INIT, Sig.SIGIO)
    desk.ask(Fcntl(slave, FcntlCommand.F_SETFL, ASYNC))
    written = 0
    while isinstance(done := desk.ask(Write(slave, b"x" * 1000)), int):
        written += done
    assert done == "EAGAIN"
    assert not told(desk)
    read = 0
    while not told(desk):
        read += len(desk.ask(Read(master, 500)))
        assert read <= written
    # as measured on a 6.18: when the reader is down to its last 128 bytes
    assert written - read <= 128


def test_the_last_close_ends_it_and_a_dup_does_not(desk: Desk) -> None:
    master, slave, _name = pair(desk)
    desk.block(INIT, Sig.SIGIO)
    desk.ask(Fcntl(slave, FcntlCommand.F_SETFL, ASYNC))
    other = desk.ask(Dup(slave))
    desk.ask(Close(slave))
    assert desk.machine.count(Asynchronous) == 1
    desk.ask(Write(master, b"\n"))
    assert told(desk)
    desk.ask(Close(other))
    assert desk.machine.count(Asynchronous) == 0
    desk.ask(Close(master))
    assert desk.machine.count(Pty) == 0


def test_who_queues_to_read_nothing_is_told_nothing_when_the_master_goes(desk: Desk) -> None:
    """The reader before it fails, as the kernel's own does: its loop is not even begun."""
    master, slave, _name = pair(desk, NEW)
    first, second = desk.spawn("first"), desk.spawn("second")
    desk.ask(Close(master), first)
    desk.ask(Close(master), second)
    desk.ask(Tcsetattr(slave, replace(desk.ask(Tcgetattr(slave)), lflag=0)))
    assert desk.ask(Read(slave, 5), first) == "blocked"
    assert desk.ask(Read(slave, 0), second) == "blocked"
    desk.ask(Close(master))
    assert desk.ask(Read(slave, 5), first) == "EIO"
    assert desk.ask(Read(slave, 0), second) == b""


def test_open_takes_it_in_vain(desk: Desk) -> None:
    _master, _slave, name = pair(desk)
    vain = desk.ask(Open(name, NEW | int(OpenFlag.O_ASYNC)))
    desk.ask(Fcntl(vain, FcntlCommand.F_SETFL, ASYNC))
    assert desk.ask(Fcntl(vain, FcntlCommand.F_GETFL)) & OpenFlag.O_ASYNC
    assert owner(desk, vain) == 0
    assert desk.machine.count(Asynchronous) == 0
    desk.ask(Close(vain))


def test_only_terminals_and_pipes_tell(desk: Desk) -> None:
    reader, _writer = desk.ask(Pipe())
    for fd, tells in ((reader, True), (desk.ask(Open("/dev/null")), False)):
        desk.ask(Fcntl(fd, FcntlCommand.F_SETFL, int(OpenFlag.O_ASYNC)))
        assert bool(desk.ask(Fcntl(fd, FcntlCommand.F_GETFL)) & OpenFlag.O_ASYNC) == tells
        assert own(desk, fd, 1) == 0
        assert owner(desk, fd) == 1
    assert own(desk, reader, -(1 << 31)) == "EINVAL"
    assert own(desk, reader, 999) == own(desk, reader, -999) == "ESRCH"
    named = desk.ask(Open("/dev/null", int(OpenFlag.O_PATH)))
    assert own(desk, named, 1) == owner(desk, named) == "EBADF"
    assert all(
        file.owner is None or file.owner.whom == INIT for _k, file in desk.machine.items(File)
    )
