"""One step of the machine: who may run, what it asks, what it is told.

The engine keeps nothing: all there is to know stands in the machine.  A step takes the task
at the head of the run queue, lets its program run until it asks something, has the kernel or
the puppeteer answer, and commits both in one transaction.
"""

from typing import Any, Final

from msgspec.structs import replace

from nsh.abi.checkpoint import Checkpoint, Survey
from nsh.abi.errno import KernelError
from nsh.abi.files import Write
from nsh.abi.process import Clone, Cloned, Execve, Exit, ExitGroup, Fork, shell_status
from nsh.abi.request import Blocked, Failure, Request
from nsh.abi.signals import Sig
from nsh.kernel import clock, dispatch, line_discipline, policies, signals, waiting
from nsh.lang import actions, stepper
from nsh.lang.commands import CommandTable
from nsh.lang.run import Asked, Run
from nsh.machine.crfs import CrfsImages
from nsh.machine.ids import NOBODY, TaskId, TerminalId
from nsh.machine.program import DIRECTOR, Director, Program, Puppet
from nsh.machine.tasks import Task
from nsh.machine.value import Machine, Transaction, begin
from nsh.session import output, puppets
from nsh.session.event import IN_PIECES, Event, Hot, born, cool, cooled, store, take_over
from nsh.session.turns import alone, sleepers, tick, whose_turn

_BEARING: Final = frozenset((Clone, Fork))
_BORN: Final = frozenset((int, Cloned))
"""What such a call replies, if it does not fail."""
_UNANSWERED: Final = object()
_ENDING: Final = frozenset((Exit, ExitGroup))
_LOOKING: Final = frozenset((Checkpoint, Survey))
"""What asks what programs are doing."""
_TELLING: Final = _BEARING | actions.KINDS | _LOOKING
"""What has consequences for programs or people, or asks what they are doing, beside requests that
show something."""


