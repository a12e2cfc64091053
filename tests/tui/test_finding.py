"""Finding one's way in the interface: search, marks, chapters, branches, side by side."""

import pytest
from textual import events
from textual.widgets import Input, OptionList, Static

from nsh.session.session import Session
from nsh.tui import keys
from nsh.tui.app import NshApp
from nsh.tui.bars import Timeline
from nsh.tui.finding import BranchScreen, SearchScreen
from nsh.tui.prompt import PromptInput
from tests.tui.stage import LARGE, MEDIUM, SMALL, stage, text, toasts


async def ask(app, pilot, query: str) -> None:
    await pilot.press("slash")
    await pilot.pause()
    app.screen.query_one(Input).value = query
    await pilot.press("enter")
    await pilot.pause()


async def test_slash_asks_and_n_goes_on():
    async with stage() as (app, pilot):
        await ask(app, pilot, "calls clone")
        first = app.player.position
        assert type(app.player.step.request).__name__ == "Clone"
        await pilot.press("n", "n")
        third = app.player.position
        assert third > first
        await pilot.press("N", "N")
        assert app.player.position == first
        await pilot.press("N")  # round and round
        assert app.player.position > third
        assert toasts(app)[-1].startswith("5 of 5: step ")


async def test_what_is_asked_is_told_while_it_is_typed():
    async with stage() as (app, pilot):
        await pilot.press("slash", *"ESRCH")
        await pilot.pause()
        hint = str(app.screen.query_one("#search-hint", Static).render())
        assert hint.startswith("at 0 ") or "steps" in hint
        await pilot.press(*" by")
        await pilot.pause()
        assert "by what?" in str(app.screen.query_one("#search-hint", Static).render())
        await pilot.press("escape")
        assert not isinstance(app.screen, SearchScreen)
        assert app.player.position == 0


PRINTED = {"slash": "/", "backslash": "\\", "space": " "}


def hurried(app: NshApp, *typed: str) -> None:
    """Keys that come together, as over a slow connection: nothing is waited for in between."""
    for key in typed:
        app.post_message(events.Key(key, key if len(key) == 1 else PRINTED.get(key)))


@pytest.mark.parametrize("times", [1, 2])
async def test_keys_right_behind_the_slash_are_what_is_asked(times: int):
    async with stage() as (app, pilot):
        for _time in range(times):
            hurried(app, "slash", *"dhttpd", "space", *"qx", "backspace")
            await pilot.pause(0.1)
            assert isinstance(app.screen, SearchScreen)
            assert app.screen.query_one(Input).value == "dhttpd q"
            await pilot.press("escape")
        hurried(app, "slash", *"calls", "space", *"clone", "enter", "n")
        await pilot.pause(0.1)
        assert len(app.screen_stack) == 1
        assert toasts(app)[-1].startswith("2 of ")
        hurried(app, "slash", *"zz", "escape", "colon", *"echo")
        await pilot.pause(0.1)
        assert len(app.screen_stack) == 1
        assert app.query_one(PromptInput).value == "echo"


async def test_what_is_pasted_right_behind_the_slash_is_asked():
    async with stage() as (app, pilot):
        hurried(app, "slash")
        app.post_message(events.Paste("calls clone\n"))
        hurried(app, "enter")
        await pilot.pause(0.1)
        assert toasts(app)[-1].startswith("1 of ")


async def test_a_slash_in_the_prompt_is_a_slash():
    async with stage() as (app, pilot):
        hurried(app, "colon", *"ls", "space", "slash", "backslash")
        await pilot.pause(0.1)
        assert len(app.screen_stack) == 1
        assert app.query_one(PromptInput).value.startswith("ls /")


async def test_a_query_that_is_none_and_one_that_finds_nothing_are_told():
    async with stage() as (app, pilot):
        await ask(app, pilot, "by")
        assert "by what?" in toasts(app)[-1]
        await pilot.press("slash", *"EXDEV", "enter")  # what stood there is replaced
        await pilot.pause()
        assert toasts(app)[-1] == "EXDEV: at no step so far"
        await ask(app, pilot, "EXDEV")
        assert toasts(app)[-1] == "EXDEV: at no step so far"
        assert app.player.position == 0


