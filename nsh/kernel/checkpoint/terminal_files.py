"""Open files of terminals of the container's own: masters, slaves, consoles (N8, N9).

They are not opened, but are open again: what their devices would say to that, about locks,
exclusive use and hang-ups, has been said.
"""

from typing import Protocol

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.kernel import console_files
from nsh.kernel.checkpoint import parts, places, ptys
from nsh.kernel.checkpoint.image import Object
from nsh.kernel.checkpoint.state import Dump, Restart, Seen
from nsh.kernel.fs import files
from nsh.kernel.fs.drivers import driver_name
from nsh.kernel.fs.walk import Walk
from nsh.machine.context import Place
from nsh.machine.devpts import ROOT, DevPtsNode
from nsh.machine.files import File, Opened
from nsh.machine.ids import FileId, PtyId
from nsh.machine.ptys import OpenMaster, OpenTerminal, Pty
from nsh.machine.terminals import Terminal


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
    """A slave's, or /dev/tty; if it has lost its name, where the instance is mounted."""
    nameless: bool = False
    flags: int = 0
    hangups: int = 0
    """How often it had been hung up when it was opened; -1: that does not matter."""


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
    place = seen.file.place
    pty = dump.tx.find(Pty, dump.tx.get(Terminal, end.terminal).pty)
    nameless = pty is not None and not pty.master and isinstance(place.node, DevPtsNode)
    if nameless:
        place = Place(place.mount, ROOT)
    return SlaveFile(
        number=seen.number,
        opener=dump.number(seen.task),
        terminal=dump.terminals.of(end.terminal),
        path=places.path(dump, seen.task, place, seen.has, around=True),
        nameless=nameless,
        flags=seen.file.flags,
        hangups=end.hangups,
    )


def _pty(restart: Restart, number: int) -> PtyId:
    """EINVAL: it is none."""
    terminal = restart.terminal(number)
    key = restart.tx.get(Terminal, terminal).pty
    if not key:
        raise Errno.EINVAL(f"terminal {number} is a console")
    return key


@parts.makes(MasterFile)
def _make_master(restart: Restart, saved: MasterFile) -> None:
    key = _pty(restart, saved.pty)
    if key in restart.masters:
        raise Errno.EINVAL(f"pty: {saved.pty} has a master before this line")
    restart.masters.add(key)
    place = ptys.found(restart, restart.task(saved.opener), saved.path)
    restart.opens(saved.number, opened(restart, saved, place, OpenMaster(key), ptys.PTMX))


@parts.makes(SlaveFile)
def _make_slave(restart: Restart, saved: SlaveFile) -> None:
    """EINVAL: the path leads to another terminal, or this one has a name always."""
    tx = restart.tx
    terminal = restart.terminal(saved.terminal)
    end = OpenTerminal(terminal, saved.hangups)
    place = ptys.found(restart, restart.task(saved.opener), saved.path)
    if saved.nameless:
        _pty(restart, saved.terminal)
        if place.node != ROOT:
            raise Errno.EINVAL(f"path: no pseudo terminals are at {saved.path}")
        place = Place(place.mount, DevPtsNode(terminal))
    key = opened(restart, saved, place, end, tx.get(Terminal, terminal).rdev, ptys.TTY, ptys.TTY0)
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


def opened(restart: Restart, saved: _Opened, place: Place, end: Opened, *devices: int) -> FileId:
    """An open file of a terminal, whatever its driver would say to that.  EINVAL: it is none of
    *devices*."""
    tx = restart.tx
    rdev = Walk(tx, restart.task(saved.opener)).stat(place).rdev
    if rdev not in devices:
        raise Errno.EINVAL(f"path: {saved.path} is another device")
    key = tx.new(FileId)
    tx.put(key, File(place, saved.flags, driver=driver_name(rdev), opened=end))
    files.hold_place(tx, place)
    return key