class Engine:
    """Steps machines on, with a given table of commands."""

    cooled = staticmethod(cooled)

    def __init__(self, commands: CommandTable) -> None:
        self.commands = commands

    def step(self, machine: Machine) -> Event | None:
        """Let the next program take one step; None if none can."""
        tx = begin(machine)
        event = self._interrupt(tx)
        if event is None:
            event = whose_turn(tx)
            if event is None:
                return None
            self._take(event)
            tick(event.transaction, event.cost)
        event.machine = event.transaction.close()
        return event

    def pass_over(self, machine: Machine, hot: Hot, most: int) -> tuple[Machine, int, Event | None]:
        """Let programs take steps until somebody hears of one, one costs more than a step, or
        *most* others have gone before.

        That is the event; None if none can take a step any more.  It comes with the machine before
        it, and how many steps have led to that.  Programs may be left in pieces in *hot*, but
        after a step that is not silent.
        """
        tx = begin(machine)
        passed = 0
        timed = sleepers(tx)
        while True:
            event = self._interrupt(tx, hot) if timed else None
            if event is not None:
                timed = sleepers(tx)
            else:
                event = whose_turn(tx, hot)
                if event is None:
                    break
                if event.alone is not None and passed < most and not timed:
                    passed += self._go_on_alone(event, most - passed)
                else:
                    self._take(event)
                timed = tick(tx, event.cost)
            if passed >= most or event.cost > 1 or not event.silent:
                if hot and not event.silent:
                    cool(tx, hot)
                event.machine = tx.close()
                break
            passed += 1
            machine = tx.renew()
        return machine, passed, event

    def _go_on_alone(self, event: Event, most: int) -> int:
        """Let a program in pieces go on, which alone has anything to do, by a shorter way: at most
        *most* steps that are system calls and change nothing about that, and then the step that
        *event* is about.

        Replies how many have gone before that.
        """
        tx, task, run = event.transaction, event.task, event.run
        assert run is not None
        passed = 0
        while True:
            asked: Any = stepper.advance(run)
            if type(asked) in _TELLING or asked.shows or passed == most or run.traced:
                self._do(event, asked)
                return passed
            reply = dispatch.call(tx, task, asked)
            if not tx.clean and (type(reply) is Blocked or not alone(tx, task, event.alone)):
                self._call(event, asked, asked, reply=reply)
                return passed
            run.asked, run.reply = asked, 0 if reply is None else reply
            passed += 1
            tx.renew()

    def _take(self, event: Event) -> None:
        """Take the step that *event* is about."""
        run = event.run
        if run is None or event.signalled:
            run = self._ready(event)
        if run is None:
            self._do(event, event.waiter.request)  # type: ignore[union-attr]
        else:
            self._do(event, stepper.advance(run))

    def _do(self, event: Event, asked: Any) -> None:
        """Do what the program asks, or the call that it waits to be asked again."""
        run = event.run
        if event.program.traced if run is None else run.traced:
            event.traced, event.silent = True, False
        kind = type(asked)
        if kind is Clone and asked.name:  # as clone2 -n asks for it
            self._act(event, asked, actions.SpawnChild(asked, None))
        elif kind not in actions.KINDS:
            self._call(event, asked, asked)
        else:
            event.action = asked
            self._act(event, asked, asked)

    def _ready(self, event: Event) -> Run | None:
        """The program in pieces, with the signals that it has to handle first; None if its blocked
        call is to be asked again."""
        tx, task, run, waiter = event.transaction, event.task, event.run, event.waiter
        if waiter is not None:
            if not waiter.interrupted or not signals.restarts(tx, task):
                return None
            waiting.done(tx, task)
            event.waiter = None
            tx.renew()  # to here the kernel rolls back
        if event.signalled:
            # all of them before the program goes on: the last one's handler runs first
            while (delivery := signals.take(tx, task)) is not None:
                program = event.program if run is None else run.save(run.asked, run.reply)
                event.program = stepper.deliver(program, delivery)
                run = None
                tx.renew()
        if run is None:
            run = event.run = Run(event.program, self.commands)
        return run

    def typed(self, machine: Machine, terminal: TerminalId, data: bytes) -> Event:
        """Somebody types *data* on *terminal*."""
        tx = begin(machine)
        program = Program(scope=tx.get(Director, 0).scope)
        event = Event(NOBODY, False, program, None, tx, None)
        line_discipline.type_input(tx, terminal, data)
        event.output = output.written(tx, None)
        event.silent = not event.output
        self._bury(event)
        event.machine = tx.close()
        return event

    def _interrupt(self, tx: Transaction, hot: Hot | None = None) -> Event | None:
        """Timers that are due go off: a step that is nobody's.  None if none is."""
        if not sleepers(tx) or not clock.interrupt(tx):
            return None
        event = Event(NOBODY, False, Program(), None, tx, hot)
        event.output = output.written(tx, None)
        event.silent = not event.output
        self._bury(event)
        return event

    @staticmethod
    def idle(machine: Machine) -> bool:
        """Whether no program can take a step, nor any timer go off."""
        return whose_turn(begin(machine)) is None and not waiting.overdue(begin(machine))

    # ---- system calls

    def _call(
        self,
        event: Event,
        asked: Asked,
        request: Request,
        newborn: actions.SpawnChild | None = None,
        reply: object = _UNANSWERED,
    ) -> None:
        """Have the kernel answer *request*, unless *reply* is its answer, and write what becomes of
        the programs.

        The program has asked *asked*: the same, or an action that comes down to it.
        """
        tx, task, kind = event.transaction, event.task, type(request)
        if reply is _UNANSWERED:
            if kind in _LOOKING or (event.hot and tx.has(CrfsImages)):
                event.write_down(asked)  # any call that walks on a crfs may take one, too
            reply = dispatch.call(tx, task, request)
        event.request, event.reply = request, reply
        blocked = type(reply) is Blocked
        if event.waiter is not None and not blocked:
            waiting.done(tx, task)
        if kind.shows:
            event.output = output.written(tx, request, task)
            if event.output:
                event.silent = False
        elif kind in _BEARING and event.waiter is None and (blocked or type(reply) in _BORN):
            born(event, asked, newborn)
        if tx.deaths:
            alive = puppets.alive(tx, task)
            if not alive:
                waiting.retire(tx, event.newborn)
                if kind is Execve:
                    take_over(event, asked, reply)
            self._bury(event)
            if not alive:
                return
        if blocked:
            store(tx, task, event.asking(asked))
            waiting.retire(tx, event.newborn)  # who waits in vfork has one
        else:
            event.go_on(asked, reply)

    def _bury(self, event: Event) -> None:
        """End the programs of the tasks that died in this step."""
        tx = event.transaction
        for key in tx.deaths:
            task = TaskId(key)
            left = tx.find(Puppet, task)
            puppet = left or tx.base.find(Puppet, task)  # it may have been reaped at once
            run = event.run if task == event.task else None
            if event.hot and run is None:
                run = event.hot.pop(task, None)
            last = None if puppet is None else puppet.program
            if run is not None:
                last = IN_PIECES if run.caller == NOBODY else run.save(None)
                run.drop()
            if puppet is None or last is None:
                continue
            if left is not None and left.program is not None:
                tx.put(task, Puppet(left.label))
            if last.caller == NOBODY and not puppet.queue:
                continue
            if task == event.task and type(event.request) in _ENDING:
                status = 0  # ``exit 3`` has done what it was told
            else:
                record = tx.find(Task, task)
                status = 128 + Sig.SIGKILL if record is None else shell_status(record.status)
            for program in (last, *puppet.queue):
                if program.caller != NOBODY:
                    self._finish(event, task, program, actions.Finished(status, failed=status != 0))

    def _finish(
        self, event: Event, performer: TaskId, program: Program, end: actions.Finished
    ) -> None:
        """Tell whoever waits for the end of *program*, which *performer* has performed."""
        tx = event.transaction
        if program.caller == DIRECTOR:
            director = tx.get(Director, 0)
            scope = replace(program.scope, status=end.status)
            tx.put(0, Director(director.actor, scope))
            event.ended, event.silent = end, False
        elif program.caller != NOBODY:
            event.cool(program.caller)
            caller = tx.find(Puppet, program.caller)
            if caller is not None and caller.program is not None:
                told = actions.Returned(end.status, end.failed, program.scope, end.errno, end.trail)
                above = stepper.returned(caller.program, told, performer)
                tx.put(program.caller, replace(caller, program=above))
                waiting.ready(tx, program.caller)

    # ---- the puppeteer's part

    def _act(self, event: Event, asked: Asked, action: actions.Action) -> None:
        """Do *action*, which is what the program has asked, or what that comes down to."""
        tx, task = event.transaction, event.task
        match action:
            case actions.SpawnChild():
                try:
                    if event.waiter is None:  # else it is its own child's
                        puppets.label_free(tx, action.request.name)
                except KernelError as error:
                    self._answer(event, asked, Failure(error.errno, error.reason))
                else:
                    self._call(event, asked, action.request, action)
            case actions.Finished():
                self._end(event, action)
            case actions.Delegate():
                if event.run is not None and action is event.run.asked:
                    self._await(event, actions.Await(action))  # it was only woken, by SIGCONT say
                else:
                    self._delegate(event, action)
            case actions.Await():
                self._await(event, action)
            case actions.Switch():
                self._switch(event, action)
            case actions.SetPolicy() | actions.SetProfile() | actions.ShowPolicies():
                self._answer(event, asked, _debated(tx, action))
            case actions.ShowProfile():
                self._answer(event, asked, policies.profile(tx))
            case actions.ExportProc(ref, directory):
                from nsh.session import proc_tree  # noqa: PLC0415  # few scripts write one

                self._answer(event, asked, proc_tree.reply(tx, task, ref, directory))
            case actions.Report():
                known = (told for ref, told in action.instead if puppets.lives(tx, task, ref))
                text = next(known, action.text)
                self._call(event, asked, Write(2, text.encode("utf-8", "surrogateescape")))
            case actions.PureBudget():
                event.cost = action.instructions
                store(tx, task, event.asking(None))
                waiting.go_round(tx)
            case actions.Expected():
                event.silent = False
                self._answer(event, asked, 0)
            case _:
                self._answer(event, asked, 0)

    @staticmethod
    def _answer(event: Event, asked: Asked, reply: object) -> None:
        event.reply = reply
        event.go_on(asked, reply)

    def _end(self, event: Event, end: actions.Finished) -> None:
        tx, task, program = event.transaction, event.task, event.asking(None)
        if program.ends_task:
            self._call(event, end, ExitGroup(end.status & 0xFF))
            return
        puppets.finish(tx, task)
        if puppets.of(tx, task).program is None:
            waiting.retire(tx)
        else:
            waiting.go_round(tx)
        event.silent = event.silent and not (end.failed and program.caller == NOBODY)
        self._finish(event, task, program, end)

    @staticmethod
    def _await(event: Event, action: actions.Await) -> None:
        """Another task still performs what this one has asked it to."""
        event.action = action
        store(event.transaction, event.task, event.asking(action.delegate))
        waiting.retire(event.transaction)

    def _delegate(self, event: Event, action: actions.Delegate) -> None:
        """``as REF …``: another task performs a program, and the caller waits for its end."""
        tx, task = event.transaction, event.task
        try:
            target = puppets.addressed(tx, task, action.ref)
        except KernelError as error:
            self._answer(event, action, Failure(error.errno, error.reason))
            return
        if target == task:
            self._answer(event, action, actions.Yourself())
            return
        event.cool(target)
        puppets.lend(tx, target, replace(action.program, caller=task))
        own = tx.get(Puppet, task)
        tx.put(task, replace(own, program=event.asking(replace(action, performer=target))))
        waiting.retire(tx)

    def _switch(self, event: Event, action: actions.Switch) -> None:
        """``as REF`` alone: the prompt goes to that task."""
        tx = event.transaction
        try:
            target = puppets.addressed(tx, event.task, action.ref)
        except KernelError as error:
            self._answer(event, action, Failure(error.errno, error.reason))
            return
        tx.put(0, replace(tx.get(Director, 0), actor=target))
        self._answer(event, action, 0)


def _debated(
    tx: Transaction, action: actions.SetPolicy | actions.SetProfile | actions.ShowPolicies
) -> object:
    """The answer to *action*, which takes a position or asks for those that are taken."""
    try:
        match action:
            case actions.SetPolicy(name, value):
                policies.set_policy(tx, name, value)
            case actions.SetProfile(name):
                policies.set_profile(tx, name)
            case actions.ShowPolicies(name):
                return policies.table(tx, name)
    except KernelError as error:
        return Failure(error.errno, error.reason)
    return 0
