"""Ten thousand containers, each with a namespace of every kind and its own /proc."""

import gc
import resource
import shutil
import subprocess
import sys
import time

from nsh.abi.files import Mount
from nsh.abi.process import Clone
from nsh.kernel import boot, kinds, perform
from nsh.machine import Machine
from nsh.machine.ids import TaskId
from nsh.machine.pids import PidSpace
from nsh.machine.value import begin
from nsh.views import ids

COUNT = 10_000
RUNS = 40
REAL = ("unshare", "-pfiu", "--mount-proc", "true")

Row = tuple[str, str, str, str]


class Crowd:
    """A machine that is populated through the kernel's interface."""

    def __init__(self) -> None:
        self.machine: Machine = boot.boot()
        self._root = ids.root(self.machine)
        tx = begin(self.machine)
        self.flags = 0
        for kind in kinds.kinds():
            if kind.offered(tx):
                self.flags |= kind.flag

    def add(self) -> None:
        """A container whose first task has mounted proc."""
        made = perform(self.machine, boot.INIT, Clone(self.flags))
        assert isinstance(made.reply, int)
        task = TaskId(made.machine.get(PidSpace, self._root).task_of[made.reply])
        mounted = perform(made.machine, task, Mount("proc", "/proc", "proc"))
        assert mounted.reply == 0, mounted.reply
        self.machine = mounted.machine


def _used() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


def cost(count: int) -> tuple[float, float]:
    """Bytes of this process's memory, and microseconds of its time, that a container of *count*
    takes; not of the clock's, for a batch is long enough to be interrupted."""
    crowd = Crowd()
    for _ in range(100):
        crowd.add()
    gc.collect()
    gc.freeze()
    gc.disable()
    before = _used()
    best = float("inf")
    for _ in range(10):
        start = time.process_time()
        for _ in range(count // 10):
            crowd.add()
        best = min(best, time.process_time() - start)
    return (_used() - before) / count, best / (count // 10) * 1e6


def namespaces() -> Row:
    """Memory and time in a process of its own, against ``unshare -pfiu --mount-proc true``."""
    script = f"from tests.bench.namespaces import cost; print(*cost({COUNT}))"
    command = [sys.executable, "-c", script]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    size, ours = map(float, printed.split())
    shown = f"{size / 1024:.1f} KiB each, made in {ours:.0f} us"
    if shutil.which(REAL[0]) is None or subprocess.run(REAL, check=False).returncode:
        return shown, "no unshare here", "-", "<= 12 KiB, >= 20x"
    theirs = float("inf")
    for _ in range(RUNS):
        start = time.perf_counter()
        subprocess.run(REAL, check=True)
        theirs = min(theirs, (time.perf_counter() - start) * 1e6)
    return shown, f"{' '.join(REAL)}: {theirs:.0f} us", f"{theirs / ours:.0f}x", "<= 12 KiB, >= 20x"
