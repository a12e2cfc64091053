"""The screens of terminals in the TUI, and one of them large."""

from __future__ import annotations

import pytest
from textual.geometry import Region

from nsh.session.session import Session
from nsh.tui.app import NshApp
from nsh.tui.consoles import Consoles
from nsh.tui.panes.devpts import DevptsPane
from nsh.tui.panes.screen import LargeScreenPane, ScreenPane
from nsh.tui.prompt import PromptInput
from tests.bench.terminals import Crowd
from tests.tui.stage import LARGE, MEDIUM, SMALL, shown, stage, text, title

SCRIPT = r"""
echo init: started
spawn --tty --pid --uts web { hostname web; getty -a root console }
printf '\033[1;31mred\033[0m plain\n'
"""


def screens(app: NshApp) -> dict[str, ScreenPane]:
    """The screens side by side, by what their borders say."""
    return {str(pane.border_title): pane for pane in app.query_one(Consoles).panes}


async def test_a_screen_wider_than_its_pane_says_which_columns_are_shown():
    async with stage("echo short > /dev/console\n") as (app, pilot):
        await pilot.press("end")
        await pilot.resize_terminal(100, 34)
        await pilot.pause()
        (own,) = screens(app).values()
        width = own.size.width
        assert width < 80
        assert str(own.border_subtitle) == "init"
        app.query_one(PromptInput).value = f"printf '%s\\n' {'x' * 78} > /dev/console"
        app.action_prompt()
        await pilot.press("enter")
        await pilot.pause()
        assert str(own.border_subtitle) == f"init  columns 1-{width} of 80"


async def test_screens_stand_side_by_side_and_show_what_a_person_sees():
    async with stage(SCRIPT) as (app, pilot):
        await pilot.press("end")
        assert {"▹ 0:console", "web:console"} == set(screens(app))
        own = screens(app)["▹ 0:console"]
        assert shown(app, str(own.id))[:2] == ["init: started", "red plain"]
        assert str(own.border_subtitle) == "init"
        red = own.render_line(1)
        assert next(segment.text for segment in red) == "red"
        assert red._segments[0].style is not None
        assert red._segments[0].style.bold


async def test_the_cursor_is_where_the_next_character_goes():
    async with stage(SCRIPT) as (app, pilot):
        await pilot.press("end")
        pane = screens(app)["web:console"]
        assert pane.view is not None
        row = pane.render_line(pane.view.screen.row - pane.view.screen.first)
        at = pane.view.screen.column
        cell = next(iter(row.crop(at, at + 1)))
        assert cell.style is not None
        assert cell.style.reverse


async def test_going_back_in_time_takes_the_screen_back():
    async with stage("echo one\necho two\n") as (app, pilot):
        await pilot.press("end")
        assert shown(app, "console-0")[:2] == ["one", "two"]
        await pilot.press("left_square_bracket")
        assert shown(app, "console-0")[:2] == ["one", ""]
        await pilot.press("home")
        assert shown(app, "console-0")[0] == ""


async def test_enter_shows_one_terminal_large_and_escape_goes_back():
    async with stage(SCRIPT) as (app, pilot):
        await pilot.press("end", "7", "enter")
        await pilot.pause()
        large = app.query_one(LargeScreenPane)
        assert app.focused is large
        assert large.region.width == MEDIUM[0]
        assert not app.query_one("#tree").display
        first = str(large.border_title)
        await pilot.press("down")
        await pilot.pause()
        assert str(large.border_title) != first
        await pilot.press("up")
        await pilot.pause()
        assert str(large.border_title) == first
        await pilot.press("escape")
        await pilot.pause()
        assert app.query_one("#tree").display
        assert not large.display


@pytest.mark.parametrize("size", [SMALL, MEDIUM, LARGE])
async def test_a_terminal_fits_the_place_of_all_panes(size):
    async with stage(SCRIPT, size) as (app, pilot):
        await pilot.press("end", "7")
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        seen = shown(app, "terminal")
        assert any("init: started" in line or "#" in line for line in seen)
        await pilot.press("escape")
        await pilot.pause()
        await pilot.pause()
        assert any(shown(app, "console-0"))
        assert app.focused is app.query_one("#console-0")
        assert len(text(app)) == size[1]


async def test_what_a_program_reads_is_typed_while_its_terminal_is_large():
    app = NshApp(Session(attended=True))
    app.SLICE = 60
    async with app.run_test(size=MEDIUM) as pilot:
        await pilot.pause()
        app.query_one(PromptInput).value = "head -n 1 | tr a-z A-Z"
        await pilot.press("enter")
        await pilot.pause()
        await pilot.press("escape", "7", "enter")
        await pilot.pause()
        await pilot.press("colon")
        app.query_one(PromptInput).value = "loud"
        await pilot.press("enter")
        await pilot.pause()
        assert shown(app, "terminal")[:2] == ["loud", "LOUD"]


