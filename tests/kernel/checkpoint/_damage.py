"""Images that are damaged at random, and what comes of a restart from one."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from random import Random
from typing import Any, Final

from nsh.abi.checkpoint import Checkpoint, Freeze, Restart, Thaw
from nsh.abi.process import Wait4
from nsh.abi.request import Blocked, Failure, Request
from nsh.abi.signals import Kill, Sig
from nsh.kernel import perform as performed
from nsh.kernel.boot import INIT
from nsh.machine.invariants import violations
from nsh.machine.tasks import Task
from nsh.machine.value import Machine
from nsh.session import director
from nsh.session.engine import Engine
from nsh.userland.registry import commands
from tests.kernel.checkpoint._scripts import perform

Line = dict[str, Any]
Leaf = tuple[Any, Any]
"""Where something stands: in which list or object of JSON, and under which index or name."""

NUMBERS: Final = (0, 1, 2, 3, -1, 7, 9, 64, 65536, 1 << 40, -(1 << 40), 1 << 63, 1 << 70)
WORDS: Final = (
    *("", "x", "/", "..", "AAAA", "\0a", "uts:6", "lo", "127.0.0.1", "10.0.0.1"),
    *("/dev/pts/0", "/dev/console", "/dev/tty", "/proc", "/mnt", "/tmp"),
)
OTHERS: Final[tuple[Any, ...]] = (None, True, [], {}, {"0": "AAAA"})


class Damaged:
    """A machine on which a container has been, and its image."""

    def __init__(self, machine: Machine) -> None:
        """*machine* has the container in it, which is killed."""
        self.machine = machine
        pid = first_pid(machine)
        self._ask(Freeze(pid))
        image = self._ask(Checkpoint(pid))
        assert isinstance(image, bytes)
        for request in (Kill(pid, int(Sig.SIGKILL)), Thaw(pid), Wait4(pid)):
            self._ask(request)
        self.lines: list[Line] = [json.loads(line) for line in image.splitlines()]

    @classmethod
    def by(cls, script: str) -> Damaged:
        """What *script* leaves, in which there is one container."""
        return cls(perform(script).machine)

    def _ask(self, request: Request) -> object:
        outcome = performed(self.machine, INIT, request)
        assert not isinstance(outcome.reply, (Failure, Blocked)), (request, outcome.reply)
        self.machine = outcome.machine
        return outcome.reply

    def image(self, random: Random | None = None) -> bytes:
        """The image, with one or a few things in it that are otherwise."""
        lines = copy.deepcopy(self.lines)
        for _ in range(random.choice((1, 1, 1, 2, 3)) if random else 0):
            assert random is not None
            damage(random, lines)
        return self.whole(lines)

    @staticmethod
    def whole(lines: list[Line]) -> bytes:
        """An image of these lines; the last one counts them."""
        counted = [*lines[:-1], {**lines[-1], "lines": len(lines) - 1}]
        return b"".join(json.dumps(line).encode() + b"\n" for line in counted)

    def restart(self, image: bytes, steps: int = 0) -> Failure | None:
        """Restart *image*, and see that nothing is wrong with what comes of it, if anything does,
        nor after so many *steps*, nor when it has been killed."""
        outcome = performed(self.machine, INIT, Restart(image))
        if isinstance(outcome.reply, Failure):
            assert outcome.machine == self.machine, image
            return outcome.reply
        pid = outcome.reply
        assert isinstance(pid, int)
        assert violations(outcome.machine) == [], image
        machine = _gone_on(outcome.machine, steps)
        assert violations(machine) == [], image
        for request in (Kill(pid, int(Sig.SIGKILL)), Wait4(pid)):
            machine = performed(machine, INIT, request).machine
        assert violations(machine) == [], image
        return None


def first_pid(machine: Machine) -> int:
    """What the first task of its container is called outside."""
    tasks = (task for _key, task in machine.items(Task))
    return next(task.pids[0] for task in tasks if task.pids[1:] == (1,))


def _gone_on(machine: Machine, steps: int) -> Machine:
    engine = Engine(commands)
    for _ in range(steps):
        event = engine.step(machine)
        later = event.machine if event is not None else director.pass_time(machine)
        if later is None:
            break
        machine = later
    return machine


def damage(random: Random, lines: list[Line]) -> None:
    """Have a line be missing, doubled or elsewhere, or something in one otherwise."""
    at, other = (random.randrange(1, len(lines) - 1) for _ in range(2))
    match random.randrange(10):
        case 0 if len(lines) > 3:
            del lines[at]
        case 1:
            lines.insert(other, copy.deepcopy(lines[at]))
        case 2:
            lines[at], lines[other] = lines[other], lines[at]
        case _:
            kind = random.choice(sorted({line["object"] for line in lines[1:-1]}))
            _change(random, random.choice([line for line in lines if line["object"] == kind]))


def _change(random: Random, line: Line) -> None:
    leaves = list(_leaves(line))
    if not leaves:
        return
    within, key = random.choice(leaves)
    old = within[key]
    match random.randrange(8):
        case 0:
            del within[key]
        case 1 if isinstance(within, list):
            within.insert(key, copy.deepcopy(old))
        case 2:
            within[key] = random.choice(OTHERS)
        case 3:
            another, where = random.choice(leaves)
            within[key] = copy.deepcopy(another[where])
        case _:
            within[key] = _otherwise(random, old)


def _otherwise(random: Random, old: Any) -> Any:
    match old:
        case bool():
            return not old
        case int():
            return random.choice((*NUMBERS, old + 1, old - 1))
        case str():
            return random.choice((*WORDS, old + "A", old[:-1]))
        case list():
            return random.choice((old * 2, old[:-1], old[::-1]))
        case dict():
            return dict(list(old.items())[1:])
    return random.choice(NUMBERS)


def _leaves(found: Any) -> Iterator[Leaf]:
    """Where in an object something stands, however deep; but for programs, for no kernel knows what
    is in these."""
    for key in list(found) if isinstance(found, dict) else range(len(found)):
        if key != "object":
            yield found, key
            if isinstance(found[key], (dict, list)) and key != "program":
                yield from _leaves(found[key])
