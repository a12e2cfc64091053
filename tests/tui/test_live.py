"""The interface over the real machine: what it has of the one over a play, and what not."""

from __future__ import annotations

import pytest

from nsh.tui.live import LiveApp
from nsh.tui.panes.tree import TreePane
from nsh.tui.prompt import Prompt
from tests.tui.live_stage import INSIDE, bar, live, look
from tests.tui.stage import LARGE, MEDIUM, SMALL, shown, text, title


async def test_nothing_can_be_typed(reader):
    async with live(reader) as (app, pilot):
        assert not app.query(Prompt)
        await pilot.press("colon", "i", "e", "enter", "escape")
        assert "KPID" in shown(app, "tree")[0]


async def test_the_keys_page_tells_what_they_mean_here(reader):
    async with live(reader, LARGE) as (app, pilot):
        await pilot.press("f1")
        page = "\n".join(text(app))
        assert "freeze, go on looking" in page
        assert "look now" in page
        assert "only tasks with these words" in page
        assert "prompt" not in page
        assert "1 2 4 … 6 8 … 0" in page
        assert "that terminal" not in page  # nobody sees what stands on them


@pytest.mark.parametrize("size", [SMALL, MEDIUM, LARGE])
@pytest.mark.parametrize("key", ["backslash", "f4", "slash", "f3"])
async def test_only_tasks_with_some_words_are_shown(reader, size, key):
    async with live(reader, size) as (app, pilot):
        await pilot.press(key, *"WORK")
        await pilot.pause()
        assert "1 of 4" in "\n".join(text(app)[-3:])
        tree = app.query_one(TreePane)  # behind the line
        assert [row.comm for row in tree.rows] == ["worker"]
        await pilot.press("enter")
        await pilot.pause()
        assert title(app, "tree") == "tasks with WORK"
        assert str(app.query_one("#tree").border_subtitle) == "1 of 4 tasks"
        assert [line.split()[-2] for line in shown(app, "table-0")[1:2]] == ["worker"]
        reader.fake.process(13, b"worker2", ppid=11, pids="13\t3", ns=INSIDE, start=8)
        reader.fake.process(14, b"other", ppid=11, pids="14\t4", ns=INSIDE, start=9)
        await look(app, pilot)
        rows = [line for line in shown(app, "tree")[1:] if line]
        assert [row.split()[-3] for row in rows] == ["worker", "worker2"]
        await pilot.press(key, "ctrl+u", *"web", "escape")  # as before
        await pilot.pause()
        assert title(app, "tree") == "tasks with WORK"
        await pilot.press(key, *["backspace"] * 4, "enter")
        await pilot.pause()
        assert len([line for line in shown(app, "tree")[1:] if line]) == 6


async def test_tasks_are_sorted_and_the_selection_stays(reader):
    async with live(reader) as (app, pilot):
        await pilot.press("j", "j", "j")

        def names() -> list[str]:
            return [row.split()[-3] for row in shown(app, "tree")[1:5]]

        def chosen() -> str:
            return next(row for row in shown(app, "tree") if row.startswith("▸")).split()[-3]

        seen = []
        for _ in range(7):
            await pilot.press("s")
            await pilot.pause()
            seen.append((title(app, "tree").partition(" by ")[2], names()))
            assert chosen() == "worker"
        assert dict(seen) == {
            "pid": ["init", "shim", "web", "worker"],
            "name": ["init", "shim", "web", "worker"],
            "age": ["worker", "web", "shim", "init"],
            "state": ["init", "shim", "web", "worker"],
            "user": ["init", "shim", "web", "worker"],
            "pid space": ["init", "shim", "web", "worker"],
            "": ["init", "shim", "web", "worker"],
        }
        await pilot.press("s", "S")
        await pilot.pause()
        assert "└─" in shown(app, "tree")[2]


async def test_panes_are_enlarged_and_moved_here_too(reader):
    async with live(reader) as (app, pilot):
        await pilot.press("4", "z")
        await pilot.pause()
        assert app.query_one("#ids").region.height > 30
        assert "z all panes" in bar(app)
        await pilot.press("z", "M")
        await pilot.pause()
        assert app.arrangement.place("ids") == 0
        await pilot.press("R", "P")
        await pilot.pause()
        assert app.arrangement.place("ids") == 4


async def test_nothing_is_made_ready_for_a_prompt_that_is_not_there(reader, monkeypatch):
    """Textual has every class's own handler of a message called, not the last one's alone."""
    made: list[LiveApp] = []
    for name in ("_prepare", "_rehearse"):
        monkeypatch.setattr(LiveApp, name, made.append)
    async with live(reader) as (app, pilot):
        await pilot.press("down", "z")
        await pilot.pause()
        assert app.focused is app.query_one(TreePane)
        assert not made
