"""The frames of panes: what they say, and that a change of the focus paints nothing else."""

from collections.abc import Mapping
from typing import Any

import pytest
from rich.console import RenderableType
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.screen import Screen

from nsh.session import themes
from nsh.tui.app import NshApp
from nsh.tui.frame import Frame, Label
from nsh.tui.paint import Paint
from nsh.tui.panes.ipc import IpcPane
from nsh.tui.panes.tree import TreePane
from nsh.tui.tables import Tables
from tests.tui.stage import MEDIUM, shown, stage, text

THEME = themes.one("dark")[0]


def frame(title: str = "tasks", subtitle: str = "", **options: Any) -> Frame:
    focused = options.pop("focused", False)
    return Frame((Label(title),), subtitle, Paint(THEME, **options), focused)


@pytest.mark.parametrize(
    ("width", "top"),
    [
        (12, "╭─ tasks ──╮"),
        (11, "╭─ tasks ─╮"),
        (10, "╭─ tas… ─╮"),
        (7, "╭─ … ─╮"),
        (6, "╭────╮"),
        (2, "╭╮"),
    ],
)
def test_a_title_is_cut_where_there_is_no_room(width, top):
    assert frame().top(width).text == top


def test_wide_characters_are_never_cut_in_two():
    line = frame("\u4e2d\u4e2d\u4e2d").top(11)
    assert line.cell_length == 11
    assert line.text == "╭─ \u4e2d\u4e2d… ─╮"


def test_what_was_cut_is_said_in_ascii_too():
    cut = frame(subtitle="three tasks", ascii_only=True).bottom(12)
    assert cut.text == "+- three~ -+"


def test_what_a_terminal_would_obey_is_shown():
    assert "\x1b" not in frame("evil\x1b[2J").top(30).text


def test_the_focus_is_another_colour_of_the_frame():
    seen = {
        segment.style.color.name
        for segment in [*frame(focused=True).top(20), *frame(focused=True).bottom(20)]
        if segment.style is not None and segment.style.color is not None
    }
    assert seen == {THEME.palette.accent}
    assert frame() != frame(focused=True)


@pytest.fixture
def painted(monkeypatch) -> list[RenderableType]:
    """What is painted from now on."""
    found: list[RenderableType] = []
    display = NshApp._display

    def watched(app: NshApp, screen: Screen[Any], renderable: RenderableType | None) -> None:
        if renderable is not None and not app._batch_count:
            found.append(renderable)
        display(app, screen, renderable)

    monkeypatch.setattr(NshApp, "_display", watched)
    return found


async def test_the_focus_moves_in_one_frame_that_paints_two_panes(painted):
    async with stage(size=MEDIUM) as (app, pilot):
        await pilot.press("end", "1")
        await pilot.pause()
        painted.clear()
        await pilot.press("2")
        while not painted:
            await pilot.pause()
        await pilot.pause()
        (update,) = painted
        assert isinstance(update, ChopsUpdate)
        left = app.query_one(TreePane).region
        right = app.query_one(Tables).region
        assert all(left.x <= x1 and x2 <= right.right for _y, x1, x2 in update.spans)
        assert {y for y, _, _ in update.spans} <= {*left.line_range, *right.line_range}


async def test_a_pane_comes_in_sight_with_all_that_it_shows(painted):
    async with stage("msgget -c 7", MEDIUM) as (app, pilot):
        await pilot.press("end")
        await pilot.pause()
        painted.clear()
        await pilot.press("8")
        while not app.query_one(IpcPane).has_focus:
            await pilot.pause()
        await pilot.pause()
        frames = [seen for seen in map(drawn, painted) if "8 ipc" in seen]
        assert frames
        assert all("KIND" in seen and "msg" in seen for seen in frames)


def drawn(update: RenderableType) -> str:
    assert isinstance(update, ChopsUpdate | LayoutUpdate)
    lines = update.strips if isinstance(update, LayoutUpdate) else update.chops
    parts = (line.values() if isinstance(line, Mapping) else line for line in lines)
    strips = [strip for part in parts for strip in part]
    return "".join(strip.text for strip in strips if strip is not None)


async def test_the_first_frame_has_everything(painted):
    async with stage(size=MEDIUM) as (_app, pilot):
        await pilot.pause()
        first = drawn(painted[0])
        for part in ("tasks as the machine sees them", "init", "INSTANCE", "tpgid", "F1 help"):
            assert part in first
        for part in ("Type what a shell on Linux would understand", "0:1 init #", "two.nsh"):
            assert part in first


async def test_a_pane_out_of_sight_asks_the_views_for_nothing(monkeypatch):
    asked: list[int] = []
    window = IpcPane.window

    def counted(pane: IpcPane, at: int, skip: int, count: int) -> Any:
        asked.append(at)
        return window(pane, at, skip, count)

    async with stage("echo one\nmsgget -c 7\n", MEDIUM) as (app, pilot):
        monkeypatch.setattr(IpcPane, "window", counted)
        await pilot.press("full_stop", "home", "end")
        await pilot.pause()
        assert not asked
        await pilot.press("8")
        await pilot.pause()
        assert asked
        assert shown(app, "ipc")[1].split()[1] == "msg"


async def test_a_pane_in_the_background_keeps_its_frame():
    async with stage(size=MEDIUM) as (app, pilot):
        await pilot.press("1")
        before = text(app)[:20]
        await pilot.press("question_mark", "escape")
        await pilot.pause()
        assert text(app)[:20] == before
        assert app.query_one(TreePane).has_focus
