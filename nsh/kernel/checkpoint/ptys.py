"""Pseudo terminals whose master is in the container (N8; C4: "ptys").

A pair is made in the instance of devpts that its ptmx leads to, with its number demanded.  Of one
whose master is outside the slave is a file like any other, and opened by its path.
"""

from collections.abc import Iterator
from typing import Final, Protocol

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.kernel import console_files, idmaps, ptys
from nsh.kernel.checkpoint import discipline, parts, places
from nsh.kernel.checkpoint.image import Object
from nsh.kernel.checkpoint.state import Dump, Restart, Seen
from nsh.kernel.fs import devpts_ptmx, files
from nsh.kernel.fs.drivers import driver_name
from nsh.kernel.fs.walk import Walk
from nsh.machine.context import Place
from nsh.machine.devpts import DevPtsNode, PtsFile
from nsh.machine.files import File, Opened, makedev
from nsh.machine.ids import FileId, PtyId, TaskId
from nsh.machine.ptys import OpenMaster, OpenTerminal, Pty
from nsh.machine.tasks import Task
from nsh.machine.terminals import INPUT_KEPT, Terminal, chunk_mistakes

TTY0: Final = makedev(4, 0)
TTY: Final = makedev(5, 0)
PTMX: Final = makedev(5, 2)


class Pair(Object, frozen=True, tag="pty"):
    """Both sides; the slave is a terminal of the same number."""

    number: int
    opener: int
    ptmx: str
    """What leads to its instance."""
    index: int
    """Its number there."""
    uid: int = 0
    gid: int = 0
    mode: int = 0o020600
    locked: bool = False
    other_closed: bool = False
    ready: bytes = b""
    """What the master can read."""
    arriving: discipline.Way = discipline.Way()
    stopped: bool = False
    exclusive: bool = False
    packet: bool = False
    status: int = 0


class MasterFile(Object, frozen=True):
    """The open master of a pair."""

    number: int
    opener: int
    pty: int
    path: str
    flags: int = 0


class SlaveFile(Object, frozen=True, tag="ttyfile"):
    """An open file of a terminal of the container's own."""

    number: int
    opener: int
    terminal: int
    path: str
    """A slave's, or /dev/tty."""
    flags: int = 0
    hangups: int = 0
    """How often it had been hung up when it was opened; -1: that does not matter."""


@parts.saves(Pair, 49)
def _save(dump: Dump) -> Iterator[Object]:
    tx = dump.tx
    for task in dump.tasks:
        for fd, entry in sorted(dump.table(task).items()):
            file = tx.get(File, entry.file)
            if not isinstance(file.opened, OpenMaster):
                continue
            key = file.opened.pty
            pty = tx.get(Pty, key)
            if pty.terminal not in dump.terminals:
                has = f"descriptor {fd} of {dump.name(task)} is the master of pts/{pty.index}, by"
                yield _pair(dump, task, pty, places.path(dump, task, file.place, has, around=True))
                number = dump.terminals.of(pty.terminal)
                yield discipline.told(number, tx.get(Terminal, pty.terminal))


def _pair(dump: Dump, task: TaskId, pty: Pty, ptmx: str) -> Pair:
    tx = dump.tx
    slave = tx.get(PtsFile, pty.terminal)
    space = tx.get(Task, task).creds.userns
    return Pair(
        number=dump.terminals.of(pty.terminal),
        opener=dump.number(task),
        ptmx=ptmx,
        index=pty.index,
        uid=idmaps.uid_inside(tx, space, slave.uid),
        gid=idmaps.gid_inside(tx, space, slave.gid),
        mode=slave.mode,
        locked=pty.locked,
        other_closed=pty.other_closed,
        ready=pty.ready,
        arriving=discipline.way(pty.arriving),
        stopped=pty.stopped,
        exclusive=pty.exclusive,
        packet=pty.packet,
        status=pty.status,
    )


@parts.describes(OpenMaster)
def _described_master(dump: Dump, seen: Seen) -> MasterFile:
    """ENOTSUP: it is in a message, and nowhere else."""
    end = seen.file.opened
    assert isinstance(end, OpenMaster)
    pty = dump.tx.get(Pty, end.pty)
    if pty.terminal not in dump.terminals:
        dump.refuse(f"{seen.has} the master of a terminal: that cannot be saved", Errno.ENOTSUP)
    return MasterFile(
        number=seen.number,
        opener=dump.number(seen.task),
        pty=dump.terminals.of(pty.terminal),
        path=places.path(dump, seen.task, seen.file.place, seen.has, around=True),
        flags=seen.file.flags,
    )


@parts.describes(OpenTerminal)
def _described_slave(dump: Dump, seen: Seen) -> SlaveFile | None:
    end = seen.file.opened
    assert isinstance(end, OpenTerminal)
    if end.terminal not in dump.terminals:
        return None
    return SlaveFile(
        number=seen.number,
        opener=dump.number(seen.task),
        terminal=dump.terminals.of(end.terminal),
        path=places.path(dump, seen.task, seen.file.place, seen.has, around=True),
        flags=seen.file.flags,
        hangups=end.hangups,
    )


