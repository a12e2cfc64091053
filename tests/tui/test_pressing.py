"""Whatever is pressed, clicked, typed and pasted, at whatever size: the interface stays.

More of it: ``python -m tests.tui.pressing``.
"""

from __future__ import annotations

import random

import pytest

from tests.tui.pressing import run
from tests.tui.stage import stage

IDLE = 0.004


@pytest.mark.parametrize("seed", range(4))
async def test_nothing_breaks_it(seed: int) -> None:
    assert await run(random.Random(seed), 40) == ""


@pytest.mark.parametrize("height", [4, 6, 8, 12])
@pytest.mark.parametrize("pane", ["6", "8", "9", "0", "d"])
async def test_the_cursor_moves_where_there_is_no_room_for_it(pane: str, height: int) -> None:
    async with stage(size=(12, height)) as (app, pilot):
        await pilot.press("end", pane, "down", "pagedown", "up", "pageup", "ctrl+end", "ctrl+home")
        await pilot.resize_terminal(120, 40)
        await pilot.press("down")
        assert app.is_running