async def test_n_without_a_query_asks_for_one():
    async with stage() as (app, pilot):
        await pilot.press("n")
        assert isinstance(app.screen, SearchScreen)


async def test_when_did_it_die():
    async with stage() as (app, pilot):
        await ask(app, pilot, "when did web:1 die?")
        assert app.player.step.place.text == "as sshd exit"
        chosen = [line for line in text(app) if line.startswith("│▸") and "sshd" in line]
        assert chosen  # who died is selected, for the last step was about it


async def test_the_timeline_shows_what_was_asked_for_and_what_has_a_name():
    async with stage() as (app, pilot):
        await ask(app, pilot, "calls clone")
        await pilot.press("home", "full_stop", "m", "home")
        bar = app.query_one(Timeline)
        line = text(app)[-1]
        assert line.count(app.paint.glyph("match")) >= 3
        assert len(bar.found) == 5
        assert list(bar.marks) == [1]


@pytest.mark.parametrize("sought", [False, True])
async def test_what_has_a_name_or_was_asked_for_goes_with_what_is_forgotten(sought: bool):
    async with stage() as (app, pilot):
        await pilot.press("end", "m")
        if sought:
            await ask(app, pilot, "calls exit_group")
        bar = app.query_one(Timeline)
        assert [*bar.marks, *bar.found]
        await pilot.press("home", "colon")
        app.query_one(PromptInput).value = "exit 1"
        await pilot.press("enter")
        assert app.player.session.halted
        length = len(app.player.history)
        assert all(at < length for at in [*bar.marks, *bar.found, *bar.chapters])


async def test_a_chapter_that_came_meanwhile_is_drawn_when_it_is_told():
    async with stage() as (app, _pilot):
        bar = app.query_one(Timeline)
        app.player.move(3)
        assert bar.length > 3
        app.player.session.submit("spawn a\n#: # Later\n\nspawn b\n")
        app.player.look()
        bar.repaint()
        app.show()
        assert bar.chapters == tuple(app.player.story.chapters)


async def test_marks_are_gone_to_in_turn():
    async with stage() as (app, pilot):
        await pilot.press("apostrophe")
        assert toasts(app)[-1] == "no moment is marked yet"
        await pilot.press("right", "m", "right", "m", "home")
        at = []
        for _ in range(3):
            await pilot.press("apostrophe")
            at.append(app.player.position)
        assert at == [5, 10, 5]


async def test_chapters():
    async with stage() as (app, pilot):
        at = []
        for key in ("right_curly_bracket",) * 3 + ("left_curly_bracket",) * 3:
            await pilot.press(key)
            at.append(app.player.position)
        first, second = app.player.story.chapters
        assert at == [first, second, len(app.player.history) - 1, second, first, 0]


async def test_tenths():
    async with stage() as (app, pilot):
        last = len(app.player.history) - 1
        for _ in range(3):
            await pilot.press("shift+right")
        assert app.player.position == 3 * round(last / 10)
        await pilot.press("shift+left")
        assert app.player.position == 2 * round(last / 10)


async def test_what_if_from_any_step_and_back():
    async with stage() as (app, pilot):
        await pilot.press("right_square_bracket", "right_square_bracket", "b")
        await pilot.pause()
        assert isinstance(app.focused, PromptInput)
        app.query_one(PromptInput).value = "spawn other"
        await pilot.press("enter")
        await pilot.pause()
        assert any("other" in line for line in text(app))
        assert "   B what-if   step" in text(app)[0]
        await pilot.press("escape", "B")
        await pilot.pause()
        assert isinstance(app.screen, BranchScreen)
        lines = "\n".join(text(app))
        assert "└─ what-if  from step " in lines
        chosen = app.screen.query_one(OptionList)
        assert chosen.highlighted == 1
        await pilot.press("up", "enter")
        await pilot.pause()
        assert app.words.branch == "main"
        assert "B what-if" not in text(app)[0]
        await pilot.press("end")
        assert not any("other" in line for line in text(app)[:-3])
        assert any("postgres" in line for line in text(app))
        await pilot.press("b", "escape", "b")
        assert {"what-if", "what-if-2", "what-if-3"} <= set(app.words.timelines())


