"""Pseudo terminals whose master is in the container (N8; C4: "ptys").

A pair is made in the instance of devpts that its ptmx leads to, with its number demanded.  Of one
whose master is outside the slave is a file like any other, and opened by its path.  One whose
master is closed is hung up again.
"""

from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.files import S_IFCHR
from nsh.kernel import ptys
from nsh.kernel.checkpoint import discipline, ownership, parts, places
from nsh.kernel.checkpoint.image import Object
from nsh.kernel.checkpoint.state import Dump, Restart
from nsh.kernel.fs import devpts_ptmx
from nsh.kernel.fs.devpts_positions import position
from nsh.kernel.fs.types import superblock_of
from nsh.kernel.fs.walk import Walk
from nsh.machine.context import Place
from nsh.machine.devpts import ROOT, DevPtsNode, PtsFile
from nsh.machine.files import File, SuperblockId, makedev
from nsh.machine.ids import NO_PTY, PtyId, TaskId
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
    orphan: bool = False
    """Its master is closed: ``ptmx`` is where the instance is mounted."""
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


@parts.saves(Pair, 49)
def _save(dump: Dump) -> Iterator[Object]:
    tx = dump.tx
    for task in dump.tasks:
        for fd, entry in sorted(dump.table(task).items()):
            file = tx.get(File, entry.file)
            key, place = _side(dump, file)
            pty = tx.find(Pty, key)
            if pty is None or pty.terminal in dump.terminals:
                continue
            has = f"descriptor {fd} of {dump.name(task)} is of pts/{pty.index}, by"
            number = dump.terminals.of(pty.terminal)
            yield _pair(dump, task, pty, places.path(dump, task, place, has, around=True))
            yield discipline.told(number, tx.get(Terminal, pty.terminal))


def _side(dump: Dump, file: File) -> tuple[PtyId, Place]:
    """The pair whose master *file* is, or a slave that has none, with what leads to its instance;
    NO_PTY for another file."""
    end, place = file.opened, file.place
    if isinstance(end, OpenMaster):
        return end.pty, place
    if isinstance(end, OpenTerminal) and isinstance(place.node, DevPtsNode):
        key = dump.tx.get(Terminal, end.terminal).pty
        if key and not dump.tx.get(Pty, key).master:
            return key, Place(place.mount, ROOT)
    return NO_PTY, place


def _pair(dump: Dump, task: TaskId, pty: Pty, ptmx: str) -> Pair:
    tx = dump.tx
    slave = tx.get(PtsFile, pty.terminal)
    space = tx.get(Task, task).creds.userns
    return Pair(
        number=dump.terminals.of(pty.terminal),
        opener=dump.number(task),
        ptmx=ptmx,
        orphan=not pty.master,
        index=pty.index,
        uid=ownership.uid(dump, space, slave.uid),
        gid=ownership.gid(dump, space, slave.gid),
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


@parts.makes(Pair)
def _make(restart: Restart, saved: Pair) -> None:
    """EBUSY: its number is taken; EINVAL: it cannot have been so."""
    tx = restart.tx
    if saved.number in restart.terminals:
        raise Errno.EINVAL(f"number: there are two terminals {saved.number}")
    if saved.index < 0:
        raise Errno.EINVAL(f"index: {saved.index} is none")
    task = restart.task(saved.opener)
    key = ptys.make_pair(tx, task, _instance(restart, task, saved), saved.index)
    pty = tx.get(Pty, key)
    restart.terminals[saved.number] = pty.terminal
    slave = tx.get(PtsFile, pty.terminal)
    space = tx.get(Task, task).creds.userns
    if saved.mode & ~0o7777 != S_IFCHR:
        raise Errno.EINVAL(f"mode: {saved.mode:#o} is no terminal's")
    uid, gid = ownership.of_file(restart, space, (saved.uid, saved.gid), saved.mode & 0o7777)
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
    restart.keep(saved)


def _instance(restart: Restart, task: TaskId, saved: Pair) -> SuperblockId:
    """EINVAL: nothing leads to one."""
    tx = restart.tx
    place = found(restart, task, saved.ptmx)
    if not saved.orphan:
        if Walk(tx, task).stat(place).rdev != PTMX:
            raise Errno.EINVAL(f"ptmx: {saved.ptmx} makes no pseudo terminals")
        return devpts_ptmx.instance_at(tx, task, place)
    if place.node != ROOT:
        raise Errno.EINVAL(f"ptmx: no pseudo terminals are at {saved.ptmx}")
    return position(tx).view(tx, task, superblock_of(tx, place))


def found(restart: Restart, task: TaskId, path: str) -> Place:
    """Where *path* leads to.  What looking for it says, with the path."""
    with places.naming(path), places.at_top(restart, task, path):
        return Walk(restart.tx, task).lookup(path)


@parts.finishes(38)
def _have_masters(restart: Restart) -> None:
    """Masters that were closed are so again.  EINVAL: there is none, or nothing is left then."""
    tx = restart.tx
    for saved in restart.kept(Pair):
        terminal = restart.terminal(saved.number)
        before = tx.get(Terminal, terminal)
        if (before.pty in restart.masters) == saved.orphan:
            raise Errno.EINVAL(f"pty {saved.number}: orphan: whether it has a master differs")
        if not saved.orphan:
            continue
        if before.session:
            raise Errno.EINVAL(f"pty {saved.number} controls a session, and has no master")
        if not tx.get(Pty, before.pty).slaves:
            raise Errno.EINVAL(f"pty {saved.number} is not open in the image")
        ptys.close_master(tx, before.pty)
        tx.put(terminal, before)  # it was hung up long ago
        after = replace(tx.get(Pty, before.pty), other_closed=saved.other_closed)
        tx.put(before.pty, after)
