"""What a screen shows after some bytes.  tmux, a terminal of its own making, is the referee."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from nsh.emulator.keeping import screen
from nsh.machine import printed
from nsh.machine.printed import Printed
from nsh.machine.screens import PLAIN, Run, Screen, Style, text, texts

ROWS, COLUMNS = 6, 20
PATIENCE = 20


def shown(data: bytes, rows: int = ROWS, columns: int = COLUMNS) -> Screen:
    return screen(printed.add(printed.resized(Printed(), rows, columns), data))


CASES = {
    "text": b"hello\r\nworld",
    "linefeed alone": b"one\ntwo\nthree",
    "scrolls": b"".join(b"%d\r\n" % n for n in range(20)),
    "wraps": b"x" * 45,
    "wraps late": b"x" * 20 + b"\r\ny",
    "no autowrap": b"\x1b[?7l" + b"abcdefghijklmnopqrstuvwxyz",
    "tabs": b"a\tb\tc\td",
    "tab stops": b"\x1b[3g\x1b[5G\x1bH\x1b[9G\x1bH\ra\tb\tc\td",
    "back tab": b"a\tb\tc\x1b[Zd",
    "backspace": b"abc\b\bX",
    "cursor": b"\x1b[3;5Hhere\x1b[Aup\x1b[2Ddown\x1b[B\x1b[10Dleft\x1b[5Cright",
    "cursor beyond": b"\x1b[99;99Hx\x1b[99Ay\x1b[99Dz",
    "columns": b"\x1b[4Ga\x1b[9`b\x1b[2dc",
    "next lines": b"\x1b[3;3Ha\x1b[Eb\x1b[2Fc",
    "erase line": b"abcdefgh\x1b[4D\x1b[K\r\nabcdefgh\x1b[4D\x1b[1K\r\nabcdefgh\x1b[2K",
    "erase display": b"a\r\nbbbb\r\nc\x1b[2;3H\x1b[J",
    "erase above": b"a\r\nbbbb\r\nc\x1b[2;3H\x1b[1J",
    "erase all": b"a\r\nb\x1b[2Jx",
    "erase odd": b"abc\x1b[9J\x1b[9Kd",
    "insert": b"abcdef\x1b[4D\x1b[2@X",
    "delete": b"abcdef\x1b[4D\x1b[2PX",
    "delete all": b"abcdef\x1b[4D\x1b[99PX",
    "blank": b"abcdef\x1b[4D\x1b[2XX",
    "insert mode": b"abc\x1b[2D\x1b[4hXY\x1b[4lZ",
    "insert lines": b"1\r\n2\r\n3\r\n4\x1b[2;1H\x1b[2Lx",
    "delete lines": b"1\r\n2\r\n3\r\n4\x1b[2;1H\x1b[2Mx",
    "margins": b"1\r\n2\r\n3\r\n4\r\n5\x1b[2;4r\x1b[4;1Ha\nb\nc\x1b[2;1H\x1bMd",
    "margins, origin": b"\x1b[2;4r\x1b[?6h\x1b[2;2Hx\x1b[?6l\x1b[2;2Hy",
    "outside margins": b"\x1b[2;4r\x1b[6;1Ha\nb\x1b[1;1H\x1bMc",
    "scroll": b"1\r\n2\r\n3\x1b[2Sx",
    "reverse scroll": b"1\r\n2\r\n3\x1b[Tx",
    "save": b"ab\x1b7\x1b[3;3Hcd\x1b8ef",
    "restore twice": b"ab\x1b7\x1b[3;3Hcd\x1b8ef\x1b8g",
    "restore unsaved": b"ab\x1b8x",
    "alternate": b"first\x1b[?1049h\x1b[Hother\x1b[?1049l!",
    "in alternate": b"first\x1b[?1049h\x1b[Hother",
    "repeat": b"a\x1b[4b.",
    "strings": b"\x1bPq#0;2;0\x1b\\a\x1b_apc\x1b\\b\x1b^pm\x1b\\c",
    "unknown sequences": b"\x1b[1;2;3;4;5y\x1b[>1c\x1b[?1;1H\x1b[=5ua",
    "controls in sequences": b"abc\x1b[1\x08Dx",
    "cancelled": b"abc\x1b[12\x18Dx",
    "begun anew": b"abc\x1b[12\x1b[1Dx",
    "reset": b"abc\x1b[3;3H\x1b[31m\x1bcx",
    "wide": "中文字a".encode(),
    "wide wraps": b"x" * 19 + "中".encode(),
    "combining": "e\u0301a\u0300\u0302!".encode(),
    "nothing seen": b"a\x00b\x07c\x7fd",
    "hidden cursor": b"a\x1b[?25lb",
    "lines by number": b"1\x1b[3;4H2\x1bD3\x1bE4\x1bM5",
}

TMUX_DOES_OTHERWISE: dict[str, tuple[bytes, list[str]]] = {
    "wraps late, linefeed": (b"x" * 20 + b"\ny", ["xxxxxxxxxxxxxxxxxxxx", "                   y"]),
    "wraps late, backspace": (b"x" * 20 + b"\bab", ["xxxxxxxxxxxxxxxxxxab"]),
    "line insertion outside margins": (b"1\r\n2\r\n3\x1b[2;3r\x1b[1;1H\x1b[Lx", ["x", "2", "3"]),
    "line drawing": (b"\x1b(0lqqk\x1b(B ok", ["┌──┐ ok"]),
    "shifted drawing": (b"\x1b)0a\x0eqq\x0fb", ["a──b"]),
    "soft reset": (b"\x1b[4h\x1b[?25l\x1b[!pabc\x1b[2Dx", ["axc"]),
    "wide overwritten": ("中文\b\b\bx".encode(), [" x文"]),
    "wide erased": ("中文\x1b[3D\x1b[X".encode(), ["  文"]),
    "utf-8 cut": (b"a\xe4\xb8b", ["a�b"]),
    "relative moves": (b"a\x1b[2eb\x1b[2ac", ["a", "", " b  c"]),
}
"""As xterm does, and the VT manuals say, where tmux keeps the cursor beyond the last column, leaves
half of a wide character, or knows less."""


@pytest.mark.parametrize("name", TMUX_DOES_OTHERWISE)
def test_a_screen_without_a_referee(name: str) -> None:
    data, expected = TMUX_DOES_OTHERWISE[name]
    assert texts(shown(data)) == expected


@pytest.fixture(scope="module")
def tmux(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Tmux"]:
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed")
    terminal = Tmux(tmp_path_factory.mktemp("tmux"))
    yield terminal
    terminal.ask("kill-server")


class Tmux:
    """One pane, used again for each case."""

    def __init__(self, folder: Path) -> None:
        self.socket, self.file = folder / "socket", folder / "data"
        size = ["-x", str(COLUMNS), "-y", str(ROWS)]
        self.ask("-f", os.devnull, "new-session", "-d", *size, "exec sleep 1000")
        self.ask("set", "-g", "status", "off")
        self.ask("resize-window", *size)

    def ask(self, *arguments: str) -> str:
        command = ["tmux", "-u", "-S", str(self.socket), *arguments]
        run = subprocess.run(
            command, capture_output=True, encoding="utf-8", check=True, timeout=PATIENCE
        )
        return run.stdout

    def give(self, data: bytes) -> None:
        self.file.write_bytes(data)
        script = f"stty raw -echo; cat {self.file}; exec sleep 1000"
        self.ask("respawn-pane", "-k", script)

    def state(self) -> tuple[list[str], tuple[int, ...]]:
        lines = [line.rstrip() for line in self.ask("capture-pane", "-p").split("\n")]
        while lines and not lines[-1]:
            lines.pop()
        facts = "#{cursor_y} #{cursor_x} #{cursor_flag} #{alternate_on}"
        row, column, visible, alternate = map(int, self.ask("display", "-p", facts).split())
        return lines, (row, min(column, COLUMNS - 1), visible, alternate)


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_a_screen_is_what_tmux_shows(name: str, tmux: Tmux) -> None:
    mine = shown(CASES[name])
    expected = texts(mine), (mine.row, mine.column, mine.visible, mine.alternate)
    tmux.give(CASES[name])
    end = time.monotonic() + 3
    while (found := tmux.state()) != expected and time.monotonic() < end:
        time.sleep(0.02)
    assert expected == found


def styles(data: bytes) -> dict[str, Style]:
    return {run.text: run.style for row in shown(data).rows for run in row}


@pytest.mark.parametrize(
    ("sgr", "style"),
    [
        ("31", Style("red")),
        ("33;44", Style("yellow", "blue")),
        ("95;105", Style("brightmagenta", "brightmagenta")),
        ("38;5;1;48;5;12", Style("red", "brightblue")),
        ("38;5;196", Style("#ff0000")),
        ("38;5;999", PLAIN),
        ("38;2;1;2;300", Style("#0102ff")),
        ("38:2::1:2:3", Style("#010203")),
        ("48:5:3", Style("", "yellow")),
        ("38", PLAIN),
        ("1;2;3;4;5;7;9", Style("", "", True, True, True, True, True, True, True)),
        ("1;2;22", PLAIN),
        ("31;1;", PLAIN),
        ("4:3", Style(underline=True)),
        ("4;4:0", PLAIN),
    ],
)
def test_looks(sgr: str, style: Style) -> None:
    assert styles(f"\x1b[{sgr}mx".encode()) == {"x": style}


def test_concealed_text_is_blank() -> None:
    assert texts(shown(b"a\x1b[8msecret\x1b[28mb")) == ["a      b"]


def test_an_erased_background_keeps_its_colour_and_a_blank_end_is_left_out() -> None:
    row = shown(b"\x1b[44;31;4mab\x1b[K\x1b[0m\r\nc  ").rows[0]
    assert row == (
        Run("ab", Style("red", "blue", underline=True), 2),
        Run(" " * 18, Style("", "blue"), 18),
    )
    assert shown(b"c  ").rows[0] == (Run("c", PLAIN, 1),)


def test_titles_are_cut_and_hold_nothing_odd() -> None:
    assert shown(b"\x1b]0;a\tb\x07").title == "ab"
    assert shown(b"\x1b]2;t\x1b\\x").title == "t"
    assert shown(b"\x1b]1;icon\x07").title == ""
    assert shown("\x1b]2;a\u202eb\x9cx".encode()).title == "ab"
    assert len(shown(b"\x1b]0;" + b"x" * 5_000_000 + b"\x07").title) < 300


def test_what_does_not_show_is_not_there() -> None:
    odd = "a\u202eb\u200bc\u2066d\ufe0f\ue000\xad\xa0e"
    (line,) = texts(shown(odd.encode()))
    assert line == "abcd\ufffd\ufffd e"
    assert all(char.isprintable() for char in line)


def test_the_whole_screen_reversed() -> None:
    assert shown(b"\x1b[?5hx").reverse
    assert not shown(b"\x1b[?5hx\x1b[?5l").reverse


def test_a_screen_never_answers_and_ignores_clipboard_and_reports() -> None:
    quiet = b"\x1b[6n\x1b[c\x1b[>c\x1bZ\x05\x1b]52;c;?\x07\x1bP$qm\x1b\\\x1b[?2004$p\x1b]11;?\x07"
    assert shown(quiet) == shown(b"")


def test_resizing_keeps_what_stands_before_the_cursor() -> None:
    grown = printed.add(printed.resized(Printed(), 3, 8), b"one\r\ntwo\r\n>")
    smaller = screen(printed.resized(grown, 2, 2))
    assert (texts(smaller), smaller.row, smaller.column) == (["tw", ">"], 1, 1)
    larger = screen(printed.resized(grown, 10, 40))
    assert (texts(larger), larger.row) == (["one", "two", ">"], 2)
    low = printed.add(printed.resized(Printed(), 5, 8), b"top")
    assert texts(screen(printed.resized(low, 2, 8))) == ["top"]
    tabs = printed.add(printed.resized(Printed(), 5, 8), b"")
    assert texts(screen(printed.add(printed.resized(tabs, 5, 40), b"\t\t\tx"))) == [" " * 24 + "x"]


def test_a_window_without_a_size_is_24_by_80_and_no_window_is_huge() -> None:
    assert (screen(Printed()).height, screen(Printed()).width) == (24, 80)
    nothing = screen(printed.resized(Printed(), 0, 0))
    assert (nothing.height, nothing.width) == (24, 80)
    huge = screen(printed.resized(Printed(), 65535, 65535))
    assert (huge.height, huge.width) == (1000, 1000)


def test_text_of_rows() -> None:
    assert text((Run("a", Style("red")), Run(" b  "))) == "a b"
