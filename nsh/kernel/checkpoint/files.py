"""Open files: what is opened anew by its path, and the tables of descriptors (C4).

"Assume that the file system state doesn't change between checkpoint and restart" (S3): what a file
has in it is not saved, where its reader stands is.  An open file that several descriptors of the
container refer to is one again.
"""

from collections.abc import Iterator
from typing import Final

import msgspec
from immutables import Map
from msgspec.structs import replace

from nsh.abi.errno import Errno, KernelError
from nsh.abi.files import OpenFlag
from nsh.abi.process import CloneFlag
from nsh.kernel import contexts, limits
from nsh.kernel.checkpoint import parts, pipes, places
from nsh.kernel.checkpoint.image import Object
from nsh.kernel.checkpoint.state import Dump, Restart, Seen
from nsh.kernel.fs import files, opening
from nsh.kernel.fs.types import superblock_of, type_of
from nsh.kernel.fs.walk import Walk
from nsh.machine.context import Context, Descriptor
from nsh.machine.files import File
from nsh.machine.ids import FileId, TaskId
from nsh.machine.pipes import FifoEnd, Pipe
from nsh.machine.ptys import OpenMaster, OpenTerminal

Table = Map[int, Descriptor]
_NOT_AGAIN: Final = OpenFlag.O_CREAT | OpenFlag.O_EXCL | OpenFlag.O_TRUNC


class OpenFile(Object, frozen=True, tag="file"):
    """An open file description."""

    number: int
    opener: int
    """Who opens it."""
    path: str = ""
    """From the top of that one's mount namespace; ``//``: of that around the container.  "": it is
    a pipe."""
    flags: int = 0
    """Access mode and status flags."""
    offset: int = 0
    pipe: int = 0
    """The pipe or fifo that it is an end of."""
    unmet: bool = False
    """It has been a fifo's end for reading before anybody had it open for writing."""


