"""A pane of rows, drawn line by line: it asks for the rows it can show, and for no others.

The window is held by its top row, not by an index: what happens above or below moves nothing.
Only lines that look different are sent to the terminal.
"""

from collections.abc import Hashable, Sequence
from typing import Any, Generic, TypeVar

from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from nsh.tui import keys
from nsh.tui.against import Against, marked
from nsh.tui.cells import Line, clean
from nsh.tui.frame import Label
from nsh.tui.framed import Framed
from nsh.tui.paint import Paint
from nsh.tui.panes.common import mark
from nsh.tui.scene import Scene
from nsh.tui.tabs import Tab, labels, tab_at
from nsh.views.changes import Mark
from nsh.views.selection import NOTHING, Thing

Row = TypeVar("Row")

TOP = 0
"""As an anchor: the first row."""


class Rows(Framed, Generic[Row], can_focus=True):
    """The base of the panes.  A subclass says what its rows are and how one is drawn."""

    BINDINGS = keys.bindings(keys.PANE)

    HELP = ""
    """What the pane shows, for the help screen."""
    MARGIN = False
    """Whether its rows begin with :meth:`margin`."""
    MARKS = False
    """Whether its rows say themselves what differs, as those do that the last step marks too."""

    class Picked(Message):
        """Something was selected here."""

        def __init__(self, thing: Thing) -> None:
            super().__init__()
            self.thing = thing

    class Scrolled(Message):
        """Other rows of a pane are in sight now, by hand."""

        def __init__(self, pane: "Rows[Any]") -> None:
            super().__init__()
            self.pane = pane

    class Called(Message):
        """Another pane that shares the place is wanted in front."""

        def __init__(self, pane: str) -> None:
            super().__init__()
            self.pane = pane

    def __init__(self, paint: Paint, *, id: str | None = None) -> None:
        super().__init__(paint, id=id)
        self.against: Against | None = None
        """What its rows are held against, if they are."""
        self.scene: Scene | None = None
        self.rows: Sequence[Row] = ()
        self._top = TOP
        self._due: tuple[Scene, bool] | None = None
        """What it was told while it was out of sight."""
        self._ends: tuple[object, object, tuple[Line | None, Line | None]] | None = None
        """The head and the foot, and what they were made for."""
        self._looked: tuple[int, int, Sequence[Row]] | None = None
        """Rows that were asked for to look whether one is in sight."""
        self._drawn: dict[Hashable, Strip] = {}
        """What the rows looked like that were drawn last, by all that decides it."""
        self.tabs: tuple[Tab, ...] = ()
        """The panes that share this place."""

    # ---- for a subclass to say ----

    def window(self, at: int, skip: int, count: int) -> Sequence[Row]:
        """*count* rows from *skip* after the row of *at* on, as the views have them."""
        raise NotImplementedError

    def last(self) -> int:
        """The anchor that stands for the last row."""
        raise NotImplementedError

    def key_of(self, row: Row) -> int:
        """What :meth:`window` finds the row by."""
        raise NotImplementedError

    def thing_of(self, row: Row) -> Thing | None:
        """What the row is about that can be selected."""
        return None

    def key_for(self, thing: Thing) -> int | None:
        """The anchor of the row about *thing*, if it has one here."""
        return None

    def draw(self, row: Row, line: Line, width: int) -> None:
        """Write a row into *line*."""
        raise NotImplementedError

    def chosen(self, row: Row) -> bool:
        """Whether it is the row of the selection."""
        return self.scene is not None and self.thing_of(row) == self.scene.thing != NOTHING

    def related(self, row: Row) -> str:
        """What the row has to do with the selection, in a word or two; "" for nothing."""
        thing = self.thing_of(row)
        return "" if self.scene is None or thing is None else self.scene.related.word(thing)

    def changed(self, row: Row) -> Mark | None:
        """What the last step did to it, where :meth:`margin` is to say so."""
        return None

    def margin(self, line: Line, row: Row) -> None:
        """Two cells: :meth:`point`, and the row's mark."""
        self.point(line, row)
        mark(line, self.paint, self.mark_of(row))

    def point(self, line: Line, row: Row) -> None:
        """One cell: whether the row is the selected one, or has to do with it."""
        if self.chosen(row):
            line.add(self.paint.glyph("selected"), self.paint.style("selected"))
        elif self.related(row):
            line.add(self.paint.glyph("related"), self.paint.style("related"))
        else:
            line.add(" ")

    def besides(self, row: Row) -> Hashable:
        """What decides how a row is drawn, besides the row, the width, the paint and whether it is
        chosen or related; a row with the same of all these is not drawn again.  None: always draw
        it."""
        return None

    def called(self, row: Row) -> Hashable:
        """Which row it is, in whichever machine of two that are held against each other."""
        return self.key_of(row)

    def said(self, row: Row) -> Hashable:
        """What it tells, for who looks whether that is the same in both."""
        return row

    def picked(self, row: Row) -> Message | None:
        """What to tell the app when the row is selected; None: nothing."""
        thing = self.thing_of(row)
        return None if thing is None else self.Picked(thing)

    def head(self, width: int) -> Line | None:
        """The line above the rows."""
        return None

    def foot(self, width: int) -> Line | None:
        """The line that stands at the bottom whatever the rows do."""
        return None

    def titles(self) -> tuple[str, str]:
        """What the border says: at the top, and at the bottom."""
        return "", ""

    # ---- showing ----

    @property
    def room(self) -> int:
        """How many rows fit."""
        _, height = self.inside
        return max(0, height - sum(end is not None for end in self._head_and_foot()))

    def _head_and_foot(self) -> tuple[Line | None, Line | None]:
        """Made once for a scene, for how many rows there is room for depends on them."""
        width, ends = max(1, self.inside.width), self._ends
        about = self.paint, width, self.aside
        if ends is None or ends[0] is not self.scene or ends[1] != about:
            lines = self.head(width - self.aside), self.foot(width)
            ends = self._ends = self.scene, about, lines
        return ends[2]

    def tell(self, scene: Scene, *, reveal: bool = False) -> None:
        """Show another moment, now or when it comes in sight."""
        if self.in_sight:
            self._due = None
            self.show(scene, reveal=reveal)
        else:
            self._due = scene, reveal or (self._due is not None and self._due[1])

    def show(self, scene: Scene, *, reveal: bool = False) -> None:
        """Show another moment; *reveal*: scroll so that what is selected is in sight."""
        self._top = self._keep(scene)
        self.scene = scene
        if reveal:
            self.reveal(scene.thing)
        self.repaint()

    def _keep(self, scene: Scene) -> int:
        """The top row, or the next one after it that is still there."""
        before, self.scene = self.scene, scene
        try:
            if before is None or self._top == TOP:
                return self._top
            for row in self.rows:
                thing = self.thing_of(row)
                if thing is not None and self.key_for(thing) is not None:
                    return self.key_of(row)
            return self._top
        finally:
            self.scene = before

    def reveal(self, thing: Thing) -> None:
        """Scroll, if need be, so that the row about *thing* is in sight."""
        self.bring(self.key_for(thing))

    def bring(self, anchor: int | None) -> None:
        """Scroll, if need be, so that the row of *anchor* is in sight."""
        room = self.room
        if anchor is None or not room:
            return
        rows = self.window(self._top, 0, room)
        if all(self.key_of(row) != anchor for row in rows):
            rows = self.window(anchor, -(room // 3), room)
            self._top = self.key_of(rows[0])
        else:
            self._looked = self._top, room, rows

    def repaint(self) -> None:
        """Ask the views again, and refresh the lines that have come to look different."""
        known, self._looked = self._looked, None
        if self.scene is None or not self.inside or not self.in_sight:
            return
        width, height = self.inside
        room = self.room
        if known is not None and known[:2] == (self._top, room):
            self.rows = known[2]
        else:
            self.rows = self.window(self._top, 0, room)
        if self._top != TOP and self.rows:
            self._top = self.key_of(self.rows[0])
        aside, lines = self.aside, list[Strip]()
        head, foot = self._head_and_foot()
        if head is not None:
            strip = head.strip(width - aside)
            lines.append(marked(self.line(), self, None, strip) if aside else strip)
        lines += self._strips(width)
        if foot is not None:
            blank = Strip.blank(width, self.paint.ground)
            lines += [blank] * (height - 1 - len(lines))
            lines = [*lines[: height - 1], foot.strip(width)]
        self.put(lines)
        top, bottom = self.titles()
        if self.tabs and top not in (tab.name for tab in self.tabs):  # they take its place
            both = "  ".join(filter(None, (top, bottom)))
            bottom = both if len(both) <= self.wide else top
        self.say(self._heading(top), clean(bottom))

    def _heading(self, title: str) -> tuple[Label, ...]:
        """What the frame says at the top: the panes of this place, where there are several."""
        return labels(self.tabs, self.wide) if self.tabs else (Label(clean(title)),)

    @property
    def in_sight(self) -> bool:
        """Whether it has its place on the screen, rather than another that takes turns with it."""
        parent = self.parent
        return self.display and (not isinstance(parent, Widget) or parent.display)

    def _strips(self, width: int) -> list[Strip]:
        """The rows as they look now.  O(those that did not look so before)."""
        before, self._drawn = self._drawn, {}
        strips = []
        for row in self.rows:
            decides = self.besides(row)
            if decides is None:
                strips.append(self._row(row, width))
                continue
            looks = self.chosen(row), self.related(row), self.mark_of(row)
            key = (row, decides, looks, width, self.paint)
            strip = before.get(key)
            if strip is None:
                strip = self._row(row, width)
            self._drawn[key] = strip
            strips.append(strip)
        return strips

    def _row(self, row: Row, width: int) -> Strip:
        ground = self.paint.cursor if self.chosen(row) else None
        line, aside = self.line(ground), self.aside
        self.draw(row, line, width - aside)
        strip = line.strip(width - aside)
        return marked(self.line(ground), self, self.mark_of(row), strip) if aside else strip

    # ---- held against the same pane of another machine

    @property
    def aside(self) -> int:
        """Cells of a margin for what differs, where the pane has none of its own."""
        return int(self.against is not None and not self.MARKS and not self.MARGIN)

    def mark_of(self, row: Row) -> Mark | None:
        """How it differs from the other machine's; where there is none, what the last step did."""
        return self.changed(row) if self.against is None else self.against.mark(self, row)

    def align(self) -> None:
        """Have what the other pane has too at the same height as there."""
        top = None if self.against is None else self.against.height(self)
        if top is not None:
            self._top = top
        self.repaint()

    def line(self, ground: Style | None = None) -> Line:
        """An empty line on a pane's ground."""
        return Line(self.paint.ground if ground is None else ground, self.paint.more)

    def use(self, paint: Paint) -> None:
        """Draw with another theme from now on."""
        self.frame(paint)
        self.repaint()

    def fit(self, *, resized: bool) -> None:
        if self._due is not None:
            (scene, reveal), self._due = self._due, None
            self.show(scene, reveal=reveal)
        if resized:
            self.unfold()
            self.repaint()

    def unfold(self) -> None:
        """There is more room, or less: what was to be seen stays in sight."""
        if self.scene is not None:
            self.reveal(self.scene.thing)

    # ---- moving ----

    def scroll(self, rows: int) -> None:
        """Move the window by so many rows, as far as there are rows."""
        moved = self.window(self._top, rows, self.room)
        if moved:
            self._top = self.key_of(moved[0])
            self.repaint()
            self.post_message(self.Scrolled(self))

    def pick(self, anchor: int, skip: int = 0) -> None:
        """Select the row that is *skip* after that of *anchor*."""
        found = self.window(anchor, skip, 1)
        message = self.picked(found[0]) if found else None
        if message is not None:
            self.post_message(message)

    def action_move(self, rows: int) -> None:
        """Select the next or previous row; from elsewhere, the first in sight that has to do with
        the selection, or the first."""
        if self.scene is None or not self.rows:
            return
        anchor = self.key_for(self.scene.thing)
        if anchor is None:
            first = next((row for row in self.rows if self.related(row)), self.rows[0])
            self.pick(self.key_of(first))
        else:
            self.pick(anchor, rows)

    def action_page(self, pages: int) -> None:
        self.action_move(pages * max(1, self.room - 1))

    def action_first(self) -> None:
        self.pick(TOP)

    def action_last(self) -> None:
        self.pick(self.last())

    def action_enter(self) -> None:
        """Nothing but in panes whose rows are moments; there is the prompt to go to."""
        self.app.action_prompt()  # type: ignore[attr-defined]  # the app is ours

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.scroll(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.scroll(-3)

    def on_click(self, event: events.Click) -> None:
        tab = tab_at(self.tabs, self.wide, event.x) if event.y == 0 else None
        if tab is not None:
            self.post_message(self.Called(tab.name))
        offset = event.get_content_offset(self)
        if offset is None:
            return
        y = offset.y - (self._head_and_foot()[0] is not None)
        if 0 <= y < len(self.rows):
            self.pick(self.key_of(self.rows[y]))
