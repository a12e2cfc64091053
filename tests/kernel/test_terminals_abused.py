"""Bad input: exhausted ptys, closed masters, giant lines, junk: the right errno, all in order.

`Computer.raw` checks every invariant after each call.
"""

from __future__ import annotations

import random
from typing import Any

from msgspec.structs import replace

from nsh.abi.files import Close, Open, OpenFlag, Read, Write
from nsh.abi.process import Exit, Setsid
from nsh.abi.ptys import GetPtyNumber, LockPty
from nsh.abi.signals import Sig, Sigaction
from nsh.abi.terminals import InputQueue, SetControllingTty, Sti, Tcgetattr, Tcsetattr
from nsh.abi.termios import Lflag
from nsh.machine.ids import TaskId
from nsh.machine.ptys import Pty
from nsh.machine.tasks import State, ordinary
from nsh.machine.terminals import Terminal, TtySettings
from nsh.machine.waiting import Waiter
from tests.kernel.proc.computer import Computer

NEW = int(OpenFlag.O_RDWR | OpenFlag.O_NOCTTY)
QUIET = NEW | int(OpenFlag.O_NONBLOCK)
MEGABYTE = 1 << 20


def pair(box: Computer, flags: int = QUIET) -> tuple[int, int]:
    """Master and slave, both of init's."""
    master = box.ask(Open("/dev/ptmx", flags))
    box.ask(LockPty(master))
    number = box.ask(GetPtyNumber(master))
    return master, box.ask(Open(f"/dev/pts/{number}", flags))


def lines(box: Computer, slave: int) -> list[Any]:
    found = []
    while not isinstance(line := box.ask(Read(slave, 10_000)), str):
        found.append(line)
    return [*found, line]


def test_hundreds_of_kilobytes_in_one_line() -> None:
    box = Computer()
    master, slave = pair(box)
    data = b"y" * (MEGABYTE // 4)
    done = 0
    while done < len(data):
        got = box.ask(Write(master, data[done:]))
        assert isinstance(got, int)
        done += got
        while not isinstance(box.ask(Read(master, 65536)), str):
            pass
    assert box.ask(Write(master, b"\n")) == 1
    assert lines(box, slave) == [b"y" * 4095 + b"\n", "EAGAIN"]


def test_a_megabyte_without_lines_waits_for_who_reads() -> None:
    box = Computer()
    master, slave = pair(box, NEW)
    modes = box.ask(Tcgetattr(slave))
    box.ask(Tcsetattr(slave, replace(modes, iflag=0, oflag=0, lflag=0)))
    writer = box.spawn("writer")
    data = random.Random(7).randbytes(MEGABYTE // 8)
    for into, out in ((master, slave), (slave, master)):
        told = box.ask(Write(into, data), writer)
        assert told == "blocked"
        got = b""
        while len(got) < len(data):
            piece = box.ask(Read(out, 4096))
            assert isinstance(piece, bytes), len(got)
            got += piece
            if told == "blocked" and not _channels(box, writer):
                told = box.again(writer)
        assert got == data
        assert told == len(data)


def _channels(box: Computer, task: TaskId) -> tuple[int, ...]:
    waiter = box.machine.find(Waiter, task)
    return () if waiter is None else waiter.channels


def test_binary_junk_passes_through_a_raw_terminal() -> None:
    box = Computer()
    master, slave = pair(box)
    modes = box.ask(Tcgetattr(slave))
    box.ask(Tcsetattr(slave, replace(modes, iflag=0, oflag=0, lflag=0)))
    data = bytes(range(256)) * 8
    for into, out in ((master, slave), (slave, master)):
        assert box.ask(Write(into, data)) == len(data)
        assert box.ask(Read(out, 4096)) == data


def test_junk_is_typed_at_a_cooked_terminal() -> None:
    chance = random.Random(11)
    box = Computer()
    master, slave = pair(box)
    for _ in range(60):
        box.ask(Write(master, chance.randbytes(chance.randrange(1, 700))))
        box.ask(Write(slave, chance.randbytes(chance.randrange(1, 700))))
        if chance.random() < 0.3:
            box.ask(Read(master, 100_000))
        if chance.random() < 0.3:
            box.ask(Read(slave, 1000))
        assert isinstance(box.ask(InputQueue(slave)), int)


def test_no_more_than_there_may_be() -> None:
    box = Computer()
    assert box.write("/proc/sys/kernel/pty/max", b"20\n") == 3
    masters = []
    while isinstance(got := box.ask(Open("/dev/ptmx", NEW)), int):
        masters.append(got)
    assert got == "ENOSPC"
    before = len(masters)
    box.ask(Close(masters[3]))
    assert box.ask(Open("/dev/ptmx", NEW)) == masters[3]
    assert box.ask(Open("/dev/ptmx", NEW)) == "ENOSPC"
    assert before == box.machine.count(Pty)


def test_nothing_is_left_of_pairs_that_are_closed() -> None:
    box = Computer()
    before = (box.machine.count(Terminal), box.machine.count(Pty))
    for first in (0, 1):
        ends = pair(box)
        box.ask(Write(ends[0], b"typed"))
        box.ask(Write(ends[1], b"shown"))
        box.ask(Close(ends[first]))
        box.ask(Close(ends[1 - first]))
        assert (box.machine.count(Terminal), box.machine.count(Pty)) == before


def test_a_session_whose_master_is_closed() -> None:
    box = Computer()
    master, slave = pair(box)
    leader = box.spawn("leader")
    assert box.ask(Setsid(), leader) == 2
    assert box.ask(SetControllingTty(slave), leader) == 0
    box.ask(Close(master), leader)
    box.ask(Sigaction(Sig.SIGHUP, "ignore"), leader)
    box.ask(Close(master))
    assert [
        box.ask(Read(slave, 10), leader),
        box.ask(Write(slave, b"x"), leader),
        box.ask(Tcgetattr(slave), leader),
        box.ask(Open("/dev/tty", NEW), leader),
    ] == [b"", "EIO", "EIO", "ENXIO"]
    assert box.fields(2)[4:6] == ["0", "-1"]
    box.ask(Exit(0), leader)
    assert box.task(leader).state is State.ZOMBIE


def test_typing_for_others_needs_the_privilege() -> None:
    box = Computer()
    _master, slave = pair(box)
    user = box.spawn("user")
    record = box.task(user)
    box.patch(user, type(record), replace(record, creds=ordinary(1000, 0)))
    assert box.ask(Sti(slave, ord("x"))) == 0
    assert box.ask(Sti(slave, ord("x")), user) == "EPERM"
    box.patch(0, TtySettings, TtySettings(False))
    assert box.ask(Sti(slave, ord("x")), user) == "EIO"
    assert box.ask(InputQueue(slave)) == 0
    modes = box.ask(Tcgetattr(slave))
    box.ask(Tcsetattr(slave, replace(modes, lflag=modes.lflag & ~Lflag.ICANON)))
    assert box.ask(InputQueue(slave)) == 1
