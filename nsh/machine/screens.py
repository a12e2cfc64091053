"""What a person sees on a terminal, as plain data.  Nothing keeps it: it is computed."""

from typing import Final

from nsh.machine.record import Record

COLOURS: Final = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
"""The eight colours of ECMA-48, in their order; the bright ones are ``brightred`` and so on."""


class Style(Record):
    """How text looks.  A colour is a name as in :data:`COLOURS`, ``#rrggbb``, or empty: the
    terminal's own."""

    fg: str = ""
    bg: str = ""
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underline: bool = False
    blink: bool = False
    reverse: bool = False
    strike: bool = False


PLAIN: Final = Style()


class Run(Record):
    """Text that looks the same throughout.  Nothing in it is a control character, invisible, or
    changes the direction of text."""

    text: str
    style: Style = PLAIN
    cells: int = 0
    """Columns that it takes."""


Row = tuple[Run, ...]
"""A row of a screen from its left; what is blank at the end is left out."""


class Screen(Record):
    """A screen, or some rows of one."""

    height: int
    """Rows that the whole screen has."""
    width: int
    """Columns; a wide character takes two."""
    first: int
    """The row that ``rows`` begins with, from 0."""
    rows: tuple[Row, ...]
    row: int
    """Where the cursor is, from 0."""
    column: int
    visible: bool
    """Whether the cursor shows."""
    title: str
    alternate: bool
    """Whether a full-screen program has put its own screen before the usual one."""
    reverse: bool
    """Whether the whole screen is shown with its colours exchanged."""


def text(row: Row) -> str:
    """A row without its looks, and without the blanks at its end."""
    return "".join(run.text for run in row).rstrip(" ")


def texts(screen: Screen) -> list[str]:
    """The rows of a screen as text; without the empty ones at its end."""
    lines = [text(row) for row in screen.rows]
    while lines and not lines[-1]:
        lines.pop()
    return lines
