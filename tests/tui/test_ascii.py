"""A terminal that has ASCII alone gets nothing else, whatever is to be said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from nsh.tui.ascii import plain
from nsh.tui.cells import clean
from tests.tui.stage import SMALL, stage, text


@given(st.text())
def test_any_text_is_ascii_in_as_many_cells(said):
    shown = plain(clean(said))
    assert shown.isascii()
    assert len(shown) == cell_len(clean(said))


@pytest.mark.parametrize(
    "keys",
    [
        ("6", "question_mark"),
        ("question_mark", "pagedown", "pagedown"),
        ("0", "f1"),
        ("ctrl+p",),
        ("slash",),
        ("backslash",),
        ("L", "L", "L", "L", "3"),
        ("x", "f2"),
    ],
    ids=" ".join,
)
async def test_every_screen_of_it_is(keys):
    script = "#: Größe, 日本: `→` … —\nspawn web\necho 'ü → 日本'\nas web exit\n"
    async with stage(script, SMALL, ascii_only=True) as (app, pilot):
        await pilot.press("end", *keys)
        await pilot.pause()
        lines = text(app)
        strange = [line for line in lines if not line.isascii()]
        assert not strange
        assert all(len(line) <= 80 for line in lines)


async def test_help_names_the_signs_that_are_there():
    async with stage(size=SMALL, ascii_only=True) as (app, pilot):
        await pilot.press("6", "question_mark")
        await pilot.pause()
        assert "(.: not" in " ".join(" ".join(text(app)).split())
