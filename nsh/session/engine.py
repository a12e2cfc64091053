"""One step of the machine: who may run, what it asks, what it is told.

The engine keeps nothing: all there is to know stands in the machine.  A step takes the task
at the head of the run queue, lets its program run until it asks something, has the kernel or
the puppeteer answer, and commits both in one transaction.
"""

from typing import Final

from msgspec.structs import replace

from nsh.abi.errno import Errno, KernelError
from nsh.abi.files import Write
from nsh.abi.process import Clone, Execve, Exit, ExitGroup, Fork, shell_status
from nsh.abi.request import Blocked, Failure, Request
from nsh.abi.signals import Sig
from nsh.kernel import dispatch, line_discipline, policies, refs, signals, waiting
from nsh.lang import actions, stepper
from nsh.lang.commands import CommandTable
from nsh.machine.crossing import Crossing
from nsh.machine.ids import NOBODY, TaskId, TerminalId
from nsh.machine.pids import PidSpace
from nsh.machine.program import DIRECTOR, Director, Program, Puppet
from nsh.machine.tasks import State, Task
from nsh.machine.value import Machine, Transaction
from nsh.machine.waiting import Deadlines, Waiter
from nsh.session import output, puppets
from nsh.session.history import Output

TICK: Final = 100_000
"""Virtual nanoseconds that a step takes while somebody waits for time to pass: whoever spins
must not stop the clock for all."""


class Event:
    """What one step did; the session makes a :class:`~nsh.session.history.Step` of it."""

    __slots__ = (
        "action",
        "cost",
        "ended",
        "machine",
        "output",
        "program",
        "puppet",
        "reply",
        "request",
        "task",
        "transaction",
        "waiter",
    )

    machine: Machine

    def __init__(
        self,
        task: TaskId,
        puppet: Puppet,
        program: Program,
        waiter: Waiter | None,
        transaction: Transaction,
    ) -> None:
        self.task = task
        self.puppet = puppet
        self.program = program
        """The program as it was when it asked."""
        self.waiter = waiter
        """The blocked call that was asked again, if it was one."""
        self.transaction = transaction
        self.request: Request | None = None
        self.reply: object = None
        self.action: actions.Action | None = None
        self.output: tuple[Output, ...] = ()
        self.ended: actions.Finished | None = None
        """The end of the statement that was typed, if this step brought it."""
        self.cost = 1
        """What the step counts for in a budget of steps."""

    @property
    def crossings(self) -> tuple[Crossing, ...]:
        """The ids that were translated at the boundary, in order."""
        return tuple(c for c in self.transaction.crossings if isinstance(c, Crossing))

    def go_on(self, reply: object) -> None:
        """Give the program the answer that it waits for."""
        puppet = self.puppet
        program = stepper.resume(self.program, reply)
        self.transaction.put(self.task, Puppet(puppet.label, program, puppet.queue, puppet.loan))
        waiting.retire(self.transaction, again=True)


