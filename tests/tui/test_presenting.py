"""Playing in front of an audience: typing, pauses, chapters; the presenter's desk."""

import asyncio
import os
from collections.abc import Callable

import msgspec
import pytest

from nsh.session.session import Session
from nsh.session.themes import load as load_themes
from nsh.tui import desk
from nsh.tui.app import NshApp
from nsh.tui.desk import Desk
from nsh.tui.narration import Narration
from nsh.tui.notes import KEYS, NotesApp
from nsh.tui.prompt import PromptInput
from tests.tui.stage import MEDIUM, SMALL, session, stage, text

SCRIPT = """\
#: # One
#: <!-- note: take your time -->
echo a-rather-long-line-that-takes-a-while-to-type
#: <!-- pause -->
spawn second
#: # Two
spawn third
"""


async def until(pilot, true: Callable[[], bool], seconds: float = 20) -> None:
    for _ in range(int(seconds / 0.02)):
        if true():
            return
        await pilot.pause(0.02)
    raise AssertionError("it never was")


async def test_a_command_is_typed_letter_by_letter_before_it_is_performed():
    async with stage(SCRIPT) as (app, pilot):
        app.player.faster(2)  # 4x
        editor = app.query_one(PromptInput)
        seen = []
        await pilot.press("space")
        await until(pilot, lambda: bool(editor.value))
        assert not any("a-rather" in line for line in text(app)[5:25])
        while editor.value:
            seen.append(editor.value)
            await pilot.pause(0.01)
        lengths = [len(one) for one in seen]
        assert lengths == sorted(lengths)
        assert len(set(lengths)) > 3
        await pilot.pause()
        assert any("a-rather-long" in line for line in text(app))


async def test_the_play_waits_at_a_pause_until_space():
    async with stage(SCRIPT) as (app, pilot):
        app.typing = False
        for _ in range(4):
            app.player.faster(1)
        await pilot.press("space")
        await until(pilot, lambda: app.player.pauses)
        assert app._playing is None
        at = app.player.position
        await pilot.pause(0.3)
        assert app.player.position == at
        assert not any("second" in line for line in text(app)[1:-3])
        await pilot.press("space")
        await until(pilot, lambda: app.player.at_end)
        assert any("third" in line for line in text(app))


async def test_who_goes_by_hand_stops_the_typing_and_finds_the_prompt_empty():
    async with stage(SCRIPT) as (app, pilot):
        app.player.faster(2)
        editor = app.query_one(PromptInput)
        await pilot.press("space")
        await until(pilot, lambda: bool(editor.value))
        await pilot.press("comma")
        assert editor.value == ""
        assert app._playing is None
        await pilot.pause(0.2)
        assert editor.value == ""


@pytest.mark.parametrize("by_hand", ["colon", "equals_sign", "click"])
async def test_the_play_waits_for_who_goes_to_the_prompt_and_keeps_what_is_typed(by_hand):
    async with stage(SCRIPT) as (app, pilot):
        app.player.faster(2)
        editor = app.query_one(PromptInput)
        await pilot.press("space")
        await until(pilot, lambda: bool(editor.value))
        begun = app.player.position
        if by_hand == "click":
            await pilot.click(PromptInput)
        else:
            await pilot.press(by_hand)
        before = f"beside {begun} " if by_hand == "equals_sign" else ""
        await pilot.press("p", "s")
        assert editor.value == f"{before}ps"
        assert app._playing is None
        await pilot.pause(0.2)
        assert (editor.value, app.player.position) == (f"{before}ps", begun)
        await pilot.press("escape", "ctrl+c", "escape", "space")
        assert app._playing is not None


async def test_what_somebody_has_begun_to_type_is_left_alone():
    async with stage(SCRIPT) as (app, pilot):
        for _ in range(3):
            app.player.faster(1)
        editor = app.query_one(PromptInput)
        editor.value = "mine"
        await pilot.press("space")
        await until(pilot, lambda: app.player.pauses)
        assert editor.value == "mine"


async def test_going_back_over_what_was_played():
    async with stage(SCRIPT) as (app, pilot):
        app.typing = False
        await pilot.press("end", "left_curly_bracket")
        assert text(app)[app.query_one("#narration").region.y].strip() == "Two"
        await pilot.press("left_curly_bracket")
        assert text(app)[app.query_one("#narration").region.y].strip() == "One"


