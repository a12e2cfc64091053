"""The objects of ipc namespaces, a row each (N1, N2)."""

from collections.abc import Iterator
from typing import Final

from nsh.machine.ids import NamespaceId, SpaceId, TaskId
from nsh.machine.ipc import Ipc, IpcObject, Who
from nsh.machine.mqueue import Mqueue
from nsh.machine.msg import MsgQueue
from nsh.machine.observed import ForeignNamespace, SysvSighting
from nsh.machine.pids import PidSpace
from nsh.machine.record import Record
from nsh.machine.sem import SemSet
from nsh.machine.shm import DEST, ShmSegment
from nsh.machine.tasks import Task
from nsh.machine.value import Machine
from nsh.views import ids, order
from nsh.views.selection import IPC_KINDS, ipc_namespace, ipc_object
from nsh.views.whose import Whose

KINDS: Final = ("shm", "sem", "msg", "mqueue")
_PLACE: Final = 40
"""Bits of a key for the place of an object among those of its kind."""


class IpcRow(Record):
    """One object."""

    key: int
    """Its place in the order."""
    object: int
    """The key of its record; 0 of an observed machine's, which cannot be selected."""
    namespace: NamespaceId
    """0: it has ended, and a mount or a descriptor keeps the queue."""
    whose: str
    """The container whose namespace it is, or the namespace's ``[inum]``."""
    first: bool
    """It is the first of its namespace."""
    kind: str
    """One of :data:`KINDS`."""
    id: int
    """0 for a POSIX queue, which has a name."""
    name: str
    """The IPC key in hexadecimal, or the queue's name."""
    uid: int
    mode: int
    amount: int
    """Attachments, semaphores, or messages."""
    waiting: int
    """Tasks that sleep on it."""
    made: int
    """The pid of who made a segment, or changed the first semaphore, or sent last, as the viewer
    sees it; 0: nobody, or nobody visible."""
    last: int
    """The pid of who attached or detached, changed the last semaphore, or received last."""
    doomed: bool
    """It goes with its last user."""


def ipc(
    machine: Machine,
    viewer: SpaceId | TaskId | None = None,
    *,
    at: int = 0,
    skip: int = 0,
    count: int | None = None,
    whose: Whose | None = None,
) -> tuple[IpcRow, ...]:
    """Rows by namespace, then kind, then place; the window is that of
    :func:`~nsh.views.order.window`, from the row of *at* or the next one on.

    O(objects) to order them, and what a row says only for those in the window.
    """
    found = sorted(_objects(machine))
    if not found:
        return ()
    keys = [key for key, _row in found]
    places = order.keyed(range(len(keys)), keys, at, skip, count)
    space = ids.eyes(machine, viewer)
    names = whose or Whose()
    rows = []
    for place in places:
        key, row = found[place]
        before = keys[place - 1] >> _PLACE + 2 if place else -1
        first = before != key >> _PLACE + 2
        rows.append(_row(machine, key, row, space, names, first=first))
    return tuple(rows)


def place(machine: Machine, key: int) -> int | None:
    """Where in the order of :func:`ipc` the object with that record stands; None if it is gone."""
    found = ipc_object(machine, key)
    if found is None:
        return None
    within = found.id if isinstance(found, IpcObject) else key
    kind = KINDS.index(IPC_KINDS[type(found)])
    return (ipc_namespace(machine, found) << 2 | kind) << _PLACE | within


def _objects(machine: Machine) -> Iterator[tuple[int, int]]:
    """The key in the order, and the key in its table, of everything there is."""
    for row, segment in machine.rows(ShmSegment).items():
        yield segment.namespace << 2 + _PLACE | segment.id, row
    for row, found in machine.rows(SemSet).items():
        yield (found.namespace << 2 | 1) << _PLACE | found.id, row
    for row, sysv in machine.rows(MsgQueue).items():
        yield (sysv.namespace << 2 | 2) << _PLACE | sysv.id, row
    for row, seen in machine.rows(SysvSighting).items():
        yield (seen.namespace << 2 | KINDS.index(seen.kind)) << _PLACE | seen.id, row
    for row, queue in machine.rows(Mqueue).items():
        yield (ipc_namespace(machine, queue) << 2 | 3) << _PLACE | row, row


def _row(
    machine: Machine, key: int, row: int, space: SpaceId, whose: Whose, *, first: bool
) -> IpcRow:
    number = key >> _PLACE & 3
    namespace = NamespaceId(key >> _PLACE + 2)
    name = _called(machine, namespace, whose)
    observed = machine.find(SysvSighting, row)
    if observed is not None:
        return _seen(machine, (key, 0, namespace, name, first, observed.kind), observed, space)
    head = (key, row, namespace, name, first, KINDS[number])
    match number:
        case 0:
            segment = machine.get(ShmSegment, row)
            told = (segment.nattch, 0, _pid(segment.cpid, space), _pid(segment.lpid, space))
            return IpcRow(*head, *_owned(segment), *told, bool(segment.mode & DEST))
        case 1:
            found = machine.get(SemSet, row)
            pids = (_pid(found.pids[0], space), _pid(found.pids[-1], space))
            told = (len(found.values), len(found.sleepers), *pids)
            return IpcRow(*head, *_owned(found), *told, False)
        case 2:
            sysv = machine.get(MsgQueue, row)
            pids = (_pid(sysv.lspid, space), _pid(sysv.lrpid, space))
            told = (len(sysv.messages), len(sysv.sleepers), *pids)
            return IpcRow(*head, *_owned(sysv), *told, False)
        case _:
            queue = machine.get(Mqueue, row)
            owner = None if queue.notify is None else queue.notify.who
            waiting = len(queue.receivers) + len(queue.senders)
            told = (len(queue.messages), waiting, _pid(owner, space), 0)
            about = (0, f"/{queue.name}", queue.uid, queue.mode & 0o777)
            return IpcRow(*head, *about, *told, not queue.nlink)


def _seen(
    machine: Machine,
    head: tuple[int, int, NamespaceId, str, bool, str],
    seen: SysvSighting,
    space: SpaceId,
) -> IpcRow:
    """Of an observed machine, whose reader is somewhere; who waits is not told there."""
    key, row, namespace, name, begins, kind = head
    head = (key, row, namespace, name if namespace else "?", begins, kind)
    about = (seen.id, f"{seen.key:#010x}", seen.uid, seen.mode, seen.amount, 0)
    first, last = _number(machine, seen.first, space), _number(machine, seen.last, space)
    return IpcRow(*head, *about, first, last, seen.doomed)


def _number(machine: Machine, pid: int, space: SpaceId) -> int:
    """What *space* calls the task that the observer calls so; who is dead is nobody there."""
    root = ids.root(machine)
    if space == root or not pid:
        return pid
    task = machine.find(Task, machine.get(PidSpace, root).task_of.get(pid, 0))
    return 0 if task is None else ids.number(machine, task, space)


def _owned(found: ShmSegment | SemSet | MsgQueue) -> tuple[int, str, int, int]:
    return found.id, f"{found.key & 0xFFFFFFFF:#010x}", found.uid, found.mode & 0o777


def _pid(whom: Who | None, space: SpaceId) -> int:
    return whom.pids[whom.path.index(space)] if whom is not None and space in whom.path else 0


def _called(machine: Machine, namespace: NamespaceId, whose: Whose) -> str:
    name = whose.name(machine, "ipc", namespace) if namespace else ""
    record = machine.find(Ipc, namespace) or machine.find(ForeignNamespace, namespace)
    return name or ("ended" if record is None else f"[{record.inum}]")
