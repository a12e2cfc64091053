"""Whose turn it is, and how time goes by while others wait."""

from typing import Final

from nsh.kernel import signals, waiting
from nsh.machine.crfs import CrfsImages
from nsh.machine.ids import TaskId
from nsh.machine.program import Director, Program, Puppet
from nsh.machine.tasks import ALIVE, Task
from nsh.machine.value import Transaction
from nsh.machine.waiting import Deadlines, RunQueue, Waiter
from nsh.session.event import IN_PIECES, Event, Hot, store

TICK: Final = 100_000


def whose_turn(tx: Transaction, hot: Hot | None = None) -> Event | None:
    """Whose turn it is, with its program and the call that it waits to be asked again.

    Entries of the run queue that lead nowhere (the dead, the stopped, the blocked) are taken off.
    """
    while True:
        queue = tx.find(RunQueue, 0)
        if queue is None:
            return None
        entries = queue.entries
        if not entries:
            return None
        task = entries[queue.head]
        record = tx.find(Task, task)
        if record is not None and record.state is ALIVE:
            # what is sent to the process is its leader's, and may be for any of its threads
            signalled = bool(record.pending or record.shared or record.leader != task)
            if hot and (run := hot.pop(task, None)) is not None:
                busy = signalled or len(entries) > 1 or tx.has(CrfsImages)
                alone = None if busy else queue
                return Event(task, signalled, IN_PIECES, None, tx, hot, run, alone)
            puppet = tx.find(Puppet, task)
            program = None if puppet is None else puppet.program
            if program is None and puppet is not None and signals.deliverable(tx, task):
                # a puppet that waits to be told handles its signals, as any shell at its prompt
                program = Program(scope=tx.get(Director, 0).scope)
                store(tx, task, program)  # it is busy from now on, be it left in pieces
            waiter = tx.find(Waiter, task)
            if program is not None and (waiter is None or not waiter.channels):
                return Event(task, signalled, program, waiter, tx, hot)
        waiting.retire(tx)
        tx.renew()


def alone(tx: Transaction, task: TaskId, queue: RunQueue | None) -> bool:
    """Whether *task* can go on at once, nobody has come to the run queue since it was *queue*,
    nobody waits for time to pass, and no call may ask what others are doing (a crfs is there)."""
    deadlines = tx.find(Deadlines, 0)
    if tx.find(RunQueue, 0) is not queue or (deadlines is not None and deadlines.entries):
        return False
    if tx.has(CrfsImages):
        return False
    record = tx.find(Task, task)
    return record is not None and record.state is ALIVE and not (record.pending or record.shared)


def tick(tx: Transaction, cost: int) -> bool:
    """A step that costs so much has gone by, if anybody waits for time to pass: replies whether
    somebody did."""
    deadlines = tx.find(Deadlines, 0)
    if deadlines is None or not deadlines.entries:
        return False
    waiting.advance(tx, tx.clock + TICK * cost)
    return True


def sleepers(tx: Transaction) -> bool:
    """Whether anybody waits for time to pass."""
    deadlines = tx.find(Deadlines, 0)
    return deadlines is not None and bool(deadlines.entries)
