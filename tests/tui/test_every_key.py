"""Each key of the keymap is pressed where it is heard, and does what it is there for: over a play,
over two moments beside each other and over the real machine.  A key that nobody tries fails."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import pytest
from textual.pilot import Pilot

from nsh.machine.ids import NO_TERMINAL
from nsh.session.session import Session
from nsh.tui import keys
from nsh.tui.app import NshApp
from nsh.tui.beside import BesideScreen
from nsh.tui.keys import Key
from nsh.tui.live import LiveApp
from nsh.tui.narration import Narration
from nsh.tui.prompt import Prompt, PromptInput
from tests.tui.stage import MEDIUM, SMALL, shown, stage, text, title

IDLE = 0.004
"""Seconds: nothing here takes long."""

LONG = " ".join(f"word{n}" for n in range(100))
SCRIPT = f"""\
#: # One
#: {LONG}
seq 9
spawn --tty --pid --ipc --net --mount web
web spawn one
web spawn two
web msgget -c 7 > /dev/null
web msgget -c 8 > /dev/null
#: # Two
#: The second chapter.
spawn --pid db
db spawn writer
openpty > /dev/null
openpty > /dev/null
spawn sitting {{ setsid; exec 5< /dev/pts/0 }}
echo a; echo b
true
"""


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


def playing(app: NshApp) -> bool:
    return "▶" in text(app)[0]


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


def toasts(app: NshApp) -> list[str]:
    return [str(note.message) for note in app._notifications]


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


def presses(tables: Iterable[Iterable[Key]], trials: Mapping[str, Trial]) -> list[Any]:
    """Each key of some tables, once, with its trial."""
    heard = dict.fromkeys((key.id, key.keys) for table in tables for key in table)
    return [
        pytest.param(trials[id], name, id=f"{id}-{name}")
        for id, names in heard
        if id in trials
        for name in names.split(",")
    ]


def test_no_key_goes_untried():
    own = {key.id for key in (*keys.BESIDE_OWN, *keys.LIVE_OWN)}
    assert STAGE.keys() == keys.IDS - own
    assert BESIDE.keys() == {key.id for key in keys.BESIDE} - NOT_BESIDE
    everything = {key.id for key in (*keys.LIVE, *keys.LIVE_OWN)} | SHARED
    assert LIVE.keys() <= everything
    assert everything - LIVE.keys() <= STAGE.keys()
    told = {key.id for _, group in LiveApp.KEYS for key in group}
    assert told == everything


async def enter(app: NshApp, pilot: Pilot[None], line: str) -> None:
    app.action_prompt()
    app.query_one(Prompt).editor.value = line
    await pilot.press("enter")
    await pilot.pause()


async def proven(app: NshApp, pilot: Pilot[None], trial: Trial, key: str) -> None:
    """Press what comes before, then *key*, and see."""
    for name in trial.first:
        if name.startswith(" "):
            await enter(app, pilot, name.strip())
        else:
            await pilot.press(name)
            await pilot.pause()
    before = trial.sees(app)
    assert not trial.holds(before, before)  # else the key might as well do nothing
    await pilot.press(key)
    await pilot.pause()
    await app.workers.wait_for_complete()
    await pilot.pause()
    assert trial.holds(before, trial.sees(app)), (before, trial.sees(app))


GROUPS = tuple(group for _, group in keys.GROUPS)


@pytest.mark.parametrize(("trial", "key"), presses(GROUPS, STAGE))
async def test_over_a_play(trial, key):
    made = Session(attended=True)
    made.load(SCRIPT, "every.nsh")
    app = NshApp(made, title="every.nsh")
    app.SLICE = 60
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        await proven(app, pilot, trial, key)


@pytest.mark.parametrize(("trial", "key"), presses((keys.BESIDE,), BESIDE))
async def test_beside_each_other(trial, key):
    async with stage(SCRIPT, SMALL) as (app, pilot):
        await pilot.press("end")
        end = last(app)
        await enter(app, pilot, f"beside {end - 40} {end - 20}")
        await pilot.pause()
        await proven(app, pilot, trial, key)


@asynccontextmanager
async def watching() -> AsyncIterator[tuple[LiveApp, Pilot[None]]]:
    """Over a machine that each look finds changed, seven of them taken."""
    made = Session()
    machines = [made.machine]
    for line in ("spawn --pid --ipc web", *(f"web spawn w{n}" for n in range(20))):
        assert made.submit(line).ok
        machines.append(made.machine)
    looks = iter(machines[1:])
    app = LiveApp(lambda: next(looks), next(looks), interval=3600)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        for _ in range(7):
            await pilot.press("r")
            await app.workers.wait_for_complete()
            await pilot.pause()
        yield app, pilot


@pytest.mark.parametrize(("trial", "key"), presses((*(group for _, group in LiveApp.KEYS),), LIVE))
async def test_over_the_real_machine(trial, key):
    async with watching() as (app, pilot):
        await proven(app, pilot, trial, key)


# ---- the keys of a pane, in each of them


def standing(app: NshApp, pane: str) -> tuple[Any, ...]:
    """What is selected there, and which rows are in sight."""
    widget: Any = app.query_one(f"#{pane}")
    return app.look.thing, getattr(widget, "cursor", 0), list(widget.rows)


@pytest.mark.parametrize("number", sorted(set(STAGE_PANES) - {7}))
async def test_rows_are_gone_through_in_every_pane(number):
    pane = STAGE_PANES[number]
    async with stage(SCRIPT, SMALL) as (app, pilot):
        digit = next(key.keys for key in keys.LOOK if key.id == f"look.pane-{number}")
        await pilot.press("end", digit)
        await pilot.pause()
        rows: Any = app.query_one(f"#{pane}")
        while len(rows.rows) < 2:  # the last step has changed less
            assert position(app)
            await pilot.press("comma")
            await pilot.pause()

        async def after(*pressed: str) -> tuple[Any, ...]:
            await pilot.press(*pressed)
            await pilot.pause()
            assert focused(app) == pane
            return standing(app, pane)

        top = await after("ctrl+home")
        bottom = await after("ctrl+end")
        assert top != bottom
        for up, down in (("up", "down"), ("k", "j"), ("pageup", "pagedown")):
            assert await after(up) != bottom, up
            assert await after(*[down] * 3) == bottom, down
        assert await after(*["pageup"] * 30) == top


async def test_screens_are_gone_through_where_one_is_large():
    async with stage(SCRIPT, MEDIUM) as (app, pilot):
        await pilot.press("end", "7", "enter")
        await pilot.pause()
        first = title(app, "terminal")
        await pilot.press("down")
        await pilot.pause()
        assert title(app, "terminal") != first
        await pilot.press("up")
        await pilot.pause()
        assert title(app, "terminal") == first
