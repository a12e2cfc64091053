"""The stage: a small process that is pid 1 of a pid namespace of its own, and its worlds.

For each program it makes a *world*: one more pid namespace below, whose init is the first puppet
(see `tests.kernel._linux_puppet`).  After each call the stage waits until nobody runs any more.
That needs no guessed time: when two looks at /proc find every thread asleep, stopped or dead, with
the same counts of context switches, then all of them slept at the moment between the two looks.

Started as a script by `tests.kernel._linux.Linux`.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.kernel._linux import PUPPETS, Silent, Step
from tests.kernel._linux_puppet import begin
from tests.kernel._linux_users import BY_PROC, DIRECTORY, stage, told
from tests.probes import _calls
from tests.probes._calls import (
    CLONE_NEWNS,
    CLONE_NEWPID,
    CLONE_NEWUSER,
    CLONE_NEWUTS,
    err,
    libc,
)

PATIENCE = 10.0
"""Seconds until a world that will not come to rest is given up."""
QUIET = frozenset("STZI")


def perform() -> NoReturn:
    """Make the stage, and perform what comes on standard input."""
    user = 0 if os.geteuid() == 0 else CLONE_NEWUSER
    uid, gid = os.getuid(), os.getgid()
    got = _calls.unshare(user | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWUTS)
    if got != 0:
        _tell(f"unshare: {got}")
        sys.exit(1)
    if user:
        for name, text in (
            ("setgroups", "deny"),
            ("uid_map", f"0 {uid} 1"),
            ("gid_map", f"0 {gid} 1"),
        ):
            Path(f"/proc/self/{name}").write_text(text, encoding="ascii")
    house = os.fork()
    if house:
        os.close(0)
        os.waitpid(house, 0)
        sys.exit(0)
    os.sched_setaffinity(0, [max(os.sched_getaffinity(0))])
    libc.mount(None, b"/", None, _calls.MS_PRIVATE | _calls.MS_REC, None)
    _calls.mount("proc", "/proc", "proc")
    _calls.mount("devpts", "/dev/pts", "devpts", 0, "newinstance,ptmxmode=666,mode=620")
    if not user:
        os.setgroups([])
    _tell("ready")
    for line in sys.stdin.buffer:
        try:
            steps, lag = json.loads(line)
            seen: Any = World(lag).play(steps)
        except Silent as problem:
            seen = str(problem)
        _tell(seen)
    os._exit(0)


def _tell(value: Any) -> None:
    try:
        os.write(1, json.dumps(value).encode() + b"\n")
    except BrokenPipeError:  # nobody listens any more
        os._exit(0)


class World:
    """One program's pid namespace, seen from the stage."""

    def __init__(self, lag: float) -> None:
        self.lag = lag
        self.commands = [os.pipe() for _ in range(PUPPETS)]
        self.answers = os.pipe()
        for fd in [*self.answers, *(fd for pair in self.commands for fd in pair)]:
            os.set_inheritable(fd, True)
        os.set_blocking(self.answers[0], False)
        self.ever: dict[int, int] = {}
        """The world's numbers of all processes there ever were, by the stage's."""
        self.terminals: dict[str, list[int]] = {}
        """Of each thread, as `_terminal` has it."""
        self.users: dict[str, list[Any]] = {}
        """Of each thread, what its status tells of its credentials."""
        self.numbers: dict[int, int] = {}
        """The stage's numbers of the processes, by the world's."""
        stage()
        self.init = _calls.clone3(CLONE_NEWPID)
        if self.init == 0:
            begin(self.commands, self.answers)

    def play(self, steps: list[Step]) -> list[dict[str, Any]]:
        try:
            self.rest()
            return [self.step(number, step) for number, step in enumerate(steps)]
        finally:
            self._end()
            libc.umount2(DIRECTORY.encode(), 2)
            for fd in [*self.answers, *(fd for pair in self.commands for fd in pair)]:
                os.close(fd)

    def _terminal(self, tid: int) -> list[int]:
        """[tty_nr, tpgid] of /proc/PID/stat, the group by the world's number."""
        with open(f"/proc/{tid}/stat", encoding="utf-8", errors="surrogateescape") as file:
            fields = file.read().rpartition(")")[2].split()
        front = int(fields[5])
        return [int(fields[4]), self.ever.get(front, 0) if front > 0 else front]

    def _end(self) -> None:
        for tid in _threads():  # an init that dies with threads may spin until the others are dead
            with contextlib.suppress(ProcessLookupError):
                os.sched_setscheduler(tid, os.SCHED_OTHER, os.sched_param(0))
        os.kill(self.init, 9)
        end = time.monotonic() + PATIENCE
        while os.waitpid(self.init, os.WNOHANG) == (0, 0):
            if time.monotonic() > end:
                raise Silent("the world's init cannot die")
            os.sched_yield()

    def step(self, number: int, step: Step) -> dict[str, Any]:
        """Have a puppet make a call; what had happened when the world came to rest."""
        puppet, name, *args = step
        if name in BY_PROC:
            args[0] = self.numbers.get(args[0], 0)
        os.write(self.commands[puppet][1], json.dumps([number, name, *args]).encode() + b"\n")
        world = self.rest()
        answers = {}
        while True:
            try:
                data = os.read(self.answers[0], 65536)
            except BlockingIOError:
                break
            for line in data.splitlines():
                which, answer = json.loads(line)
                answers[str(which)] = answer
        seen = {"world": world, "terminals": self.terminals, "users": self.users}
        return {"answers": answers, **seen}

    def rest(self) -> dict[str, Any]:
        """The world once it has come to rest."""
        end = time.monotonic() + PATIENCE
        before = None
        lagged = not self.lag
        while True:
            threads = _threads()
            quiet = all(thread["State"][0] in QUIET for thread in threads.values())
            if quiet:
                switches = {tid: _switches(thread) for tid, thread in threads.items()}
                if switches == before and lagged:
                    return self._seen(threads)
                if switches == before or not lagged:
                    time.sleep(self.lag)
                lagged = not self.lag or switches == before
                before = switches
            else:
                before = None
                if time.monotonic() > end:
                    states = {tid: thread["State"] for tid, thread in threads.items()}
                    raise Silent(f"no rest: {states}")
                os.sched_yield()

    def _seen(self, threads: dict[int, dict[str, str]]) -> dict[str, Any]:
        """The world's threads by their number in it: a list as `tests.kernel._model` has it."""
        own = {tid: _list(thread["NSpid"])[0] for tid, thread in threads.items()}
        self.numbers = {nr: tid for tid, nr in own.items()}
        self.ever |= own
        self.terminals = {}
        self.users = {}
        seen = {}
        for tid, thread in threads.items():
            row: list[Any] = [
                "A" if thread["State"][0] == "S" else thread["State"][0],
                _list(thread["NSpid"]),
                own.get(int(thread["PPid"]), 0),
                _list(thread["NSpgid"]),
                _list(thread["NSsid"]),
            ]
            row += [int(thread[mask], 16) for mask in ("SigPnd", "ShdPnd", "SigBlk", "SigIgn")]
            row.append(int(thread["SigCgt"], 16) & ~(3 << 31))  # libc's own
            self.terminals[str(own[tid])] = self._terminal(tid)
            self.users[str(own[tid])] = told(thread)
            seen[str(own[tid])] = row
        return seen


