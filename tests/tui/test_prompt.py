"""The TUI's prompt knows what the line shell's does: completion, colours, blocks, looking back."""

from __future__ import annotations

import os

import pytest
from textual import events
from textual.widgets.input import Selection

from nsh.session.remembered import recall
from nsh.tui.app import NshApp
from nsh.tui.choices import Choices
from nsh.tui.help import TextScreen, hung
from nsh.tui.prompt import NEWLINE, PromptInput
from tests.tui.stage import MEDIUM, SMALL, session, shown, stage, text, toasts


async def typed(pilot, line: str) -> None:
    await pilot.press(*("space" if c == " " else c for c in line))


async def entered(pilot, line: str) -> None:
    pilot.app.query_one(PromptInput).value = line
    await pilot.press("enter")
    await pilot.pause()


async def test_tab_completes():
    async with stage("") as (app, pilot):
        editor = app.query_one(PromptInput)
        await entered(pilot, "spawn -n 2 httpd")
        await typed(pilot, "unsh")
        await pilot.press("tab")
        assert editor.value == "unshare "
        editor.value = ""
        await typed(pilot, "kill h")
        await pilot.press("tab")
        assert editor.value == "kill httpd."
        assert listed(app) == ["httpd.1  pid 2 (0:2)", "httpd.2  pid 3 (0:3)"]


def listed(app) -> list[str]:
    """The rows of the list at the prompt; [] while it is closed."""
    choices = app.query_one(Choices)
    return shown(app, "choices") if choices.display else []


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        (["tab", "enter"], "kill httpd.1 "),
        (["down", "down", "right"], "kill httpd.2 "),
        (["tab", "tab", "tab", "shift+tab", "enter"], "kill httpd.2 "),
        (["shift+tab", "enter"], "kill httpd.3 "),
        (["up", "up", "enter"], "kill httpd.2 "),
        (["pagedown", "pagedown", "enter"], "kill httpd.3 "),
        (["tab", "escape"], "kill httpd."),
        (["tab", "2"], "kill httpd.2"),
        (["tab", "ctrl+c"], ""),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("size", [SMALL, MEDIUM])
async def test_the_list_is_gone_through_and_taken_from(size, keys, value):
    async with stage("", size) as (app, pilot):
        await entered(pilot, "spawn -n 3 httpd")
        await typed(pilot, "kill httpd")
        await pilot.press("tab")
        await pilot.pause()
        assert len(listed(app)) == 3
        lines = text(app)
        assert any("Enter takes" in line for line in lines[:-2])
        assert "kill httpd." in lines[-2]
        await pilot.press(*keys)
        await pilot.pause()
        editor = app.query_one(PromptInput)
        assert editor.value == value
        assert app.focused is editor
        assert listed(app) == (["httpd.2  pid 3 (0:3)"] if keys[-1] == "2" else [])


async def test_enter_performs_what_stands_there_where_nothing_is_chosen():
    async with stage("") as (app, pilot):
        await entered(pilot, "spawn -n 12 w")
        await typed(pilot, "kill w.1")
        await pilot.press("tab")
        await pilot.pause()
        assert len(listed(app)) == 4  # w.1, w.10, …
        await pilot.press("enter")
        await pilot.pause()
        assert listed(app) == []
        assert not app.player.session.task("w.1").alive


async def test_a_list_longer_than_its_place_scrolls_and_says_where_one_is():
    async with stage("", SMALL) as (app, pilot):
        await pilot.press("tab")
        await pilot.pause()
        many = len(app.query_one(Choices).candidates)
        assert many > 100
        below = str(app.query_one(Choices).border_subtitle)
        assert below.startswith(f"{many} in all")
        assert len(text(app)) == SMALL[1]
        await pilot.press("shift+tab")
        await pilot.pause()
        assert listed(app)[-1].startswith("▸")
        assert str(app.query_one(Choices).border_subtitle).startswith(f"{many} of {many}")
        await pilot.press("tab")
        await pilot.pause()
        assert listed(app)[0].startswith("▸")


async def test_the_list_follows_what_is_typed_and_closes_elsewhere():
    async with stage("") as (app, pilot):
        await typed(pilot, "un")
        await pilot.press("tab")
        await pilot.pause()
        before = len(listed(app))
        await typed(pilot, "sh")
        await pilot.pause()
        assert 0 < len(listed(app)) < before
        await pilot.press("left")
        await pilot.pause()
        assert listed(app) == []
        await pilot.press("end", "tab", "f6")
        await pilot.pause()
        assert listed(app) == []


async def test_the_list_is_gone_with_the_size_that_it_was_made_for():
    async with stage("", MEDIUM) as (app, pilot):
        await pilot.press("tab")
        await pilot.pause()
        assert listed(app)
        await pilot.resize_terminal(*SMALL)
        await pilot.pause()
        assert not listed(app)
        await pilot.press("tab")
        await pilot.pause()
        assert all(len(line) <= SMALL[0] for line in text(app))
        assert listed(app)


