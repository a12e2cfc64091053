"""What a terminal shows: text, its looks, modes, two screens, and a window that is resized.

pyte does what is not here and not in ``written``, where stands what it does slowly, wrongly or
not at all.
"""

from copy import copy
from typing import Final, NamedTuple

from pyte import charsets, modes
from pyte.screens import Cursor

from nsh.emulator import colours
from nsh.emulator.keeping import MOST_COLUMNS, MOST_ROWS
from nsh.emulator.lines import Line
from nsh.emulator.written import Written
from nsh.machine.screens import Screen

_TAB: Final = 8
_ALTERNATE: Final = {47, 1047, 1049}


class _Saved(NamedTuple):
    """What DECSC keeps."""

    cursor: Cursor
    charsets: tuple[str, str, int]
    modes: frozenset[int]
    dim: bool
    concealed: bool


class Display(Written):
    """A screen, and what can be done to it.  ``obeying`` says when."""

    def reset(self) -> None:
        """RIS."""
        self._hidden_rows = self.blanks(self.lines)
        self._alternate = self._reversed = False
        self._saved: _Saved | None = None
        self._hidden_saved: _Saved | None = None
        super().reset()

    def save_cursor(self) -> None:
        """DECSC.  There is one place for it, not a stack."""
        sets = (self.g0_charset, self.g1_charset, self.charset)
        kept = self.mode & {modes.DECOM, modes.DECAWM}
        self._saved = _Saved(copy(self.cursor), sets, frozenset(kept), self.dim, self.concealed)

    def restore_cursor(self) -> None:
        """DECRC: as it was saved, else home."""
        saved = self._saved
        if saved is None:
            self.mode.discard(modes.DECOM)
            self.cursor_position()
            return
        hidden = self.cursor.hidden
        self.cursor = copy(saved.cursor)
        self.cursor.hidden = hidden
        self.cursor.x = min(self.cursor.x, self.columns)
        self.g0_charset, self.g1_charset, self.charset = saved.charsets
        self.mode = self.mode - {modes.DECOM, modes.DECAWM} | saved.modes
        self.dim, self.concealed = saved.dim, saved.concealed
        self.ensure_vbounds()
        self.restyle()

    # ---- modes and looks

    def set_mode(self, *wanted: int, **kwargs: object) -> None:
        """SM and DECSET."""
        self._mode(wanted, on=True, private=bool(kwargs.get("private")))

    def reset_mode(self, *wanted: int, **kwargs: object) -> None:
        """RM and DECRST."""
        self._mode(wanted, on=False, private=bool(kwargs.get("private")))

    def _mode(self, wanted: tuple[int, ...], *, on: bool, private: bool) -> None:
        change = self.mode.add if on else self.mode.discard
        for mode in wanted:
            if private and mode in _ALTERNATE:
                self._switch(mode, on)
                continue
            number = mode << 5 if private else mode
            if number in (modes.IRM, modes.LNM, modes.DECAWM, modes.DECOM):
                change(number)
            if number == modes.DECOM:
                self.cursor_position()
            elif number == modes.DECTCEM:
                self.cursor.hidden = not on
            elif number == modes.DECSCNM:
                self._reversed = on
            elif number == 1048 << 5:
                (self.save_cursor if on else self.restore_cursor)()

    def _switch(self, mode: int, on: bool) -> None:
        """Put the alternate screen before the usual one, or take it away."""
        if on == self._alternate:
            return
        if on and mode == 1049:
            self.save_cursor()
        self._alternate = on
        self.rows, self._hidden_rows = self._hidden_rows, self.rows
        self._saved, self._hidden_saved = self._hidden_saved, self._saved
        if on:
            self.rows = self.blanks(self.lines, self.erased)
        elif mode == 1049:
            self.restore_cursor()

    def select_graphic_rendition(self, *attrs: int) -> None:
        """SGR; of colours outside the palette what pyte takes for one."""
        super().select_graphic_rendition(*attrs)
        self.restyle()

    def look(self, parameters: list[list[int]]) -> None:
        """SGR as written, with subparameters."""
        plain: list[int] = []
        numbers = iter(colours.flat(parameters))
        for number in numbers:
            if number in (38, 48):
                plain += colours.wanted(number, numbers)
                continue
            plain.append(number)
            if number in (0, 22):
                self.dim = False
            if number in (0, 28):
                self.concealed = False
            self.dim = self.dim or number == 2
            self.concealed = self.concealed or number == 8
        self.select_graphic_rendition(*plain)

    def set_title(self, param: str) -> None:
        """Of what a person reads of it: nothing that changes how text runs."""
        self.title = "".join(char for char in param if char.isprintable())

    # ---- the window

    def resize(self, lines: int | None = None, columns: int | None = None) -> None:
        """Another window size.  Where rows are to go, empty ones below the cursor go first."""
        rows = min(lines or self.lines, MOST_ROWS)
        wide = min(columns or self.columns, MOST_COLUMNS)
        if wide != self.columns:
            self.tabstops |= set(range(-(-self.columns // _TAB) * _TAB, wide, _TAB))
            self.tabstops = {stop for stop in self.tabstops if stop < wide}
            self.columns = wide
            self.rows, self._hidden_rows = (
                self._as_wide(self.rows),
                self._as_wide(self._hidden_rows),
            )
        lost = min(max(0, self.cursor.y + 1 - rows), self.lines)
        self.rows = self._as_high(self.rows, rows, lost)
        self._hidden_rows = self._as_high(self._hidden_rows, rows, 0)
        self.lines = rows
        self.margins = None
        self.cursor.y -= lost
        self.cursor.x = min(self.cursor.x, wide)
        self.ensure_vbounds()

    def _as_wide(self, rows: list[Line]) -> list[Line]:
        """Rows as wide as the window now is; what was one line to several stays so."""
        made: dict[int, Line] = {}
        for number, line in enumerate(rows):
            shared = line.shared
            new = made.get(number - 1) if number and rows[number - 1] is line else None
            if new is None:
                new = line.own()
                new.resize(self.columns)
                new.shared = shared
            made[number] = new
        return list(made.values())

    def _as_high(self, rows: list[Line], count: int, lost: int) -> list[Line]:
        rows = rows[lost : lost + count]
        return rows + self.blanks(count - len(rows))

    def soft_reset(self) -> None:
        """DECSTR."""
        self.mode = {modes.DECAWM, modes.DECTCEM}
        self.cursor.hidden = False
        self.margins = self._saved = None
        self.g0_charset, self.g1_charset, self.charset = charsets.LAT1_MAP, charsets.VT100_MAP, 0
        self.look([[0]])

    # ---- for who looks

    def screen(self, first: int, count: int) -> Screen:
        """The rows from *first* on, *count* of them at most."""
        rows = tuple(line.row() for line in self.rows[first : first + count])
        return Screen(
            self.lines,
            self.columns,
            first,
            rows,
            self.cursor.y,
            self.column,
            not self.cursor.hidden,
            self.title,
            self._alternate,
            self._reversed,
        )
