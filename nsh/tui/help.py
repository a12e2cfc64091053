"""The help screen: what the focused pane teaches, and every key."""

import re
from collections.abc import Sequence
from textwrap import wrap
from typing import ClassVar, Final

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from nsh.tui import keys, markdown
from nsh.tui.cells import clean
from nsh.tui.over import Over
from nsh.tui.paint import Paint

WAYS: Final = "Up Down PgUp PgDn  Esc closes"
"""What one can do in front of a page."""
_KEY: Final = 16
"""Cells for the keys, the last of them blank."""
SIGNS = (
    ("selected", "what is selected: a task, a terminal, a namespace, an ipc object"),
    ("related", "what has to do with it: in it, attached, its terminal, one of its calls"),
    ("actor", "who performed the last step"),
    ("added", "came with the last step"),
    ("changed", "changed with it"),
    ("removed", "gone with it"),
    ("running", "R: its program may take a step (letters as in ps)"),
    ("sleeping", "S: waits for something, or to be told what to do"),
    ("stopped", "T: stopped"),
    ("frozen", "F: frozen by its cgroup (S or D in ps)"),
    ("zombie", "Z: dead, not yet waited for"),
    ("dead", "X: reaped just now"),
    ("invisible", "not visible from there"),
)


class _Page(Over[None]):
    """Text that is broken to the columns there are, and anew where those change."""

    def __init__(self) -> None:
        super().__init__()
        self._fitted = 0
        """The columns that it was made for."""

    def on_resize(self, event: events.Resize) -> None:
        if self._fitted != event.size.width:
            self.refresh(recompose=True)

    def compose(self) -> ComposeResult:
        self._fitted = self.app.size.width
        yield from self.page()

    def page(self) -> ComposeResult:
        """What is on it."""
        raise NotImplementedError


class HelpScreen(_Page):
    """Keys and signs; any of the keys that lead away closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,f1,question_mark,enter,space,ctrl+c", "dismiss", "close", show=False)
    ]

    def __init__(
        self,
        paint: Paint,
        about: str,
        groups: Sequence[tuple[str, tuple[keys.Key, ...]]] = keys.GROUPS,
        signs: Sequence[tuple[str, str]] = SIGNS,
    ) -> None:
        super().__init__()
        self._paint = paint
        self._about = about
        self._groups = groups
        self._shown = signs

    def page(self) -> ComposeResult:
        with VerticalScroll(id="help") as frame:
            frame.border_subtitle = WAYS
            if self._about:
                paint = self._paint
                about = markdown.paragraphs(self._about, paint.ground, paint.style("pid"))
                yield Static(Text("\n").join(about), id="help-about")
            yield Static(self._signs(), classes="help-group")
            for title, group in self._groups:
                yield Static(self._keys(title, group), classes="help-group")

    def _signs(self) -> Content:
        lines = [Content.styled("Signs", "bold")]
        for role, text in self._shown:
            glyph = Content.styled(self._paint.glyph(role), f"$nsh-{role}")
            lines.append(Content.assemble("  ", glyph, "  ", self._beside(text, 5)))
        return Content("\n").join(lines)

    def _keys(self, title: str, group: tuple[keys.Key, ...]) -> Content:
        lines = [Content.styled(title, "bold")]
        for key in group:
            if key.shown:
                name = Content.styled(self._plain(f"{key.shown:<{_KEY - 1}} "), "$accent")
                lines.append(Content.assemble("  ", name, self._beside(key.text, 2 + _KEY)))
        return Content("\n").join(lines)

    def _beside(self, text: str, column: int) -> str:
        """A text whose further lines begin at *column*, as its first does."""
        frame = min(FRAME, self.app.size.width * 96 // 100)
        room = max(20, frame - AROUND - column)
        return f"\n{' ' * column}".join(wrap(self._plain(text), room))

    def _plain(self, text: str) -> str:
        return text.replace("…", "...") if self._paint.ascii_only else text


class TextScreen(_Page):
    """A longer text, over everything; any of the keys that lead away closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,f1,enter,space,ctrl+c", "dismiss", "close", show=False)
    ]

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def page(self) -> ComposeResult:
        lines = [clean(line) for line in self._text.splitlines()]
        wide = max(map(len, lines), default=0) > WIDEST
        frame = self.app.size.width * 96 // 100
        room = max(20, (frame if wide else min(FRAME, frame)) - AROUND)
        with VerticalScroll(id="help", classes="-wide" * wide) as shown:
            shown.border_subtitle = WAYS
            yield Static(Content("\n").join(_marked(hung(line, room)) for line in lines))


FRAME: Final = 84
"""Columns of the usual frame, if the screen has so many,"""
AROUND: Final = 8
"""those of borders, paddings and the bar for scrolling,"""
WIDEST: Final = 78
"""and those of text that have room in it."""


def hung(line: str, room: int) -> str:
    """A line that is longer than *room* as several: those behind the first begin where its last
    column does, of two that have a gap between them; else where it does itself."""
    if len(line) <= room:
        return line
    words = list(re.finditer(r"(?<=  )\S", line[: room // 2]))
    start = words[-1].start() if words else len(line) - len(line.lstrip())
    if start > room // 2:  # there is no room for so much in front
        line, start = " " * (room // 2) + line[start:], room // 2
    parts = wrap(line[start:], room - start, break_on_hyphens=False)
    return line[:start] + f"\n{' ' * start}".join(parts)


_MARKS = {"+ ": "$nsh-added", "- ": "$nsh-removed", "~ ": "$nsh-changed"}


def _marked(line: str) -> Content:
    """A line in the colour of the mark it begins with, if it does."""
    style = _MARKS.get(line[:2])
    return Content(line) if style is None else Content.styled(line, style)
