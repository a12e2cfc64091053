"""A script's pace: statement by statement, within a budget of steps, to its end or its first
failure.

What sessions on both kernels have in common, whoever has the machine: that of
:mod:`nsh.session.session` keeps it, that of :mod:`nsh.session.real.session` only asks it.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final, Protocol

from nsh._modules import late
from nsh.abi.request import Request
from nsh.lang import actions
from nsh.machine.ids import NOBODY, TaskId
from nsh.machine.program import DIRECTOR
from nsh.machine.value import Machine
from nsh.session.history import NOWHERE, Output, Step, broken_off
from nsh.session.result import Result

if TYPE_CHECKING:
    from nsh.session import statements
else:
    late(globals(), "nsh.session", "statements")

MAX_STEPS: Final = 1_000_000
"""Default budget of a run, in steps; a loop that asks nothing pays for its instructions."""
SETTLE: Final = 1_000
"""What the programs behind may spend between two statements, in steps."""
GIVEN_UP: Final = "given up: "
"""How the message of a step begins in which a statement was given up."""
GRACE: Final = 200
"""Steps in which a statement may end after ^C before it is given up."""


class Done(Protocol):
    """What one step of either engine did."""

    request: Request | None
    reply: object
    action: actions.Action | None
    output: tuple[Output, ...]
    ended: actions.Finished | None
    cost: int

    @property
    def caller(self) -> TaskId:
        """Who had the program perform what it does."""
        ...


class Pacing(ABC):
    """A script that plays on some kernel.

    ``keep`` is whether every step is remembered; without it only the last is.  ``keep_going``: a
    failed expectation does not stop the script.  ``max_steps`` bounds the whole run, and each time
    what somebody types.
    ``attended``: somebody sits at the terminal, so that a statement which reads it is not given
    up; it goes on once they have typed something.
    """

    def __init__(self, *, keep: bool, keep_going: bool, max_steps: int, attended: bool) -> None:
        self._keep = keep
        self._keep_going = keep_going
        self._attended = attended
        self._left = self._max_steps = max_steps
        self._script: list[statements.Pending] = []
        self._cursor = 0
        self._place = NOWHERE
        self._stopped = False
        self._told = -1
        """The cursor of the statement that SIGINT was sent for, since when nothing was typed."""
        self._passes = False
        """Nobody hears of silent steps, unless they ask for each."""
        self._look_anew()

    # ---- what either kernel's session knows

    @property
    @abstractmethod
    def step(self) -> Step:
        """The last step, or the one that is looked at."""

    @property
    @abstractmethod
    def busy(self) -> bool:
        """Whether a statement is under way."""

    @property
    @abstractmethod
    def status(self) -> int:
        """``$?``."""

    @property
    @abstractmethod
    def halted(self) -> str:
        """The kernel's last words, if the machine has stopped for good; else ""."""

    @abstractmethod
    def record(self, step: Step) -> Step:
        """Add a step to the history."""

    @abstractmethod
    def _advance(self, quietly: bool = False) -> Step | None:
        """The script's next step; None if there is none.

        ``quietly``: of a statement's steps, the next that anybody hears of, or one far on.
        """

    @abstractmethod
    def _idle(self) -> bool:
        """No statement is under way, and the programs behind have had their share."""

    @abstractmethod
    def _performs(self, done: Any) -> bool:
        """Whether the program that took the step performs the statement, or a part of it."""

    @abstractmethod
    def _waits(self, done: Any) -> bool:
        """Whether after the step the statement waits for others, and nobody for time to pass."""

    @abstractmethod
    def _why_stuck(self, done: Any) -> str:
        """Who performs the statement, and what for it waits, in words."""

    def _branch(self) -> None:  # noqa: B027  # where time goes one way there is none to forget
        """The present is about to be changed."""

    @abstractmethod
    def _wants_person(self) -> bool:
        """Whether the statement can do nothing, and somebody waits for what the person types."""

    # ---- the person's turn

    def _look_anew(self) -> None:
        """Something has come from outside, or a statement begins: nothing is known of it yet."""
        self._spent = SETTLE
        self._waited = self._theirs = False

    @property
    def _due(self) -> bool:
        """Whether it is to be found out whose turn it is."""
        return self._attended and self._spent >= SETTLE

    def _persons_turn(self) -> bool:
        """Whether all rests until the person types, though programs behind could go on for ever:
        they have had their share while the statement waited for that."""
        if self._due and not self._theirs:
            self._spent = 0
            waited, self._waited = self._waited, self._wants_person()
            self._theirs = waited and self._waited
        return self._attended and self._theirs

    # ---- a script

    @property
    def finished(self) -> bool:
        """Whether nothing is left to be done."""
        if self._stopped or self.halted:
            return True
        return self._cursor >= len(self._script) and self._idle()

    def untried(self, tried: set[int]) -> int:
        """How many expectations stand in what was not performed, but for those *tried*: by where
        they begin in the script."""
        from nsh.session import untried  # noqa: PLC0415  # few ask

        under = self._script[self._cursor - 1] if self._cursor else None
        return untried.count(under, self._script[self._cursor :], tried)

    def load(self, text: str, name: str = "-c") -> None:
        """Have *text* performed behind all that is still to be done.

        Raises :class:`~nsh.lang.diagnostics.SyntaxProblem`; then nothing of it will be.
        """
        found = statements.pending(text, name)
        self._branch()
        self._script += found
        self._stopped = False

    def run(self, text: str = "", name: str = "-c") -> Result:
        """Perform *text*, and what was loaded before it, to the end."""
        self.load(text, name)
        return self._until(lambda: False)

    def next_statement(self) -> Result:
        """Go on to the end of the statement that is under way, or else of the next one."""
        end = self._cursor if self.busy else self._cursor + 1
        return self._until(lambda: self._cursor >= end and self._idle())

    def _until(self, done: Callable[[], bool]) -> Result:
        return Result(list(self._steps(done)), self.status)

    def _steps(self, done: Callable[[], bool], *, each: bool = False) -> Iterator[Step]:
        """Steps until *done*: with *each* none is passed over, even where none is kept."""
        quietly = self._passes and not each
        while not done():
            step = self._advance(quietly)
            if step is None:
                break
            yield step

    def _following(self) -> "statements.Pending | None":
        """The statement that is to begin now; None if none is left."""
        if self._cursor >= len(self._script):
            return None
        following = self._script[self._cursor]
        self._cursor += 1
        self._place = following.place
        return following

    # ---- its steps

    def _step(
        self, machine: Machine, message: str = "", *, failed: bool = False, passed: int = 1
    ) -> Step:
        """A step that is nobody's, or stands for so many that are *passed*."""
        number = self.step.number + passed
        return Step(
            number, machine, place=self._place, message=message, cursor=self._cursor, failed=failed
        )

    def _breaks_off(self, done: Done) -> bool:
        """Whether it was an expectation that does not hold, and ends the statement."""
        action = done.action
        return type(action) is actions.Expected and not action.ok and not self._keep_going

    @staticmethod
    def _ended_behind(done: Done, name: Callable[[], str]) -> str:
        """That a program which nobody waits for has come to its end by a failure; *name* tells
        whose."""
        end = done.action
        alone = done.request is None and done.caller == NOBODY
        if not (alone and isinstance(end, actions.Finished) and end.trail):
            return ""
        who = name()
        return broken_off(end.trail, f"{who}'s program ends here, and {who} waits to be told")

    def _concluded(
        self, done: Done, machine: Machine, task: TaskId, message: str, passed: int = 0
    ) -> Step:
        """Make a step of what the engine did after so many that are *passed*, and draw the
        conclusions for the script.  *message* is what nsh itself has to say, if all is well."""
        action, ended = done.action, done.ended
        failed = ended is not None and ended.failed
        if type(action) is actions.Expected and not action.ok:
            message = f"expect failed: {action.text}\n{action.detail}".rstrip()
            failed = True
        step = Step(
            self.step.number + passed + 1,
            machine,
            task,
            self._place,
            done.request,
            done.reply,
            done.output,
            message,
            action,
            self._cursor,
            failed,
        )
        self.record(step)
        if failed and not (self._keep_going and ended is None):
            self._stopped = True
        return step

    # ---- its budget

    def _pay(self, done: Done) -> None:
        """Charge the budget for a step.

        A program behind pays by the step, or one that spins would use up what the script may
        spend.  But while the statement waits for nothing but programs behind they pay for their
        instructions, as it would itself: else one that spins would have it wait for minutes.
        """
        cost = done.cost
        self._spent += cost
        if cost > 1 and not self._performs(done) and not self._waits(done):
            cost = 1
        self._left -= cost

    def _charge(self, steps: int) -> None:
        """Charge the budget for so many steps that nobody looked at."""
        self._left -= steps
        self._spent += steps

    def _overspent(self, done: Done) -> str:
        """Why the statement is to be given up, if the budget is spent, which is then renewed."""
        if self._left > 0:
            return ""
        self._left = self._max_steps
        reason = f"{self._max_steps} steps are spent (--max-steps raises the budget)"
        if done.cost > 1 and done.caller != DIRECTOR and self._waits(done):
            reason = f"{self._why_stuck(done)}, a program behind computes on and on, and {reason}"
        return reason
