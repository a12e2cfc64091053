"""Being somewhere in a session's history, and moving: what the keys for time ask for."""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from typing import Final

from nsh.lang.diagnostics import SyntaxProblem
from nsh.machine import Machine
from nsh.machine.ids import NO_TERMINAL, TerminalId
from nsh.machine.record import Record
from nsh.machine.settings import Settings
from nsh.machine.value import Change
from nsh.session.history import Step
from nsh.session.session import Session
from nsh.tui.story import Story
from nsh.views.changes import Marks, changes

SPEEDS: Final = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
"""How much faster than life, as ``<`` and ``>`` choose."""

MERGED: Final = 2_000
"""The longest move, in steps, of which all changes are marked; of a longer one the last's are."""

REHEARSED: Final = 5_000
"""Steps that are executed before anybody sees them, to know how long the play is."""

READING: Final = 0.28
"""Seconds a word of narration takes to read."""
BEAT: Final = 0.55
"""Seconds between two steps that show something, at speed 1."""


class Player:
    """Moves a session through time, and says what that looked like."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.story = Story()
        self.story.follow(session.history)
        self.marks = self._marks(self.position - 1)
        self.speed = SPEEDS.index(1.0)
        self._job: Iterator[object] | None = None
        self._seeks = False
        """What is under way is going to the end."""
        self._since = 0
        self._end: Step | None = None
        """The last step, once nothing more would come after it."""

    @property
    def position(self) -> int:
        """The step we are after; 0 is the boot."""
        return self.session.position

    @property
    def history(self) -> Sequence[Step]:
        """Every step there is, those ahead of us included."""
        return self.session.history

    @property
    def machine(self) -> Machine:
        """The machine at this moment."""
        return self.session.machine

    @property
    def step(self) -> Step:
        """The step that led here."""
        return self.history[self.position]

    @property
    def rate(self) -> float:
        """How fast it plays."""
        return SPEEDS[self.speed]

    @property
    def complete(self) -> bool:
        """Whether the whole play is known: no step would come after the last."""
        return self._end is self.history[-1]

    @property
    def at_end(self) -> bool:
        """Whether nothing more is to come."""
        return self.complete and self.position == len(self.history) - 1

    @property
    def profile(self) -> str:
        """Whose position the machine takes in the debates."""
        settings = self.machine.find(Settings, 0)
        return "profile all" if settings is None else f"profile {settings.profile}"

    def next_line(self) -> str:
        """The statement that the script performs next, "" if none is known."""
        return self.story.next_text(self.position)

    def faster(self, notches: int) -> None:
        """Change the speed."""
        self.speed = min(max(0, self.speed + notches), len(SPEEDS) - 1)

    # ---- moving

    def rehearse(self, steps: int = REHEARSED) -> None:
        """Run what is loaded to its end, *steps* at the most, and come back to where we were:
        the timeline then knows how long the play is."""
        start = self.position
        if self.session.finished:  # to try would load the language
            self._end, steps = self.history[-1], 0
        for _ in range(steps):
            if self._forward() is None:
                break
        self.session.goto(start)
        self._arrived(start - 1)

    def move(self, steps: int) -> bool:
        """Go so many steps on (or back, if negative), as far as there are any; whether we
        moved."""
        start = self.position
        if steps >= 0:
            for _ in range(steps):
                if self._forward() is None:
                    break
        else:
            self.session.goto(max(0, start + steps))
        return self._arrived(start)

    def seek(self, position: int) -> bool:
        """Go to a position, executing what lies before it if need be."""
        if position < len(self.history):
            start = self.position
            self.session.goto(max(0, position))
            return self._arrived(start)
        return self.move(position - self.position)

    def to_next_statement(self) -> bool:
        """Go to the end of the statement that is under way, or else of the next one: where all
        that it did is to be seen."""
        start = self.position
        self.session.next_statement()
        if self.position == len(self.history) - 1 and self.session.finished:
            self._end = self.history[-1]
        return self._arrived(start)

    def to_previous_statement(self) -> bool:
        """Go to where the statement that is looked at had not begun yet."""
        start = self.position
        self.session.previous_statement()
        return self._arrived(start)

    # ---- work that may take long, done a slice at a time

    @property
    def working(self) -> bool:
        """Whether something is under way that :meth:`work` has to go on with."""
        return self._job is not None

    def to_end(self, limit: int) -> None:
        """Begin to go to the last step, executing *limit* new ones at the most."""
        self._begin(self._to_end(limit))
        self._seeks = True

    def _to_end(self, limit: int) -> Iterator[object]:
        self.session.goto(len(self.history) - 1)
        for _ in range(limit):
            yield self._forward()
            if self.complete:
                break

    def submit(self, line: str) -> str:
        """Begin to have the acting task do what somebody typed; what comes after this moment is
        forgotten first.  Returns what is wrong with a line that cannot be understood."""
        try:
            steps = self.session.performing(line)
        except SyntaxProblem as problem:
            return str(problem)
        self._begin(steps)
        return ""

    def _begin(self, job: Iterator[object]) -> None:
        self._job, self._since, self._seeks = job, self.position, False

    def work(self, enough: Callable[[], bool]) -> bool:
        """Go on with what is under way until it is done, somebody has to type, or *enough* says
        so; False for the latter."""
        if self._job is None:
            return True
        for _ in self._job:
            if self.session.awaiting:
                self.look()
                return True
            if enough():
                return False
        self._finished()
        return True

    @property
    def reading(self) -> bool:
        """Whether what is typed now goes to a program that reads the terminal."""
        present = self.position == len(self.history) - 1
        return present and self.session.reading

    @property
    def under_way(self) -> bool:
        """Whether there is something for ^C to interrupt."""
        return self.working or self.session.awaiting

    def type(self, data: bytes, terminal: TerminalId = NO_TERMINAL) -> None:
        """Type *data* at the person's terminal, or at another one; then those go on who read it."""
        start = self.position
        if terminal == NO_TERMINAL or self.working:
            self.session.type(data, terminal)
            self._after_typing(start)
        else:
            self._begin(self.session.typing(data, terminal))

    def interrupt(self) -> bool:
        """Type ^C, or stop going to the end; whether the statement goes on nevertheless."""
        if self._seeks:
            if isinstance(self._job, Generator):
                self._job.close()
            self._finished()
            return False
        start = self.position
        self.session.interrupt()
        self._after_typing(start)
        return self.session.busy

    def _after_typing(self, start: int) -> None:
        """Go on with the script's statement, where it is that one which reads."""
        if not self.working:
            self._begin(self._rest_of_statement())
            self._since = start

    def _rest_of_statement(self) -> Iterator[object]:
        while self.session.busy and (step := self._forward()) is not None:
            yield step

    def _finished(self) -> None:
        self._job, self._seeks = None, False
        self._arrived(self._since)
        marks = self.marks
        self.rehearse()  # what is left of the script, now that it may have taken another way
        self.marks = marks

    def look(self) -> None:
        """Take in where we are while something is under way."""
        self._arrived(self._since)

    def tick(self, limit: int = 64) -> bool:
        """While playing: go on to the next step that shows something, *limit* steps at most."""
        start = self.position
        for _ in range(limit):
            step = self._forward()
            if step is None:
                break
            self.story.follow(self.history)
            if self._shows(step):
                break
        return self._arrived(start)

    @property
    def pauses(self) -> bool:
        """Whether the script wants the play to wait here."""
        return self.step.place.pause

    def pause(self) -> float:
        """Seconds to stay at this step while playing."""
        words = 0
        if self.story.opens_chapter(self.position):
            words = len(self.story.narration(self.position).split())
        return (BEAT + READING * words) / self.rate

    def _forward(self) -> Step | None:
        step = self.session.forward()
        if step is None:
            self._end = self.history[-1]
        return step

    def _shows(self, step: Step) -> bool:
        """Whether anybody would see a difference."""
        if step.output or step.message or step.failure is not None:
            return True
        if self.story.opens_chapter(self.position) or self.pauses:
            return True
        marks = changes(step.changes())
        return bool(marks.tasks) or bool(marks.spaces)

    def _arrived(self, start: int) -> bool:
        self.story.follow(self.history)
        self.marks = self._marks(start)
        return self.position != start

    def _marks(self, start: int) -> Marks:
        """What changed since *start*, if that lies behind us in the same statement, or since
        that began; else what the last step did."""
        last = self.position
        start = max(start, self.story.statement(last) - 1)
        if not 0 <= start < last or last - start > MERGED:
            start = last - 1
        return changes(merged(self.history[start + 1 : last + 1]), last - start)


def merged(steps: Iterable[Step]) -> list[Change]:
    """The changes of several steps as if they had been one."""
    rows: dict[tuple[type[Record], int], Change] = {}
    for step in steps:
        for change in step.changes():
            key = (change.kind, change.key)
            first = rows.get(key, change)
            rows[key] = Change(change.kind, change.key, first.before, change.after)
    return [change for change in rows.values() if change.before != change.after]
