"""A pane that is held against the same pane of another machine: marks, and rows at one height."""

from typing import TYPE_CHECKING, Any, NamedTuple

from textual.strip import Strip

from nsh.tui.cells import Line
from nsh.tui.panes.common import MARKS
from nsh.views.changes import Mark, against

if TYPE_CHECKING:
    from nsh.tui.rows import Rows
    from nsh.views.pairs import Pairs

MOST = 500
"""Rows of the other pane among which a row is looked for by what it is called."""


class Against(NamedTuple):
    """What a pane's rows are held against."""

    pane: "Rows[Any]"
    """The other one, which shows its own machine."""
    pairs: "Pairs"
    alone: Mark
    """The mark of a row that the other has not."""

    def mark(self, pane: "Rows[Any]", row: Any) -> Mark | None:
        """Whether the other pane has *row* of *pane*, and whether it says the same there."""
        if pane.MARKS:
            return None
        found = self._twin(pane, row)
        there = None if found is None else self.pane.said(found)
        return against(pane.said(row), there, self.alone)

    def _twin(self, pane: "Rows[Any]", row: Any) -> Any:
        """The row of the other pane that is *row* of *pane*; None if it has none."""
        other, called = self.pane, pane.called(row)
        if self.pairs.parted is not None:
            rows = other.window(0, 0, MOST)
        else:
            rows = other.window(pane.key_of(row), 0, 1)
        return next((one for one in rows if other.called(one) == called), None)

    def height(self, pane: "Rows[Any]") -> int | None:
        """The anchor at the top of *pane* with which a row that both have, the selected one if it
        is among them, stands as high as in the other; None if no row in sight there is in both."""
        other = self.pane
        places = sorted(enumerate(other.rows), key=lambda place: not other.chosen(place[1]))
        for y, row in places:
            key = self._key(pane, row)
            rows = () if key is None else pane.window(key, -y, pane.room)
            if rows and any(pane.key_of(one) == key for one in rows):
                return pane.key_of(rows[0])
        return None

    def _key(self, pane: "Rows[Any]", row: Any) -> int | None:
        """The anchor in *pane* of a *row* of the other."""
        if not pane.MARKS:
            return self.pane.key_of(row)
        if pane.scene is None or self.pane.scene is None:
            return None
        thing, there = self.pane.thing_of(row), self.pane.scene.machine
        return None if thing is None else pane.key_for(self.pairs.thing(thing, there))


def marked(line: Line, pane: "Rows[Any]", mark: Mark | None, strip: Strip) -> Strip:
    """*strip* with a margin in front of it, which is *line*."""
    if mark is None:
        line.add(" ")
    else:
        line.add(pane.paint.glyph(MARKS[mark]), pane.paint.style(MARKS[mark]))
    return Strip.join([line.strip(1), strip])
