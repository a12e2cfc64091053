"""The pid tables, side by side: as many as there is room for."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Static

from nsh._modules import late
from nsh.machine.ids import SpaceId
from nsh.tui.aside import put_aside
from nsh.tui.bars import SpaceStrip
from nsh.tui.kept import Kept
from nsh.tui.paint import Paint
from nsh.tui.scene import Roomed, Scene
from nsh.views.containers import containers

if TYPE_CHECKING:
    from nsh.tui.panes import table
else:  # a machine boots without containers
    late(globals(), "nsh.tui.panes", "table")

NARROWEST = 36
"""Cells a table needs."""
MOST = 5
"""Tables that are made; wider terminals make them wider."""

EMPTY = """Nobody has pids of their own yet.

One as in 2005:
[b]spawn sshd; as sshd echo web > /proc/container[/b]
A pid namespace, as today:
[b]spawn --pid db[/b]
"""


class NoTable(Static, can_focus=True):
    """What stands there before there is any container: a pane that hears the keys like others."""


class TableRow(Horizontal, Kept):
    """The tables themselves."""


class Tables(Vertical, Kept):
    """The tables of the containers in front, and the names of the others."""

    def __init__(self, paint: Paint, *, id: str | None = None, empty: str = EMPTY) -> None:
        super().__init__(id=id)
        self.paint = paint
        self._empty = empty
        self._parts: tuple[TableRow, SpaceStrip] | None = None
        """Where tables and names are, once there are any."""
        self._made: list[table.TablePane] = []
        """The tables that are there."""
        self._room = 1
        """How many were asked for last."""
        self.expected = 0
        """How wide it will be, before it has its place."""

    def compose(self) -> ComposeResult:
        yield NoTable(self._empty, id="no-container")

    @property
    def room(self) -> int:
        """How many tables fit."""
        return max(1, min(MOST, (self.size.width or self.expected) // NARROWEST))

    @property
    def panes(self) -> "list[table.TablePane]":
        """The tables that are in use."""
        return [pane for pane in self._made if pane.display]

    @property
    def hearing(self) -> Widget:
        """Who hears the keys of those who go there."""
        return next(iter(self.panes), self.query_one(NoTable))

    def furnish(self, count: int = MOST) -> tuple[TableRow, SpaceStrip]:
        """Have so many tables be there, in use or not; where they and the names are."""
        if self._parts is None:
            self._parts = TableRow(id="table-row"), SpaceStrip(self.paint, id="space-strip")
            put_aside(self, self._parts)
        numbers = range(len(self._made), count)
        made = [table.TablePane(self.paint, id=f"table-{number}") for number in numbers]
        put_aside(self._parts[0], made)
        self._made += made
        return self._parts

    def use(self, paint: Paint) -> None:
        """Make those to come with another theme."""
        self.paint = paint

    def on_resize(self) -> None:
        if self.room != self._room:
            self.post_message(Roomed())

    def show(self, scene: Scene, *, reveal: bool) -> None:
        """Show another moment."""
        self._room = self.room
        front: Sequence[SpaceId | None] = scene.front[:MOST]
        self.query_one("#no-container").display = not front
        others = [
            (row.space, row.cid, row.live)
            for row in containers(scene.machine)
            if row.level and row.space not in scene.front
        ]
        if self._parts is None and not (front or others):
            return
        tables, strip = self.furnish(len(front))
        tables.display = bool(front)
        for index, pane in enumerate(self._made):
            space = front[index] if index < len(front) else None
            pane.look_at(space)
            pane.display = space is not None
            pane.tell(scene, reveal=reveal)
        strip.display = bool(others)
        strip.name_all(others)
