"""A run: a machine, what was done to it, and what is still to be done.

This is the Python interface of nsh; the command line, the TUI and the tests use nothing else.
``nsh.boot()`` makes one.
"""

from collections.abc import Callable, Generator, Iterator
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Final

from nsh._modules import late
from nsh.abi.signals import Sig
from nsh.kernel import boot, loading, waiting
from nsh.machine.ids import NO_TERMINAL, TaskId, TerminalId
from nsh.machine.program import Director
from nsh.machine.tasks import Task
from nsh.machine.value import Machine, begin
from nsh.machine.waiting import RunQueue
from nsh.session.history import Step
from nsh.session.moments import Moments
from nsh.session.naming import named
from nsh.session.pacing import GIVEN_UP, GRACE, MAX_STEPS, SETTLE
from nsh.session.result import Result

if TYPE_CHECKING:
    from nsh.kernel import refs
    from nsh.session import director, engine, handle, keyboard, statements
    from nsh.session.event import Event, Hot
    from nsh.session.exploring.search import Search
    from nsh.userland import registry
else:  # a machine can be looked at without performing anything, which takes the language
    late(globals(), "nsh.kernel", "refs")
    late(globals(), "nsh.session", "director", "engine", "handle", "keyboard", "statements")
    late(globals(), "nsh.userland", "registry")

STRIDE: Final = 4096
"""Steps that may pass without anybody hearing of them, where none is kept."""