@parts.makes(Pair)
def _make(restart: Restart, saved: Pair) -> None:
    """EBUSY: its number is taken; EINVAL: it cannot have been so."""
    tx = restart.tx
    if saved.number in restart.terminals:
        raise Errno.EINVAL(f"number: there are two terminals {saved.number}")
    if saved.index < 0:
        raise Errno.EINVAL(f"index: {saved.index} is none")
    task = restart.task(saved.opener)
    place = _found(restart, task, saved.ptmx)
    if Walk(tx, task).stat(place).rdev != PTMX:
        raise Errno.EINVAL(f"ptmx: {saved.ptmx} makes no pseudo terminals")
    key = ptys.make_pair(tx, task, devpts_ptmx.instance_at(tx, task, place), saved.index)
    pty = tx.get(Pty, key)
    restart.terminals[saved.number] = pty.terminal
    slave = tx.get(PtsFile, pty.terminal)
    space = tx.get(Task, task).creds.userns
    uid, gid = idmaps.uid_of(tx, space, saved.uid), idmaps.gid_of(tx, space, saved.gid)
    tx.put(pty.terminal, replace(slave, uid=uid, gid=gid, mode=saved.mode))
    if len(saved.ready) > INPUT_KEPT:
        raise Errno.EINVAL(f"ready: there are {INPUT_KEPT} bytes at most")
    pty = replace(
        pty,
        locked=saved.locked,
        other_closed=saved.other_closed,
        ready=saved.ready,
        arriving=discipline.arriving(saved.arriving),
        stopped=saved.stopped,
        exclusive=saved.exclusive,
        packet=saved.packet,
        status=saved.status,
    )
    discipline.check("arriving", chunk_mistakes("the pair", pty.arriving))
    tx.put(key, pty)


def _found(restart: Restart, task: TaskId, path: str) -> Place:
    with places.naming(path), places.at_top(restart, task, path):
        return Walk(restart.tx, task).lookup(path)


def _pty(restart: Restart, number: int) -> PtyId:
    """EINVAL: it is none."""
    terminal = restart.terminal(number)
    key = restart.tx.get(Terminal, terminal).pty
    if not key:
        raise Errno.EINVAL(f"pty: terminal {number} is a console")
    return key


@parts.makes(MasterFile)
def _make_master(restart: Restart, saved: MasterFile) -> None:
    key = _pty(restart, saved.pty)
    if key in restart.masters:
        raise Errno.EINVAL(f"pty: {saved.pty} has a master before this line")
    restart.masters.add(key)
    restart.opens(saved.number, opened(restart, saved, OpenMaster(key), PTMX))


@parts.makes(SlaveFile)
def _make_slave(restart: Restart, saved: SlaveFile) -> None:
    """EINVAL: the path leads to another terminal."""
    tx = restart.tx
    terminal = restart.terminal(saved.terminal)
    end = OpenTerminal(terminal, saved.hangups)
    key = opened(restart, saved, end, tx.get(Terminal, terminal).rdev, TTY, TTY0)
    restart.opens(saved.number, key)
    node = tx.get(File, key).place.node
    if isinstance(node, DevPtsNode) and node.slave != terminal:
        raise Errno.EINVAL(f"path: {saved.path} is another than terminal {saved.terminal}")
    pair = tx.get(Terminal, terminal).pty
    if pair:
        pty = tx.get(Pty, pair)
        tx.put(pair, replace(pty, slaves=pty.slaves + 1))
    else:
        console_files.opened(tx, terminal)


class _Opened(Protocol):
    @property
    def opener(self) -> int: ...
    @property
    def path(self) -> str: ...
    @property
    def flags(self) -> int: ...


def opened(restart: Restart, saved: _Opened, end: Opened, *devices: int) -> FileId:
    """An open file of a terminal, whatever its driver would say to that.  EINVAL: it is none of
    *devices*."""
    tx = restart.tx
    task = restart.task(saved.opener)
    place = _found(restart, task, saved.path)
    rdev = Walk(tx, task).stat(place).rdev
    if rdev not in devices:
        raise Errno.EINVAL(f"path: {saved.path} is another device")
    key = tx.new(FileId)
    tx.put(key, File(place, saved.flags, driver=driver_name(rdev), opened=end))
    files.hold_place(tx, place)
    return key


@parts.finishes(38)
def _all_have_masters(restart: Restart) -> None:
    """EINVAL: a pair has none."""
    for number, terminal in restart.terminals.items():
        key = restart.tx.get(Terminal, terminal).pty
        if key and key not in restart.masters:
            raise Errno.EINVAL(f"pty {number} has no master in the image")
