"""What is selected in one pane lights up in the others, in their terms."""

import pytest
from textual.pilot import Pilot

from nsh.tui.app import NshApp
from nsh.views.selection import Sort
from tests.tui.stage import LARGE, MEDIUM, SMALL, shown, stage, text, title

SCRIPT = """\
spawn --pid --ipc --mount web
spawn --pid db
openpty
spawn sitting { setsid; exec 5< /dev/pts/0 }
web msgget -c 7 > /dev/null
web msgsnd 0 hello
web spawn child
spawn --uts other
echo written
"""


def marked(app: NshApp, pane: str, sign: str) -> list[str]:
    """The rows of a pane that have a sign in front."""
    return [line for line in shown(app, pane) if line.startswith(sign)]


async def test_a_pty_marks_those_who_have_it_and_its_screen():
    async with stage(SCRIPT, LARGE) as (app, pilot):
        await pilot.press("end", "6", "down")
        await pilot.pause()
        assert app.look.thing.sort is Sort.TERMINAL
        assert not app.look.follow
        assert [line.split()[:2] for line in marked(app, "devpts", "▸")] == [["▸", "0"]]
        assert [line.split()[1] for line in marked(app, "tree", "▹")] == ["1", "4", "6"]
        assert "sitting  its terminal" in marked(app, "tree", "▹")[1]
        assert not marked(app, "tree", "▸")
        assert {title(app, f"console-{n}") for n in range(2)} == {"0:console", "▸ 0:pts/0"}
        assert title(app, "ids") == "0:pts/0 in every space"
        assert shown(app, "ids")[1].split() == ["name", "pts/0", "pts/0", "pts/0"]
        assert not marked(app, "output", "▹")


async def test_a_console_marks_what_was_written_on_it():
    async with stage(SCRIPT, LARGE) as (app, pilot):
        await pilot.press("end")
        await pilot.click("#console-0")
        await pilot.pause()
        assert app.look.thing.sort is Sort.TERMINAL
        assert "▹written" in shown(app, "output")
        assert [line.split()[-3] for line in marked(app, "tree", "▹")][1:3] == ["terminal"] * 2


async def test_a_namespace_marks_all_who_are_in_it_and_what_lives_there():
    async with stage(SCRIPT, LARGE) as (app, pilot):
        await pilot.press("end", "8", "down")
        await pilot.press("0", "ctrl+home")
        while app.look.thing.sort is not Sort.NAMESPACE or " ipc " not in _selected(app):
            await pilot.press("down")
            await pilot.pause()
        await pilot.press("down")
        await pilot.pause()
        assert "web" in _selected(app)
        assert [line.split()[1] for line in marked(app, "tree", "▹")] == ["2", "5"]
        assert title(app, "ids") == "ipc of web in every space"
        assert shown(app, "ids")[1].split()[:4] == ["first", "unseen", "1", "unseen"]
        assert any("ipc of web not visible" in line for line in shown(app, "table-1"))
        await pilot.press("8")
        await pilot.pause()
        assert [line.split()[0] for line in marked(app, "ipc", "▹")] == ["▹"]


def _selected(app: NshApp) -> str:
    return "".join(marked(app, "namespaces", "▸"))


async def test_an_ipc_object_marks_its_namespace_and_who_has_a_hand_in_it():
    async with stage(SCRIPT, MEDIUM) as (app, pilot):
        await pilot.press("end", "8", "down")
        await pilot.pause()
        assert app.look.thing.sort is Sort.IPC
        assert [line.split()[1] for line in marked(app, "tree", "▹")] == ["2"]
        assert "sent last" in marked(app, "tree", "▹")[0]
        assert shown(app, "tree")[-1] == "· web: msg 0 not visible"
        assert not any("not visible" in line for line in shown(app, "table-0"))
        assert any("web: msg 0 not visible" in line for line in shown(app, "table-1"))
        calls = [line for line in marked(app, "boundary", "▹") if "msg" in line]
        assert calls
        await pilot.press("0")
        await pilot.pause()
        assert any(" ipc " in line and " web " in line for line in marked(app, "namespaces", "▹"))


async def test_a_task_marks_its_terminal_and_its_calls_once_somebody_picks_it():
    async with stage(SCRIPT, LARGE) as (app, pilot):
        await pilot.press("end")
        assert not marked(app, "boundary", "▹")
        await pilot.press("1", "ctrl+home", "down")
        await pilot.pause()
        assert title(app, "ids") == "web:1 web in every space"
        assert any("msgsnd" in line for line in marked(app, "boundary", "▹"))
        assert not any("openpty" in line for line in marked(app, "boundary", "▹"))


async def test_where_the_selection_has_nothing_a_pane_says_so():
    async with stage(SCRIPT, LARGE) as (app, pilot):
        await pilot.press("end", "8", "1", "ctrl+home", "down", "down", "down", "down")
        await pilot.pause()
        assert shown(app, "ipc")[-1].startswith("·")
        assert shown(app, "ipc")[-1].endswith("has none here")


async def test_arrows_go_on_from_what_has_to_do_with_the_selection():
    async with stage(SCRIPT, SMALL) as (app, pilot):
        await pilot.press("end", "8", "down")
        await pilot.pause()
        await pilot.press("1", "down")
        await pilot.pause()
        assert app.look.thing.sort is Sort.TASK
        assert "web" in "".join(marked(app, "tree", "▸"))


async def test_a_selection_that_ends_marks_nothing_any_more():
    async with stage(SCRIPT, LARGE) as (app, pilot):
        await pilot.press("end", "6", "down")
        await pilot.press("home")
        await pilot.pause()
        assert not marked(app, "tree", "▹")
        assert app.look.thing.sort is Sort.TERMINAL
        await pilot.press("end")
        await pilot.pause()
        assert marked(app, "tree", "▹")


