"""Trials on the kernel of the machine the tests run on.

A *trial* is a function called in a fresh pid and mount namespace with a proc of its own; what it
returns comes back through a pipe as JSON, to be asserted on outside. Whatever it leaves behind is
killed with its namespace before `trial` returns.

Processes synchronise by pipes, by wait(2), or by asking /proc again and again (`_inside`); nothing
sleeps for a guessed time.
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
    err,
    libc,
    mount,
    unshare,
)
from tests.probes._inside import PATIENCE, rest, write

OLDEST = (6, 12)
"""The oldest kernel whose answers are asserted on; a probe of something newer says so itself."""


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