async def test_the_mouse_takes_from_the_list():
    async with stage("") as (app, pilot):
        await entered(pilot, "spawn -n 2 httpd")
        await typed(pilot, "kill httpd")
        await pilot.press("tab")
        await pilot.pause()
        await pilot.click("#choices", offset=(5, 2))
        await pilot.pause()
        assert app.query_one(PromptInput).value == "kill httpd.2 "


@pytest.mark.parametrize("word", ["quit", "exit", "  quit "])
async def test_quit_and_exit_leave(word):
    async with stage("") as (app, pilot):
        await entered(pilot, word)
        assert app._exit
        assert not app.player.session.halted


async def test_exit_of_another_task_is_its_own():
    async with stage("") as (app, pilot):
        await entered(pilot, "spawn w")
        await entered(pilot, "as w")
        await entered(pilot, "exit")
        assert not app._exit
        assert not app.player.session.task("w").alive


async def test_an_unfinished_statement_goes_on():
    async with stage("") as (app, pilot):
        editor = app.query_one(PromptInput)
        await entered(pilot, "if true {")
        assert editor.value == f"if true {{{NEWLINE}"
        assert toasts(app) == ["{ of line 1 is open; Ctrl+C forgets it"]
        await typed(pilot, "spawn w")
        await pilot.press("enter")
        await typed(pilot, "}")
        await pilot.press("enter")
        await pilot.pause()
        assert editor.value == ""
        assert app.player.session.task("w").alive


async def test_what_is_typed_is_coloured_by_role():
    async with stage("") as (app, pilot):
        editor = app.query_one(PromptInput)
        editor.value = "if true { echo 'a' }"
        await pilot.pause()
        assert editor.highlighter is not None
        text = editor.highlighter(editor.value)
        styles = {text.plain[span.start : span.end]: span.style for span in text.spans}
        assert styles["if"] == app.paint.style("keyword")
        assert styles["'a'"] == app.paint.style("string")


async def test_looking_back_by_words():
    async with stage("") as (app, pilot):
        session = app.player.session
        await entered(pilot, "spawn a")
        await entered(pilot, "spawn b")
        await entered(pilot, "undo")
        assert [task.label for task in session.tasks()] == ["init", "a"]
        await entered(pilot, "redo")
        await entered(pilot, "branch other")
        await entered(pilot, "spawn c")
        await entered(pilot, "branch main")
        assert [task.label for task in session.tasks()] == ["init", "a", "b"]
        await entered(pilot, "branch other")
        assert [task.label for task in session.tasks()] == ["init", "a", "b", "c"]
        await entered(pilot, "goto 0")
        assert [task.label for task in session.tasks()] == ["init"]


async def test_changes_are_told_and_long_answers_have_a_screen(tmp_path):
    async with stage("") as (app, pilot):
        await entered(pilot, "changes on")
        await entered(pilot, "spawn a")
        assert any("+ task 0:2 a" in one.message for one in app._notifications)
        await entered(pilot, "help")
        assert isinstance(app.screen, TextScreen)
        await pilot.press("escape")
        await entered(pilot, f"save {tmp_path / 'saved.nsh'}")
        assert (tmp_path / "saved.nsh").read_text(encoding="utf-8") == "spawn a\n"
        await entered(pilot, f"source {tmp_path / 'saved.nsh'}")
        await entered(pilot, "explain")
        assert any(one.message.startswith("File exists (EEXIST)") for one in app._notifications)


async def test_history_is_that_of_the_line_shell_and_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    recall(os.environ)[0].add("echo typed\necho earlier")
    async with stage("", kept=True) as (app, pilot):
        editor = app.query_one(PromptInput)
        await pilot.press("up")
        assert editor.value == f"echo typed{NEWLINE}echo earlier"
        await entered(pilot, "spawn w")
        await entered(pilot, "as w true || {")
        await entered(pilot, editor.value + "true }")
    async with stage("", kept=True) as (app, pilot):
        editor = app.query_one(PromptInput)
        editor.value = "begun"
        for wanted in (f"as w true || {{{NEWLINE}true }}", "spawn w"):
            await pilot.press("up")
            assert editor.value == wanted
        await pilot.press("down", "down")
        assert editor.value == "begun"
    assert recall(os.environ)[0].entries[1:] == ["spawn w", "as w true || {\ntrue }"]
    async with stage("") as (app, pilot):
        await entered(pilot, "echo nobody knows")
    assert "echo nobody knows" not in recall(os.environ)[0].entries


