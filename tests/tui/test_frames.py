"""A frame costs what it shows that is new: however long the history, however many the tasks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.screen import Screen

from nsh.session import themes
from nsh.tui.bars import Timeline
from nsh.tui.paint import Paint
from nsh.tui.panes.devpts import DevptsPane
from nsh.tui.panes.table import TablePane
from nsh.tui.panes.tree import TreePane
from nsh.views.devpts import devpts
from tests.tui.stage import shown, stage

CROWD = """\
spawn web
as web echo web > /proc/container
as web spawn -n 60 w
true
kill -STOP w.3
"""


@pytest.fixture
def drawn(monkeypatch):
    """The rows that the tree and the tables drew, in order."""
    rows = []

    def watch(pane):
        draw = pane.draw

        def watched(self, row, line, width):
            rows.append((pane, row.task))
            draw(self, row, line, width)

        monkeypatch.setattr(pane, "draw", watched)

    watch(TreePane)
    watch(TablePane)
    return rows


async def test_moving_the_selection_draws_two_rows_of_a_pane(drawn):
    async with stage(CROWD) as (app, pilot):
        await pilot.press("end", "1", "down", "down")
        before = app.look.selected
        drawn.clear()
        await pilot.press("down")
        assert app.look.selected != before
        both = {before, app.look.selected}
        assert sorted(drawn, key=str) == sorted(
            ((pane, task) for pane in (TreePane, TablePane) for task in both), key=str
        )


async def test_a_step_draws_the_rows_it_changed(drawn):
    def concerned(app):
        return {*app.player.marks.tasks, app.player.step.task, app.look.selected}

    async with stage(CROWD) as (app, pilot):
        await pilot.press("end", "left_square_bracket")
        before = concerned(app)
        drawn.clear()
        await pilot.press("right_square_bracket")
        assert app.player.marks.tasks
        assert {task for _, task in drawn} <= before | concerned(app)
        assert any("T" in line and "w.3" in line for line in shown(app, "table-0"))


async def test_another_theme_draws_everything(drawn):
    async with stage(CROWD) as (app, pilot):
        await pilot.press("end")
        rows = {row.task for row in app.query_one(TreePane).rows}
        drawn.clear()
        app.action_theme()
        assert {task for pane, task in drawn if pane is TreePane} == rows


async def test_a_step_finds_no_new_places(monkeypatch):
    async with stage(CROWD) as (_app, pilot):
        await pilot.press("end", "comma")
        found = []
        monkeypatch.setattr(Screen, "_refresh_layout", lambda *_args, **_how: found.append(1))
        await pilot.press("full_stop", "comma")
        assert not found


async def test_a_pane_that_is_away_asks_for_nothing(monkeypatch):
    asked = []
    window = DevptsPane.window

    def watched(self, *where):
        asked.append(where)
        return window(self, *where)

    monkeypatch.setattr(DevptsPane, "window", watched)
    async with stage("spawn a\nas a open /dev/ptmx\nspawn b\ntrue") as (app, pilot):
        await pilot.press("home", "8")
        await pilot.pause()
        assert not app.query_one(DevptsPane).display
        asked.clear()
        await pilot.press("end")
        assert not asked
        await pilot.press("6")
        await pilot.pause()
        assert asked
        assert app.query_one(DevptsPane).rows == devpts(app.player.machine)


@given(st.lists(st.integers(0, 400), max_size=60), st.integers(1, 400), st.integers(8, 120))
def test_the_timeline_marks_each_column_once(positions, length, cells):
    bar = Timeline(Paint(themes.load()[0]["dark"]))
    bar.length = length
    there = sorted(at for at in set(positions) if at < length)
    columns = list(bar._columns(there, cells))
    assert columns == sorted({bar._column(at, cells) for at in there})
