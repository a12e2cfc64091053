"""The pid table of one container or pid namespace."""

from collections.abc import Hashable, Sequence

from nsh.machine.ids import NOBODY, SpaceId, TaskId
from nsh.machine.pids import PidSpace, SpaceKind
from nsh.machine.tasks import Task
from nsh.tui.cells import Line
from nsh.tui.paint import Paint
from nsh.tui.panes import common
from nsh.tui.panes.tasks import TaskRows
from nsh.tui.scene import Scene
from nsh.views import ids, order
from nsh.views.selection import Sort, Thing, a_task
from nsh.views.shared import with_host
from nsh.views.table import PidRow, PidTable, pid_table

NUMBER = 6
"""Cells of a column of pids."""
TTY = 9
"""Cells of the terminal's name, with a space on either side."""


class TablePane(TaskRows[PidRow]):
    """Who one container thinks exists: its own numbers first, then what others call the same."""

    MARKS = True
    HELP = (
        "The tasks that one container or pid namespace sees, by the numbers it knows them by "
        "(VPID). The columns after it are the same tasks' numbers in the spaces around it, KPID "
        "the machine's own. The selected task is marked in each table by its number there; where "
        "it is not visible, the last line says so: a call that names it there finds nobody."
    )

    def __init__(self, paint: Paint, *, id: str | None = None) -> None:
        super().__init__(paint, id=id)
        self.space: SpaceId | None = None
        """The one it shows; None while it is not in use."""
        self.missing = ""
        """What it says of one that this machine has not."""

    def look_at(self, space: SpaceId | None) -> None:
        """Show another space from the next scene on."""
        if space != self.space:
            self.space = space
            self._top = 0

    def show(self, scene: Scene, *, reveal: bool = False) -> None:
        self.missing = ""
        if self.space is not None and scene.machine.find(PidSpace, self.space) is None:
            self.space, self.missing = None, "not there"
        super().show(scene, reveal=reveal)

    def table(self, at: int, skip: int, count: int) -> PidTable | None:
        scene = self.scene
        if scene is None or self.space is None:
            return None
        among = None
        if not scene.roster.plain:
            record = scene.machine.get(PidSpace, self.space)
            anchor = TaskId(order.LAST) if at == order.LAST else record.task_of.get(at, NOBODY)
            args = (scene.machine, self.space, scene.marks, anchor, skip, count)
            among = scene.roster.window(*args)
        return pid_table(
            scene.machine,
            self.space,
            selected=scene.selected,
            at=at,
            skip=skip,
            count=count,
            marks=scene.marks,
            among=among,
        )

    def window(self, at: int, skip: int, count: int) -> Sequence[PidRow]:
        table = self.table(at, skip, count)
        return () if table is None else table.rows

    def last(self) -> int:
        return order.LAST

    def key_of(self, row: PidRow) -> int:
        return row.vpid

    def thing_of(self, row: PidRow) -> Thing:
        return a_task(row.task)

    def key_for(self, thing: Thing) -> int | None:
        if self.scene is None or self.space is None or thing.sort is not Sort.TASK:
            return None
        task = TaskId(thing.key)
        whom = self.scene.machine.find(Task, task) or self.scene.marks.departed.get(task)
        if whom is None or not common.wanted(self.scene, self.space, task):
            return None
        return ids.number(self.scene.machine, whom, self.space) or None

    def titles(self) -> tuple[str, str]:
        if self.scene is None or self.space is None:
            return self.missing, ""
        space = self.scene.machine.get(PidSpace, self.space)
        kind = "container" if space.kind is SpaceKind.CONTAINER else "pid namespace"
        name = f"{space.name} ({space.number})" if space.name else str(space.number)
        note = "" if space.adding else ", its init is dead"
        if common_kinds := with_host(self.scene.machine, space.init):
            kinds = " ".join(common_kinds)
            if len(kinds) > self.size.width - 25:
                kinds = common.plural(len(common_kinds), "namespace")
            note += f"  {self.paint.glyph('shared')} host's {kinds}"
        return f"{kind} {name}", common.counted(self.scene, self.space) + note

    def _outer(self, width: int) -> tuple[int, ...]:
        """The levels around, innermost first, whose numbers there is room for; the root always."""
        assert self.scene is not None
        assert self.space is not None
        level = self.scene.machine.get(PidSpace, self.space).level
        room = max(1, (width - 2 - NUMBER - 4 - 8) // NUMBER)
        return (*range(level - 1, 0, -1),)[: room - 1] + ((0,) if level else ())

    def _tty(self, width: int) -> int:
        """Cells for the terminal's name, if that leaves room for the command's."""
        outer = len(self._outer(width)) if self.space is not None and self.scene else 1
        return TTY if width - 2 - NUMBER * (1 + outer) - 1 - 3 - 8 >= TTY else 0

    def head(self, width: int) -> Line | None:
        style = self.paint.style("header")
        line = self.line().add("  ")
        if self.scene is None or self.space is None:
            return line
        space = self.scene.machine.get(PidSpace, self.space)
        line.column("VPID" if space.level else "KPID", NUMBER, style, right=True)
        for level in self._outer(width):
            name = "KPID" if level == 0 else ids.cid(self.scene.machine, space.path[level])
            line.add(" ").column(name, NUMBER - 1, style, right=True)
        tty = self._tty(width)
        line.add(" ").column("S", 3, style)
        line.column("COMMAND", width - line.width - tty, style)
        return line.add(" ").column("TTY", tty - 1, style) if tty else line

    def foot(self, width: int) -> Line | None:
        """What is not visible here, if the selection is not."""
        if self.scene is None or self.space is None:
            return None
        line = self.line()
        hidden = self.hidden(self.space)
        if not hidden:
            return line
        paint = self.paint
        dim = paint.style("invisible")
        line.add(" ").add(" ")
        line.column(paint.glyph("invisible"), NUMBER, dim, right=True)
        whom = self.scene.machine.find(Task, self.scene.selected)
        if whom is not None:
            line.column(common.number(whom.pids[0]), NUMBER, dim, right=True)
        return line.add(" ").column(hidden, width - line.width, dim)

    def besides(self, row: PidRow) -> Hashable:
        return self.space, self.scene is not None and row.task == self.scene.actor

    def draw(self, row: PidRow, line: Line, width: int) -> None:
        assert self.scene is not None
        paint = self.paint
        self.point(line, row)
        common.mark(line, paint, row.mark)
        line.column(common.number(row.vpid), NUMBER, paint.style("pid"), right=True)
        for level in self._outer(width):
            nr = common.number(row.pids[level])
            line.column(nr, NUMBER, paint.style("foreign_pid"), right=True)
        line.add(" ")
        common.state(line, paint, row.state)
        if row.state == "X":
            style = paint.style("dead")
        elif row.task == self.scene.actor:
            style = paint.style("actor")
        elif row.vpid == 1:
            style = paint.style("init")
        else:
            style = paint.style("thread") if row.thread else paint.style("comm")
        name = f"{{{row.comm}}}" if row.thread else row.comm
        if row.task == self.scene.actor:
            name += f" {paint.glyph('actor')}"
        tty = self._tty(width)
        self.named(line, name, style, self.related(row), width - line.width - tty)
        role = "console" if row.tty.endswith("console") else "pts"
        if tty:
            line.add(" ").column(row.tty, tty - 1, paint.style(role))
