"""The prompt while a command runs: lines for who reads the terminal, and the keys that signal."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual import events
from textual.pilot import Pilot

from nsh.session.session import Session
from nsh.tui.app import NshApp
from nsh.tui.bars import Timeline
from nsh.tui.foreground import ORPHANED, UNDER_WAY
from nsh.tui.narration import Narration
from nsh.tui.prompt import PromptInput
from tests.tui.stage import MEDIUM, shown, text, toasts, until


@asynccontextmanager
async def seat(script: str = "") -> AsyncIterator[tuple[NshApp, Pilot[None]]]:
    session = Session(attended=True)
    if script:
        session.load(script, "reads.nsh")
    app = NshApp(session)
    async with app.run_test(size=MEDIUM) as pilot:
        await pilot.pause()
        yield app, pilot


async def enter(pilot: Pilot[None], line: str) -> None:
    editor = pilot.app.query_one(PromptInput)
    editor.value = line
    await pilot.press("enter")
    await pilot.pause()


def prompt(app: NshApp) -> str:
    return text(app)[-2].strip()


async def test_a_command_that_reads_gets_the_lines_that_are_typed():
    async with seat() as (app, pilot):
        await enter(pilot, "cat | tr a-z A-Z; echo done")
        assert prompt(app).startswith("> a program reads this terminal")
        assert "reads what you type" in text(app)[0]
        await enter(pilot, "one")
        await enter(pilot, "")
        app.query_one(PromptInput).value = "two"
        await pilot.press("ctrl+d", "ctrl+d")
        await pilot.pause()
        assert "TWOdone" in "".join(shown(app, "output"))
        assert "ONE" in "".join(shown(app, "output"))
        assert prompt(app).startswith("0:1 init #")
        await pilot.press("up")
        assert app.query_one(PromptInput).value == "cat | tr a-z A-Z; echo done"


async def test_the_boundary_shows_what_was_typed():
    async with seat() as (app, pilot):
        await enter(pilot, "read x")
        await enter(pilot, "h")
        rows = shown(app, "boundary")
        assert any(row.startswith("typed") and row.endswith("h") for row in rows), rows


async def test_ctrl_c_kills_what_is_in_the_foreground():
    async with seat() as (app, pilot):
        await enter(pilot, "spawn w; as w cat")
        await pilot.press("ctrl+c")
        await pilot.pause()
        assert app.player.session.status == 130
        assert not app.player.step.message
        assert "^C" in "".join(shown(app, "output"))
        assert prompt(app).startswith("0:1 init #")


async def test_ctrl_c_gives_up_what_init_itself_does():
    async with seat() as (app, pilot):
        await enter(pilot, "read x")
        await pilot.press("escape", "ctrl+c")
        await pilot.pause()
        assert app.player.step.message == "given up: interrupted"
        assert not app.player.under_way
        await pilot.press("comma")
        assert app.player.session.busy


async def test_what_went_wrong_is_told_until_the_next_command_begins():
    async with seat() as (app, pilot):
        told = app.query_one(Narration)
        await enter(pilot, "read x")
        await pilot.press("escape", "ctrl+c")
        await pilot.pause()
        assert told.alarm == "given up: interrupted"
        app.player.submit("true")
        app.show()
        assert app.player.step.alarm
        assert not told.alarm


async def test_a_trap_hears_the_first_ctrl_c_and_the_second_gives_up():
    async with seat() as (app, pilot):
        await enter(pilot, "trap INT { echo caught }; cat")
        await pilot.press("ctrl+c")
        await pilot.pause()
        assert "caught" in "".join(shown(app, "output"))
        assert app.player.under_way
        assert len(app._notifications) == 1
        await pilot.press("ctrl+c")
        await pilot.pause()
        assert app.player.step.message == "given up: interrupted"


async def test_ctrl_backslash_and_ctrl_z_are_typed():
    async with seat() as (app, pilot):
        await enter(pilot, "spawn w; as w cat")
        await pilot.press("ctrl+z")
        assert app.player.session.reading  # an orphaned group is not stopped by a key
        assert toasts(app) == [ORPHANED]
        await pilot.press("ctrl+backslash")
        await pilot.pause()
        assert app.player.session.status == 131


@pytest.mark.parametrize("key", ["home", "space", "slash", "n", "u", "full_stop"])
async def test_time_is_not_gone_through_while_a_command_runs_and_that_is_said(key: str):
    async with seat() as (app, pilot):
        app.SLICE = 0.01
        await enter(pilot, "while true { getpid > /dev/null }")
        await pilot.press("escape", key)
        assert app.player.working
        assert app.at_home
        assert toasts(app) == [UNDER_WAY]
        app.post_message(Timeline.Seek(0))
        await pilot.press("ctrl+c", "ctrl+c")
        await until(lambda: not app.player.working)
        await pilot.press("escape", "home")
        assert app.player.position == 0


async def test_a_play_waits_where_its_script_reads():
    async with seat("echo before\nread x\necho got $x\n") as (app, pilot):
        await pilot.press("end")
        await pilot.pause()
        assert prompt(app).startswith("> ")
        await pilot.press("colon")
        await enter(pilot, "me")
        await pilot.press("escape", "end")
        await pilot.pause()
        assert "got me" in "".join(shown(app, "output"))
        assert app.player.at_end


async def test_lines_that_are_pasted_are_read_one_by_one():
    async with seat() as (app, pilot):
        await enter(pilot, "read x; read y; echo $y-$x")
        app.query_one(PromptInput).post_message(events.Paste("one\ntwo\n"))
        await until(lambda: "two-one" in "".join(shown(app, "output")))


async def test_ctrl_c_at_an_idle_prompt_discards_the_line():
    async with seat() as (app, pilot):
        app.query_one(PromptInput).value = "rm -rf /"
        before = app.player.position
        await pilot.press("ctrl+c")
        assert app.query_one(PromptInput).value == ""
        assert app.player.position == before


async def test_keys_act_in_the_order_in_which_they_were_pressed():
    async with seat() as (app, pilot):
        for character in "spawn a\rspawn b\ras a cat\rline\r\x03echo $?\r":
            named = {"\r": "enter", "\x03": "ctrl+c", " ": "space", "$": "dollar_sign"}
            key = named.get(character, "question_mark" if character == "?" else character)
            app.post_message(events.Key(key, character))
        await pilot.pause()
        await until(lambda: "130" in "".join(shown(app, "output")))
        assert [task.label for task in app.player.session.tasks()] == ["init", "a", "b"]
        assert [step.typed for step in app.player.history if step.typed] == [b"line\n", b"\x03"]


PASTED = """\
# a comment, and blocks
spawn a
if true {
\techo in a block # why not
} else { echo no }

echo 'two
lines'
"""


async def test_a_pasted_script_is_one_entry_with_its_lines():
    async with seat() as (app, pilot):
        app.query_one(PromptInput).post_message(events.Paste(PASTED))
        await pilot.pause()
        assert app.query_one(PromptInput).value.count("\N{SYMBOL FOR NEWLINE}") == 7
        await pilot.press("enter")
        await until(lambda: shown(app, "output")[:3] == ["in a block", "two", "lines"])
        assert [task.label for task in app.player.session.tasks()] == ["init", "a"]
        await pilot.press("up")
        assert app.query_one(PromptInput).value.startswith("# a comment")


async def test_of_several_lines_it_tells_which_was_the_last():
    async with seat() as (app, pilot):
        await enter(pilot, "kill 77")
        assert "the script ends here" not in "\n".join(text(app))
        app.query_one(PromptInput).post_message(events.Paste("spawn a\nkill 88\nspawn b\n"))
        await pilot.press("enter")
        await pilot.pause()
        (told,) = [line for line in text(app) if "the script ends here" in line]
        assert told.split(" ", 1)[1].startswith("✖ <prompt>:2: the script ends here")
        await enter(pilot, "true")
        assert "the script ends here" not in "\n".join(text(app))
