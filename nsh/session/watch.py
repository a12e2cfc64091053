"""Watching a machine that nobody here runs: a history of looks instead of steps."""

from typing import Final

from nsh.machine.pids import PidSpace
from nsh.machine.record import Record
from nsh.machine.tasks import Task
from nsh.machine.value import Change, Machine
from nsh.session.history import Step
from nsh.session.result import Result
from nsh.session.session import Session

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
            self.found = [] if self.before is None else _differences(self.before, self.machine)
            self.before = None
        return self.found


def _differences(before: Machine, after: Machine) -> list[Change]:
    found = []
    for kind in _SHOWN:
        old, new = before.rows(kind), after.rows(kind)
        for key, record in new.items():
            was = old.get(key)
            if was is not record and was != record:
                found.append(Change(kind, key, was, record))
        found += [Change(kind, key, record, None) for key, record in old.items() if key not in new]
    return sorted(found, key=lambda change: (change.kind.__name__, change.key))


class Watch(Session):
    """A session in which nothing can be done but look.

    Moments are gone through as in any session; what comes next is what :meth:`take` was given.
    """

    def __init__(self, machine: Machine) -> None:
        super().__init__(machine=machine)
        self.history = [Look(0, machine)]

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

    @property
    def finished(self) -> bool:
        """Whether nothing newer has been seen."""
        return self.position == len(self.history) - 1

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

    def _advance(self, quietly: bool = False) -> Step | None:
        del quietly
        return None
