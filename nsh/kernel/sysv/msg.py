"""SysV message queues: msgget(2), msgsnd(2), msgrcv(2), msgctl(2) (ipc/msg.c; N1)."""

from typing import Final

from msgspec.structs import replace

from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno
from nsh.abi.ipc import (
    IPC_NOWAIT,
    MSG_COPY,
    MSG_EXCEPT,
    MSG_NOERROR,
    IpcCommand,
    MsgBuf,
    Msgctl,
    Msgget,
    Msgrcv,
    Msgsnd,
    MsqidDs,
)
from nsh.kernel import capabilities, ipc, waiting
from nsh.kernel.dispatch import handles
from nsh.kernel.sysv import ipc_ids, ipc_permission, ipc_sleep
from nsh.kernel.sysv.ipc_ids import Kind
from nsh.kernel.sysv.ipc_permission import READ, WRITE, seconds, told, who
from nsh.machine.ids import TaskId
from nsh.machine.ipc import Ipc
from nsh.machine.msg import Message, MsgQueue, Receiver, Sender
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction

KIND: Final = Kind("msg", MsgQueue, "message queue")
_LONG: Final = (1 << 64) - 1


@handles(Msgget)
def msgget(tx: Transaction, caller: TaskId, request: Msgget) -> int:
    """msgget(2)."""
    return ipc_ids.get(
        tx, caller, KIND, request.key, request.flags, lambda: _make(tx, caller, request)
    )


def _make(tx: Transaction, caller: TaskId, request: Msgget) -> int:
    space = ipc.key_of(tx, caller)
    record = tx.get(Ipc, space)
    creds = tx.get(Task, caller).creds
    row = tx.fresh()
    number = ipc_ids.give(tx, space, KIND, record.msgmni, request.key, row)
    owner = (creds.euid, creds.egid) * 2
    mode = request.flags & 0o777
    queue = MsgQueue(space, number, request.key, *owner, mode, tx.clock, record.msgmnb)
    tx.put(row, queue)
    return number


@handles(Msgsnd)
def msgsnd(tx: Transaction, caller: TaskId, request: Msgsnd) -> int:
    """msgsnd(2): to somebody who waits for such a message, else into the queue."""
    size = len(request.data)
    row = ipc_sleep.resumed(tx, caller)
    if row is not None:
        ipc_sleep.answer(row, f"message queue {request.msqid}")
    elif ipc_sleep.begins(tx, caller):
        most = ipc.of(tx, caller).msgmax
        if size > most or request.msqid < 0:
            raise Errno.EINVAL(f"{size} bytes to queue {request.msqid}: {most} is the most")
        if request.mtype < 1:
            raise Errno.EINVAL("the type of a message is above 0")
    ipc_sleep.check_interrupted(tx, caller)
    key, queue = ipc_ids.find(tx, caller, KIND, request.msqid)
    ipc_permission.check(tx, caller, queue, WRITE, f"message queue {queue.id}")
    if not _fits(queue, size):
        if request.flags & IPC_NOWAIT:
            raise Errno.EAGAIN(f"message queue {queue.id} has no room for {size} bytes more")
        tx.put(key, replace(queue, senders=(*queue.senders, Sender(caller, size))))
        ipc_sleep.sleep(tx, caller, key, f"until message queue {queue.id} has room")
    queue = replace(queue, lspid=who(tx, caller), stime=tx.clock)
    message = Message(request.mtype, request.data)
    queue, taken = _hand_over(tx, queue, message)
    if not taken:
        cbytes = queue.cbytes + size
        queue = replace(queue, messages=(*queue.messages, message), cbytes=cbytes)
    tx.put(key, queue)
    return 0


def _fits(queue: MsgQueue, size: int) -> bool:
    return size + queue.cbytes <= queue.qbytes and len(queue.messages) < queue.qbytes


def _hand_over(tx: Transaction, queue: MsgQueue, message: Message) -> tuple[MsgQueue, bool]:
    """Give *message* to the first who waits for it; those with too little room fail on the way
    (pipelined_send)."""
    for receiver in queue.receivers:
        if not ipc_sleep.there(tx, receiver.task) or not _matches(message, receiver):
            continue
        rest = tuple(other for other in queue.receivers if other is not receiver)
        queue = replace(queue, receivers=rest)
        if receiver.size < len(message.data) and not receiver.flags & MSG_NOERROR:
            ipc_sleep.done(tx, receiver.task, Errno.E2BIG)
            continue
        ipc_sleep.done(tx, receiver.task, given=message)
        taker = who(tx, receiver.task, thread=True)
        return replace(queue, lrpid=taker, rtime=tx.clock), True
    return queue, False


def _matches(message: Message, wanted: Receiver | Msgrcv) -> bool:
    """Whether the type of *message* is what is asked for (testmsg)."""
    kind = wanted.mtype
    if kind == 0:
        return True
    if kind < 0:
        return message.type <= -kind
    return (message.type != kind) == bool(wanted.flags & MSG_EXCEPT)


