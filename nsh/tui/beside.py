"""Two moments, branches or policies beside each other: a half of the screen each, in one step.

Each half is a scene of its own, in the panes of the stage.  What is selected, whose eyes one looks
through, which container is in front and which rows are in sight is the same in both.
"""

from collections.abc import Iterator, Sequence
from typing import ClassVar, Final

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widget import Widget

from nsh.machine.ids import TerminalId
from nsh.session.beside import Row, Side, touched
from nsh.session.history import Step
from nsh.tui import keys, plans
from nsh.tui.against import Against
from nsh.tui.bars import SpaceStrip
from nsh.tui.consoles import Consoles
from nsh.tui.front import come_forward
from nsh.tui.ground import Ground
from nsh.tui.halves import PANES, SHARING, Foot, Half
from nsh.tui.help import SIGNS
from nsh.tui.look import Look
from nsh.tui.paint import Paint
from nsh.tui.panes.screen import ScreenPane
from nsh.tui.panes.tree import TreePane
from nsh.tui.player import Player
from nsh.tui.rows import Rows
from nsh.tui.scene import Roomed
from nsh.tui.tables import Tables
from nsh.views.apart import LEFT, RIGHT, apart
from nsh.views.consoles import sitting_at
from nsh.views.pairs import NOWHERE, Pairs, paired

_NUMBERS: Final = tuple(
    keys.Key(f"look.pane-{number}", "", f"screen.pane({number})", f"{number % 10}", name)
    for number, name in PANES.items()
)
"""For the help, which pane is where."""


