"""What one step of the machine did, and the programs that are left in pieces meanwhile."""

from typing import Final, TypeAlias

import msgspec
from msgspec.structs import replace

from nsh.abi.request import Request
from nsh.kernel import waiting
from nsh.lang import actions
from nsh.lang.run import Asked, Run
from nsh.machine.crossing import Crossing
from nsh.machine.ids import NOBODY, TaskId
from nsh.machine.program import Program, Puppet
from nsh.machine.tasks import Task
from nsh.machine.value import Machine, Transaction, begin
from nsh.machine.waiting import RunQueue, Waiter
from nsh.session import puppets
from nsh.session.history import Output

NOWHERE: Final = Machine()
IN_PIECES: Final = Program()
"""Stands for a program that is left in pieces."""


class Event(msgspec.Struct, eq=False, gc=False):
    """What one step did; the session makes a :class:`~nsh.session.history.Step` of it."""

    task: TaskId
    signalled: bool
    """It may have a signal to handle first."""
    program: Program
    """As it was before the step, about to handle a signal if there is one; or ``IN_PIECES``."""
    waiter: Waiter | None
    """The blocked call that was asked again, if it was one."""
    transaction: Transaction
    hot: "Hot | None"
    """Where the program may be left in pieces."""
    run: Run | None = None
    """The program, in pieces; None where a blocked call was asked again."""
    alone: RunQueue | None = None
    """The run queue, if nobody else is in it, and the program was in pieces already and has no
    signal to handle."""
    request: Request | None = None
    reply: object = None
    action: actions.Action | None = None
    output: tuple[Output, ...] = ()
    newborn: TaskId = NOBODY
    """The child that was made, if it is to run."""
    ended: actions.Finished | None = None
    """The end of the statement that was typed, if this step brought it."""
    cost: int = 1
    """What the step counts for in a budget of steps."""
    traced: bool = False
    """Its system call is to be reported."""
    silent: bool = True
    """There is nothing in it for people: no output, verdict, trace or end of what was typed."""
    machine: Machine = NOWHERE
    """After the step."""

    @property
    def caller(self) -> TaskId:
        """Who had the program perform what it does."""
        return self.program.caller if self.run is None else self.run.caller

    @property
    def crossings(self) -> tuple[Crossing, ...]:
        """The ids that were translated at the boundary, in order."""
        return tuple(c for c in self.transaction.crossings if isinstance(c, Crossing))

    def asking(self, asked: Asked | None, reply: object = None) -> Program:
        """The program, having asked *asked* and, unless None, been told *reply*."""
        run = self.run
        if run is not None:
            return run.save(asked, reply)
        return replace(self.program, asked=asked, reply=reply)

    def go_on(self, asked: Asked, reply: object) -> None:
        """Give the program the answer that it waits for."""
        tx, hot, run = self.transaction, self.hot, self.run
        if reply is None:
            reply = 0
        if hot is not None and run is not None:
            run.asked, run.reply = asked, reply
            hot[self.task] = run
        else:
            store(tx, self.task, self.asking(asked, reply))
        waiting.go_round(tx, self.newborn)

    def cool(self, task: TaskId) -> None:
        """Put the program of another *task* together, if it is in pieces."""
        if self.hot and (run := self.hot.pop(task, None)) is not None:
            store(self.transaction, task, run.save(run.asked, run.reply))

    def write_down(self, asked: Asked) -> None:
        """Have every program in the machine as it is now, this one having asked *asked*."""
        tx = self.transaction
        if self.hot:
            cool(tx, self.hot)
        store(tx, self.task, self.asking(asked))
        tx.renew()  # to here the kernel rolls back


Hot: TypeAlias = dict[TaskId, Run]
"""Programs that are left in pieces between steps which nobody looks between.  Their rows in the
machine are behind until :func:`cool` writes them; those of the newborn have no program yet."""


def cool(tx: Transaction, hot: Hot) -> None:
    """Put the programs together that are in pieces."""
    for task, run in hot.items():
        store(tx, task, run.save(run.asked, run.reply))
    hot.clear()


def store(tx: Transaction, task: TaskId, program: Program) -> None:
    """Write *program* as what *task* is doing."""
    puppet = tx.get(Puppet, task)
    tx.put(task, Puppet(puppet.label, program, puppet.queue, puppet.loan))


def cooled(machine: Machine, hot: Hot) -> Machine:
    """*machine* with every program put together."""
    tx = begin(machine)
    cool(tx, hot)
    return tx.commit()


def take_over(event: Event, asked: Asked, reply: object) -> None:
    """A thread that was not its process's leader has done execve, and is the leader now."""
    tx = event.transaction
    thread = tx.base.find(Task, event.task)
    if thread is not None and thread.leader != event.task:
        program = event.asking(asked, 0 if reply is None else reply)
        if event.hot:
            event.hot.pop(thread.leader, None)
        tx.put(thread.leader, Puppet(tx.base.get(Puppet, event.task).label, program))
        waiting.enqueue(tx, thread.leader)
        tx.deaths.remove(event.task)


def born(event: Event, asked: Asked, newborn: actions.SpawnChild | None) -> None:
    """Give the child its program, whose number is what its parent was told last."""
    tx = event.transaction
    told = tx.crossings[-1]
    assert isinstance(told, Crossing)
    child = told.task
    if newborn is not None:
        program = newborn.program
        if program is not None and event.hot is not None and event.run is not None:
            event.hot[child] = Run(program, event.run.commands)
            program = None
        puppets.christen(tx, child, newborn.request.name, program)
        if newborn.program is None:
            return
    else:
        tx.put(child, Puppet("", replace(event.asking(asked, 0), caller=NOBODY)))
    event.newborn = child