async def test_each_history_has_a_line_of_its_own_however_long_its_commands_are():
    async with stage("#: One.\nspawn " + "a" * 70 + "\n", SMALL) as (app, pilot):
        await pilot.press("end", "b", "escape", "B")
        await pilot.pause()
        lines = text(app)
        at = next(n for n, line in enumerate(lines) if " main " in line)
        assert "last: spawn aaa" in lines[at]
        assert "* └─ what-if  no step of its own yet" in lines[at + 1]


async def test_a_branch_shows_its_own_narration_and_output():
    async with stage("#: First.\necho one\n#: Second.\necho two\n") as (app, pilot):
        await pilot.press("end")
        await pilot.press("colon")
        app.query_one(PromptInput).value = "branch other"
        await pilot.press("enter")
        for line in ("goto 1", "echo three"):
            app.query_one(PromptInput).value = line
            await pilot.press("enter")
            await pilot.pause()
        assert "three" in "\n".join(text(app))
        app.query_one(PromptInput).value = "branch main"
        await pilot.press("enter")
        await pilot.pause()
        shown = "\n".join(text(app))
        assert "Second." in shown
        assert "three" not in shown


@pytest.mark.parametrize("size", [SMALL, MEDIUM, LARGE])
@pytest.mark.parametrize("ascii_only", [False, True])
async def test_the_search_line_fits_every_screen(size, ascii_only):
    async with stage(size=size, ascii_only=ascii_only) as (app, pilot):
        await pilot.press("slash", *"web")
        await pilot.pause()
        lines = text(app)
        assert len(lines) == size[1]
        assert lines[-1].strip() == "web"
        assert lines[-2].strip().startswith("at ")
        if ascii_only:
            assert all(line.isascii() for line in lines[-3:])


async def test_keys_for_finding_wait_while_something_is_under_way():
    app = NshApp(Session(attended=True))
    app.SLICE = 60
    async with app.run_test(size=MEDIUM) as pilot:
        await pilot.pause()
        app.query_one(PromptInput).value = "cat"
        await pilot.press("enter")
        await pilot.pause()
        assert app.player.working
        await pilot.press("escape")
        before = app.player.position, len(app.player.history)
        for key in keys.FIND:
            await pilot.press(key.keys.split(",")[0])
        assert (app.player.position, len(app.player.history)) == before
        assert len(app.screen_stack) == 1
        assert app.words.branch == "main"


async def test_keys_for_finding_do_nothing_over_the_real_machine():
    from nsh.kernel.boot import boot
    from nsh.tui.live import LiveApp

    app = LiveApp(lambda: boot("all"), boot("all"), interval=3600)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        for key in keys.FIND:
            if key.id != "find.search":  # there it is tasks that are asked for
                await pilot.press(key.keys.split(",")[0])
        assert len(app.screen_stack) == 1


async def test_searching_again_costs_nothing_while_the_history_stays(monkeypatch):
    from nsh.session import search

    app = NshApp(Session())
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        await pilot.press("escape")
        app.player.session.submit("spawn a\nspawn b\n")
        app.arrive(True)
        await ask(app, pilot, "calls clone")
        asked = []

        def counted(*given):
            asked.append(given)
            return []

        monkeypatch.setattr(search, "every", counted)
        await pilot.press("n", "n", "comma", "full_stop")
        assert not asked


async def test_the_present_moment_can_be_dragged_along_the_timeline():
    async with stage() as (app, pilot):
        bar = app.query_one(Timeline)
        last = len(app.player.history) - 1
        await pilot.mouse_down(bar, offset=(10, 0))
        await pilot.pause()
        first = app.player.position
        assert 0 < first < last
        for x in (20, 30, 40):
            await pilot.hover(bar, offset=(x, 0))
        assert app.player.position > 3 * first
        await pilot.hover(app.query_one("#tree"), offset=(1, 1))  # out of the bar, still held
        assert app.player.position == 0
        await pilot.mouse_up(bar, offset=(0, 0))
        await pilot.hover(bar, offset=(50, 0))
        assert app.player.position == 0
