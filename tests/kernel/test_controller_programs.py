"""The controllers of the first version of cgroups: random programs of real processes and of the
model's tasks agree.

Four workers, two of them with another thread, fork and bury children where the controller of pids
counts them, and move there and back; a keeper has the freezer freeze two victims, sends them
signals and lets them go.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from typing import Final

import pytest

from tests.kernel._linux_cgroup2 import CONTROLLERS, KEEPER, THREADED, Processes
from tests.kernel._linux_cgroups import TOP, WORKERS, Step
from tests.kernel._model_cgroup2 import Tasks
from tests.kernel.test_cgroup2_programs import EVERYBODY, FIRST_VICTIM, perform

LENGTH: Final = 80
PROGRAMS: Final = 4
COUNTED: Final = ("", "/a", "/a/b", "/a/b", "/b", "/b/a")
COLD: Final = ("/f", "/f/g", "/f/g", "/f/h")
BEGUN: Final = ("m/a", "m/a/b", "m/b", "x/f", "x/f/g")
FACTS: Final = ("pids.current", "pids.current", "pids.peak", "pids.events", "pids.max")
STATES: Final = (
    "freezer.state",
    "freezer.state",
    "freezer.self_freezing",
    "freezer.parent_freezing",
)
SIGNALS: Final = (15, 9, 19, 18, 18, 3, 17)


class Writer:
    """Chooses steps."""

    def __init__(self, source: random.Random) -> None:
        self.random = source

    def counted(self) -> str:
        return f"{TOP}/m{self.random.choice(COUNTED)}"

    def cold(self) -> str:
        return f"{TOP}/x{self.random.choice(COLD)}"

    def whom(self, least: int, most: int) -> str:
        return f"{{{self.random.randrange(least, most)}}}"

    def victim(self) -> str:
        return self.whom(FIRST_VICTIM, EVERYBODY)

    def mover(self) -> str:
        """A worker, or a thread of one."""
        threads = WORKERS + 1 + self.random.randrange(len(THREADED))
        return self.random.choice((self.whom(0, WORKERS), f"{{{threads}}}"))

    def step(self) -> tuple[int, Step]:
        """Who does what."""
        choose = self.random.choice
        keepers: list[tuple[int, Callable[[], Step]]] = [
            (9, lambda: ["put", f"{self.cold()}/freezer.state", choose(("FROZEN", "THAWED", "x"))]),
            (9, lambda: ["send", self.victim(), choose(SIGNALS)]),
            (3, lambda: ["state", self.victim()]),
            (3, lambda: ["reap", self.victim()]),
            (2, lambda: ["begin", self.random.randrange(EVERYBODY - FIRST_VICTIM)]),
            (
                9,
                lambda: [
                    "put",
                    f"{self.cold()}/{choose(('tasks', 'cgroup.procs'))}",
                    self.victim(),
                ],
            ),
            (3, lambda: ["put", f"{TOP}/x/cgroup.procs", self.victim()]),
            (9, lambda: ["read", f"{self.cold()}/{choose(STATES)}"]),
            (3, lambda: ["mkdir", self.cold()]),
            (3, lambda: ["rmdir", self.cold()]),
            (2, lambda: ["put", f"{self.counted()}/pids.max", choose(("max", "0", "2", "4"))]),
            (2, lambda: ["put", f"{self.counted()}/cgroup.procs", self.mover()]),
        ]
        workers: list[tuple[int, Callable[[], Step]]] = [
            (9, lambda: ["fork"]),
            (3, lambda: ["bury", choose((True, False))]),
            (3, lambda: ["put", f"{self.counted()}/pids.max", choose(("max", "1", "2", "3", "x"))]),
            (5, lambda: ["put", f"{self.counted()}/cgroup.procs", self.mover()]),
            (5, lambda: ["put", f"{self.counted()}/tasks", self.mover()]),
            (9, lambda: ["read", f"{self.counted()}/{choose(FACTS)}"]),
            (3, lambda: ["mkdir", self.counted()]),
            (4, lambda: ["rmdir", self.counted()]),
            (2, lambda: ["put", f"{self.counted()}/cgroup.clone_children", choose(("0", "1"))]),
            (2, lambda: ["read", f"{self.counted()}/cgroup.clone_children"]),
        ]
        kept = self.random.random() < 0.5
        table = keepers if kept else workers
        (_weight, make) = self.random.choices(table, [weight for weight, _make in table])[0]
        return KEEPER if kept else self.random.randrange(WORKERS - 1), make()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
@pytest.mark.parametrize("seed", range(PROGRAMS))
def test_random_programs(seed: int) -> None:
    name = f"nsh-{os.getpid()}-c{seed}"
    processes = Processes(name, CONTROLLERS)
    try:
        if processes.missing:
            pytest.skip(f"no controllers of the first version here: {processes.missing}")
        compare(processes, Tasks(name, CONTROLLERS), random.Random(seed))
    finally:
        processes.end()


def compare(processes: Processes, tasks: Tasks, source: random.Random) -> None:
    """Perform a program on both."""
    begun: list[tuple[int, Step]] = [(KEEPER, ["mkdir", f"{TOP}/{path}"]) for path in BEGUN]
    perform(processes, tasks, Writer(source).step, begun, LENGTH)
