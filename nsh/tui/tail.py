"""A pane whose rows are only ever added at the end."""

from collections.abc import Sequence
from typing import TypeVar

from nsh.tui.scene import Scene
from nsh.tui.telling import Telling

Row = TypeVar("Row")


class Tail(Telling[Row]):
    """Rows that are only ever added at the end, which stays in sight.  Their anchors count
    from 1."""

    def length(self) -> int:
        """How many rows there are at the scene's position."""
        raise NotImplementedError

    def slice(self, start: int, count: int) -> Sequence[Row]:
        """Rows *start* (from 0) … *start* + *count*."""
        raise NotImplementedError

    def window(self, at: int, skip: int, count: int) -> Sequence[Row]:
        start = min(max(at - 1, 0) + skip, self.length() - count)
        return self.slice(max(0, start), count)

    def last(self) -> int:
        return self.length()

    def show(self, scene: Scene, *, reveal: bool = False) -> None:
        self.scene = scene
        self.to_end()
        self.repaint()

    def to_end(self) -> None:
        """Bring the end in sight."""
        self._top = max(1, self.length() - self.room + 1)

    def unfold(self) -> None:
        self.to_end()
        super().unfold()

    def action_move(self, rows: int) -> None:
        self.scroll(rows)

    def action_first(self) -> None:
        self.action_move(-self.length())

    def action_last(self) -> None:
        self.action_move(self.length())
