"""What is measured: each function replies (ours, theirs, ratio, wanted), as text."""

import gc
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from nsh.abi.process import ExitGroup, Fork, Wait4
from nsh.kernel import boot, perform
from nsh.machine.ids import TaskId
from tests.bench.completing import completing
from tests.bench.first_frame import first_frame
from tests.bench.frames import frames
from tests.bench.live import live
from tests.bench.namespaces import namespaces
from tests.bench.prompting import prompting
from tests.bench.terminals import terminals

ROUNDS = 5

Row = tuple[str, str, str, str]

_FORK_C = r"""
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
int main(int argc, char **argv) {
    int n = atoi(argv[1]);
    struct timespec a, b;
    (void)argc;
    clock_gettime(CLOCK_MONOTONIC, &a);
    for (int i = 0; i < n; i++) {
        pid_t child = fork();
        if (child == 0)
            _exit(0);
        waitpid(child, NULL, 0);
    }
    clock_gettime(CLOCK_MONOTONIC, &b);
    printf("%f\n", ((b.tv_sec - a.tv_sec) * 1e6 + (b.tv_nsec - a.tv_nsec) / 1e3) / n);
    return 0;
}
"""


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _ratio(ours: float, theirs: float) -> str:
    return f"{theirs / ours:.1f}x"


def _model_cycle(count: int) -> float:
    """Microseconds for fork, exit_group and wait4, each a call of perform()."""
    machine = boot.boot()
    fork, leave, wait = Fork(), ExitGroup(0), Wait4()
    gc.collect()
    start = time.perf_counter()
    for _ in range(count):
        forked = perform(machine, boot.INIT, fork)
        child = TaskId(forked.machine.serial)
        left = perform(forked.machine, child, leave)
        machine = perform(left.machine, boot.INIT, wait).machine
    return (time.perf_counter() - start) / count * 1e6


def fork_exit_wait() -> Row:
    """One process's whole life, through the kernel interface, against C on this kernel."""
    compiler = shutil.which("cc")
    if compiler is None:
        return "-", "no C compiler here", "-", ">= 10x"
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "fork.c")
        source.write_text(_FORK_C)
        program = Path(folder, "fork")
        subprocess.run([compiler, "-O2", "-o", program, source], check=True)
        ours = theirs = float("inf")
        for _ in range(ROUNDS):
            printed = subprocess.run(
                [program, "2000"], check=True, capture_output=True, text=True
            ).stdout
            theirs = min(theirs, float(printed))
            ours = min(ours, _model_cycle(5000))
    return f"{ours:.1f} us", f"C, this kernel: {theirs:.1f} us", _ratio(ours, theirs), ">= 10x"


def script() -> Row:
    """``repeat 2000 { spawn w { exit }; wait }`` against dash."""
    dash = shutil.which("dash")
    if dash is None:
        return "-", "no dash here", "-", ">= 5x"
    from nsh.runner import spare_the_collector
    from nsh.session.session import Session

    Session().run("repeat 2 { spawn w { exit }; wait }")  # commands are loaded when first called
    spare_the_collector()
    text = "repeat 2000 { spawn w { exit }; wait }"
    shell = "i=0; while [ $i -lt 2000 ]; do ( : ) & wait; i=$((i+1)); done"
    ours = theirs = float("inf")
    for _ in range(ROUNDS):
        theirs = min(theirs, _seconds(lambda: subprocess.run([dash, "-c", shell], check=True)))
        session = Session(keep=False)
        ours = min(ours, _seconds(lambda s=session: s.run(text)))  # type: ignore[misc]
    return f"{ours * 1e3:.0f} ms", f"dash: {theirs * 1e3:.0f} ms", _ratio(ours, theirs), ">= 5x"


_POPULATION = """
import gc, resource, time
from msgspec.structs import replace
from nsh.abi.process import Fork
from nsh.kernel import boot, perform
from nsh.machine.ids import TaskId
from tests.bench.live import live
from nsh.machine.pids import PidSpace
from nsh.machine.value import begin
gc.disable()
def used():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()
machine = boot.boot()
tx = begin(machine)
tx.put(1, replace(tx.get(PidSpace, 1), pid_max=4194304))
machine = tx.commit()
del tx
fork = Fork()
parents = [boot.INIT]
def forks(count):
    global machine
    for _ in range(count):
        machine = perform(machine, parents[machine.serial % len(parents)], fork).machine
        if len(parents) < 500:
            parents.append(TaskId(machine.serial))
before = used()
forks({count})
gc.collect()
print((used() - before) / {count})
best = float("inf")
for _ in range(5):
    start = time.perf_counter()
    forks(1000)
    best = min(best, (time.perf_counter() - start) / 1000 * 1e6)
print(best)
"""


def _population(count: int) -> tuple[float, float]:
    """Bytes a task, and microseconds of one more fork, with *count* tasks; in a new process."""
    printed = subprocess.run(
        [sys.executable, "-c", _POPULATION.format(count=count)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    return float(printed[0]), float(printed[1])


def million() -> Row:
    """A million live tasks: bytes each, and what one more fork costs against 1,000 tasks."""
    _bytes, small = _population(1000)
    size, large = _population(1_000_000)
    return (
        f"{size:.0f} bytes a task; {large:.1f} us a fork",
        f"at 1,000 tasks: {small:.1f} us",
        f"{large / small:.1f}x",
        "<= 1024 bytes, <= 3x",
    )


def _start(folder: str, *command: str) -> float:
    """Seconds from start to end of a Python program whose modules are compiled already."""
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": folder}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)

    def run() -> object:
        return subprocess.run(
            [sys.executable, "-m", *command], check=True, capture_output=True, env=environment
        )

    run()
    return min(_seconds(run) for _ in range(2 * ROUNDS))


def start() -> Row:
    """``nsh -c ps`` against ``xonsh --no-rc -c 'echo hi'``, process start to end."""
    if importlib.util.find_spec("xonsh") is None:
        return "-", "xonsh is not installed", "-", ">= 2x"
    with tempfile.TemporaryDirectory() as folder:
        ours = _start(folder, "nsh", "-c", "ps")
        theirs = _start(folder, "xonsh", "--no-rc", "-c", "echo hi")
    return f"{ours * 1e3:.0f} ms", f"xonsh: {theirs * 1e3:.0f} ms", _ratio(ours, theirs), ">= 2x"


MEASURES: dict[str, Callable[[], Row]] = {
    "fork-exit-wait": fork_exit_wait,
    "script": script,
    "million": million,
    "start": start,
    "live": live,
    "terminals": terminals,
    "namespaces": namespaces,
    "completion": completing,
    "prompt": prompting,
    "frames": frames,
    "first-frame": first_frame,
}
