"""`nsh play FILE.cast`: a recording, gone through to and fro."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot

from nsh import cli
from nsh.session import themes
from nsh.session.recording import read
from nsh.tui import replay
from nsh.tui.replay import KEYS, MAIN, ReplayApp

CAST = (
    '{"version": 3, "term": {"cols": 30, "rows": 6}, "title": "three words"}\n'
    '[1, "m", "first"]\n[0, "o", "one "]\n[9, "o", "two "]\n[0, "m", "last"]\n[10, "o", "three"]\n'
)


@asynccontextmanager
async def replaying(text: str = CAST) -> AsyncIterator[tuple[ReplayApp, Pilot[None]]]:
    known, _ = themes.load()
    app = ReplayApp(read(text), "it.cast", known["dark"])
    async with app.run_test(size=(60, 12)) as pilot:
        await pilot.press("space")  # it plays at once
        app.go(0)
        await pilot.pause()
        yield app, pilot


def lines(app: ReplayApp) -> list[str]:
    strips = app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip).rstrip() for strip in strips]


def words(app: ReplayApp) -> str:
    return lines(app)[1].strip()


async def test_it_plays_at_once():
    known, _ = themes.load()
    app = ReplayApp(read(CAST), "it.cast", known["dark"])
    async with app.run_test() as pilot:
        await pilot.pause()
        assert app.playing
        assert lines(app)[0].startswith(" ▶ 1x  0:0")


async def test_steps_and_the_ends():
    async with replaying() as (app, pilot):
        seen = []
        for key in (*["full_stop"] * 4, *["comma"] * 4, "end", "home"):
            await pilot.press(key)
            seen.append((app.now, words(app)))
        assert [now for now, _ in seen] == [1000, 10000, 20000, 20000, 10000, 1000, 0, 0, 20000, 0]
        assert [said for _, said in seen[:3]] == ["one", "one two", "one two three"]
        assert [said for _, said in seen[4:7]] == ["one two", "one", ""]


@pytest.mark.parametrize(
    ("keys", "now"),
    [
        (["right"], 5000),
        (["right", "right", "left"], 5000),
        (["left"], 0),
        (["shift+right"], 2000),
        (["end", "shift+left"], 18000),
        (["right_square_bracket"], 1000),
        (["right_square_bracket", "right_square_bracket"], 10000),
        (["end", "left_square_bracket"], 10000),
        (["left_square_bracket"], 0),
        (["end", "right_square_bracket"], 20000),
        (["5"], 10000),
        (["9", "0"], 0),
        (["G", "g"], 0),
    ],
)
async def test_keys_are_those_of_asciinema_s_player(keys, now):
    async with replaying() as (app, pilot):
        await pilot.press(*keys)
        assert app.now == now
        assert not app.playing


async def test_it_says_where_one_is():
    async with replaying() as (app, pilot):
        await pilot.press("5")
        assert lines(app)[0] == " ‖ 1x  0:10 of 0:20   three words  30x6   last"
        bar = lines(app)[-2].strip().removeprefix("0:10 ")
        assert bar.count("┴") == 2
        assert bar.rindex("━") < len(bar) - 1
        await pilot.press("end", "greater_than_sign")
        assert "2x  0:20 of 0:20" in lines(app)[0]
        assert lines(app)[-2].strip(" ┴━") == "0:20"


async def test_time_passes_as_fast_as_it_is_asked_for(monkeypatch):
    clock = [100.0]
    monkeypatch.setattr(replay, "monotonic", lambda: clock[0])
    async with replaying() as (app, pilot):
        await pilot.press("space")
        clock[0] += 2
        app.tick()
        assert (app.now, words(app)) == (2000, "one")
        await pilot.press("greater_than_sign")
        clock[0] += 5
        app.tick()
        assert app.now == 12000
        await pilot.press("left")
        assert (app.now, app.playing) == (7000, True)
        clock[0] += 100
        app.tick()
        assert (app.now, app.playing) == (20000, False)
        await pilot.press("space")  # from the beginning
        assert (app.now, app.playing) == (0, True)


async def test_what_was_recorded_acts_on_a_picture_only():
    text = CAST + '[0, "o", "\\u001b]0;PWN\\u0007\\u001b[2J\\u001b[H\\u001b[31mred"]\n'
    async with replaying(text) as (app, pilot):
        await pilot.press("end")
        assert words(app) == "red"
        assert not [line for line in lines(app) if "\x1b" in line or "PWN" in line]


async def test_of_a_terminal_that_is_larger_the_rows_of_the_cursor_are_seen():
    long = "".join(f'[0, "o", "line {n}\\r\\n"]\n' for n in range(40))
    text = CAST.replace('"rows": 6', '"rows": 50') + long
    async with replaying(text) as (app, pilot):
        await pilot.press("end")
        assert "line 39" in "\n".join(lines(app))


@pytest.mark.parametrize(("rows", "around"), [(9, 3), (10, 2), (11, 1), (12, 1)])
async def test_where_there_is_no_room_the_terminal_goes_first(rows, around):
    async with replaying(CAST.replace('"rows": 6', f'"rows": {rows}')) as (app, _pilot):
        assert app.query_one("#shown").size.height == 12 - around
        assert (MAIN[:25] in "\n".join(lines(app))) is (around == 3)


async def test_the_keys_stay_through_another_size():
    async with replaying(CAST) as (app, pilot):
        await pilot.press("question_mark")
        await pilot.resize_terminal(90, 40)
        await pilot.pause()
        shown = "\n".join(lines(app))
        assert [text for *_, text in KEYS if text not in shown] == [], shown


@pytest.mark.parametrize("key", ["question_mark", "f1"])
async def test_all_keys_are_shown_over_it_and_the_play_waits(key):
    async with replaying(CAST) as (app, pilot):
        await pilot.press("space", key)
        await pilot.pause()
        assert lines(app)[0].startswith(" ‖ 1x")
        assert "Space         play, pause" in "\n".join(lines(app))
        await pilot.press("end")
        await pilot.pause()
        assert "q F10         leave" in "\n".join(lines(app))
        await pilot.press("escape")
        await pilot.pause()
        assert app.is_running
        assert "q F10" not in "\n".join(lines(app))
        await pilot.press("space")
        assert app.playing


async def test_one_that_is_larger_than_the_terminal_says_so_and_escape_closes_what_was_opened():
    async with replaying(CAST.replace('"rows": 6', '"rows": 40')) as (app, pilot):
        assert "three words  30x40, cut" in lines(app)[0]
        await pilot.press("slash", *"one", "enter")
        assert lines(app)[0].endswith("one: 1 of 1")
        await pilot.press("question_mark", "escape", "escape")
        assert app.is_running
        assert not app.query_one("#keys").display


async def test_search_finds_when_the_screen_came_to_show_it():
    text = CAST + '[1, "o", "\\r\\u001b[K"]\n[1, "o", "ONE more"]\n'
    async with replaying(text) as (app, pilot):
        await pilot.press("slash", *"one", "enter")
        await pilot.pause()
        assert app.now == 1000
        assert lines(app)[0].endswith("one: 1 of 2")
        assert lines(app)[-2].count("◆") == 2
        await pilot.press("n")
        assert (app.now, words(app)) == (22000, "ONE more")
        await pilot.press("n")
        assert (app.now, lines(app)[0].endswith("one: no more")) == (22000, True)
        await pilot.press("N")
        assert app.now == 1000
        await pilot.press("comma")
        assert "one:" not in lines(app)[0]
        await pilot.press("slash", *"nobody 5", "enter")
        await pilot.pause()
        assert (app.now, lines(app)[0].endswith("nobody 5: no")) == (0, True)


async def test_a_search_goes_on_slice_by_slice(monkeypatch):
    monkeypatch.setattr(replay, "SLICE", -1)
    async with replaying() as (app, pilot):
        await pilot.press("n", *"three", "enter")
        for _ in range(20):
            await pilot.pause(0.02)
        assert app.now == 20000


async def test_who_asks_no_longer_is_still_there():
    async with replaying() as (app, pilot):
        await pilot.press("slash", "q", "escape")
        assert app.is_running
        await pilot.press("full_stop")
        assert app.now == 1000


@pytest.mark.parametrize("key", ["q", "ctrl+c", "f10"])
async def test_leaving(key):
    async with replaying() as (app, pilot):
        await pilot.press(key)
        await pilot.pause()
        assert not app.is_running


def play(monkeypatch, *arguments: str) -> int:
    monkeypatch.setattr("sys.argv", ["nsh", "play", *arguments])
    return cli.main()


def test_to_a_pipe_it_is_its_last_screen(monkeypatch, capsys, tmp_path):
    (tmp_path / "it.cast").write_text(CAST, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert play(monkeypatch, "it.cast") == 0
    assert capsys.readouterr().out == "one two three\n"
    (tmp_path / "bad.cast").write_text(CAST + "[1]\n", encoding="utf-8")
    assert play(monkeypatch, "bad.cast") == 2
    assert capsys.readouterr().err == "nsh: bad.cast:7: an event is [seconds, code, data]\n"
    (tmp_path / "script.nsh").write_text("{ echo a }\n", encoding="utf-8")
    assert play(monkeypatch, "script.nsh") == 0
    assert "a\n" in capsys.readouterr().out
