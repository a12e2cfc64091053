"""What could stand at the cursor: a list above the prompt, a line of help behind each."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from nsh.tui.cells import Line, clean
from nsh.tui.paint import Paint

if TYPE_CHECKING:
    from nsh.lang.candidates import Candidate

NONE: Final = -1
"""Nothing is chosen."""
ROWS: Final = 12
"""Lines at the most,"""
LEFT: Final = 8
"""and so many of the screen's stay free."""
FRAME: Final = 2
HINT: Final = "Tab next  Enter takes  Esc closes"


class Choices(Widget):
    """The candidates of a completion, over whatever is above the prompt; hidden without any."""

    ALLOW_SELECT = False

    class Taken(Message):
        """Somebody pointed at a candidate."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def __init__(self, paint: Callable[[], Paint], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._paint = paint
        self.candidates: Sequence[Candidate] = ()
        self.chosen = NONE
        self._top = 0
        self._named = 0
        """Cells of the longest of them."""
        self.display = False

    @property
    def open(self) -> bool:
        """Whether there is something to choose."""
        return bool(self.candidates)

    def offer(self, candidates: "Sequence[Candidate]", column: int) -> None:
        """Show *candidates*, none of them chosen, from *column* of the screen on if there is
        room; none: close."""
        self.candidates, self.chosen, self._top = candidates, NONE, 0
        self.display = bool(candidates)
        if not candidates:
            return
        self._named = max(cell_len(clean(one.text)) for one in candidates)
        helped = max(cell_len(clean(one.help)) for one in candidates)
        screen = self.app.size
        rows = max(1, min(len(candidates), ROWS, screen.height - LEFT))
        asked = max(self._named + 2 + helped, len(self._below()) + 2) + 2
        width = min(asked + FRAME, screen.width - 2)
        self.styles.height = rows + FRAME
        self.styles.width = width
        self.styles.offset = (max(0, min(column - FRAME, screen.width - width - 1)), 0)
        self._paint_anew()

    def close(self) -> None:
        """Nothing is to be chosen any more."""
        self.offer((), 0)

    def move(self, step: int) -> None:
        """Choose the next or previous one, round and round."""
        last = len(self.candidates) - 1
        if self.chosen == NONE:
            self.chosen = 0 if step > 0 else last
        elif abs(step) > 1:
            self.chosen = min(max(0, self.chosen + step), last)
        else:
            self.chosen = (self.chosen + step) % (last + 1)
        room = self._room
        self._top = min(max(self._top, self.chosen - room + 1), self.chosen)
        self._paint_anew()

    def page(self, pages: int) -> None:
        """Choose the one a list's height away."""
        self.move(pages * max(2, self._room - 1))

    @property
    def _room(self) -> int:
        height = self.styles.height
        return int(height.value) - FRAME if height is not None else 1

    def _below(self) -> str:
        last = len(self.candidates)
        place = f"{last} in all" if self.chosen == NONE else f"{self.chosen + 1} of {last}"
        return f"{place}  {HINT}"

    def _paint_anew(self) -> None:
        self.border_subtitle = self._below()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        paint, width = self._paint(), self.size.width
        index = self._top + y
        if index >= len(self.candidates):
            return Strip.blank(width, paint.ground)
        one, chosen = self.candidates[index], index == self.chosen
        line = Line(paint.cursor if chosen else paint.ground, paint.more)
        line.add(paint.glyph("selected") if chosen else " ")
        named = min(self._named, max(8, width // 2))
        line.column(one.text, named, None if chosen else paint.style("command"))
        line.add("  ")
        quiet = None if chosen else paint.muted
        return line.column(one.help, max(0, width - line.width - 1), quiet).strip(width)

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is not None and self._top + offset.y < len(self.candidates):
            self.post_message(self.Taken(self._top + offset.y))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.move(1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.move(-1)
