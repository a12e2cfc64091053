"""Every key does what the table says, and letters typed at the prompt stay letters."""

import pytest
from textual import events
from textual._xterm_parser import XTermParser
from textual.binding import Binding

from nsh.tui import keys
from nsh.tui.app import NshApp
from nsh.tui.help import HelpScreen
from nsh.tui.panes.boundary import BoundaryPane
from nsh.tui.prompt import PromptInput
from tests.tui.stage import SMALL, playing, shown, stage, text, title

EVERY = [key for _, group in keys.GROUPS for key in group]


def test_ids_are_unique_and_no_key_is_bound_twice_in_one_place():
    assert len({key.id for key in EVERY}) == len(EVERY)
    everywhere = [name for key in keys.GLOBAL + keys.DOOR for name in key.keys.split(",")]
    for group in (keys.STAGE, keys.PANE, keys.PROMPT):
        names = everywhere + [name for key in group for name in key.keys.split(",")]
        assert len(set(names)) == len(names)


def test_no_bare_letter_is_bound_where_the_prompt_could_hear_it():
    for key in (*keys.GLOBAL, *keys.PROMPT):
        assert all(len(name) > 1 for name in key.keys.split(","))
    for made in keys.bindings(keys.GLOBAL):
        assert isinstance(made, Binding)
        assert made.id


async def test_steps_go_forward_and_back():
    async with stage() as (app, pilot):
        at = []
        for key in ("full_stop", "full_stop", "comma", "right", "left", "comma", "comma"):
            await pilot.press(key)
            at.append(app.player.position)
        assert at == [1, 2, 1, 6, 1, 0, 0]


@pytest.mark.parametrize(("last", "first"), [("end", "home"), ("G", "g")])
async def test_first_and_last(last, first):
    async with stage() as (app, pilot):
        await pilot.press(last)
        assert app.player.at_end
        await pilot.press("full_stop")
        assert app.player.at_end
        await pilot.press(first)
        assert app.player.position == 0


async def test_statements_are_gone_through_whole():
    async with stage() as (app, pilot):
        texts = []
        for _ in range(3):
            await pilot.press("right_square_bracket")
            texts.append(app.player.step.place.text)
        assert texts == ["", "spawn sshd", "as sshd echo web > /proc/container"]
        assert title(app, "table-0") == "container web (1)"
        await pilot.press("left_square_bracket")
        assert app.player.step.place.text == "spawn sshd"
        assert not app.query_one("#table-0").display


async def test_space_plays_and_pauses_and_the_end_stops_it():
    async with stage() as (app, pilot):
        for _ in range(8):
            await pilot.press("greater_than_sign")
        assert app.player.rate == 16
        await pilot.press("space")
        assert playing(app)
        await pilot.pause(0.4)
        assert app.player.position > 1
        await pilot.press("space")
        assert not playing(app)
        here = app.player.position
        await pilot.pause(0.3)
        assert app.player.position == here
        await pilot.press("end", "space")
        assert not playing(app)


async def test_a_step_by_hand_stops_the_play():
    async with stage() as (app, pilot):
        await pilot.press("space", "full_stop")
        assert not playing(app)


async def test_speed_has_bounds():
    async with stage() as (app, pilot):
        for _ in range(20):
            await pilot.press("less_than_sign")
        assert app.player.rate == 0.25
        assert "0.25x" in text(app)[0]


async def test_other_eyes():
    async with stage() as (app, pilot):
        await pilot.press("end")
        assert title(app, "tree") == "tasks as the machine sees them"
        await pilot.press("v")
        assert title(app, "tree") == "tasks as web sees them"
        await pilot.press("v")
        assert title(app, "tree") == "tasks as db sees them"
        assert [line.split()[-4:-2] for line in shown(app, "tree")[1:3]] == [
            ["1", "postgres"],
            ["└─", "writer"],
        ]
        await pilot.press("2", "up", "1")
        assert shown(app, "tree")[-1].split() == ["·", "sshd", "not", "visible"]
        await pilot.press("F")
        await pilot.press("V", "V", "V")
        assert title(app, "tree") == "tasks as db sees them"
        await pilot.press("home")  # where there is no db yet
        assert title(app, "tree") == "tasks as the machine sees them"


async def test_arrows_select_in_one_pane_and_all_follow():
    async with stage() as (app, pilot):
        await pilot.press("end", "down")
        assert not app.look.follow
        await pilot.press("pageup", "j")
        chosen = [line for line in shown(app, "tree") if line.startswith("▸")]
        assert len(chosen) == 1
        assert "sshd" in chosen[0]
        assert [line for line in shown(app, "table-0") if line.startswith("▸")]
        assert shown(app, "table-1")[-1].split() == ["·", "2", "sshd", "not", "visible"]
        assert title(app, "ids") == "web:1 sshd in every space"
        await pilot.press("k")
        assert title(app, "ids") == "0:1 init in every space"
        await pilot.press("F")
        assert app.look.follow


async def test_rows_first_and_last():
    async with stage() as (app, pilot):
        await pilot.press("end", "ctrl+end")
        assert title(app, "ids") == "db:2 writer in every space"
        await pilot.press("ctrl+home")
        assert title(app, "ids") == "0:1 init in every space"


