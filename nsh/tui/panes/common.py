"""How panes draw what several of them show."""

from typing import Final

from nsh.machine.ids import SpaceId, TaskId
from nsh.machine.pids import PidSpace
from nsh.tui.cells import Line
from nsh.tui.paint import Paint
from nsh.tui.scene import Scene
from nsh.views.changes import Mark

STATES: Final = {
    "R": "running",
    "S": "sleeping",
    "D": "sleeping",
    "T": "stopped",
    "Z": "zombie",
    "X": "dead",
    "F": "frozen",
}
"""The role of each state letter."""

MARKS: Final = {Mark.ADDED: "added", Mark.REMOVED: "removed", Mark.CHANGED: "changed"}


def mark(line: Line, paint: Paint, mark: Mark | None) -> None:
    """One cell: what the last step did to the row."""
    if mark is None:
        line.add(" ")
    else:
        role = MARKS[mark]
        line.add(paint.glyph(role), paint.style(role))


def state(line: Line, paint: Paint, letter: str) -> None:
    """Three cells: the state's letter, and its glyph."""
    role = STATES.get(letter, "sleeping")
    line.add(letter, paint.style(role)).add(paint.glyph(role), paint.style(role)).add(" ")


def wanted(scene: Scene, space: SpaceId, task: TaskId) -> bool:
    """Whether *task* is among those that are asked for."""
    roster = scene.roster
    return roster.plain or roster.has(scene.machine, space, task, scene.marks)


def counted(scene: Scene, space: SpaceId) -> str:
    """How many tasks *space* has, and how many of them are shown if some only are asked for."""
    live = plural(scene.machine.get(PidSpace, space).live, "task")
    if not scene.roster.wanted:
        return live
    return f"{scene.roster.count(scene.machine, space, scene.marks):,} of {live}"


def number(nr: int) -> str:
    """A pid for a narrow column: thousands shortened where they would not fit."""
    return str(nr) if nr < 100_000 else f"{nr // 1000}k"


def unseen(paint: Paint) -> str:
    """In the place of the number of somebody whom the viewer does not see."""
    return paint.pick("·", ".")


def plural(count: int, noun: str) -> str:
    """``1 task``, ``2 tasks``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
