"""The pane of namespaces, which shares a place with those of devpts, ipc and net."""

from nsh.tui.panes.namespaces import NamespacesPane
from tests.tui.stage import LARGE, SMALL, shown, stage, text

SCRIPT = "spawn --ipc --pid web\nas web spawn worker\nexec 7< /proc/2/ns/ipc\n"


def rows(lines: list[str], kind: str) -> list[list[str]]:
    return [line.split() for line in lines if f" {kind} " in f" {line} "]


async def test_each_says_who_is_in_it_and_what_keeps_it():
    async with stage(SCRIPT, LARGE) as (app, pilot):
        await pilot.press("end", "0")
        await pilot.pause()
        assert isinstance(app.focused, NamespacesPane)
        assert app.query_one(NamespacesPane).display
        assert not app.query_one("#devpts").display
        first, inner = rows(shown(app, "namespaces"), "ipc")
        assert first[-5:] == ["4026531839", "0", "1", "1", "init"]
        assert inner[-8:-2] == ["web", "2", "2", "web", "fd", "7"]


async def test_those_of_the_selected_task_are_marked():
    async with stage(SCRIPT, LARGE) as (app, pilot):
        await pilot.press("end", "0", "1", "ctrl+home")
        own = rows(shown(app, "namespaces"), "ipc")
        assert [row[0] == "▹" for row in own] == [True, False]
        await pilot.press("down")
        own = rows(shown(app, "namespaces"), "ipc")
        assert [row[0] == "▹" for row in own] == [False, True]


async def test_it_is_one_of_the_tabs_where_there_is_little_room():
    async with stage(SCRIPT, SMALL) as (app, pilot):
        assert any("9 net  0 ns" in line for line in text(app))
        await pilot.press("end", "0")
        await pilot.pause()
        assert any("0 namespaces" in line for line in text(app))
        assert all(len(line) <= 80 for line in text(app))
        assert any(" ipc " in line for line in shown(app, "namespaces"))
