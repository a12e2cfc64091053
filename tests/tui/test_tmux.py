"""The whole way, in a real terminal: `nsh play` inside tmux, keys in, screen out."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "demos" / "s0" / "first-container.nsh"
PLAY = f"play {DEMO.relative_to(ROOT)}"
PATIENCE = 30
"""Seconds to wait for what must come, on a busy machine."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed"),
    pytest.mark.skipif(not DEMO.exists(), reason="there is no demo to play"),
]


class Terminal:
    """A terminal of a tmux server of our own."""

    def __init__(
        self, socket: Path, size: tuple[int, int], *, environ: str = "", command: str = PLAY
    ) -> None:
        self.socket = socket
        width, height = size
        play = f"{sys.executable} -m nsh {command}"
        kept = f"XDG_STATE_HOME={socket.parent}"
        shell = f"cd {ROOT} && env {kept} {environ} {play}; echo status=$?; exec cat"
        config = "-f", os.devnull
        self.tmux(*config, "new-session", "-d", "-x", str(width), "-y", str(height), shell)

    def tmux(self, *arguments: str) -> str:
        run = subprocess.run(
            ["tmux", "-S", str(self.socket), *arguments],
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE,
            check=True,
        )
        return run.stdout

    def press(self, *keys: str) -> None:
        self.tmux("send-keys", *keys)

    def screen(self, *options: str) -> str:
        return self.tmux("capture-pane", "-p", *options)

    def wait(self, wanted: Callable[[str], object], what: str) -> str:
        """The screen, once *wanted* is true of it."""
        end = time.monotonic() + PATIENCE
        while not wanted(screen := self.screen()):
            assert "status=" not in screen, f"{what} will not come any more:\n{screen}"
            assert time.monotonic() < end, f"{what} never came:\n{screen}"
            time.sleep(0.1)
        return screen


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    opened: list[Terminal] = []

    def open_terminal(size: tuple[int, int], environ: str = "", command: str = PLAY) -> Terminal:
        opened.append(Terminal(tmp_path / "tmux", size, environ=environ, command=command))
        return opened[-1]

    yield open_terminal
    for one in opened[:1]:  # they share a server
        one.tmux("kill-server")


def position(screen: str) -> int:
    found = re.search(r"step (\d+) of (\d+)", screen)
    return int(found[1]) if found else -1


def risen(screen: str) -> bool:
    return position(screen) == 0 and "F1 help" in screen


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)], ids=str)
def test_a_demo_is_played_in_a_terminal(terminal, size):
    play = terminal(size)
    screen = play.wait(risen, "the curtain")
    lines = screen.splitlines()
    assert len(lines) == size[1]
    assert "F1" in lines[-1]
    assert "0:1 init #" in lines[-2]

    for _ in range(8):
        play.press("]")
    screen = play.wait(lambda seen: "container web (1)" in seen, "the container")
    here = position(screen)
    play.press(",")
    play.wait(lambda seen: position(seen) == here - 1, "the step back")
    play.press("End")
    screen = play.wait(lambda seen: "httpd.2" in seen, "the end")
    play.press("v")
    play.wait(lambda seen: "as web sees them" in seen, "the container's eyes")

    play.press("V", ":", "spawn mine", "Enter")
    play.wait(lambda seen: "mine" in seen.split("spawn mine")[-1], "the new task")
    play.press("Escape", "Home", "Space")
    play.wait(lambda seen: position(seen) > 0, "the play")
    play.press("q", "q")  # while it plays, the first asks
    play.wait(lambda seen: "status=0" in seen, "the shell's prompt")


def test_no_color_is_honoured_on_a_terminal(terminal):
    play = terminal((80, 24), "NO_COLOR=1 COLORTERM=truecolor")
    play.wait(risen, "the curtain")
    play.press("]", "]", "]")
    play.wait(lambda seen: position(seen) > 2, "the steps")
    attributes = re.findall(r"\x1b\[([\d;:]*)m", play.screen("-e"))
    coloured = [
        one for one in attributes if re.search(r"(^|[;:])([34]8|[349][0-7]|10[0-7])\b", one)
    ]
    assert coloured == []


