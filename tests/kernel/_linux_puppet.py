"""A puppet: a real process that makes the calls it is told to make, and tells what they answer.

It waits on its pipe for a call, makes it, and tells the answer; all pipes are there before the
first puppet is, so that a call that makes a puppet only names which one is the newcomer's.

Started as a script by a puppet that calls execve(2), which goes on with it.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import os
import struct
import sys
import threading
from pathlib import Path
from typing import Any, NoReturn

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.kernel._linux_ipc import Ipc
from tests.kernel._linux_locks import Locks
from tests.kernel._linux_terminals import Terminals
from tests.kernel._linux_timers import Timers
from tests.kernel._linux_users import Users
from tests.probes import _calls
from tests.probes._calls import call, err, libc


def begin(commands: list[tuple[int, int]], answers: tuple[int, int]) -> NoReturn:
    """The life of a world's first puppet, its init."""
    _plain()
    _ahead()
    os.setsid()
    _play(0, commands, answers)


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
        os.execv(sys.executable, [sys.executable, "-I", "-S", __file__, state])

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
    _resume(sys.argv[1])
