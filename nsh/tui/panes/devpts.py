"""The instances of devpts, and who sits at the pseudo terminals in them."""

from collections.abc import Hashable, Sequence

from textual import events

from nsh.machine.ids import NO_TERMINAL
from nsh.machine.tasks import Task
from nsh.tui.cells import Line
from nsh.tui.panes import common
from nsh.tui.panes.cursor import CursorRows
from nsh.tui.panes.evidence import SIGNS
from nsh.tui.panes.screen import ScreenPane
from nsh.views import order
from nsh.views.changes import Mark
from nsh.views.devpts import devpts, place
from nsh.views.devpts_rows import PtsRow
from nsh.views.selection import Sort, Thing

WIDE = 52
"""Columns from which on there is one for paths."""
OPEN = 5
"""Cells for who has it open."""


class DevptsPane(CursorRows[PtsRow]):
    """One slave a line, instance by instance; an instance without any has a line too."""

    MARGIN = True
    HELP = (
        "Every instance of devpts: the container in whose mount namespace it was first mounted, "
        "and its pseudo terminals by index, with the leader of the session at each, that session "
        "and the foreground group, by the viewer's numbers (`·`: not visible there). OPEN: how "
        "often the slave is open, and `+m` that its master is, too; once it is selected whoever "
        "has it open is marked. An index that two instances have is two terminals. MOUNTED ON, and "
        "the line below, tell by which paths the viewer's first task gets there. Enter shows one "
        "large, Esc goes back. Over a real machine the line below tells who has which end open, "
        "and `~` in front of an owner that which instance a session's terminal is in was "
        "concluded: its number does not say."
    )

    SORT = Sort.TERMINAL

    def window(self, at: int, skip: int, count: int) -> Sequence[PtsRow]:
        scene = self.scene
        if scene is None:
            return ()
        return devpts(scene.machine, scene.viewer, at=at, skip=skip, count=count, whose=scene.whose)

    def last(self) -> int:
        return order.LAST

    def key_of(self, row: PtsRow) -> int:
        return row.key

    def thing_of(self, row: PtsRow) -> Thing | None:
        return None if row.terminal == NO_TERMINAL else Thing(Sort.TERMINAL, row.terminal)

    def key_for(self, thing: Thing) -> int | None:
        scene = self.scene
        return (
            None
            if scene is None or thing.sort is not Sort.TERMINAL
            else place(scene.machine, thing.key)
        )

    def beside(self, thing: Thing) -> int | None:
        if self.scene is None or thing.sort is not Sort.TASK:
            return None
        task = self.scene.machine.find(Task, thing.key)
        leader = None if task is None else self.scene.machine.find(Task, task.leader)
        return None if leader is None else self.key_for(Thing(Sort.TERMINAL, leader.tty))

    def called(self, row: PtsRow) -> Hashable:
        return row.instance, row.index

    def said(self, row: PtsRow) -> Hashable:
        return (
            *(row.where, row.mounts, row.owner, row.session, row.foreground, row.uid),
            *(row.opens, row.master),
        )

    def titles(self) -> tuple[str, str]:
        chosen = next((row for row in self.rows if self.chosen(row)), None)
        row = chosen or next(iter(self.rows), None)
        if row is None:
            return "devpts", ""
        return "devpts", "  ".join([f"{row.instance} {_places(row)}", *row.held])

    def head(self, width: int) -> Line | None:
        style = self.paint.style("header")
        line = self.line().add("  ").column("INSTANCE", _instance(width), style)
        if room := _mounted(width):
            line.add(" ").column("MOUNTED ON", room, style)
        line.add(" ").column("PTS", 4, style, right=True).add("  ")
        line.column("OWNER", max(0, width - line.width - 12 - OPEN), style)
        line.column("OPEN", OPEN, style, right=True)
        return line.column("SID", 6, style, right=True).column("FG", 6, style, right=True)

    def changed(self, row: PtsRow) -> Mark | None:
        return None if self.scene is None else self.scene.marks.rows.get(row.terminal)

    def besides(self, row: PtsRow) -> Hashable:
        return ()

    def draw(self, row: PtsRow, line: Line, width: int) -> None:
        paint = self.paint
        self.margin(line, row)
        line.column(row.instance if row.first else "", _instance(width), paint.style("container"))
        if room := _mounted(width):
            where = ", ".join(row.where) or paint.pick("·", ".")
            line.add(" ").column(where if row.first else "", room, paint.muted)
        if row.index < 0:
            line.add(" ").column("?" if row.evidence else "-", 4, paint.muted, right=True)
            return
        line.add(" ").column(str(row.index), 4, paint.style("pts"), right=True).add(" ")
        line.add(SIGNS[row.evidence], paint.muted)
        owner = row.owner or "nobody"
        style = paint.style("comm") if row.owner else paint.muted
        line.column(owner, max(0, width - line.width - 12 - OPEN), style)
        opened = f"{row.opens}{'+m' if row.master else ''}"
        line.column(opened, OPEN, paint.style("foreign_pid"), right=True)
        for number in (row.session, row.foreground):
            unseen = "·" if row.owner and not paint.ascii_only else "." if row.owner else "-"
            text = common.number(number) if number else unseen
            line.column(text, 6, paint.style("pid") if number else paint.muted, right=True)

    def on_click(self, event: events.Click) -> None:
        if event.chain == 2 and event.get_content_offset(self) is not None:  # the first has chosen
            self.action_enter()

    def action_enter(self) -> None:
        for row in self.window(self.cursor, 0, 1):
            if row.terminal != NO_TERMINAL and self.scene and not self.scene.observed:
                self.post_message(ScreenPane.Wanted(row.terminal))


def _instance(width: int) -> int:
    """Cells for the name of an instance."""
    return max(8, min(16, width // 5))


def _mounted(width: int) -> int:
    """Cells for the paths; none where it is narrow."""
    return 0 if width < WIDE else min(32, width // 5)


def _places(row: PtsRow) -> str:
    """Where the viewer finds the instance, in words."""
    if row.where:
        return f"on {', '.join(row.where)}"
    times = "once" if row.mounts == 1 else f"{row.mounts} times"
    return f"mounted {times}, out of sight" if row.mounts else "mounted nowhere"
