"""What a mouse does: everything that looks as if one could point at it hears of that."""

from __future__ import annotations

import pytest
from textual import events

from nsh.machine.ids import NO_TERMINAL
from nsh.tui.app import NshApp
from nsh.tui.bars import Bar, SpaceStrip, Timeline
from nsh.tui.beside import BesideScreen
from nsh.tui.halves import Foot
from nsh.tui.help import HelpScreen
from nsh.tui.narration import Narration
from nsh.tui.panes.devpts import DevptsPane
from nsh.tui.prompt import PromptInput
from tests.tui.stage import MEDIUM, SMALL, session, stage, text, title

LONG = "#: " + " ".join(f"word{n}" for n in range(150)) + "\nspawn a\nspawn b\n"
FOUR = "".join(f"spawn --pid c{n}\n" for n in range(4))


async def click(pilot, bar: Bar, words: str) -> None:
    """Click on *words* of a bar."""
    column = text(pilot.app)[bar.region.y].index(words)
    assert await pilot.click(bar, offset=(column - bar.region.x, 0))
    await pilot.pause()


async def test_hints_do_what_they_say():
    async with stage(size=MEDIUM) as (app, pilot):
        bar = app.query_one(Timeline)
        await click(pilot, bar, ", . step")
        assert app.player.position == 1
        await click(pilot, bar, "[ ] statement")
        assert app.player.position > 1
        at = app.player.position
        await click(pilot, bar, "Space play")
        assert "▶" in text(app)[0]
        await click(pilot, bar, "Space play")
        assert "‖" in text(app)[0]
        await click(pilot, bar, "F1 help")
        assert isinstance(app.screen, HelpScreen)
        assert app.player.position >= at


@pytest.mark.parametrize("size", [SMALL, MEDIUM], ids=str)
async def test_beside_the_timeline_nothing_is_gone_to(size):
    async with stage(size=size) as (app, pilot):
        bar = app.query_one(Timeline)
        column = text(app)[-1].index("/2")
        await pilot.click(bar, offset=(column, 0))
        assert app.player.position == 0


async def test_the_moment_is_dragged_as_far_as_the_timeline_goes():
    async with stage(size=SMALL) as (app, pilot):
        bar = app.query_one(Timeline)
        last = len(app.player.history) - 1
        await pilot.mouse_down(bar, offset=(10, 0))
        assert 0 < app.player.position < last
        await pilot.hover(bar, offset=(78, 0))
        assert app.player.position == last
        await pilot.mouse_up(bar, offset=(78, 0))
        assert len(app.screen_stack) == 1


async def test_hints_below_two_moments_mean_both():
    async with stage(size=MEDIUM) as (app, pilot):
        app.query_one(PromptInput).value = "beside 9 12"
        await pilot.press("colon", "enter")
        await pilot.pause()
        held = app.screen
        assert isinstance(held, BesideScreen)
        foot = held.query_one(Foot)
        await click(pilot, foot, ", . step")
        assert [half.player.position for half in held.halves] == [10, 13]
        await click(pilot, foot, "l one")
        await click(pilot, foot, ", . step")
        assert [half.player.position for half in held.halves] == [11, 13]
        await click(pilot, foot, "Esc back")
        assert app.screen is not held


async def test_a_container_is_called_by_its_name_in_the_strip():
    async with stage(FOUR, SMALL) as (app, pilot):
        await pilot.press("end")
        await pilot.pause()
        strip = app.query_one(SpaceStrip)
        assert "c1" in text(app)[strip.region.y]
        await click(pilot, strip, "c1")
        assert "c1" in title(app, "table-0")
        assert "c1" not in text(app)[strip.region.y]


async def test_pages_of_the_narration_are_turned():
    async with stage(LONG, SMALL) as (app, pilot):
        told = app.query_one(Narration)
        assert told.pages > 3
        await pilot.click(told)
        assert told.page == 1
        event_at = told.region.offset
        await pilot._post_mouse_events([events.MouseScrollDown], told, offset=(3, 1))
        assert (told.page, told.region.offset) == (2, event_at)
        for _ in range(4):
            await pilot._post_mouse_events([events.MouseScrollUp], told, offset=(3, 1))
        assert told.page == 0


async def test_a_terminal_that_is_clicked_twice_is_shown_large():
    async with stage("openpty > /dev/null\n", MEDIUM) as (app, pilot):
        await pilot.press("end", "6")
        await pilot.pause()
        pane = app.query_one(DevptsPane)
        await pilot.click(pane, offset=(12, 2))
        assert app.look.large == NO_TERMINAL
        await pilot.click(pane, offset=(12, 2), times=2)
        await pilot.pause()
        assert app.look.large != NO_TERMINAL


async def test_the_way_back_is_told_before_whose_position_the_machine_takes():
    async with stage(size=SMALL) as (app, pilot):
        await pilot.press("end", "up", "z")
        await pilot.pause()
        head = text(app)[0]
        assert "z all panes" in head
        assert "F follow" in head


@pytest.mark.parametrize("size", [SMALL, MEDIUM], ids=str)
async def test_of_a_long_way_to_the_script_its_own_name_is_left(size):
    app = NshApp(session("spawn a\n"), title="some/where/very/far/away/from/here/talk.nsh")
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        head = text(app)[0]
        assert head.startswith(" nsh  talk.nsh " if size == SMALL else " nsh  some/where/")
        assert "talk.nsh " in head
