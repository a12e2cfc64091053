"""Two moments, branches or policies beside each other, as two halves of the stage."""

from __future__ import annotations

import re

import pytest
from textual.pilot import Pilot

from nsh.tui.app import NshApp
from nsh.tui.beside import BesideScreen
from nsh.tui.halves import Heading
from nsh.tui.help import HelpScreen
from nsh.tui.prompt import PromptInput
from tests.tui.stage import LARGE, MEDIUM, SMALL, stage, text

SIZES = pytest.mark.parametrize("size", [SMALL, MEDIUM, LARGE], ids=str)


async def entered(pilot: Pilot[None], line: str) -> BesideScreen:
    app = pilot.app
    assert isinstance(app, NshApp)
    app.action_prompt()
    app.query_one(PromptInput).value = line
    await pilot.press("enter")
    await pilot.pause()
    await pilot.pause()
    assert isinstance(app.screen, BesideScreen), text(app)
    return app.screen


def inside(app: NshApp, half: str, pane: str) -> list[str]:
    """What a pane of a half shows within its border."""
    widget = app.screen.query_one(f"#{half} #{pane}")
    left, top, width, height = widget.content_region
    return [line[left : left + width].rstrip() for line in text(app)[top : top + height]]


def marks(lines: list[str]) -> dict[str, str]:
    """The mark and the pointer before each numbered row of a tree or table, by its number."""
    rows = [(line[:2], line[2:].split()) for line in lines]
    return {words[0]: margin.strip() for margin, words in rows if words and words[0].isdigit()}


def at(screen: BesideScreen) -> tuple[int, int]:
    return screen.left.player.position, screen.right.player.position


def heading(screen: BesideScreen, half: str) -> str:
    return screen.query_one(f"#{half} {Heading.__name__}", Heading).told[0]


@SIZES
async def test_two_moments_stand_beside_each_other_with_differences_marked(size):
    async with stage(size=size) as (app, pilot):
        await pilot.press("end")
        last = app.player.position
        screen = await entered(pilot, "beside 20")
        assert heading(screen, "left") == f"main: step 20 of {last}"
        assert heading(screen, "right") == f"main: step {last} of {last}"
        left, right = marks(inside(app, "left", "tree")), marks(inside(app, "right", "tree"))
        assert {key: mark.strip("▸") for key, mark in left.items()} == dict.fromkeys("12345", "~")
        assert right["6"] == "+"
        assert {key: mark.strip("▸") for key, mark in right.items() if key != "6"} == dict.fromkeys(
            "12345", "~"
        )
        table = inside(app, "left", "table-0")
        assert table[1].split()[-4:] == ["2", "S", "sshd", "console"]
        assert "Z†" in inside(app, "right", "table-0")[1]
        assert all(len(line) <= size[0] for line in text(app))
        assert "left only" in text(app)[-1]
        assert "Esc back" in text(app)[-1]
        await pilot.press("escape")
        await pilot.pause()
        assert not isinstance(app.screen, BesideScreen)
        assert app.player.position == last


async def test_what_was_said_before_is_not_over_it():
    async with stage("") as (app, pilot):
        app.query_one(PromptInput).value = "branch other"
        await pilot.press("enter")
        await pilot.pause()
        assert ["kept" in one.message for one in app._notifications] == [True]
        await entered(pilot, "beside 0")
        assert not list(app._notifications)


async def test_a_moment_beside_itself_has_no_marks():
    async with stage() as (app, pilot):
        await pilot.press("end")
        await entered(pilot, "beside now")
        for half in ("left", "right"):
            assert set(marks(inside(app, half, "tree")).values()) <= {"", "▸"}
            assert not [line for line in inside(app, half, "ids") if line[:1].strip()]


