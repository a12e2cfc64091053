"""Screens of terminals, computed from what they were given, and kept while that only grows."""

from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from nsh.machine.printed import Printed
from nsh.machine.screens import Screen

if TYPE_CHECKING:
    from nsh.emulator.feeding import Fed

ROWS: Final = 24
COLUMNS: Final = 80
"""The size of a screen while the window has none."""
MOST_ROWS: Final = 1000
MOST_COLUMNS: Final = 1000
"""A larger window is taken for one of this size: nobody has one, but anybody can ask for it."""
EVERY_ROW: Final = 1 << 30


class Screens:
    """Makes screens.  What it keeps saves time and changes nothing."""

    KEPT: Final = 64
    """Terminals whose screens are kept, the ones looked at last."""
    CELLS: Final = 2_000_000
    """Cells that they have together at the most, but for one."""
    SEEN: Final = 256
    """Screens that were looked at last: who goes to and fro in time sees them again.  Those are
    kept of which so many have that many cells."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, Fed] = OrderedDict()
        self._seen: OrderedDict[tuple[int, int, int, int], tuple[Printed, Screen]] = OrderedDict()
        """By whose they are, the record's id, and the rows; with the record, whose id it stays."""
        self.begun = 0
        """How many screens were computed from the beginning."""
        self.fed = 0
        """How many bytes were looked at."""

    def screen(self, key: int, printed: Printed, first: int = 0, count: int = EVERY_ROW) -> Screen:
        """The screen after *printed*, or *count* rows of it from *first* on.

        *key* says whose it is: what was computed for the same one before is gone on from, if
        *printed* does.
        """
        if not printed.written:
            return _blank(printed, first, count)
        asked = key, id(printed), first, count
        seen = self._seen.pop(asked, None)
        found = self._fed(key, printed, first, count) if seen is None else seen[1]
        if found.width * len(found.rows) <= self.CELLS // self.SEEN:
            self._seen[asked] = printed, found
            if len(self._seen) > self.SEEN:
                self._seen.popitem(last=False)
        return found

    def _fed(self, key: int, printed: Printed, first: int, count: int) -> Screen:
        from nsh.emulator.feeding import Fed  # loads pyte, when there is something to see

        fed = self._kept.pop(key, None)
        if fed is None or not fed.continues(printed):
            fed = Fed(printed)
            self.begun += 1
        self.fed += fed.feed(printed)
        self._kept[key] = fed
        self._drop()
        return fed.display.screen(first, count)

    def _drop(self) -> None:
        cells = sum(fed.cells for fed in self._kept.values())
        while len(self._kept) > 1 and (len(self._kept) > self.KEPT or cells > self.CELLS):
            _key, dropped = self._kept.popitem(last=False)
            cells -= dropped.cells


def _blank(printed: Printed, first: int, count: int) -> Screen:
    """A screen on which nobody has written yet."""
    _moment, rows, columns = printed.sizes[-1]
    height, width = min(rows or ROWS, MOST_ROWS), min(columns or COLUMNS, MOST_COLUMNS)
    shown = ((),) * len(range(height)[first : first + count])
    return Screen(height, width, first, shown, 0, 0, True, "", False, False)


def screen(printed: Printed) -> Screen:
    """The screen after *printed*."""
    return Screens().screen(0, printed)
