"""Segments of shared memory with what is in them, and where they are attached (C4)."""

from collections.abc import Iterator
from typing import Final, cast

import msgspec
from immutables import Map
from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.kernel import ipc as namespaces
from nsh.kernel.checkpoint import ipc, parts
from nsh.kernel.checkpoint.image import Object
from nsh.kernel.checkpoint.state import Dump, Restart
from nsh.kernel.sysv import ipc_ids, ipc_permission, shm_attach
from nsh.kernel.sysv import shm as segments
from nsh.kernel.sysv.shm import KIND
from nsh.machine.ids import NOBODY, NamespaceId, TaskId
from nsh.machine.ipc import NEVER, Ipc
from nsh.machine.shm import DEST, PAGE, Attachment, Made, Memory, ShmSegment
from nsh.machine.tasks import Task

_MODES: Final = 0o777 | DEST


class PageOf(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A page that somebody has touched."""

    page: int
    data: bytes = b""
    """Behind it are zeros."""


class SegmentOf(ipc.Owned, frozen=True, tag="shm"):
    """One segment."""

    size: int = 0
    cpid: int = 0
    lpid: int = 0
    atime: int = NEVER
    dtime: int = NEVER
    creator: int = 0
    """Who made it, while that one lives, and is there."""
    pages: tuple[PageOf, ...] = ()


class AttachedOf(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One segment in a memory."""

    address: int
    namespace: int
    """0: it is of the namespace around the container."""
    id: int
    readonly: bool = False
    executable: bool = False
    key: int = 0
    """Of one around: by this,"""
    size: int = 0
    """and this it is known again."""


class Attached(Object, frozen=True):
    """What a process has attached, in that order."""

    pid: int
    segments: tuple[AttachedOf, ...] = ()


@parts.saves(SegmentOf, 45, Made)
def _save(dump: Dump) -> Iterator[SegmentOf]:
    """Whose maker is outside has none after a restart, nor has what is outside one inside."""
    for _key, found, head in ipc.every(dump, KIND):
        yield SegmentOf(
            **head,
            size=found.size,
            cpid=ipc.number(dump, found.cpid),
            lpid=ipc.number(dump, found.lpid),
            atime=found.atime,
            dtime=found.dtime,
            creator=dump.number(found.creator) if found.creator in dump else 0,
            pages=tuple(PageOf(page, data) for page, data in sorted(found.pages.items())),
        )


@parts.makes(SegmentOf)
def _make(restart: Restart, saved: SegmentOf) -> None:
    tx = restart.tx
    if not 1 <= saved.size < 1 << 63:
        raise Errno.EINVAL(f"size: no segment has {saved.size} bytes")
    many = -(-saved.size // PAGE)
    pages: Map[int, bytes] = Map({each.page: each.data for each in saved.pages})
    if any(not 0 <= page < many or len(data) > PAGE for page, data in pages.items()):
        raise Errno.EINVAL(f"pages: there are {many}, of {PAGE} bytes")
    if saved.mode & DEST and saved.key:
        raise Errno.EINVAL("key: nobody finds by its key what is marked for destruction")
    key, fields = ipc.head(restart, KIND, saved, _MODES)
    creator = restart.task(saved.creator) if saved.creator else NOBODY
    segment = ShmSegment(
        **fields,
        size=saved.size,
        cpid=ipc.somebody(restart, saved.cpid),
        lpid=ipc.anybody(restart, saved.lpid),
        atime=saved.atime,
        dtime=saved.dtime,
        creator=creator,
        pages=pages,
    )
    tx.put(key, segment)
    if creator != NOBODY:
        segments.note_maker(tx, creator, key)
    space = fields["namespace"]
    namespaces.change(tx, space, shm_pages=tx.get(Ipc, space).shm_pages + many)


# ---- where they are attached


@parts.saves(Attached, 66, Memory)
def _save_memories(dump: Dump) -> Iterator[Attached]:
    """EBUSY: somebody outside has one attached; ENOTSUP: one of a namespace that nobody is in."""
    own = {space for space, _record in ipc.spaces(dump)}
    for key, memory in sorted(dump.tx.rows(Memory).items()):
        task = TaskId(key)
        if task not in dump:
            with dump.going_on():
                _check_outside(dump, task, memory, own)
    for task in dump.tasks:
        found = dump.tx.find(Memory, task)
        told = []
        for each in () if found is None else found.attached:
            with dump.going_on():
                told.append(_described(dump, task, each, own))
        if told:
            yield Attached(dump.number(task), tuple(told))


def _check_outside(dump: Dump, task: TaskId, memory: Memory, own: set[NamespaceId]) -> None:
    for each in memory.attached:
        if each.namespace in own:
            segment = dump.tx.get(ShmSegment, each.segment)
            whom = f"{dump.name(task)}, which is outside, has its shared memory segment"
            dump.refuse(f"{whom} {segment.id} attached")


def _described(dump: Dump, task: TaskId, each: Attachment, own: set[NamespaceId]) -> AttachedOf:
    found = dump.tx.get(ShmSegment, each.segment)
    told = AttachedOf(each.address, 0, found.id, each.readonly, each.executable)
    if each.namespace in own:
        return replace(told, namespace=dump.namespaces.of(each.namespace))
    if not ipc.is_around(dump, each.namespace):
        inum = dump.tx.get(Ipc, each.namespace).inum
        reason = f"{dump.name(task)} has segment {found.id} of ipc:[{inum}] attached"
        dump.refuse(f"{reason}, in which nobody inside is", Errno.ENOTSUP)
    if found.mode & DEST:
        reason = f"{dump.name(task)} has shared memory segment {found.id} attached"
        dump.refuse(f"{reason}, which is outside, and marked for destruction")
    return replace(told, key=found.key, size=found.size)


@parts.makes(Attached, "pid")
def _make_memory(restart: Restart, saved: Attached) -> None:
    """What it was born with, as its parent's child, it has not."""
    tx = restart.tx
    task = restart.task(saved.pid)
    if tx.get(Task, task).leader != task:
        raise Errno.EINVAL(f"pid: {saved.pid} is a thread")
    shm_attach.let_go(tx, task, task)
    for each in saved.segments:
        key, space = _segment(restart, each)
        size = -(-tx.get(ShmSegment, key).size // PAGE) * PAGE
        where = Attachment(each.address, key, space, size, each.readonly, each.executable)
        shm_attach.attach_again(tx, task, where)
        if not each.namespace:
            found = tx.get(ShmSegment, key)
            tx.put(key, replace(found, lpid=ipc_permission.who(tx, task), atime=tx.clock))
    restart.keep(saved)


def _segment(restart: Restart, each: AttachedOf) -> tuple[int, NamespaceId]:
    """Key and namespace of a segment that is to be attached.  EINVAL: it is not there any more;
    EACCES: the caller could not attach it."""
    tx = restart.tx
    if each.namespace:
        key, found = ipc.find(restart, KIND, each.namespace, each.id)
        return key, found.namespace
    caller = restart.caller
    key, found = ipc_ids.find(tx, caller, KIND, each.id)
    segment = cast(ShmSegment, found)
    what = f"shared memory segment {each.id} of the ipc namespace around"
    if (segment.key, segment.size) != (each.key, each.size):
        raise Errno.EINVAL(f"{what} is another one than that which was attached")
    wanted = 0o444 if each.readonly else 0o666
    ipc_permission.check(tx, caller, segment, wanted | 0o111 * each.executable, what)
    return key, segment.namespace


@parts.finishes(36)
def _finish(restart: Restart) -> None:
    """Who has nothing attached has not what it was born with either.  EINVAL: what is marked for
    destruction, and attached nowhere, would be gone."""
    tx = restart.tx
    kept = {saved.pid for saved in restart.kept(Attached)}
    for pid, task in restart.tasks.items():
        if pid not in kept and tx.find(Memory, task) is not None:
            shm_attach.let_go(tx, task, task)
    for key in restart.namespaces.values():
        space = tx.find(Ipc, key)
        for _row, found in () if space is None else ipc_ids.every(tx, space, KIND):
            if found.mode & DEST and not found.nattch:
                raise Errno.EINVAL(f"shm: segment {found.id} is marked for destruction, and unused")
