"""Cgroup2: random programs of real processes and of the model's tasks agree.

Four workers, two of them with another thread and one an ordinary user's, share a part of the
unified hierarchy that is made for the program alone: they make and remove cgroups, make some
threaded, move each other and two victims there, also thread by thread, and tell what the files say.
A keeper freezes and kills what no worker is in, and sends the victims signals meanwhile.
"""

from __future__ import annotations

import errno
import os
import random
import re
import time
from collections.abc import Callable
from typing import Any, Final

import pytest

from nsh.machine.invariants import violations
from tests.kernel._linux_cgroup2 import KEEPER, THREADED, VICTIMS, Processes
from tests.kernel._linux_cgroups import TOP, WORKERS, Step
from tests.kernel._model_cgroup2 import Tasks

LENGTH: Final = 90
PROGRAMS: Final = 6
PATHS: Final = ("", "/a", "/a", "/b", "/a/a", "/a/b", "/a/b", "/b/a", "/a/b/a", "/f", "/f/g")
BELOW: Final = tuple(path for path in PATHS if path)
COLD: Final = ("/f", "/f", "/f/g", "/f/g", "/f/g/h")
"""What is frozen, and killed."""
BEGUN: Final = ("/a", "/a/b", "/b", "/f", "/f/g", "/f/g/h")
READ: Final = (
    *("cgroup.type", "cgroup.type", "cgroup.type", "cgroup.events", "cgroup.freeze", "cgroup.stat"),
    *("cgroup.max.depth", "cgroup.max.descendants", "cgroup.controllers", "cgroup.kill"),
)
FIRST_VICTIM: Final = WORKERS + 1 + len(THREADED)
EVERYBODY: Final = FIRST_VICTIM + VICTIMS
SIGNALS: Final = (15, 9, 19, 19, 18, 18, 3, 10, 17)
NOBODY: Final = 1 << 30
"""No process has such a number: another one of the machine may get the one of a dead victim."""
_PATIENCE: Final = 300
LATER: Final = frozenset(("state", "read", "members", "reap", "where", "rmdir"))
"""What tells of others, who may not have done yet what they are to do."""


class Writer:
    """Chooses steps; whom they are about stands in them as ``{0}`` and so on."""

    def __init__(self, source: random.Random) -> None:
        self.random = source

    def path(self, paths: tuple[str, ...] = PATHS) -> str:
        top = self.random.choice("mmmmxy")
        return f"{TOP}/{top}{self.random.choice(paths)}"

    def file(self) -> str:
        names = ("cgroup.procs", "cgroup.procs", "cgroup.threads")
        return f"{self.path()}/{self.random.choice(names)}"

    def whom(self, least: int = 0, most: int = EVERYBODY) -> str:
        return f"{{{self.random.randrange(least, most)}}}"

    def text(self) -> str:
        odd = ("0", "0", "0", "", "-1", "x", "0 0", " 0\n", "99999999", "1e1", "4294967296")
        return self.random.choice((self.whom(), self.whom(), self.whom(), self.random.choice(odd)))

    def victim(self) -> str:
        return self.whom(FIRST_VICTIM)

    def step(self) -> tuple[int, Step]:
        """Who does what."""
        top = f"{TOP}/{self.random.choice('xy')}"
        keepers: list[tuple[int, Callable[[], Step]]] = [
            (9, lambda: ["freeze", self.random.choice(COLD), self.random.choice("110")]),
            (3, lambda: ["kill", self.random.choice(COLD), "1"]),
            (2, lambda: ["begin", self.random.randrange(VICTIMS)]),
            (9, lambda: ["send", self.victim(), self.random.choice(SIGNALS)]),
            (3, lambda: ["state", self.victim()]),
            (3, lambda: ["reap", self.victim()]),
            (9, lambda: ["put", f"{TOP}/m{self.random.choice(COLD)}/cgroup.procs", self.victim()]),
            (3, lambda: ["put", f"{TOP}/m{self.random.choice(PATHS)}/cgroup.procs", self.victim()]),
            (3, lambda: ["where", self.victim()]),
            (6, lambda: ["read", f"{TOP}/m{self.random.choice(COLD)}/cgroup.events"]),
            (2, lambda: ["mkdir", f"{TOP}/m{self.random.choice(COLD)}"]),
            (2, lambda: ["rmdir", f"{TOP}/m{self.random.choice(COLD)}"]),
        ]
        workers: list[tuple[int, Callable[[], Step]]] = [
            (2, lambda: ["unshare"]),
            (2, lambda: ["setns", self.whom(0, WORKERS)]),
            (1, lambda: ["contain"]),
            (9, lambda: ["mkdir", self.path()]),
            (3, lambda: ["rmdir", self.path()]),
            (1, lambda: ["rename", self.path(), self.path()]),
            (1, lambda: ["mkdir", self.file()]),
            (3, lambda: ["chown", self.random.choice((self.path(), self.file())), 1000]),
            (12, lambda: ["attach", self.file(), self.text()]),
            (6, lambda: ["members", self.file()]),
            (6, lambda: ["where", self.whom()]),
            (2, lambda: ["mounts"]),
            (2, lambda: ["mount", top]),
            (1, lambda: ["umount", top]),
            (1, lambda: ["keep", self.file()]),
            (2, lambda: ["write_kept", self.text()]),
            (8, lambda: ["read", f"{self.path()}/{self.random.choice(READ)}"]),
            (9, lambda: ["put", f"{self.path(BELOW)}/cgroup.type", self.type()]),
            (3, lambda: ["put", f"{self.path()}/{self.limit()}", self.bound()]),
            (1, lambda: ["put", f"{self.path()}/cgroup.subtree_control", "+x"]),
        ]
        chosen = self.random.random() < 0.35
        table = keepers if chosen else workers
        (_weight, make) = self.random.choices(table, [weight for weight, _make in table])[0]
        return KEEPER if chosen else self.random.randrange(WORKERS), make()

    def type(self) -> str:
        return self.random.choice(("threaded", "threaded", "threaded\n", "domain"))

    def limit(self) -> str:
        return self.random.choice(("cgroup.max.depth", "cgroup.max.descendants"))

    def bound(self) -> str:
        return self.random.choice(("0", "1", "2", "3", "max", "max", "max", "-1", "x", "0x2"))


