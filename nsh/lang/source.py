"""Where things stand in a script's text."""

from nsh.machine.record import Record


class Span(Record):
    """Offsets into the text, from ``start`` up to but not including ``end``."""

    start: int
    end: int


class Position(Record):
    """A place for people: both count from 1; columns count characters."""

    line: int
    column: int


def position(text: str, offset: int) -> Position:
    """Line and column of *offset*.  O(offset): spans hold offsets, and few are ever shown."""
    before = text.rfind("\n", 0, offset)
    return Position(text.count("\n", 0, offset) + 1, offset - before)


def line_at(text: str, offset: int) -> tuple[str, int]:
    """The line that holds *offset*, without its newline, and where it starts."""
    start = text.rfind("\n", 0, offset) + 1
    end = text.find("\n", offset)
    return text[start : end if end >= 0 else len(text)], start


def normalise(text: str) -> str:
    """Take off a byte order mark, and let lines end as on Unix.  Spans refer to the result."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n")
