"""One half of two moments beside each other, and the lines above and below."""

from collections.abc import Sequence
from typing import Any, Final

from textual.app import ComposeResult
from textual.containers import Vertical

from nsh.machine.ids import SpaceId
from nsh.session.beside import Side
from nsh.session.reel import Reel
from nsh.tui.bars import Bar, Hint, together
from nsh.tui.cells import Line
from nsh.tui.consoles import Consoles
from nsh.tui.look import Look
from nsh.tui.paint import Paint
from nsh.tui.panes.devpts import DevptsPane
from nsh.tui.panes.ids import IdsPane
from nsh.tui.panes.ipc import IpcPane
from nsh.tui.panes.namespaces import NamespacesPane
from nsh.tui.panes.net import NetPane
from nsh.tui.panes.tree import TreePane
from nsh.tui.places import SHORT
from nsh.tui.player import Player
from nsh.tui.rows import Rows
from nsh.tui.scene import Scene
from nsh.tui.tables import Tables
from nsh.tui.tabs import Tab

PANES: Final = {
    1: "tree",
    2: "tables",
    4: "ids",
    6: "devpts",
    7: "consoles",
    8: "ipc",
    9: "net",
    10: "namespaces",
}
"""The panes of a half, by the numbers that they have on the stage."""
SHARING: Final = {
    "-tiny": (1, 2, 4, 6, 7, 8, 9, 10),
    "-small": (2, 4, 6, 7, 8, 9, 10),
    "-medium": (6, 7, 8, 9, 10),
    "-large": (6, 8, 9, 10),
}
"""Those that take turns in one place, in each layout."""
NARROW: Final = 60
"""Columns below which words are left out."""
EMPTY: Final = "No container here.\n"


class Heading(Bar):
    """Which moment of which history a half shows, and whether it goes with the other."""

    told: tuple[str, str] = ("", "")
    ahead = True
    """The keys that step move it."""

    def say(self, what: str, facts: str, *, ahead: bool) -> None:
        """Show *what* on the left and *facts* behind."""
        self.told, self.ahead = (what, facts), ahead
        self.repaint()

    def draw(self, line: Line, width: int) -> None:
        paint = self.paint
        sign = paint.pick("▶", ">") if self.ahead else paint.pick("‖", "=")
        line.add(f" {sign} ", paint.style("now" if self.ahead else "stopped"))
        line.add(self.told[0], paint.style("container"))
        line.column(f"  {self.told[1]}", max(0, width - line.width), paint.muted)


class Foot(Bar):
    """What the marks and the keys mean."""

    locked = False

    def say(self, *, locked: bool) -> None:
        """Say how the halves move."""
        self.locked = locked
        self.repaint()

    def draw(self, line: Line, width: int) -> None:
        paint = self.paint
        only = " only" if width >= NARROW else ""
        for role, text in (
            ("removed", f"left{only}"),
            ("added", f"right{only}"),
            ("changed", "differs"),
        ):
            line.add(" ").add(paint.glyph(role), paint.style(role)).add(f" {text} ", paint.muted)
        hints = [
            Hint(", . step", "screen.step(1)"),
            Hint("l both" if self.locked else "l one", "screen.lock"),
            Hint("o other half", "screen.other"),
            Hint("v eyes", "screen.viewer(1)"),
            Hint("c container", "screen.container(1)"),
            Hint("Esc back", "screen.back"),
            Hint("F1 help", "app.help"),
        ]
        while len(hints) > 2 and len(together(hints)) + line.width + 2 > width:
            hints.pop(-3)
        line.add(" " * max(1, width - line.width - len(together(hints)) - 1))
        self.offer(hints, line)


class Half(Vertical):
    """One of the two."""

    def __init__(self, paint: Paint, side: Side, *, id: str) -> None:
        super().__init__(id=id)
        self._paint_first = paint
        self.side = side
        self.player = Player(Reel(side.history, side.position))
        self.look = Look(self.player)

    def compose(self) -> ComposeResult:
        paint = self._paint_first
        yield Heading(paint)
        yield TreePane(paint, id="tree")
        yield Tables(paint, id="tables", empty=EMPTY)
        yield IdsPane(paint, id="ids")
        yield DevptsPane(paint, id="devpts")
        yield IpcPane(paint, id="ipc")
        yield NetPane(paint, id="net")
        yield NamespacesPane(paint, id="namespaces")
        yield Consoles(paint, id="consoles")

    def rows_at(self, number: int) -> Sequence[Rows[Any]]:
        """The panes at a place."""
        widget = self.query_one(f"#{PANES[number]}")
        if isinstance(widget, Tables | Consoles):
            return widget.panes
        return [widget] if isinstance(widget, Rows) else []

    def every(self) -> list[Rows[Any]]:
        """All panes that could be in use, in the same order in each half."""
        return list(self.query(Rows))

    def bring(self, number: int, layout: str) -> None:
        """Show one of those that share a place."""
        sharing = SHARING[layout]
        number = number if number in sharing or not sharing else sharing[0]
        tabs = [
            Tab(str(key % 10), PANES[key], SHORT.get(PANES[key], PANES[key]), key == number)
            for key in sharing
        ]
        for key, name in PANES.items():
            self.query_one(f"#{name}").display = key not in sharing or key == number
        for key in PANES:
            for pane in self.rows_at(key)[:1]:
                pane.tabs = tuple(tabs) if key in sharing else ()

    def show(self, scene: Scene, both: Sequence[SpaceId], *, reveal: bool) -> None:
        """Show a scene in every pane; of those in front *both* machines have these."""
        tables, consoles = self.query_one(Tables), self.query_one(Consoles)
        tables.show(scene, reveal=reveal)
        consoles.show(scene)
        for pane in self.children:
            if isinstance(pane, IdsPane):
                pane.show(scene._replace(front=tuple(both)))
            elif isinstance(pane, Rows):
                pane.show(scene, reveal=reveal)

    def head(self, *, ahead: bool) -> None:
        """Say what it shows, and whether the keys move it."""
        player, side = self.player, self.side
        what = f"{side.of}: step {player.position} of {len(player.history) - 1}"
        asked = player.position == side.position and ":" not in side.name
        about = side.name if asked and not side.name.isdigit() and side.name != side.of else ""
        at = player.story.statement(player.position)
        text = player.history[at].place.text.partition("\n")[0] if at else ""
        heading = self.query_one(Heading)
        heading.say(what, "  ".join(filter(None, (about, text))), ahead=ahead)
