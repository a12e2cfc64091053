"""The ipc namespace: numbers for SysV objects, and its limits (ipc_namespaces(7); N1, N2).

Its objects stand in tables of their own (:mod:`nsh.machine.shm`, ``sem``, ``msg``,
``mqueue``), each with the namespace that it is in.

* Invariant: an object's id says its place in the namespace's :class:`Ids`, which knows it.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from immutables import Map

from nsh.machine.files import File, Opened, SuperblockId
from nsh.machine.ids import MountId, NamespaceId, SpaceId, TaskId
from nsh.machine.invariants import invariant
from nsh.machine.namespaces import Namespace, keeps
from nsh.machine.record import Record, records, table
from nsh.machine.value import Machine

IPCMNI: Final = 1 << 15
"""Places for the objects of a kind; an id is ``sequence * IPCMNI + place``."""
UNLIMITED: Final = (1 << 64) - 1 - (1 << 24)
"""SHMMAX and SHMALL by default: ULONG_MAX less a little, for who adds to it."""


class IpcFile(Opened):
    """What an open file of /proc/sysvipc keeps: whose view it is, and what it said to who read from
    its beginning."""

    ipc: NamespaceId
    pids: SpaceId
    users: NamespaceId
    said: bytes = b""


@keeps
def _kept(machine: Machine) -> Iterator[int]:
    """The namespaces of who opened such a file."""
    opened = (file.opened for _key, file in machine.items(File))
    for view in opened:
        if isinstance(view, IpcFile):
            yield from (view.ipc, view.pids, view.users)


class Ids(Record):
    """The ids of one kind of object in one namespace (``struct ipc_ids``)."""

    objects: Map[int, int] = Map()
    """Place -> the object's key in its table."""
    keys: Map[int, int] = Map()
    """IPC key, unless it is IPC_PRIVATE -> the object's key in its table."""
    sequence: int = 0
    last: int = -1
    """The last place that was given out by the ordinary rule."""
    cursor: int = 0
    """Where the search for the next free place begins when they are given out in turn."""
    lowest: int = 0
    """No place below it is free."""
    next_id: int = -1
    """``*_next_id``: the id that the next object wishes for; -1 once it was used."""


class IpcObject(Record):
    """Common head of what has an id and an owner (``struct kern_ipc_perm``)."""

    namespace: NamespaceId
    id: int
    key: int
    """0 (IPC_PRIVATE) is nobody's key."""
    uid: int
    gid: int
    cuid: int
    cgid: int
    mode: int
    ctime: int
    """Virtual nanoseconds since boot, as all times here; :data:`NEVER` where nothing was done."""


NEVER: Final = -1


class Who(Record):
    """A process that did something, by its numbers: they are told when it is long dead, as a
    ``struct pid`` is that somebody holds."""

    task: TaskId
    path: tuple[SpaceId, ...]
    """The spaces in which it has a number, outermost first."""
    pids: tuple[int, ...]


@table
class Ipc(Namespace):
    """One ipc namespace.  Its id is its key.  A new one has the defaults, whatever its parent."""

    shm: Ids = Ids()
    sem: Ids = Ids()
    msg: Ids = Ids()
    shmmax: int = UNLIMITED
    """Bytes of a segment."""
    shmall: int = UNLIMITED
    """Pages of all segments together."""
    shmmni: int = 4096
    shm_rmid_forced: int = 0
    shm_pages: int = 0
    """Pages that the segments have together."""
    semmsl: int = 32000
    """Semaphores of a set."""
    semmns: int = 1_024_000_000
    """Semaphores of all sets together."""
    semopm: int = 500
    """Operations of a semop(2)."""
    semmni: int = 32000
    semaphores: int = 0
    """How many the sets have together."""
    msgmax: int = 8192
    """Bytes of a message."""
    msgmnb: int = 16384
    """Bytes of a new queue."""
    msgmni: int = 32000
    queues_max: int = 256
    msg_max: int = 10
    """Messages of a POSIX queue at the most (mq_overview(7)),"""
    msgsize_max: int = 8192
    """and bytes of each."""
    msg_default: int = 10
    msgsize_default: int = 8192
    """The same of a queue that is made without saying."""
    mqueues: int = 0
    """POSIX queues that exist."""
    maker: tuple[int, int] = (0, 0)
    """User and group for files of who made it, to whom the root of the queues belongs."""
    superblock: SuperblockId = SuperblockId(0)
    """The mqueue file system of this namespace; 0 until somebody asks for it."""
    mount: MountId = MountId(0)
    """The kernel's own mount of it."""


@table
class Sleeper(Record):
    """A blocked msgrcv, msgsnd, semop, mq_send or mq_receive, keyed by its task.

    Who lets it go on has already done what it asked for: a message it is given is in no queue any
    more, and a semaphore it decremented is decremented before it runs.
    """

    object: int
    """The key of the queue or set in whose list of sleepers it stands."""
    errno: int | None = None
    """What it fails with, 0 if it is done; None: it stands in the list still."""
    given: Record | None = None
    """The message that it was given."""


@invariant
def _ids(machine: Machine) -> Iterator[str]:
    """Objects and the numbers of their namespace know each other."""
    kinds = {"ShmSegment": "shm", "SemSet": "sem", "MsgQueue": "msg"}
    known: Counter[str] = Counter()
    for key, space in machine.items(Ipc):
        for name in ("shm", "sem", "msg"):
            ids: Ids = getattr(space, name)
            known[name] += len(ids.objects)
            if not set(ids.keys.values()) <= set(ids.objects.values()):
                yield f"ipc namespace {key} has a key of a {name} object that is gone"
    for kind in records():
        if not issubclass(kind, IpcObject):
            continue
        name = kinds[kind.__name__]
        for key, found in machine.items(kind):
            ids = getattr(machine.get(Ipc, found.namespace), name)
            if ids.objects.get(found.id % IPCMNI) != key:
                yield f"{name} {found.id} is not where its id says"
            if found.key and ids.keys.get(found.key) != key:
                yield f"{name} {found.id} is not found by its key {found.key:#x}"
            known[name] -= 1
    for name, count in sorted(known.items()):
        if count:
            yield f"{count} {name} objects are known to their namespaces, and do not exist"
