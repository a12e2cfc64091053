"""The user's own keys."""

import re
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.binding import Binding
from textual.widgets import Input

from nsh.kernel.boot import boot
from nsh.tui import keyfile, keys
from nsh.tui.help import HelpScreen
from nsh.tui.keyfile import PRESETS, load, moved, parse, shown
from nsh.tui.live import LiveApp
from nsh.tui.prompt import PromptInput
from nsh.views.themes import ROLES
from tests.tui.stage import SMALL, stage, text

EVERY = [key for _, group in keys.GROUPS for key in group]


@pytest.mark.parametrize(
    ("written", "keymap"),
    [
        ('[keys]\n"time.play" = "p"', None),
        ('[keys]\n"time.play" = "w"', {"time.play": "w"}),
        ('[keys]\n"time.play" = ["w", "F5"]', {"time.play": "w,f5"}),
        ('[keys]\n"time.play" = "ctrl+T"', {"time.play": "ctrl+t"}),
        ('[keys]\n"time.play" = "Ctrl+Alt+Left"', {"time.play": "ctrl+alt+left"}),
        ('[keys]\n"time.play" = "shift+w"', {"time.play": "W"}),
        ('[keys]\n"time.play" = "+"', {"time.play": "plus"}),
        ('[keys]\n"time.play" = "-"', {"time.play": "minus"}),
        ('[keys]\n"app.help" = "pgup"', None),
        ("", {}),
        ('preset = "asciinema"', dict(PRESETS["asciinema"])),
    ],
)
def test_what_people_write_becomes_what_textual_knows(written, keymap):
    found, complaints = parse(written)
    if keymap is None:
        assert found == {}
        assert complaints
    else:
        assert found == keymap
        assert complaints == []


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('[keys]\n"time.pley" = "w"', "no key is called time.pley; did you mean time.play?"),
        ('[keys]\n"time.play" = "hyper+w"', "there is no key 'hyper+w'"),
        ('[keys]\n"time.play" = "wombat"', "there is no key 'wombat'; space, f5, ctrl+t"),
        ('[keys]\n"time.play" = ""', "there is no key ''"),
        ('[keys]\n"time.play" = 3', "time.play: a key, or a list of keys, not 3"),
        ('[keys]\n"app.help" = "h"', "app.help: h is typed at the prompt"),
        ('[keys]\n"app.help" = "space"', "is typed at the prompt"),
        ('[keys]\n"time.play" = "q"', "time.play and look.quit both have q; look.quit keeps it"),
        ('[keys]\n"time.play" = "f1"', "both have F1"),
        ("keys = 3", "[keys] is a table"),
        ('preset = "vim"', "there is no preset 'vim'; there is asciinema"),
        ("[colours]\n", "there is no 'colours'"),
        ("[keys", "Expected"),
    ],
)
def test_what_is_wrong_is_said_and_left_out(written, said):
    found, complaints = parse(written + "\n")
    assert any(said in one for one in complaints), complaints
    assert "time.play" not in found
    assert "app.help" not in found


@given(st.text(max_size=8))
def test_any_word_is_a_key_or_an_error(word):
    key = ""
    with suppress(ValueError):
        key = keyfile._key("x", word)
    if key:
        assert list(Binding.make_bindings([Binding(key, "x")]))
        assert shown(key)


def test_every_key_of_ours_is_shown_as_one_writes_it():
    for key in EVERY:
        for name in key.keys.split(","):
            assert keyfile._key(key.id, shown(name)) == name


def test_presets_clash_with_nothing():
    known = {key.id for key in EVERY}
    for preset in PRESETS.values():
        assert set(preset) <= known
        assert keyfile._clashes(preset) == []


