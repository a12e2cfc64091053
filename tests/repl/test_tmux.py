"""The line shell in a real terminal: keys in, screen out."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.tui.test_tmux import Terminal

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed"),
]
PROMPT = "0:1 init #"


class Seat(Terminal):
    """A terminal with `nsh repl` on it."""

    def __init__(self, socket: Path, size: tuple[int, int], state: Path, arguments: str) -> None:
        environ = f"XDG_STATE_HOME={state} COLORTERM=truecolor"
        super().__init__(socket, size, environ=environ, command=f"repl {arguments}")

    def enter(self, line: str) -> None:
        self.tmux("send-keys", "-l", line)
        self.press("Enter")

    def paste(self, text: str) -> None:
        subprocess.run(
            ["tmux", "-S", str(self.socket), "load-buffer", "-"],
            input=text.encode(),
            check=True,
            timeout=30,
        )
        self.tmux("paste-buffer", "-p")

    def ready(self, count: int = 1) -> str:
        """The screen, once the line at the bottom shows that the prompt waits."""
        return self.wait(lambda seen: prompts(seen) >= count and waits(seen), "the prompt")


def waits(screen: str) -> bool:
    """Whether the line of facts is at the bottom, as it is while the prompt waits."""
    return bool(re.search(r"step \d+", screen.rstrip().rpartition("\n")[2]))


def prompts(screen: str) -> int:
    return len(re.findall(r"^\S+:\d+( \S+)? [#$]", screen, re.MULTILINE))


@pytest.fixture
def seat(tmp_path: Path) -> Iterator[Callable[..., Seat]]:
    opened: list[Seat] = []

    def take(size: tuple[int, int] = (80, 24), arguments: str = "") -> Seat:
        opened.append(Seat(tmp_path / "tmux", size, tmp_path / "state", arguments))
        return opened[-1]

    yield take
    for one in opened[:1]:  # they share a server
        one.tmux("kill-server")


@pytest.mark.parametrize("size", [(80, 24), (40, 24)], ids=str)
def test_a_session_is_typed_and_left(seat, size):
    one = seat(size)
    one.ready()
    one.enter("spawn sshd")
    one.enter("as sshd echo web > /proc/container")
    one.enter("as web:1")
    one.wait(lambda seen: "web:1 sshd #" in seen, "the other prompt")
    one.enter("ps -o pid,comm")
    one.wait(lambda seen: "    1 sshd" in seen, "the answer")
    screen = one.wait(lambda seen: "sshd is web:1" in seen.rstrip().splitlines()[-1], "the facts")
    assert all(len(line) <= size[0] for line in screen.splitlines())
    one.press("C-d")
    one.wait(lambda seen: "status=0" in seen, "the shell")


def test_blocks_go_on_until_they_are_closed(seat):
    one = seat()
    one.ready()
    one.enter("if true {")
    one.wait(lambda seen: seen.count(">") >= 1, "the second line")
    one.enter("echo 'a")
    one.enter("b' |")
    one.enter("tr a-z A-Z")
    one.enter("}")
    screen = one.wait(lambda seen: "\nA\nB\n" in seen, "the answer")
    assert "error" not in screen


def test_tab_shows_what_could_stand_there_and_takes_it(seat):
    one = seat()
    one.ready()
    one.enter("spawn -n 2 httpd")
    one.tmux("send-keys", "-l", "kill --si")
    one.wait(lambda seen: "kill --si" in seen, "what was typed")
    one.press("Tab")
    one.wait(lambda seen: "kill --signal=" in seen, "the only candidate")
    one.tmux("send-keys", "-l", "TERM htt")
    one.press("Tab")
    one.wait(lambda seen: "pid 2 (0:2)" in seen and "pid 3 (0:3)" in seen, "the menu")
    one.press("Tab", "Tab", "Enter")
    one.wait(lambda seen: "kill --signal=TERM httpd.2" in seen, "the choice")
    one.press("Enter")
    one.wait(lambda seen: "[0:3] httpd.2: killed by TERM" in seen, "the news")


def test_what_is_typed_behind_tab_stands_behind_it(seat):
    """However fast somebody types: here all of it comes at once."""
    one = seat()
    one.ready()
    one.enter("spawn httpd")
    one.ready(2)
    one.tmux("send-keys", "-l", "kill --si\tTERM ht\t; ech\tgone\r")
    seen = one.wait(lambda seen: "\n[0:2] httpd: killed by TERM" in seen, "the news")
    assert "kill --signal=TERM httpd ; echo gone\n" in seen
    assert "\ngone\n" in seen


def test_what_is_typed_ahead_stands_at_the_prompt_alone(seat):
    """The terminal echoes it while something runs, and the prompt used to begin behind that."""
    one = seat()
    one.ready()
    one.enter("repeat 8000 { getpid > /dev/null }")
    one.wait(lambda seen: "repeat" in seen and "F1 help" not in seen, "it to run")
    one.tmux("send-keys", "-l", "kill --si")
    one.press("Tab")
    one.wait(lambda seen: "\n0:1 init # kill --signal=\n" in seen, "the only candidate")


def test_ctrl_c_interrupts_what_runs_and_nothing_else(seat):
    one = seat()
    one.ready()
    one.tmux("send-keys", "-l", "echo never")
    one.press("C-c")
    one.ready(2)
    one.enter("cat")
    one.wait(lambda seen: seen.rstrip().endswith("cat"), "the reader")
    one.enter("typed")
    one.wait(lambda seen: seen.count("typed") == 2, "the echo and the answer")
    one.press("C-c")
    one.wait(lambda seen: "given up: interrupted" in seen, "the giving up")
    one.enter("while true { }")
    one.wait(lambda seen: seen.rstrip().endswith("while true { }"), "the loop")
    one.press("C-c")
    one.wait(lambda seen: seen.count("given up: interrupted") == 2, "the giving up")
    one.enter("spawn w { while true { getpid > /dev/null } }")
    one.ready(5)
    one.enter("echo alive")
    screen = one.wait(lambda seen: "\nalive" in seen, "life")
    assert "\nnever" not in screen


def test_read_takes_what_is_typed(seat):
    one = seat()
    one.ready()
    one.enter("read x y")
    one.wait(lambda seen: seen.rstrip().endswith("read x y"), "the reader")
    one.enter("some more words")
    one.ready(2)
    one.enter('echo "[$y]"')
    one.wait(lambda seen: "\n[more words]" in seen, "the answer")
    one.enter("cat | wc -l")  # what is typed too early reaches it as well
    one.enter("1")
    one.enter("2")
    one.press("C-d")
    one.wait(lambda seen: "\n2\n0:1" in seen, "the count")


def test_history_is_kept_and_searched(seat):
    one = seat()
    one.ready()
    one.enter("echo first")
    one.wait(lambda seen: "\nfirst" in seen, "the answer")
    one.enter("echo second")
    one.wait(lambda seen: "\nsecond" in seen, "the answer")
    one.ready(3)  # a ^D before that is what the terminal makes of it: no end of ours
    one.press("C-d")
    one.wait(lambda seen: "status=0" in seen, "the shell")
    two = Seat(one.socket, (80, 24), one.socket.parent / "state", "")
    two.tmux("kill-session", "-t", "0")
    two.ready()
    two.tmux("send-keys", "-l", "echo f")
    two.wait(lambda seen: "echo first" in seen, "the suggestion")
    two.press("Right", "Enter")
    two.wait(lambda seen: "\nfirst" in seen, "the answer")
    two.press("C-r")
    two.tmux("send-keys", "-l", "sec")
    two.wait(lambda seen: "echo second" in seen, "what was found")
    two.press("Enter", "Enter")
    two.wait(lambda seen: "\nsecond" in seen, "the answer")
    history = one.socket.parent / "state" / "nsh" / "history"
    assert history.stat().st_mode & 0o777 == 0o600


def test_a_paste_of_a_thousand_lines(seat):
    one = seat((80, 24))
    one.ready()
    lines = [f"echo line {number} > /tmp/{number % 7}" for number in range(998)]
    one.paste("\n".join(["count=0", *lines, "cat /tmp/3"]) + "\n")
    one.wait(lambda seen: "cat /tmp/3" in seen, "the end of the paste")
    one.press("Enter")
    one.wait(lambda seen: "\nline 997\n" in seen or "\nline 990\n" in seen, "the answer")


def test_a_transcript_is_pasted_without_its_prompts(seat):
    one = seat()
    one.ready()
    one.paste(
        "0:1 init # spawn sshd\n"
        "0:1 init # if true {\n"
        "         >   echo $((6 * 7))\n"
        "         > }\n"
        "42\n"
        "0:1 init # echo done\n"
        "done\n"
    )
    one.wait(lambda seen: "echo done" in seen, "the paste")
    one.press("Enter")
    screen = one.wait(lambda seen: "\n42\n0:1 init # echo done\ndone\n" in seen, "the answers")
    assert "not found" not in screen


def test_a_resized_terminal_has_a_prompt_that_fits(seat):
    one = seat((120, 30))
    one.ready()
    one.enter("as init true || true")
    one.ready(2)
    one.tmux("resize-window", "-x", "40", "-y", "20")
    one.enter("echo narrow")
    screen = one.wait(lambda seen: "\nnarrow" in seen, "the answer")
    assert all(len(line) <= 40 for line in screen.splitlines())
    one.tmux("resize-window", "-x", "100", "-y", "30")
    one.enter("echo wide")
    one.wait(lambda seen: "\nwide" in seen, "the answer")
    one.ready()


def test_what_tasks_write_moves_no_cursor(seat):
    one = seat()
    one.ready()
    one.enter(r"printf '\033[2J\033]0;owned\007\rgone'")
    screen = one.wait(lambda seen: "gone" in seen.split("printf")[-1].partition("\n")[2], "it")
    assert "^[[2J^[]0;owned^G^Mgone" in screen
    assert "owned" not in one.tmux("display-message", "-p", "#{pane_title}")


def test_the_keys_of_vi(seat):
    one = seat(arguments="--vi")
    one.ready()
    one.tmux("send-keys", "-l", "echo wrong")
    one.press("Escape")
    one.tmux("send-keys", "-l", "bcwright")
    one.press("Enter")
    one.wait(lambda seen: "\nright" in seen, "the answer")


def test_what_is_open_is_said_below(seat):
    one = seat()
    one.ready()
    one.enter("echo one")
    one.enter("if true { echo 'two")
    one.wait(lambda seen: "' of line 1 is open  Ctrl+C begins anew" in seen, "what is open")
    one.press("C-c")
    one.ready(2)
    one.enter("echo three |")
    one.wait(lambda seen: "line 1 goes on behind |" in seen, "what it waits for")
    one.enter("cat")
    one.wait(lambda seen: "\nthree" in seen and "goes on" not in seen, "the answer")


def test_f4_goes_to_the_keys_of_vi_behind_a_search_too(seat):
    one = seat()
    one.ready()
    one.enter("echo first")
    one.ready(2)
    one.press("C-r")
    one.tmux("send-keys", "-l", "fir")
    one.wait(lambda seen: "I-search" in seen, "the search")
    one.press("Enter")
    one.wait(lambda seen: "I-search" not in seen, "its end")
    one.press("C-u", "C-k", "F4")
    one.wait(lambda seen: "  vi  " in seen, "the keys of vi")
    one.tmux("send-keys", "-l", "echo inserted")
    one.press("Enter")
    one.wait(lambda seen: "\ninserted" in seen, "the answer")


def test_what_is_alone_is_completed_with_the_blank_behind_it(seat):
    one = seat()
    one.ready()
    for typed, line in (
        ("unsh", "unshare"),
        ("--mount-p", "unshare --mount-proc"),
        ("hostn", "unshare --mount-proc hostname"),
        ("n", "unshare --mount-proc hostname n"),
    ):
        one.tmux("send-keys", "-l", "--", typed)
        if typed != "n":
            one.press("Tab")
        one.wait(lambda seen, line=line: f"# {line}\n" in seen, line)
    one.press("C-u")
    one.tmux("send-keys", "-l", "unsh n")
    one.press("Left", "Left", "Tab")
    one.wait(lambda seen: "# unshare n\n" in seen, "no second blank")


def test_plain_never_redraws(seat):
    one = seat(arguments="--plain")
    one.wait(lambda seen: PROMPT in seen, "the prompt")
    one.enter("if true {")
    one.wait(lambda seen: "\n>" in seen, "the second line")
    one.enter("echo yes; }")
    one.wait(lambda seen: "\nyes" in seen, "the answer")
    one.press("C-c")
    one.enter("cat")
    one.enter("typed")
    one.wait(lambda seen: seen.count("typed") == 2, "the echo and the answer")
    one.press("C-c")
    one.wait(lambda seen: "given up" in seen, "the end of it")
    one.press("C-d")
    screen = one.wait(lambda seen: "status=0" in seen, "the shell")
    assert "F1" not in screen
    assert one.screen("-e").count("\x1b") == 0


def test_the_terminal_is_as_it_was_afterwards(tmp_path):
    before, after = tmp_path / "before", tmp_path / "after"
    socket = tmp_path / "own"
    root = Path(__file__).parents[2]
    nsh = f"{sys.executable} -m nsh repl --no-history"
    command = f"cd {root}; stty -a > {before}; {nsh}; stty -a > {after}; exec cat"
    subprocess.run(
        ["tmux", "-S", str(socket), "-f", os.devnull, "new-session", "-d", command], check=True
    )
    one = Seat.__new__(Seat)
    one.socket = socket
    try:
        one.ready()
        one.enter("while true { }")
        one.press("C-c")
        one.ready(2)
        one.press("C-d")
        one.wait(lambda seen: after.exists() and after.read_text(), "the shell")
        assert after.read_text() == before.read_text()
    finally:
        one.tmux("kill-server")


@pytest.mark.skipif(shutil.which("less") is None, reason="less is not installed")
def test_long_answers_are_paged_and_short_ones_are_not(seat):
    one = seat()
    one.ready()
    one.enter("help")
    one.wait(lambda seen: seen.rstrip().endswith(":"), "the pager")
    one.press("G")
    one.wait(lambda seen: "(END)" in seen, "its end")
    one.press("q")
    one.ready()
    one.enter("help true")
    one.wait(lambda seen: "Usage: true" in seen and waits(seen), "the page, and the prompt")
