"""Each key of the keymap is pressed where it is heard, and does what it is there for: over a play,
over two moments beside each other and over the real machine.  A key that nobody tries fails."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.pilot import Pilot

from nsh.session.session import Session
from nsh.tui import keys
from nsh.tui.app import NshApp
from nsh.tui.keys import Key
from nsh.tui.live import LiveApp
from nsh.tui.prompt import Prompt
from tests.tui.key_trials import (
    BESIDE,
    LIVE,
    NOT_BESIDE,
    SHARED,
    STAGE,
    STAGE_PANES,
    Trial,
    focused,
    last,
    position,
)
from tests.tui.stage import MEDIUM, SMALL, stage, title

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
