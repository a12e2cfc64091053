"""Whoever ends the interface from outside finds the terminal as it was before."""

from __future__ import annotations

import os
import re
import signal
import time
from pathlib import Path

import pytest

from tests.repl._pty import PATIENCE, Line

MODES = re.compile(rb"\x1b\[\?(1049|25|1000|1003|1004|1006|2004)([hl])")
AS_BEFORE = {
    b"1049": b"l",
    b"25": b"h",
    b"1000": b"l",
    b"1003": b"l",
    b"1004": b"l",
    b"1006": b"l",
    b"2004": b"l",
}
"""What is last said of them: no other screen, a cursor, and nothing reported."""
CAST = '{"version": 2, "width": 20, "height": 5}\n[0.1, "o", "recorded"]\n'


def opened(tmp_path: Path, command: str, *, before: str = "") -> Line:
    (tmp_path / "a.cast").write_text(CAST)
    given = ["nsh", *command.replace("CAST", str(tmp_path / "a.cast")).split()]
    code = f"import sys; sys.argv = {given}\nfrom nsh.__main__ import run\n{before}\nrun()"
    return Line(tmp_path, code=code)


@pytest.mark.parametrize(
    ("command", "seen"),
    [
        ("play demos/s0/threads.nsh", b"step"),
        ("live", b"live"),
        ("play CAST", b"recorded"),
        ("notes", b"leaves"),
    ],
)
def test_a_signal_that_ends_it_gives_the_terminal_back(tmp_path, command, seen):
    screen = opened(tmp_path, command)
    try:
        screen.wait(seen)
        os.kill(screen.pid, signal.SIGTERM)
        assert screen.end() == -signal.SIGTERM
        assert dict(MODES.findall(screen.output)) == AS_BEFORE
        assert screen.after == screen.settings
        assert "Traceback" not in screen.text
    finally:
        screen.close()


def test_a_terminal_that_is_gone_is_the_end(tmp_path):
    screen = opened(tmp_path, "play --no-history demos/s0/threads.nsh")
    screen.wait(b"step")
    screen.close()
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        done, status = os.waitpid(screen.pid, os.WNOHANG)
        if done:
            assert os.waitstatus_to_exitcode(status) in (-signal.SIGHUP, 128 + signal.SIGHUP)
            return
        time.sleep(0.05)
    raise AssertionError("it goes on")


def test_a_hangup_that_was_ignored_goes_on_being_so(tmp_path):
    before = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)"
    screen = opened(tmp_path, "play CAST", before=before)
    try:
        screen.wait(b"recorded")
        os.kill(screen.pid, signal.SIGHUP)
        os.kill(screen.pid, signal.SIGTERM)
        assert screen.end() == -signal.SIGTERM
    finally:
        screen.close()
