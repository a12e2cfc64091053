"""Panes are shown, hidden, enlarged and moved, and stand so again the next time."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from nsh.tui.app import NshApp
from nsh.tui.panes.boundary import BoundaryPane
from nsh.tui.panes.ids import IdsPane
from nsh.tui.panes.ipc import IpcPane
from nsh.tui.places import PANES, Stage, key_of
from tests.tui.stage import LARGE, MEDIUM, SMALL, session, shown, stage, text

STAGE = {SMALL: (80, 18), MEDIUM: (120, 33), LARGE: (200, 53)}
"""Cells of the stage, by those of the terminal."""


def seen(app: NshApp) -> dict[str, tuple[int, int, int, int]]:
    """Where each pane is that is on the screen."""
    stage = app.query_one(Stage)
    top = stage.region.y
    return {
        child.id or "": (child.region.x, child.region.y - top, *child.region.size)
        for child in stage.children
        if child.display
    }


def covers(app: NshApp) -> bool:
    """Whether the panes cover the stage, no cell twice."""
    stage = app.query_one(Stage)
    cells = [
        (x, y)
        for left, top, width, height in seen(app).values()
        for x in range(left, left + width)
        for y in range(top, top + height)
    ]
    return len(cells) == len(set(cells)) == stage.size.width * stage.size.height


@pytest.mark.parametrize("size", [SMALL, MEDIUM, LARGE])
async def test_every_pane_can_have_the_stage_for_itself_and_give_it_back(size):
    async with stage(size=size) as (app, pilot):
        await pilot.press("end")
        for number, name in PANES.items():
            await pilot.press(key_of(number))
            await pilot.pause()
            before = seen(app)
            assert name in before
            assert covers(app)
            await pilot.press("z")
            await pilot.pause()
            assert seen(app) == {name: (0, 0, *STAGE[size])}
            assert "z all panes" in text(app)[0]
            await pilot.press("z")
            await pilot.pause()
            assert seen(app) == before
            assert "z all panes" not in text(app)[0]


async def test_while_one_is_enlarged_a_number_enlarges_another():
    async with stage() as (app, pilot):
        await pilot.press("end", "5", "z", "4")
        await pilot.pause()
        assert list(seen(app)) == ["ids"]
        assert isinstance(app.focused, IdsPane)
        await pilot.press("z")
        await pilot.pause()
        assert {"ids", "boundary", "tree"} <= set(seen(app))


@pytest.mark.parametrize("size", [SMALL, MEDIUM, LARGE])
async def test_a_pane_that_is_hidden_leaves_its_room_to_the_others(size):
    async with stage(size=size) as (app, pilot):
        await pilot.press("end", "1", "x")
        await pilot.pause()
        assert "tree" not in seen(app)
        assert covers(app)
        await pilot.press("1")
        await pilot.pause()
        assert "tree" in seen(app)
        assert covers(app)


async def test_behind_one_that_is_hidden_the_next_of_its_place_comes_forward():
    async with stage() as (app, pilot):
        await pilot.press("end", "6", "x")
        await pilot.pause()
        assert "ipc" in seen(app)
        assert isinstance(app.focused, IpcPane)
        assert "6 devpts" not in text(app)[20]
        await pilot.press("x", "x", "x", "x")
        await pilot.pause()
        assert not {"devpts", "ipc", "net", "namespaces", "changes"} & set(seen(app))
        assert covers(app)
        await pilot.press("9")
        await pilot.pause()
        assert "net" in seen(app)


async def test_a_click_on_a_name_brings_that_pane_forward():
    async with stage() as (app, pilot):
        await pilot.press("end")
        top = app.query_one("#devpts").region
        line = text(app)[top.y]
        await pilot.click(offset=(line.index("9 net"), top.y))
        await pilot.pause()
        assert "net" in seen(app)
        assert "devpts" not in seen(app)
        await pilot.click(offset=(line.index("6 devpts") - 1, top.y))
        await pilot.pause()
        assert "net" in seen(app)


async def test_an_enlarged_pane_shows_more_rows():
    async with stage() as (app, pilot):
        await pilot.press("end", "0")
        few = len([line for line in shown(app, "namespaces") if line])
        await pilot.press("z")
        await pilot.pause()
        assert len([line for line in shown(app, "namespaces") if line]) > few + 3


async def test_the_narration_can_be_hidden_and_that_is_remembered(tmp_path):
    async with kept(tmp_path) as (app, pilot):
        height = app.query_one(Stage).size.height
        await pilot.press("P")
        await pilot.pause()
        assert not app.query_one("#narration").display
        assert app.query_one(Stage).size.height == height + 4
        assert covers(app)
    async with kept(tmp_path) as (app, pilot):
        assert not app.query_one("#narration").display
        await pilot.press("R")
        await pilot.pause()
        assert app.query_one(Stage).size.height == height
    async with kept(tmp_path) as (app, _pilot):
        assert app.query_one("#narration").display


async def test_the_last_pane_stays():
    async with stage(size=SMALL) as (app, pilot):
        await pilot.press("end", "1")
        for _ in range(len(PANES) + 3):
            await pilot.press("x")
            await pilot.pause()
        assert len(seen(app)) == 1
        assert covers(app)
        await pilot.press("R")
        await pilot.pause()
        assert set(seen(app)) == {"tree", "tables", "output"}


async def test_a_pane_changes_places_with_the_next_and_keeps_the_keys():
    async with stage() as (app, pilot):
        await pilot.press("end", "5")
        before = seen(app)
        await pilot.press("M")
        await pilot.pause()
        after = seen(app)
        assert (after["boundary"], after["tree"]) == (before["tree"], before["boundary"])
        assert isinstance(app.focused, BoundaryPane)
        assert covers(app)
        for _ in range(6):
            await pilot.press("M")
        await pilot.pause()
        assert seen(app)["boundary"] == before["boundary"]
        await pilot.press("R")
        await pilot.pause()
        assert seen(app) == before


async def test_tab_goes_on_in_the_order_of_the_screen():
    async with stage() as (app, pilot):
        await pilot.press("end", "5", "M", "tab")
        await pilot.pause()
        assert app.focused is not None
        assert (app.focused.id or "").startswith("table-")


async def test_layouts_follow_each_other_and_the_last_is_the_one_that_fits():
    async with stage() as (app, pilot):
        await pilot.press("end", "1")
        found = []
        for _ in range(5):
            await pilot.press("L")
            await pilot.pause()
            found.append((app.layout_name, len(seen(app))))
            assert (f"L {app.layout_name}" in text(app)[0]) == (len(found) < 5)
            assert covers(app)
        assert found == [
            ("small", 3),
            ("medium", 7),
            ("large", 7),
            ("projection", 1),
            ("medium", 7),
        ]
        await pilot.resize_terminal(*SMALL)
        await pilot.pause()
        assert len(seen(app)) == 3


async def test_in_projection_one_pane_is_seen_and_the_narration_is_large():
    async with stage(size=SMALL) as (app, pilot):
        await pilot.press("end", "2")
        lines = app.query_one("#narration").size.height
        await pilot.press(*"LLLL")
        await pilot.pause()
        assert app.layout_name == "projection"
        assert list(seen(app)) == ["tables"]
        assert app.query_one("#narration").size.height > lines
        await pilot.press("4")
        await pilot.pause()
        assert list(seen(app)) == ["ids"]
        await pilot.press("M")
        assert "there is one place" in str([n.message for n in app._notifications])


async def test_keys_are_heard_where_the_pane_that_is_left_has_nothing_in_it():
    async with stage("", SMALL) as (app, pilot):
        await pilot.press("escape")
        for name in PANES.values():
            if name != "tables":
                app._change(app.arrangement.hide(name))
        app.go_to("tree")
        await pilot.pause()
        assert list(seen(app)) == ["tables"]
        assert app.focused is not None
        await pilot.press("x")
        assert [n.message for n in app._notifications] == ["it is the last one"]
        await pilot.press("R")
        assert list(seen(app)) == ["tree", "tables", "output"]


async def test_panes_are_hidden_one_after_the_other_however_quickly():
    async with stage(size=SMALL) as (app, pilot):
        await pilot.press("3", *"x" * 4)
        await pilot.pause()
        hidden = len(PANES) - sum(len(app.arrangement.at(place)) for place in range(3))
        assert hidden == 4
        assert len(app._notifications) == 1


@asynccontextmanager
async def kept(
    folder: Path, size: tuple[int, int] = MEDIUM
) -> AsyncIterator[tuple[NshApp, Pilot[None]]]:
    app = NshApp(session(), title="two.nsh")
    app.complain(list(filter(None, [app.keep_places(str(folder / "nsh" / "layout.json"))])))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield app, pilot


async def test_the_next_run_has_the_panes_where_they_were(tmp_path):
    async with kept(tmp_path) as (app, pilot):
        await pilot.press("8", "5", "M", "4", "x", "z")
        await pilot.pause()
        await pilot.press("z")
        await pilot.pause()
        wanted = seen(app)
    async with kept(tmp_path) as (app, pilot):
        assert seen(app) == wanted
        assert "ids" not in wanted
        await pilot.press(*"LL")
    async with kept(tmp_path, LARGE) as (app, pilot):
        assert app.layout_name == "medium"
        await pilot.press("R")
        await pilot.press("L", "L", "L")
        await pilot.pause()
    assert json.loads((tmp_path / "nsh" / "layout.json").read_bytes())["stages"]["model"] == {
        "layout": "",
        "arrangements": {},
        "narration": True,
    }


@pytest.mark.parametrize(
    "broken", [b"{", b"\xff", b'{"version": 1, "stages": 3}', b'{"version": 9, "stages": {}}']
)
async def test_a_file_that_is_broken_is_told_and_ignored(tmp_path, broken):
    path = tmp_path / "nsh" / "layout.json"
    path.parent.mkdir()
    path.write_bytes(broken)
    async with kept(tmp_path) as (app, _pilot):
        assert "the layout is as at first" in str(next(iter(app._notifications)).message)
        assert len(seen(app)) == 7
        assert path.read_bytes() == broken


async def test_a_folder_that_cannot_be_written_is_told_once(tmp_path):
    (tmp_path / "nsh").write_text("in the way")
    async with kept(tmp_path) as (app, pilot):
        await pilot.press("1", "x")
        await pilot.press("1", "x")
        told = [n for n in app._notifications if "the layout is not kept" in str(n.message)]
        assert len(told) <= 1
        assert "tree" not in app.arrangement.seen


async def test_a_test_or_an_export_remembers_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    async with stage() as (_app, pilot):
        await pilot.press("1", "x")
    assert not list(tmp_path.iterdir())


async def test_the_palette_shows_panes_by_name():
    async with stage() as (app, pilot):
        await pilot.press("1", "ctrl+p")
        await pilot.press(*"show ipc")
        await pilot.pause(0.5)
        await pilot.press("enter")
        await pilot.pause(0.2)
        assert "ipc" in seen(app)


@pytest.mark.parametrize("size", [SMALL, MEDIUM])
async def test_a_key_that_is_quicker_than_the_panes_behind_has_the_one_made(size, monkeypatch):
    async with stage(size=size) as (app, pilot):
        await pilot.press("end")
        there: dict[str, list[str]] = {}
        for number, name in PANES.items():
            await pilot.press(key_of(number))
            await pilot.pause()
            there[name] = text(app)
    monkeypatch.setattr(NshApp, "furnish", lambda _app: None)  # it has not had its turn
    async with stage(size=size) as (app, pilot):
        await pilot.press("end")
        assert not app.query(IpcPane)
        for number, name in PANES.items():
            await pilot.press(key_of(number))
            await pilot.pause()
            assert text(app) == there[name]


async def test_a_terminal_can_be_looked_at_before_the_panes_behind_are_there(monkeypatch):
    monkeypatch.setattr(NshApp, "furnish", lambda _app: None)
    async with stage() as (app, pilot):
        await pilot.press("7", "enter")
        await pilot.pause()
        assert seen(app) == {"terminal": (0, 0, *STAGE[MEDIUM])}
        assert covers(app)
        await pilot.press("escape")
        await pilot.pause()
        assert "terminal" not in seen(app)
        assert covers(app)
