"""The palette offers what works where it is asked for, and help begins with that."""

from __future__ import annotations

import pytest
from textual.widgets import Static

from nsh.tui import keys
from nsh.tui.app import NshApp
from nsh.tui.beside import BesideScreen
from nsh.tui.help import HelpScreen
from nsh.tui.palette import Everything
from nsh.tui.prompt import PromptInput
from tests.tui.stage import MEDIUM, SMALL, stage

TERMINAL = "openpty > /dev/null\n"


def offered(app: NshApp) -> dict[str, str]:
    """What the palette would offer on the present screen, and the keys that it names."""
    return {entry.text: entry.help for entry in Everything(app.screen)._entries()}


def texts(*groups: tuple[keys.Key, ...]) -> set[str]:
    return {key.text for group in groups for key in group if key.text}


async def test_over_the_panes_what_is_elsewhere_is_not_offered():
    async with stage(size=MEDIUM) as (app, pilot):
        await pilot.pause()
        found = set(offered(app))
        assert texts(keys.TIME, keys.PLACES, keys.FIND, keys.PANE) <= found
        assert not texts(keys.BESIDE_OWN, keys.TERMINAL, keys.SEAT) & found
        assert "from a pane to the prompt" in found
        assert "from the prompt to the panes" not in found
        assert "show namespaces" in found


async def test_from_the_help_over_it_the_palette_is_gone_back_to():
    async with stage(size=SMALL) as (app, pilot):
        for key, depth in (("ctrl+p", 2), ("f1", 3), ("ctrl+p", 2), ("f1", 3), ("f1", 2)):
            await pilot.press(key)
            await pilot.pause()
            assert len(app.screen_stack) == depth
        await pilot.press("escape")
        await pilot.pause()
        assert app.at_home


async def test_at_the_prompt_nothing_is_offered_for_rows():
    async with stage("", MEDIUM) as (app, _pilot):
        found = set(offered(app))
        assert not texts(keys.PANE) & found
        assert "from the prompt to the panes" in found
        assert "from a pane to the prompt" not in found
        assert "one step forward" in found


async def test_in_front_of_one_terminal_its_keys_are_offered():
    async with stage(TERMINAL, MEDIUM) as (app, pilot):
        await pilot.press("end", "6", "down", "enter")
        await pilot.pause()
        assert texts(keys.TERMINAL) <= set(offered(app))
        await pilot.press("ctrl+p")
        await pilot.pause()
        await pilot.press(*"type there")
        await app.workers.wait_for_complete()
        await pilot.press("enter", "enter")
        await pilot.pause()
        assert app.seated


@pytest.mark.parametrize("size", [SMALL, MEDIUM], ids=str)
async def test_everything_that_is_offered_beside_another_moment_does_something(size):
    """Whatever is chosen ends in an action that somebody has, and none is about the stage."""
    async with stage(size=size) as (app, pilot):
        app.query_one(PromptInput).value = "beside 9 12"
        await pilot.press("colon", "enter")
        await pilot.pause()
        held = app.screen
        assert isinstance(held, BesideScreen)
        found = offered(app)
        assert not texts(keys.PLACES, keys.FIND, keys.SEAT) & set(found)
        assert "play, pause" not in found
        assert texts(keys.BESIDE_OWN) <= set(found)
        await pilot.press("ctrl+p")
        await pilot.pause()
        await pilot.press(*"show devpts")
        await app.workers.wait_for_complete()
        await pilot.press("enter", "enter")
        await pilot.pause()
        assert app.screen is held
        assert held.focused is not None
        assert held.focused.id == "devpts"


async def test_a_page_is_broken_anew_for_another_width():
    async with stage(size=MEDIUM) as (app, pilot):
        await pilot.press("question_mark")
        await pilot.resize_terminal(50, 24)
        for _ in range(3):
            await pilot.pause()
        about = next(each for each in app.screen.query(Static) if "Signs" in str(each.render()))
        lines = str(about.render()).split("\n")
        assert any(line.startswith("     ") for line in lines)
        assert all(len(line) <= 40 for line in lines)


@pytest.mark.parametrize(
    ("script", "first", "pressed"),
    [
        ("", keys.AT_PROMPT, ["f1"]),
        ("spawn a\n", "Time", ["f1"]),
        (TERMINAL, keys.AT_TERMINAL, ["end", "6", "down", "enter", "f1"]),
    ],
)
async def test_help_begins_with_the_keys_for_where_one_is(script, first, pressed):
    async with stage(script, MEDIUM) as (app, pilot):
        for key in pressed:
            await pilot.press(key)
            await pilot.pause()
        held = app.screen
        assert isinstance(held, HelpScreen)
        groups = [str(each.render()).split("\n")[0] for each in held.query(Static)]
        assert groups[groups.index("Signs") + 1] == first
