"""Whoever ends the line shell from outside is obeyed, whatever still runs in it."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import termios

import pytest

DEAF = """
import sys, termios, time, tty
from nsh.repl.keyboard import Keyboard
with Keyboard():
    tty.setraw(sys.stdin)
    told = False
    while True:
        try:
            if not told:
                told = True
                print("here", flush=True)
            time.sleep(60)
        except SystemExit:
            pass
"""

IMPORTING = """
import os, signal, time
from nsh.repl.keyboard import Keyboard
module = "os.kill(os.getpid(), signal.SIGTERM); print('imported')"
with Keyboard():
    exec(compile(module, "<frozen importlib._bootstrap>", "exec"))
    time.sleep(60)
    print("not ended")
"""


def test_a_module_that_is_being_loaded_is_loaded_first() -> None:
    """What a handler raises in a callback of the import system, that would tell and forget."""
    done = subprocess.run(
        [sys.executable, "-c", IMPORTING], capture_output=True, text=True, check=False, timeout=50
    )
    assert (done.returncode, done.stdout, done.stderr) == (128 + signal.SIGTERM, "imported\n", "")


@pytest.mark.parametrize("signo", [signal.SIGHUP, signal.SIGTERM])
def test_who_does_not_end_by_itself_is_ended(signo: signal.Signals) -> None:
    master, slave = pty.openpty()
    before = termios.tcgetattr(slave)
    with subprocess.Popen(
        [sys.executable, "-c", DEAF], stdin=slave, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "here\n"
        assert termios.tcgetattr(slave) != before
        child.send_signal(signo)
        assert child.wait(60) == 128 + signo
    assert termios.tcgetattr(slave) == before
    os.close(master)
    os.close(slave)
