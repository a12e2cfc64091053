"""The TUI's prompt knows what the line shell's does: completion, colours, blocks, looking back."""

from __future__ import annotations

import os

from nsh.session.remembered import recall
from nsh.tui.help import TextScreen
from nsh.tui.prompt import NEWLINE, PromptInput
from tests.tui.stage import stage


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
        await pilot.press("tab")
        await pilot.pause()
        (shown,) = [one.message for one in app._notifications]
        assert shown == "httpd.1  pid 2 (0:2)\nhttpd.2  pid 3 (0:3)"


async def test_an_unfinished_statement_goes_on():
    async with stage("") as (app, pilot):
        editor = app.query_one(PromptInput)
        await entered(pilot, "if true {")
        assert editor.value == f"if true {{{NEWLINE}"
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


async def test_a_pasted_transcript_loses_its_prompts():
    from textual import events

    async with stage("") as (app, pilot):
        editor = app.query_one(PromptInput)
        editor.focus()
        editor.post_message(events.Paste("0:1 init # spawn w\n0:1 init # ps\n  PID\n"))
        await pilot.pause()
        assert editor.value == f"spawn w{NEWLINE}ps"
