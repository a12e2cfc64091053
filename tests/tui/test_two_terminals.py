"""A presenter's two terminals, in tmux: the play on one, its notes on the other."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tui.test_tmux import Terminal

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed"),
]
SCRIPT = """\
#: # One
#: <!-- note: take your time -->
spawn --pid web
#: <!-- pause -->
as web spawn httpd
#: # Two
ps
"""


@pytest.fixture
def terminals(tmp_path: Path) -> Iterator[list[Terminal]]:
    opened: list[Terminal] = []
    yield opened
    for one in opened:
        one.tmux("kill-server")


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)], ids=str)
def test_the_play_waits_and_the_presenter_reads(size, tmp_path, terminals):
    script = tmp_path / "talk.nsh"
    script.write_text(SCRIPT, encoding="utf-8")
    environ = f"XDG_RUNTIME_DIR={tmp_path} XDG_CONFIG_HOME={tmp_path}"
    notes = Terminal(tmp_path / "desk", (80, 20), environ=environ, command="notes")
    terminals.append(notes)
    notes.wait(lambda screen: "nothing is played" in screen, "the desk")
    play = Terminal(
        tmp_path / "stage", size, environ=environ, command=f"play {script} --notes --auto"
    )
    terminals.append(play)
    screen = notes.wait(lambda screen: "WAITS: Space goes on" in screen, "the pause")
    assert "take your time" in screen
    assert "as web spawn httpd" in screen
    shown = play.screen()
    assert "take your time" not in shown
    assert "pause" not in shown
    assert "httpd" not in "\n".join(shown.splitlines()[:-3])
    play.tmux("resize-window", "-x", "100", "-y", "30")
    play.press("Space")
    play.wait(lambda screen: "httpd" in "\n".join(screen.splitlines()[:-3]), "what was performed")
    notes.wait(lambda screen: "chapter 2 of 2" in screen, "the second chapter")
    play.press("/")
    play.press("-l", "httpd starts")
    play.press("Enter")
    play.wait(lambda screen: "1 of 1: step" in screen, "the step that was asked for")
    play.press("F10")
    notes.wait(lambda screen: "nothing is played" in screen, "the end")
