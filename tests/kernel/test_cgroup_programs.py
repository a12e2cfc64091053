"""Cgroups and cgroup namespaces: random programs of real processes and of the model's tasks agree.

Four processes, one of them an ordinary user's, share a hierarchy made for the program alone: they
make, rename and remove cgroups, move each other, make and enter cgroup namespaces, also of user
namespaces of their own, mount the hierarchy there, and tell where everybody is.  After each call
the answers are held together.
"""

from __future__ import annotations

import errno
import os
import random
import re
from collections.abc import Callable
from typing import Any, Final

import pytest

from nsh.machine.invariants import violations
from tests.kernel._linux_cgroups import TOP, WORKERS, Processes, Step
from tests.kernel._model_cgroups import Tasks

LENGTH: Final = 80
PROGRAMS: Final = 12
PATHS: Final = ("", "/a", "/a", "/b", "/a/a", "/a/b", "/a/b", "/b/a", "/a/b/a")
BEGUN: Final = ("/a", "/a/b", "/b")


class Writer:
    """Chooses steps; whom they are about stands in them as ``{0}`` to ``{3}``."""

    def __init__(self, source: random.Random) -> None:
        self.random = source

    def path(self) -> str:
        top = self.random.choice(("m", "m", "m", "m", "x", "y"))
        return f"{TOP}/{top}{self.random.choice(PATHS)}"

    def file(self) -> str:
        return f"{self.path()}/{self.random.choice(('cgroup.procs', 'cgroup.procs', 'tasks'))}"

    def whom(self) -> str:
        return f"{{{self.random.randrange(WORKERS)}}}"

    def text(self) -> str:
        odd = ("0", "0", "0", "", "-1", "x", "0 0", " 0\n", "99999999", "1e1", "4294967296")
        return self.random.choice((self.whom(), self.whom(), self.whom(), self.random.choice(odd)))

    def step(self) -> Step:
        top = f"{TOP}/{self.random.choice('xy')}"
        kinds: list[tuple[int, Callable[[], Step]]] = [
            (3, lambda: ["unshare"]),
            (3, lambda: ["setns", self.whom()]),
            (1, lambda: ["contain"]),
            (7, lambda: ["mkdir", self.path()]),
            (3, lambda: ["rmdir", self.path()]),
            (1, lambda: ["rmdir", self.file()]),
            (2, lambda: ["rename", self.path(), self.path()]),
            (1, lambda: ["rename", self.file(), self.path()]),
            (1, lambda: ["mkdir", self.file()]),
            (2, lambda: ["chown", self.random.choice((self.path(), self.file())), 1000]),
            (9, lambda: ["attach", self.file(), self.text()]),
            (2, lambda: ["attach", f"{self.path()}/notify_on_release", self.text()]),
            (2, lambda: ["marked", self.path()]),
            (3, lambda: ["members", self.file()]),
            (6, lambda: ["where", self.whom()]),
            (4, lambda: ["mounts"]),
            (3, lambda: ["mount", top]),
            (1, lambda: ["umount", top]),
            (2, lambda: ["keep", self.file()]),
            (2, lambda: ["write_kept", self.text()]),
            (1, lambda: ["same", self.whom()]),
        ]
        weights = [weight for weight, _make in kinds]
        (_weight, make) = self.random.choices(kinds, weights)[0]
        return make()


def filled(step: Step, pids: list[int]) -> Step:
    """*step* with numbers for whom it is about."""
    name, *arguments = step
    named = [each.format(*pids) if isinstance(each, str) else each for each in arguments]
    if name in ("setns", "where", "same"):
        named = [int(named[0])]
    return [name, *named]


def told(name: str, answer: Any, hierarchy: str, pids: list[int]) -> Any:
    """What is compared of an answer: of processes the workers, of hierarchies and mounts ours."""
    if not isinstance(answer, str) or answer in errno.errorcode.values():
        return answer
    match name:
        case "members":
            numbers = [int(line) for line in answer.splitlines()]
            return sorted(pids.index(nr) for nr in numbers if nr in pids)
        case "where":
            return re.findall(rf"^\d+:(name={hierarchy}:.*)$", answer, re.MULTILINE)
        case "mounts":
            ours = (line.split() for line in answer.splitlines() if f"name={hierarchy}" in line)
            return sorted((words[4], words[3], words[-1]) for words in ours)
        case _:
            return answer


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
@pytest.mark.parametrize("seed", range(PROGRAMS))
def test_random_programs(seed: int) -> None:
    name = f"nsh-{os.getpid()}-{seed}"
    processes = Processes(name)
    try:
        if processes.missing:
            pytest.skip(f"no hierarchies of cgroups here: {processes.missing}")
        compare(processes, Tasks(name), name, random.Random(seed))
    finally:
        processes.end()


def compare(processes: Processes, tasks: Tasks, hierarchy: str, source: random.Random) -> None:
    """Perform a program on both."""
    writer = Writer(source)
    played = []
    begun: list[tuple[int, Step]] = [(0, ["mkdir", f"{TOP}/m{path}"]) for path in BEGUN]
    begun += [(who, ["keep", f"{TOP}/m/{path}/tasks"]) for who, path in enumerate(("a/b", "b"))]
    for number in range(LENGTH):
        who, step = writer.random.randrange(WORKERS), writer.step()
        if number < len(begun):
            who, step = begun[number]
        real = processes.ask(who, filled(step, processes.pids))
        real = told(step[0], real, hierarchy, processes.pids)
        model = tasks.ask(who, filled(step, tasks.pids))
        model = told(step[0], model, hierarchy, tasks.pids)
        played.append(f"{who}: {step} -> {model}")
        assert model == real, "\n".join(played)
        assert not violations(tasks.session.machine), "\n".join(played)
