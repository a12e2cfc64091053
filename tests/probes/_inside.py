"""What a trial is made of: processes, pipes to keep them in step, and looks into /proc.

Everything here is called inside a trial (see `_real`), never by the test runner itself.
"""

from __future__ import annotations

import json
import os
import select
import signal
import time
import traceback
import warnings
from collections.abc import Callable
from typing import Any, NoReturn

from tests.probes._calls import CLONE_NEWPID, WALL, err, kill, unshare, wait4

PATIENCE = 20.0
"""Seconds until a trial that does not answer has failed; only a wrong expectation takes so long."""


# -- making processes -------------------------------------------------------------


def child(function: Callable[[], Any], how: Callable[[], int] = os.fork) -> int:
    """The pid of a child that runs FUNCTION: it exits with the small int FUNCTION returns, else 0.

    99 says that FUNCTION raised. HOW makes the process: os.fork, or a raw clone.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # 3.12: fork beside threads
        pid = how()
    if pid:
        return pid
    code = 99
    try:
        got = function()
        code = got if isinstance(got, int) and 0 <= got < 99 else 0
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        os._exit(code)


def spare(how: Callable[[], int] = os.fork) -> int:
    """A child that does nothing until a signal ends it."""
    return child(rest, how)


def rest() -> NoReturn:
    """Sleep for ever; handlers run meanwhile."""
    while True:
        signal.pause()


def stopped() -> int:
    """A `spare` child that SIGSTOP has stopped, unreported to wait."""
    pid = spare()
    kill(pid, signal.SIGSTOP)
    until_state(pid, "T")
    return pid


def zombie(code: int = 0) -> int:
    """A child that has exited and is not waited for."""
    pid = child(lambda: code)
    until_state(pid, "Z")
    return pid


def attempt(how: Callable[[], int]) -> Any:
    """The pid of a process that HOW made and that has exited since; or the errno's name."""
    pid = err(how)
    if pid == 0:
        os._exit(0)
    if isinstance(pid, int):
        wait4(pid, WALL)
    return pid


def fork() -> Any:
    """`attempt` to fork."""
    return attempt(os.fork)


def end(*pids: int) -> None:
    """Kill and reap children."""
    for pid in pids:
        kill(pid, signal.SIGKILL)
        wait4(pid, WALL)


class Gate:
    """A pipe: `pass_` blocks until somebody has called `open`."""

    def __init__(self) -> None:
        self._reader, self._writer = os.pipe()

    def open(self) -> None:
        os.write(self._writer, b"x" * 64)

    def pass_(self) -> None:
        os.read(self._reader, 1)


class Box:
    """A pipe of JSON lines: any process of the trial puts, one process gets."""

    def __init__(self) -> None:
        self._reader, self.writer = os.pipe()
        self._rest = b""

    def put(self, value: Any) -> None:
        os.write(self.writer, json.dumps(value).encode() + b"\n")

    def get(self) -> Any:
        while b"\n" not in self._rest:
            if not select.select([self._reader], [], [], PATIENCE / 2)[0]:
                raise TimeoutError("nothing came through the box")
            self._rest += os.read(self._reader, 65536)
        line, self._rest = self._rest.split(b"\n", 1)
        return json.loads(line)


def ask(function: Callable[[], Any], how: Callable[[], int] = os.fork) -> Any:
    """What FUNCTION returns in a child, which is reaped."""
    box = Box()
    pid = child(lambda: box.put(function()), how)
    got = box.get()
    wait4(pid, WALL)
    return got


def in_new_pid_ns(function: Callable[[], Any]) -> tuple[int, Any]:
    """Unshare; FUNCTION's result in the new namespace's init, and init's pid out here.

    Init lives on, resting. The caller's later children are born beside it.
    """
    if unshare(CLONE_NEWPID) != 0:
        raise AssertionError("unshare(CLONE_NEWPID)")
    box = Box()

    def init() -> NoReturn:
        box.put(function())
        rest()

    pid = child(init)
    return pid, box.get()


# -- looking ----------------------------------------------------------------------


def until(question: Callable[[], Any]) -> Any:
    """QUESTION's first true answer, asked at most a thousand times a second."""
    end_of_patience = time.monotonic() + PATIENCE / 2
    while True:
        answer = question()
        if answer:
            return answer
        if time.monotonic() > end_of_patience:
            raise TimeoutError("the kernel never got there")
        select.select([], [], [], 0.001)  # leave the processor to those it waits for


def until_state(pid: int, *wanted: str) -> str:
    """Wait until /proc shows PID in one of these states; "" is gone."""
    return str(until(lambda: [now] if (now := state(pid)) in wanted else [])[0])


def read(path: str) -> str:
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        return file.read()


def write(path: str, text: str) -> Any:
    """One write(2): what it returns, or the errno's name, of the open as well."""
    fd = err(os.open, path, os.O_WRONLY)
    if isinstance(fd, str):
        return fd
    try:
        return err(os.write, fd, text.encode())
    finally:
        os.close(fd)


def status(pid: int | str = "self", proc: str = "/proc") -> dict[str, str]:
    """/proc/PID/status, fields stripped; {} when there is no such process."""
    try:
        lines = read(f"{proc}/{pid}/status").splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return {}
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def fields(names: str, pid: int | str = "self", proc: str = "/proc") -> list[str | None]:
    """Some fields of /proc/PID/status; None for a missing one."""
    have = status(pid, proc)
    return [have.get(name) for name in names.split()]


def stat(pid: int | str = "self", proc: str = "/proc") -> list[str]:
    """/proc/PID/stat's state, ppid, pgrp, session, tty_nr, tpgid; [] without such a process."""
    try:
        return read(f"{proc}/{pid}/stat").rpartition(")")[2].split()[:6]
    except (FileNotFoundError, ProcessLookupError):
        return []


def state(pid: int) -> str:
    """R, S, T, Z, …; "" when gone."""
    return (stat(pid) or [""])[0]


def pending(pid: int | str = "self") -> list[list[int]]:
    """The signals pending for PID's first thread, and for the whole process."""
    return [signals(status(pid)[name]) for name in ("SigPnd", "ShdPnd")]


def signals(mask: str) -> list[int]:
    """The numbers in a mask as /proc/PID/status writes it."""
    return [number for number in range(1, 65) if int(mask, 16) >> (number - 1) & 1]


def pids(proc: str = "/proc") -> list[int]:
    """The processes a proc mount lists, in its order."""
    return [int(name) for name in os.listdir(proc) if name.isdigit()]
