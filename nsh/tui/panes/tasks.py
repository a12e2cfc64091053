"""What the panes of tasks have in common."""

from typing import TypeVar

from rich.style import Style

from nsh.machine.ids import SpaceId
from nsh.machine.tasks import Task
from nsh.tui.cells import Line
from nsh.tui.rows import Rows
from nsh.tui.scene import GONE
from nsh.views.sight import visible

Row = TypeVar("Row")


class TaskRows(Rows[Row]):
    """A pane whose rows are tasks, through the eyes of some pid space."""

    def hidden(self, space: SpaceId) -> str:
        """That the selection is out of sight of *space*, or not there at all; "": it is neither."""
        scene = self.scene
        if scene is None or visible(scene.machine, scene.thing, space):
            return ""
        if not scene.there:  # a task that has gone has its row once more
            return GONE if self.key_for(scene.thing) is None else ""
        task = scene.machine.find(Task, scene.selected)
        return f"{scene.called if task is None else task.comm} not visible"

    def named(self, line: Line, name: str, style: Style, related: str, width: int) -> None:
        """The name of a task, and what it has to do with the selection if there is room."""
        told = f"  {related}" if related else ""
        if told and len(name) + len(told) <= width:
            line.add(name, style).column(told, width - len(name), self.paint.muted)
        else:
            line.column(name, width, style)
