"""POSIX message queues: mq_open(2) and what is done with its descriptors (ipc/mqueue.c; N2)."""

from typing import Final

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.files import OpenFlag
from nsh.abi.mqueue import (
    MQ_PRIO_MAX,
    SIGEV_NONE,
    SIGEV_SIGNAL,
    MqAttr,
    MqGetsetattr,
    MqMessage,
    MqNotify,
    MqOpen,
    MqTimedreceive,
    MqTimedsend,
    MqUnlink,
)
from nsh.abi.signals import NSIG, SiCode
from nsh.kernel import clock, contexts, idmaps, ipc, pids, signals, waiting
from nsh.kernel.dispatch import handles
from nsh.kernel.fs import mount_tree, owners, permission
from nsh.kernel.fs.descriptors import install, lowest_free, open_file
from nsh.kernel.fs.mqueues import mqueue_queues
from nsh.kernel.fs.permission import MAY_EXEC, MAY_READ, MAY_WRITE
from nsh.kernel.fs.types import Name, type_of
from nsh.kernel.fs.walk import bytes_in
from nsh.kernel.sysv import ipc_permission, ipc_sleep
from nsh.machine.files import File
from nsh.machine.ids import TaskId
from nsh.machine.ipc import Ipc
from nsh.machine.mounts import Mount
from nsh.machine.mqueue import ROOT, MqSender, Mqueue, MqueueNode, Notify
from nsh.machine.msg import Message
from nsh.machine.signals import SigInfo
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction
from nsh.machine.waiting import On, channel

_ACCMODE: Final = 3
_WANTED: Final = (MAY_READ, MAY_WRITE, MAY_READ | MAY_WRITE)
_KEPT: Final = ~(OpenFlag.O_CREAT | OpenFlag.O_EXCL | OpenFlag.O_NOCTTY | OpenFlag.O_TRUNC)
_NAME_MAX: Final = 255
_PATH_MAX: Final = 4096


# ---- names


def _given(name: str) -> str:
    """A name that could be a path (getname)."""
    if bytes_in(name) >= _PATH_MAX:
        raise Errno.ENAMETOOLONG("no path is that long")
    if not name:
        raise Errno.ENOENT("a queue has a name")
    return name


def _checked(name: str) -> str:
    """A name that could be a queue's (lookup_noperm)."""
    if name in (".", "..") or "/" in name:
        raise Errno.EACCES(f"{name!r} is no name of a queue: it has one part, and no slash")
    if bytes_in(name) > _NAME_MAX:
        raise Errno.ENAMETOOLONG(f"a name has {_NAME_MAX} bytes at most")
    return name


@handles(MqOpen)
def mq_open(tx: Transaction, caller: TaskId, request: MqOpen) -> int:
    """mq_open(2): closed by execve."""
    flags = request.flags
    lowest_free(contexts.files(tx, caller))
    space = ipc.key_of(tx, caller)
    mount = mqueue_queues.instance(tx, space)
    sb = tx.get(Ipc, space).superblock
    name = _checked(_given(request.name))
    creds = permission.credentials(tx, caller)
    data = mqueue_queues.data_of(tx, sb)
    key = data.names.get(name)
    if key is None:
        if not flags & OpenFlag.O_CREAT:
            raise Errno.ENOENT(f"there is no queue {name} in this ipc namespace")
        mount_tree.check_file_system_writable(tx, tx.get(Mount, mount))
        owners.check_maker(tx, creds, sb)
        permission.check(tx, creds, data.root, MAY_WRITE | MAY_EXEC, "the queues' directory")
        mode = request.mode & ~contexts.fs(tx, caller).umask
        made = mqueue_queues.make(tx, caller, sb, name, mode, request.maxmsg, request.msgsize)
        key = made.queue
    else:
        if flags & OpenFlag.O_CREAT and flags & OpenFlag.O_EXCL:
            raise Errno.EEXIST(f"there is a queue {name}")
        if flags & _ACCMODE == _ACCMODE:
            raise Errno.EINVAL("a queue is opened for receiving, for sending or for both")
        wanted = _WANTED[flags & _ACCMODE]
        if wanted & MAY_WRITE:
            mount_tree.check_file_system_writable(tx, tx.get(Mount, mount))
        permission.check(tx, creds, tx.get(Mqueue, key), wanted, f"queue {name}")
    file = mqueue_queues.open_queue(tx, mount, key, int(flags & _KEPT))
    return install(tx, caller, file, cloexec=True)