def test_a_resized_terminal_is_drawn_anew(terminal):
    play = terminal((120, 40), "COLUMNS=70 LINES=20")
    play.wait(risen, "the curtain")
    play.tmux("resize-window", "-x", "80", "-y", "24")
    screen = play.wait(lambda seen: "3 output" in seen, "the small layout")
    assert len(screen.splitlines()) == 24


def test_the_linux_console_gets_ascii_and_its_own_colours(terminal):
    seat = terminal((80, 24), "TERM=linux COLORTERM=", command="")
    seat.wait(lambda seen: "0:1 init #" in seen, "the prompt")
    seat.press("spawn -n 3 w", "Enter")
    seat.wait(lambda seen: "w.3" in seen, "the tasks")
    seat.press("kill w", "Tab")
    screens = [seat.wait(lambda seen: "Enter takes" in seen, "the list")]
    attributes = re.findall(r"\x1b\[([\d;:]*)m", seat.screen("-e"))
    assert not [one for one in attributes if re.search(r"(^|[;:])[34]8[;:]", one)]
    seat.press("Down", "Down", "Enter", "Enter")
    screens.append(seat.wait(lambda seen: "Z" in seen, "the zombie"))
    seat.press("Escape")
    time.sleep(0.3)  # else it is Alt and what follows
    seat.press("?")
    screens.append(seat.wait(lambda seen: "Esc closes" in seen, "the help"))
    seat.press("Escape")
    time.sleep(0.3)
    seat.press("C-p")
    screens.append(seat.wait(lambda seen: "what to do" in seen, "the palette"))
    seat.press("beside", "Down")
    seat.wait(lambda seen: "find.beside" in seen, "what it finds")
    for screen in screens:
        odd = {char for char in screen if not char.isascii()}
        assert not odd - set("▁▂▃▄▅▆▇█"), odd  # of bars for scrolling
    seat.press("F10")
    seat.wait(lambda seen: "status=0" in seen, "the shell's prompt")


def test_a_terminal_that_is_resized_shows_as_many_tables_as_fit_at_once(terminal):
    seat = terminal((120, 40), command="")
    seat.wait(lambda seen: "0:1 init #" in seen, "the prompt")
    seat.press("unshare --pid --fork true; spawn --pid a; spawn --pid b", "Enter")
    seat.wait(lambda seen: seen.count("pid namespace ") >= 2, "two tables")
    seat.tmux("resize-window", "-x", "80", "-y", "24")
    seat.wait(lambda seen: "3 out" in seen and seen.count("pid namespace ") == 1, "one")
    seat.tmux("resize-window", "-x", "200", "-y", "60")
    seat.wait(lambda seen: seen.count("pid namespace ") >= 2, "both")
    seat.press("quit", "Enter")
    seat.wait(lambda seen: "status=0" in seen, "the shell's prompt")


def test_two_moments_beside_each_other_on_a_small_terminal(terminal):
    play = terminal((80, 24))
    play.wait(risen, "the curtain")
    play.press("End")
    play.wait(lambda seen: "httpd.2" in seen, "the end")
    play.press("=")
    play.wait(lambda seen: "beside" in seen, "the word")
    play.press("47", "Enter")
    screen = play.wait(lambda seen: "left only" in seen and "step 47 of" in seen, "the halves")
    assert re.search(r"▸?-? .*httpd", screen)
    assert all(len(line) <= 80 for line in screen.splitlines())
    play.press(",")
    play.wait(lambda seen: "step 46 of" in seen, "a step in both")
    play.tmux("resize-window", "-x", "120", "-y", "40")
    play.wait(lambda seen: seen.count(" in every space") == 2, "more panes")
    play.press("q")
    play.wait(lambda seen: "left only" not in seen and "narration" not in seen, "the one")
    play.press("F10")
    play.wait(lambda seen: "status=0" in seen, "the shell's prompt")


