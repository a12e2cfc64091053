"""A stage of real processes that perform programs, step by step, on this machine's kernel.

`Linux` starts this file as a script: the *stage*, a small process that is pid 1 of a pid namespace
of its own.  For each program it makes a *world*: one more pid namespace below, whose init is the
first puppet.  A puppet waits on its pipe for a call to make, makes it, and tells the answer; all
pipes are there before the first puppet is, so that a call that makes a puppet only names which
one is the newcomer's.

After each call the stage waits until nobody runs any more.  That needs no guessed time: when two
looks at /proc find every thread asleep, stopped or dead, with the same counts of context
switches, then all of them slept at the moment between the two looks.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import functools
import json
import os
import signal
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, NoReturn

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.kernel._linux_ipc import Ipc
from tests.kernel._linux_locks import Locks
from tests.kernel._linux_terminals import Terminals
from tests.kernel._linux_timers import Timers
from tests.kernel._linux_users import BY_PROC, DIRECTORY, Users, stage, told
from tests.probes import _calls
from tests.probes._calls import (
    CLONE_NEWNS,
    CLONE_NEWPID,
    CLONE_NEWUSER,
    CLONE_NEWUTS,
    call,
    err,
    libc,
)

PUPPETS = 40
"""How many a program may make, failures included."""
PATIENCE = 10.0
"""Seconds until a world that will not come to rest is given up."""
QUIET = frozenset("STZI")

Step = list[Any]
"""[puppet, call, arguments…]"""


class Silent(Exception):
    """The stage ended, or a world did not come to rest."""


class Linux:
    """The stage, seen from the tests."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__, "stage"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        hello = self._read()
        if hello != "ready":
            self.close()
            raise PermissionError(str(hello))

    def play(self, steps: list[Step], lag: float = 0.0) -> list[dict[str, Any]]:
        """What was seen after each step: ``answers`` by step, and ``world``, as `_look` has it.

        *lag*: seconds that a world must have been at rest, for terminals pass on what is written
        by hands of the kernel's own.
        """
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([steps, lag]).encode() + b"\n")
        self._process.stdin.flush()
        got = self._read()
        if isinstance(got, str):
            raise Silent(got)
        return list(got)

    @functools.cached_property
    def spares_inits(self) -> bool:
        """Whether this kernel lets an init live that has a deadly signal sent to a thread that
        blocks it, and a thread that does not: mainline's dies, since Linux 4.15; some do not."""
        user2 = int(signal.SIGUSR2)
        steps = [[0, "thread", 1], [1, "sigprocmask", 0, 1 << user2 - 1], [1, "kill", 2, user2]]
        return bool(self.play(steps)[-1]["answers"])

    def _read(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise Silent("the stage ended")
        return json.loads(line)

    def close(self) -> None:
        """End the stage and every world on it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


# ---- the stage ------------------------------------------------------------------------------


def _stage() -> NoReturn:
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
            _plain()
            _ahead()
            os.setsid()
            _play(0, self.commands, self.answers)

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


# ---- puppets --------------------------------------------------------------------------------


def _ahead() -> None:
    """Run ahead of the stage, on its processor: it then looks only when all puppets sleep.

    So even what no file of /proc shows is over, as the last moments of a process that nobody
    waits for.  Without the privilege two looks have to do.  Taking turns, for there are places in
    the kernel where a thread spins until another has died.
    """
    with contextlib.suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))


def _plain() -> None:
    """Default dispositions, for an interpreter has its own."""
    for number in range(1, 65):
        if number not in (9, 19, 32, 33):
            libc.sigaction(number, struct.pack("Q128xiQ", 0, 0, 0), None)


def _play(slot: int, commands: list[tuple[int, int]], answers: tuple[int, int]) -> NoReturn:
    """A puppet's life."""
    puppet = Puppet(commands, answers)
    rest = b""
    while True:
        while b"\n" not in rest:
            rest += os.read(commands[slot][0], 4096)
        line, rest = rest.split(b"\n", 1)
        number, name, *args = json.loads(line)
        puppet.slot, puppet.number = slot, number
        answer = getattr(puppet, name)(*args)
        os.write(answers[1], json.dumps([number, answer]).encode() + b"\n")


_THREAD = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)
_HANDLER = ctypes.cast(libc.abs, ctypes.c_void_p).value or 0
"""A handler that does nothing and is no Python."""
_kept: list[Any] = []
"""Callbacks of threads that run."""


def _errno(got: int) -> Any:
    return errno.errorcode[ctypes.get_errno()] if got == -1 else got


