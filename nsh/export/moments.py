"""The tables of a play: for each moment that shows something, what the panes would say, as data.

Everything in it is text that nothing obeys, numbers, and the keys that join the rows about one
task.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from msgspec.structs import replace

from nsh.abi.request import Blocked
from nsh.emulator.keeping import Screens
from nsh.export.film import FIRST, LAST, LONGEST, UNSEEN, heading
from nsh.export.measure import Pace
from nsh.machine import screens as written
from nsh.machine.ids import NOBODY
from nsh.machine.pids import PidSpace, SpaceKind
from nsh.machine.record import Record
from nsh.machine.tasks import Task
from nsh.machine.terminals import Terminal
from nsh.machine.value import Machine
from nsh.performance import bad_end
from nsh.session import trace
from nsh.session.history import Step
from nsh.session.session import Session
from nsh.tui.cells import clean
from nsh.tui.player import Player
from nsh.tui.story import begun
from nsh.views import ids
from nsh.views.boundary import Passage, boundary
from nsh.views.changes import Mark, Marks
from nsh.views.consoles import sitting_at
from nsh.views.containers import SpaceRow, containers
from nsh.views.devpts import devpts
from nsh.views.screens import screen_view
from nsh.views.table import pid_table
from nsh.views.tree import process_tree
from nsh.views.whose import Whose

ROWS: Final = 200
"""Rows of a table that are shown."""
CALLS: Final = 40
"""System calls of a moment that are, the last ones."""
CONSOLES: Final = 4
"""Terminals whose screens are."""
SCREEN: Final = (12, 80)
"""Rows and columns of a screen."""


class Row(Record):
    """A row of a table."""

    cells: tuple[str, ...]
    task: int = 0
    """Whom it is about; 0: nobody."""
    mark: str = ""
    """``+``, ``-``, ``~``: it came, went or changed since the moment before."""
    depth: int = 0
    """Generations below the first, where a cell is to be indented."""


class Table(Record):
    """What one pane says."""

    kind: str
    """``tasks``, ``space``, ``devpts``, ``calls``."""
    name: str
    """What it is of: the container's name, say."""
    caption: str
    head: tuple[str, ...]
    rows: tuple[Row, ...]
    more: int = 0
    """Rows that are left out."""


class Screen(Record):
    """What somebody sees who sits at a terminal."""

    name: str
    owner: str
    lines: tuple[str, ...]


class Moment(Record):
    """One moment of a play."""

    position: int
    """The step of the history."""
    duration: int
    """Milliseconds."""
    prompt: str
    """Who acts, as the prompt says it."""
    commands: tuple[str, ...]
    """The statements that began since the moment before."""
    chapter: int
    """Its number, from 1; 0 before the first."""
    tables: tuple[Table, ...]
    screens: tuple[Screen, ...]
    output: tuple[str, ...]
    """What has been printed since the moment before."""
    failure: str
    """What nsh has to say about a statement that failed here."""


class Play(Record):
    """A whole play."""

    title: str
    profile: str
    last: int
    """The position of the last step."""
    chapters: tuple[tuple[str, str], ...]
    """Of each its heading and its narration."""
    moments: tuple[Moment, ...]
    failed: bool


def play(session: Session, title: str, pace: Pace) -> Play:
    """The moments of what *session* has loaded."""
    player = Player(session)
    player.rehearse()
    eye = _Eye(player)
    found = [eye.moment(0, pace.milliseconds(FIRST))]
    before = 0
    while len(found) < LONGEST and player.tick(UNSEEN):
        found.append(eye.moment(before, pace.milliseconds(player.pause() * 1000)))
        before = player.position
    longest = max(found[-1].duration, pace.milliseconds(LAST))
    found[-1] = replace(found[-1], duration=longest)
    history, story = player.history, player.story
    told = [history[position].narration for position in story.chapters]
    return Play(
        clean(title),
        player.profile.removeprefix("profile "),
        len(history) - 1,
        tuple((heading(text), text) for text in told),
        tuple(found),
        any(step.failed for step in history) or bad_end(session),
    )


