"""The stage: which panes are on it and where, as the person in front of it wants them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Final

from msgspec.structs import replace
from textual import events
from textual.app import App
from textual.containers import Container
from textual.geometry import NULL_OFFSET, NULL_SPACING, Region, Size
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.notifications import SeverityLevel
from textual.widget import Widget

from nsh.console import visible
from nsh.tui import keys, placed, plans
from nsh.tui.arrangement import Arrangement, Box, Plan, alone, arranged, boxes, fitted
from nsh.tui.aside import put_aside
from nsh.tui.consoles import Consoles
from nsh.tui.kept import Kept
from nsh.tui.rows import Rows
from nsh.tui.tables import Tables
from nsh.tui.tabs import Tab

PANES: Final = {
    1: "tree",
    2: "tables",
    3: "output",
    4: "ids",
    5: "boundary",
    6: "devpts",
    7: "consoles",
    8: "ipc",
    9: "net",
    10: "namespaces",
    11: "changes",
}
"""The panes by the number that one reaches them by."""
_KEYS: Final = {10: "0", 11: "d"}
"""The keys of those that have no digit of their own."""
OUTPUT: Final = 3
LARGE: Final = "terminal"
"""What takes the place of all panes while one terminal is looked at."""
SHORT: Final = {
    "tables": "pids",
    "output": "out",
    "boundary": "calls",
    "devpts": "pts",
    "consoles": "cons",
    "namespaces": "ns",
    "changes": "diff",
}
"""Names of panes where there is little room for them."""


def key_of(number: int) -> str:
    """The key of a pane, as people have it who have not moved it."""
    return _KEYS.get(number, str(number))


def _reading(box: Box | None) -> tuple[bool, int, int]:
    """In the order in which one reads, so that Tab goes from pane to pane so; the others last."""
    return (True, 0, 0) if box is None else (False, box[1], box[0])


class _Boxes(Layout):
    """Puts each child where the stage has it."""

    name = "boxes"

    def arrange(
        self, parent: Widget, children: Sequence[Widget], size: Size, greedy: bool = True
    ) -> ArrangeResult:
        del greedy
        assert isinstance(parent, Stage)
        found = parent.boxes(size)
        none = (0, 0, 0, 0)
        return [
            WidgetPlacement(
                Region(*found.get(child.id or "", none)), NULL_OFFSET, NULL_SPACING, child
            )
            for child in children
        ]


_BOXES: Final = _Boxes()


class Stage(Container, Kept):
    """The panes.  The keys for time and looking are heard while one of them has the focus."""

    BLANK = True
    BINDINGS = keys.bindings(keys.STAGE)

    def __init__(self, make: Callable[[str], Widget], *, id: str | None = None) -> None:
        """*make* a pane, by its name, that is to be seen and is not there yet."""
        super().__init__(id=id)
        self._make = make
        self._plan = Plan((), ())
        self._arrangement = Arrangement((), ())
        self._alone = ""

    @property
    def layout(self) -> Layout:
        """Our own, which style sheets do not know."""
        return _BOXES

    def boxes(self, size: Size) -> Mapping[str, Box]:
        """Where each pane is."""
        if self._alone:
            return alone(self._alone, size.width, size.height)
        return boxes(self._plan, self._arrangement, size.width, size.height)

    def put(self, plan: Plan, arrangement: Arrangement, alone: str) -> None:
        """Put the panes there, or one *alone*."""
        self._plan, self._arrangement, self._alone = plan, arrangement, alone
        seen = (alone,) if alone else arrangement.seen
        self.furnish(seen)
        for child in self.children:
            here = child.id in seen
            if child.display != here:
                child.display = here
        found = self.boxes(self.size)
        order = sorted(self.children, key=lambda child: _reading(found.get(child.id or "")))
        if order != list(self.children):
            self.sort_children(key=order.index)
        else:
            order[0].refresh(layout=True)  # so that its parent asks again where everybody is

    def furnish(self, names: Sequence[str]) -> None:
        """Have these panes be there, seen or not."""
        there = {child.id for child in self.children}
        put_aside(self, [self._make(name) for name in names if name not in there])


class Placing(App[None]):
    """An app with such a stage."""

    PANES: ClassVar[Mapping[int, str]] = PANES
    PLANS: ClassVar[Mapping[str, Plan]] = plans.PLANS
    NAME: ClassVar[str] = "model"
    """What the stage is called in the file of arrangements."""

    def __init__(self) -> None:
        super().__init__()
        self._fits = "small"
        """The layout for this size."""
        self._placed = placed.Stage()
        self._kept_at = ""
        """The file where that is remembered; "": nowhere."""
        self._zoomed = ""
        """The pane that has the stage for itself."""
        self._said = ""
        """What was told last,"""
        self._told_at: Widget | None = None
        """and who had the focus then."""
        self._one_terminal = False
        """One terminal has it."""

    def keep_places(self, path: str) -> str:
        """Remember arrangements at *path*; what is wrong with what is there."""
        self._kept_at = path
        self._placed, wrong = placed.recall(path, self.NAME)
        return wrong

    # ---- what there is

    @property
    def chosen_layout(self) -> str:
        """The layout that somebody has chosen; "": none, so that the size decides."""
        return self._placed.layout if self._placed.layout in self.PLANS else ""

    @property
    def ways_back(self) -> list[str]:
        """The key that leads from what is unusual about the stage, and what that is."""
        if self._zoomed:
            return ["z all panes"]
        return [f"L {self.chosen_layout}"] if self.chosen_layout else []

    @property
    def layout_name(self) -> str:
        """The layout that is used."""
        return self.chosen_layout or self._fits

    @property
    def arrangement(self) -> Arrangement:
        """Where the panes are in it."""
        plan = self.PLANS[self.layout_name]
        wanted = self._placed.arrangements.get(self.layout_name)
        return arranged(plan) if wanted is None else fitted(wanted, plan)

    @property
    def seen(self) -> tuple[str, ...]:
        """The panes that are on the stage."""
        return (self._zoomed,) if self._zoomed else self.arrangement.seen

    @property
    def small(self) -> bool:
        """Whether most panes share a place, which somebody is to bring forward."""
        return self.layout_name in (plans.TINY, "small", "projection")

    def rows_at(self, name: str) -> Sequence[Rows[Any]]:
        """The panes at a place, or the only one; none, before it is there."""
        there = self.screen_stack[0].query_one(Stage).children
        widget = next((child for child in there if child.id == name), None)
        if isinstance(widget, Tables | Consoles):
            return widget.panes
        return [widget] if isinstance(widget, Rows) else []

    def hearing(self, name: str) -> Widget | None:
        """Who hears the keys of those who go to a pane."""
        widget = self.screen_stack[0].query_one(f"#{name}")
        return (
            widget.hearing if isinstance(widget, Tables) else next(iter(self.rows_at(name)), None)
        )

    # ---- putting

    def on_resize(self, event: events.Resize) -> None:
        self._fits = plans.fitting(*event.size)
        self.place()
        self.call_after_refresh(self.show, reveal=False)  # when all have their places

    def screen_classes(self) -> Mapping[str, bool]:
        """What style sheets are told of the layout."""
        name = self.layout_name
        classes = {f"-{each}": each == name for each in self.PLANS}
        return {**classes, "-narrow": name in (plans.TINY, "small") and not self._zoomed}

    def place(self) -> None:
        """Put every pane where it is wanted."""
        name, arrangement = self.layout_name, self.arrangement
        self.screen_stack[0].update_classes(self.screen_classes())
        for child in self.screen_stack[0].children:  # a query asks every widget there is
            if child.id == "narration" and child.display != self._placed.narration:
                child.display = self._placed.narration
        alone = LARGE if self._one_terminal else self._zoomed
        stage = self.screen_stack[0].query_one(Stage)
        stage.put(self.PLANS[name], arrangement, alone)
        labels = {pane: key_of(number) for number, pane in self.PANES.items()}
        for place, front in enumerate(arrangement.front):
            shown = arrangement.at(place)
            tabs = tuple(
                Tab(labels[pane], pane, SHORT.get(pane, pane), pane == front) for pane in shown
            )
            for pane in shown:
                for rows in self.rows_at(pane)[:1]:
                    rows.tabs = tabs if len(tabs) > 1 and not self._zoomed else ()

    def look_alone(self, looking: bool) -> None:
        """Whether one terminal has the stage for itself."""
        if looking != self._one_terminal:
            self._one_terminal = looking
            self.place()

    def bring(self, pane: str) -> None:
        """Show a pane: at its place, or where another has the stage for itself instead of that."""
        if self._zoomed:
            self._zoomed = pane
        self._change(self.arrangement.show(pane))

    def _change(self, arrangement: Arrangement, layout: str | None = None) -> None:
        """Put the panes so, and remember it."""
        before = self._placed
        made = {**before.arrangements, self.layout_name: arrangement}
        if arrangement == arranged(self.PLANS[self.layout_name]):
            del made[self.layout_name]
        chosen = before.layout if layout is None else layout
        self._remember(replace(before, layout=chosen, arrangements=made))

    def _remember(self, wanted: placed.Stage) -> None:
        before, self._placed = self._placed, wanted
        if self._kept_at and wanted != before:
            wrong = placed.remember(self._kept_at, self.NAME, wanted)
            if wrong:
                self._kept_at = ""
                self.notify(visible(wrong), severity="warning", markup=False)
        self._placed_anew()

    def _placed_anew(self) -> None:
        """Whoever gets another size then paints itself for it."""
        self.place()
        self.show(reveal=False)

    # ---- keys

    @property
    def _current(self) -> str:
        """The pane that has the focus; "": none has."""
        stage = self.screen_stack[0].query_one(Stage)
        found = self.screen_stack[0].focused
        while found is not None and found.parent is not stage:
            found = found.parent if isinstance(found.parent, Widget) else None
        return "" if found is None or found.id == LARGE else found.id or ""

    def _wanted(self) -> str:
        """That pane, or the first that is seen."""
        return self._current if self._current in self.seen else self.seen[0]

    def action_zoom(self) -> None:
        """Give the pane the whole stage, or back the others their places."""
        if self._one_terminal:
            return
        self._zoomed = "" if self._zoomed else self._wanted()
        self._placed_anew()

    def action_hide_pane(self) -> None:
        """Take the pane away; its number brings it back."""
        if self._one_terminal:
            return
        pane = self._wanted()
        left = self.arrangement.hide(pane)
        if not left.seen:
            self.say("it is the last one", severity="warning")
            return
        self._zoomed = ""
        self._change(left)
        at = self.arrangement.front[self.arrangement.place(pane)]
        self.go_to(at or left.seen[0])
        number = next(number for number, name in self.PANES.items() if name == pane)
        self.say(f"{key_of(number)} brings {pane} back", timeout=3)

    def action_move_pane(self) -> None:
        """Let the pane and the one at the next place change places."""
        if self._one_terminal or self._zoomed:
            return
        pane = self._wanted()
        before = self.arrangement
        moved = before.move(pane)
        if moved == before:
            self.say("there is one place", severity="warning")
            return
        self._change(moved)

    def action_hide_narration(self) -> None:
        """Give the narration's room to the panes, or take it back."""
        self._remember(replace(self._placed, narration=not self._placed.narration))

    def action_layout(self) -> None:
        """The next layout; after the last, the one that fits."""
        names = ["", *(name for name in self.PLANS if name != plans.TINY)]
        name = names[(names.index(self.chosen_layout) + 1) % len(names)]
        self._zoomed = ""
        self._choose_layout(name)

    def action_reset_layout(self) -> None:
        """All panes as they were at first, in this layout, and the narration."""
        self._zoomed = ""
        made = dict(self._placed.arrangements)
        made.pop(self.layout_name, None)
        self._remember(replace(self._placed, arrangements=made, narration=True))

    def _choose_layout(self, name: str) -> None:
        current = self._current
        self._change(self.arrangement, name)
        if current:
            if current not in self.seen:
                self.bring(current)
            self.go_to(current)

    def go_to(self, pane: str) -> None:
        """Let a pane hear the keys, once it is there."""
        if pane not in self.arrangement.seen:
            pane = self.arrangement.seen[0]
        self.call_after_refresh(self._go_to, pane)

    def _go_to(self, pane: str) -> None:
        hearing = self.hearing(pane)
        if hearing is not None:
            self.screen.set_focus(hearing)

    def say(
        self, text: str, *, severity: SeverityLevel = "information", timeout: float = 5
    ) -> None:
        """Tell something over the panes, instead of what was told there before."""
        self.hush()
        self._said, self._told_at = visible(text), self.focused
        self.notify(self._said, severity=severity, timeout=timeout, markup=False)

    def hush(self) -> bool:
        """What was told is of no use any more; complaints about somebody's files are.  Whether it
        still stood there."""
        told = [each for each in self._notifications if each.message == self._said]
        for each in told:
            self._unnotify(each)
        return bool(told)

    # ---- for a subclass to say

    def show(self, *, reveal: bool = True) -> None:
        """Bring every pane to the present moment."""
        raise NotImplementedError
