"""Pipes and fifos, with what is in them (C4)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.kernel import waiting
from nsh.kernel.checkpoint import ownership, parts, places
from nsh.kernel.checkpoint.image import Object
from nsh.kernel.checkpoint.state import Dump, Restart
from nsh.kernel.fs import files, pipes
from nsh.kernel.fs.mount_tree import internal_mount
from nsh.kernel.fs.walk import Walk
from nsh.machine.context import Place
from nsh.machine.files import File, InodeId
from nsh.machine.ids import FileId, TaskId
from nsh.machine.pipes import MET, SLOT_SIZE, SLOTS, FifoEnd, Page, Pipe, PipeNode, Progress
from nsh.machine.tasks import Task

if TYPE_CHECKING:
    from nsh.kernel.checkpoint.files import OpenFile
    from nsh.kernel.checkpoint.removed import RemovedFile


class PageOf(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One slot of a ring."""

    data: bytes
    consumed: int = 0


class PipeOf(Object, frozen=True, tag="pipe"):
    """What is in one, once its ends are open."""

    number: int
    pages: tuple[PageOf, ...] = ()
    uid: int = ownership.NOBODY
    """Of one without a name: whose it is, by the numbers of the first task's user namespace."""
    gid: int = ownership.NOBODY
    mode: int = 0o600


class Half(Object, frozen=True, tag="progress"):
    """How far a write has come that waits for room."""

    pid: int
    file: int
    done: int


@parts.saves(PipeOf, 51)
def _save(dump: Dump) -> Iterator[PipeOf]:
    """EBUSY: one that is open outside, too."""
    tx = dump.tx
    opening = {progress.file for _task, progress in _half_done(dump)}
    named: set[int] = set()
    for key, file in sorted(tx.rows(File).items()):
        end = file.opened
        if not isinstance(end, FifoEnd) or end.pipe not in dump.pipes:
            continue
        if not isinstance(file.place.node, PipeNode):
            named.add(end.pipe)
        whom = dump.holder(FileId(key))
        if whom or not (key in dump.files or key in opening):
            with dump.going_on():
                whom = whom or "somebody outside"
                dump.refuse(f"{_user(dump, end.pipe)} holds a pipe to {whom}")
    space = tx.get(Task, dump.record.init).creds.userns
    for key in dump.pipes:
        pipe = tx.get(Pipe, key)
        pages = tuple(PageOf(page.data, page.consumed) for page in pipe.pages)
        told = PipeOf(dump.pipes.of(key), pages, mode=pipe.mode)
        if key not in named:
            uid, gid = ownership.uid(dump, space, pipe.uid), ownership.gid(dump, space, pipe.gid)
            told = replace(told, uid=uid, gid=gid)
        yield told


def _user(dump: Dump, pipe: InodeId) -> str:
    for task in dump.tasks:
        for entry in dump.table(task).values():
            end = dump.tx.get(File, entry.file).opened
            if isinstance(end, FifoEnd) and end.pipe == pipe:
                return dump.name(task)
    return "a task"


def attach(restart: Restart, task: TaskId, saved: "OpenFile") -> FileId:
    """An end of the pipe or fifo that *saved* is one of; the pipe is made with its first.

    EINVAL; ENOENT and more for the path of a fifo.
    """
    tx = restart.tx
    if saved.path:
        with places.naming(saved.path), places.at_top(restart, task, saved.path):
            walk = Walk(tx, task)
            place = walk.lookup(saved.path)
            ino = InodeId(walk.stat(place).ino)
    else:
        ino = restart.pipes.get(saved.pipe) or pipes.make(tx, task)
        place = Place(internal_mount(tx, "pipefs"), PipeNode(ino))
    return end_of(restart, saved, ino, place)


def end_of(restart: Restart, saved: "OpenFile | RemovedFile", ino: InodeId, place: Place) -> FileId:
    """An end of the pipe or fifo *ino*.  EINVAL: it is another one."""
    tx = restart.tx
    if restart.pipes.setdefault(saved.pipe, ino) != ino:
        raise Errno.EINVAL(f"pipe: file {saved.number} is another fifo than pipe {saved.pipe}")
    key = pipes.attach(tx, ino, place, saved.flags, before=MET)
    if saved.unmet:
        file = tx.get(File, key)
        before = tx.get(Pipe, ino).write_opens
        tx.put(key, replace(file, opened=FifoEnd(ino, before)))
    return key


@parts.makes(PipeOf, "number")
def _make(restart: Restart, saved: PipeOf) -> None:
    ino = restart.pipes.get(saved.number)
    if ino is None:
        raise Errno.EINVAL(f"number: no file before this line is an end of pipe {saved.number}")
    if len(saved.pages) > SLOTS:
        raise Errno.EINVAL(f"pages: a pipe has {SLOTS}")
    for page in saved.pages:
        if not 0 < len(page.data) <= SLOT_SIZE - page.consumed or page.consumed < 0:
            raise Errno.EINVAL(f"pages: one has 1 to {SLOT_SIZE} bytes")
    pipe = restart.tx.get(Pipe, ino)
    pages = tuple(Page(page.data, page.consumed) for page in saved.pages)
    if saved.mode & ~0o7777:
        raise Errno.EINVAL(f"mode: {saved.mode:#o} is none")
    space = restart.tx.get(Task, restart.init).creds.userns
    uid, gid = ownership.of_file(restart, space, (saved.uid, saved.gid), saved.mode)
    restart.tx.put(ino, replace(pipe, pages=pages, uid=uid, gid=gid, mode=saved.mode))


@parts.saves(Half, 65, Progress)
def _save_progress(dump: Dump) -> Iterator[Half]:
    """A fifo that is being opened is so anew: that call has yet to have any effect."""
    for task, progress in _half_done(dump):
        if progress.file in dump.files:
            yield Half(dump.number(task), dump.files.of(progress.file), progress.done)


def _half_done(dump: Dump) -> Iterator[tuple[TaskId, Progress]]:
    for task in dump.tasks:
        progress = dump.tx.find(Progress, task)
        if progress is not None and waiting.waiter(dump.tx, task) is not None:
            yield task, progress


@parts.makes(Half, "pid")
def _make_progress(restart: Restart, saved: Half) -> None:
    key = restart.file(saved.file)
    files.hold(restart.tx, key)
    restart.tx.put(restart.task(saved.pid), Progress(key, saved.done))
