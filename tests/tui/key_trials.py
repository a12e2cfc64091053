"""What each key is there for, and how one sees that it did it: for `tests.tui.test_every_key`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from nsh.machine.ids import NO_TERMINAL
from nsh.tui import keys
from nsh.tui.app import NshApp
from nsh.tui.beside import BesideScreen
from nsh.tui.live import LiveApp
from nsh.tui.narration import Narration
from nsh.tui.prompt import PromptInput
from tests.tui.stage import playing, shown, text, title


class Trial(NamedTuple):
    """How a key shows what it does."""

    sees: Callable[[NshApp], Any]
    """What it changes,"""
    holds: Callable[[Any, Any], bool]
    """and whether that is so, before and after."""
    first: tuple[str, ...] = ()
    """Keys that are pressed before; a line, if it begins with a blank, is entered at the prompt."""


# ---- what is seen


def position(app: NshApp) -> int:
    return app.player.position


def last(app: NshApp) -> int:
    return len(app.player.history) - 1


def focused(app: NshApp) -> str:
    return "" if app.focused is None else str(app.focused.id)


def value(app: NshApp) -> str:
    return app.query_one(PromptInput).value


def screen(app: NshApp) -> str:
    return type(app.screen).__name__


def running(app: NshApp) -> bool:
    return app.is_running


def order(app: NshApp) -> str:
    return str(app.look.roster.order)


def tree(app: NshApp) -> str:
    return title(app, "tree")


def selected(app: NshApp) -> str:
    return next((line for line in shown(app, "tree") if line.startswith("▸")), "")


def chosen(app: NshApp) -> int | None:
    """Which of the proposals at the prompt."""
    editor = app.query_one(PromptInput)
    return editor.choosing and int(app.query_one("#choices").chosen)  # type: ignore[attr-defined]


def output(app: NshApp) -> str:
    return "\n".join(shown(app, "output"))


def to(wanted: Any) -> Callable[[Any, Any], bool]:
    """It is *wanted* afterwards."""
    return lambda _before, after: bool(after == wanted)


def by(steps: int) -> Callable[[Any, Any], bool]:
    return lambda before, after: bool(after == before + steps)


def more(before: Any, after: Any) -> bool:
    return bool(after > before)


def less(before: Any, after: Any) -> bool:
    return bool(after < before)


def other(before: Any, after: Any) -> bool:
    return bool(before != after)


def has(part: str) -> Callable[[Any, Any], bool]:
    """*part* is among it afterwards, and was not before."""
    return lambda before, after: part in after and part not in before


# ---- over a play

TEN = ("right", "right")
STAGE_PANES: Mapping[int, str] = {
    **NshApp.PANES,
    2: "table-0",
    7: "console-0",
}
"""The first widget of each, by its number."""
STAGE: Mapping[str, Trial] = {
    "time.play": Trial(playing, to(True)),
    "time.forward": Trial(position, by(1)),
    "time.back": Trial(position, by(-1), TEN),
    "time.forward-5": Trial(position, by(5)),
    "time.back-5": Trial(position, by(-5), TEN),
    "time.next": Trial(lambda app: app.player.step.place.text, to("seq 9"), ("full_stop",)),
    "time.previous": Trial(position, less, ("end",)),
    "time.first": Trial(position, to(0), ("end",)),
    "time.last": Trial(lambda app: app.player.at_end, to(True)),
    "time.slower": Trial(lambda app: app.player.rate, less),
    "time.faster": Trial(lambda app: app.player.rate, more),
    "look.viewer": Trial(tree, to("tasks as web sees them"), ("end",)),
    "look.viewer-back": Trial(tree, to("tasks as db sees them"), ("end",)),
    "look.container": Trial(lambda app: title(app, "table-0"), other, ("end",)),
    "look.follow": Trial(lambda app: app.look.follow, to(True), ("end", "up")),
    "look.filter": Trial(screen, to("FilterScreen")),
    "look.sort": Trial(order, to("pid")),
    "look.sort-back": Trial(order, to("pid space")),
    "look.narration": Trial(lambda app: app.query_one(Narration).page, by(1), ("full_stop",)),
    "look.next-pane": Trial(focused, to("table-0"), ("end", "1")),
    "look.previous-pane": Trial(focused, to("tree"), ("end", "2")),
    **{
        f"look.pane-{number}": Trial(focused, to(pane), ("end", "3" if number != 3 else "4"))
        for number, pane in STAGE_PANES.items()
    },
    "look.quit": Trial(running, to(False)),
    "look.help": Trial(screen, to("HelpScreen")),
    "find.search": Trial(screen, to("SearchScreen")),
    "find.next": Trial(position, more, ("end", "slash", *"calls clone", "enter", "home")),
    "find.previous": Trial(position, less, ("end", "slash", *"calls clone", "enter", "end")),
    "find.mark": Trial(lambda app: len(list(app.words.marks.on(app.player.history))), by(1)),
    "find.next-mark": Trial(position, to(0), ("m", "end")),
    "find.next-chapter": Trial(position, more, ("end", "home")),
    "find.chapter": Trial(position, less, ("end",)),
    "find.forward-tenth": Trial(position, more, ("end", "home")),
    "find.back-tenth": Trial(lambda app: (position(app), last(app)), less, ("end",)),
    **{
        f"find.tenth-{n}": Trial(
            lambda app: position(app) * 10 // last(app) - (position(app) * 10 % last(app) == 0),
            to(n - 1 if n else -1),
            ("end",),
        )
        for n in range(10)
    },
    "find.undo": Trial(position, less, (" spawn late", "escape")),
    "find.redo": Trial(position, more, (" spawn late", "escape", "u")),
    "find.what-if": Trial(lambda app: app.words.branch, to("what-if")),
    "find.branches": Trial(screen, to("BranchScreen")),
    "find.beside": Trial(value, has("beside"), ("end",)),
    "place.zoom": Trial(lambda app: app.seen, to(("tree",))),
    "place.hide": Trial(lambda app: "tree" in app.seen, to(False)),
    "place.move": Trial(lambda app: app.query_one("#tree").region.x, more),
    "place.narration": Trial(lambda app: app.query_one(Narration).display, to(False)),
    "place.layout": Trial(lambda app: app.chosen_layout, to("small")),
    "place.reset": Trial(lambda app: "tree" in app.seen, to(True), ("x",)),
    "pane.up": Trial(selected, has("writer"), ("end", "ctrl+end")),
    "pane.down": Trial(selected, has("web"), ("end", "ctrl+home")),
    "pane.page-up": Trial(selected, has("init"), ("end", "ctrl+end")),
    "pane.page-down": Trial(selected, has("sitting"), ("end", "ctrl+home")),
    "pane.first": Trial(selected, has("init"), ("end", "ctrl+end")),
    "pane.last": Trial(selected, has("sitting"), ("end", "ctrl+home")),
    "pane.enter": Trial(position, less, ("end", "5", "ctrl+home")),
    "terminal.back": Trial(lambda app: app.look.large != NO_TERMINAL, to(False), ("7", "enter")),
    "terminal.type": Trial(lambda app: app.seated, to(True), ("7", "enter")),
    "terminal.leave": Trial(lambda app: app.seated, to(False), ("7", "enter", "enter")),
    "prompt.complete": Trial(value, has("unshare"), ("colon", *"unsha")),
    "prompt.page-up": Trial(chosen, less, ("colon", "tab", "tab", "pagedown")),
    "prompt.page-down": Trial(chosen, more, ("colon", "tab", "tab")),
    "prompt.older": Trial(value, to("true"), (" true",)),
    "prompt.newer": Trial(value, to(""), (" true", "up")),
    "prompt.search": Trial(value, to("true"), (" true", " seq 1", *"ru")),
    "prompt.discard": Trial(value, to(""), ("colon", *"some")),
    "prompt.enter": Trial(focused, to("prompt-input")),
    "prompt.leave": Trial(focused, to("tree"), ("colon",)),
    "tty.interrupt": Trial(lambda app: app.player.under_way, to(False), (" cat",)),
    "tty.suspend": Trial(output, has("^Z"), (" cat",)),
    "tty.quit": Trial(output, has("^\\"), (" cat",)),
    "tty.end": Trial(lambda app: app.player.under_way, to(False), (" cat",)),
    "app.help": Trial(screen, to("HelpScreen")),
    "app.palette": Trial(screen, to("Palette")),
    "app.theme": Trial(lambda app: app.theme, other),
    "app.next-pane": Trial(focused, to("table-0"), ("end", "1")),
    "app.previous-pane": Trial(focused, to("tree"), ("end", "2")),
    "app.quit": Trial(running, to(False)),
}

# ---- two moments beside each other


HALVES = ("left", "right")


def held(app: NshApp) -> BesideScreen:
    assert isinstance(app.screen, BesideScreen)
    return app.screen


def at(app: NshApp) -> tuple[int, int]:
    return held(app).left.player.position, held(app).right.player.position


def both(steps: int) -> Callable[[Any, Any], bool]:
    return lambda before, after: bool(after == (before[0] + steps, before[1] + steps))


def half_focused(app: NshApp) -> str:
    here = app.focused
    halves = [] if here is None else [one.id for one in here.ancestors if one.id in HALVES]
    return "" if here is None else f"{halves[0]} {here.id}"


def half_title(app: NshApp, pane: str) -> str:
    return str(held(app).query_one(f"#left #{pane}").border_title)


def half_rows(app: NshApp, pane: str) -> list[str]:
    rows: Any = held(app).query_one(f"#left #{pane}")
    return [row.comm for row in rows.rows]


BESIDE: Mapping[str, Trial] = {
    "time.forward": Trial(at, both(1)),
    "time.back": Trial(at, both(-1)),
    "time.forward-5": Trial(at, both(5)),
    "time.back-5": Trial(at, both(-5)),
    "time.next": Trial(at, more),
    "time.previous": Trial(at, less),
    "time.first": Trial(at, to((0, 0))),
    "time.last": Trial(at, more),
    "look.viewer": Trial(lambda app: half_title(app, "tree"), to("tasks as web sees them")),
    "look.viewer-back": Trial(lambda app: half_title(app, "tree"), other),
    "look.container": Trial(lambda app: half_rows(app, "table-0"), has("two"), ("end",)),
    **{
        f"look.pane-{number}": Trial(
            half_focused, to(f"left {STAGE_PANES[number]}"), ("1" if number != 1 else "4",)
        )
        for number in (1, 2, 4, 6, 7, 8, 9, 10)
    },
    "look.help": Trial(screen, to("HelpScreen")),
    "beside.lock": Trial(lambda app: held(app).locked, to(True)),
    "beside.other": Trial(half_focused, to("right tree")),
    "beside.back": Trial(screen, other),
}
NOT_BESIDE = {"look.pane-3", "look.pane-5", "look.pane-11"}
"""Panes that are not there: what happened at a moment is not what is at it."""

# ---- over the real machine

LIVE_PANES = {**LiveApp.PANES, 2: "table-0"}
SHARED = {
    key.id
    for key in (*keys.LIVE_LOOK, *keys.PLACES, *keys.PANE, *keys.GLOBAL)
    if key.id not in {"place.narration", "pane.enter"}
}
"""Heard there as over a play, and tried over a play but for these:"""
LIVE: Mapping[str, Trial] = {
    "time.play": Trial(lambda app: "‖" in text(app)[0], to(True)),
    "time.forward": Trial(position, by(1), ("home",)),
    "time.back": Trial(position, by(-1)),
    "time.forward-5": Trial(position, by(5), ("home",)),
    "time.back-5": Trial(position, by(-5)),
    "time.next": Trial(position, by(1), ("home",)),
    "time.previous": Trial(position, by(-1)),
    "time.first": Trial(position, to(0)),
    "time.last": Trial(position, more, ("home",)),
    "time.slower": Trial(lambda app: app._interval, more, ("greater_than_sign",)),  # type: ignore[attr-defined]
    "time.faster": Trial(lambda app: app._interval, less),  # type: ignore[attr-defined]
    "live.look": Trial(last, by(1)),
    **{
        f"look.pane-{number}": Trial(focused, to(pane), ("0" if number != 10 else "4",))
        for number, pane in LIVE_PANES.items()
    },
    "look.filter": Trial(screen, to("FilterScreen")),
    "look.sort": Trial(tree, to("tasks by pid")),
    "look.viewer": Trial(tree, other),
    "place.zoom": Trial(lambda app: app.seen, to(("tree",))),
}
