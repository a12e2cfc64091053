"""One line of a display: a cell for every column."""

from collections.abc import Iterable

from nsh.machine.screens import PLAIN, Row, Run, Style

BLANK = " "
COMBINING = 8
"""Characters at most in one cell: who writes more marks on one letter is not writing."""


class Line:
    """Cells and their styles.  The second cell of a wide character is empty.

    Lines that look alike may be one object, ``shared`` by several rows: whoever changes one of
    them takes :meth:`own` first.
    """

    __slots__ = ("_row", "cells", "shared", "styles")

    def __init__(self, cells: list[str], styles: list[Style], *, shared: bool = False) -> None:
        self.cells = cells
        self.styles = styles
        self.shared = shared
        self._row: Row | None = None

    @classmethod
    def filled(cls, columns: int, character: str, style: Style, *, shared: bool = False) -> "Line":
        """A line that is the same everywhere."""
        return cls([character] * columns, [style] * columns, shared=shared)

    def own(self) -> "Line":
        """This line, or a copy of it if others have it too."""
        return Line(self.cells.copy(), self.styles.copy()) if self.shared else self

    def put(self, column: int, cells: Iterable[str], count: int, style: Style) -> None:
        """Replace *count* cells from *column* on; a wide character cut in two becomes blank."""
        self._row = None
        end = column + count
        self._cut(column)
        self._cut(end)
        self.cells[column:end] = cells
        self.styles[column:end] = [style] * count

    def erase(self, start: int, end: int, style: Style) -> None:
        """Make the cells from *start* to before *end* blank."""
        if start < end:
            self.put(start, BLANK * (end - start), end - start, style)

    def insert(self, column: int, count: int, style: Style) -> None:
        """Push what is at *column* and after it to the right by *count* blanks."""
        self._row = None
        count = min(count, len(self.cells) - column)
        self._cut(column)
        self._cut(len(self.cells) - count)
        del self.cells[len(self.cells) - count :], self.styles[len(self.styles) - count :]
        self.cells[column:column] = [BLANK] * count
        self.styles[column:column] = [style] * count

    def delete(self, column: int, count: int, style: Style) -> None:
        """Pull what is after *count* cells at *column* to the left."""
        self._row = None
        count = min(count, len(self.cells) - column)
        self._cut(column)
        self._cut(column + count)
        del self.cells[column : column + count], self.styles[column : column + count]
        self.cells += [BLANK] * count
        self.styles += [style] * count

    def combine(self, column: int, mark: str) -> None:
        """Put *mark* on the character at *column*, or on the wide one that ends there."""
        if not self.cells[column] and column:
            column -= 1
        if len(self.cells[column]) < COMBINING:
            self._row = None
            self.cells[column] += mark

    def resize(self, columns: int) -> None:
        """Cut it, or add blanks."""
        self._row = None
        self._cut(columns)
        more = columns - len(self.cells)
        del self.cells[columns:], self.styles[columns:]
        self.cells += [BLANK] * more
        self.styles += [PLAIN] * more

    def _cut(self, column: int) -> None:
        """Something changes at one side of *column*: no wide character reaches over it."""
        if 0 < column < len(self.cells) and not self.cells[column]:
            self.cells[column] = self.cells[column - 1] = BLANK

    def row(self) -> Row:
        """The line as runs of one style each."""
        if self._row is None:
            self._row = self._runs()
        return self._row

    def _runs(self) -> Row:
        cells, styles = self.cells, self.styles
        end = len(cells)
        while end and cells[end - 1] == BLANK and styles[end - 1] == PLAIN:
            end -= 1
        runs = []
        start = 0
        while start < end:
            style = styles[start]
            stop = start + 1
            while stop < end and (styles[stop] is style or styles[stop] == style):
                stop += 1
            runs.append(Run("".join(cells[start:stop]), style, stop - start))
            start = stop
        return tuple(runs)
