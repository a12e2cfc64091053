"""Helpers of the trials about terminals: ptys, and children in groups of their own."""

import os
import signal
from collections.abc import Callable
from typing import NoReturn

from tests.probes._calls import (
    TIOCSCTTY,
    call,
    tty,
)
from tests.probes._inside import (
    Box,
    Gate,
    child,
    rest,
    spare,
    stat,
)

HUP, CONT, TTIN, TTOU = signal.SIGHUP, signal.SIGCONT, signal.SIGTTIN, signal.SIGTTOU
NONE = ["0", "-1"]
"""`ids` of a process without a controlling terminal."""


def terminal() -> tuple[int, int]:
    """A pty's master and slave; the slave is the caller's controlling terminal."""
    master, slave = os.openpty()
    if tty(slave, TIOCSCTTY) != 0:
        raise AssertionError("TIOCSCTTY")
    return master, slave


def ids(pid: int | str = "self") -> list[str]:
    """[tty_nr as 0 or not, tpgid] from /proc/PID/stat."""
    number, foreground = stat(pid)[4:6]
    return ["0" if number == "0" else "tty", foreground]


def in_group(make: Callable[[], int] = spare, group: int = 0) -> int:
    pid = make()
    call("setpgid", pid, group)
    return pid


def background(function) -> int:
    """A child in a group of its own, which begins only when it is there."""
    gate = Gate()

    def begin():
        gate.pass_()
        return function()

    pid = in_group(lambda: child(begin))
    gate.open()
    return pid


def waiting(box: Box, *numbers: int) -> NoReturn:
    """Block these signals, say so, and rest."""
    signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
    box.put("blocked")
    rest()
