"""A display that was given the front of a terminal's output, and what is new since."""

from nsh.emulator.display import Display
from nsh.emulator.keeping import COLUMNS, ROWS
from nsh.emulator.obeying import Obedient
from nsh.emulator.sequences import Parser
from nsh.machine.printed import Printed


class Fed:
    """A display and how much of a record it was given."""

    def __init__(self, printed: Printed) -> None:
        _moment, rows, columns = printed.sizes[0]
        self.display = Display(rows or ROWS, columns or COLUMNS)
        self._parser = Parser(Obedient(self.display))
        self._given: Printed | None = None
        self._chunk = printed.first
        self._within = 0
        """How much of that chunk was given."""
        self._resized = 1
        """How many of the record's sizes the window has had."""

    @property
    def cells(self) -> int:
        """What it takes to keep it."""
        return 2 * self.display.lines * self.display.columns

    def continues(self, printed: Printed) -> bool:
        """Whether *printed* is what was given and perhaps more.  O(chunks)."""
        given = self._given
        if given is None or given is printed:
            return True
        return (
            printed.first == given.first
            and printed.last >= given.last
            and printed.written - printed.kept == given.written - given.kept
            and printed.sizes[: self._resized] == given.sizes
            and all(
                printed.chunks[number] is given.chunks[number]
                for number in range(given.first, given.last)
            )
            and _begins(printed, given)
        )

    def feed(self, printed: Printed) -> int:
        """Give it what is new in *printed*; how many bytes that was."""
        at = start = self._position(printed)
        for moment, rows, columns in printed.sizes[self._resized :]:
            at += self._until(printed, moment - at)
            self.display.resize(rows or ROWS, columns or COLUMNS)
        at += self._until(printed, printed.written - at)
        self._resized = len(printed.sizes)
        self._given = printed
        return at - start

    def _position(self, printed: Printed) -> int:
        return printed.written - printed.kept if self._given is None else self._given.written

    def _until(self, printed: Printed, count: int) -> int:
        """Give it the next *count* bytes."""
        left = count
        while left > 0:
            chunk = printed.chunks[self._chunk]
            if self._within == len(chunk):  # the next, if there is one: KeyError is a bad record
                self._chunk, self._within = self._chunk + 1, 0
                continue
            part = chunk[self._within : self._within + left]
            self._parser.feed(part)
            left -= len(part)
            self._within += len(part)
        return max(0, count)


def _begins(printed: Printed, given: Printed) -> bool:
    """Whether the last chunk that was given is there, and perhaps longer."""
    old = given.chunks.get(given.last, b"")
    new = printed.chunks.get(given.last, b"")
    return new is old or new.startswith(old)