def test_what_is_typed_and_ctrl_c_reach_the_programs_on_the_terminal(terminal):
    seat = terminal((120, 40), command="")
    seat.wait(lambda seen: "0:1 init #" in seen, "the prompt")
    seat.press("cat | tr a-z A-Z", "Enter")
    seat.wait(lambda seen: "a program reads this terminal" in seen, "the reader")
    seat.press("hello", "Enter", "C-d")
    seat.wait(lambda seen: "HELLO" in seen and "0:1 init #" in seen, "the answer")
    seat.press("spawn w", "Enter", "as w { while true { getpid > /dev/null } }", "Enter")
    seat.wait(lambda seen: "Ctrl+C stops it" in seen, "the loop")
    seat.press("C-c")
    seat.wait(lambda seen: "paused" in seen.replace("‖", "paused"), "the end of it")
    seat.press("echo status $?", "Enter")
    seat.wait(lambda seen: "status 130" in seen, "its status")
    seat.press("while true { }", "Enter", "C-c")
    seat.wait(lambda seen: "given up: interrupted" in seen, "the giving up")
    seat.press("F10")
    seat.wait(lambda seen: "status=0" in seen, "the shell's prompt")


def test_ctrl_z_with_nothing_under_way_stops_the_interface_until_fg(terminal):
    shell = f"{sys.executable} -m nsh"
    seat = terminal((80, 24), command="-c true; PS1='sh> ' exec bash --norc -i")
    seat.wait(lambda seen: "sh>" in seen, "a shell")
    seat.press("-l", shell)
    seat.press("Enter")
    seat.wait(lambda seen: "0:1 init #" in seen, "the prompt")
    seat.press("C-z")
    seat.wait(lambda seen: "Stopped" in seen and "F1 help" not in seen, "the shell")
    seat.press("fg", "Enter")
    seat.wait(
        lambda seen: "Nobody has pids of their own yet" in seen and "F1 help" in seen, "all of it"
    )
    seat.press("F10")
    seat.wait(lambda seen: "F1 help" not in seen, "the shell")


def test_ctrl_c_at_a_plain_script_is_typed_to_its_foreground(terminal):
    seat = terminal((80, 24), command="-c '( echo ready; cat ); echo no'")
    seat.wait(lambda seen: "ready" in seen, "the reader")
    seat.press("line", "Enter")
    seat.wait(lambda seen: seen.count("line") == 2, "the echo and the answer")
    seat.press("C-c")
    screen = seat.wait(lambda seen: "status=130" in seen, "the end")
    assert "Traceback" not in screen


def test_errors_that_go_elsewhere_leave_the_screen_in_its_place(terminal):
    seat = terminal((80, 24), command=f"{PLAY} 2> /dev/null")
    seat.wait(risen, "the curtain")
    seat.press("q")
    seat.wait(lambda seen: "status=0" in seen, "the shell's prompt")


def test_on_a_dumb_terminal_a_demo_is_a_transcript(terminal):
    seat = terminal((120, 200), "TERM=dumb")
    screen = seat.wait(lambda seen: "status=0" in seen, "the end")
    assert "0:1 init # spawn sshd" in screen
    assert "F1 help" not in screen


def test_on_a_dumb_terminal_live_says_how_it_can_be_looked_at(terminal):
    seat = terminal((120, 40), "TERM=dumb", command="live")
    screen = seat.wait(lambda seen: "status=2" in seen, "the end")
    assert "needs a terminal with a screen; --once prints" in screen


def test_options_alone_are_those_of_the_interface(terminal):
    seat = terminal((80, 24), command="--ascii --profile mainline")
    screen = seat.wait(lambda seen: "0:1 init #" in seen, "the prompt")
    assert "profile mainline" in screen
    assert screen.isascii()
    seat.press("F10")
    seat.wait(lambda seen: "status=0" in seen, "the shell's prompt")


def test_panes_stand_in_the_next_run_as_they_did(terminal):
    play = terminal((120, 40))
    play.wait(risen, "the curtain")
    play.press("L")
    play.wait(lambda seen: "L small" in seen and "3 output" in seen, "the small layout")
    play.press("4", "z")
    play.wait(lambda seen: "z all panes" in seen and "tasks as" not in seen, "one pane alone")
    play.tmux("resize-window", "-x", "80", "-y", "24")
    play.wait(lambda seen: len(seen.splitlines()) == 24 and "in every space" in seen, "it there")
    play.press("z")
    play.wait(lambda seen: "tasks as" in seen, "all panes")
    play.press("q")
    play.wait(lambda seen: "status=0" in seen, "the shell's prompt")
    play.tmux("respawn-pane", "-k")
    screen = play.wait(risen, "the curtain")
    assert "L small" in screen
    assert "4 ids" in screen