@handles(MqUnlink)
def mq_unlink(tx: Transaction, caller: TaskId, request: MqUnlink) -> int:
    """mq_unlink(2)."""
    space = ipc.key_of(tx, caller)
    name = _given(request.name)
    mount = mqueue_queues.instance(tx, space)
    mount_tree.check_file_system_writable(tx, tx.get(Mount, mount))
    sb = tx.get(Ipc, space).superblock
    name = _checked(name)
    data = mqueue_queues.data_of(tx, sb)
    key = data.names.get(name)
    if key is None:
        raise Errno.ENOENT(f"there is no queue {name} in this ipc namespace")
    creds = permission.credentials(tx, caller)
    permission.check(tx, creds, data.root, MAY_WRITE | MAY_EXEC, "the queues' directory")
    permission.check_sticky(tx, creds, data.root, tx.get(Mqueue, key), name)
    node = MqueueNode(key)
    if mount_tree.mounted_here(tx, sb, node, contexts.namespace(tx, caller, "mnt")):
        raise Errno.EBUSY(f"{name} is a mount point")
    type_of(tx, sb).unlink(tx, caller, sb, Name(ROOT, name), node)
    mount_tree.uncover(tx, sb, node)
    return 0


def _queue(
    tx: Transaction, caller: TaskId, fd: int, access: tuple[int, ...] = ()
) -> tuple[int, File]:
    """The key of the queue that is open as *fd*, for one of *access*; EBADF."""
    _file, file = open_file(tx, caller, fd)
    node = file.place.node
    if not isinstance(node, MqueueNode) or not node.queue:
        raise Errno.EBADF(f"descriptor {fd} is no message queue")
    if access and file.flags & _ACCMODE not in access:
        raise Errno.EBADF(f"descriptor {fd} is not open for that")
    return node.queue, file


# ---- messages


def _deadline(deadline: int | None) -> int | None:
    """A time of the real clock as one since boot.  EINVAL."""
    if deadline is None:
        return None
    if deadline < 0:
        raise Errno.EINVAL("a time is not negative")
    return deadline - clock.EPOCH


def _check_wait(tx: Transaction, caller: TaskId, deadline: int | None) -> None:
    """ETIMEDOUT, EINTR: whoever waited so far does not any more."""
    ipc_sleep.check_interrupted(tx, caller)
    if waiting.expired(tx, caller) or (deadline is not None and deadline <= tx.clock):
        raise Errno.ETIMEDOUT("the time is up")


@handles(MqTimedsend)
def mq_timedsend(tx: Transaction, caller: TaskId, request: MqTimedsend) -> int:
    """mq_send(3), mq_timedsend(3)."""
    deadline = _deadline(request.deadline)
    row = ipc_sleep.resumed(tx, caller)
    if row is not None:
        ipc_sleep.answer(row, "the queue")
        return 0
    if not 0 <= request.priority < MQ_PRIO_MAX:
        raise Errno.EINVAL(f"a priority is 0 to {MQ_PRIO_MAX - 1}")
    key, file = _queue(tx, caller, request.fd, (OpenFlag.O_WRONLY, OpenFlag.O_RDWR))
    queue = tx.get(Mqueue, key)
    if len(request.data) > queue.msgsize:
        raise Errno.EMSGSIZE(f"a message of this queue has {queue.msgsize} bytes at most")
    message = Message(request.priority, request.data)
    if len(queue.messages) >= queue.maxmsg:
        if file.flags & OpenFlag.O_NONBLOCK:
            raise Errno.EAGAIN("the queue is full")
        _check_wait(tx, caller, deadline)
        tx.put(key, replace(queue, senders=(*queue.senders, MqSender(caller, message))))
        ipc_sleep.sleep(tx, caller, key, f"until queue {queue.name} has room", deadline)
    receiver = next((task for task in queue.receivers if ipc_sleep.there(tx, task)), None)
    if receiver is not None:
        receivers = tuple(task for task in queue.receivers if task != receiver)
        tx.put(key, replace(queue, receivers=receivers, mtime=tx.clock))
        ipc_sleep.done(tx, receiver, given=message)
        return 0
    tx.put(key, replace(_with(queue, message), mtime=tx.clock))
    if not queue.messages:
        _notify(tx, caller, key)
    waiting.wake(tx, channel(On.FILE, key))
    return 0


def _with(queue: Mqueue, message: Message) -> Mqueue:
    """The queue with *message* behind those of its priority."""
    at = sum(other.type >= message.type for other in queue.messages)
    messages = (*queue.messages[:at], message, *queue.messages[at:])
    return replace(queue, messages=messages)


