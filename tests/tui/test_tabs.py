"""The panes that share a place, as their frame names them: each with its key, none cut."""

from __future__ import annotations

import pytest

from nsh.session import themes
from nsh.tui.frame import Frame
from nsh.tui.paint import Paint
from nsh.tui.places import PANES, SHORT, key_of
from nsh.tui.plans import PLANS, TINY
from nsh.tui.tabs import Tab, labels, tab_at
from tests.tui.stage import LARGE, MEDIUM, SMALL, stage, text

ALL = [(key_of(number), name, SHORT.get(name, name)) for number, name in PANES.items()]


def tabs(front: int) -> list[Tab]:
    return [Tab(key, name, short, at == front) for at, (key, name, short) in enumerate(ALL)]


@pytest.mark.parametrize("front", range(len(ALL)))
def test_every_tab_has_its_key_however_little_room_there_is(front):
    for room in range(22, 140):
        said = "".join(label.text for label in labels(tabs(front), room))
        assert len(said) <= room
        words = said.split()
        assert [word for word in words if len(word) == 1] == [key for key, _name, _short in ALL]
        hit = [tab_at(tabs(front), room, column) for column in range(room + 3)]
        assert [tab.key for tab in dict.fromkeys(filter(None, hit))] == [key for key, *_ in ALL]
        if room >= 32:
            assert ALL[front][1] in words


@pytest.mark.parametrize("size", [SMALL, MEDIUM, LARGE], ids=str)
@pytest.mark.parametrize("layout", [name for name in PLANS if name != TINY])
async def test_no_layout_cuts_the_names_of_panes_that_share_a_place(size, layout):
    async with stage(size=size) as (app, pilot):
        await pilot.press("end")
        while app.chosen_layout != layout:
            await pilot.press("L")
        for number, name in PANES.items():
            await pilot.press(key_of(number))
            await pilot.pause()
            (widget, *_) = app.rows_at(name)
            x, y, width, _ = widget.region
            top = text(app)[y][x : x + width]
            assert "…" not in top, (name, top)
            sharing = next(panes for panes in app.arrangement.places if name in panes)
            if len(sharing) > 1:
                keys = [key_of(number) for number, name in PANES.items() if name in sharing]
                assert [word for word in top.split() if word in keys] == keys, top


def test_the_one_in_front_is_told_by_more_than_its_colour():
    paint = Paint(themes.one("terminal")[0], ascii_only=False, colour=False)
    top = Frame(labels(tabs(3), 100), "", paint, focused=False).top(120)
    bold = "".join(each.text for each in top if each.style and each.style.bold).split()
    assert bold == [ALL[3][0], ALL[3][1]]
