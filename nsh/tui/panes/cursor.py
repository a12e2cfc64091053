"""A pane of things that may have several rows, or none to select: the arrows lead a cursor."""

from typing import TypeVar

from nsh.tui.paint import Paint
from nsh.tui.rows import TOP
from nsh.tui.scene import Scene
from nsh.tui.telling import Telling
from nsh.views.selection import Sort, Thing

Row = TypeVar("Row")


class CursorRows(Telling[Row]):
    """The base of such panes.  The cursor's row is selected if it is about something."""

    SORT: Sort | None = None
    """What its rows are about: where nothing of it has to do with the selection, that is said."""

    def __init__(self, paint: Paint, *, id: str | None = None) -> None:
        super().__init__(paint, id=id)
        self.cursor = TOP
        """The row that the arrows lead to, by its key."""
        self._about: Thing | None = None
        """What the cursor's row is about."""

    def beside(self, thing: Thing) -> int | None:
        """The anchor of a row that has to do with *thing*, where that has none of its own."""
        return None

    def show(self, scene: Scene, *, reveal: bool = False) -> None:
        before, self.scene = self.scene, scene
        moved = before is None or before.thing != scene.thing
        if moved and scene.thing != self._about:
            self.cursor = TOP
            self._about = None
        anchor = self.key_for(scene.thing)
        if self.cursor == TOP and anchor is not None:
            self.cursor, self._about = anchor, scene.thing
        if moved and reveal:
            self.unfold()
        self.repaint()

    def unfold(self) -> None:
        """The cursor stays in sight, or what has to do with the selection."""
        if self.scene is not None:
            self.bring(self.cursor if self.cursor != TOP else self.beside(self.scene.thing))

    def chosen(self, row: Row) -> bool:
        return self.key_of(row) == self.cursor

    def nothing(self, scene: Scene) -> bool:
        """Whether nothing here has to do with the selection."""
        return self.SORT is not None and not (scene.there and scene.related.any_of(self.SORT))

    def action_move(self, rows: int) -> None:
        """Lead the cursor to another row."""
        if self.cursor != TOP:
            self.pick(self.cursor, rows)
        elif self.rows:
            first = next((row for row in self.rows if self.related(row)), self.rows[0])
            self.pick(self.key_of(first))

    def pick(self, anchor: int, skip: int = 0) -> None:
        found = self.window(anchor, skip, 1)
        if not found:
            return
        self.cursor = self.key_of(found[0])
        self._about = self.thing_of(found[0])
        room = max(1, self.room)  # where there is none, there will be
        shown = self.window(self._top, 0, room)
        if all(not self.chosen(row) for row in shown):
            back = 1 - room if skip > 0 else 0
            self._top = self.key_of(self.window(self.cursor, back, room)[0])
        self.repaint()
        super().pick(self.cursor)
