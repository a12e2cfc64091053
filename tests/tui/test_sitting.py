"""Sitting at a terminal that is shown large: every key goes there until Ctrl+]."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual import events
from textual.pilot import Pilot

from nsh.session.session import Session
from nsh.tui.app import NshApp
from nsh.tui.panes.screen import LargeScreenPane
from nsh.tui.panes.tree import TreePane
from nsh.tui.prompt import PromptInput
from nsh.tui.typed import data_of, pasted
from tests.tui.stage import LARGE, MEDIUM, SMALL, shown, text, title

WEB = "spawn --tty --pid --uts web { hostname web; spawn getty { getty console } }"


@asynccontextmanager
async def seat(
    line: str = WEB, size: tuple[int, int] = MEDIUM
) -> AsyncIterator[tuple[NshApp, Pilot[None]]]:
    """In front of the terminal that *line* wrote on last."""
    app = NshApp(Session(attended=True, paranoid=True))
    app.SLICE = 60
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        app.query_one(PromptInput).value = line
        await pilot.press("enter")
        await pilot.pause()
        await pilot.press("escape", "7", "enter")
        await pilot.pause()
        if title(app, "terminal") != "web:console":
            await pilot.press("down")
            await pilot.pause()
        assert title(app, "terminal") == "web:console"
        yield app, pilot


def seated(app: NshApp) -> bool:
    return app.seated


async def press(pilot: Pilot[None], *pressed: str) -> None:
    await pilot.press(*pressed)
    await pilot.pause()


@pytest.mark.parametrize("size", [SMALL, MEDIUM, LARGE])
async def test_somebody_logs_in_and_works_and_gets_up_again(size):
    async with seat(size=size) as (app, pilot):
        assert title(app, "terminal") == "web:console"
        assert "Enter type here" in text(app)[-1]
        await press(pilot, "enter", *"root", "enter", *"echo $((1)) :i1 q?", "enter")
        assert seated(app)
        lines = shown(app, "terminal")
        assert lines[1] == "web login: root"
        assert "nsh: " not in lines[2]
        assert title(app, "terminal") == "web:console  keys go here"
        assert "Ctrl+] gets up" in text(app)[-1]
        assert "typing, Ctrl+] gets up" in text(app)[0]
        await press(pilot, "ctrl+right_square_bracket")
        assert not seated(app)
        assert "Enter type here" in text(app)[-1]
        await press(pilot, "escape")
        assert not isinstance(app.focused, LargeScreenPane)
        assert app.query_one(TreePane).display


async def test_control_characters_go_through_the_line_discipline():
    async with seat() as (app, pilot):
        await press(pilot, "enter", *"root", "enter", *"sleep 1000", "enter")
        assert shown(app, "terminal")[2:4] == ["# sleep 1000", ""]
        await press(pilot, "ctrl+c")
        assert shown(app, "terminal")[3:5] == ["^C", "#"]
        await press(pilot, *"echo x", "backspace", *"$?", "enter")
        assert shown(app, "terminal")[4:6] == ["# echo $?", "130"]
        await press(pilot, "ctrl+s", *"echo unseen", "enter")
        assert shown(app, "terminal")[6] == "#"
        await press(pilot, "ctrl+q")
        assert shown(app, "terminal")[6:8] == ["# echo unseen", "unseen"]
        assert seated(app)


async def test_no_key_is_the_interfaces_but_the_one():
    raw = "stty -F /dev/console -icanon -echo; cat -v < /dev/console > /dev/console"
    async with seat(f"spawn --tty --pid --uts web {{ {raw} }}") as (app, pilot):
        await press(pilot, "enter")
        before = len(app.screen_stack)
        pressed = ("colon", "i", "q", "1", "v", "question_mark", "tab", "escape", "space")
        await press(pilot, *pressed, "f1", "f6", "up", "home", "shift+tab", "alt+x", "ctrl+d")
        assert seated(app)
        assert len(app.screen_stack) == before
        line = "".join(shown(app, "terminal"))
        assert ":iq1v?" in line
        assert "^[OP" in line
        assert "^[[17~^[[A^[[H^[[Z^[x^D" in line


async def test_a_paste_is_typed():
    async with seat() as (app, pilot):
        await press(pilot, "enter")
        app.post_message(events.Paste("root\necho pasted\n"))
        await pilot.pause()
        await pilot.pause()
        assert "# pasted" in shown(app, "terminal")


async def test_keys_in_one_burst_are_all_the_terminals():
    """Posted at once, as from a terminal that was typed on while the interface was busy."""
    async with seat() as (app, pilot):
        pressed = ["enter", *"root", "enter", *"echo in:1q", "enter"]
        for key in pressed:
            name = {" ": "space", ":": "colon"}.get(key, key)
            app.post_message(events.Key(name, key if len(key) == 1 else None))
        leave = events.Key("ctrl+right_square_bracket", None)
        for event in (leave, events.Key("colon", ":"), events.Key("x", "x")):
            app.post_message(event)
        for _ in range(4):
            await pilot.pause()
        assert shown(app, "terminal")[2:4] == ["# echo in:1q", "in:1q"]
        assert not seated(app)
        assert app.query_one(PromptInput).value == "x"


async def test_who_goes_elsewhere_gets_up():
    async with seat() as (app, pilot):
        await press(pilot, "enter")
        assert seated(app)
        await pilot.click("#prompt-input")
        await pilot.pause()
        assert not seated(app)
        assert isinstance(app.focused, PromptInput)


async def test_who_looks_at_another_window_stays_seated():
    async with seat() as (app, pilot):
        await press(pilot, "enter")
        app.post_message(events.AppBlur())
        await pilot.pause()
        app.post_message(events.AppFocus())
        await pilot.pause()
        await press(pilot, *"root", "enter")
        assert seated(app)
        assert shown(app, "terminal")[1] == "web login: root"


async def test_who_sits_at_a_terminal_that_ends_gets_up():
    async with seat() as (app, pilot):
        await press(pilot, "enter", *"root", "enter", *"kill -9 -1; exit", "enter")
        await press(pilot, "ctrl+right_square_bracket", "colon")
        app.query_one(PromptInput).value = "kill -9 web || true"
        await press(pilot, "enter")
        assert not seated(app)
        assert len(text(app)) == MEDIUM[1]


@pytest.mark.parametrize(
    ("key", "character", "data"),
    [
        ("a", "a", b"a"), ("A", "A", b"A"), ("colon", ":", b":"), ("é", "é", "é".encode()),
        ("enter", "\r", b"\r"), ("tab", "\t", b"\t"), ("backspace", "\x7f", b"\x7f"),
        ("escape", "\x1b", b"\x1b"), ("space", " ", b" "), ("ctrl+c", None, b"\x03"),
        ("ctrl+c", "\x03", b"\x03"), ("ctrl+z", None, b"\x1a"), ("ctrl+backslash", None, b"\x1c"),
        ("ctrl+space", None, b"\0"), ("ctrl+at", None, b"\0"), ("up", None, b"\x1b[A"),
        ("f1", None, b"\x1bOP"), ("f12", None, b"\x1b[24~"), ("alt+x", None, b"\x1bx"),
        ("alt+up", None, b"\x1b\x1b[A"), ("shift+tab", None, b"\x1b[Z"),
        ("ctrl+shift+up", None, b""), ("unheard_of", None, b""),
    ],
)  # fmt: skip
def test_what_a_key_sends(key, character, data):
    assert data_of(key, character) == data


def test_a_paste_ends_its_lines_with_enter():
    assert pasted("a\r\nb\nc") == b"a\rb\rc"
