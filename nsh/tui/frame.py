"""The frame of a pane: what it is called is in it, and its colour says who hears the keys.

A border in a style sheet would look the same, but each change of the focus would have Textual
look for the styles of both panes anew and paint the whole screen.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from nsh.tui.cells import clean
from nsh.tui.paint import Paint, rich_name

Corners = tuple[str, str, str]

DRAWN: Final = (("╭", "─", "╮"), ("│", "│"), ("╰", "─", "╯"))
TYPED: Final = (("+", "-", "+"), ("|", "|"), ("+", "-", "+"))
TIGHT: Final = 6
"""Cells that a frame keeps beside its title."""


class Label(NamedTuple):
    """A piece of a title."""

    text: str
    muted: bool = False


class Frame(NamedTuple):
    """What a frame says, and how it looks.  Frames that look the same are equal."""

    title: tuple[Label, ...]
    subtitle: str
    paint: Paint
    focused: bool

    def top(self, width: int) -> Strip:
        """The upper edge, *width* cells wide."""
        colour = self._colour if self.focused else self.paint.theme.palette.foreground
        bold = self._style(colour, bold=True)
        muted = self._style(self.paint.theme.palette.muted)  # not bold: the one in front alone is
        label = [Segment(clean(text), muted if grey else bold) for text, grey in self.title]
        return self._edge(self._shape[0], label, bold, width, left=True)

    def bottom(self, width: int) -> Strip:
        """The lower edge, *width* cells wide."""
        muted = self._style(self.paint.theme.palette.muted)
        label = [Segment(clean(self.subtitle), muted)]
        return self._edge(self._shape[2], label, muted, width, left=False)

    def around(self, line: Strip) -> Strip:
        """A line between the two sides."""
        left, right = self._shape[1]
        segments = [Segment(left, self._line), *line, Segment(right, self._line)]
        return Strip(segments, line.cell_length + 2)

    def _edge(
        self, shape: Corners, label: Sequence[Segment], pad: Style, width: int, *, left: bool
    ) -> Strip:
        first, edge, last = shape
        said = Strip(label)
        room = width - TIGHT
        if said.cell_length > room:
            said = Strip([*said.crop(0, max(0, room - 1)), Segment(self.paint.more, pad)])
        style = self._line
        if not said.cell_length or room <= 0:
            return Strip([Segment(first + edge * max(0, width - 2) + last, style)], width)
        rest = edge * (width - 5 - said.cell_length)
        before, after = (edge, rest) if left else (rest, edge)
        blank = Segment(" ", pad)
        segments = [
            Segment(first + before, style),
            blank,
            *said,
            blank,
            Segment(after + last, style),
        ]
        return Strip(segments, width)

    @property
    def _shape(self) -> tuple[Corners, tuple[str, str], Corners]:
        return TYPED if self.paint.ascii_only else DRAWN

    @property
    def _colour(self) -> str:
        theme = self.paint.theme
        return theme.palette.accent if self.focused else theme.styles["guide"].color

    @property
    def _line(self) -> Style:
        return self._style(self._colour)

    def _style(self, colour: str, *, bold: bool = False) -> Style:
        return _styled(colour, self.paint.theme.palette.surface, bold)


@lru_cache(64)
def _styled(colour: str, ground: str, bold: bool) -> Style:
    return Style(color=rich_name(colour), bgcolor=rich_name(ground), bold=bold or None)
