"""One step of the machine: who may run, what it asks, what it is told.

The engine keeps nothing: all there is to know stands in the machine.  A step takes the task
at the head of the run queue, lets its program run until it asks something, has the kernel or
the puppeteer answer, and commits both in one transaction.
"""

from typing import Final

from msgspec.structs import replace

from nsh.abi.errno import Errno, KernelError
from nsh.abi.files import Read, Write
from nsh.abi.process import Clone, Execve, Exit, ExitGroup, Fork, shell_status
from nsh.abi.puppets import TypeKeys
from nsh.abi.request import Blocked, Failure, Request
from nsh.abi.signals import Sig
from nsh.abi.terminals import Sti, Tcflow, Tcsetattr
from nsh.kernel import clock, dispatch, keys, policies, refs, signals, waiting
from nsh.lang import actions, stepper
from nsh.lang.commands import CommandTable
from nsh.lang.run import Asked, Run
from nsh.machine.ids import NOBODY, TaskId, TerminalId
from nsh.machine.pids import PidSpace
from nsh.machine.program import DIRECTOR, Director, Program, Puppet
from nsh.machine.tasks import ALIVE, State, Task
from nsh.machine.value import Machine, Transaction, begin
from nsh.machine.waiting import Deadlines, RunQueue, Waiter
from nsh.session import output, puppets
from nsh.session.event import Event, Hot, cool, store

TICK: Final = 100_000
_SHOWING: Final = frozenset((Write, Read, Sti, Tcflow, Tcsetattr, TypeKeys))
"""What may let something come out on a terminal: what is written, and echoes that waited."""
"""Virtual nanoseconds that a step takes while somebody waits for time to pass: whoever spins
must not stop the clock for all."""


