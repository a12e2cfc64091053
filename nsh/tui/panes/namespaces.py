"""The namespaces of an observed machine, of every kind, and who keeps them."""

from collections.abc import Sequence

from nsh.machine.ids import NOBODY, TaskId
from nsh.machine.observed import Evidence, Sighting
from nsh.machine.value import Machine
from nsh.tui.cells import Line
from nsh.tui.paint import Paint
from nsh.tui.panes import common
from nsh.tui.rows import Tail
from nsh.views.observed import NamespaceFact, namespace_facts

SIGNS = {Evidence.FACT: " ", Evidence.DERIVED: "~", Evidence.HIDDEN: "?"}
"""In front of a value, how it is known."""

Numbered = tuple[int, NamespaceFact]


class NamespacesPane(Tail[Numbered]):
    """One namespace a line; those of the selected task are marked."""

    HELP = (
        "Every namespace that was seen, by kind: how many tasks are in it, and for one that "
        "nobody is in, the open file or mount that keeps it. `▸` marks those of the selected "
        "task. `?` in front: parent or owner are hidden from you, `~`: they were concluded."
    )

    def __init__(self, paint: Paint, *, id: str | None = None) -> None:
        super().__init__(paint, id=id)
        self._machine: Machine | None = None
        self._rows: tuple[NamespaceFact, ...] = ()
        self._own: frozenset[int] = frozenset()

    def _found(self) -> tuple[NamespaceFact, ...]:
        scene = self.scene
        if scene is not None and scene.machine is not self._machine:
            self._machine = scene.machine
            self._rows = namespace_facts(scene.machine)
        if scene is not None:
            seen = scene.machine.find(Sighting, scene.selected)
            self._own = frozenset(() if seen is None else seen.namespaces.values())
        return self._rows

    def length(self) -> int:
        return len(self._found())

    def slice(self, start: int, count: int) -> Sequence[Numbered]:
        return list(enumerate(self._found(), 1))[start : start + count]

    def to_end(self) -> None:
        """Stay where somebody has scrolled to."""
        self._top = min(max(1, self._top), max(1, self.length() - self.room + 1))

    def key_of(self, row: Numbered) -> int:
        return row[0]

    def task_of(self, row: Numbered) -> TaskId:
        return row[1].task

    def chosen(self, row: Numbered) -> bool:
        return row[1].namespace in self._own

    def titles(self) -> tuple[str, str]:
        rows = self._found()
        empty = sum(not row.tasks for row in rows)
        return "namespaces", f"{common.plural(len(rows), 'namespace')}, {empty} without a task"

    def head(self, width: int) -> Line | None:
        style = self.paint.style("header")
        line = self.line().add("   ").column("KIND", 7, style).column("NUMBER", 11, style)
        line.column("TASKS", 6, style, right=True).add("  ")
        return line.column("FIRST, OR WHAT KEEPS IT", max(0, width - line.width), style)

    def draw(self, row: Numbered, line: Line, width: int) -> None:
        paint, fact = self.paint, row[1]
        common.pointer(line, paint, chosen=self.chosen(row))
        line.add(SIGNS[fact.evidence] + " ", paint.muted)
        line.column(fact.kind, 7, paint.style("container"))
        line.column(str(fact.inum) if fact.inum else "?", 11, paint.style("pid"))
        line.column(str(fact.tasks), 6, None if fact.tasks else paint.muted, right=True).add("  ")
        room = max(0, width - line.width)
        if fact.task != NOBODY:
            line.column(fact.comm, room, paint.style("comm"))
        else:
            line.column(fact.kept or "a namespace below it, or what it owns", room, paint.muted)