async def test_keys_move_both_halves_or_the_one_with_the_focus():
    async with stage() as (app, pilot):
        await pilot.press("end")
        last = app.player.position
        screen = await entered(pilot, "beside 10 20")
        await pilot.press("full_stop")
        assert at(screen) == (11, 21)
        await pilot.press("left", "left", "comma")
        assert at(screen) == (0, 10)
        await pilot.press("comma")  # each as far as it can
        assert at(screen) == (0, 9)
        await pilot.press("l", "full_stop")
        assert at(screen) == (1, 9)
        await pilot.press("o", "end")
        assert at(screen) == (1, last)
        await pilot.press("right_square_bracket", "o", "right_square_bracket")
        assert at(screen)[1] == last
        assert at(screen)[0] > 1
        await pilot.press("l", "home")
        assert at(screen) == (0, 0)
        assert app.player.position == last


async def test_what_is_locked_says_so():
    async with stage() as (_app, pilot):
        await pilot.press("end")
        screen = await entered(pilot, "beside 10 20")
        signs = [screen.query_one(f"#{half} Heading", Heading) for half in ("left", "right")]
        assert [sign.ahead for sign in signs] == [True, True]
        await pilot.press("l")
        assert [sign.ahead for sign in signs] == [True, False]
        await pilot.press("o")
        await pilot.pause()
        await pilot.pause()
        assert [sign.ahead for sign in signs] == [False, True]


@SIZES
async def test_the_selection_is_one_in_both(size):
    async with stage(size=size) as (app, pilot):
        await pilot.press("end")
        await entered(pilot, "beside 20")
        await pilot.press("down", "down")
        await pilot.pause()
        for half in ("left", "right"):
            chosen = [line for line in inside(app, half, "tree") if line.startswith("▸")]
            assert [line[2:].split()[0] for line in chosen] == ["4"], half
        await pilot.press("o", "ctrl+end")  # writer, which is not on the left
        await pilot.pause()
        assert "writer" in next(x for x in inside(app, "right", "tree") if x.startswith("▸"))
        assert not [x for x in inside(app, "left", "tree") if x.startswith("▸")]
        await pilot.press("o")
        await pilot.pause()
        assert "writer" in next(x for x in inside(app, "right", "tree") if x.startswith("▸"))


async def test_a_container_that_one_has_not_is_not_there():
    async with stage() as (_app, pilot):
        await pilot.press("end")
        screen = await entered(pilot, "beside 20")
        for _ in range(4):
            await pilot.press("down")
        await pilot.pause()  # postgres, in db by now
        titles = [screen.query_one(f"#{half} #table-0").border_title for half in ("left", "right")]
        assert [str(title) for title in titles] == ["not there", "container db (2)"]


async def test_rows_are_in_sight_together():
    script = "spawn -n 60 many\nspawn x\nas many.30 exit\nspawn y\n"
    async with stage(script) as (app, pilot):
        await pilot.press("end")
        screen = await entered(pilot, "beside 62")
        trees = [screen.query_one(f"#{half} #tree") for half in ("left", "right")]

        def seen(half: str) -> list[str]:
            words = [line[2:].split() for line in inside(app, half, "tree")]
            return [row[0] for row in words if row and row[0].isdigit()]

        await pilot.press("ctrl+end")
        await pilot.pause()
        chosen = [
            [line.startswith("▸") for line in inside(app, half, "tree")].index(True)
            for half in ("left", "right")
        ]
        assert chosen[0] == chosen[1]
        trees[1].scroll(-20)  # type: ignore[attr-defined]  # it is one of ours
        await pilot.pause()
        assert seen("left") == seen("right")


