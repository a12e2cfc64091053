"""POSIX message queues of ipc namespaces, who has them open, and who is told of messages (C4).

A queue around the container, which is not its own, is looked up by its name again.
"""

from collections.abc import Iterator
from typing import Final

import msgspec
from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.files import S_IFREG
from nsh.abi.mqueue import MQ_PRIO_MAX, SIGEV_NONE, SIGEV_SIGNAL
from nsh.abi.signals import NSIG
from nsh.kernel import ipc as namespaces
from nsh.kernel.checkpoint import ipc, ownership, parts
from nsh.kernel.checkpoint.image import Object
from nsh.kernel.checkpoint.msg import MessageOf, messages, told
from nsh.kernel.checkpoint.state import Dump, Restart, Seen
from nsh.kernel.fs import permission
from nsh.kernel.fs.mqueues import mqueue_queues
from nsh.kernel.fs.mqueues.mqueue_queues import HARD_MSGMAX, HARD_MSGSIZEMAX, data_of
from nsh.kernel.fs.permission import MAY_READ, MAY_WRITE
from nsh.kernel.sysv import ipc_permission
from nsh.machine.files import File, SuperblockId
from nsh.machine.ids import FileId, NamespaceId
from nsh.machine.ipc import Ipc
from nsh.machine.mounts import Mount
from nsh.machine.mqueue import Mqueue, MqueueFs, MqueueNode, Notified, Notify
from nsh.machine.tasks import Task

_ACCMODE: Final = 3