@handles(MqTimedreceive)
def mq_timedreceive(tx: Transaction, caller: TaskId, request: MqTimedreceive) -> MqMessage:
    """mq_receive(3), mq_timedreceive(3)."""
    deadline = _deadline(request.deadline)
    row = ipc_sleep.resumed(tx, caller)
    if row is not None:
        given = ipc_sleep.answer(row, "the queue")
        assert isinstance(given, Message)
        return MqMessage(given.type, given.data)
    key, file = _queue(tx, caller, request.fd, (OpenFlag.O_RDONLY, OpenFlag.O_RDWR))
    queue = tx.get(Mqueue, key)
    if request.size < queue.msgsize:
        raise Errno.EMSGSIZE(f"a message of this queue may have {queue.msgsize} bytes")
    if not queue.messages:
        if file.flags & OpenFlag.O_NONBLOCK:
            raise Errno.EAGAIN("the queue is empty")
        _check_wait(tx, caller, deadline)
        tx.put(key, replace(queue, receivers=(*queue.receivers, caller)))
        ipc_sleep.sleep(tx, caller, key, f"for a message in queue {queue.name}", deadline)
    first, *rest = queue.messages
    queue = replace(queue, messages=tuple(rest), mtime=tx.clock)
    sender = next((each for each in queue.senders if ipc_sleep.there(tx, each.task)), None)
    if sender is not None:
        senders = tuple(each for each in queue.senders if each is not sender)
        queue = _with(replace(queue, senders=senders), sender.message)
        ipc_sleep.done(tx, sender.task)
    tx.put(key, queue)
    waiting.wake(tx, channel(On.FILE, key))
    return MqMessage(first.type, first.data)


@ipc_sleep.has_sleepers
def _remove_sleeper(tx: Transaction, key: int, task: TaskId) -> bool:
    queue = tx.find(Mqueue, key)
    if queue is None:
        return False
    receivers = tuple(each for each in queue.receivers if each != task)
    senders = tuple(each for each in queue.senders if each.task != task)
    tx.put(key, replace(queue, receivers=receivers, senders=senders))
    return True


# ---- notification, attributes


@handles(MqNotify)
def mq_notify(tx: Transaction, caller: TaskId, request: MqNotify) -> int:
    """mq_notify(2)."""
    if request.how not in (None, SIGEV_NONE, SIGEV_SIGNAL):
        raise Errno.EINVAL("one is notified by a signal, or not at all")
    if request.how == SIGEV_SIGNAL and not 0 <= request.signo <= NSIG:
        raise Errno.EINVAL(f"{request.signo} is no signal number")
    key, _file = _queue(tx, caller, request.fd)
    queue = tx.get(Mqueue, key)
    leader = tx.get(Task, caller).leader
    if request.how is None:
        if queue.notify is not None and queue.notify.owner == leader:
            mqueue_queues.unregister(tx, key)
        return 0
    if queue.notify is not None:
        raise Errno.EBUSY("another process is to be notified, or this one already")
    me = ipc_permission.who(tx, caller)
    notify = Notify(leader, me, request.how, request.signo, request.value)
    mqueue_queues.watch(tx, key, notify)
    return 0


def _notify(tx: Transaction, caller: TaskId, key: int) -> None:
    """There is a message in the queue that was empty: who asked for it is told, once."""
    notify = tx.get(Mqueue, key).notify
    if notify is None:
        return
    mqueue_queues.unregister(tx, key)
    if notify.how == SIGEV_SIGNAL and notify.signo and not notify.stale:
        owner = tx.get(Task, notify.owner)
        me = tx.get(Task, tx.get(Task, caller).leader)
        pid = pids.number(tx, me, owner.space)
        code = int(SiCode.SI_MESGQ)
        uid = idmaps.uid_inside(tx, owner.creds.userns, me.creds.uid)
        info = SigInfo(notify.signo, code, pid, uid, 0, notify.value)
        signals.send(tx, notify.owner, info, force=not pid)


@handles(MqGetsetattr)
def mq_getsetattr(tx: Transaction, caller: TaskId, request: MqGetsetattr) -> MqAttr:
    """mq_getattr(3), mq_setattr(3)."""
    nonblock = int(OpenFlag.O_NONBLOCK)
    if request.flags is not None and request.flags & ~nonblock:
        raise Errno.EINVAL("nothing but O_NONBLOCK can be set")
    key, file = _queue(tx, caller, request.fd)
    queue = tx.get(Mqueue, key)
    old = MqAttr(file.flags & nonblock, queue.maxmsg, queue.msgsize, len(queue.messages))
    if request.flags is not None:
        file_id, file = open_file(tx, caller, request.fd)
        tx.put(file_id, replace(file, flags=file.flags & ~nonblock | request.flags))
    return old
