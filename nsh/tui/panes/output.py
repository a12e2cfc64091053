"""What the tasks wrote, as it stood at this moment."""

from collections.abc import Hashable, Iterator, Sequence
from typing import Final, NamedTuple

from rich.cells import cell_len, chop_cells

from nsh.tui.cells import Line, clean
from nsh.tui.rows import TOP
from nsh.tui.scene import Scene
from nsh.tui.story import LINE_KEPT, Written
from nsh.tui.tail import Tail
from nsh.views import order
from nsh.views.selection import NOTHING, Sort, a_task

PLACES: Final = 2 * LINE_KEPT
"""Rows that a line could have: more than characters, one a row."""


class Piece(NamedTuple):
    """As much of a line as fits in a row."""

    key: int
    written: Written
    text: str
    begins: bool
    """Of the line it is the first."""


class OutputPane(Tail[Piece]):
    """The output up to now.  It grows at the end; going back in time takes its end away again."""

    HELP = (
        "What the tasks wrote on their terminal. Lines written to descriptor 2, where errors go, "
        "have a bar in front; a line that is longer than the pane is wide goes on in the next row, "
        "behind a `…`. Those that the selected task wrote, or that stand on the selected terminal, "
        "are marked. Control characters are shown, never obeyed."
    )

    def length(self) -> int:
        return 0 if self.scene is None else self.scene.story.output_length(self.scene.position)

    def window(self, at: int, skip: int, count: int) -> Sequence[Piece]:
        """Of a line that is partly in sight only what is."""
        lines = self.length()
        if not lines:
            return ()
        line, place = divmod(at, PLACES)
        pieces = self._pieces(min(line, lines - 1) if at != order.LAST else lines - 1)
        here = len(pieces) - 1 if at == order.LAST or line >= lines else min(place, len(pieces) - 1)
        key = pieces[here].key
        return order.window([pieces[here]], self._up(key), self._down(key), skip, count)

    def _pieces(self, line: int) -> list[Piece]:
        """The rows of a line, which is counted from 0."""
        scene, width = self.scene, max(1, self.inside.width - 1)
        if scene is None:
            return []
        (written,) = scene.story.output(scene.position, line, 1)
        text = clean(written.text)
        parts = [text] if cell_len(text) <= width else chop_cells(text, width)
        first = line * PLACES
        return [Piece(first + n, written, part, not n) for n, part in enumerate(parts)]

    def _up(self, key: int) -> Iterator[Piece]:
        """The rows before that of *key*, the nearest first."""
        line, place = divmod(key, PLACES)
        yield from reversed(self._pieces(line)[:place])
        for before in range(line - 1, -1, -1):
            yield from reversed(self._pieces(before))

    def _down(self, key: int) -> Iterator[Piece]:
        """Those after it."""
        line, place = divmod(key, PLACES)
        yield from self._pieces(line)[place + 1 :]
        for after in range(line + 1, self.length()):
            yield from self._pieces(after)

    def last(self) -> int:
        return order.LAST

    def key_of(self, row: Piece) -> int:
        return row.key

    def related(self, row: Piece) -> str:
        """The selected task wrote it, or it was written on the selected terminal."""
        thing = self.scene.thing if self.scene is not None and self.scene.picked else NOTHING
        if thing.sort is Sort.TERMINAL:
            return "written on it" if row.written.terminal == thing.key else ""
        return "its own" if thing == a_task(row.written.task) != NOTHING else ""

    def nothing(self, scene: Scene) -> bool:
        if not scene.picked:
            return False
        here = scene.thing.sort in (Sort.TASK, Sort.TERMINAL)
        return not (here and scene.story.has_output(scene.position, scene.thing.key))

    def none(self, scene: Scene) -> str:
        if scene.thing.sort is Sort.TERMINAL:
            return f"nothing was written on {scene.called}"
        return f"{scene.called} has written nothing"

    def chosen(self, row: Piece) -> bool:
        return False

    def to_end(self) -> None:
        rows = self.window(order.LAST, 0, self.room) if self.room else ()
        self._top = rows[0].key if rows else TOP

    def titles(self) -> tuple[str, str]:
        return "output", ""

    def besides(self, row: Piece) -> Hashable:
        return ()

    def draw(self, row: Piece, line: Line, width: int) -> None:
        paint = self.paint
        style = paint.style("stderr") if row.written.fd == 2 else None
        if not row.begins:
            line.add(paint.more, style or paint.muted)
        elif self.related(row):
            self.point(line, row)
        else:
            line.add(" " if style is None else paint.glyph("stderr"), style)
        line.column(row.text, width - 1, style)