class BesideScreen(Ground):
    """Two halves, until Esc."""

    CSS_PATH = "beside.tcss"
    PANES: ClassVar = PANES
    BINDINGS = keys.bindings(keys.BESIDE)
    KEYS: ClassVar = (
        ("Two beside each other", keys.BESIDE),
        ("Its panes", _NUMBERS),
        ("In a pane", keys.PANE),
        ("Everywhere", keys.GLOBAL),
    )
    SIGNS: ClassVar = (
        *(sign for sign in SIGNS if sign[0] not in ("added", "changed", "removed")),
        ("removed", "on the left only"),
        ("added", "on the right only"),
        ("changed", "on both, and not the same"),
    )

    def __init__(
        self, paint: Paint, sides: tuple[Side, Side], look: Look, history: Sequence[Step]
    ) -> None:
        """*look*: what is selected, and through whose eyes, to begin with; in *history*."""
        super().__init__()
        self._paint_first = paint
        self.left, self.right = (
            Half(paint, side, id=id) for side, id in zip(sides, ("left", "right"), strict=True)
        )
        self._at = self.left
        self.locked = False
        """Keys that step move that one alone."""
        self._tab = 2
        self._wanted: tuple[int, ...] = ()
        """A terminal that was asked for, as both call it."""
        left, right = sides
        self._shared = left.parted_from(right.history)
        self._pairs = Pairs(left.machine, right.machine)
        """Who on the one side is who on the other, at these moments."""
        self._front: tuple[int, ...] = ()
        """The containers in front, as both sides call them,"""
        self._terminals: tuple[int, ...] = ()
        """and the terminals."""
        now = Side("", "", history, look.position)
        self.left.look.like(look, paired(now.machine, left.machine, now.parted(left)))
        self._chose = self.left
        """The half in which was chosen last what is selected, and whose eyes one looks through."""

    @property
    def halves(self) -> tuple[Half, Half]:
        """Left and right."""
        return self.left, self.right

    @property
    def here(self) -> Half:
        """The half that has the focus, or had it last."""
        if self.focused is not None:
            inside = self.focused.ancestors
            self._at = next((half for half in self.halves if half in inside), self._at)
        return self._at

    @property
    def there(self) -> Half:
        """The other one."""
        return self.right if self.here is self.left else self.left

    def compose(self) -> ComposeResult:
        yield Horizontal(*self.halves, id="halves")
        yield Foot(self._paint_first)

    def on_mount(self) -> None:
        for mine, other, alone in (
            (self.left, self.right, LEFT),
            (self.right, self.left, RIGHT),
        ):
            for pane, against in zip(mine.every(), other.every(), strict=True):
                pane.against = Against(against, self._pairs, alone)
        self.set_focus(self.left.query_one(TreePane))

    def on_resize(self, event: events.Resize) -> None:
        width, height = event.size
        size = "-large" if width >= 160 and height >= 54 else "-medium"
        self._sort = size if width >= 100 and height >= 34 else "-small"
        if plans.fitting(width, height) == plans.TINY:
            self._sort = "-tiny"
        self.update_classes({name: name == self._sort for name in SHARING})
        self._bring(self._tab)
        self.call_after_refresh(self.show, reveal=True)

    _sort = "-small"

    # ---- showing

    def show(self, *, reveal: bool) -> None:
        """Bring both halves to their moments."""
        here, there = self.here, self.there
        self._pair()
        chose = self._chose
        (self.right if chose is self.left else self.left).look.like(chose.look, self._pairs)
        machines = self.left.player.machine, self.right.player.machine
        self.left.player.marks, self.right.player.marks = apart(
            *machines, self._pairs, self._touched()
        )
        front = self._in_front(here.query_one(Tables).room)
        terminals = self._at_terminals(here.query_one(Consoles).room)
        both = {
            name
            for name in front
            if all(self._pairs.space(machine, name) != NOWHERE for machine in machines)
        }
        for half in (there, here):  # the other one first: this one's marks look at it
            machine = half.player.machine
            spaces = {name: self._pairs.space(machine, name) for name in front}
            screens = tuple(TerminalId(self._pairs.known(machine, name)) for name in terminals)
            half.look.bring([space for space in spaces.values() if space != NOWHERE], screens)
            scene = half.look.scene(len(front))
            scene = scene._replace(front=tuple(spaces.values()), terminals=screens)
            half.show(scene, [spaces[name] for name in front if name in both], reveal=reveal)
        for pane in there.every():
            if not isinstance(pane, ScreenPane):
                pane.align()
        self.head()

    def _pair(self) -> None:
        """Find out who is who, now that one of the halves may be at another moment."""
        left, right = (half.player for half in self.halves)
        same = self._pairs.left is left.machine and self._pairs.right is right.machine
        if not same or not self._paired:
            self._paired = True
            sides = [half.side._replace(position=half.player.position) for half in self.halves]
            self._pairs = paired(left.machine, right.machine, sides[0].parted(sides[1]))
            for half in self.halves:
                for pane in half.every():
                    if pane.against is not None:
                        pane.against = pane.against._replace(pairs=self._pairs)

    _paired = False

    def _touched(self) -> set[Row] | None:
        """The rows that could differ; None: nobody knows."""
        if self._shared is None:
            return None
        left, right = (half.player for half in self.halves)
        at = left.position, right.position
        return touched(left.history, right.history, self._shared, at)

    def _in_front(self, room: int) -> tuple[int, ...]:
        """The containers in front of both, though one may not have them."""
        wanted: list[int] = []
        existing: set[int] = set()
        for half in (self.here, self.there):
            machine, look = half.player.machine, half.look
            wanted += (self._pairs.name(machine, space) for space in look.wanted())
            existing.update(self._pairs.name(machine, space) for space in look.spaces())
        self._front = come_forward(self._front, wanted, sorted(existing), room)
        return self._front

    def _at_terminals(self, room: int) -> tuple[int, ...]:
        """Likewise the terminals."""
        if not room:
            return self._terminals
        wanted, some = list(self._wanted), list[int]()
        for player in (half.player for half in self.halves):
            wanted += self._called(player, player.marks.terminals)
            some += self._called(player, sitting_at(player.machine, room))
        existing = dict.fromkeys([*self._terminals, *wanted, *some])
        self._terminals = come_forward(self._terminals, wanted, list(existing), room)
        return self._terminals

    def _called(self, player: Player, terminals: Sequence[TerminalId]) -> Iterator[int]:
        """What both sides call terminals of one."""
        return (self._pairs.name(player.machine, key) for key in terminals)

    def head(self) -> None:
        """Say what each half shows."""
        for half in self.halves:
            half.head(ahead=not self.locked or half is self.here)
        self.query_one(Foot).say(locked=self.locked)

    def _bring(self, number: int) -> None:
        self._tab = number
        for half in self.halves:
            half.bring(number, self._sort)

    @on(Roomed)
    def _roomed(self, message: Roomed) -> None:
        message.stop()
        self.show(reveal=False)

    # ---- what panes ask for

    def watch_focused(self, before: Widget | None, after: Widget | None) -> None:
        """The focus may be in the other half now."""
        super().watch_focused(before, after)
        if self.locked:
            self.head()

    @on(Rows.Picked)
    def _select(self, message: Rows.Picked) -> None:
        message.stop()
        self._chose = self.here
        self.here.look.select(message.thing)
        self.show(reveal=True)

    @on(SpaceStrip.Called)
    def _call(self, message: SpaceStrip.Called) -> None:
        message.stop()
        self.here.look.call(message.space)
        self.show(reveal=False)

    @on(Rows.Scrolled)
    def _scrolled(self, message: Rows.Scrolled) -> None:
        """The same rows are in sight in the other half."""
        message.stop()
        against = message.pane.against
        if against is not None:
            against.pane.align()

    @on(ScreenPane.Wanted)
    def _want(self, message: ScreenPane.Wanted) -> None:
        """Its screen in both."""
        message.stop()
        self._wanted = (self._pairs.name(self.here.player.machine, message.terminal),)
        self.action_pane(7)

    # ---- keys

    def _moving(self) -> Sequence[Half]:
        return (self.here,) if self.locked else self.halves

    def action_step(self, steps: int) -> None:
        """Both go so many steps on, or back, each as far as it can."""
        for half in self._moving():
            half.player.move(steps)
        self.show(reveal=False)

    def action_statement(self, direction: int) -> None:
        """Both go to the end of their statement, or to where it begins."""
        for half in self._moving():
            player = half.player
            player.to_next_statement() if direction > 0 else player.to_previous_statement()
        self.show(reveal=False)

    def action_seek_first(self) -> None:
        self._seek(first=True)

    def action_seek_last(self) -> None:
        self._seek(first=False)

    def _seek(self, *, first: bool) -> None:
        for half in self._moving():
            half.player.seek(0 if first else len(half.player.history) - 1)
        self.show(reveal=False)

    def action_viewer(self, step: int) -> None:
        """Look through other eyes in both."""
        self._chose = self.here
        self.here.look.next_viewer(step)
        self.show(reveal=True)

    def action_container(self, step: int) -> None:
        """Bring the next container forward in both."""
        self.here.look.next_container(step)
        self.show(reveal=False)

    def action_pane(self, number: int) -> None:
        """Go to a pane of this half by its number."""
        if number not in PANES:
            return
        if number in SHARING[self._sort]:
            self._bring(number)
            self.show(reveal=False)
            self.call_after_refresh(self.show, reveal=False)  # where it is as large as its place
        panes = self.here.rows_at(number)
        if panes:
            self.set_focus(panes[0])

    def action_lock(self) -> None:
        """Let the keys move one half, or both again."""
        self.locked = not self.locked
        self.head()

    def action_other(self) -> None:
        """Go to the same pane of the other half."""
        here, there = self.here.every(), self.there.every()
        focused = self.focused
        index = here.index(focused) if isinstance(focused, Rows) and focused in here else 0
        self.set_focus(there[index])

    def action_back(self) -> None:
        """To the one moment."""
        self.dismiss()