def focused(app: NshApp) -> str:
    assert app.focused is not None
    return str(app.focused.id)


async def test_numbers_and_tab_go_to_panes():
    async with stage() as (app, pilot):
        await pilot.press("end", "3")
        assert focused(app) == "output"
        await pilot.press("2")
        assert focused(app) == "table-0"
        await pilot.press("f6")
        assert focused(app) == "table-1"
        await pilot.press("1", "shift+tab")
        assert focused(app) == "prompt-input"
        await pilot.press("tab")  # completes there
        assert focused(app) == "prompt-input"
        await pilot.press("f6")
        assert focused(app) == "tree"
        await pilot.press("tab")
        assert focused(app) != "tree"


async def test_small_panes_share_a_place():
    async with stage(size=SMALL) as (app, pilot):
        await pilot.press("end")
        for key, name in (("5", "boundary"), ("4", "ids"), ("3", "output")):
            await pilot.press(key)
            await pilot.pause()
            seen = [
                pane for pane in ("output", "ids", "boundary") if app.query_one("#" + pane).size
            ]
            assert seen == [name]
            assert title(app, name).replace("[", "").count(name) >= 1


async def test_enter_in_the_boundary_goes_to_that_moment():
    async with stage() as (app, pilot):
        await pilot.press("end", "5", "up", "up")
        boundary = app.query_one(BoundaryPane)
        assert boundary.cursor is not None
        wanted = boundary.cursor
        await pilot.press("enter")
        assert app.player.position == wanted
        assert [line for line in shown(app, "boundary") if line.startswith("▸")]


async def test_letters_at_the_prompt_are_letters():
    async with stage() as (app, pilot):
        for way in ("colon", "i", "enter"):
            await pilot.press(way)
            assert focused(app) == "prompt-input"
            await pilot.press("g", "q", "v", "space", "full_stop", "comma", "G", "1")
            assert app.query_one(PromptInput).value == "gqv .,G1"
            assert app.player.position == 0
            app.query_one(PromptInput).value = ""
            await pilot.press("escape")
            assert focused(app) == "tree"


async def test_keys_that_come_at_once_have_their_meaning_one_after_the_other():
    async with stage() as (app, pilot):
        for key in ("V", "colon", *"qgi:", "escape", "full_stop"):
            character = {"colon": ":", "full_stop": "."}.get(key, key if len(key) == 1 else None)
            app.post_message(events.Key("colon" if key == ":" else key, character))
        await pilot.pause()
        assert app.query_one(PromptInput).value == "qgi:"
        assert app.player.position == 1


async def test_the_prompt_remembers():
    async with stage("") as (app, pilot):
        editor = app.query_one(PromptInput)
        assert app.focused is editor
        await pilot.press(*"spawn a", "enter", *"spawn b", "enter", *"dra")
        seen = []
        for key in ("up", "up", "up", "down", "down", "down"):
            await pilot.press(key)
            seen.append(editor.value)
        assert seen == ["spawn b", "spawn a", "spawn a", "spawn b", "dra", "dra"]


def helping(app: NshApp) -> bool:
    return isinstance(app.screen, HelpScreen)


async def test_help_says_every_key_and_what_the_pane_teaches():
    async with stage() as (app, pilot):
        await pilot.press("question_mark")
        assert helping(app)
        page = "\n".join(str(part.content) for part in app.screen.query("Static"))  # type: ignore[attr-defined]
        assert "getppid" in page
        for key in EVERY:
            assert key.shown in page
            assert key.text in " ".join(page.split())  # a long one has two lines
        await pilot.press("escape")
        assert not helping(app)
        await pilot.press("f1", "f1")
        assert not helping(app)


@pytest.mark.parametrize("key", ["q", "f10", "ctrl+q"])
async def test_leaving(key):
    async with stage() as (app, pilot):
        await pilot.press(key)
        await pilot.pause()
        assert not app.is_running


async def test_keys_can_be_moved_by_id():
    async with stage(keymap={"time.forward": "x", "time.backwards": "y"}) as (app, pilot):
        assert [str(note.message) for note in app._notifications] == [
            "no key is called time.backwards"
        ]
        await pilot.press("x", "x", "full_stop")
        assert app.player.position == 2


@pytest.mark.parametrize("keymap", [{}, {"time.forward": "alt+5", "find.tenth-5": "f7"}])
async def test_alt_and_a_digit_are_heard_as_terminals_send_them(keymap):
    async with stage(keymap=keymap) as (app, pilot):
        await pilot.press("end")
        last = app.player.position
        await pilot.press("home")
        for key in XTermParser().feed("\x1b5"):
            assert isinstance(key, events.Key)
            app.post_message(key)
        await pilot.pause()
        assert app.player.position == (1 if keymap else last * 5 // 10)


def test_each_digit_with_alt_comes_as_the_table_says():
    for n in range(10):
        (key,) = XTermParser().feed(f"\x1b{n}")
        assert isinstance(key, events.Key)
        assert key.key in keys.heard(f"alt+{n}").split(",")