@pytest.mark.parametrize(
    ("pasted", "stands"),
    [
        ("echo one", "echo one"),
        ("0:1 init # ps\n", "ps"),
        ("echo a\tb\x01\x1b[31mred", "echo a  b^A^[[31mred"),
        ("echo a\r\necho b", f"echo a{NEWLINE}echo b"),
    ],
)
async def test_what_is_pasted_is_seen(pasted: str, stands: str):
    async with stage("", SMALL) as (app, pilot):
        editor = app.query_one(PromptInput)
        editor.post_message(events.Paste(pasted))
        await pilot.pause()
        assert editor.value == stands
        assert editor.cursor_position == len(stands)


async def test_a_paste_takes_the_place_of_what_is_selected():
    async with stage("", SMALL) as (app, pilot):
        editor = app.query_one(PromptInput)
        editor.value = "echo abc"
        editor.selection = Selection(8, 5)
        editor.post_message(events.Paste("d\nps"))
        await pilot.pause()
        assert editor.value == f"echo d{NEWLINE}ps"


async def test_a_line_that_was_ended_before_the_terminal_was_ours_is_entered():
    async with stage("", SMALL) as (app, pilot):
        await typed(pilot, "spawn a")
        await pilot.press("ctrl+j")
        await pilot.pause()
        assert "└─ a" in "\n".join(shown(app, "tree"))


@pytest.mark.parametrize("size", [SMALL, MEDIUM], ids=str)
async def test_an_error_stands_above_the_narration_with_its_marks_where_they_belong(size):
    app = NshApp(session(""))
    app.SLICE = 60
    line = "spawn -n 1 first second third fourth fifth sixth seventh %"
    async with app.run_test(size=size, notifications=True) as pilot:
        await pilot.pause()
        await entered(pilot, line)
        for _ in range(50):
            lines = text(app)
            if any("1 | " in one for one in lines):
                break
            await pilot.pause()
        at = next(n for n, one in enumerate(lines) if "1 | " in one)
        column = lines[at].index(line)
        assert lines[at + 1][column:].startswith("^" * len(line))
        narration = app.query_one("#narration").region
        assert lines[narration.y].startswith(" Type what a shell")
        assert all("\N{BOX DRAWINGS LIGHT ARC UP AND RIGHT}" not in x for x in lines[narration.y :])
        await entered(pilot, "spawn %")
        assert len(app._notifications) == 1


async def test_a_pasted_transcript_loses_its_prompts():
    async with stage("") as (app, pilot):
        editor = app.query_one(PromptInput)
        editor.focus()
        editor.post_message(events.Paste("0:1 init # spawn w\n0:1 init # ps\n  PID\n"))
        await pilot.pause()
        assert editor.value == f"spawn w{NEWLINE}ps"


async def test_history_is_greyed_and_searched_as_in_the_line_shell():
    async with stage("") as (app, pilot):
        editor = app.query_one(PromptInput)
        for line in ("spawn alpha", "spawn beta", "seq 3"):
            await entered(pilot, line)
        await pilot.press(*"spa")
        await pilot.pause()
        assert text(app)[-2].endswith("# spawn beta")
        assert editor.value == "spa"
        await pilot.press("right")
        assert editor.value == "spawn beta"
        editor.value = "WN"
        seen = []
        for _ in range(3):
            await pilot.press("ctrl+r")
            seen.append(editor.value)
        assert seen == ["spawn beta", "spawn alpha", "spawn alpha"]
        await pilot.press("down", "down", "down")
        assert editor.value == "WN"


async def test_what_the_play_types_has_no_history_behind_it():
    async with stage("spawn b\n") as (app, pilot):
        await entered(pilot, "spawn alpha")
        await pilot.press("escape")
        app.query_one(PromptInput).value = "spa"
        await pilot.pause()
        await pilot.pause()
        assert text(app)[-2].endswith("# spa")


async def test_an_answer_goes_with_the_next_line_and_with_the_prompt():
    async with stage("", SMALL) as (app, pilot):
        await entered(pilot, "for x")
        assert app._notifications
        await entered(pilot, "spawn a")
        assert not app._notifications
        await entered(pilot, "for x")
        await pilot.press("escape")
        assert not app._notifications


@pytest.mark.parametrize(
    ("line", "hung_so"),
    [
        ("short", ["short"]),
        (
            "  cap  set the capabilities of a task",
            ["  cap  set the", "       capabilities", "       of a task"],
        ),
        ("    one two three four five", ["    one two three", "    four five"]),
        ("x" * 25, ["x" * 20, "x" * 5]),
        (" " * 30 + "one two three", [" " * 10 + "one two", " " * 10 + "three"]),
    ],
)
def test_long_lines_hang_from_their_last_column(line, hung_so):
    assert hung(line, 20).splitlines() == hung_so


async def test_what_help_lists_is_in_columns_on_a_small_screen():
    async with stage("", SMALL) as (app, pilot):
        await entered(pilot, "help")
        lines = [line[5:-5] for line in text(app)[3:-4]]
        assert isinstance(app.screen, TextScreen)
        names = [line for line in lines if line[:1].isalpha()]
        assert all(line[0].isupper() for line in names), names  # headings alone