async def test_auto_plays_at_once():
    app = NshApp(session(SCRIPT), title="x")
    app.typing, app.auto = False, True
    for _ in range(4):
        app.player.faster(1)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.player.pauses)


@pytest.mark.parametrize("hidden", [False, True])
async def test_the_play_turns_the_pages_of_a_long_narration(hidden, monkeypatch):
    told = " ".join(f"word{n}" for n in range(60))
    async with stage(f"#: {told}\nspawn a\nspawn b\n", SMALL) as (app, pilot):
        app.typing = False
        monkeypatch.setattr(app.player, "pause", lambda: 0.2)
        narration = app.query_one(Narration)
        if hidden:
            await pilot.press("P")
        seen: list[int] = []
        turn = narration.turn

        def turned() -> None:
            turn()
            seen.append(narration.page)

        monkeypatch.setattr(narration, "turn", turned)
        pages = narration.pages
        await pilot.press("space")
        await until(pilot, lambda: app.player.at_end)
        assert seen == ([] if hidden else list(range(1, pages)))


async def test_the_desk_says_what_is_shown(tmp_path):
    path = tmp_path / "notes.json"
    async with stage(SCRIPT) as (app, pilot):
        app.desk = Desk(path)
        await pilot.press("full_stop")
        sheet = desk.read(path)
        assert sheet is not None
        assert (sheet.chapter, sheet.chapters) == (1, 2)
        assert sheet.narration == "# One"
        assert sheet.notes == "take your time"
        assert sheet.next.startswith("echo a-rather")
        assert sheet.upcoming == "# Two"
        await pilot.press("end")
        sheet = desk.read(path)
        assert sheet is not None
        assert (sheet.chapter, sheet.notes, sheet.next) == (2, "", "")
    assert [one.name for one in tmp_path.iterdir()] == ["notes.json"]


async def test_the_second_terminal_follows(tmp_path):
    path = tmp_path / "notes.json"
    theme = load_themes()[0]["light"]
    made = session(SCRIPT)
    player_app = NshApp(made, title="two\x1b.nsh")
    player_app.desk = Desk(path)
    notes = NotesApp(path, theme)
    async with notes.run_test(size=SMALL) as pilot:
        await pilot.pause()
        assert "nothing is played" in "\n".join(shown(notes))
        player_app.player.rehearse()
        player_app.player.move(1)
        player_app.desk.tell("two\x1b.nsh", player_app.player, playing=False)
        notes.look()
        await pilot.pause()
        lines = "\n".join(shown(notes))
        assert "chapter 1 of 2" in lines
        assert "two^[.nsh" in lines
        assert "take your time" in lines
        assert "One" in lines
        assert "next  echo a-rather" in lines
        assert "then  Two" in lines
        for _ in range(30):
            player_app.player.move(1)
            if player_app.player.pauses:
                break
        player_app.desk.tell("x", player_app.player, playing=False)
        await asyncio.sleep(0.3)
        await pilot.pause()
        assert "WAITS: Space goes on" in "\n".join(shown(notes))
        player_app.desk.clear()
        notes.look()
        await pilot.press("q")


async def test_notes_are_there_before_the_first_step(tmp_path):
    path = tmp_path / "notes.json"
    async with stage(SCRIPT) as (app, _pilot):
        app.desk = Desk(path)
        app.show()
        sheet = desk.read(path)
        assert sheet is not None
        assert (sheet.chapter, sheet.narration, sheet.notes) == (0, "# One", "take your time")


def sheet_of(notes: int, **other: object) -> desk.Sheet:
    told = "\n".join(f"note {n}" for n in range(notes))
    made = desk.Sheet("t.nsh", 1, 2, "# One", told, "echo a\necho b", "# Two", 3, 9, False, True)
    return msgspec.structs.replace(made, **other)


