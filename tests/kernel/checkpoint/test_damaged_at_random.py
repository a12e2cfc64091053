"""An image that is damaged anywhere makes a container, or is refused; it never does harm (C5)."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest

from nsh.abi.checkpoint import Checkpoint, Freeze, Restart, Thaw
from nsh.abi.process import Wait4
from nsh.abi.request import Blocked, Failure, Request
from nsh.abi.signals import Kill
from nsh.kernel import perform as performed
from nsh.kernel.boot import INIT
from nsh.machine.invariants import violations
from nsh.machine.tasks import Task
from nsh.machine.value import Machine
from tests.kernel.checkpoint._scripts import perform

WEB = """
    spawn --tty --pid --mount --uts web {
        mount -t devpts -o newinstance,ptmxmode=666 devpts /dev/pts; mount -t tmpfs t /mnt
        mount --bind /dev/pts/ptmx /dev/ptmx; openpty; exec 5> /mnt/x; rm /mnt/x; echo hi >&5
        spawn shell {
            setsid; exec < /dev/pts/0; spawn job { setpgid 0 0; sleep 100 }; tcsetpgrp job
            sleep 100
        }
        exec 6< /proc/self/status; exec 7< /proc/self/ns/mnt; open -c /mnt/l; setlk write 8 0 5
        setlk read 8 10 5; flock -s 8; openpty; exec 9<&-; spawn dead { exit 3 }; pidfd open dead
        wait dead; pidfd open shell; clone2 -n kid FILES FS; clone2 -n thread THREAD SIGHAND VM
        mknod /mnt/p p; open /mnt/p; rm /mnt/p; exec 20> /dev/tty1
        spawn getty { setsid; exec < /dev/tty2; seq 3000 >&4; sleep 100 }
        spawn waits { setlk --wait write 8 2 1 }; spawn zombie { exit 1 }; sleep 100
    }
    sleep 2
"""
TEXTS = ("", "/", "x", "/dev/pts/0", "/dev/console", "/proc", "AAAA", "/dev/tty", "/mnt")
NUMBERS = (0, 1, 2, 3, -1, 9, 64, 1 << 40, -(1 << 40), 1 << 63)


class Damage:
    """A machine on which a container has been, and its image."""

    def __init__(self) -> None:
        self.machine: Machine = perform(WEB).machine
        tasks = (task for _key, task in self.machine.items(Task))
        pid = next(task.pids[0] for task in tasks if task.pids[1:] == (1,))
        self._ask(Freeze(pid))
        image = self._ask(Checkpoint(pid))
        assert isinstance(image, bytes)
        for request in (Kill(pid, 9), Thaw(pid), Wait4(pid)):
            self._ask(request)
        self.lines = [json.loads(line) for line in image.splitlines()]

    def _ask(self, request: Request) -> object:
        outcome = performed(self.machine, INIT, request)
        assert not isinstance(outcome.reply, (Failure, Blocked)), (request, outcome.reply)
        self.machine = outcome.machine
        return outcome.reply

    def image(self, lines: list[dict[str, Any]]) -> bytes:
        whole = [*lines[:-1], {**lines[-1], "lines": len(lines) - 1}]
        return b"".join(json.dumps(line).encode() + b"\n" for line in whole)

    def damaged(self, random: Random) -> bytes:
        """With a line, or something in one, that is missing, doubled, elsewhere or otherwise."""
        lines = list(self.lines)
        some = [at for at, line in enumerate(lines[:-1]) if at and line["object"] != "program"]
        at, other = random.choice(some), random.choice(some)
        match random.randrange(10):
            case 0:
                del lines[at]
            case 1:
                lines.insert(other, lines[at])
            case 2:
                lines[at], lines[other] = lines[other], lines[at]
            case how:
                line = dict(lines[at])
                field = random.choice([name for name in line if name != "object"])
                lines[at] = line
                line[field] = otherwise(random, line[field])
                if how == 3:
                    del line[field]
        return self.image(lines)


def otherwise(random: Random, value: Any) -> Any:
    """Something else."""
    match value:
        case bool():
            return not value
        case int():
            return random.choice((*NUMBERS, value + 1, value - 1))
        case str():
            return random.choice((*TEXTS, value + "A"))
        case [*_]:
            at = random.randrange(len(value)) if value else 0
            one = otherwise(random, value[at]) if value else 1
            return random.choice(([*value[:at], one, *value[at + 1 :]], [], value * 2, value[:-1]))
        case dict() if value:
            name = random.choice(list(value))
            return {**value, name: otherwise(random, value[name])}
    return {"0": "AAAA"}


@pytest.fixture(scope="module")
def damage() -> Damage:
    return Damage()


def test_it_is_whole_to_begin_with(damage: Damage) -> None:
    outcome = performed(damage.machine, INIT, Restart(damage.image(damage.lines)))
    assert isinstance(outcome.reply, int)
    assert violations(outcome.machine) == []


@pytest.mark.parametrize("seed", range(5))
def test_what_is_damaged_does_no_harm(damage: Damage, seed: int) -> None:
    random = Random(seed)
    made = refused = 0
    for _ in range(60):
        image = damage.damaged(random)
        outcome = performed(damage.machine, INIT, Restart(image))
        if isinstance(outcome.reply, Failure):
            refused += 1
            continue
        assert isinstance(outcome.reply, int)
        assert violations(outcome.machine) == [], image
        pid = outcome.reply
        for request in (Kill(pid, 9), Wait4(pid)):
            outcome = performed(outcome.machine, INIT, request)
        assert violations(outcome.machine) == [], image
        made += 1
    assert made
    assert refused
