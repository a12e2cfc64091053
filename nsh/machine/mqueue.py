"""POSIX message queues: files of an ipc namespace's own file system (mq_overview(7); N2)."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from immutables import Map

from nsh.machine.files import Attributes, Superblock, SuperblockId
from nsh.machine.ids import NamespaceId, TaskId
from nsh.machine.invariants import invariant
from nsh.machine.ipc import Ipc, Sleeper, Who
from nsh.machine.mounts import nodes
from nsh.machine.msg import Message
from nsh.machine.record import Record, table
from nsh.machine.value import Machine

ROOT_INO: Final = 1
ENTRY_SIZE: Final = 20
"""What a name adds to the directory's size (DIRENT_SIZE)."""
FILE_SIZE: Final = 80
"""FILENT_SIZE: what a queue's file is said to have, until somebody truncates it."""


class Notify(Record):
    """Who is to be told of the next message in the empty queue (mq_notify(3))."""

    owner: TaskId
    """The process's leader."""
    who: Who
    how: int
    """SIGEV_SIGNAL (0) or SIGEV_NONE (1)."""
    signo: int
    value: int
    stale: bool = False
    """The process has done execve since: its new program asked for nothing."""


class MqSender(Record):
    """A mq_send(3) that waits, with its message."""

    task: TaskId
    message: Message


@table
class Mqueue(Attributes):
    """A queue, keyed by its file's ``ino``; it lives while it has a name or users."""

    superblock: SuperblockId = SuperblockId(0)
    name: str = ""
    """The name that it has, or had."""
    maxmsg: int = 10
    """How many messages it holds,"""
    msgsize: int = 8192
    """and how many bytes each may have."""
    messages: tuple[Message, ...] = ()
    """The next to be received first: by falling priority, the oldest first of each."""
    receivers: tuple[TaskId, ...] = ()
    senders: tuple[MqSender, ...] = ()
    notify: Notify | None = None
    users: int = 0
    """Places and mounts on it."""
    charged: int = 0
    """Bytes that its maker's RLIMIT_MSGQUEUE is charged with."""
    maker: int = 0
    """That user's uid."""


class MqueueFs(Record):
    """The data of an mqueue superblock."""

    namespace: NamespaceId
    """0: its ipc namespace has ended; nothing can be made in it any more."""
    root: Attributes
    names: Map[str, int] = Map()
    """Name -> the queue's key; the newer, the higher."""


class MqueueNode(Record):
    """The root directory (0), or a queue."""

    queue: int


ROOT: Final = MqueueNode(0)


@table
class MqueueUse(Record):
    """Bytes of queues that a user is charged with, keyed by uid (RLIMIT_MSGQUEUE)."""

    bytes: int


@table
class Notified(Record):
    """The queues of which a process is to be told, keyed by its leader."""

    queues: tuple[int, ...]


@invariant
def _mqueues(machine: Machine) -> Iterator[str]:
    """Queues are counted, charged, named and slept on as they say."""
    users: Counter[int] = Counter()
    users.update(
        node.queue for node in nodes(machine) if isinstance(node, MqueueNode) and node.queue
    )
    named: dict[int, int] = {}
    spaces: dict[int, NamespaceId] = {}
    for key, record in machine.items(Superblock):
        if isinstance(record.data, MqueueFs):
            named.update(dict.fromkeys(record.data.names.values(), key))
            spaces[key] = record.data.namespace
    count: Counter[int] = Counter()
    charged: Counter[int] = Counter()
    for key, queue in machine.items(Mqueue):
        charged[queue.maker] += queue.charged
        count[spaces.get(queue.superblock, 0)] += 1
        if queue.users != users.pop(key, 0):
            yield f"mqueue {key} miscounts its {queue.users} users"
        if queue.nlink != (named.pop(key, 0) == queue.superblock) or not queue.nlink + queue.users:
            yield f"mqueue {key} has {queue.nlink} names"
        if queue.notify is not None:
            row = machine.find(Notified, queue.notify.owner)
            if row is None or key not in row.queues:
                yield f"process {queue.notify.owner} does not know that mqueue {key} tells it"
        sleepers = [*queue.receivers, *(sender.task for sender in queue.senders)]
        for task in sleepers:
            sleep = machine.find(Sleeper, task)
            if sleep is None or sleep.object != key or sleep.errno is not None:
                yield f"task {task} is on a list of mqueue {key}, and not asleep"
    for key in sorted({*users, *named}):
        yield f"mqueue {key} is gone, and used"
    for key, space in machine.items(Ipc):
        if space.mqueues != count[key]:
            yield f"ipc namespace {key} miscounts its {space.mqueues} mqueues"
    for uid, use in machine.items(MqueueUse):
        if use.bytes != charged[uid]:
            yield f"uid {uid} is charged with {use.bytes} bytes of queues for {charged[uid]}"
