"""Who is sent the signals of an open file, and which (F_SETOWN, F_SETSIG, O_ASYNC: fcntl(2)).

An owner outside is none after a restart, as C15 has it: a signal that heads outside disappears.
"""

from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.files import OwnerType
from nsh.abi.signals import NSIG
from nsh.kernel import pids, sigio
from nsh.kernel.checkpoint import ownership, parts
from nsh.kernel.checkpoint.image import Object
from nsh.kernel.checkpoint.state import Dump, Restart
from nsh.machine.files import File, FileOwner
from nsh.machine.ids import NOBODY, FileId, TaskId
from nsh.machine.net import SocketId
from nsh.machine.pipes import FifoEnd
from nsh.machine.ptys import OpenMaster, OpenTerminal
from nsh.machine.sigio import Asynchronous
from nsh.machine.tasks import Group, Task
from nsh.machine.value import Transaction


class Owner(Object, frozen=True):
    """Of one open file."""

    file: int
    whom: int = 0
    """A process, thread or group, by its number inside."""
    type: int = 0
    uid: int = 0
    """By whose right the signals are sent, by the numbers of the first task's user namespace."""
    euid: int = 0
    signo: int = 0


class Told(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A file whose owner is told of what happens."""

    file: int
    fd: int


class Async(Object, frozen=True, tag="asynchronous"):
    """Whose owners are told of one pipe, socket or terminal, the latest to ask first."""

    files: tuple[Told, ...]
    room: bool = False
    """They are told when there is room again."""


@parts.saves(Owner, 53)
def _save_owners(dump: Dump) -> Iterator[Owner]:
    tx = dump.tx
    space = tx.get(Task, dump.record.init).creds.userns
    for key in dump.files:
        owner = tx.get(File, key).owner
        if owner is not None:
            uid, euid = (ownership.uid(dump, space, each) for each in (owner.uid, owner.euid))
            whom = dump.number(owner.whom) if owner.whom in _named(dump) else 0
            yield Owner(dump.files.of(key), whom, owner.type, uid, euid, owner.signo)


def _named(dump: Dump) -> set[int]:
    """The container's own tasks and groups."""
    groups = {dump.tx.get(Task, task).group for task in dump.tasks}
    return {*dump.tasks, *groups}


@parts.saves(Async, 54)
def _save_lists(dump: Dump) -> Iterator[Async]:
    for _key, row in dump.tx.items(Asynchronous):
        ours = [each for each in row.files if each.file in dump.files]
        if ours:
            told = tuple(Told(dump.files.of(each.file), each.fd) for each in ours)
            yield Async(told, row.awaits_room)


@parts.makes(Owner, "file")
def _make_owner(restart: Restart, saved: Owner) -> None:
    """EINVAL: no file has such."""
    restart.file(saved.file)
    if saved.type not in list(OwnerType):
        raise Errno.EINVAL(f"type: {saved.type} is no type of owner")
    if not 0 <= saved.signo <= NSIG:
        raise Errno.EINVAL(f"signo: {saved.signo} is no signal")
    restart.keep(saved)


@parts.makes(Async)
def _make_list(restart: Restart, saved: Async) -> None:
    """EINVAL: they are not of one pipe, socket or terminal."""
    places = {_behind(restart.tx, restart.file(each.file)) for each in saved.files}
    if len(places) != 1 or not all(places):
        raise Errno.EINVAL("files: they are not of one pipe, socket or terminal")
    restart.keep(saved)


def _behind(tx: Transaction, key: FileId) -> sigio.Place:
    opened = tx.get(File, key).opened
    match opened:
        case OpenTerminal():
            return opened.terminal
        case OpenMaster():
            return opened.pty
        case FifoEnd():
            return opened.pipe
    return SocketId(getattr(opened, "socket", 0))


@parts.finishes(42)
def _finish(restart: Restart) -> None:
    """When groups are there, and the restart has let go of the files: nobody is told of that.

    EINVAL: nobody has such a file.
    """
    tx = restart.tx
    named = {saved.file for saved in restart.kept(Owner)}
    named.update(each.file for row in restart.kept(Async) for each in row.files)
    for number in sorted(named):
        if tx.find(File, restart.file(number)) is None:
            raise Errno.EINVAL(f"owner of file {number}: nobody has it open")
    space = tx.get(Task, restart.init).creds.userns
    mine = tx.get(Task, restart.caller).creds
    for saved in restart.kept(Owner):
        key = restart.file(saved.file)
        whom = _whom(restart, saved)
        uid = ownership.uid_of(restart, space, saved.uid, mine.uid)
        euid = ownership.uid_of(restart, space, saved.euid, mine.euid)
        owner = FileOwner(whom, saved.type, uid, euid, saved.signo)
        tx.put(key, replace(tx.get(File, key), owner=owner))
    for row in restart.kept(Async):
        for each in reversed(row.files):
            key = restart.file(each.file)
            sigio.ask(tx, restart.init, key, each.fd, _behind(tx, key), on=True, owned=False)
        if row.room:
            sigio.await_room(tx, _behind(tx, restart.file(row.files[0].file)))


def _whom(restart: Restart, saved: Owner) -> TaskId:
    """EINVAL: nobody is called so."""
    if not saved.whom:
        return NOBODY
    if saved.type != OwnerType.F_OWNER_PGRP:
        return restart.task(saved.whom)
    groups = {restart.tx.get(Task, task).group for task in restart.tasks.values()}
    found = next((each for each in groups if _is_called(restart, each, saved.whom)), None)
    if found is None:
        raise Errno.EINVAL(f"owner of file {saved.file}: there is no process group {saved.whom}")
    return found


def _is_called(restart: Restart, group: TaskId, number: int) -> bool:
    record = restart.tx.get(Group, group)
    return pids.number(restart.tx, record, restart.space) == number
