"""The screens of terminals, side by side: as many as there is room for."""

from textual.app import ComposeResult
from textual.containers import Horizontal

from nsh.machine.ids import NO_TERMINAL
from nsh.machine.terminals import Terminal
from nsh.tui.aside import put_aside
from nsh.tui.kept import Kept
from nsh.tui.paint import Paint
from nsh.tui.panes.screen import ScreenPane
from nsh.tui.scene import GONE, Roomed, Scene
from nsh.views.selection import Sort

NARROWEST = 36
"""Columns a screen needs, with its frame."""
MOST = 4
"""Screens that are made; wider terminals make them wider."""


class Consoles(Horizontal, Kept):
    """The screens of the terminals in front."""

    def __init__(self, paint: Paint, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.paint = paint
        self._room = 0
        """How many were asked for last."""
        self.expected = 0
        """How wide it will be, before it has its place."""

    def compose(self) -> ComposeResult:
        yield ScreenPane(self.paint, id="console-0")

    @property
    def room(self) -> int:
        """How many screens fit; in the small layout one, as wide as it can be."""
        if not self.display:
            return 0
        if self.screen.has_class("-narrow"):
            return 1
        return max(1, min(MOST, (self.size.width or self.expected) // NARROWEST))

    @property
    def panes(self) -> list[ScreenPane]:
        """The screens that are in use; always one."""
        return [pane for pane in self._all if pane.display]

    @property
    def _all(self) -> list[ScreenPane]:
        return [pane for pane in self.children if isinstance(pane, ScreenPane)]

    def furnish(self, count: int = MOST) -> None:
        """Have so many screens be there, in use or not."""
        made = [ScreenPane(self.paint, id=f"console-{n}") for n in range(len(self._all), count)]
        put_aside(self, made)

    def use(self, paint: Paint) -> None:
        """Make those to come with another theme."""
        self.paint = paint

    def on_resize(self) -> None:
        if self.room != self._room:
            self.post_message(Roomed())

    def show(self, scene: Scene) -> None:
        """Show another moment."""
        self._room = self.room
        front = scene.terminals[:MOST]
        more = scene.machine.count(Terminal) - len(front)
        none = self._none(scene)
        self.furnish(len(front))
        for index, pane in enumerate(self._all):
            pane.look_at(front[index] if index < len(front) else NO_TERMINAL)
            last = index == max(0, len(front) - 1)
            pane.more = more if last else 0
            pane.none = none if last else ""
            pane.display = index < max(1, len(front))
            pane.tell(scene)

    def _none(self, scene: Scene) -> str:
        """That no screen in sight has to do with what somebody selected, where none has."""
        here = scene.terminals[:MOST]
        if not scene.picked or scene.related.any_among(Sort.TERMINAL, here):
            return ""
        return f"{scene.called} has none here" if scene.there else GONE
