"""The process tree, through the eyes of one pid space."""

from collections.abc import Hashable, Sequence

from nsh.machine.ids import NOBODY, TaskId
from nsh.machine.pids import PidSpace
from nsh.machine.tasks import Task
from nsh.tui.cells import Line
from nsh.tui.panes import common
from nsh.tui.panes.tasks import TaskRows
from nsh.views import ids, order
from nsh.views.selection import Sort, Thing, a_task
from nsh.views.tree import TreeRow, indent, process_tree, task_rows

STEP = 3
"""Cells that a generation is indented by,"""
NAME = 8
"""and that are left for a name behind the deepest."""


class TreePane(TaskRows[TreeRow]):
    """Who exists, and who is whose child."""

    MARKS = True
    HELP = (
        "Every task that the viewer sees, under its parent. The number is the pid *the viewer* "
        "knows it by; CID says in which container or pid namespace the task itself lives. A task "
        "whose parent the viewer does not see stands at the margin: `getppid()` is 0 there. "
        "Where there is no room left, the indentation begins anew behind a number that says how "
        "deep the task is. `v` looks through other eyes."
    )

    def window(self, at: int, skip: int, count: int) -> Sequence[TreeRow]:
        scene = self.scene
        if scene is None:
            return ()
        if not scene.roster.plain:
            anchor = TaskId(at) if at else NOBODY
            found = scene.roster.window(
                scene.machine, scene.viewer, scene.marks, anchor, skip, count
            )
            return task_rows(scene.machine, found, scene.viewer, marks=scene.marks)
        return process_tree(
            scene.machine,
            scene.viewer,
            at=TaskId(at),
            skip=skip,
            count=count,
            marks=scene.marks,
        )

    def last(self) -> int:
        return order.LAST

    def key_of(self, row: TreeRow) -> int:
        return row.task

    def thing_of(self, row: TreeRow) -> Thing:
        return a_task(row.task)

    def key_for(self, thing: Thing) -> int | None:
        if self.scene is None or thing.sort is not Sort.TASK:
            return None
        task = TaskId(thing.key)
        whom = self.scene.machine.find(Task, task) or self.scene.marks.departed.get(task)
        if whom is None or not ids.number(self.scene.machine, whom, self.scene.viewer):
            return None
        return task if common.wanted(self.scene, self.scene.viewer, task) else None

    def titles(self) -> tuple[str, str]:
        if self.scene is None:
            return "tasks", ""
        machine, viewer = self.scene.machine, self.scene.viewer
        space = machine.get(PidSpace, viewer)
        eyes = "the machine" if space.level == 0 else ids.cid(machine, viewer)
        below = common.counted(self.scene, viewer)
        if not self.scene.roster.plain:
            of = f" of {eyes}" if space.level else ""
            return f"tasks{of} {self.scene.roster.told}", below
        return f"tasks as {eyes} sees them", below

    def _columns(self, width: int) -> tuple[int, int]:
        """The widths of TREE and CID."""
        cid = 8 if width >= 38 else 6
        return max(8, width - 2 - 6 - 1 - 3 - cid), cid

    def head(self, width: int) -> Line | None:
        tree, cid = self._columns(width)
        style = self.paint.style("header")
        line = self.line()
        inner = self.scene is not None and self.scene.viewer != ids.root(self.scene.machine)
        name = "PID" if inner else "KPID"
        line.add("  ").column(name, 6, style, right=True).add(" ")
        return line.column("TREE", tree, style).column("S", 3, style).column("CID", cid, style)

    def foot(self, width: int) -> Line | None:
        """What is not visible to the viewer, if the selection is not; the root sees all tasks."""
        scene = self.scene
        if scene is None:
            return None
        hidden = self.hidden(scene.viewer)
        if not hidden and scene.viewer == ids.root(scene.machine):
            return None
        line = self.line()
        if hidden:
            dim = self.paint.style("invisible")
            line.add("  ").column(self.paint.glyph("invisible"), 6, dim, right=True).add(" ")
            line.column(hidden, width - line.width, dim)
        return line

    def besides(self, row: TreeRow) -> Hashable:
        return self.scene is not None and row.task == self.scene.actor

    def draw(self, row: TreeRow, line: Line, width: int) -> None:
        assert self.scene is not None
        paint = self.paint
        tree, cid = self._columns(width)
        self.point(line, row)
        common.mark(line, paint, row.mark)
        line.column(common.number(row.number), 6, paint.style("pid"), right=True).add(" ")
        guides = self._guides(row, tree)
        line.add(guides, paint.style("guide"))
        self._comm(row, line, tree - len(guides) - 1)
        line.add(" ")
        common.state(line, paint, row.state)
        inner = row.cid != "0"
        line.column(row.cid, cid, paint.style("container") if inner else paint.muted)

    def _guides(self, row: TreeRow, width: int) -> str:
        """The lines to a row's name; of one that is too deep for them, behind how deep it is."""
        pick = self.paint.pick
        room = width - NAME
        cut, rails = indent(row, max(1, room // STEP), max(1, (room - STEP) // STEP))
        if not rails:
            return ""
        lead = f"{row.depth:>{STEP - 1}}{pick('┄', ':')}" if cut else ""
        passing = "".join(pick("│  ", "|  ") if rail else "   " for rail in rails[:-1])
        return lead + passing + (pick("├─ ", "|- ") if rails[-1] else pick("└─ ", "`- "))

    def _comm(self, row: TreeRow, line: Line, width: int) -> None:
        assert self.scene is not None
        paint = self.paint
        acting = row.task == self.scene.actor
        if row.state == "X":
            style = paint.style("dead")
        elif acting:
            style = paint.style("actor")
        elif row.number == 1:
            style = paint.style("init")
        else:
            style = paint.style("thread") if row.thread else paint.style("comm")
        name = f"{{{row.comm}}}" if row.thread else row.comm
        if acting:
            name += f" {paint.glyph('actor')}"
        if row.label and row.label != row.comm and len(name) + len(row.label) + 3 <= width:
            line.add(name, style).column(f" ({row.label})", width - len(name), paint.muted)
        else:
            self.named(line, name, style, self.related(row), width)