def test_the_file_is_found_where_such_files_are(tmp_path):
    folder = tmp_path / "config" / "nsh"
    folder.mkdir(parents=True)
    file = folder / "keys.toml"
    assert load({"XDG_CONFIG_HOME": str(tmp_path / "config")}) == ({}, [])
    file.write_text('[keys]\n"time.play" = "w"\n"x.y" = "v"\n', encoding="utf-8")
    keymap, complaints = load({"XDG_CONFIG_HOME": str(tmp_path / "config"), "HOME": "/none"})
    assert keymap == {"time.play": "w"}
    assert complaints == [f"{file}: no key is called x.y"]
    assert load({"NSH_KEYS": str(file)})[0] == keymap
    (tmp_path / ".config").symlink_to(tmp_path / "config")
    assert load({"HOME": str(tmp_path), "XDG_CONFIG_HOME": "relative"})[0] == keymap
    assert load({}) == ({}, [])
    assert load({"NSH_KEYS": str(tmp_path / "gone")})[1] == [
        f"{tmp_path / 'gone'}: No such file or directory"
    ]
    file.write_bytes(b"\xff")
    assert load({"NSH_KEYS": str(file)})[1] == [f"{file}: is no text"]


async def test_a_key_that_was_moved_does_its_work_and_help_shows_it():
    keymap, _ = parse('[keys]\n"time.forward" = ["w", "f7"]\n')
    async with stage(keymap=keymap) as (app, pilot):
        await pilot.press("w", "f7")
        assert app.player.position == 2
        await pilot.press("full_stop")
        assert app.player.position == 2
        await pilot.press("f1")
        await pilot.pause()
        assert isinstance(app.screen, HelpScreen)
        assert any("w F7" in line and "one step forward" in line for line in text(app))


async def test_the_player_of_asciinema():
    async with stage(keymap=dict(PRESETS["asciinema"])) as (app, pilot):
        last = len(app.player.history) - 1
        await pilot.press("5")
        assert app.player.position == last * 5 // 10
        await pilot.press("0", "right_square_bracket", "right_square_bracket")
        assert app.player.position == app.player.story.chapters[1]
        await pilot.press("left_square_bracket", "right_curly_bracket")
        assert app.player.step.place.text == "" or app.player.position
        await pilot.press("alt+2")
        assert app.focused is not None
        assert app.focused.id in {"table-0", "no-container"}


async def test_a_file_that_is_wrong_is_told_on_the_screen():
    async with stage() as (app, pilot):
        app.complain(["keys.toml: no key is called x"])
        app.begin()
        await pilot.pause()
        assert "no key is called x" in str(list(app._notifications)[-1].message)


def test_moved_keeps_what_nobody_moved():
    groups = moved(keys.GROUPS, {"time.play": "w"})
    assert [title for title, _ in groups] == [title for title, _ in keys.GROUPS]
    (play,) = [key for _, group in groups for key in group if key.id == "time.play"]
    assert (play.keys, play.shown) == ("w", "w")
    others = [key for _, group in groups for key in group if key.id != "time.play"]
    assert set(others) < set(EVERY)


async def test_the_palette_finds_actions_and_words():
    async with stage() as (app, pilot):
        await pilot.press("end", "ctrl+p")
        await pilot.pause()
        app.screen.query_one(Input).value = "the beginning"
        await pilot.pause(0.6)
        await pilot.press("enter")
        await pilot.pause(0.2)
        assert app.player.position == 0
        await pilot.press("ctrl+p")
        await pilot.pause()
        app.screen.query_one(Input).value = "side by side"
        await pilot.pause(0.6)
        await pilot.press("enter")
        await pilot.pause(0.2)
        assert app.query_one(PromptInput).value == "beside "
        assert isinstance(app.focused, PromptInput)


def test_the_page_on_presenting_tells_the_truth():
    page = Path("docs/presenting.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    keymap, complaints = parse(block)
    assert complaints == []
    assert keymap["find.what-if"] == "w"
    for key in keys.FIND:
        for name in key.shown.replace("Alt+0 … 9", "Alt+0").split():
            assert f"`{name}`" in page or name in page, key.id
    for role in ("chapter", "mark", "match"):
        assert f"`{ROLES[role].glyph}`" in page


async def test_the_palette_over_the_real_machine_has_its_own_keys_only():
    app = LiveApp(lambda: boot("all"), boot("all"), interval=3600)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("ctrl+p")
        await pilot.pause()
        app.screen.query_one(Input).value = "side by side"
        await pilot.pause(0.6)
        assert not [line for line in text(app) if "beside" in line]
        app.screen.query_one(Input).value = "look more often"
        await pilot.pause(0.6)
        await pilot.press("enter")
        await pilot.pause(0.2)
        assert app._interval < 3600