class Engine:
    """Steps machines on, with a given table of commands."""

    def __init__(self, commands: CommandTable) -> None:
        self.commands = commands

    def step(self, machine: Machine) -> Event | None:
        """Let the next program take one step; None if none can."""
        tx = Transaction(machine)
        turn = _next(tx)
        return None if turn is None else self._turn(tx, *turn)

    def typed(self, machine: Machine, terminal: TerminalId, data: bytes) -> Event:
        """Somebody types *data* on *terminal*."""
        tx = Transaction(machine)
        event = Event(NOBODY, Puppet(), Program(scope=tx.get(Director, 0).scope), None, tx)
        line_discipline.type_input(tx, terminal, data)
        event.output = output.written(tx, None)
        self._bury(event)
        event.machine = tx.commit()
        return event

    @staticmethod
    def idle(machine: Machine) -> bool:
        """Whether no program can take a step."""
        return _next(Transaction(machine)) is None

    def _turn(
        self, tx: Transaction, task: TaskId, puppet: Puppet, program: Program, waiter: Waiter | None
    ) -> Event:
        asked: Request | actions.Action
        if waiter is not None and waiter.interrupted and signals.restarts(tx, task):
            waiting.done(tx, task)
            waiter = None
        if waiter is not None:
            asked = waiter.request  # type: ignore[assignment]  # machine/ knows no abi
        else:
            delivery = signals.take(tx, task)
            if delivery is not None:
                program = stepper.deliver(program, delivery)
            program, asked = stepper.step(program, self.commands)
        if not tx.clean:  # the kernel rolls back to here if it refuses
            tx = Transaction(tx.commit())
        event = Event(task, puppet, program, waiter, tx)
        if isinstance(asked, Request):
            self._call(event, asked, None)
        else:
            event.action = asked
            self._act(event, asked)
        deadlines = tx.find(Deadlines, 0)
        if deadlines is not None and deadlines.entries:
            waiting.advance(tx, tx.clock + TICK * event.cost)
        event.machine = tx.commit()
        return event

    # ---- system calls

    def _call(self, event: Event, request: Request, newborn: actions.SpawnChild | None) -> None:
        """Have the kernel answer, and write what becomes of the programs."""
        if newborn is None and type(request) is Clone and request.name:
            self._act(event, actions.SpawnChild(request, None))  # as clone2 -n asks for it
            return
        tx, task = event.transaction, event.task
        event.request = request
        reply = event.reply = dispatch.call(tx, task, request)
        kind = type(reply)
        if kind is Blocked:
            puppet = event.puppet
            program = replace(event.program, asked=request)
            tx.put(task, Puppet(puppet.label, program, puppet.queue, puppet.loan))
            waiting.retire(tx, again=False)
            return
        if event.waiter is not None:
            waiting.done(tx, task)
        if kind is Failure:
            event.go_on(reply)
            return
        kind = type(request)
        if kind is Write:
            event.output = output.written(tx, request, task)
        elif kind is Clone or kind is Fork:
            _born(tx, task, event.program, reply, newborn)
        if not tx.deaths:
            event.go_on(reply)
            return
        if puppets.alive(tx, task):
            event.go_on(reply)
        else:
            waiting.retire(tx, again=False)
            if kind is Execve:
                _take_over(event, reply)
        self._bury(event)

    def _bury(self, event: Event) -> None:
        """End the programs of the tasks that died in this step."""
        tx = event.transaction
        own_exit = isinstance(event.request, (Exit, ExitGroup))
        for key in tx.deaths:
            task = TaskId(key)
            puppet = tx.base.find(Puppet, task)
            if puppet is None or puppet.program is None:
                continue
            left = tx.find(Puppet, task)
            if left is not None:
                tx.put(task, Puppet(left.label))
            if task == event.task and own_exit:
                status = 0  # ``exit 3`` has done what it was told
            else:
                record = tx.find(Task, task)
                status = 128 + Sig.SIGKILL if record is None else shell_status(record.status)
            for program in (puppet.program, *puppet.queue):
                if program.caller != NOBODY:
                    self._finish(event, program, actions.Finished(status, failed=status != 0))

    def _finish(self, event: Event, program: Program, end: actions.Finished) -> None:
        """Tell whoever waits for the end of *program*."""
        tx = event.transaction
        if program.caller == DIRECTOR:
            director = tx.get(Director, 0)
            scope = replace(program.scope, status=end.status)
            tx.put(0, Director(director.actor, scope))
            event.ended = end
        elif program.caller != NOBODY:
            caller = tx.find(Puppet, program.caller)
            if caller is not None and caller.program is not None:
                told = actions.Returned(end.status, end.failed, program.scope, end.errno)
                above = stepper.resume(caller.program, told)
                tx.put(program.caller, replace(caller, program=above))
                waiting.enqueue(tx, program.caller)

    # ---- the puppeteer's part

    def _act(self, event: Event, action: actions.Action) -> None:
        tx, task, program = event.transaction, event.task, event.program
        match action:
            case actions.Finished():
                self._end(event, action)
            case actions.SpawnChild():
                try:
                    puppets.label_free(tx, action.request.name)
                except KernelError as error:
                    self._answer(event, Failure(error.errno, error.reason))
                else:
                    self._call(event, action.request, action)
            case actions.Delegate():
                self._delegate(event, action)
            case actions.Switch():
                self._switch(event, action)
            case actions.SetPolicy() | actions.SetProfile():
                try:
                    if isinstance(action, actions.SetPolicy):
                        policies.set_policy(tx, action.name, action.value)
                    else:
                        policies.set_profile(tx, action.name)
                except KernelError as error:
                    self._answer(event, Failure(error.errno, error.reason))
                else:
                    self._answer(event, 0)
            case actions.Report():
                self._call(event, Write(2, action.text.encode("utf-8", "surrogateescape")), None)
            case actions.PureBudget():
                event.cost = action.instructions
                tx.put(task, replace(event.puppet, program=program))
                waiting.retire(tx, again=True)
            case _:
                self._answer(event, 0)

    @staticmethod
    def _answer(event: Event, reply: object) -> None:
        event.reply = reply
        event.go_on(reply)

    def _end(self, event: Event, end: actions.Finished) -> None:
        tx, task, program = event.transaction, event.task, event.program
        if program.ends_task:
            self._call(event, ExitGroup(end.status & 0xFF), None)
            return
        puppets.finish(tx, task)
        waiting.retire(tx, again=puppets.of(tx, task).program is not None)
        self._finish(event, program, end)

    def _delegate(self, event: Event, action: actions.Delegate) -> None:
        """``as REF …``: another task performs a program, and the caller waits for its end."""
        tx, task = event.transaction, event.task
        try:
            target = _puppet(tx, task, action.ref)
            if target == task:
                raise Errno.EDEADLK("a task cannot wait for itself to perform something")
        except KernelError as error:
            self._answer(event, Failure(error.errno, error.reason))
            return
        puppets.lend(tx, target, replace(action.program, caller=task))
        own = tx.get(Puppet, task)
        tx.put(task, replace(own, program=replace(event.program, asked=action)))
        waiting.retire(tx, again=False)

    def _switch(self, event: Event, action: actions.Switch) -> None:
        """``as REF`` alone: the prompt goes to that task."""
        tx = event.transaction
        try:
            target = _puppet(tx, event.task, action.ref)
        except KernelError as error:
            self._answer(event, Failure(error.errno, error.reason))
            return
        tx.put(0, replace(tx.get(Director, 0), actor=target))
        self._answer(event, 0)