@SIZES
async def test_two_policies_beside_each_other_pair_tasks_by_their_numbers(size):
    async with stage("", size) as (app, pilot):
        for line in (
            "spawn sshd",
            "as sshd { echo web > /proc/container || true }",
            "as sshd spawn httpd",
        ):
            app.query_one(PromptInput).value = line
            await pilot.press("enter")
            await pilot.pause()
        screen = await entered(pilot, "beside now profile:mainline")
        assert heading(screen, "right").startswith("profile mainline: step")
        left, right = inside(app, "left", "tree"), inside(app, "right", "tree")
        assert {key: mark.strip("▸") for key, mark in marks(left).items()} == {
            "1": "",
            "2": "~",
            "3": "~",
        }
        assert [line.split()[-1] for line in left[1:4]] == ["0", "web", "web"]
        assert [line.split()[-1] for line in right[1:4]] == ["0", "0", "0"]
        await pilot.press("ctrl+end")
        await pilot.pause()
        for half in ("left", "right"):
            assert "httpd" in next(x for x in inside(app, half, "tree") if x.startswith("▸"))


async def test_two_branches_beside_each_other():
    async with stage("") as (app, pilot):
        for line in ("spawn a", "branch other", "spawn b", "branch main", "spawn c"):
            app.query_one(PromptInput).value = line
            await pilot.press("enter")
            await pilot.pause()
        screen = await entered(pilot, "beside main other")
        assert heading(screen, "left").startswith("main: ")
        assert heading(screen, "right").startswith("other: ")
        for half, last in (("left", "c"), ("right", "b")):
            lines = inside(app, half, "tree")[1:4]
            assert [line[9:].split()[1] for line in lines[1:]] == ["a", last]
        assert marks(inside(app, "left", "tree"))["3"].strip("▸") == "-"
        assert marks(inside(app, "right", "tree"))["3"].strip("▸") == "+"


async def test_who_was_born_on_both_branches_is_one_whatever_its_pid():
    async with stage("", LARGE) as (app, pilot):
        both = ("spawn --pid --ipc web", "web ipcmk -Q > /dev/null", "openpty > /dev/null")
        for line in ("spawn a", "branch other", *both, "branch main", "spawn c", *both):
            app.query_one(PromptInput).value = line
            await pilot.press("enter")
            await pilot.pause()
        screen = await entered(pilot, "beside main other")
        await pilot.press("ctrl+end")
        await pilot.pause()
        for half, number in (("left", "4"), ("right", "3")):
            (line,) = [x for x in inside(app, half, "tree") if x.startswith("▸")]
            assert line[:2] == "▸~"
            assert line[2:].split()[0] == number
            assert str(screen.query_one(f"#{half} #table-0").border_title).endswith("(1)")
        for key, pane in (("6", "devpts"), ("8", "ipc")):
            await pilot.press(key, "down")
            await pilot.pause()
            await pilot.pause()
            for half in ("left", "right"):
                chosen = [x for x in inside(app, half, pane) if x.startswith("▸")]
                assert len(chosen) == 1, (half, inside(app, half, pane))
                assert chosen[0][1] == " ", (half, chosen)


@SIZES
async def test_every_pane_of_a_half_is_reached_by_its_number(size):
    async with stage(size=size) as (app, pilot):
        await pilot.press("end")
        screen = await entered(pilot, "beside 20")
        for key, pane in (
            ("4", "ids"),
            ("6", "devpts"),
            ("7", "console-0"),
            ("8", "ipc"),
            ("9", "net"),
            ("0", "namespaces"),
            ("2", "table-0"),
        ):
            await pilot.press(key)
            await pilot.pause()
            await pilot.pause()
            assert app.focused is not None
            assert app.focused.id == pane
            for half in ("left", "right"):
                shown = app.screen.query_one(f"#{half} #{pane}")
                assert shown.region.height > 4, (half, pane)
                assert shown.region.width == pytest.approx(size[0] / 2, abs=size[0] / 4)
        await pilot.press("1")
        assert app.focused is screen.query_one("#left #tree")


