"""A machine that goes on by itself: woken calls are asked again, and handlers run.

What `nsh.session` does with programs, for tasks that have none: a task here is somebody who makes a
call when told to, and whose handlers do nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from nsh.abi import Blocked, Request
from nsh.abi.process import CloneFlag
from nsh.abi.signals import Sigreturn
from nsh.kernel import clock, perform, signals, waiting
from nsh.machine import Machine
from nsh.machine.ids import TaskId
from nsh.machine.tasks import Flag, State, Task
from nsh.machine.value import Transaction, begin
from nsh.machine.waiting import RunQueue, Waiter

THREAD = int(
    CloneFlag.CLONE_VM
    | CloneFlag.CLONE_FS
    | CloneFlag.CLONE_FILES
    | CloneFlag.CLONE_SIGHAND
    | CloneFlag.CLONE_THREAD
)
"""What pthread_create(3) wants of clone(2), of what the model knows."""


def head(tx: Transaction) -> TaskId | None:
    """Who is first in the run queue."""
    queue = tx.find(RunQueue, 0)
    return queue.entries[queue.head] if queue is not None and queue.entries else None


class Running:
    """Holds the current machine."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    def raw(self, caller: TaskId, request: Request) -> object:
        """Have *caller* make a call; the reply itself."""
        outcome = perform(self.machine, caller, request)
        self.machine = outcome.machine
        return outcome.reply

    def answered(self, task: TaskId, request: Request, reply: object) -> None:
        """Told of each blocked call that has been answered at last."""

    def settle(self) -> None:
        """Let blocked calls that were woken go on, and handlers run, until nobody has to."""
        while self._interrupt() or self._ask_again() or self._handle():
            pass

    def free(self) -> Iterator[TaskId]:
        """The tasks that could make a call now, oldest first."""
        for key, task in self.machine.items(Task):
            alive = task.state is State.ALIVE and not task.flags & Flag.EXITING
            if alive and self.machine.find(Waiter, key) is None:
                yield TaskId(key)

    def _ask_again(self) -> bool:
        tx = begin(self.machine)
        task = head(tx)
        if task is None:
            return False
        waiting.retire(tx)
        self.machine = tx.commit()
        waiter = self.machine.find(Waiter, task)
        record = self.machine.find(Task, task)
        if waiter is None or waiter.channels or record is None or record.state is not State.ALIVE:
            return True
        assert isinstance(waiter.request, Request)
        if waiter.interrupted and signals.restarts(begin(self.machine), task):
            self._done(task)
            while self._handle():
                pass
        reply = self.raw(task, waiter.request)
        if not isinstance(reply, Blocked):
            self._done(task)
            self.answered(task, waiter.request, reply)
        return True

    def _interrupt(self) -> bool:
        """Let timers go off that are due."""
        tx = begin(self.machine)
        went_off = clock.interrupt(tx)
        if went_off:
            self.machine = tx.commit()
        return went_off

    def _done(self, task: TaskId) -> None:
        tx = begin(self.machine)
        waiting.done(tx, task)
        self.machine = tx.commit()

    def _handle(self) -> bool:
        ran = False
        for task in list(self.free()):
            tx = begin(self.machine)
            delivery = signals.take(tx, task)
            self.machine = tx.commit()  # of what is not delivered any more nothing is left
            if delivery is not None:
                self.raw(task, Sigreturn(delivery.mask))
                ran = True
        return ran