async def test_instances_of_devpts_are_listed_with_who_sits_there():
    async with stage("spawn s { setsid; script -qc 'sleep 100' /dev/null }\nsleep 1\n") as (
        app,
        pilot,
    ):
        await pilot.press("end")
        head, row = shown(app, "devpts")[:2]
        assert head.split() == ["INSTANCE", "PTS", "OWNER", "OPEN", "SID", "FG"]
        name, index, owner, opened, sid, front = row.lstrip("▸").split()
        assert (name, index, owner) == ("0", "0", "sleep")
        slaves, _, master = opened.partition("+")
        assert (int(slaves) > 0, master) == (True, "m")
        assert sid == front
        pane = app.query_one(DevptsPane)
        assert str(pane.border_subtitle) == "0 on /dev/pts"
        await pilot.press("6", "down", "enter")
        await pilot.pause()
        assert app.query_one(LargeScreenPane).terminal == app.look.large
        assert title(app, "terminal") == "0:pts/0"


async def test_where_instances_are_mounted_as_the_viewer_finds_them():
    script = """
    mkdir -p /c/pts
    mount -t devpts x /c/pts
    spawn --pid --mount web { umount /dev/pts; chroot /c; sleep 100 }
    openpty -p /c/pts/ptmx
    sleep 1
    """
    async with stage(script, LARGE) as (app, pilot):
        await pilot.press("end")
        await pilot.pause()
        head, first, second = shown(app, "devpts")[:3]
        assert head.split()[:3] == ["INSTANCE", "MOUNTED", "ON"]
        assert first.lstrip("▸▹+~ ").split()[:2] == ["0", "/dev/pts"]
        assert second.lstrip("▸▹+~ ").split()[1] == "/c/pts"
        await pilot.press("v")
        await pilot.pause()
        _head, first, second = shown(app, "devpts")[:3]
        assert first.lstrip("▸▹+~ ").split()[1] == "·"
        assert second.lstrip("▸▹+~ ").split()[1] == "/pts"  # the copy that its namespace has
        pane = app.query_one(DevptsPane)
        assert str(pane.border_subtitle) == "0 mounted once, out of sight"


async def test_hostile_output_draws_a_picture_and_nothing_more():
    attack = (
        r"printf '\033]0;evil\a\033[?1049h\033[31mfull\033[10;10H"
        r"\033[6n\033]52;c;AAAA\a\342\200\256'"
    )
    async with stage(attack) as (app, pilot):
        await pilot.press("end")
        lines = text(app)
        assert all(line.isprintable() for line in lines)
        pane = next(iter(screens(app).values()))
        assert str(pane.border_title) == "▹ 0:console  evil"


async def test_ascii_only():
    async with stage("printf '\u2500\u4e2dx\n'", SMALL, ascii_only=True) as (app, pilot):
        await pilot.press("end", "7")
        await pilot.pause()
        assert shown(app, "console-0")[0].startswith("??")
        assert all(line.isascii() for line in text(app))


@pytest.mark.slow
async def test_a_repaint_of_one_screen_of_thousands_touches_nothing_else(monkeypatch):
    crowd = Crowd()
    for _ in range(2_000):
        crowd.add()
    app = NshApp(Session(machine=crowd.machine))
    app.SLICE = 60
    async with app.run_test(size=LARGE) as pilot:
        await pilot.pause()
        await pilot.press("escape")
        app.query_one(PromptInput).value = "echo once"
        await pilot.press("colon", "enter")  # brings the machine's own console forward
        await pilot.pause()
        kept = app.look._screens
        begun, fed = kept.begun, kept.fed
        assert begun <= 8
        lines: list[tuple[str | None, int]] = []
        repaint = ScreenPane.repaint_region

        def counted(pane: ScreenPane, *regions: Region) -> None:
            name = str(pane.border_title)
            lines.extend((name, y) for region in regions for y in region.line_range)
            repaint(pane, *regions)

        monkeypatch.setattr(ScreenPane, "repaint_region", counted)
        app.query_one(PromptInput).value = "echo again"
        await pilot.press("enter")
        await pilot.pause()
        touched = {name for name, _y in lines}
        assert touched == {"▹ 0:console"}
        assert len(set(lines)) == 2  # where the cursor was, and where it is
        assert kept.begun == begun
        assert kept.fed - fed == len("again\r\n")


async def test_the_cursor_of_devpts_goes_through_all_rows():
    crowd = Crowd()
    for _ in range(30):
        crowd.add()
    app = NshApp(Session(machine=crowd.machine))
    async with app.run_test(size=MEDIUM) as pilot:
        await pilot.pause()
        await pilot.press("escape", "6", "ctrl+end")
        pane = app.query_one(DevptsPane)
        assert pane.cursor == pane.rows[-1].key
        for _ in range(40):
            await pilot.press("up")
        assert pane.cursor == pane.rows[0].key
        assert pane.rows[0].first


async def test_objects_of_ipc_take_the_place_of_devpts_and_give_it_back():
    script = "spawn --ipc web\nweb shmget -c 7 5000\nweb mq_open -c /q\nspawn w { msgrcv 0 }\n"
    async with stage("msgget -c 7\n" + script) as (app, pilot):
        await pilot.press("end", "8")
        await pilot.pause()
        assert not app.query_one(DevptsPane).display
        head, *rows = shown(app, "ipc")[:4]
        assert head.split() == ["NS", "KIND", "ID", "N", "WAIT", "PID", "PID"]
        assert rows[0].split() == ["▹~0", "msg", "0", "0", "1", "·", "·"]
        assert rows[1].split()[-6:] == ["shm", "0", "0", "0", "2", "·"]
        assert rows[2].split()[:2] == ["mq", "/q"]
        await pilot.press("6")
        await pilot.pause()
        assert app.query_one(DevptsPane).display