class Session(Moments):
    """A machine with its history, and a script that plays on it.

    ``machine`` is what to start from instead of a fresh boot.  ``paranoid``: the invariants are
    checked after every step, and ``AssertionError`` says which does not hold.  The other options
    are those of :class:`~nsh.session.pacing.Pacing`; see also ``awaiting``.

    Raises :class:`~nsh.abi.errno.KernelError` (EINVAL) if there is no such *profile*.
    """

    def __init__(
        self,
        profile: str = "all",
        *,
        machine: Machine | None = None,
        keep: bool = True,
        keep_going: bool = False,
        paranoid: bool = False,
        max_steps: int = MAX_STEPS,
        attended: bool = False,
    ) -> None:
        super().__init__(
            boot.boot(profile) if machine is None else machine,
            keep=keep,
            keep_going=keep_going,
            paranoid=paranoid,
            max_steps=max_steps,
            attended=attended,
        )
        self._passes = not (keep or paranoid)

    @cached_property
    def _engine(self) -> "engine.Engine":
        """Who performs programs; the language and the rest of the kernel come with it."""
        loading.load()
        return engine.Engine(registry.commands)

    def prepare(self) -> None:
        """Load what the first statement would wait for."""
        self._engine  # noqa: B018  # it is made once

    # ---- who is there

    @property
    def awaiting(self) -> bool:
        """Whether an attended session cannot go on before somebody has typed something."""
        if not self._attended or self.position < len(self.history) - 1 or not self.reading:
            return False
        rests = self._engine.idle(self.machine) and keyboard.awaited(self.machine)
        return rests or self._theirs

    def tasks(self) -> "list[handle.TaskHandle]":
        """Every task, oldest first."""
        return [handle.TaskHandle(self, TaskId(key)) for key, _task in self.machine.items(Task)]

    def task(self, ref: str | int = "init") -> "handle.TaskHandle":
        """The task that *ref* names to whoever acts: a label, ``cid:pid``, ``:pid`` or a pid.

        Raises :class:`~nsh.abi.errno.KernelError` (ESRCH).
        """
        return handle.TaskHandle(self, refs.find(begin(self.machine), self.actor, str(ref)))

    # ---- going on

    def forward(self) -> Step | None:
        """The next moment: the one that was, or else the script's next step; None at the end."""
        if self.position < len(self.history) - 1:
            return self.goto(self.position + 1)
        return self._advance()

    def heard(self) -> Step | None:
        """As :meth:`forward`, but where no step is kept it passes silent ones, and is faster.

        Of a long silence it replies one step in STRIDE, so that nobody waits for ever.
        """
        return self._advance(quietly=True) if self._passes else self.forward()

    def explore(
        self, text: str, name: str = "<prompt>", *, eager: bool = True, screen: bool = False
    ) -> "Search":
        """What would come of *text* from here, in every order that programs can take their steps
        in: a search that has gone through them.  Nothing is done; the options are those of
        :class:`~nsh.session.exploring.moves.Moves`.  Raises as :meth:`load`.
        """
        from nsh.session.exploring.search import Search  # noqa: PLC0415  # it makes sessions

        script = statements.pending(text, name)
        search = Search(script, self.machine, eager=eager, screen=screen)
        search.run()
        return search

    # ---- doing things

    def submit(self, text: str, name: str = "<prompt>") -> Result:
        """Perform what somebody typed, before anything that is still to be done.

        Raises as :meth:`load`.  A statement that is under way is finished first.  What reads
        the terminal is given up, for nobody can type meanwhile; see :meth:`performing`.
        """
        attended, self._attended = self._attended, False
        try:
            return Result(list(self.performing(text, name)), self.status)
        finally:
            self._attended = attended

    def performing(self, text: str, name: str = "<prompt>") -> Generator[Step, None, None]:
        """The steps of :meth:`submit`, each when it is asked for: so that a front end can do
        other things in between.  Nothing else may be asked of the session before the last, but
        :meth:`type` and :meth:`interrupt`.  While the session is ``awaiting`` what somebody types,
        the last step comes again and again.

        Closing the iterator gives up what is under way.  Raises as :meth:`load`.
        """
        return self._performing(statements.pending(text, name))

    def _performing(self, found: "list[statements.Pending]") -> Generator[Step, None, None]:
        self._branch()
        self._left = self._max_steps
        end = self._cursor
        try:
            yield from self._patiently(lambda: not self.busy)
            end = self._cursor + len(found)
            self._script[self._cursor : self._cursor] = found
            self._stopped = False
            yield from self._patiently(lambda: self._cursor >= end and self._idle())
        except GeneratorExit:
            if self.busy:
                self._give_up(self.machine, "interrupted")
            self._stopped = True
            raise
        finally:
            if self._stopped:  # what was typed has failed; the script behind it has not
                del self._script[self._cursor : end]
                self._stopped = False

    def type(self, data: bytes, terminal: TerminalId = NO_TERMINAL) -> Step:
        """Type *data* at *terminal*, else the acting task's controlling terminal, or the console:
        lines go to who reads them, and the keys of :mod:`nsh.session.keyboard` send their
        signals."""
        self._branch()
        self._look_anew()
        self._told = -1
        where = terminal if terminal != NO_TERMINAL else keyboard.terminal(self.machine)
        event = self._engine.typed(self.machine, where, data)
        event.machine = director.stirred(event.machine)
        step = self._took(event)
        step.typed = data
        return step

    def typing(self, data: bytes, terminal: TerminalId) -> Generator[Step, None, None]:
        """The steps of :meth:`type`, and those of whoever goes on by it: as of a statement that is
        :meth:`performing`, though nobody performs one."""
        yield self.type(data, terminal)
        yield from self._performing([])

    def interrupt(self) -> Result:
        """Type ^C, and give up the statement under way, with status 130, if SIGINT does not end it
        within a few steps: init, for one, is immune.  But if a program in the foreground handles,
        ignores or blocks SIGINT the statement goes on; only the second ^C gives it up, with nothing
        typed in between: an interactive shell is not left because two commands are interrupted."""
        if not self.busy:
            return Result([], self.status)
        steps: list[Step] = []
        if self._told != self._cursor:
            steps.append(self.type(keyboard.INTERRUPT))
            self._told = self._cursor
            steps += islice(self._steps(lambda: not self.busy, each=True), GRACE)
            if keyboard.heeded(self.machine, Sig.SIGINT):
                return Result(steps, self.status)
        if self.busy:
            steps.append(self._give_up(self.machine, "interrupted"))
        return Result(steps, self.status)

    def _patiently(self, done: Callable[[], bool]) -> Iterator[Step]:
        """As :meth:`_steps`, but it does not end where somebody has to type first."""
        yield from self._steps(done)
        while not done() and self.awaiting:
            yield self.step
            yield from self._steps(done)

    def _idle(self) -> bool:
        """No statement is under way, and the programs behind have had their share."""
        machine = self.machine
        state = machine.get(Director, 0)
        if state.busy:
            return False
        if state.settled >= SETTLE:
            return True
        if machine.find(RunQueue, 0) is None:  # as where nobody has performed anything yet
            return not waiting.overdue(begin(machine))
        return self._engine.idle(machine)

    def _advance(self, quietly: bool = False) -> Step | None:
        """The script's next step; None if there is none.

        ``quietly``: of a statement's steps, the next that anybody hears of, or at most STRIDE on.
        """
        if self._stopped:
            return None
        machine = self.history[self.position].machine
        state = machine.get(Director, 0)
        if not state.busy:
            if state.settled < SETTLE:
                event = self._engine.step(machine)
                if event is not None:
                    event.machine = director.settled(event.machine, event.cost)
                    return self._took(event)
            following = None if self.halted else self._following()
            if following is None:
                return None
            if following.code is None:
                return self.record(self._step(machine))
            machine = director.start(machine, following.code)
            self._look_anew()
        elif self._persons_turn():
            return None
        passed = 0
        hot: Hot = {}
        while True:
            if quietly:
                most = min(STRIDE - passed, self._left - 1)
                machine, count, event = self._engine.pass_over(machine, hot, most)
                passed += count
                self._charge(count)
            else:
                event = self._engine.step(machine)
            if event is not None:
                enough = passed == STRIDE or self._due or self._left <= event.cost
                aloud = not event.silent or enough
                if aloud or not quietly:
                    if hot:
                        event.machine = self._engine.cooled(event.machine, hot)
                    return self._took(event, passed)
                passed += 1
                machine = event.machine
                self._pay(event)
                continue
            if passed:
                return self.record(self._step(self._engine.cooled(machine, hot), passed=passed))
            if self.halted:
                return None
            if self._attended and keyboard.awaited(machine):
                if machine is not self.machine:  # time has passed, and nobody was woken by it
                    self.record(self._step(machine))
                return None
            later = director.pass_time(machine)
            if later is None:
                return self._give_up(machine, director.why_over(machine))
            machine = later

    def _took(self, event: "Event", passed: int = 0) -> Step:
        """Make a step of what the engine did after so many that are *passed*."""
        message = ""
        if event.traced and event.request is not None:
            from nsh.session import trace  # noqa: PLC0415  # few calls are traced

            message = trace.line(
                event.transaction.base, event.request, event.reply, event.crossings
            )
        machine = event.machine
        message = message or self._ended_behind(event, lambda: named(machine, event.task))
        if self._breaks_off(event):
            machine = director.give_up(machine, 1)
        self._pay(event)
        step = self._concluded(event, machine, event.task, message, passed)
        step.transaction = event.transaction
        reason = self._overspent(event)
        return self._give_up(machine, reason) if reason else step

    def _performs(self, event: "Event") -> bool:
        return director.performs(event.machine, event.task)

    def _waits(self, event: "Event") -> bool:
        if self._attended and keyboard.awaited(event.machine):
            return False
        return director.waits(event.machine)

    def _wants_person(self) -> bool:
        machine = self.machine
        return keyboard.reader(machine) is not None and director.stalls(machine)

    def _why_stuck(self, event: "Event") -> str:
        return director.why_stuck(event.machine)

    def _give_up(self, machine: Machine, reason: str) -> Step:
        self._stopped = True
        message = f"{GIVEN_UP}{reason}"
        return self.record(self._step(director.give_up(machine), message, failed=True))
