"""``nsh notes``: what the presenter reads on a second terminal while ``nsh play --notes`` plays."""

from collections.abc import Sequence
from pathlib import Path
from time import monotonic
from typing import ClassVar, Final

from rich.console import Group
from rich.style import Style
from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.filter import LineFilter
from textual.widgets import Static

from nsh.tui import desk, markdown
from nsh.tui.cells import clean
from nsh.tui.desk import Sheet
from nsh.tui.paint import Paint, textual_theme
from nsh.views.themes import Theme

EVERY: Final = 0.2
"""Seconds between two looks at the desk."""
KEYS: Final = "Up Down more  r clock anew  q leaves"


class NotesApp(App[None]):
    """Shows the desk at *path*; follows it until somebody leaves."""

    ENABLE_COMMAND_PALETTE = False
    CSS = """
    Screen { background: $background; color: $foreground; padding: 0 2; }
    #top { height: 1; margin: 1 0; }
    #body { height: 1fr; }
    #notes { height: auto; padding: 0 1; border-left: outer $accent; text-style: bold; }
    .-ascii #notes { border-left: ascii $accent; }
    #said { height: auto; margin-top: 1; }
    #next { height: auto; margin: 1 0; }
    #keys { height: 1; color: $nsh-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,escape,f10,ctrl+q,ctrl+c", "quit", "leave", show=False),
        Binding("r", "restart", "begin the clock anew", show=False),
        Binding("j", "scroll(1)", "down", show=False),
        Binding("k", "scroll(-1)", "up", show=False),
    ]

    def __init__(self, path: Path, theme: Theme, *, ascii_only: bool = False) -> None:
        super().__init__()
        self._path = path
        self.paint = Paint(theme, ascii_only=ascii_only, colour=not self.no_color)
        self.register_theme(textual_theme(theme))
        self.theme = theme.name
        self._begun = monotonic()
        self._chapter = ("", 0)
        """What was shown last, from its beginning."""

    def compose(self) -> ComposeResult:
        yield Static(id="top")
        with VerticalScroll(id="body"):
            yield Static(id="notes")
            yield Static(id="said")
        yield Static(id="next")
        yield Static(Content(KEYS), id="keys")

    def get_line_filters(self) -> Sequence[LineFilter]:
        """No colours with NO_COLOR, and ASCII where the terminal has no more, as in the play."""
        return self.paint.filtered(super().get_line_filters())

    def on_mount(self) -> None:
        self.set_class(self.paint.ascii_only, "-ascii")
        self.query_one("#body").focus()
        self.look()
        self.set_interval(EVERY, self.look)

    def action_restart(self) -> None:
        self._begun = monotonic()
        self.look()

    def action_scroll(self, lines: int) -> None:
        self.query_one("#body").scroll_relative(y=lines, animate=False)

    def look(self) -> None:
        """Show what lies on the desk now."""
        sheet = desk.read(self._path)
        seconds = int(monotonic() - self._begun)
        clock = f"{seconds // 60}:{seconds % 60:02}"
        if sheet is None:
            self._say("top", self._head(clock, "nothing is played: nsh play FILE --notes", ""))
            for name in ("notes", "said", "next"):
                self._say(name, Text())
            return
        going = "plays" if sheet.playing else "WAITS: Space goes on" if sheet.waits else "stands"
        where = f"chapter {sheet.chapter} of {sheet.chapters}"
        step = f"step {sheet.position} of {sheet.last}"
        self._say("top", self._head(clock, going, f"{where}   {step}   {clean(sheet.title)}"))
        notes = [Text(clean(line)) for line in sheet.notes.splitlines()]
        self._say("notes", Group(*notes) if notes else Text("(no notes here)", Style(dim=True)))
        self._say("said", self._words(sheet.narration))
        self._say("next", Group(*self._ahead(sheet)))
        if (sheet.title, sheet.chapter) != self._chapter:
            self._chapter = sheet.title, sheet.chapter
            self.query_one("#body").scroll_home(animate=False)

    def _head(self, clock: str, going: str, where: str) -> Text:
        """What matters most in front, for the line is cut where it is too long."""
        style = self.paint.style("stopped" if going.startswith("WAITS") else "now")
        head = Text(f"{clock}   ", no_wrap=True, overflow="ellipsis")
        return head.append(going, style + Style(bold=True)).append(f"   {where}")

    def _ahead(self, sheet: Sheet) -> list[Text]:
        """The next command, and the chapter behind this one."""
        lines = [clean(line) for line in sheet.next.splitlines()[:3]]
        if not lines and sheet.position == sheet.last:
            lines = ["nothing: this is the end"]
        ahead = [f"{'      ' if n else 'next  '}{line}" for n, line in enumerate(lines)]
        coming = markdown.plain(sheet.upcoming)[:1]
        ahead += [f"then  {line}" for line in coming]
        return [Text(line, self.paint.muted, no_wrap=True, overflow="ellipsis") for line in ahead]

    def _words(self, text: str) -> Group:
        paint = self.paint
        base = Style(color=paint.style("narration").color)
        found = markdown.paragraphs(text, base, paint.style("pid"))
        for paragraph in found:
            paragraph.end = "\n"
        return Group(*found)

    def _say(self, name: str, what: Text | Group) -> None:
        self.query_one(f"#{name}", Static).update(what)