class Entry(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One descriptor."""

    fd: int
    file: int
    cloexec: bool = False
    errors: bool = False


class Descriptors(Object, frozen=True):
    """The table of a process, or of a thread that has its own."""

    pid: int
    shares: int = 0
    """Whose it is, too (CLONE_FILES); 0: nobody's before this one."""
    table: tuple[Entry, ...] = ()


@parts.saves(OpenFile, 50)
def _save_files(dump: Dump) -> Iterator[Object]:
    """EBUSY: a file is open outside, too."""
    tx = dump.tx
    for task, fd, entry in _descriptors(dump):
        dump.unseen.append((task, entry.file, f"descriptor {fd} of {dump.name(task)} is"))
    while dump.unseen:
        task, key, has = dump.unseen.pop(0)
        if key not in dump.files:
            seen = Seen(dump.files.of(key), task, key, tx.get(File, key), has)
            dump.openers[key] = task
            with dump.going_on():
                yield _described(dump, seen)
                stranger = dump.holder(key)
                if stranger and not _is_terminal(seen.file) and not _is_pipe(seen.file):
                    refers = f"what {has.removesuffix(' is')} refers to"
                    dump.refuse(f"{refers} is open in {stranger}, too")


@parts.saves(Descriptors, 52, Context)
def _save_tables(dump: Dump) -> Iterator[Descriptors]:
    for task, first in dump.sharing(contexts.table_of):
        if first != task:
            yield Descriptors(dump.number(task), dump.number(first))
            continue
        entries = tuple(
            Entry(fd, dump.files.of(entry.file), entry.cloexec, entry.errors)
            for fd, entry in sorted(dump.table(task).items())
        )
        yield Descriptors(dump.number(task), table=entries)


def _descriptors(dump: Dump) -> Iterator[tuple[TaskId, int, Descriptor]]:
    """Each descriptor in the container."""
    for task, first in dump.sharing(contexts.table_of):
        if first == task:
            for fd, entry in sorted(dump.table(task).items()):
                yield task, fd, entry


def _described(dump: Dump, seen: Seen) -> Object:
    """ENOTSUP: it is nothing but a descriptor, and no part describes it."""
    tx, file, has = dump.tx, seen.file, seen.has
    described = parts.described(dump, seen)
    if described is not None:
        return described
    sb = superblock_of(tx, file.place)
    name = type_of(tx, sb).dname(tx, sb, file.place.node)
    end = file.opened
    path = (
        ""
        if isinstance(end, FifoEnd) and name
        else places.path(dump, seen.task, file.place, has, around=True)
    )
    if not isinstance(end, FifoEnd):
        if name is not None and not path:
            dump.refuse(f"{has} {name}, which cannot be saved", Errno.ENOTSUP)
        if isinstance(end, OpenMaster):
            dump.refuse(f"{has} the master of a terminal, which cannot be saved", Errno.ENOTSUP)
    return OpenFile(
        number=seen.number,
        opener=dump.number(seen.task),
        path=path,
        flags=file.flags,
        offset=file.offset,
        pipe=dump.pipes.of(end.pipe) if isinstance(end, FifoEnd) else 0,
        unmet=isinstance(end, FifoEnd) and end.before == tx.get(Pipe, end.pipe).write_opens,
    )


def _is_pipe(file: File) -> bool:
    """Whether its part looks for who else has an end of it."""
    return isinstance(file.opened, FifoEnd)


def _is_terminal(file: File) -> bool:
    """Whether it makes no difference who else has the file open: there is no offset in it."""
    device = file.driver.startswith("char ") and not isinstance(file.opened, OpenMaster)
    return device or isinstance(file.opened, OpenTerminal)


@parts.makes(OpenFile)
def _make_file(restart: Restart, saved: OpenFile) -> None:
    """What opening says, with the path; EINVAL: there are two of that number."""
    tx = restart.tx
    task = restart.task(saved.opener)
    if saved.pipe:
        restart.opens(saved.number, pipes.attach(restart, task, saved))
        return
    flags = saved.flags & ~_NOT_AGAIN | OpenFlag.O_NOCTTY
    try:
        with places.naming(saved.path), places.at_top(restart, task, saved.path):
            key = opening.open_path(tx, task, saved.path, flags)
    except KernelError as error:
        lent = _lent(restart, task, saved) if error.errno is Errno.EACCES else None
        if lent is None:
            raise
        files.hold(tx, lent)
        restart.opens(saved.number, lent)
        return
    file = tx.get(File, key)
    tx.put(key, replace(file, offset=saved.offset, flags=saved.flags))
    restart.opens(saved.number, key)


def _lent(restart: Restart, task: TaskId, saved: OpenFile) -> FileId | None:
    """A terminal that the caller has open, and that *task* may not open for itself: it comes from
    who made the container, as it did before."""
    tx = restart.tx
    with places.naming(saved.path), places.at_top(restart, task, saved.path):
        walk = Walk(tx, task)
        rdev = walk.stat(walk.lookup(saved.path)).rdev
    for _fd, entry in sorted(contexts.files(tx, restart.caller).items()):
        file = tx.get(File, entry.file)
        if _is_terminal(file) and file.flags == saved.flags:
            sb = superblock_of(tx, file.place)
            if rdev == type_of(tx, sb).stat(tx, restart.caller, sb, file.place.node).rdev:
                return entry.file
    return None


@parts.makes(Descriptors, "pid")
def _make_table(restart: Restart, saved: Descriptors) -> None:
    """What is a thread's own is so from now on."""
    tx = restart.tx
    task = restart.task(saved.pid)
    if restart.shares(saved.pid, saved.shares, CloneFlag.CLONE_FILES):
        return
    table: Table = Map()
    for entry in saved.table:
        if entry.fd in table or not 0 <= entry.fd < limits.OPEN_FILES:
            raise Errno.EINVAL(f"table: there are two descriptors {entry.fd}, or none")
        key = restart.file(entry.file)
        files.hold(tx, key)
        table = table.set(entry.fd, Descriptor(key, entry.cloexec, entry.errors))
    old = contexts.files(tx, task)
    contexts.set_files(tx, task, table)
    files.release_all(tx, [entry.file for _fd, entry in sorted(old.items())])


@parts.finishes(40)
def _let_go(restart: Restart) -> None:
    """The descriptors keep them now."""
    for key in restart.files.values():
        files.release(restart.tx, key)
