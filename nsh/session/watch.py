"""Watching a machine that nobody here runs: a history of looks instead of steps."""

from typing import Final

from nsh.machine.pids import PidSpace
from nsh.machine.record import Record
from nsh.machine.tasks import Task
from nsh.machine.value import Change, Machine
from nsh.session.history import Step
from nsh.session.reel import Reel
from nsh.session.result import Result
from nsh.views.changes import between

KEPT: Final = 300
"""Looks that can be gone back to."""

_SHOWN: Final[tuple[type[Record], ...]] = (Task, PidSpace)
"""The tables whose changes anybody is told of."""


class Look(Step, eq=False, gc=False):
    """The machine at one moment, and what differs from the look before."""

    before: Machine | None = None
    """The machine at the look before; let go once they have been compared."""
    found: list[Change] | None = None

    def changes(self) -> list[Change]:
        """The rows of tasks and pid spaces that differ.  O(those tables), once."""
        if self.found is None:
            before = self.before
            self.found = [] if before is None else between(before, self.machine, _SHOWN)
            self.before = None
        return self.found


class Watch(Reel):
    """A history of looks; what comes next is what :meth:`take` was given."""

    def __init__(self, machine: Machine) -> None:
        super().__init__([Look(0, machine)])

    def take(self, machine: Machine) -> None:
        """Add a look.  Whoever looks at the last moment sees it; whoever looks back, does not."""
        last = self.history[-1]
        present = self.position == len(self.history) - 1
        self.history.append(Look(last.number + 1, machine, before=last.machine))
        if present:
            self.position += 1
        if len(self.history) > KEPT:
            del self.history[0]
            self.position = max(0, self.position - 1)

    def prompt(self) -> str:
        """Nobody acts."""
        return ""

    def next_statement(self) -> Result:
        """Go on to the next look."""
        step = self.forward()
        return Result([] if step is None else [step], 0)

    def previous_statement(self) -> Step:
        """Go back to the look before."""
        return self.back() or self.step
