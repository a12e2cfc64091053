"""^C, ^D and Esc do what a terminal's user expects, wherever the focus is."""

from __future__ import annotations

import pytest

from nsh.tui.foreground import AGAIN
from nsh.tui.presenting import AGAIN as PAUSED
from nsh.tui.prompt import PromptInput
from tests.tui.stage import SMALL, shown, stage, text, toasts
from tests.tui.test_typing import enter, seat

NOTHING = "nothing is running; F10 leaves, and q in a pane"


async def test_ctrl_c_stops_the_play_and_nothing_else():
    async with stage(size=SMALL) as (app, pilot):
        await pilot.press("space", "ctrl+c")
        assert "‖" in text(app)[0]
        assert not toasts(app)
        await pilot.press("ctrl+c")
        assert toasts(app) == [NOTHING]
        assert app.is_running


async def test_q_asks_once_while_it_plays():
    async with stage(size=SMALL) as (app, pilot):
        await pilot.press("space", "q")
        assert app.is_running
        assert "‖" in text(app)[0]
        assert toasts(app) == [PAUSED]
        await pilot.press("q")
        await pilot.pause()
        assert not app.is_running


async def test_what_is_played_on_is_asked_for_again():
    async with stage(size=SMALL) as (app, pilot):
        await pilot.press("space", "q", "space", "q")
        assert app.is_running


async def test_ctrl_c_at_the_prompt_forgets_the_line_first():
    async with stage("", SMALL) as (app, pilot):
        editor = app.query_one(PromptInput)
        editor.value = "some text"
        await pilot.press("ctrl+c")
        assert editor.value == ""
        assert not toasts(app)
        await pilot.press("ctrl+c")
        assert toasts(app) == [NOTHING]


async def test_ctrl_c_forgets_what_is_typed_for_a_program_that_reads():
    async with seat() as (app, pilot):
        editor = app.query_one(PromptInput)
        await enter(pilot, "cat")
        await pilot.press(*"abc")
        await pilot.press("ctrl+c")
        assert editor.value == ""
        assert "paused" in text(app)[0].replace("‖", "paused")
        assert "^C" in "\n".join(shown(app, "output"))


@pytest.mark.parametrize("opens", ["slash", "backslash", "question_mark", "B", "ctrl+p"])
async def test_ctrl_c_leaves_whatever_was_opened(opens: str):
    async with stage(size=SMALL) as (app, pilot):
        await pilot.press(opens)
        await pilot.pause()
        assert len(app.screen_stack) == 2
        await pilot.press("ctrl+c")
        await pilot.pause()
        assert len(app.screen_stack) == 1
        assert app.is_running


async def test_ctrl_d_at_an_empty_prompt_leaves_at_the_second_time():
    async with stage("", SMALL) as (app, pilot):
        editor = app.query_one(PromptInput)
        editor.value = "ab"
        editor.cursor_position = 0
        await pilot.press("ctrl+d")
        assert editor.value == "b"
        editor.value = ""
        await pilot.press("ctrl+d")
        assert toasts(app) == [AGAIN]
        assert app.is_running
        await pilot.press("ctrl+d")
        await pilot.pause()
        assert not app.is_running


async def test_who_leaves_while_a_program_runs_endlessly_hears_no_more_of_it():
    async with seat() as (app, pilot):
        app.SLICE = 0.01
        await enter(pilot, "while true { getpid > /dev/null }")
        assert app.player.working
        app.exit()
        await app.query("*").remove()
        app._work_on()  # the timer may be quicker than the end
        assert app.player.working


async def test_escape_leads_back_to_the_pane_one_came_from():
    async with stage(size=SMALL) as (app, pilot):
        await pilot.press("5", "colon", "escape")
        assert app.focused is not None
        assert app.focused.id == "boundary"
        await pilot.press("colon")
        app.bring("output")
        await pilot.press("escape")
        assert app.focused.id == "tree"


async def test_escape_at_the_prompt_first_closes_what_was_answered():
    async with stage("", SMALL) as (app, pilot):
        await enter(pilot, "branches")
        assert toasts(app)
        await pilot.press("escape", *"zx")
        assert not toasts(app)
        assert app.query_one(PromptInput).value == "zx"
        await pilot.press("escape")
        assert not isinstance(app.focused, PromptInput)


@pytest.mark.parametrize("key", ["escape", "comma", "full_stop", "home"])
async def test_what_was_told_goes_with_the_next_step_or_escape(key: str):
    async with stage(size=SMALL) as (app, pilot):
        await pilot.press("end", "comma", "slash", *"zzz", "enter")
        await pilot.pause()
        assert toasts(app) == ["zzz: at no step so far"]
        await pilot.press("2")
        assert toasts(app)
        await pilot.press(key)
        assert not toasts(app)


async def test_another_history_is_begun_from_the_tree_of_them():
    async with stage(size=SMALL) as (app, pilot):
        await pilot.press("end", "B")
        await pilot.pause()
        await pilot.press("b")
        await pilot.pause()
        assert app.words.branch == "what-if"
        assert isinstance(app.focused, PromptInput)
