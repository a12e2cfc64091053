"""Lines of text for panes: harmless, measured in cells, cut to fit."""

from functools import lru_cache
from unicodedata import category

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

TAB = 8
MIXED = 512
"""Styles that are remembered for each ground."""


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
    length = len(text) if text.isascii() else cell_len(text)
    if length > width:
        return set_cell_size(text, width - 1) + more
    pad = " " * (width - length)
    return pad + text if right else text + pad


class _Ground:
    """A ground, and what styles look like on it: found out once, for lines ask very often."""

    __slots__ = ("_known", "_under", "style")

    def __init__(self, style: Style) -> None:
        self.style = style
        reversed_ = style.color if style.reverse else None
        self._under = Style(
            color=reversed_, bgcolor=style.bgcolor, reverse=style.reverse, bold=style.bold
        )
        self._known: dict[int, tuple[Style, Style]] = {}

    def under(self, style: Style) -> Style:
        """*style* on this ground: one object for one object."""
        found = self._known.get(id(style))
        if found is None:
            if len(self._known) > MIXED:
                self._known.clear()
            # it is kept, so that its id stays its own
            # where all is reversed, each colour would be a ground of its own
            added = style.without_color if self.style.reverse else style
            found = self._known[id(style)] = style, self._under + added
        return found[1]


_ground = lru_cache(64)(_Ground)


@lru_cache(64)
def _unlined(style: Style) -> Style:
    """*style* as blanks have it."""
    return style + Style(strike=False, underline=False)


class Line:
    """One line of a pane, built from left to right."""

    __slots__ = ("_ground", "_more", "_styles", "_texts", "width")

    def __init__(self, ground: Style, more: str = "…") -> None:
        self._ground = _ground(ground)
        self._more = more
        self._texts: list[str] = []
        self._styles: list[Style] = []
        self.width = 0
        """Cells so far."""

    def add(self, text: str, style: Style | None = None) -> "Line":
        """Append *text*, made harmless."""
        return self._add(clean(text), style)

    def _add(self, text: str, style: Style | None) -> "Line":
        if not text:
            return self
        ground = self._ground
        look = ground.style if style is None else ground.under(style)
        self.width += len(text) if text.isascii() else cell_len(text)
        if self._styles and self._styles[-1] is look:
            self._texts[-1] += text
        else:
            self._texts.append(text)
            self._styles.append(look)
        return self

    def column(
        self, text: str, width: int, style: Style | None = None, *, right: bool = False
    ) -> "Line":
        """Append *text* in exactly *width* cells."""
        text = fit(clean(text), width, right=right, more=self._more)
        if style is None or not (style.strike or style.underline):
            return self._add(text, style)
        words, around = text.strip(" "), _unlined(style)  # no line through nothing
        left = len(text) - len(text.lstrip(" ")) if words else 0
        self._add(text[:left], around)._add(words, style)
        return self._add(text[left + len(words) :], around)

    def strip(self, width: int) -> Strip:
        """The line in exactly *width* cells."""
        if self.width < width:
            self._add(" " * (width - self.width), None)
        strip = Strip(map(Segment, self._texts, self._styles), self.width)
        if self.width > width:
            strip = strip.crop(0, width - 1)
            return Strip([*strip, Segment(self._more, self._ground.style)], width)
        return strip
