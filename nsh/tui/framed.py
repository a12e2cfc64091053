"""A widget of lines in a frame, which hands Textual lines that are ready.

Only lines that look different are painted again.
"""

from collections.abc import Sequence

from textual import events
from textual.color import Color
from textual.filter import LineFilter
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from nsh.tui.direct import Direct
from nsh.tui.frame import TIGHT, Frame, Label
from nsh.tui.paint import Paint

KEPT = 256
"""Lines between the two sides that are remembered."""


class Framed(Direct):
    """The base of the panes.  Its style sheet leaves a cell on each side for the frame."""

    ALLOW_SELECT = False

    def __init__(self, paint: Paint, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.paint = paint
        self._lines: Sequence[Strip] = ()
        self._frame = Frame((), "", paint, focused=False)
        self._ready: dict[int, Strip] = {}
        """The lines of the whole widget, by number, as they are on the screen."""
        self._ready_for: Sequence[LineFilter] = ()
        self._framed: dict[int, tuple[Strip, Strip]] = {}
        """Lines that have been shown, by identity, and how they are between the two sides: one
        that has moved up or down is the same."""
        self._outside = self._inside = Size()
        """The size of all of it when its inside was asked for last, and what that was."""
        self._fitted = Size()
        """The size that it has been drawn for."""
        self._painting = False

    # ---- what it shows

    def put(self, lines: Sequence[Strip]) -> None:
        """Show these lines, as wide as there is room; below them nothing."""
        before, self._lines = self._lines, lines
        changed = []
        for y in range(self.inside.height):
            old = before[y] if y < len(before) else None
            new = lines[y] if y < len(lines) else None
            if old is not new and old != new:
                changed.append(y + 1)
        self._again(changed)

    def say(self, title: tuple[Label, ...], subtitle: str) -> None:
        """Let the frame say this at the top and at the bottom."""
        before = self._frame
        if (title, subtitle) == (before.title, before.subtitle):
            return
        self._frame = before._replace(title=title, subtitle=subtitle)
        edges = [0] if title != before.title else []
        if subtitle != before.subtitle:
            edges.append(self.inside.height + 1)
        self._again(edges)

    def _again(self, changed: Sequence[int]) -> None:
        """Have these lines of the whole widget made anew, and painted unless all is being painted
        just now.  They are painted from edge to edge: Textual would cut each at its frame."""
        for y in changed:
            self._ready.pop(y, None)
        if changed and not self._painting:
            width = self.outer_size.width
            self.repaint_region(*(Region(0, y, width, 1) for y in changed))

    @property
    def inside(self) -> Size:
        """The room inside the frame; it stays what it was while the widget is out of sight."""
        outer = self.outer_size
        if outer is not self._outside:
            self._outside, (width, height) = outer, outer
            self._inside = Size(max(0, width - 2), max(0, height - 2))
        return self._inside

    @property
    def wide(self) -> int:
        """How many cells the frame has for what it says."""
        return self.outer_size.width - TIGHT

    def frame(self, paint: Paint) -> None:
        """Draw everything with another theme."""
        self.paint = paint
        self._frame = self._frame._replace(paint=paint)
        self.forget()

    def forget(self) -> None:
        """Draw everything anew."""
        self._lines = ()
        self._made_anew()
        self.refresh()

    def _made_anew(self) -> None:
        self._ready.clear()
        self._framed.clear()

    def fit(self, *, resized: bool) -> None:
        """Put what is to be seen at the present size; asked for before each frame in which that
        may have changed."""
        raise NotImplementedError

    @property
    def border_title(self) -> str:  # type: ignore[override]  # where Textual would draw one
        """What the frame says at the top."""
        return "".join(label.text for label in self._frame.title)

    @property
    def border_subtitle(self) -> str:  # type: ignore[override]
        """What it says at the bottom."""
        return self._frame.subtitle

    # ---- the focus

    def focus_moved(self, *, here: bool) -> None:
        """The focus came here, or went away."""
        self._frame = self._frame._replace(focused=here)
        self._made_anew()
        self.refresh()

    def on_focus(self, event: events.Focus) -> None:
        event.prevent_default()  # Textual would look for its styles, and paint it, once more
        self.set_reactive(Widget.has_focus, True)

    def on_blur(self, event: events.Blur) -> None:
        event.prevent_default()
        self.set_reactive(Widget.has_focus, False)

    # ---- for Textual

    async def _on_key(self, event: events.Key) -> None:
        """Do at once what the key is for, where Textual would pass it from parent to parent up to
        the app, and have it look for that then."""
        if await self.app._check_bindings(event.key):
            event.stop()
            event.prevent_default()

    def render_line(self, y: int) -> Strip:
        """One line inside the frame."""
        if y < len(self._lines):
            return self._lines[y]
        return Strip.blank(self.inside.width, self.paint.ground)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Lines with the frame."""
        size, filters = self.outer_size, self.get_line_filters()
        if filters != self._ready_for:
            self._ready_for = filters
            self._made_anew()
        self._fit()
        ready = self._ready
        for y in crop.line_range:
            if y not in ready:
                ready[y] = self._whole(y, size, filters)
        strips = [ready[y] for y in crop.line_range]
        if crop.column_span != (0, size.width):
            return [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def on_resize(self) -> None:
        """Textual paints a widget of a new size first, and then tells it."""
        if self.outer_size != self._fitted:
            self._fit()
            self.refresh()

    def _fit(self) -> None:
        resized = self.outer_size != self._fitted
        if resized:
            self._fitted = self.outer_size
            self._lines = ()
            self._made_anew()
        self._painting = True
        try:
            self.fit(resized=resized)
        finally:
            self._painting = False

    def _whole(self, y: int, size: Size, filters: Sequence[LineFilter]) -> Strip:
        if y == 0:
            return self._filtered(self._frame.top(size.width), filters)
        if y == size.height - 1:
            return self._filtered(self._frame.bottom(size.width), filters)
        line = self.render_line(y - 1)
        known = self._framed.get(id(line))  # which is kept, so that its id stays its own
        if known is None:
            if len(self._framed) > KEPT:
                self._framed.clear()
            strip = self._filtered(self._frame.around(line), filters)
            known = self._framed[id(line)] = line, strip
        return known[1]

    def _filtered(self, strip: Strip, filters: Sequence[LineFilter]) -> Strip:
        if filters:
            ground = Color.parse(self.paint.theme.palette.surface)
            for each in filters:
                strip = strip.apply_filter(each, ground)
        return strip
