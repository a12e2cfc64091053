"""What a cell of the screen looks like, in terms that a picture and a recording both understand."""

from collections.abc import Iterable
from typing import Final, NamedTuple, TypeAlias

from rich.cells import cell_len
from rich.color import Color, ColorType
from rich.segment import Segment
from rich.style import Style

from nsh.tui.cells import clean
from nsh.views.themes import Theme

PALETTE: Final = (
    *("#1c2128", "#e5696b", "#7fbf7f", "#d9b45b", "#6ca8f0", "#c792ea", "#5fc3c0", "#c8d0da"),
    *("#7d8896", "#ff8f8a", "#9fdc9f", "#f0cf7a", "#93c2ff", "#dfb3ff", "#86e0dc", "#ffffff"),
)
"""The sixteen colours of a terminal, for themes that leave them to it."""
_GROUND: Final = ("#0f141b", "#d8dee9")
"""Behind and before them."""


_NAMES: Final = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
_GROUNDS: Final = frozenset({"background", "surface", "panel", "selected"})


class Ink(NamedTuple):
    """How text is written.  A colour is ``#rrggbb``, the number of one of the terminal's sixteen,
    or "" for the terminal's own."""

    fg: str = ""
    bg: str = ""
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underline: bool = False
    strike: bool = False
    reverse: bool = False


class Run(NamedTuple):
    """Cells of one row that are written with one ink."""

    column: int
    text: str
    width: int
    """In cells."""
    ink: Ink


Row: TypeAlias = tuple[Run, ...]


class Paper(NamedTuple):
    """What a screen is drawn on."""

    fg: str
    bg: str
    palette: tuple[str, ...] = PALETTE
    own: bool = False
    """The colours are left to the terminal; these are for who has none."""

    def colours(self, ink: Ink) -> tuple[str, str]:
        """The colours of letters and ground, as ``#rrggbb``."""
        fg, bg = self._hex(ink.fg, self.fg), self._hex(ink.bg, self.bg)
        if ink.reverse:
            fg, bg = bg, fg
        return (mixed(fg, bg, 0.62) if ink.dim else fg), bg

    def named(self, colour: str, slot: str) -> str:
        """A colour of a theme as ``#rrggbb``; *slot* tells a ground from what stands on it."""
        if colour.startswith("#"):
            return colour.lower()
        name = colour.removeprefix("ansi_")
        if name == "default":
            return self.bg if slot in _GROUNDS else self.fg
        bright = 8 * name.startswith("bright_")
        return self.palette[_NAMES.index(name.removeprefix("bright_")) + bright]

    def _hex(self, colour: str, own: str) -> str:
        if not colour:
            return own
        return colour if colour[0] == "#" else self.palette[int(colour)]


def paper(theme: Theme) -> Paper:
    """What a theme's screens are drawn on."""
    if theme.ansi:
        return Paper(_GROUND[1], _GROUND[0], own=True)
    own = theme.palette
    dark = ("panel", "error", "success", "warning", "primary", "accent", "secondary", "foreground")
    named = tuple(getattr(own, slot).lower() for slot in dark)
    bright = (own.muted.lower(), *named[1:])
    return Paper(own.foreground.lower(), own.background.lower(), (*named, *bright))


def mixed(one: str, other: str, share: float) -> str:
    """A colour between two: *share* of *one*, the rest of *other*."""
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)


def _channels(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour[1:]))


def row(segments: Iterable[Segment], width: int) -> Row:
    """A row of the screen: the segments as runs, neighbours of one ink joined."""
    runs: list[Run] = []
    column = 0
    for text, style, control in segments:
        if control or not text:
            continue
        safe = clean(text)  # the panes have done so; what leaves nsh is made sure of once more
        cells = cell_len(safe)
        ink = _ink(style)
        last = runs[-1] if runs else None
        if last is not None and last.ink == ink:
            runs[-1] = Run(last.column, last.text + safe, last.width + cells, ink)
        else:
            runs.append(Run(column, safe, cells, ink))
        column += cells
    if column < width:
        runs.append(Run(column, " " * (width - column), width - column, Ink()))
    return tuple(runs)


def plain(rows: Iterable[Row]) -> list[str]:
    """The text of rows."""
    return ["".join(run.text for run in each) for each in rows]


def _ink(style: Style | None) -> Ink:
    if style is None:
        return Ink()
    return Ink(
        _colour(style.color),
        _colour(style.bgcolor),
        bool(style.bold),
        bool(style.dim),
        bool(style.italic),
        bool(style.underline),
        bool(style.strike),
        bool(style.reverse),
    )


def _colour(colour: Color | None) -> str:
    if colour is None or colour.type is ColorType.DEFAULT:
        return ""
    if colour.triplet is not None:
        return colour.triplet.hex
    number = colour.number or 0
    return str(number) if number < len(PALETTE) else colour.get_truecolor().hex