def _list(numbers: str) -> list[int]:
    """A status line's numbers, from the world's level down."""
    return [int(number) for number in numbers.split()[1:]]


def _switches(thread: dict[str, str]) -> tuple[str, str]:
    return thread["voluntary_ctxt_switches"], thread["nonvoluntary_ctxt_switches"]


def _threads() -> dict[int, dict[str, str]]:
    """Every thread on the stage but the stage's own, by the stage's number of it."""
    found = {}
    for name in os.listdir("/proc"):
        if not name.isdigit() or name == "1":
            continue
        status = _status(f"/proc/{name}/status")
        if status is None:
            continue
        found[int(name)] = status
        if status["Threads"] != "1":
            for tid in err(os.listdir, f"/proc/{name}/task"):
                thread = _status(f"/proc/{name}/task/{tid}/status")
                if thread is not None:
                    found[int(tid)] = thread
    return found


def _status(path: str) -> dict[str, str] | None:
    try:
        fd = os.open(path, os.O_RDONLY)
    except OSError:
        return None
    try:
        text = os.read(fd, 65536).decode("utf-8", "surrogateescape")
    except ProcessLookupError:
        return None
    finally:
        os.close(fd)
    return dict(line.split(":\t", 1) for line in text.splitlines() if ":\t" in line)


if __name__ == "__main__":
    perform()
