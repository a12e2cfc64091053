"""What the last step changed, row by row."""

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING

from nsh.session import trace
from nsh.tui.cells import Line
from nsh.tui.panes import common
from nsh.tui.panes.cursor import CursorRows
from nsh.tui.scene import Scene
from nsh.views import order
from nsh.views.changes import NO_MARKS, Mark, Marks, thing_of
from nsh.views.selection import Thing

if TYPE_CHECKING:
    from nsh.session.difference import Told

Numbered = tuple[int, "Told"]


class ChangesPane(CursorRows[Numbered]):
    """One row of one table a line."""

    HELP = (
        "What the last step changed in the machine, or the statement that is done: `+` came, `-` "
        "went, `~` is different, field by field. Tasks are first, then the rest by kind. What is "
        "about a task, a terminal, a namespace or an ipc object can be selected. Nothing is told "
        "of what only the kernel's own bookkeeping notices: whose turn it is, how often something "
        "is used."
    )
    _marks: Marks = NO_MARKS
    _all: Sequence[Numbered] = ()

    def _changes(self) -> Sequence[Numbered]:
        scene = self.scene
        if scene is None:
            return ()
        marks = scene.marks
        if marks is not self._marks:
            from nsh.session.difference import written  # noqa: PLC0415  # once somebody looks

            before = scene.history[max(0, scene.position - marks.steps)].machine
            told = written(before, scene.machine, marks.written, scene.actor)
            self._marks, self._all = marks, list(enumerate(told, 1))
        return self._all

    def window(self, at: int, skip: int, count: int) -> Sequence[Numbered]:
        found = self._changes()
        first = len(found) - 1 if at == order.LAST else max(at - 1, 0)
        start = min(first + skip, len(found) - count)
        return found[max(0, start) : max(0, start) + count]

    def last(self) -> int:
        return order.LAST

    def key_of(self, row: Numbered) -> int:
        return row[0]

    def thing_of(self, row: Numbered) -> Thing | None:
        return thing_of(row[1].change)

    def key_for(self, thing: Thing) -> int | None:
        return next((key for key, told in self._changes() if thing_of(told.change) == thing), None)

    def titles(self) -> tuple[str, str]:
        found = self._changes()
        if self.scene is None:
            return "changes", ""
        step = self.scene.history[self.scene.position]
        asked = "" if step.request is None else f"{trace.name(step.request)}: "
        return "changes", asked + common.plural(len(found), "row")

    def foot(self, width: int) -> Line | None:
        if self._changes():
            return super().foot(width)
        return self.told("nothing that a person would notice", width)

    def nothing(self, scene: Scene) -> bool:
        if not scene.picked:
            return False
        things = (thing_of(told.change) for _, told in self._changes())
        about = (thing for thing in things if thing is not None)
        return not any(scene.related.any_among(one.sort, [one.key]) for one in about)

    def none(self, scene: Scene) -> str:
        return f"nothing of {scene.called}"

    def besides(self, row: Numbered) -> Hashable:
        return ()

    def draw(self, row: Numbered, line: Line, width: int) -> None:
        sign, text = row[1].line[0], row[1].line[2:]
        self.point(line, row)
        common.mark(line, self.paint, Mark(sign))
        line.add(" ")
        name, _, told = text.partition(": ")
        style = self.paint.style("comm")
        line.column(name, min(len(name), max(0, width - line.width)), style)
        if told and width - line.width > 2:
            line.add("  ").column(told, width - line.width, self.paint.muted)
