"""What the script says to its audience."""

from typing import TYPE_CHECKING

from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.strip import Strip

from nsh._modules import late
from nsh.tui.cells import clean
from nsh.tui.kept import Kept
from nsh.tui.paint import Paint

if TYPE_CHECKING:
    from nsh.tui import markdown
else:  # often nothing is told at first
    late(globals(), "nsh.tui", "markdown")

WELCOME = """\
Type what a shell on Linux would understand: `spawn sshd`, `ps`, `unshare --pid --fork ps`, \
`as sshd echo web > /proc/container`; `help` lists the rest. Nothing you do here touches the \
machine you sit at.

**Esc** leads from the prompt to the panes: there `,` and `.` go back and forth in time, and \
`?` shows every key.
"""
"""What is told where nobody tells anything."""


class Narration(Kept):
    """A passage of narration, a page at a time, in a place that never changes its size."""

    ALLOW_SELECT = False

    def __init__(self, paint: Paint, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.paint = paint
        self.text = ""
        self.alarm = ""
        self.page = 0
        self._lines: list[Strip] = []
        self._wrapped = 0
        """The width that they were made for; 0: they are to be made."""
        self._measure = Console(width=80, color_system=None)

    def tell(self, text: str, alarm: str = "") -> None:
        """Show a passage from its beginning; instead of it, if something did, what went wrong."""
        if (text, alarm) != (self.text, self.alarm):
            self.text, self.alarm, self.page = text, alarm, 0
            self._again()

    def turn(self) -> None:
        """Show the next page; after the last the first."""
        if self.pages > 1:
            self.page = (self.page + 1) % self.pages
            self.refresh()

    def on_click(self) -> None:
        self.turn()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self._turn_to(self.page + 1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self._turn_to(self.page - 1)

    def _turn_to(self, page: int) -> None:
        if 0 <= page < self.pages:
            self.page = page
            self.refresh()

    @property
    def pages(self) -> int:
        """How many pages the passage has."""
        return -(-len(self._lines_now()) // max(1, self.size.height))

    def use(self, paint: Paint) -> None:
        """Draw with another theme from now on."""
        self.paint = paint
        self._again()

    def on_resize(self, _event: events.Resize) -> None:
        self.page = 0
        self.refresh()

    def _again(self) -> None:
        self._wrapped = 0
        self.refresh()

    def _lines_now(self) -> list[Strip]:
        """The passage as lines for the present width."""
        width = self.size.width
        if self._wrapped != width:
            self._wrapped = width
            self._wrap(width)
        return self._lines

    def _wrap(self, width: int) -> None:
        ground = self.paint.bar
        self._lines = []
        if width > 8:
            style = self.paint.style("narration")
            code = self.paint.style("pid")
            texts = markdown.paragraphs(self.text, style, code) if self.text else []
            if self.alarm:
                wrong = self.paint.style("errno")
                sign = self.paint.glyph("errno")
                lines = [clean(line) for line in self.alarm.splitlines()]
                texts = [Text(f"{sign} {lines[0]}", wrong), *(Text(x, style) for x in lines[1:])]
            for text in texts:
                for line in text.wrap(self._measure, width - 8):
                    own = self._measure.get_style(line.style)  # left out of a line without spans
                    words = Segment.apply_style(line.render(self._measure), own)
                    segments = [Segment(" ", ground), *words]
                    strip = Strip(Segment.apply_style(segments, Style(bgcolor=ground.bgcolor)))
                    self._lines.append(strip.extend_cell_length(width, ground))

    def render_line(self, y: int) -> Strip:
        width, height = self.size
        index, lines = self.page * height + y, self._lines_now()
        if index >= len(lines):
            return Strip.blank(width, self.paint.bar)
        line = lines[index]
        if self.pages > 1 and y == height - 1:
            sign = f"p {self.page + 1}/{self.pages} "
            more = Strip([Segment(sign, self.paint.bar + self.paint.muted)])
            return Strip.join([line.crop(0, width - len(sign)), more])
        return line
