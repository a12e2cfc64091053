"""Random programs about sockets do the same if they go through an image every few steps."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from nsh.abi.checkpoint import Checkpoint, Freeze, Restart, Thaw
from nsh.abi.process import CloneFlag, Wait4
from nsh.abi.request import Blocked, Failure, Request
from nsh.abi.signals import Kill, Sig
from nsh.kernel import perform
from nsh.kernel.boot import INIT
from nsh.machine.ids import TaskId
from nsh.machine.invariants import violations
from nsh.machine.tasks import Task
from tests.kernel._socket_programs import SocketWriter
from tests.kernel._sockets_model import World

LENGTH = 40


class Container(World):
    """The three are in one container, of which one has a network of its own."""

    profile = "all"

    def _clone(self, who: TaskId, flags: int) -> TaskId:
        return super()._clone(who, flags & ~(CloneFlag.CLONE_NEWPID if who != INIT else 0))

    def killed(self) -> bytes:
        """Its image."""
        pid = self.machine.get(Task, self.init).pids[0]
        self._ask(Freeze(pid))
        image = self._ask(Checkpoint(pid))
        assert isinstance(image, bytes)
        self._ask(Kill(pid, int(Sig.SIGKILL)))
        self._ask(Thaw(pid))
        self._ask(Wait4(pid))
        return image

    def pass_through_an_image(self) -> None:
        """Be killed, and restarted."""
        image = self.killed()
        pid = self._ask(Restart(image))
        wrong = violations(self.machine)
        assert not wrong, wrong
        tasks = {task.pids: TaskId(key) for key, task in self.machine.items(Task)}
        inside = sorted((pids[1], key) for pids, key in tasks.items() if pids[1:])
        self.init, *self.workers = [key for _pid, key in inside]
        assert self._ask(Freeze(pid)) == 0
        again = self._ask(Checkpoint(pid))
        assert {*again.splitlines()} ^ {*image.splitlines()} == set()
        self._ask(Thaw(pid))

    def _ask(self, request: Request) -> Any:
        outcome = perform(self.machine, INIT, request)
        assert not isinstance(outcome.reply, (Failure, Blocked)), (request, outcome.reply)
        self.machine = outcome.machine
        return outcome.reply


@pytest.mark.parametrize("seed", range(12))
def test_they_do_what_they_would_have_done(seed: int) -> None:
    writer = SocketWriter(random.Random(seed))
    writer.world = Container()
    writer.write(LENGTH)
    world = Container()
    for number, (step, seen) in enumerate(zip(writer.steps, writer.seen, strict=True)):
        if number % 4 == seed % 4:
            world.pass_through_an_image()
        assert world.step(step) == seen, (number, step)


PARTS = ("socket", "connection", "messages", "link", "network")
NUMBERS = (*range(-1, 12), 65536, 1 << 40)
WORDS = ("", "x", "\0a", "127.0.0.1", "10.0.0.1", "lo")


def leaves(found: Any) -> Iterator[tuple[Any, Any]]:
    """Where in an object something stands, with whatever is in it."""
    for key in found if isinstance(found, dict) else range(len(found)):
        if key != "object":
            yield found, key
            if isinstance(found[key], (dict, list)):
                yield from leaves(found[key])


def damage(source: random.Random, lines: list[dict[str, Any]]) -> None:
    """Have something else stand somewhere."""
    chosen = source.choice([line for line in lines if line["object"] in PARTS])
    within, key = source.choice(list(leaves(chosen)))
    match within[key]:
        case bool():
            within[key] = not within[key]
        case int():
            within[key] = source.choice(NUMBERS)
        case str():
            within[key] = source.choice(WORDS)
        case list():
            within[key] = source.choice([[], within[key] * 2])
        case dict():
            within[key] = {}


@pytest.mark.parametrize("seed", range(4))
def test_what_is_damaged_is_told_or_does_no_harm(seed: int) -> None:
    source = random.Random(seed)
    writer = SocketWriter(source)
    writer.world = world = Container()
    writer.write(LENGTH)
    image = world.killed()
    told = 0
    for _ in range(40):
        lines = [json.loads(line) for line in image.splitlines()]
        damage(source, lines)
        bad = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
        outcome = perform(world.machine, INIT, Restart(bad))
        if isinstance(outcome.reply, Failure):
            assert outcome.reply.reason.startswith(("line ", "socket ")), outcome.reply
            told += 1
            continue
        assert isinstance(outcome.reply, int)
        outcome = perform(outcome.machine, INIT, Kill(outcome.reply, int(Sig.SIGKILL)))
        assert violations(outcome.machine) == []
    assert told > 10