def filled(step: Step, pids: list[int]) -> Step:
    """*step* with numbers for whom it is about."""
    name, *arguments = step
    named = [each.format(*pids) if isinstance(each, str) else each for each in arguments]
    if name in ("setns", "where", "state", "reap", "send"):
        named = [int(each) for each in named]
    if name in ("freeze", "kill"):
        return ["put", f"{TOP}/m{named[0]}/cgroup.{name}", named[1]]
    return [name, *named]


def told(name: str, answer: Any, pids: list[int]) -> Any:
    """What is compared of an answer: of processes ours, of hierarchies and mounts cgroup2's."""
    if name == "reap" and isinstance(answer, list):
        return [pids.index(answer[0]) if answer[0] else -1, answer[1]]
    if not isinstance(answer, str) or answer in errno.errorcode.values():
        return answer
    match name:
        case "members":
            numbers = [int(line) for line in answer.splitlines()]
            return sorted(pids.index(nr) for nr in numbers if nr in pids)
        case "where":
            return re.findall(r"^0::.*$", answer, re.MULTILINE)
        case "mounts":
            ours = (line.split() for line in answer.splitlines() if " - cgroup2 " in line)
            ours = (words for words in ours if words[4].startswith(f"{TOP}/"))
            return sorted((words[4], words[3], words[-3]) for words in ours)
        case "read" if answer.startswith("nr_descendants"):
            return answer.splitlines()[0]
        case "read" if answer in ("\n", ""):
            return ""
        case _:
            return answer


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
@pytest.mark.parametrize("seed", range(PROGRAMS))
def test_random_programs(seed: int) -> None:
    name = f"nsh-{os.getpid()}-{seed}"
    processes = Processes(name)
    try:
        if processes.missing:
            pytest.skip(f"no cgroup2 here: {processes.missing}")
        compare(processes, Tasks(name), random.Random(seed))
    finally:
        processes.end()


def allowed(tasks: Tasks, step: Step) -> bool:
    """Whether nobody who is asked for something would be frozen or killed by *step*."""
    name, *arguments = step
    if name in ("freeze", "kill"):
        return arguments[1] == "0" or not tasks.holds_worker(arguments[0])
    if name == "begin":
        return tasks.is_gone(FIRST_VICTIM + arguments[0])
    if name in ("attach", "write_kept") and tasks.anything_frozen:
        return str(arguments[0]).startswith(f"{TOP}/m") and "/f" not in arguments[0]
    return True


def compare(processes: Processes, tasks: Tasks, source: random.Random) -> None:
    """Perform a program on both."""
    begun: list[tuple[int, Step]] = [(0, ["mkdir", f"{TOP}/m{path}"]) for path in BEGUN]
    perform(processes, tasks, Writer(source).step, begun, LENGTH)


def perform(
    processes: Processes,
    tasks: Tasks,
    chosen: Callable[[], tuple[int, Step]],
    first: list[tuple[int, Step]],
    length: int,
) -> None:
    """Perform *first*, and then what is *chosen*."""
    played: list[str] = []
    begun: list[tuple[int, Step]] = [(KEEPER, ["begin", number]) for number in range(VICTIMS)]
    begun += first
    for number in range(length):
        who, step = chosen()
        if number < len(begun):
            who, step = begun[number]
        if not allowed(tasks, step):
            continue
        if step[0] == "begin":
            victim = FIRST_VICTIM + step[1]
            for both in (tasks, processes):
                made = both.ask(who, ["begin"])
                born = made if isinstance(made, int) else NOBODY + victim
                both.pids[victim:] = [born, *both.pids[victim + 1 :]]
            continue
        expected = tasks.ask(who, filled(step, tasks.pids))
        model = told(step[0], expected, tasks.pids)
        for _ in range(_PATIENCE):
            answer = processes.ask(who, filled(step, processes.pids))
            real = told(step[0], answer, processes.pids)
            if real == model or step[0] not in LATER:
                break
            time.sleep(0.01)
        if step[0] == "reap" and tasks.is_gone(int(step[1].strip("{}"))):
            victim = int(step[1].strip("{}"))
            tasks.pids[victim] = processes.pids[victim] = NOBODY + victim
        played.append(f"{who}: {step} -> {model}")
        assert model == real, "\n".join((*played, f"really {real}"))
        assert not violations(tasks.session.machine), "\n".join(played)
        if step[0] in ("send", "kill", "freeze") or re.search("procs|tasks|state", str(step)):
            settle(processes, tasks, played)


def settle(processes: Processes, tasks: Tasks, played: list[str]) -> None:
    """Wait until the victims are as the model has them."""
    for nr, real in zip(tasks.pids[FIRST_VICTIM:], processes.pids[FIRST_VICTIM:], strict=True):
        model = tasks.ask(KEEPER, ["state", nr])
        for _ in range(_PATIENCE):
            state = processes.ask(KEEPER, ["state", real])
            if state == model:
                break
            time.sleep(0.01)
        assert model == state, "\n".join((*played, f"state of {nr}"))
