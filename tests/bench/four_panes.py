"""The least that our screen could be: a Textual app with four panes of text."""

from typing import ClassVar

from textual.app import App, ComposeResult
from textual.containers import Grid
from textual.widgets import Static

LINES = "\n".join(f"{number:>4}  a line of text" for number in range(1, 19))


class FourPanes(App[None]):
    """Four panes with a border and a title each."""

    CSS: ClassVar[str] = """
    Grid { grid-size: 2 2; }
    Static { border: round green; height: 1fr; }
    """
    BINDINGS: ClassVar = [("q", "quit", "leave")]

    def compose(self) -> ComposeResult:
        with Grid():
            for name in ("first", "second", "third", "fourth"):
                pane = Static(LINES)
                pane.border_title = name
                yield pane


if __name__ == "__main__":
    FourPanes().run()
