"""Message queues, and who sleeps on them (msgget(2), msgop(2); N1)."""

from collections.abc import Iterator

from nsh.machine.ids import TaskId
from nsh.machine.invariants import invariant
from nsh.machine.ipc import NEVER, IpcObject, Sleeper, Who
from nsh.machine.record import Record, table
from nsh.machine.value import Machine


class Message(Record):
    """A message of SysV (``type`` > 0) or POSIX (``type``: its priority)."""

    type: int
    data: bytes


class Receiver(Record):
    """A msgrcv(2) that waits."""

    task: TaskId
    mtype: int
    flags: int
    size: int
    """Bytes that it has room for."""


class Sender(Record):
    """A msgsnd(2) that waits for room."""

    task: TaskId
    size: int


@table
class MsgQueue(IpcObject):
    """One SysV queue."""

    qbytes: int
    """The most bytes, and the most messages, that it may hold."""
    messages: tuple[Message, ...] = ()
    cbytes: int = 0
    """Bytes of all messages."""
    stime: int = NEVER
    rtime: int = NEVER
    lspid: Who | None = None
    lrpid: Who | None = None
    receivers: tuple[Receiver, ...] = ()
    senders: tuple[Sender, ...] = ()

    @property
    def sleepers(self) -> list[TaskId]:
        """Receivers, then senders, each by age."""
        return [each.task for each in self.receivers] + [each.task for each in self.senders]


@invariant
def _queues(machine: Machine) -> Iterator[str]:
    """Bytes are counted; whoever is on a list is asleep."""
    for key, queue in machine.items(MsgQueue):
        if queue.cbytes != sum(len(message.data) for message in queue.messages):
            yield f"queue {queue.id} miscounts its {queue.cbytes} bytes"
        for task in queue.sleepers:
            row = machine.find(Sleeper, task)
            if row is None or row.object != key or row.errno is not None:
                yield f"task {task} is on a list of queue {queue.id}, and not asleep"