@pytest.mark.parametrize("size", [MEDIUM, LARGE])
async def test_what_is_not_there_yet_is_said_to_be_so(size):
    async with stage(SCRIPT, size) as (app, pilot):
        await pilot.press("end", "ctrl+end", "home")
        await pilot.pause()
        panes = "\n".join([*shown(app, "devpts"), *shown(app, "ids")])
        assert panes.count("what is selected is not there now") == 2
        assert "?" not in panes
        await pilot.press("end")
        await pilot.pause()
        assert "not there now" not in "\n".join(text(app))


async def test_the_selected_terminal_is_the_one_whose_screen_is_shown():
    async with stage(SCRIPT, SMALL) as (app, pilot):
        await pilot.press("end", "6", "down", "7")
        await pilot.pause()
        assert app.look.thing.sort is Sort.TERMINAL
        assert "0:pts/0" in str(app.query_one("#console-0").border_subtitle)


async def test_no_network_has_terminals():
    async with stage(SCRIPT, SMALL) as (app, pilot):
        await pilot.press("end", "6", "down", "9")
        await pilot.pause()
        assert shown(app, "net")[-1] == "· 0:pts/0 has none here"
        await pilot.press("1", "down", "9")
        await pilot.pause()
        assert "has none here" not in shown(app, "net")[-1]


async def test_the_namespaces_of_a_terminal_come_in_sight_with_the_pane():
    async with stage(SCRIPT, SMALL) as (app, pilot):
        await pilot.press("end", "6", "down", "0")
        await pilot.pause()
        assert marked(app, "namespaces", "▹")


async def test_a_terminal_that_is_not_there_yet():
    async with stage(SCRIPT, LARGE) as (app, pilot):
        await pilot.press("end", "6", "down", "home")
        await pilot.pause()
        assert shown(app, "devpts")[-1] == "· what is selected is not there now"


async def test_panes_of_what_happened_say_that_nothing_of_it_is_the_selections():
    """The output, the calls and the changes light up for what somebody picked alone."""
    async with stage(SCRIPT, LARGE) as (app, pilot):
        await pilot.press("end")
        panes = "\n".join([*shown(app, "output"), *shown(app, "boundary")])
        assert "has written nothing" not in panes
        assert "no call" not in panes
        await pilot.press("1", "ctrl+home", "down", "down", "down")  # db, who was asked for nothing
        await pilot.pause()
        assert title(app, "ids").startswith("db:1 db")
        assert shown(app, "output")[-1] == "· db:1 db has written nothing"
        assert not any("no call" in line for line in shown(app, "boundary"))  # one made it
        await pilot.press("1", "ctrl+home")
        await pilot.pause()
        assert marked(app, "output", "▹")
        assert "has written nothing" not in "\n".join(shown(app, "output"))


async def test_changes_say_that_none_of_them_is_of_the_selection():
    async with stage(SCRIPT, LARGE) as (app, pilot):
        await pilot.press("end", "8", "down", "d", "comma", "comma", "comma")
        await pilot.pause()
        assert title(app, "ids").startswith("web: msg 0")
        assert "task 0:6 other" in shown(app, "changes")[0]
        assert shown(app, "changes")[-1] == "· nothing of web: msg 0"
        await pilot.press("d", "ctrl+home")
        await pilot.pause()
        assert "nothing of" not in "\n".join(shown(app, "changes"))


async def test_output_says_that_nothing_was_written_on_a_terminal_and_no_namespace_writes():
    async with stage(SCRIPT, LARGE) as (app, pilot):
        await pilot.press("end", "6", "down")
        await pilot.pause()
        assert shown(app, "output")[-1] == "· nothing was written on 0:pts/0"
        assert not any("no call" in line for line in shown(app, "boundary"))
        await pilot.press("8", "down")
        await pilot.pause()
        assert shown(app, "output")[-1] == "· web: msg 0 has written nothing"


async def _down_to(pilot: Pilot[None], app: NshApp, name: str) -> None:
    """Lead the arrows down until that is selected."""
    for _ in range(60):
        if title(app, "ids") == f"{name} in every space":
            return
        await pilot.press("down")
        await pilot.pause()
    raise AssertionError(shown(app, "namespaces"))


async def test_calls_say_so_until_the_first_that_has_to_do_with_it():
    async with stage(SCRIPT, LARGE) as (app, pilot):
        await pilot.press("end", "0", "ctrl+home")
        await _down_to(pilot, app, "uts:[4026532004]")
        assert not any("no call" in line for line in shown(app, "boundary"))
        await pilot.press("home")
        await pilot.pause()
        for pane in ("boundary", "output", "namespaces", "tree"):
            assert "what is selected is not there now" in shown(app, pane)[-1], pane


async def test_no_screen_in_sight_is_the_selected_ones():
    async with stage(SCRIPT, LARGE) as (app, pilot):
        await pilot.press("end", "6", "down")
        await pilot.pause()
        screens = [app.query_one(f"#console-{n}") for n in range(2)]
        assert not any("has none" in str(screen.border_subtitle) for screen in screens)
        await pilot.press("8", "down")
        await pilot.pause()
        assert "· web: msg 0 has none here" in str(screens[-1].border_subtitle)


async def test_no_uts_namespace_has_links():
    async with stage(SCRIPT, LARGE) as (app, pilot):
        await pilot.press("end", "9", "0", "ctrl+home")
        await _down_to(pilot, app, "uts:[4026532004]")
        await pilot.press("9")
        await pilot.pause()
        assert shown(app, "net")[-1] == "· uts:[4026532004] has none here"