def _next(tx: Transaction) -> tuple[TaskId, Puppet, Program, Waiter | None] | None:
    """Whose turn it is, with its program and the call that it waits to be asked again.

    Entries of the run queue that lead nowhere (the dead, the stopped, the blocked) are taken off.
    """
    while (task := waiting.first(tx)) is not None:
        puppet = tx.find(Puppet, task)
        record = tx.find(Task, task)
        if puppet is not None and puppet.program is None and signals.deliverable(tx, task):
            # a puppet that waits to be told handles its signals, as any shell at its prompt
            puppet = replace(puppet, program=Program(scope=tx.get(Director, 0).scope))
        if puppet is not None and puppet.program is not None:
            waiter = tx.find(Waiter, task)
            ready = waiter is None or not waiter.channels
            if ready and record is not None and record.state is State.ALIVE:
                return task, puppet, puppet.program, waiter
        waiting.retire(tx, again=False)
    return None


def _take_over(event: Event, reply: object) -> None:
    """A thread that was not its process's leader has done execve, and is the leader now."""
    tx = event.transaction
    thread = tx.base.find(Task, event.task)
    if thread is not None and thread.leader != event.task:
        program = stepper.resume(event.program, reply)
        tx.put(thread.leader, Puppet(event.puppet.label, program))
        waiting.enqueue(tx, thread.leader)
        tx.deaths.remove(event.task)


def _born(
    tx: Transaction,
    parent: TaskId,
    program: Program,
    reply: object,
    newborn: actions.SpawnChild | None,
) -> None:
    """Give the child that *parent* sees as number *reply* its program."""
    space = tx.get(Task, parent).space
    child = tx.get(PidSpace, space).task_of[reply]  # type: ignore[index]  # fork replies a pid
    if newborn is not None:
        puppets.christen(tx, child, newborn.request.name, newborn.program)
    else:
        copy = stepper.resume(replace(program, caller=NOBODY), 0)
        puppets.follow(tx, parent, child, copy)


def _puppet(tx: Transaction, caller: TaskId, ref: str) -> TaskId:
    """The task that *ref* names, if it can perform something now.

    ESRCH; EBUSY if it is blocked in a system call or stopped: nothing it was told would be done.
    """
    target = refs.find(tx, caller, ref)
    task = tx.get(Task, target)
    if task.state is State.ZOMBIE:
        raise Errno.ESRCH(f"{ref} is dead, and nobody has waited for it yet")
    if task.state is State.STOPPED:
        raise Errno.EBUSY(f"{ref} is stopped; kill -CONT lets it go on")
    waiter = tx.find(Waiter, target)
    if waiter is not None and waiter.channels:
        what = type(waiter.request).__name__.lower()
        raise Errno.EBUSY(f"{ref} is blocked in {what}; a signal or what it waits for frees it")
    return target
