"""A pane whose rows are no tasks: the arrows lead a cursor of its own."""

from typing import TypeVar

from nsh.machine.ids import TaskId
from nsh.tui.paint import Paint
from nsh.tui.rows import TOP, Rows
from nsh.tui.scene import Scene

Row = TypeVar("Row")


class CursorRows(Rows[Row]):
    """The base of such panes."""

    def __init__(self, paint: Paint, *, id: str | None = None) -> None:
        super().__init__(paint, id=id)
        self.cursor = TOP
        """The row that the arrows lead to, by its key."""

    def show(self, scene: Scene, *, reveal: bool = False) -> None:
        del reveal
        self.scene = scene
        self.repaint()

    def key_for(self, task: TaskId) -> int | None:
        return None

    def chosen(self, row: Row) -> bool:
        return self.key_of(row) == self.cursor

    def action_move(self, rows: int) -> None:
        """Lead the cursor to another row."""
        at = self.cursor if self.cursor != TOP else self.key_of(self.rows[0]) if self.rows else TOP
        self.pick(at, rows if self.cursor != TOP else 0)

    def pick(self, anchor: int, skip: int = 0) -> None:
        found = self.window(anchor, skip, 1)
        if not found:
            return
        self.cursor = self.key_of(found[0])
        shown = self.window(self._top, 0, self.room)
        if all(not self.chosen(row) for row in shown):
            back = -(self.room - 1) if skip > 0 else 0
            self._top = self.key_of(self.window(self.cursor, back, self.room)[0])
        self.repaint()
