"""Text on a screen: pyte's cursor, margins and tab stops, with cells of our own.

An operation costs no more than a list of all rows and a line; pyte's, each cell of the screen.
"""

from functools import lru_cache
from typing import Final
from unicodedata import category

from pyte import charsets, modes
from pyte.screens import Char, Margins
from pyte.screens import Screen as Base
from wcwidth import wcwidth

from nsh.emulator import colours
from nsh.emulator.keeping import MOST_COLUMNS, MOST_ROWS
from nsh.emulator.lines import BLANK, Line
from nsh.machine.screens import PLAIN, Style

_REPLACED: Final = "\ufffd"


class Written(Base):
    """Rows of cells, and what writes, moves and erases."""

    def __init__(self, rows: int, columns: int) -> None:
        super().__init__(min(columns, MOST_COLUMNS), min(rows, MOST_ROWS))

    def reset(self) -> None:
        """RIS."""
        self.rows = self.blanks(self.lines)
        self.dim = self.concealed = False
        self._last = ""
        super().reset()
        self.restyle()

    # ---- what pyte has otherwise

    @property
    def default_char(self) -> Char:
        """What pyte begins with; the exchange of all colours is ours to show."""
        return Char(BLANK)

    def blanks(self, count: int, style: Style = PLAIN) -> list[Line]:
        """So many empty rows."""
        return [Line.filled(self.columns, BLANK, style, shared=True)] * count

    def restyle(self) -> None:
        """The looks of text have changed."""
        self._current: Style | None = None
        self._erased: Style | None = None

    @property
    def style(self) -> Style:
        """Of text that is drawn now."""
        if self._current is None:
            attrs = self.cursor.attrs
            self._current = Style(
                colours.named(attrs.fg),
                colours.named(attrs.bg),
                attrs.bold,
                self.dim,
                attrs.italics,
                attrs.underscore,
                attrs.blink,
                attrs.reverse,
                attrs.strikethrough,
            )
        return self._current

    @property
    def erased(self) -> Style:
        """Of what is erased now: the background stays."""
        if self._erased is None:
            self._erased = Style(bg=self.style.bg) if self.style.bg else PLAIN
        return self._erased

    def line(self) -> Line:
        """The line with the cursor, to be changed."""
        line = self.rows[self.cursor.y] = self.rows[self.cursor.y].own()
        return line

    @property
    def column(self) -> int:
        """The cursor's; after the last one it is there still, until the next character."""
        return min(self.cursor.x, self.columns - 1)

    def region(self) -> tuple[int, int]:
        """The first and last row that scroll."""
        return self.margins or (0, self.lines - 1)

    # ---- text

    def draw(self, data: str) -> None:
        """Show text, from the cursor on."""
        table = self.g1_charset if self.charset else self.g0_charset
        if table is not charsets.LAT1_MAP:
            data = data.translate(table)  # a string is a table too
        if self.concealed:
            data = "".join(BLANK * max(0, width_of(char)) for char in data)
        if data.isascii() and modes.IRM not in self.mode:
            self._draw_narrow(data)
        else:
            for char in data:
                self._draw_one(char)

    def _draw_narrow(self, data: str) -> None:
        """Text of which each character takes one cell."""
        at, end = 0, len(data)
        while at < end:
            self._wrap(1)
            count = min(end - at, self.columns - self.cursor.x)
            self.line().put(self.cursor.x, data[at : at + count], count, self.style)
            self.cursor.x += count
            at += count
        self._last = data[-1:]

    def _draw_one(self, char: str) -> None:
        width = width_of(char)
        if width == 0:
            if self.cursor.x and _is_mark(char):
                self.line().combine(self.cursor.x - 1, char)
            return
        if width > self.columns:
            width, char = 1, _REPLACED
        elif not char.isprintable():
            char = BLANK if category(char) == "Zs" else _REPLACED
            width = 1
        self._wrap(width)
        line = self.line()
        if modes.IRM in self.mode:
            line.insert(self.cursor.x, width, self.erased)
        line.put(self.cursor.x, [char] if width == 1 else [char, ""], width, self.style)
        self.cursor.x += width
        self._last = char

    def _wrap(self, width: int) -> None:
        """Go to the next line if there is no room for a character of so many cells; without
        autowrap the last cells are written again."""
        if self.cursor.x + width <= self.columns:
            return
        if modes.DECAWM in self.mode:
            self.cursor.x = 0
            self.index()
        else:
            self.cursor.x = self.columns - width

    # ---- moving

    def index(self) -> None:
        """Down; at the bottom margin what is above it scrolls."""
        top, bottom = self.region()
        self.cursor.x = self.column
        if self.cursor.y == bottom:
            self.scroll(top, 1)
        elif self.cursor.y < self.lines - 1:
            self.cursor.y += 1

    def next_line(self) -> None:
        """NEL."""
        self.index()
        self.carriage_return()

    def reverse_index(self) -> None:
        """Up; at the top margin what is below it scrolls."""
        top, _bottom = self.region()
        self.cursor.x = self.column
        if self.cursor.y == top:
            self.scroll(top, -1)
        elif self.cursor.y:
            self.cursor.y -= 1

    def scroll(self, top: int, count: int) -> None:
        """Move the rows from *top* to the bottom margin up by *count*, or down if negative."""
        _top, bottom = self.region()
        many = min(abs(count), bottom - top + 1)
        blanks = self.blanks(many, self.erased)
        if count > 0:
            self.rows[top : bottom + 1] = self.rows[top + many : bottom + 1] + blanks
        else:
            self.rows[top : bottom + 1] = blanks + self.rows[top : bottom + 1 - many]

    def tab(self) -> None:
        """To the next tab stop, or the last column."""
        after = [stop for stop in self.tabstops if stop > self.cursor.x]
        self.cursor.x = min(min(after, default=MOST_COLUMNS), self.columns - 1)

    def back_tab(self) -> None:
        """To the tab stop before, or the first column."""
        self.cursor.x = max((stop for stop in self.tabstops if stop < self.cursor.x), default=0)

    def set_tab_stop(self) -> None:
        """A tab stop where the cursor is."""
        self.tabstops.add(self.column)

    def cursor_up(self, count: int | None = None) -> None:
        """Up, no further than the top margin from below it."""
        top = self.region()[0]
        stop = top if self.cursor.y >= top else 0
        self.cursor.y = max(self.cursor.y - (count or 1), stop)
        self.cursor.x = self.column

    def cursor_down(self, count: int | None = None) -> None:
        """Down, no further than the bottom margin from above it."""
        bottom = self.region()[1]
        stop = bottom if self.cursor.y <= bottom else self.lines - 1
        self.cursor.y = min(self.cursor.y + (count or 1), stop)
        self.cursor.x = self.column

    def cursor_to_line(self, line: int | None = None) -> None:
        """To a line, in origin mode counted from the top margin."""
        self.cursor_position(line, self.column + 1)

    def set_margins(self, top: int | None = None, bottom: int | None = None) -> None:
        """The rows that scroll; the cursor goes home.  Margins that make no sense are ignored."""
        first, last = (top or 1) - 1, min(bottom or self.lines, self.lines) - 1
        if first < last:
            whole = (first, last) == (0, self.lines - 1)
            self.margins = None if whole else Margins(first, last)
            self.cursor_position()

    # ---- erasing, inserting, deleting

    def alignment_display(self) -> None:
        """DECALN."""
        self.margins = None
        self.cursor_position()
        self.rows = [Line.filled(self.columns, "E", PLAIN, shared=True)] * self.lines

    def erase_in_display(self, how: int = 0, *_args: object, **_kwargs: object) -> None:
        """ED."""
        y = self.cursor.y
        if how == 0:
            self.rows[y + 1 :] = self.blanks(self.lines - y - 1, self.erased)
        elif how == 1:
            self.rows[:y] = self.blanks(y, self.erased)
        elif how == 2:
            self.rows = self.blanks(self.lines, self.erased)
        if how in (0, 1):
            self.erase_in_line(how)

    def erase_in_line(self, how: int = 0, private: bool = False) -> None:
        """EL."""
        del private
        start = self.column if how == 0 else 0
        end = self.column + 1 if how == 1 else self.columns
        if how in (0, 1, 2):
            self.line().erase(start, end, self.erased)

    def erase_characters(self, count: int | None = None) -> None:
        """ECH."""
        end = min(self.column + (count or 1), self.columns)
        self.line().erase(self.column, end, self.erased)

    def insert_characters(self, count: int | None = None) -> None:
        """ICH."""
        self.line().insert(self.column, count or 1, self.erased)

    def delete_characters(self, count: int | None = None) -> None:
        """DCH."""
        self.line().delete(self.column, count or 1, self.erased)

    def insert_lines(self, count: int | None = None) -> None:
        """IL, between the margins alone."""
        self._shift(-(count or 1))

    def delete_lines(self, count: int | None = None) -> None:
        """DL, between the margins alone."""
        self._shift(count or 1)

    def _shift(self, count: int) -> None:
        top, bottom = self.region()
        if top <= self.cursor.y <= bottom:
            self.scroll(self.cursor.y, count)
            self.cursor.x = 0

    def repeat(self, count: int) -> None:
        """REP: the last character again, a line of them at most."""
        if self._last:
            self.draw(self._last * min(count or 1, self.columns))


@lru_cache(maxsize=4096)
def width_of(character: str) -> int:
    """How many cells it takes; 0 also for what never shows."""
    return max(0, wcwidth(character, "latest"))


def _is_mark(character: str) -> bool:
    """Whether a person sees it on the character before; selectors of its form change none here."""
    return category(character).startswith("M") and not "\ufe00" <= character <= "\ufe0f"
