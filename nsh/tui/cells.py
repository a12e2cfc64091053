"""Lines of text for panes: harmless, measured in cells, cut to fit."""

from unicodedata import category

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

TAB = 8


def clean(text: str) -> str:
    """*text* with nothing left in it that a terminal would obey.

    Tasks write what they like: control characters become ``^X``, invisible and
    direction-changing ones ``<202E>``.  Tabs become spaces up to the next stop.
    """
    if text.isprintable():
        return text
    if "\t" in text:
        text = text.expandtabs(TAB)
    return "".join(char if char.isprintable() else _shown(char) for char in text)


def _shown(char: str) -> str:
    code = ord(char)
    if code < 0x20:
        return "^" + chr(code + 0x40)
    if code == 0x7F:
        return "^?"
    if category(char) == "Zs":
        return " "
    return f"<{code:02X}>"


def fit(text: str, width: int, *, right: bool = False, more: str = "…") -> str:
    """*text* in exactly *width* cells, cut with *more* if it is longer, else padded."""
    if width <= 0:
        return ""
    length = cell_len(text)
    if length > width:
        return set_cell_size(text, width - 1) + more
    pad = " " * (width - length)
    return pad + text if right else text + pad


class Line:
    """One line of a pane, built from left to right."""

    __slots__ = ("_ground", "_more", "_segments", "_under", "width")

    def __init__(self, ground: Style, more: str = "…") -> None:
        self._ground = ground
        self._under = Style(bgcolor=ground.bgcolor, reverse=ground.reverse, bold=ground.bold)
        self._more = more
        self._segments: list[Segment] = []
        self.width = 0
        """Cells so far."""

    def add(self, text: str, style: Style | None = None) -> "Line":
        """Append *text*, made harmless."""
        text = clean(text)
        if text:
            self._segments.append(
                Segment(text, self._ground if style is None else self._under + style)
            )
            self.width += cell_len(text)
        return self

    def column(
        self, text: str, width: int, style: Style | None = None, *, right: bool = False
    ) -> "Line":
        """Append *text* in exactly *width* cells."""
        return self.add(fit(clean(text), width, right=right, more=self._more), style)

    def strip(self, width: int) -> Strip:
        """The line in exactly *width* cells."""
        strip = Strip(self._segments, self.width).simplify()
        if self.width > width:
            strip = strip.crop(0, width - 1)
            return Strip([*strip, Segment(self._more, self._ground)], width)
        return strip.extend_cell_length(width, self._ground)
