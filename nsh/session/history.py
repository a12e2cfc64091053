"""What happened: one step after the other, each with the machine it led to."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec.structs import replace

from nsh.abi.request import Failure, Request
from nsh.lang.actions import Action, Expected, Finished
from nsh.machine.crossing import Crossing
from nsh.machine.ids import NOBODY, TaskId
from nsh.machine.program import Site
from nsh.machine.record import Record
from nsh.machine.value import Change, Machine, Transaction

if TYPE_CHECKING:
    from nsh.session.statements import Pending


_CALLS: Final = 4
"""From how many places a failure is told to have been called, of those nearest to it."""


def broken_off(trail: Sequence[Site], what: str) -> str:
    """That by a failure at *trail* *what* ends, and from where it was called."""
    inner, *calls = trail
    ends = f"{_at(inner)}: {what}, for nothing tests whether this fails: {inner.text}"
    return f"{ends}\n{called(calls)}".rstrip()


def called(calls: Sequence[Site]) -> str:
    """From where something was called, a line for each: the nearest, and the outermost."""
    left_out = max(len(calls) - _CALLS - 1, 0)
    lines = [f"{_at(site)}: called here: {site.text}\n" for site in calls]
    if left_out:
        lines[_CALLS:-1] = [f"… {left_out} more\n"]
    return "".join(lines)


def _at(site: Site) -> str:
    return f"{site.name}:{site.line}" if site.line else site.name


class Output(msgspec.Struct, frozen=True, gc=False):
    """What a step wrote on one terminal."""

    terminal: int
    fd: int
    """2 for an error, else 1."""
    data: bytes

    @property
    def text(self) -> str:
        """The data as text; what is no UTF-8 becomes replacement characters."""
        return self.data.decode("utf-8", "replace")


class Place(msgspec.Struct, frozen=True, gc=False):
    """Where in what was typed a statement stands."""

    name: str = ""
    line: int = 0
    text: str = ""
    narration: str = ""
    """The Markdown of the ``#:`` lines in front of it."""
    notes: str = ""
    """What a passage of narration says to the presenter alone; see nsh.session.notes."""
    pause: bool = False
    """A passage behind which the play waits."""


NOWHERE: Final = Place()


class Step(msgspec.Struct, eq=False, gc=False):
    """One step: usually one system call of one task.

    ``machine`` is the machine after the step; the one before is the previous step's.
    """

    number: int
    """Counts from 0, the boot."""
    machine: Machine
    task: TaskId = NOBODY
    """Who acted."""
    place: Place = NOWHERE
    """The statement that was being performed by whoever has the prompt."""
    request: Request | None = None
    reply: object = None
    output: tuple[Output, ...] = ()
    message: str = ""
    """What nsh itself has to say: a failed expectation, a traced call, why it gave up."""
    action: Action | None = None
    """What the puppeteer was asked, where it was no system call (see nsh.lang.actions)."""
    cursor: int = 0
    """How many statements of the script have begun."""
    failed: bool = False
    """A statement failed here: untested, unexpected, or given up."""
    typed: bytes = b""
    """What the person at the terminal typed, if that was the step."""
    transaction: Transaction | None = None
    """What the step wrote and translated; None for one that is nobody's."""

    @property
    def silent(self) -> bool:
        """Whether nobody hears of it: no output, no message, no failure, no verdict."""
        verdict = type(self.action) is Expected
        return not (self.output or self.message or self.failed or verdict)

    def broke_off(self, text: str) -> str:
        """Where the script *text* came to its end, if a command has failed here that nothing tested
        and that has told why by itself; "" as well where that is all of the script."""
        alone = self.place.text.strip() == text.strip() and "\n" not in text.strip()
        if not self.failed or self.message or alone:
            return ""
        return broken_off(self.trail, "the script ends here")

    @property
    def trail(self) -> tuple[Site, ...]:
        """Where the statement failed, if it did by itself, and from where that was called, the
        innermost first."""
        place, action = self.place, self.action
        line, more, _ = place.text.partition("\n")
        whole = Site(place.name, place.line, line + " …" * bool(more))
        found = action.trail if isinstance(action, Finished) else ()
        if place.name.startswith("<"):  # typed: each statement counts its own lines
            found = (*(replace(site, line=0) for site in found[:-1]), whole)
        return found or (whole,)

    @property
    def where(self) -> str:
        """``FILE:LINE`` of what failed here, or was expected."""
        site, place = self.trail[0], self.place
        if isinstance(self.action, Expected) and self.action.site.name == place.name:
            site = self.action.site
        return f"{site.name}:{site.line or place.line}"

    @property
    def alarm(self) -> str:
        """What went wrong here, for who watches a play: of a command alone it tells itself."""
        if not self.failed:
            return ""
        return self.message or (self.broke_off("") if self.place.line > 1 else "")

    @property
    def failure(self) -> Failure | None:
        """The errno and its reason, if the system call failed."""
        return self.reply if isinstance(self.reply, Failure) else None

    @property
    def narration(self) -> str:
        """The narration in front of the statement."""
        return self.place.narration

    @property
    def crossings(self) -> tuple[Crossing, ...]:
        """The ids that were translated at the boundary, in order."""
        if self.transaction is None:
            return ()
        return tuple(c for c in self.transaction.crossings if isinstance(c, Crossing))

    def changes(self) -> list[Change]:
        """The rows that the step wrote."""
        return [] if self.transaction is None else self.transaction.changes()


class Timeline(Record):
    """A whole history with all that a session needs to go on from any moment of it."""

    history: tuple[Step, ...]
    position: int
    cursor: int
    script: tuple["Pending", ...]
    place: Place


def statement_end(history: Sequence[Step], position: int) -> int:
    """Where the statement ends that is under way at *position*, or else the next one.

    There is a step behind *position*.
    """
    cursor = max(history[position].cursor, history[position + 1].cursor)
    while position < len(history) - 1 and history[position + 1].cursor == cursor:
        position += 1
    return position


def statement_start(history: Sequence[Step], position: int) -> int:
    """Where the statement that is looked at at *position* had not begun yet."""
    cursor = history[position].cursor
    while position and history[position].cursor == cursor:
        position -= 1
    return position
