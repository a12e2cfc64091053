"""The screen that all panes are on."""

from textual import events
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget

from nsh.tui.kept import Kept
from nsh.tui.rows import Rows


class Ground(Screen[None], Kept):
    """Repaints, when the focus moves, the two panes that it moves between, where Textual would
    paint everything; and does so before they hear of it, so that it takes one frame."""

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)

    def _on_screen_resume(self, event: events.ScreenResume) -> None:
        """Before the first frame all have just been styled: Textual would do so once more."""
        event.refresh_styles = event.refresh_styles and bool(self.outer_size)

    def watch_focused(self, before: Widget | None, after: Widget | None) -> None:
        """Tell both, if they are panes."""
        for each in (before, after):
            if isinstance(each, Rows):
                each.focus_moved(here=each is after)
