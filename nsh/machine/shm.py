"""Shared memory segments, and where they are attached (shmget(2), shmat(2); N1)."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from immutables import Map

from nsh.machine.ids import NOBODY, NamespaceId, TaskId
from nsh.machine.invariants import invariant
from nsh.machine.ipc import NEVER, Ipc, IpcObject, Who
from nsh.machine.namespaces import keeps
from nsh.machine.record import Record, table
from nsh.machine.tasks import Task
from nsh.machine.value import Machine

PAGE: Final = 4096
DEST: Final = 0o1000
"""SHM_DEST in a mode: the segment goes with its last attachment."""


@table
class ShmSegment(IpcObject):
    """A segment of shared memory."""

    size: int
    """Bytes, as they were asked for; whole pages can be used."""
    cpid: Who
    lpid: Who | None = None
    atime: int = NEVER
    dtime: int = NEVER
    nattch: int = 0
    creator: TaskId = NOBODY
    """The task that made it, while it lives and has not left the namespace."""
    pages: Map[int, bytes] = Map()
    """Page -> at most 4096 bytes; what is behind them reads as zeros.  Pages that nobody has
    touched are absent."""


@table
class Made(Record):
    """The segments that a task has made, keyed by the task: ``creator``, the other way round."""

    segments: tuple[int, ...]


class Attachment(Record):
    """A segment as it stands in a memory."""

    address: int
    segment: int
    """The segment's key."""
    namespace: NamespaceId
    """Its ipc namespace, which it keeps."""
    size: int
    """Bytes, whole pages."""
    readonly: bool
    executable: bool = False


@table
class Memory(Record):
    """What a process has attached, keyed by its leader, the last one last."""

    attached: tuple[Attachment, ...]


@keeps
def _kept(machine: Machine) -> Iterator[NamespaceId]:
    """A namespace is kept by what is attached of it."""
    for _key, memory in machine.items(Memory):
        for attachment in memory.attached:
            yield attachment.namespace


@invariant
def _attachments(machine: Machine) -> Iterator[str]:
    """A segment counts its attachments, which lie apart from each other."""
    count: Counter[int] = Counter()
    for key, memory in machine.items(Memory):
        task = machine.find(Task, key)
        if task is None or task.leader != key:
            yield f"a memory is of {key}, which is no process"
        end = 0
        for attachment in sorted(memory.attached, key=lambda each: each.address):
            count[attachment.segment] += 1
            if attachment.address < end:
                yield f"process {key} has two segments at {attachment.address:#x}"
            end = attachment.address + attachment.size
        if not memory.attached:
            yield f"process {key} has an empty memory"
    made = {(each, key) for key, row in machine.items(Made) for each in row.segments}
    pages: Counter[int] = Counter()
    for key, segment in machine.items(ShmSegment):
        pages[segment.namespace] += -(-segment.size // PAGE)
        if segment.creator and (key, segment.creator) not in made:
            yield f"segment {segment.id} is unknown to its maker"
        made.discard((key, segment.creator))
        if segment.nattch != count.pop(key, 0):
            yield f"segment {segment.id} miscounts its {segment.nattch} attachments"
        if segment.mode & DEST and not segment.nattch:
            yield f"segment {segment.id} is to be gone"
    for key in sorted(count):
        yield f"segment {key} is gone, and attached"
    for key, task_id in sorted(made):
        yield f"task {task_id} has made segment {key}, which does not know it"
    for key, space in machine.items(Ipc):
        if space.shm_pages != pages[key]:
            yield f"ipc namespace {key} miscounts its {space.shm_pages} pages"