class Engine:
    """Steps machines on, with a given table of commands."""

    def __init__(self, commands: CommandTable) -> None:
        self.commands = commands

    def step(self, machine: Machine, hot: Hot | None = None) -> Event | None:
        """Let the next program take one step; None if none can.

        With *hot* programs may be left in pieces there, but after a step that is not silent.
        """
        event = self._interrupt(machine, hot)
        if event is not None:
            return event
        event = _next(machine, hot)
        if event is None:
            return None
        tx, task, waiter = event.transaction, event.task, event.waiter
        if waiter is not None and waiter.interrupted and signals.restarts(tx, task):
            waiting.done(tx, task)
            waiter = event.waiter = None
            tx = event.transaction = begin(tx.commit())  # to here the kernel rolls back
        asked: Asked
        if waiter is not None:
            asked = waiter.request  # type: ignore[assignment]  # machine/ knows no abi
            if event.program.traced:
                event.traced, event.silent = True, False
        else:
            run = event.run
            if event.signalled:
                # all of them before the program goes on: the last one's handler runs first
                while (delivery := signals.take(tx, task)) is not None:
                    program = event.program if run is None else run.save(run.asked, run.reply)
                    event.program = stepper.deliver(program, delivery)
                    run = None
                    tx = event.transaction = begin(tx.commit())
            if run is None:
                run = event.run = Run(event.program, self.commands)
            asked = stepper.advance(run)
            if asked is run.asked and type(asked) is actions.Delegate:
                asked = actions.Await(asked)  # it was only woken, by SIGCONT say
            if run.traced:
                event.traced, event.silent = True, False
        if isinstance(asked, Request):
            self._call(event, asked, asked, None)
        else:
            event.action = asked
            if type(asked) is actions.Expected:
                event.silent = False
            self._act(event, asked, asked)
        deadlines = tx.find(Deadlines, 0)
        if deadlines is not None and deadlines.entries:
            waiting.advance(tx, tx.clock + TICK * event.cost)
        if hot and not event.silent:
            cool(tx, hot)
        event.machine = tx.commit()
        return event

    def typed(self, machine: Machine, terminal: TerminalId, data: bytes) -> Event:
        """Somebody types *data* on *terminal*."""
        tx = begin(machine)
        program = Program(scope=tx.get(Director, 0).scope)
        event = Event(NOBODY, False, program, None, tx, machine, None)
        keys.type_at(tx, terminal, data)
        event.output = output.written(tx, None)
        event.silent = not event.output
        self._bury(event)
        event.machine = tx.commit()
        return event

    def _interrupt(self, machine: Machine, hot: Hot | None) -> Event | None:
        """Timers that are due go off: a step that is nobody's.  None if none is."""
        deadlines = machine.find(Deadlines, 0)
        if deadlines is None or not deadlines.entries or deadlines.entries[0][0] > machine.clock:
            return None
        tx = begin(machine)
        if not clock.interrupt(tx):
            return None
        event = Event(NOBODY, False, Program(), None, tx, machine, hot)
        event.output = output.written(tx, None)
        event.silent = not event.output
        self._bury(event)
        if hot and not event.silent:
            cool(tx, hot)
        event.machine = tx.commit()
        return event

    @staticmethod
    def idle(machine: Machine) -> bool:
        """Whether no program can take a step, nor any timer go off."""
        return _next(machine) is None and not waiting.overdue(begin(machine))

    # ---- system calls

    def _call(
        self,
        event: Event,
        asked: Asked,
        request: Request,
        newborn: actions.SpawnChild | None,
    ) -> None:
        """Have the kernel answer *request*, and write what becomes of the programs.

        The program has asked *asked*: the same, or an action that comes down to it.
        """
        if newborn is None and type(request) is Clone and request.name:
            self._act(event, asked, actions.SpawnChild(request, None))  # as clone2 -n asks for it
            return
        tx, task = event.transaction, event.task
        event.request = request
        reply = event.reply = dispatch.call(tx, task, request)
        answer, kind = type(reply), type(request)
        if answer is not Blocked and event.waiter is not None:
            waiting.done(tx, task)
        if kind in _SHOWING:
            event.output = output.written(tx, request, task)
            if event.output:
                event.silent = False
        elif (kind is Clone or kind is Fork) and answer is not Failure:
            _born(event, asked, newborn)
        if tx.deaths:
            alive = puppets.alive(tx, task)
            if not alive:
                waiting.retire(tx, again=False)
                if kind is Execve:
                    _take_over(event, asked, reply)
            self._bury(event)
            if not alive:
                return
        if answer is Blocked:
            store(tx, task, event.asking(asked))
            waiting.retire(tx, again=False)
        else:
            event.go_on(asked, reply)

    def _bury(self, event: Event) -> None:
        """End the programs of the tasks that died in this step."""
        tx = event.transaction
        own_exit = type(event.request) is ExitGroup or type(event.request) is Exit
        for key in tx.deaths:
            task = TaskId(key)
            puppet = tx.base.find(Puppet, task)
            if puppet is None or puppet.program is None:
                continue
            run = event.hot.pop(task, None) if event.hot else None
            if task == event.task:
                run = event.run
            left = tx.find(Puppet, task)
            if left is not None:
                tx.put(task, Puppet(left.label))
            if task == event.task and own_exit:
                status = 0  # ``exit 3`` has done what it was told
            else:
                record = tx.find(Task, task)
                status = 128 + Sig.SIGKILL if record is None else shell_status(record.status)
            last = puppet.program
            if run is not None and last.caller != NOBODY:
                last = run.save(None)
            for program in (last, *puppet.queue):
                if program.caller != NOBODY:
                    self._finish(event, program, actions.Finished(status, failed=status != 0))

    def _finish(self, event: Event, program: Program, end: actions.Finished) -> None:
        """Tell whoever waits for the end of *program*."""
        tx = event.transaction
        if program.caller == DIRECTOR:
            director = tx.get(Director, 0)
            scope = replace(program.scope, status=end.status)
            tx.put(0, Director(director.actor, scope))
            event.ended, event.silent = end, False
        elif program.caller != NOBODY:
            if event.hot and (run := event.hot.pop(program.caller, None)) is not None:
                store(tx, program.caller, run.save(run.asked, run.reply))
            caller = tx.find(Puppet, program.caller)
            if caller is not None and caller.program is not None:
                told = actions.Returned(end.status, end.failed, program.scope, end.errno)
                above = stepper.returned(caller.program, told)
                tx.put(program.caller, replace(caller, program=above))
                waiting.ready(tx, program.caller)

    # ---- the puppeteer's part

    def _act(self, event: Event, asked: Asked, action: actions.Action) -> None:
        """Do *action*, which is what the program has asked, or what that comes down to."""
        tx, task = event.transaction, event.task
        match action:
            case actions.SpawnChild():
                try:
                    puppets.label_free(tx, action.request.name)
                except KernelError as error:
                    self._answer(event, asked, Failure(error.errno, error.reason))
                else:
                    self._call(event, asked, action.request, action)
            case actions.Finished():
                self._end(event, action)
            case actions.Delegate():
                self._delegate(event, action)
            case actions.Await():
                store(tx, task, event.asking(action.delegate))
                waiting.retire(tx, again=False)
            case actions.Switch():
                self._switch(event, action)
            case actions.SetPolicy() | actions.SetProfile():
                try:
                    if isinstance(action, actions.SetPolicy):
                        policies.set_policy(tx, action.name, action.value)
                    else:
                        policies.set_profile(tx, action.name)
                except KernelError as error:
                    self._answer(event, asked, Failure(error.errno, error.reason))
                else:
                    self._answer(event, asked, 0)
            case actions.Report():
                text = action.text.encode("utf-8", "surrogateescape")
                self._call(event, asked, Write(2, text), None)
            case actions.PureBudget():
                event.cost = action.instructions
                store(tx, task, event.asking(None))
                waiting.retire(tx, again=True)
            case _:
                self._answer(event, asked, 0)

    @staticmethod
    def _answer(event: Event, asked: Asked, reply: object) -> None:
        event.reply = reply
        event.go_on(asked, reply)

    def _end(self, event: Event, end: actions.Finished) -> None:
        tx, task, program = event.transaction, event.task, event.asking(None)
        if program.ends_task:
            self._call(event, end, ExitGroup(end.status & 0xFF), None)
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
            self._answer(event, action, Failure(error.errno, error.reason))
            return
        puppets.lend(tx, target, replace(action.program, caller=task))
        own = tx.get(Puppet, task)
        tx.put(task, replace(own, program=event.asking(action)))
        waiting.retire(tx, again=False)

    def _switch(self, event: Event, action: actions.Switch) -> None:
        """``as REF`` alone: the prompt goes to that task."""
        tx = event.transaction
        try:
            target = _puppet(tx, event.task, action.ref)
        except KernelError as error:
            self._answer(event, action, Failure(error.errno, error.reason))
            return
        tx.put(0, replace(tx.get(Director, 0), actor=target))
        self._answer(event, action, 0)


