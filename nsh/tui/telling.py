"""A pane that says so where the selection has nothing in it."""

from typing import TypeVar

from nsh.tui.cells import Line
from nsh.tui.rows import Rows
from nsh.tui.scene import GONE, Scene

Row = TypeVar("Row")


class Telling(Rows[Row]):
    """The base of such panes: their last line tells, where nothing else lights up."""

    def nothing(self, scene: Scene) -> bool:
        """Whether nothing here has to do with the selection."""
        return False

    def none(self, scene: Scene) -> str:
        """How that is said of one that is there."""
        known = " that is known" if scene.observed else ""
        return f"{scene.called} has none here{known}"

    def foot(self, width: int) -> Line | None:
        """That the selection has nothing here, where it has not."""
        scene = self.scene
        if scene is None or not self.nothing(scene):
            return None
        return self.told(self.none(scene) if scene.there else GONE, width)

    def told(self, text: str, width: int) -> Line:
        """A line that is no row, behind the sign of what is not visible."""
        dim = self.paint.style("invisible")
        line = self.line().add(" ").add(self.paint.glyph("invisible"), dim).add(" ")
        return line.column(text, width - line.width, dim)
