"""The one-line widgets around the stage: title bar, timeline, and the strip of container names."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, ClassVar, NamedTuple

from rich.cells import cell_len
from textual import events
from textual.color import Color
from textual.filter import LineFilter
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from nsh.machine.ids import SpaceId
from nsh.tui.cells import Line, clean
from nsh.tui.kept import Kept
from nsh.tui.paint import Paint


class Hint(NamedTuple):
    """A key that matters here, and what it does."""

    text: str
    action: str = ""
    """What a click on it does, too; "": nothing."""


class Bar(Kept):
    """A widget of one line that it draws itself; repainted only if it looks different."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "Bar { height: 1; width: 1fr; }"

    def __init__(self, paint: Paint, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.paint = paint
        self._strip: Strip | None = None
        self._offered: list[tuple[int, int, str]] = []
        """Where the hints are that it shows, from column to column, and their actions."""

    def draw(self, line: Line, width: int) -> None:
        """Write the line."""
        raise NotImplementedError

    def repaint(self) -> None:
        """Draw again, and refresh if that made a difference."""
        width = self.size.width
        strip = self._drawn(width) if width else None
        if strip != self._strip:
            self._strip = strip
            self.refresh(Region(0, 0, width, 1))

    def _drawn(self, width: int) -> Strip:
        line = Line(self.paint.bar, self.paint.more)
        self._offered = []
        self.draw(line, width)
        return line.strip(width)

    def offer(self, hints: Sequence[Hint], line: Line) -> None:
        """Write hints, which a click finds there."""
        for index, hint in enumerate(hints):
            line.add("  " if index else "")
            begin = line.width
            line.add(hint.text, self.paint.muted)
            self._offered.append((begin, line.width, hint.action))

    async def on_mouse_down(self, event: events.MouseDown) -> None:
        """Do what the hint there says."""
        for begin, end, action in self._offered:
            if action and begin <= event.x < end:
                await self.app.run_action(action, self.app)

    def use(self, paint: Paint) -> None:
        """Draw with another theme from now on."""
        self.paint = paint
        self.repaint()
        self.refresh()

    def drawn(self, crop: Region, filters: Sequence[LineFilter]) -> list[Strip]:
        """Its line, past Textual's style sheets: it has its own ground."""
        strips = [self.render_line(y) for y in crop.line_range]
        ground = Color.parse(self.paint.theme.palette.background)
        for each in filters:
            strips = [strip.apply_filter(each, ground) for strip in strips]
        if crop.column_span != (0, self.size.width):
            return [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if y:
            return Strip.blank(width, self.paint.bar)
        if self._strip is None or self._strip.cell_length != width:
            self._strip = self._drawn(width)
        return self._strip


class TitleBar(Bar):
    """What is played, where we are in it, and how fast it goes."""

    def __init__(self, paint: Paint, *, id: str | None = None) -> None:
        super().__init__(paint, id=id)
        self.name_shown = ""
        self.facts: tuple[str, ...] = ()

    def say(self, name: str, facts: Sequence[str]) -> None:
        """Show *name* on the left and *facts*, most important last, on the right."""
        if (name, tuple(facts)) != (self.name_shown, self.facts):
            self.name_shown, self.facts = name, tuple(facts)
            self.repaint()

    def draw(self, line: Line, width: int) -> None:
        paint = self.paint
        line.add(" nsh ", paint.style("actor")).add(" ")
        facts = list(self.facts)
        while facts and width - line.width - len("   ".join(facts)) - 2 < min(
            20, len(self.name_shown)
        ):
            facts.pop(0)
        right = "   ".join(facts) + " "
        room, name = max(0, width - line.width - len(right) - 1), self.name_shown
        line.column(name if cell_len(name) <= room else name.rpartition("/")[2], room)
        line.add(" ").add(right, paint.muted)


class Timeline(Bar):
    """All steps on one line: where chapters begin, and where we are."""

    class Seek(Message):
        """Someone pointed at a position."""

        def __init__(self, position: int) -> None:
            super().__init__()
            self.position = position

    HINTS: ClassVar[Sequence[Hint]] = (
        Hint("Space play", "app.play"),
        Hint(", . step", "app.step(1)"),
        Hint("[ ] statement", "app.statement(1)"),
        Hint("v eyes", "app.viewer(1)"),
        Hint("F1 help", "app.help"),
    )

    def __init__(self, paint: Paint, *, id: str | None = None) -> None:
        super().__init__(paint, id=id)
        self.position = 0
        self.length = 1
        """Steps there are."""
        self.open = False
        """Whether there is more to come than is known."""
        self.chapters: Sequence[int] = ()
        self.chapter = 0
        self.found: Sequence[int] = ()
        """Positions that were asked for."""
        self.marks: Sequence[int] = ()
        """Positions that have a name."""
        self._hints: Sequence[Hint] = self.HINTS
        self._signed: tuple[tuple[Any, ...], Sequence[str]] = (), ()
        """What was last asked for, and the signs for that."""

    def hint(self, hints: Sequence[Hint]) -> None:
        """Name these keys; () for those that are heard everywhere."""
        hints = hints or self.HINTS
        if hints != self._hints:
            self._hints = hints
            self.repaint()

    def tell(
        self,
        position: int,
        length: int,
        *,
        more: bool,
        chapters: Sequence[int],
        chapter: int,
        points: tuple[Sequence[int], Sequence[int]] = ((), ()),
    ) -> None:
        """Show another moment, and where those of *points* are, all among *length*: what was asked
        for, and what has a name."""
        self.position, self.length, self.open = position, length, more
        self.chapters, self.chapter = tuple(chapters), chapter  # its owner's list goes on
        self.found, self.marks = points
        self.repaint()

    def _bar(self, width: int) -> int:
        where, hints = self._right(width)
        return max(8, width - len(where) - len(together(hints)) - 4)

    def _right(self, width: int) -> tuple[str, Sequence[Hint]]:
        """Which chapter it is, and as many hints as there is room for."""
        where = f" {self.chapter}/{len(self.chapters)}   " if self.chapters else "   "
        hints = list(self._hints)
        while hints and len(where) - 2 + len(together(hints)) > width // 2:
            hints.pop(max(0, len(hints) - 2))  # the last says where the others are found
        return where, hints

    def _column(self, position: int, cells: int) -> int:
        return position * (cells - 1) // max(1, self.length - 1)

    def _columns(self, positions: Sequence[int], cells: int) -> Iterator[int]:
        """Where rising *positions* are, each column once, however many there are."""
        at = 0
        while at < len(positions):
            column = self._column(positions[at], cells)
            yield column
            last = max(1, self.length - 1)
            behind = -(-(column + 1) * last // max(1, cells - 1))  # the next column's first
            at = bisect_left(positions, behind, lo=at + 1)

    def _signs(self, cells: int) -> Sequence[str]:
        """The role of the sign that each cell has, "" for none, before we are anywhere."""
        sorts = tuple(self.chapters), tuple(self.marks), tuple(self.found)
        about = cells, self.length, sorts
        if about != self._signed[0]:
            signs = [""] * cells
            for role, positions in zip(("chapter", "mark", "match"), sorts, strict=True):
                for column in self._columns(positions, cells):
                    signs[column] = role
            self._signed = about, signs
        return self._signed[1]

    def draw(self, line: Line, width: int) -> None:
        paint = self.paint
        cells = self._bar(width)
        now, signs = self._column(self.position, cells), self._signs(cells)
        ways = {"passed": (paint.glyph("timeline"), "now"), "": (paint.pick("─", "-"), "timeline")}
        behind = [sign or "passed" for sign in signs[:now]]
        line.add(paint.pick(" ◂", " <"), paint.style("timeline"))
        for role, run in groupby([*behind, "now", *signs[now + 1 :]]):
            glyph, style = ways.get(role) or (paint.glyph(role), role)
            line.add(glyph * len(list(run)), paint.style(style))
        line.add(paint.pick("┄▸" if self.open else "▸", ">"), paint.style("timeline"))
        where, hints = self._right(width)
        self.offer(hints, line.add(where, paint.muted))

    def _seek(self, x: int) -> None:
        cells = self._bar(self.size.width)
        cell = min(max(0, x - 2), cells - 1)
        position = round(cell * (self.length - 1) / max(1, cells - 1))
        if position != self.position:
            self.post_message(self.Seek(position))

    async def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold of the present moment; it goes where the mouse goes, until it is let go."""
        if event.x < 2 + self._bar(self.size.width):
            self.capture_mouse()
            self._seek(event.x)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self.app.mouse_captured is self:
            self._seek(event.x)

    def on_mouse_up(self, _event: events.MouseUp) -> None:
        self.release_mouse()


class SpaceStrip(Bar):
    """The containers there is no table for: names and how many tasks each has.  A click calls."""

    class Called(Message):
        """Someone wants to see this one."""

        def __init__(self, space: SpaceId) -> None:
            super().__init__()
            self.space = space

    def __init__(self, paint: Paint, *, id: str | None = None) -> None:
        super().__init__(paint, id=id)
        self.spaces: Sequence[tuple[SpaceId, str, int]] = ()
        self._named: list[tuple[int, int, SpaceId]] = []
        """Where each is, from column to column."""

    def name_all(self, spaces: Sequence[tuple[SpaceId, str, int]]) -> None:
        """Show these with these names and counts."""
        if spaces != self.spaces:
            self.spaces = spaces
            self.repaint()

    def draw(self, line: Line, width: int) -> None:
        paint = self.paint
        line.add(" c ", paint.muted)
        self._named = []
        for index, (space, cid, live) in enumerate(self.spaces):
            left = len(self.spaces) - index
            text = f"{paint.glyph('container')} {clean(cid)} {live}"
            more = f"and {left} more"
            if line.width + cell_len(text) + (left > 1) * (len(more) + 2) > width:
                line.add(more, paint.muted)
                return
            self._named.append((line.width, line.width + cell_len(text), space))
            line.add(text, paint.style("container")).add("  ")

    async def on_mouse_down(self, event: events.MouseDown) -> None:
        for begin, end, space in self._named:
            if begin <= event.x < end:
                self.post_message(self.Called(space))


def together(hints: Sequence[Hint]) -> str:
    """Hints as they stand beside each other."""
    return "  ".join(hint.text for hint in hints)