class _Eye:
    """Looks at the moments of one play."""

    def __init__(self, player: Player) -> None:
        self._player = player
        self._screens = Screens()
        self._whose = Whose()

    def moment(self, before: int, duration: int) -> Moment:
        player = self._player
        position, machine = player.position, player.machine
        steps = player.history[before : position + 1]
        failed = [step.message for step in steps[1:] if step.failed and step.message]
        return Moment(
            position,
            duration,
            clean(player.session.prompt()),
            tuple(_lines(command) for command in begun(steps)),
            player.story.chapter(position),
            tuple(self._tables(machine, player.marks, steps)),
            tuple(self._terminals(machine)),
            tuple(self._printed(before, position)),
            "\n".join(map(_lines, failed)),
        )

    def _tables(self, machine: Machine, marks: Marks, steps: Sequence[Step]) -> Iterator[Table]:
        yield _tasks(machine, marks)
        for space in containers(machine):
            if space.level:
                yield _space(machine, space, marks)
        yield self._devpts(machine)
        calls = [
            (before.machine, step) for before, step in pairwise(steps) if step.request is not None
        ]
        shown = tuple(_call(before, step) for before, step in calls[-CALLS:])
        head = ("WHO", "CALL", "ANSWER", "TRANSLATED")
        yield Table("calls", "", "", head, shown, len(calls) - len(shown))

    def _devpts(self, machine: Machine) -> Table:
        head = ("INSTANCE", "PTS", "OWNER", "SID", "FG")
        rows = tuple(
            Row(
                (
                    clean(row.instance),
                    "-" if row.index < 0 else str(row.index),
                    clean(row.owner),
                    _number(row.session),
                    _number(row.foreground),
                ),
                row.leader,
            )
            for row in devpts(machine, count=ROWS, whose=self._whose)
        )
        return Table("devpts", "", "", head, rows)

    def _terminals(self, machine: Machine) -> Iterator[Screen]:
        found = 0
        for key in sitting_at(machine, machine.count(Terminal)):
            terminal = machine.get(Terminal, key)
            if not terminal.printed.written or found == CONSOLES:
                continue
            view = screen_view(machine, key, self._screens, self._whose, *SCREEN)
            if view is not None:
                found += 1
                lines = tuple(map(clean, written.texts(view.screen)))
                yield Screen(clean(view.name), clean(view.owner), lines)

    def _printed(self, before: int, position: int) -> Iterator[str]:
        """What was printed after *before*; a line that was not ended then comes whole."""
        story = self._player.story
        start = max(0, story.output_length(before) - 1)
        old = story.output(before, start, 1)
        count = story.output_length(position) - start
        lines = story.output(position, start, count)
        fresh = lines[1:] if old == lines[:1] else lines
        yield from (clean(line.text) for line in fresh)


def _tasks(machine: Machine, marks: Marks) -> Table:
    found = process_tree(machine, count=ROWS + 1, marks=marks)
    rows = tuple(
        Row(
            (str(row.number), _name(row.comm, row.thread), row.state, clean(row.cid)),
            row.task,
            _mark(row.mark),
            row.depth,
        )
        for row in found[:ROWS]
    )
    more = max(0, machine.count(Task) - len(rows)) if len(found) > ROWS else 0
    return Table("tasks", "", "", ("KPID", "TASK", "S", "CID"), rows, more)


def _space(machine: Machine, space: SpaceRow, marks: Marks) -> Table:
    table = pid_table(machine, space.space, count=ROWS, marks=marks)
    outer = machine.get(PidSpace, space.space).path[1:-1]
    around = [f"IN {clean(ids.cid(machine, one))}" for one in reversed(outer)]
    rows = tuple(
        Row(
            (
                *(str(number) for number in reversed(row.pids[: space.level + 1])),
                row.state,
                _name(row.comm, row.thread),
                clean(row.tty),
            ),
            row.task,
            _mark(row.mark),
        )
        for row in table.rows
    )
    kind = "container" if space.kind is SpaceKind.CONTAINER else "pid namespace"
    name = f"{space.name} ({space.number})" if space.name else str(space.number)
    note = "" if space.adding else ", its init is dead"
    return Table(
        "space",
        clean(space.cid),
        clean(f"{kind} {name}{note}"),
        ("VPID", *around, "KPID", "S", "COMMAND", "TTY"),
        rows,
        max(0, table.live - len(rows)),
    )


def _call(before: Machine, step: Step) -> Row:
    assert step.request is not None
    machine = before if before.find(Task, step.task) is not None else step.machine
    task = machine.find(Task, step.task)
    who = f"{ids.reference(machine, step.task)} {'' if task is None else task.comm}"
    call = f"{trace.name(step.request)}({trace.arguments(step.request)})"
    if step.failure is not None:
        answer = f"-1 {step.failure.errno.name}: {step.failure.reason}"
    elif isinstance(step.reply, Blocked):
        answer = "blocked"
    else:
        answer = trace.answer(step.reply)
    passages = [
        one
        for one in boundary(step.machine, step.crossings)
        if one.number != one.kpid or one.task == NOBODY
    ]
    cells = (who, call, answer, ", ".join(map(_passage, passages)))
    return Row(tuple(map(clean, cells)), step.task, "!" if step.failure is not None else "")


def _passage(one: Passage) -> str:
    own = f"{one.cid}:{one.number}"
    kernel = f"kpid {one.kpid}" if one.kpid else "nobody"
    return f"{own} → {kernel}" if one.inward else f"{kernel} → {own}"


def _lines(text: str) -> str:
    return "\n".join(map(clean, text.splitlines()))


def _name(comm: str, thread: bool) -> str:
    return f"{{{clean(comm)}}}" if thread else clean(comm)


def _mark(mark: Mark | None) -> str:
    return "" if mark is None else mark.value


def _number(number: int) -> str:
    return str(number) if number else "·"
