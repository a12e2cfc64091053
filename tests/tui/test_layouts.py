"""The three layouts, as they look: the screens are kept as text beside this file.

``NSH_SCREENS=write pytest tests/tui/test_layouts.py`` writes them anew, to be looked at in a diff.
"""

import os
from pathlib import Path

import pytest

from nsh.session.session import Session
from nsh.tui.app import NshApp
from nsh.tui.places import PANES, key_of
from tests.tui.stage import LARGE, MEDIUM, SMALL, shown, stage, text
from tests.views.machines import Builder, Web

SCREENS = Path(__file__).parent / "screens"
WRITE = os.environ.get("NSH_SCREENS") == "write"


def crowded() -> Builder:
    """SCREEN's machine and three more containers, one without a task."""
    web = Web()
    for name in ("mail", "cache"):
        space = web.build.space(name)
        web.build.task(f"{name}d", web.init, space)
    web.build.space("empty")
    return web.build


@pytest.mark.parametrize(
    ("name", "size", "options"),
    [
        ("small", SMALL, {}),
        ("medium", MEDIUM, {}),
        ("large", LARGE, {}),
        ("ascii", SMALL, {"ascii_only": True}),
    ],
)
async def test_a_layout_looks_as_it_did(name, size, options):
    app = NshApp(Session(machine=crowded().machine), title="crowded.nsh", **options)
    async with app.run_test(size=size) as pilot:
        await pilot.press("escape", "down", "down", "down")
        seen = "\n".join(text(app)) + "\n"
    path = SCREENS / f"{name}.txt"
    if WRITE:
        path.write_text(seen, encoding="utf-8")
    assert seen == path.read_text(encoding="utf-8")
    if options.get("ascii_only"):
        assert seen.isascii()


@pytest.mark.parametrize("size", [(40, 10), (20, 6), (300, 100), (80, 60), (200, 20)])
async def test_any_size_will_do(size):
    app = NshApp(Session(machine=crowded().machine))
    async with app.run_test(size=size) as pilot:
        await pilot.press("escape", "down", "5", "f1", "escape")
        lines = text(app)
        assert len(lines) == size[1]
        await pilot.resize_terminal(*MEDIUM)
        await pilot.pause()
        assert len(text(app)) == MEDIUM[1]


@pytest.mark.parametrize("size", [(40, 10), (59, 30), (100, 17), (30, 10)], ids=str)
async def test_in_a_corner_of_a_screen_one_pane_is_to_be_seen_and_all_can_be(size):
    async with stage(size=SMALL) as (app, pilot):
        await pilot.press("end")
        await pilot.pause()
        before = text(app)
        await pilot.resize_terminal(*size)
        await pilot.pause()
        await pilot.pause()
        assert app.layout_name == "tiny"
        assert len([child for child in app.query_one("#stage").children if child.display]) == 1
        assert "sshd" in shown(app, "tree")[2], text(app)
        assert all(len(line) <= size[0] for line in text(app))
        for number, name in PANES.items():
            await pilot.press(key_of(number))
            await pilot.pause()
            (pane, *_) = app.rows_at(name)
            assert pane.room >= 1, name
            assert pane.region.height >= size[1] - 6, name
        await pilot.press("1")
        await pilot.resize_terminal(*SMALL)
        await pilot.pause()
        await pilot.pause()
        assert text(app) == before