@pytest.mark.parametrize("width", [40, 80])
async def test_what_comes_next_is_in_sight_however_much_there_is_to_say(tmp_path, width):
    path = tmp_path / "notes.json"
    notes = NotesApp(path, load_themes()[0]["dark"])

    async def lay(sheet: desk.Sheet) -> list[str]:
        path.write_bytes(msgspec.json.encode(sheet))
        notes.look()
        await pilot.pause()
        return [line.strip() for line in shown(notes)]

    async with notes.run_test(size=(width, 24)) as pilot:
        lines = await lay(sheet_of(50))
        assert "WAITS: Space goes on" in lines[1]
        assert lines[2] == ""
        assert lines[-5:] == ["next  echo a", "echo b", "then  Two", "", KEYS]
        assert "note 0" in lines[3]
        await pilot.press("end")
        await pilot.pause(0.5)
        assert any("One" in line for line in shown(notes))
        lines = await lay(sheet_of(3, chapter=2, position=9, next="", upcoming=""))
        assert "note 0" in lines[3]
        assert "next  nothing: this is the end" in lines
        lines = await lay(sheet_of(50, title="another"))
        await pilot.press("j", "j", "k")
        assert "note 1" in shown(notes)[3]
        await pilot.press("ctrl+c")
        await pilot.pause()
        assert not notes.is_running


async def test_the_second_terminal_may_have_ascii_alone(tmp_path):
    path = tmp_path / "notes.json"
    path.write_bytes(msgspec.json.encode(sheet_of(3, narration="# Caf\xe9 \u25b8", title="\u4e00")))
    notes = NotesApp(path, load_themes()[0]["mono"], ascii_only=True)
    async with notes.run_test(size=SMALL) as pilot:
        await pilot.pause()
        whole = "\n".join(shown(notes))
        assert "| note 0" in whole
        assert "Caf? >" in whole
        assert whole.isascii()


def shown(app: NotesApp) -> list[str]:
    strips = app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip) for strip in strips]


def test_the_desk_is_in_a_folder_of_ones_own(tmp_path):
    environ = {"XDG_RUNTIME_DIR": str(tmp_path)}
    place = desk.place(environ)
    assert place == tmp_path / "nsh" / "notes.json"
    assert place.parent.stat().st_mode & 0o777 == 0o700
    os.chmod(place.parent, 0o755)
    with pytest.raises(PermissionError, match="not this user's alone"):
        desk.place(environ)
    place.parent.rmdir()
    place.parent.symlink_to(tmp_path)
    with pytest.raises(PermissionError):
        desk.place(environ)


def test_what_is_no_sheet_is_nothing(tmp_path):
    path = tmp_path / "notes.json"
    assert desk.read(path) is None
    for odd in (b"", b"{", b"[]", b'{"title": 3}'):
        path.write_bytes(odd)
        assert desk.read(path) is None


def test_a_desk_that_cannot_be_written_stops_nothing(tmp_path):
    made = NshApp(Session())
    Desk(tmp_path / "gone" / "x").tell("x", made.player, playing=True)
    Desk(tmp_path / "gone" / "x").clear()


async def test_a_script_is_understood_behind_the_first_frame():
    app = NshApp(Session(), title="two.nsh")
    app.script = SCRIPT, "two.nsh"
    async with app.run_test(size=MEDIUM) as pilot:
        await pilot.pause()
        assert app.focused is app.query_one("#tree")
        assert app.player.next_line().startswith("echo a-rather")
        await pilot.press("end")
        assert app.player.position == len(app.player.history) - 1 > 0


async def test_a_key_that_is_quicker_than_the_script_means_it(monkeypatch):
    monkeypatch.setattr(NshApp, "_rehearse", lambda _app: None)  # it has not had its turn
    app = NshApp(Session(), title="two.nsh")
    app.script = SCRIPT, "two.nsh"
    async with app.run_test(size=MEDIUM) as pilot:
        await pilot.pause()
        assert app.query_one(Narration).text == ""  # nobody is told what to type before a play
        await pilot.press("full_stop")
        assert app.player.position == 1
        assert app.query_one(Narration).text == "# One"


async def test_a_script_that_cannot_be_understood_ends_the_interface():
    app = NshApp(Session(), title="wrong.nsh")
    app.script = "ps }\n", "wrong.nsh"
    async with app.run_test(size=MEDIUM) as pilot:
        await pilot.pause()
    assert app.return_code == 2
    assert "wrong.nsh:1:4" in app.mistake
