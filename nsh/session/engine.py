"""One step of the machine: who may run, what it asks, what it is told.

The engine keeps nothing: all there is to know stands in the machine.  A step takes the task
at the head of the run queue, lets its program run until it asks something, has the kernel or
the puppeteer answer, and commits both in one transaction.
"""

from msgspec.structs import replace

from nsh.abi.errno import Errno, KernelError
from nsh.abi.files import Write
from nsh.abi.process import Clone, Exit, ExitGroup, Fork, shell_status
from nsh.abi.request import Blocked, Failure, Request
from nsh.kernel import dispatch, policies, refs, signals, waiting
from nsh.lang import actions, stepper
from nsh.lang.commands import CommandTable
from nsh.machine.ids import NOBODY, TaskId
from nsh.machine.pids import PidSpace
from nsh.machine.program import DIRECTOR, Director, Program, Puppet
from nsh.machine.settings import Halted
from nsh.machine.tasks import State, Task
from nsh.machine.value import Machine, Transaction
from nsh.machine.waiting import Waiter
from nsh.session import output, puppets
from nsh.session.history import Output


class Event:
    """What one step did; the session makes a :class:`~nsh.session.history.Step` of it."""

    __slots__ = (
        "action",
        "cost",
        "ended",
        "machine",
        "output",
        "program",
        "reply",
        "request",
        "task",
        "transaction",
    )

    def __init__(self, task: TaskId, program: Program, transaction: Transaction) -> None:
        self.task = task
        self.program = program
        """The program as it was when it asked."""
        self.transaction = transaction
        self.machine: Machine
        self.request: Request | None = None
        self.reply: object = None
        self.action: actions.Action | None = None
        self.output: tuple[Output, ...] = ()
        self.ended: actions.Finished | None = None
        """The end of the statement that was typed, if this step brought it."""
        self.cost = 1
        """What the step counts for in a budget of steps."""


class Engine:
    """Steps machines on, with a given table of commands."""

    def __init__(self, commands: CommandTable) -> None:
        self.commands = commands

    def step(self, machine: Machine) -> Event | None:
        """Let the next program take one step; None if none can."""
        tx = Transaction(machine)
        turn = _next(tx)
        return None if turn is None else self._turn(tx, *turn)

    @staticmethod
    def idle(machine: Machine) -> bool:
        """Whether no program can take a step."""
        return _next(Transaction(machine)) is None

    def _turn(
        self, tx: Transaction, task: TaskId, program: Program, waiter: Waiter | None
    ) -> Event:
        asked: Request | actions.Action
        if waiter is not None:
            asked = waiter.request  # type: ignore[assignment]  # machine/ knows no abi
        else:
            delivery = signals.take(tx, task)
            if delivery is not None:
                program = stepper.deliver(program, delivery)
            program, asked = stepper.step(program, self.commands)
        if not tx.clean:  # the kernel rolls back to here if it refuses
            tx = Transaction(tx.commit())
        event = Event(task, program, tx)
        if isinstance(asked, Request):
            self._call(event, asked, None)
        else:
            event.action = asked
            self._act(event, asked)
        event.machine = tx.commit()
        return event

    # ---- system calls

    def _call(self, event: Event, request: Request, newborn: actions.SpawnChild | None) -> None:
        """Have the kernel answer, and write what becomes of the programs."""
        tx, task, program = event.transaction, event.task, event.program
        event.request = request
        reply = event.reply = dispatch.call(tx, task, request)
        if isinstance(reply, Blocked):
            _put(tx, task, replace(program, asked=request))
            waiting.retire(tx, again=False)
            return
        if tx.find(Waiter, task) is not None:
            waiting.done(tx, task)
        if isinstance(reply, Failure):
            _put(tx, task, stepper.resume(program, reply))
            waiting.retire(tx, again=True)
            return
        event.output = output.written(tx, request)
        if isinstance(request, (Fork, Clone)):
            _born(tx, task, program, reply, newborn)
        if puppets.alive(tx, task):
            _put(tx, task, stepper.resume(program, reply))
            waiting.retire(tx, again=True)
        else:
            waiting.retire(tx, again=False)
        self._bury(event, request)

    def _bury(self, event: Event, request: Request) -> None:
        """End the programs of the tasks that this step killed."""
        tx = event.transaction
        for task, record in sorted(tx.written(Task).items()):
            if record is not None and record.state is not State.ZOMBIE:
                continue
            puppet = tx.base.find(Puppet, task)
            if puppet is None or puppet.program is None:
                continue
            left = tx.find(Puppet, task)
            if left is not None and left.program is not None:
                tx.put(task, Puppet(left.label))
            status = 0
            if record is None or record.status & 0x7F:  # not by its own exit
                status = shell_status(record.status) if record is not None else 137
            if task == event.task and isinstance(request, (Exit, ExitGroup)):
                status = 0  # ``exit 3`` has done what it was told
            for program in (puppet.program, *puppet.queue):
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
                told = actions.Returned(end.status, end.failed, program.scope)
                tx.put(
                    program.caller,
                    replace(caller, program=stepper.resume(caller.program, told)),
                )
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
                _put(tx, task, program)
                waiting.retire(tx, again=True)
            case _:
                self._answer(event, 0)

    @staticmethod
    def _answer(event: Event, reply: object) -> None:
        tx, task = event.transaction, event.task
        event.reply = reply
        _put(tx, task, stepper.resume(event.program, reply))
        waiting.retire(tx, again=True)

    def _end(self, event: Event, end: actions.Finished) -> None:
        tx, task, program = event.transaction, event.task, event.program
        if program.ends_task:
            self._call(event, ExitGroup(end.status & 0xFF), None)
            return
        puppets.set_program(tx, task, None)
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
        _put(tx, task, replace(event.program, asked=action))
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


def _next(tx: Transaction) -> tuple[TaskId, Program, Waiter | None] | None:
    """Whose turn it is, with its program and the call that it waits to be asked again.

    Entries of the run queue that lead nowhere (the dead, the stopped, the blocked) are taken off.
    """
    if tx.find(Halted, 0) is not None:
        return None
    while (task := waiting.first(tx)) is not None:
        puppet = tx.find(Puppet, task)
        record = tx.find(Task, task)
        if puppet is not None and puppet.program is not None:
            waiter = tx.find(Waiter, task)
            ready = waiter is None or not waiter.channels
            if ready and record is not None and record.state is State.ALIVE:
                return task, puppet.program, waiter
        waiting.retire(tx, again=False)
    return None


def _put(tx: Transaction, task: TaskId, program: Program) -> None:
    puppet = tx.find(Puppet, task)
    if puppet is None:
        tx.put(task, Puppet("", program))
    else:
        tx.put(task, Puppet(puppet.label, program, puppet.queue))


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