class Puppet(Terminals, Users, Locks, Timers, Ipc):
    """The calls a puppet can make, as methods of their names in `tests.kernel._model`."""

    def __init__(self, commands: list[tuple[int, int]], answers: tuple[int, int]) -> None:
        self.commands = commands
        self.answers = answers
        self.slot = 0
        self.number = 0

    def clone(self, new: int, flags: int, exit_signal: int, set_tid: list[int]) -> Any:
        got = err(_calls.clone3, flags, set_tid, exit_signal)
        if got == 0:
            _play(new, self.commands, self.answers)
        return got

    def thread(self, new: int) -> Any:
        def body(_nothing: Any) -> NoReturn:
            _play(new, self.commands, self.answers)

        routine = _THREAD(body)
        _kept.append(routine)
        handle = ctypes.c_ulong()
        got = libc.pthread_create(ctypes.byref(handle), None, routine, None)
        return 0 if got == 0 else errno.errorcode[got]

    def exit(self, status: int) -> Any:
        return call("exit", status)

    def exit_group(self, status: int) -> NoReturn:
        os._exit(status)

    def exec(self) -> Any:
        state = json.dumps([self.slot, self.number, self.commands, self.answers])
        os.execv(sys.executable, [sys.executable, "-I", "-S", __file__, "puppet", state])

    def wait4(self, pid: int, options: int) -> Any:
        got = _calls.wait4(pid, options)
        return got if len(got) == 2 else got[0]

    def waitid(self, idtype: int, which: int, options: int) -> Any:
        got = _calls.waitid(idtype, which, options)
        return got or [0, 0, 0]

    def kill(self, pid: int, signo: int) -> Any:
        return call("kill", pid, signo)

    def tgkill(self, tgid: int, tid: int, signo: int) -> Any:
        return call("tgkill", tgid, tid, signo)

    def tkill(self, tid: int, signo: int) -> Any:
        return call("tkill", tid, signo)

    def sigqueue(self, pid: int, signo: int, value: int) -> Any:
        return _calls.sigqueue(pid, signo, value=value)

    def sigaction(self, signo: int, handler: str, flags: int, mask: int) -> Any:
        where = {"default": 0, "ignore": 1, "handler": _HANDLER}[handler]
        return _errno(libc.sigaction(signo, struct.pack("QQ120xIQ", where, mask, flags, 0), None))

    def sigprocmask(self, how: int, mask: int) -> Any:
        old = (ctypes.c_uint64 * 16)()
        got = libc.pthread_sigmask(how, struct.pack("16Q", mask, *[0] * 15), old)
        return errno.errorcode[got] if got else old[0]

    def sigpending(self) -> Any:
        found = (ctypes.c_uint64 * 16)()
        libc.sigpending(found)
        return found[0]

    def sigtimedwait(self, mask: int, wait: bool) -> Any:
        info = (ctypes.c_int * 32)()
        zero = None if wait else struct.pack("qq", 0, 0)
        sigset = struct.pack("Q", mask)
        got = call("rt_sigtimedwait", sigset, ctypes.byref(info), zero, 8)
        if isinstance(got, str):
            return got
        return [info[0], info[2], info[4], info[5], info[6]]

    def pause(self) -> Any:
        return _errno(libc.pause())

    def setsid(self) -> Any:
        return call("setsid")

    def setpgid(self, pid: int, pgid: int) -> Any:
        return call("setpgid", pid, pgid)

    def getpgid(self, pid: int) -> Any:
        return call("getpgid", pid)

    def getsid(self, pid: int) -> Any:
        return call("getsid", pid)

    def getpid(self) -> Any:
        return [os.getpid(), threading.get_native_id(), os.getppid()]

    def unshare(self, flags: int) -> Any:
        return _calls.unshare(flags)

    def setns(self, stage_pid: int, entry: str, kind: int) -> Any:
        try:
            return _calls.setns(f"/proc/{stage_pid}/ns/{entry}", kind)
        except OSError as problem:
            return errno.errorcode[problem.errno or 0]

    def prctl(self, option: int, argument: int) -> Any:
        return _calls.prctl(option, argument)

    def prctl_get(self, option: int) -> Any:
        return _calls.prctl_get(option)

    def last_pid(self, text: str) -> Any:
        fd = os.open("/proc/sys/kernel/ns_last_pid", os.O_RDWR)
        try:
            return err(os.write, fd, text.encode())
        finally:
            os.close(fd)


def _resume(state: str) -> NoReturn:
    """A puppet after execve(2)."""
    slot, number, commands, answers = json.loads(state)
    for signo in (2, 13, 25):  # what the interpreter takes over at its start
        libc.sigaction(signo, struct.pack("Q128xiQ", 0, 0, 0), None)
    os.write(answers[1], json.dumps([number, 0]).encode() + b"\n")
    _play(slot, commands, answers)


if __name__ == "__main__":
    if sys.argv[1] == "stage":
        _stage()
    _resume(sys.argv[2])