async def test_what_is_no_task_is_marked_too():
    script = "spawn a\nopenpty\nipcmk -Q\nunshare --net --ipc\n"
    async with stage(script, LARGE) as (app, pilot):
        await pilot.press("end")
        await entered(pilot, "beside 0")
        await pilot.press("o", "down")
        await pilot.pause()
        assert [line[0] for line in inside(app, "right", "ids")[1:3]] == ["+", "+"]
        ptys = inside(app, "right", "devpts")[1:]
        assert [line[1] for line in ptys if line.strip()] == ["+"], ptys
        for key, pane in (("8", "ipc"), ("9", "net"), ("0", "namespaces")):
            await pilot.press(key)
            await pilot.pause()
            await pilot.pause()
            rows = [line for line in inside(app, "right", pane)[1:] if line.strip()]
            assert any(line[1:2] == "+" for line in rows), (pane, rows)


async def test_help_there_tells_its_keys_and_signs():
    async with stage() as (app, pilot):
        await pilot.press("end")
        await entered(pilot, "beside 20")
        await pilot.press("f1")
        await pilot.pause()
        assert isinstance(app.screen, HelpScreen)
        said = [str(one.render()) for one in app.screen.query("Static")]
        page = "\n".join(said)
        assert "move the half with the focus alone" in page
        assert "on the left only" in page
        assert re.search(r"\b8 +ipc\b", page)
        assert "play, pause" not in page
        await pilot.press("f1")
        await pilot.pause()
        assert isinstance(app.screen, BesideScreen)
        await pilot.press("colon", "i", "enter", "slash")  # nothing of the stage behind it
        await pilot.pause()
        assert isinstance(app.screen, BesideScreen)
        await pilot.press("f2")  # the theme of what is to be seen
        await pilot.pause()
        assert app.screen.query_one("#left #tree").paint is app.paint  # type: ignore[attr-defined]


async def test_the_equals_key_begins_the_word_and_tab_lists_what_can_be_held_there():
    async with stage(size=SMALL) as (app, pilot):
        await pilot.press("right_square_bracket", "right_square_bracket", "equals_sign")
        editor = app.query_one(PromptInput)
        assert editor.value == f"beside {app.player.position} "
        await pilot.press("tab")
        await pilot.pause()
        offered = [one.text for one in editor._found.candidates]
        assert {"now", "main", "profile:mainline"} <= set(offered)
        await pilot.press(*"profile:mainl", "tab", "enter")
        await pilot.pause()
        assert isinstance(app.screen, BesideScreen)


@SIZES
async def test_a_new_size_is_shown_at_once(size):
    async with stage(size=SMALL if size == LARGE else LARGE) as (app, pilot):
        await pilot.press("end")
        screen = await entered(pilot, "beside 20")
        await pilot.resize_terminal(*size)
        await pilot.pause()
        await pilot.pause()
        before = text(app)
        screen.show(reveal=False)
        await pilot.pause()
        assert text(app) == before
        assert len(before) == size[1]


@pytest.mark.parametrize("size", [SMALL, MEDIUM], ids=str)
async def test_ascii_only(size):
    async with stage(size=size, ascii_only=True) as (app, pilot):
        await pilot.press("end")
        await entered(pilot, "beside 20")
        assert all(line.isascii() for line in text(app))


async def test_a_small_terminal_shows_one_pane_of_each_and_what_the_marks_mean():
    async with stage(size=(50, 14)) as (app, pilot):
        await pilot.press("end")
        screen = await entered(pilot, "beside 20")
        for number, name in ((1, "tree"), (9, "net"), (1, "tree")):
            await pilot.press(str(number))
            await pilot.pause()
            assert screen.focused is not None
            assert screen.focused.id == name
            assert [one.id for one in screen.here.children if one.display][1:] == [name]
        assert sum("init" in line for line in text(app)) == 1
        assert "left" in text(app)[-1]
        assert text(app)[-1].endswith("Esc back  F1 help")
        await pilot.press("ctrl+c")
        assert [str(note.message) for note in app._notifications] == [
            "nothing is running; Esc goes back"
        ]
