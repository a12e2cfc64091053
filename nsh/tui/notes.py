"""``nsh notes``: what the presenter reads on a second terminal while ``nsh play --notes`` plays."""

from pathlib import Path
from time import monotonic
from typing import ClassVar, Final

from rich.console import Group
from rich.style import Style
from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from nsh.tui import desk, markdown
from nsh.tui.cells import clean
from nsh.tui.paint import Paint, textual_theme
from nsh.views.themes import Theme

EVERY: Final = 0.2
"""Seconds between two looks at the desk."""


class NotesApp(App[None]):
    """Shows the desk at *path*; follows it until somebody leaves."""

    ENABLE_COMMAND_PALETTE = False
    CSS = """
    Screen { background: $background; color: $foreground; padding: 1 2; }
    #top { height: auto; color: $nsh-muted; }
    #notes {
        height: auto; margin: 1 0; padding: 0 1; border-left: outer $accent; text-style: bold;
    }
    #said, #next { height: auto; margin-bottom: 1; }
    #next { color: $nsh-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,escape,f10,ctrl+q", "quit", "leave", show=False),
        Binding("r", "restart", "begin the clock anew", show=False),
    ]

    def __init__(self, path: Path, theme: Theme) -> None:
        super().__init__()
        self._path = path
        self.paint = Paint(theme, colour=not self.no_color)
        self.register_theme(textual_theme(theme))
        self.theme = theme.name
        self._begun = monotonic()

    def compose(self) -> ComposeResult:
        for name in ("top", "notes", "said", "next"):
            yield Static(id=name)

    def on_mount(self) -> None:
        self.look()
        self.set_interval(EVERY, self.look)

    def action_restart(self) -> None:
        self._begun = monotonic()
        self.look()

    def look(self) -> None:
        """Show what lies on the desk now."""
        sheet = desk.read(self._path)
        seconds = int(monotonic() - self._begun)
        clock = f"{seconds // 60}:{seconds % 60:02}"
        if sheet is None:
            self._say("top", Text(f"{clock}   nothing is played: nsh play FILE --notes"))
            for name in ("notes", "said", "next"):
                self._say(name, Text())
            return
        going = "plays" if sheet.playing else "WAITS: Space goes on" if sheet.waits else "stands"
        where = f"chapter {sheet.chapter} of {sheet.chapters}"
        step = f"step {sheet.position} of {sheet.last}"
        self._say("top", Text(f"{clock}   {clean(sheet.title)}   {where}   {step}   {going}"))
        notes = [Text(clean(line)) for line in sheet.notes.splitlines()]
        self._say("notes", Group(*notes) if notes else Text("(no notes here)", Style(dim=True)))
        self._say("said", self._words(sheet.narration))
        ahead = [Text(f"next  {clean(line)}") for line in sheet.next.splitlines()[:3]]
        coming = markdown.plain(sheet.upcoming)[:1]
        ahead += [Text(f"then  {line}", overflow="ellipsis", no_wrap=True) for line in coming]
        self._say("next", Group(*ahead))

    def _words(self, text: str) -> Group:
        paint = self.paint
        base = Style(color=paint.style("narration").color)
        found = markdown.paragraphs(text, base, paint.style("pid"))
        for paragraph in found:
            paragraph.end = "\n"
        return Group(*found)

    def _say(self, name: str, what: Text | Group) -> None:
        self.query_one(f"#{name}", Static).update(what)
