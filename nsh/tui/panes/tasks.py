"""What the panes of tasks have in common."""

from typing import TypeVar

from rich.style import Style

from nsh.machine.ids import SpaceId
from nsh.machine.tasks import Task
from nsh.tui.cells import Line
from nsh.tui.rows import Rows
from nsh.views.selection import Sort, exists
from nsh.views.sight import visible

Row = TypeVar("Row")


class TaskRows(Rows[Row]):
    """A pane whose rows are tasks, through the eyes of some pid space."""

    def hidden(self, space: SpaceId) -> str:
        """What the selection is called, if it is there and out of sight of *space*."""
        scene = self.scene
        if scene is None or not exists(scene.machine, scene.thing):
            return ""
        if visible(scene.machine, scene.thing, space):
            return ""
        if scene.thing.sort is Sort.TASK:
            return scene.machine.get(Task, scene.thing.key).comm
        return scene.called

    def named(self, line: Line, name: str, style: Style, related: str, width: int) -> None:
        """The name of a task, and what it has to do with the selection if there is room."""
        told = f"  {related}" if related else ""
        if told and len(name) + len(told) <= width:
            line.add(name, style).column(told, width - len(name), self.paint.muted)
        else:
            line.column(name, width, style)
