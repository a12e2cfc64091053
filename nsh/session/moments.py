"""A run whose machines are kept: the moment that is looked at, and the way to others."""

from typing import TYPE_CHECKING

from nsh._modules import late
from nsh.machine.ids import TaskId
from nsh.machine.program import Director
from nsh.machine.settings import Halted
from nsh.machine.value import Machine
from nsh.session.history import Step, Timeline, statement_end, statement_start
from nsh.session.naming import prompt
from nsh.session.pacing import Pacing
from nsh.session.result import Result

if TYPE_CHECKING:
    from nsh.session import director, keyboard
else:
    late(globals(), "nsh.session", "director", "keyboard")


class Moments(Pacing):
    """A history of machines, the first being *start*, and a place in it.

    ``paranoid``: whatever is recorded is checked, and ``AssertionError`` says what does not hold.
    """

    def __init__(
        self,
        start: Machine,
        *,
        keep: bool,
        keep_going: bool,
        paranoid: bool,
        max_steps: int,
        attended: bool,
    ) -> None:
        super().__init__(keep=keep, keep_going=keep_going, max_steps=max_steps, attended=attended)
        self._paranoid = paranoid
        self.history: list[Step] = [Step(0, start)]
        """Every step so far, the boot first; only the last one if none is kept."""
        self.position = 0
        """Index in ``history`` of the moment that is looked at."""

    # ---- the moment that is looked at

    @property
    def machine(self) -> Machine:
        """The machine at that moment."""
        return self.history[self.position].machine

    @property
    def step(self) -> Step:
        """The step that led there."""
        return self.history[self.position]

    @property
    def digest(self) -> str:
        """The machine's digest: equal exactly when machines are."""
        from nsh.machine.digest import digest  # noqa: PLC0415  # few runs take one

        return digest(self.machine)

    @property
    def actor(self) -> TaskId:
        """Who performs what is typed."""
        return self.machine.get(Director, 0).actor

    @property
    def status(self) -> int:
        """``$?``."""
        return self.machine.get(Director, 0).scope.status

    @property
    def halted(self) -> str:
        """The kernel's last words, if the machine has stopped for good; else ""."""
        found = self.machine.find(Halted, 0)
        return "" if found is None else found.message

    @property
    def finished(self) -> bool:
        """Whether nothing is left to be done or to be gone through again."""
        return self.position == len(self.history) - 1 and super().finished

    @property
    def busy(self) -> bool:
        """Whether a statement is under way."""
        return self.machine.get(Director, 0).busy

    @property
    def reading(self) -> bool:
        """Whether somebody reads the terminal while a statement is under way."""
        return self.busy and keyboard.reader(self.machine) is not None

    def prompt(self) -> str:
        """``0:1 init # ``: who acts, and whether as root."""
        return prompt(self.machine)

    # ---- going through time

    def goto(self, position: int) -> Step:
        """Look at the moment after step *position*; ``IndexError`` if there is none."""
        if not 0 <= position < len(self.history):
            raise IndexError(f"there is no step {position}; the last is {len(self.history) - 1}")
        self.position = position
        return self.step

    def back(self) -> Step | None:
        """Look at the moment before; None at the boot."""
        return self.goto(self.position - 1) if self.position else None

    def next_statement(self) -> Result:
        """Go on to the end of the statement that is under way, or else of the next one."""
        if self.position == len(self.history) - 1:
            return super().next_statement()
        start, self.position = self.position, statement_end(self.history, self.position)
        return Result(self.history[start + 1 : self.position + 1], self.status)

    def previous_statement(self) -> Step:
        """Go back to where the statement that is looked at began, or else the one before it."""
        return self.goto(statement_start(self.history, self.position))

    def timeline(self) -> Timeline:
        """All that there is of this run, to come back to by :meth:`take_up`."""
        history, script = tuple(self.history), tuple(self._script)
        return Timeline(history, self.position, self._cursor, script, self._place)

    def take_up(self, timeline: Timeline) -> Step:
        """Be at the moment that *timeline* was looked at, with the history that it had."""
        self.history, self._script = list(timeline.history), list(timeline.script)
        self._cursor, self._place = timeline.cursor, timeline.place
        self._stopped, self._told = False, -1
        self._look_anew()
        return self.goto(timeline.position)

    # ---- the history

    def record(self, step: Step) -> Step:
        """Add a step to the history, at the moment that is looked at, and look at it."""
        if self.position < len(self.history) - 1:
            self._branch()
        if self._paranoid:
            director.check(step)
        if self._keep:
            self.history.append(step)
            self.position += 1
        else:
            self.history[0] = step
        return step

    def _branch(self) -> None:
        """The present is about to be changed: forget the future."""
        if self.position < len(self.history) - 1:
            del self.history[self.position + 1 :]
            self._cursor = self.step.cursor
            self._place = self.step.place
            self._stopped = False
            self._told = -1
            self._look_anew()