class NotifyOf(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Who is to be told of the next message."""

    pid: int
    how: int = SIGEV_SIGNAL
    signo: int = 0
    value: int = 0
    stale: bool = False
    """It has done execve since."""


class MqueueOf(Object, frozen=True, tag="mqueue"):
    """One queue."""

    number: int
    namespace: int
    name: str
    unlinked: bool = False
    mode: int = 0
    owner: tuple[int, int] = (0, 0)
    maker: int = 0
    """Whose limit it counts for."""
    size: int = 0
    """What its file is said to have."""
    mtime: int = 0
    maxmsg: int = 0
    msgsize: int = 0
    messages: tuple[MessageOf, ...] = ()
    receivers: tuple[int, ...] = ()
    """Who waits for a message, the longest first,"""
    senders: tuple[int, ...] = ()
    """and who waits for room."""
    notify: NotifyOf | None = None


class MqueueFile(Object, frozen=True):
    """A queue that has been opened by mq_open(2)."""

    number: int
    opener: int
    queue: int = 0
    """0: one around the container,"""
    name: str = ""
    """which is called so."""
    flags: int = 0
    offset: int = 0


class Directory(Object, frozen=True, tag="mqueues"):
    """Where the queues of a namespace are."""

    namespace: int
    mode: int
    owner: tuple[int, int] = (0, 0)
    mtime: int = 0


def is_own(dump: Dump, queue: Mqueue) -> bool:
    """Whether it is of an ipc namespace of the container's own."""
    return data_of(dump.tx, queue.superblock).namespace in dump.namespaces


# ---- to save


@parts.saves(MqueueOf, 46, Notified)
def _save(dump: Dump) -> Iterator[Object]:
    """EBUSY: they are mounted outside, too, or one inside is told of messages outside."""
    tx = dump.tx
    own = {record.superblock: space for space, record in ipc.spaces(dump) if record.mount}
    _check_mounts(dump, own)
    for key, queue in sorted(tx.rows(Mqueue).items()):
        if queue.superblock in own:
            yield _described(dump, own[queue.superblock], key, queue)
    for sb, space in own.items():
        root = data_of(tx, sb).root
        both = ipc.owner(dump, tx.get(Ipc, space), root.uid, root.gid)
        yield Directory(dump.namespaces.of(space), root.mode & 0o7777, both, root.mtime)
    for task in dump.tasks:
        row = tx.find(Notified, task)
        for key in () if row is None else row.queues:
            if key not in dump.mqueues or tx.get(Mqueue, key).superblock not in own:
                with dump.going_on():
                    reason = f"{dump.name(task)} is to be told of messages in queue"
                    dump.refuse(f"{reason} {tx.get(Mqueue, key).name}, which is outside")


def _check_mounts(dump: Dump, own: dict[SuperblockId, NamespaceId]) -> None:
    for _key, mount in sorted(dump.tx.rows(Mount).items()) if own else ():
        foreign = not mount.internal and mount.space not in dump.namespaces
        if mount.superblock in own and foreign:
            with dump.going_on():
                dump.refuse("the queues of its ipc namespace are mounted outside, too")


def _described(dump: Dump, space: NamespaceId, key: int, queue: Mqueue) -> MqueueOf:
    tx = dump.tx
    record = tx.get(Ipc, space)
    notify = queue.notify
    return MqueueOf(
        number=dump.mqueues.of(key),
        namespace=dump.namespaces.of(space),
        name=queue.name,
        unlinked=not queue.nlink,
        mode=queue.mode & 0o7777,
        owner=ipc.owner(dump, record, queue.uid, queue.gid),
        maker=ipc.owner(dump, record, queue.maker, 0)[0],
        size=queue.size,
        mtime=queue.mtime,
        maxmsg=queue.maxmsg,
        msgsize=queue.msgsize,
        messages=told(queue.messages),
        receivers=tuple(dump.number(task) for task in queue.receivers),
        senders=tuple(dump.number(sender.task) for sender in queue.senders),
        notify=None
        if notify is None
        else NotifyOf(
            *(dump.number(notify.owner), notify.how, notify.signo, notify.value, notify.stale)
        ),
    )


@parts.describes(MqueueNode)
def _file(dump: Dump, seen: Seen) -> MqueueFile | None:
    """EBUSY, ENOTSUP: it is of another namespace, and cannot be found again."""
    tx, file = dump.tx, seen.file
    node = file.place.node
    assert isinstance(node, MqueueNode)
    if not tx.get(Mount, file.place.mount).internal:
        return None
    queue = tx.get(Mqueue, node.queue)
    told = MqueueFile(seen.number, dump.number(seen.task), flags=file.flags, offset=file.offset)
    if node.queue in dump.mqueues:
        return replace(told, queue=dump.mqueues.of(node.queue))
    if not ipc.is_around(dump, data_of(tx, queue.superblock).namespace):
        reason = f"{seen.has} queue {queue.name} of an ipc namespace in which nobody inside is"
        dump.refuse(reason, Errno.ENOTSUP)
    if not queue.nlink:
        dump.refuse(f"{seen.has} queue {queue.name}, which is outside, and has been removed")
    return replace(told, name=queue.name)


@parts.saves(MqueueFile, 51)
def _check_files(dump: Dump) -> Iterator[MqueueFile]:
    """EBUSY: somebody outside has opened a queue."""
    tx = dump.tx
    for key, file in sorted(tx.rows(File).items()) if list(dump.mqueues) else ():
        node = file.place.node
        if isinstance(node, MqueueNode) and node.queue in dump.mqueues and key not in dump.files:
            with dump.going_on():
                whom = dump.holder(FileId(key)) or "somebody, who is outside"
                dump.refuse(f"{whom}, has queue {tx.get(Mqueue, node.queue).name} open")
    yield from ()


# ---- to make


@parts.makes(MqueueOf, "number")
def _make(restart: Restart, saved: MqueueOf) -> None:
    """EMFILE: its maker has too many already; ."""
    tx = restart.tx
    space = restart.namespace(saved.namespace, ipc.KIND)
    sb = _superblock(restart, space)
    _check(saved, data_of(tx, sb))
    record = tx.get(Ipc, space)
    key = tx.fresh()
    uid, gid = ipc.owner_of(restart, record, *saved.owner)
    queue = Mqueue(
        key,
        S_IFREG | saved.mode,
        0 if saved.unlinked else 1,
        uid,
        gid,
        size=saved.size,
        mtime=saved.mtime,
        superblock=sb,
        name=saved.name,
        maxmsg=saved.maxmsg,
        msgsize=saved.msgsize,
        messages=messages(saved.messages),
        maker=ipc.owner_of(restart, record, saved.maker, ownership.NOBODY)[0],
    )
    mqueue_queues.add(tx, queue)
    if saved.notify is not None:
        _watch(restart, key, saved.notify)
    restart.mqueues[saved.number] = key
    restart.keep(saved)


def _superblock(restart: Restart, space: NamespaceId) -> SuperblockId:
    mqueue_queues.instance(restart.tx, space)
    return restart.tx.get(Ipc, space).superblock


def _check(saved: MqueueOf, data: MqueueFs) -> None:
    """EINVAL: there is no such queue."""
    if not 0 < saved.maxmsg <= HARD_MSGMAX or not 0 < saved.msgsize <= HARD_MSGSIZEMAX:
        raise Errno.EINVAL(f"maxmsg, msgsize: no queue holds {saved.maxmsg} of {saved.msgsize}")
    if saved.mode & ~0o7777 or saved.size < 0:
        raise Errno.EINVAL("mode, size: no file has these")
    named = saved.name and "/" not in saved.name and saved.name not in (".", "..")
    if not named or (not saved.unlinked and saved.name in data.names):
        raise Errno.EINVAL(f"name: {saved.name!r} is none, or another queue's")
    falling = sorted(saved.messages, key=lambda each: -each.type)
    fitting = len(falling) <= saved.maxmsg and all(
        len(each.data) <= saved.msgsize and 0 <= each.type < MQ_PRIO_MAX for each in falling
    )
    if not fitting or falling != list(saved.messages):
        raise Errno.EINVAL("messages: the queue cannot hold these, or not in this order")


def _watch(restart: Restart, key: int, saved: NotifyOf) -> None:
    tx = restart.tx
    task = restart.task(saved.pid)
    if tx.get(Task, task).leader != task:
        raise Errno.EINVAL(f"notify: pid {saved.pid} is a thread")
    if saved.how not in (SIGEV_NONE, SIGEV_SIGNAL) or not 0 <= saved.signo <= NSIG:
        raise Errno.EINVAL("notify: nobody is told in that way")
    me = ipc_permission.who(tx, task)
    told_by = saved.how, saved.signo, saved.value, saved.stale
    mqueue_queues.watch(tx, key, Notify(task, me, *told_by))


@parts.makes(Directory, "namespace")
def _make_directory(restart: Restart, saved: Directory) -> None:
    tx = restart.tx
    space = restart.namespace(saved.namespace, ipc.KIND)
    sb = _superblock(restart, space)
    root = data_of(tx, sb).root
    uid, gid = ipc.owner_of(restart, tx.get(Ipc, space), *saved.owner)
    if saved.mode & ~0o7777:
        raise Errno.EINVAL("mode: no directory has that")
    mode = root.mode & ~0o7777 | saved.mode
    root = replace(root, mode=mode, uid=uid, gid=gid, mtime=saved.mtime)
    mqueue_queues.set_data(tx, sb, root=root)


@parts.makes(MqueueFile)
def _make_file(restart: Restart, saved: MqueueFile) -> None:
    """EINVAL: there is no such queue; ENOENT: none around is called so; EACCES: the caller could
    not open that."""
    tx = restart.tx
    restart.task(saved.opener)
    if saved.flags & _ACCMODE == _ACCMODE:
        raise Errno.EINVAL("flags: a queue is opened for receiving, for sending or for both")
    key = restart.mqueues.get(saved.queue) if saved.queue else _around(restart, saved)
    if key is None:
        raise Errno.EINVAL(f"queue: the image has no queue {saved.queue} before this line")
    space = data_of(tx, tx.get(Mqueue, key).superblock).namespace
    opened = mqueue_queues.open_queue(tx, tx.get(Ipc, space).mount, key, saved.flags)
    tx.put(opened, replace(tx.get(File, opened), offset=saved.offset))
    restart.opens(saved.number, opened)


def _around(restart: Restart, saved: MqueueFile) -> int:
    tx, caller = restart.tx, restart.caller
    names = data_of(tx, _superblock(restart, namespaces.key_of(tx, caller))).names
    key = names.get(saved.name)
    if key is None:
        raise Errno.ENOENT(f"name: there is no queue {saved.name} around")
    wanted = (MAY_READ, MAY_WRITE, MAY_READ | MAY_WRITE)[saved.flags & _ACCMODE]
    creds = permission.credentials(tx, caller)
    permission.check(tx, creds, tx.get(Mqueue, key), wanted, f"queue {saved.name}")
    return key


@parts.finishes(41)
def _finish(restart: Restart) -> None:
    """EINVAL: a queue without a name, that nobody has open, would be gone."""
    for saved in restart.kept(MqueueOf):
        queue = restart.tx.find(Mqueue, restart.mqueues[saved.number])
        if queue is None or not (queue.nlink or queue.users):
            raise Errno.EINVAL(f"mqueue: queue {saved.name} has no name, and is not open")
