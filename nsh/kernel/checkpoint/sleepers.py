"""Who sleeps on semaphores and queues: in the same order, and who has been served once only (C4).

Who lets a sleeper go on does its work for it, so that one that has yet to run has its message
already, or has changed its semaphores.  Who sleeps on something outside asks anew after a restart.
"""

from collections.abc import Iterator
from typing import TypeVar

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.ipc import Msgrcv, Msgsnd, Semop
from nsh.abi.mqueue import MqTimedreceive, MqTimedsend
from nsh.abi.request import Request
from nsh.kernel import waiting
from nsh.kernel.checkpoint import ipc, mqueue, parts
from nsh.kernel.checkpoint.image import Object
from nsh.kernel.checkpoint.mqueue import MqueueOf
from nsh.kernel.checkpoint.msg import MessageOf, QueueOf
from nsh.kernel.checkpoint.sem import SetOf
from nsh.kernel.checkpoint.state import Dump, Restart
from nsh.kernel.sysv import msg, semop
from nsh.machine.ids import TaskId
from nsh.machine.ipc import IpcObject, Sleeper
from nsh.machine.mqueue import MqSender, Mqueue
from nsh.machine.msg import Message, MsgQueue, Receiver, Sender
from nsh.machine.record import records
from nsh.machine.sem import SemOp, SemSet, SemSleeper
from nsh.machine.waiting import On, Waiter, channel

R = TypeVar("R", bound=Request)


class Sleeping(Object, frozen=True, tag="sleeper"):
    """One task."""

    pid: int
    errno: int | None = None
    """What its call fails with, 0 if it is done; None: it sleeps still, on what names it."""
    given: MessageOf | None = None
    """The message that it was given."""
    woken: bool = False
    """It sleeps still, and looks again when it may run,"""
    anew: bool = False
    """as if it had not slept before."""


@parts.saves(Sleeping, 67, Sleeper)
def _save(dump: Dump) -> Iterator[Sleeping]:
    for task in dump.tasks:
        row = dump.tx.find(Sleeper, task)
        waiter = waiting.waiter(dump.tx, task)
        if row is None or waiter is None:
            continue
        pid = dump.number(task)
        if row.errno is not None:
            given = row.given
            message = MessageOf(given.type, given.data) if isinstance(given, Message) else None
            yield Sleeping(pid, row.errno, message)
        elif _is_own(dump, row.object):
            yield Sleeping(pid, woken=not waiter.channels, anew=waiter.anew)


def _is_own(dump: Dump, key: int) -> bool:
    """Whether the object *key* is in an ipc namespace of the container's own."""
    for kind in records():
        found = dump.tx.find(kind, key) if issubclass(kind, IpcObject) else None
        if isinstance(found, IpcObject):
            return found.namespace in dump.namespaces
    return mqueue.is_own(dump, dump.tx.get(Mqueue, key))


@parts.makes(Sleeping, "pid")
def _make(restart: Restart, saved: Sleeping) -> None:
    restart.task(saved.pid)
    if saved.errno is None and not saved.woken:
        restart.asleep.add(saved.pid)
    restart.keep(saved)


@parts.finishes(37)
def _finish(restart: Restart) -> None:
    """All have their calls by now, which say what they sleep for."""
    tx = restart.tx
    sleepers = _Sleepers(restart)
    for found in restart.kept(SetOf):
        _sets(restart, sleepers, found)
    for queue in restart.kept(QueueOf):
        _queues(restart, sleepers, queue)
    for posix in restart.kept(MqueueOf):
        _mqueues(restart, sleepers, posix)
    for saved in restart.kept(Sleeping):
        task = restart.task(saved.pid)
        if tx.find(Waiter, task) is None:
            raise Errno.EINVAL(f"sleeper: pid {saved.pid} waits in no call")
        if saved.errno is not None:
            given = None if saved.given is None else Message(saved.given.type, saved.given.data)
            tx.put(task, Sleeper(0, saved.errno, given))
        elif tx.find(Sleeper, task) is None:
            raise Errno.EINVAL(f"sleeper: nothing says that pid {saved.pid} sleeps on it")


class _Sleepers:
    """Who sleeps, to be entered in lists."""

    def __init__(self, restart: Restart) -> None:
        self._restart = restart
        self._asleep = {each.pid: each for each in restart.kept(Sleeping) if each.errno is None}

    def enter(self, pid: int, key: int, call: type[R]) -> tuple[TaskId, R]:
        """*pid* sleeps on the object *key*, in such a call: which.  EINVAL."""
        tx = self._restart.tx
        task = self._restart.task(pid)
        saved = self._asleep.get(pid)
        waiter = waiting.waiter(tx, task)
        request = None if waiter is None else waiter.request
        if saved is None or not isinstance(request, call):
            raise Errno.EINVAL(f"sleeper: pid {pid} does not sleep in {call.__name__.lower()}")
        if tx.find(Sleeper, task) is not None:
            raise Errno.EINVAL(f"sleeper: pid {pid} sleeps on two things")
        tx.put(task, Sleeper(key))
        on = () if saved.woken else (channel(On.IPC, key),)
        waiting.wait_on(tx, task, on, anew=saved.anew)
        return task, request


def _sets(restart: Restart, sleepers: _Sleepers, saved: SetOf) -> None:
    key, found = ipc.find(restart, semop.KIND, saved.namespace, saved.id)
    assert isinstance(found, SemSet)
    entered = []
    for pid, blocking in zip(saved.sleepers, saved.blocking, strict=True):
        task, request = sleepers.enter(pid, key, Semop)
        ops = tuple(SemOp(*each) for each in request.ops)
        in_set = all(0 <= each.num < len(found.values) for each in ops)
        if not in_set or not 0 <= blocking < len(ops):
            raise Errno.EINVAL(f"blocking: pid {pid} cannot wait for that in set {saved.id}")
        entered.append(SemSleeper(task, ops, blocking))
    restart.tx.put(key, replace(found, sleepers=tuple(entered)))


def _queues(restart: Restart, sleepers: _Sleepers, saved: QueueOf) -> None:
    key, found = ipc.find(restart, msg.KIND, saved.namespace, saved.id)
    assert isinstance(found, MsgQueue)
    receivers, senders = [], []
    for pid in saved.receivers:
        task, asked = sleepers.enter(pid, key, Msgrcv)
        receivers.append(Receiver(task, asked.mtype, asked.flags, asked.size))
    for pid in saved.senders:
        task, sent = sleepers.enter(pid, key, Msgsnd)
        senders.append(Sender(task, len(sent.data)))
    entered = replace(found, receivers=tuple(receivers), senders=tuple(senders))
    restart.tx.put(key, entered)


def _mqueues(restart: Restart, sleepers: _Sleepers, saved: MqueueOf) -> None:
    key = restart.mqueues[saved.number]
    receivers, senders = [], []
    for pid in saved.receivers:
        task, _asked = sleepers.enter(pid, key, MqTimedreceive)
        receivers.append(task)
    for pid in saved.senders:
        task, sent = sleepers.enter(pid, key, MqTimedsend)
        senders.append(MqSender(task, Message(sent.priority, sent.data)))
    queue = restart.tx.get(Mqueue, key)
    entered = replace(queue, receivers=tuple(receivers), senders=tuple(senders))
    restart.tx.put(key, entered)
