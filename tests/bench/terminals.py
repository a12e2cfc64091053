"""Ten thousand containers, each with an instance of devpts, a pseudo terminal and a console."""

import gc
import resource
import subprocess
import sys
import time
from typing import Any

from nsh.abi.errno import KernelError
from nsh.abi.files import Close, Open, OpenFlag, Write
from nsh.abi.process import Clone, CloneFlag
from nsh.abi.ptys import LockPty, OpenPtyPeer
from nsh.abi.request import Blocked, Failure, Request
from nsh.emulator.keeping import Screens
from nsh.kernel import boot, perform
from nsh.kernel.policies import set_policy
from nsh.machine import Machine
from nsh.machine.ids import TaskId, TerminalId
from nsh.machine.pids import PidSpace
from nsh.machine.ptys import Pty
from nsh.machine.terminals import Terminal
from nsh.machine.value import begin
from nsh.views import ids
from nsh.views.screens import screen_view
from nsh.views.whose import Whose

COUNT = 10_000
_APART = CloneFlag.CLONE_NEWPID | CloneFlag.CLONE_NEWPTS | CloneFlag.CLONE_NEWTTY
_BOTH = int(OpenFlag.O_RDWR | OpenFlag.O_NOCTTY)

Row = tuple[str, str, str, str]


class Crowd:
    """A machine that is populated through the kernel's interface."""

    def __init__(self) -> None:
        tx = begin(boot.boot())
        set_policy(tx, "devpts", "newpts")
        self.machine: Machine = tx.commit()
        self._root = ids.root(self.machine)
        self.first: list[TaskId] = []
        """The first task of each container."""
        limit = self.ask(boot.INIT, Open("/proc/sys/kernel/pty/max", int(OpenFlag.O_WRONLY)))
        self.ask(boot.INIT, Write(limit, b"100000"))
        self.ask(boot.INIT, Close(limit))

    def ask(self, task: TaskId, request: Request) -> Any:
        """The reply to a request; KernelError."""
        outcome = perform(self.machine, task, request)
        assert not isinstance(outcome.reply, Blocked)
        if isinstance(outcome.reply, Failure):
            raise KernelError(outcome.reply.errno, outcome.reply.reason)
        self.machine = outcome.machine
        return outcome.reply

    def add(self) -> TaskId:
        """A container with its own /dev/pts, a pair in it, and its console open."""
        pid = self.ask(boot.INIT, Clone(int(_APART)))
        task = self.machine.get(PidSpace, self._root).task_of[pid]
        self.first.append(task)
        master = self.ask(task, Open("/dev/ptmx", _BOTH))
        self.ask(task, LockPty(master, False))
        slave = self.ask(task, OpenPtyPeer(master, _BOTH))
        console = self.ask(task, Open("/dev/console", _BOTH))
        for fd in (slave, console):
            self.ask(task, Write(fd, b"login: "))
        return task


def _used() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


def size(count: int) -> float:
    """Bytes of this process's memory that a container of *count* takes."""
    crowd = Crowd()
    for _ in range(100):
        crowd.add()
    gc.collect()
    before = _used()
    for _ in range(count):
        crowd.add()
    gc.collect()
    return (_used() - before) / count


def repaint(count: int) -> tuple[float, float]:
    """Milliseconds until a screen of one among *count* is computed anew after it was written on,
    and all that the step cost."""
    crowd = Crowd()
    for _ in range(count):
        crowd.add()
    screens, whose = Screens(), Whose()
    pty = min(crowd.machine.rows(Pty).values(), key=lambda pty: pty.terminal)
    keys = [TerminalId(pty.terminal), *map(TerminalId, list(crowd.machine.rows(Terminal))[:30])]
    for key in keys:
        screen_view(crowd.machine, key, screens, whose, 24, 80)
    best = whole = float("inf")
    for round_ in range(20):
        start = time.perf_counter()
        crowd.ask(crowd.first[0], Write(4, b"round %d\n" % round_))
        middle = time.perf_counter()
        screen_view(crowd.machine, keys[0], screens, whose, 24, 80)
        end = time.perf_counter()
        best, whole = min(best, end - middle), min(whole, end - start)
    assert screens.begun <= len(set(keys)), "a screen was begun anew"
    return best * 1e3, whole * 1e3


def terminals() -> Row:
    """Memory in a process of its own, and the time of one screen's repaint."""
    script = f"from tests.bench.terminals import size; print(size({COUNT}))"
    run = [sys.executable, "-c", script]
    printed = subprocess.run(run, check=True, capture_output=True, text=True).stdout
    best, whole = repaint(COUNT)
    return (
        f"{float(printed) / 1024:.1f} KiB each",
        f"one screen: {best:.2f} ms, with its write {whole:.2f} ms",
        f"{COUNT:,}",
        "<= 8 KiB",
    )