def _next(machine: Machine, hot: Hot | None = None) -> Event | None:
    """Whose turn it is, with its program and the call that it waits to be asked again.

    Entries of the run queue that lead nowhere (the dead, the stopped, the blocked) are taken off.
    """
    while True:
        tx = begin(machine)
        queue = tx.find(RunQueue, 0)
        if queue is None or not queue.entries:
            return None
        task = queue.entries[queue.head]
        record = tx.find(Task, task)
        puppet = tx.find(Puppet, task)
        if puppet is not None and record is not None and record.state is ALIVE:
            run = hot.pop(task, None) if hot else None
            program = puppet.program
            if run is not None and program is not None:
                signalled = bool(record.pending or record.shared)
                return Event(task, signalled, program, None, tx, machine, hot, run)
            if program is None and signals.deliverable(tx, task):
                # a puppet that waits to be told handles its signals, as any shell at its prompt
                program = Program(scope=tx.get(Director, 0).scope)
                store(tx, task, program)  # it is busy from now on, be it left in pieces
            waiter = tx.find(Waiter, task)
            if program is not None and (waiter is None or not waiter.channels):
                signalled = bool(record.pending or record.shared or record.leader != task)
                return Event(task, signalled, program, waiter, tx, machine, hot, None)
        waiting.retire(tx, again=False)
        machine = tx.commit()


def _take_over(event: Event, asked: Asked, reply: object) -> None:
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


def _born(event: Event, asked: Asked, newborn: actions.SpawnChild | None) -> None:
    """Give the child whose number is the reply its program."""
    tx, parent = event.transaction, event.task
    space = tx.get(Task, parent).space
    child = tx.get(PidSpace, space).task_of[event.reply]  # type: ignore[index]  # a pid
    if newborn is not None:
        puppets.christen(tx, child, newborn.request.name, newborn.program)
    else:
        copy = replace(event.asking(asked, 0), caller=NOBODY)
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
    if waiter is not None and waiter.channels and not puppets.at_prompt(tx, target):
        what = type(waiter.request).__name__.lower()
        raise Errno.EBUSY(f"{ref} is blocked in {what}; a signal or what it waits for frees it")
    return target
