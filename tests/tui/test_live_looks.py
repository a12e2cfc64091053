"""Looking again and again over the real machine: what is kept, marked, followed and held still."""

from __future__ import annotations

import pytest

from nsh.session.watch import KEPT, Watch
from nsh.tui.rows import Rows
from tests.tui.live_stage import bar, live, look
from tests.tui.stage import LARGE, MEDIUM, SMALL, shown, text


@pytest.mark.parametrize("size", [SMALL, MEDIUM, LARGE])
async def test_the_selection_stays_with_its_task(reader, size):
    async with live(reader, size) as (app, pilot):
        await pilot.press("j", "j", "j")
        (chosen,) = (line for line in shown(app, "tree") if line.startswith("▸"))
        assert "worker" in chosen
        reader.fake.process(2, b"early", ppid=1, start=1)
        reader.gone(11)
        await look(app, pilot)
        (chosen,) = (line for line in shown(app, "tree") if line.startswith("▸"))
        assert "worker" in chosen
        lines = shown(app, "tree")
        assert any(line.startswith("+") and "early" in line for line in lines)
        assert any(line.startswith("-") and "web" in line for line in lines)


async def test_a_look_that_shows_no_difference_repaints_nothing(reader, monkeypatch):
    async with live(reader) as (app, pilot):
        await look(app, pilot)
        painted: list[object] = []
        monkeypatch.setattr(Rows, "refresh", lambda self, *_a, **_k: painted.append(self))
        before = text(app)
        await look(app, pilot)
        assert painted == []
        assert text(app)[:-1] == before[:-1]


async def test_looks_are_kept_and_gone_back_to(reader):
    async with live(reader) as (app, pilot):
        reader.fake.process(30, b"late", ppid=1, start=9)
        await look(app, pilot)
        assert any("late" in line for line in shown(app, "tree"))
        await pilot.press("comma")
        assert not any("late" in line for line in shown(app, "tree"))
        assert "1 look ago" in bar(app)
        await look(app, pilot)  # looking goes on, and moves nobody who looks back
        assert not any("late" in line for line in shown(app, "tree"))
        assert "2 looks ago" in bar(app)
        await pilot.press("G")
        assert any("late" in line for line in shown(app, "tree"))


async def test_it_can_be_paused_and_told_how_often_to_look(reader):
    async with live(reader) as (app, pilot):
        assert "▶ 3600 s" in bar(app)
        await pilot.press("space")
        assert "‖ 3600 s" in bar(app)
        await pilot.press("space", "greater_than_sign", "greater_than_sign")
        assert "▶ 10 s" in bar(app)
        await pilot.press("less_than_sign")
        assert "▶ 30 s" in bar(app)


async def test_a_look_that_fails_says_so_and_the_next_is_tried(reader):
    async with live(reader) as (app, pilot):
        reader.trouble = True
        await look(app, pilot)
        assert "Permission denied" in bar(app)
        reader.trouble = False
        await look(app, pilot)
        assert "Permission denied" not in bar(app)


async def test_who_is_gone_is_not_counted(reader):
    async with live(reader) as (app, pilot):
        await pilot.press("s")
        reader.gone(12)
        await look(app, pilot)
        assert any(line.startswith("-") for line in shown(app, "tree"))
        assert str(app.query_one("#tree").border_subtitle) == "3 tasks"
        await pilot.press("backslash", "w")
        await pilot.pause()
        assert "1 of 3" in "\n".join(text(app)[-3:])  # web; worker has ended


async def test_the_selection_follows_what_is_new_where_that_is_wanted(reader):
    async with live(reader) as (app, pilot):
        await pilot.press("F")
        assert "follows what is new" in bar(app)
        reader.fake.process(30, b"late", ppid=1, start=9)
        await look(app, pilot)
        assert "late" in next(line for line in shown(app, "tree") if line.startswith("▸"))
        await pilot.press("ctrl+home")
        assert "follows what is new" not in bar(app)
        reader.fake.process(31, b"later", ppid=1, start=10)
        await look(app, pilot)
        assert "init" in next(line for line in shown(app, "tree") if line.startswith("▸"))


@pytest.mark.parametrize("key", ["r", "f5"])
async def test_one_can_look_at_once_though_it_is_frozen(reader, key):
    async with live(reader) as (app, pilot):
        await pilot.press("space")
        reader.fake.process(30, b"late", ppid=1, start=9)
        await pilot.pause()
        assert not any("late" in line for line in shown(app, "tree"))
        await pilot.press(key)
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert any("late" in line for line in shown(app, "tree"))
        assert "‖ 3600 s" in bar(app)


def test_a_long_watch_keeps_no_more_than_so_many_looks(reader):
    machine = reader()
    watch = Watch(machine)
    for _ in range(KEPT + 5):
        watch.take(machine)
    assert len(watch.history) == KEPT
    assert watch.position == KEPT - 1
    watch.goto(0)
    watch.take(machine)
    assert watch.position == 0