@handles(Msgrcv)
def msgrcv(tx: Transaction, caller: TaskId, request: Msgrcv) -> MsgBuf:
    """msgrcv(2)."""
    flags = request.flags
    row = ipc_sleep.resumed(tx, caller)
    if row is not None:
        given = ipc_sleep.answer(row, f"message queue {request.msqid}")
        if isinstance(given, Message):
            return MsgBuf(given.type, given.data[: request.size])
    ipc_sleep.check_interrupted(tx, caller)
    if request.msqid < 0 or request.size < 0:
        raise Errno.EINVAL("neither a queue's id nor a size is negative")
    copy = bool(flags & MSG_COPY)
    if copy and (flags & MSG_EXCEPT or not flags & IPC_NOWAIT):
        raise Errno.EINVAL("MSG_COPY goes with IPC_NOWAIT, and not with MSG_EXCEPT")
    key, queue = ipc_ids.find(tx, caller, KIND, request.msqid)
    ipc_permission.check(tx, caller, queue, READ, f"message queue {queue.id}")
    at = request.mtype if copy else _first(queue, request)
    if at is None or not 0 <= at < len(queue.messages):
        if flags & IPC_NOWAIT:
            raise Errno.ENOMSG(f"message queue {queue.id} has no such message")
        waits = Receiver(caller, request.mtype, flags, request.size)
        tx.put(key, replace(queue, receivers=(*queue.receivers, waits)))
        ipc_sleep.sleep(tx, caller, key, f"for a message in queue {queue.id}")
    message = queue.messages[at]
    size = len(message.data)
    if request.size < size and not flags & MSG_NOERROR:
        raise Errno.E2BIG(f"the message has {size} bytes")
    if copy and min(request.size, ipc.of(tx, caller).msgmax) < size:
        raise Errno.EINVAL("a copy of a message is not cut off, nor longer than msgmax")
    if not copy:
        messages = queue.messages[:at] + queue.messages[at + 1 :]
        cbytes = queue.cbytes - size
        queue = replace(queue, messages=messages, cbytes=cbytes)
        queue = replace(queue, rtime=tx.clock, lrpid=who(tx, caller))
        tx.put(key, _wake_senders(tx, queue))
    return MsgBuf(message.type, message.data[: request.size])


def _first(queue: MsgQueue, request: Msgrcv) -> int | None:
    """The message that is received next; of a negative type the lowest (find_msg)."""
    fitting = [at for at, message in enumerate(queue.messages) if _matches(message, request)]
    if request.mtype < 0:
        return min(fitting, key=lambda at: queue.messages[at].type, default=None)
    return fitting[0] if fitting else None


def _wake_senders(tx: Transaction, queue: MsgQueue) -> MsgQueue:
    """Let every sender try again whose message fits now; the others go to the end of the list,
    as they would if they had tried (ss_wakeup)."""
    waiting_on, moved = [], []
    for sender in queue.senders:
        if not ipc_sleep.there(tx, sender.task):
            waiting_on.append(sender)
        elif _fits(queue, sender.size):
            waiting_on.append(sender)
            waiting.poke(tx, sender.task)
        else:
            moved.append(sender)
    return replace(queue, senders=(*waiting_on, *moved))


@handles(Msgctl)
def msgctl(tx: Transaction, caller: TaskId, request: Msgctl) -> int | MsqidDs:
    """msgctl(2)."""
    match request.command:
        case IpcCommand.IPC_STAT:
            return _stat(tx, caller, request.msqid)
        case IpcCommand.IPC_SET:
            _set(tx, caller, request)
        case IpcCommand.IPC_RMID:
            key, queue = ipc_ids.owned(tx, caller, KIND, request.msqid, "remove")
            _drop(tx, key, queue)
        case _:
            raise Errno.EINVAL(f"msgctl has no command {request.command}")
    return 0


def _stat(tx: Transaction, caller: TaskId, number: int) -> MsqidDs:
    _key, queue = ipc_ids.find(tx, caller, KIND, number)
    ipc_permission.check(tx, caller, queue, READ, f"message queue {queue.id}")
    return MsqidDs(
        ipc_permission.perm(tx, caller, queue),
        seconds(queue.stime),
        seconds(queue.rtime),
        seconds(queue.ctime),
        queue.cbytes,
        len(queue.messages),
        queue.qbytes,
        told(tx, caller, queue.lspid),
        told(tx, caller, queue.lrpid),
    )


def _set(tx: Transaction, caller: TaskId, request: Msgctl) -> None:
    """Owner, mode and size; all who sleep try again, for they may not be allowed any more."""
    key, queue = ipc_ids.owned(tx, caller, KIND, request.msqid, "change")
    space = tx.get(Ipc, queue.namespace)
    qbytes = request.qbytes & _LONG
    if qbytes > space.msgmnb:
        doing = f"a queue of more than {space.msgmnb} bytes (msgmnb)"
        capabilities.need(tx, caller, ipc.first_owner(tx), Cap.CAP_SYS_RESOURCE, doing)
    queue = ipc_permission.changed(tx, caller, queue, request.uid, request.gid, request.mode)
    queue = replace(queue, qbytes=qbytes)
    for receiver in queue.receivers:
        if ipc_sleep.there(tx, receiver.task):
            waiting.poke(tx, receiver.task)
    tx.put(key, _wake_senders(tx, queue))


def _drop(tx: Transaction, key: int, queue: MsgQueue) -> None:
    """Remove a queue (freeque): receivers learn of it first."""
    ipc_ids.release(tx, KIND, key, queue)
    for task in queue.sleepers:
        ipc_sleep.gone(tx, task)


@ipc_sleep.has_sleepers
def _remove_sleeper(tx: Transaction, key: int, task: TaskId) -> bool:
    queue = tx.find(MsgQueue, key)
    if queue is None:
        return False
    receivers = tuple(each for each in queue.receivers if each.task != task)
    senders = tuple(each for each in queue.senders if each.task != task)
    tx.put(key, replace(queue, receivers=receivers, senders=senders))
    return True


@ipc.at_end
def _end(tx: Transaction, space: Ipc) -> None:
    for key, _queue in ipc_ids.every(tx, space, KIND):
        tx.drop(MsgQueue, key)
