"""Trials on the kernel of the machine the tests run on.

A *trial* is a function called in a fresh pid and mount namespace with a proc of its own; what it
returns comes back through a pipe as JSON, to be asserted on outside. Whatever it leaves behind is
killed with its namespace before `trial` returns.

Processes synchronise by pipes (`Gate`, `Box`), by wait(2), or by asking /proc again and again
(`until`); nothing here sleeps for a guessed time.
"""

from __future__ import annotations

import functools
import json
import os
import select
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Callable
from typing import Any, NoReturn

import pytest

from tests.probes._calls import (
    CLONE_NEWNS,
    CLONE_NEWPID,
    CLONE_NEWUSER,
    MS_PRIVATE,
    MS_REC,
    WALL,
    err,
    kill,
    libc,
    mount,
    unshare,
    wait4,
)

OLDEST = (6, 12)
"""The oldest kernel whose answers are asserted on; a probe of something newer says so itself."""

PATIENCE = 20.0
"""Seconds until a trial that does not answer has failed; only a wrong expectation takes so long."""


# -- inside a trial: making processes -------------------------------------------------------------


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


# -- inside a trial: looking ----------------------------------------------------------------------


def until(question: Callable[[], Any]) -> Any:
    """QUESTION's first true answer, giving up the processor between two tries."""
    end_of_patience = time.monotonic() + PATIENCE / 2
    while True:
        answer = question()
        if answer:
            return answer
        if time.monotonic() > end_of_patience:
            raise TimeoutError("the kernel never got there")
        os.sched_yield()


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


# -- the trial itself -----------------------------------------------------------------------------


class Failed(AssertionError):
    """A trial raised or never answered. The message is its traceback in there."""


def need(*, release: tuple[int, int] = OLDEST, root: bool = False, files: tuple[str, ...] = ()):
    """Skip the calling test, with the reason, where its trial cannot be made.

    ROOT: it takes uid 0 of the initial user namespace. FILES: programs it runs.
    """
    here = tuple(int(part) for part in os.uname().release.split("-")[0].split(".")[:2])
    if here < release:
        pytest.skip(f"needs Linux {release[0]}.{release[1]}; this is {os.uname().release}")
    if root and os.geteuid() != 0:
        pytest.skip("needs root")
    if missing := [path for path in files if not os.access(path, os.X_OK)]:
        pytest.skip(f"no {missing[0]} here")
    if why := _forbidden():
        pytest.skip(f"no fresh pid namespace to try it in: {why}")


@functools.cache
def _forbidden() -> str:
    """Why no trial can be made here; "" when one can."""
    if sys.platform != "linux":
        return f"this is {sys.platform}"
    try:
        return "" if _run(os.getpid, (), as_init=False) == 2 else "pids do not start at 1"
    except Failed as problem:
        return str(problem).strip().splitlines()[-1]


def trial(function: Callable[..., Any], *args: Any, as_init: bool = False) -> Any:
    """What FUNCTION(*ARGS) returns, as JSON brings it back, in fresh pid and mount namespaces.

    There it is pid 2, leads its session and group, and is a child of an init that reaps; with
    AS_INIT it is pid 1 itself. Dispositions are default and no signal is blocked. Raises Failed;
    skips the calling test where no namespace can be made.
    """
    need()
    return _run(function, args, as_init=as_init)


def _run(function: Callable[..., Any], args: tuple[Any, ...], *, as_init: bool) -> Any:
    answer_reader, answer_writer = os.pipe()
    leash_reader, leash_writer = os.pipe()  # its end of file tells the supervisor to clean up
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # 3.12: fork beside threads
        supervisor = os.fork()
    if supervisor == 0:
        os.close(answer_reader)
        os.close(leash_writer)
        _supervise(leash_reader, answer_writer, function, args, as_init)
    os.close(answer_writer)
    os.close(leash_reader)
    try:
        data = _read_line(answer_reader)
    finally:
        os.close(answer_reader)
        os.close(leash_writer)
        os.waitpid(supervisor, 0)
    answer = json.loads(data)
    if "raised" in answer:
        raise Failed(answer["raised"])
    return answer["value"]


def _read_line(fd: int) -> bytes:
    end_of_patience = time.monotonic() + PATIENCE
    data = b""
    while not data.endswith(b"\n"):
        left = max(0.0, end_of_patience - time.monotonic())
        if not select.select([fd], [], [], left)[0]:
            raise Failed(f"no answer in {PATIENCE} s")
        piece = os.read(fd, 65536)
        if not piece:
            raise Failed("it ended without an answer")
        data += piece
    return data


def _supervise(
    leash: int, answer: int, function: Callable[..., Any], args: tuple[Any, ...], as_init: bool
) -> NoReturn:
    """The trial's parent, outside its namespace: lets it run, then ends it and all it made."""
    try:
        _plain()
        _enter()
        init = os.fork()
        if init == 0:
            os.close(leash)
            _init(answer, function, args, as_init)
        os.close(answer)
        os.read(leash, 1)
        os.kill(init, signal.SIGKILL)
        os.waitpid(init, 0)
    except BaseException as problem:  # noqa: BLE001 - a forked process: its error is its answer
        os.write(answer, json.dumps({"raised": repr(problem)}).encode() + b"\n")
    finally:
        os._exit(0)


def _plain() -> None:
    """Shed what the test runner brought along: warnings as errors, handlers, mask, session."""
    warnings.resetwarnings()
    warnings.simplefilter("ignore")
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    os.setsid()


def _enter() -> None:
    """Unshare; without privileges, by way of a user namespace in which the caller is root."""
    uid, gid = os.getuid(), os.getgid()
    user = 0 if os.geteuid() == 0 else CLONE_NEWUSER
    got = unshare(user | CLONE_NEWPID | CLONE_NEWNS)
    if got != 0:
        raise PermissionError(f"unshare: {got}")
    if user:
        write("/proc/self/setgroups", "deny")
        write("/proc/self/uid_map", f"0 {uid} 1")
        write("/proc/self/gid_map", f"0 {gid} 1")
    libc.mount(None, b"/", None, MS_PRIVATE | MS_REC, None)


def _init(
    answer: int, function: Callable[..., Any], args: tuple[Any, ...], as_init: bool
) -> NoReturn:
    try:
        mount("proc", "/proc", "proc")
    except OSError as problem:
        os.write(answer, json.dumps({"raised": str(problem)}).encode() + b"\n")
        os._exit(1)
    if as_init:
        _report(answer, function, args)
        rest()
    if os.fork() == 0:
        os.setsid()
        _report(answer, function, args)
        os._exit(0)
    os.close(answer)
    while err(os.wait) != "ECHILD":
        pass
    rest()


def _report(answer: int, function: Callable[..., Any], args: tuple[Any, ...]) -> None:
    try:
        text = json.dumps({"value": function(*args)})
    except BaseException:  # noqa: BLE001 - a forked process: its error is its answer
        text = json.dumps({"raised": traceback.format_exc()})
    left = memoryview(text.encode() + b"\n")
    while left:
        left = left[os.write(answer, left) :]
