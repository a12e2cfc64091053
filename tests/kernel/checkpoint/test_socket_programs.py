"""Random programs about sockets do the same if they go through an image every few steps."""

from __future__ import annotations

import random
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
from tests.kernel.checkpoint._damage import Damaged

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


@pytest.mark.parametrize("seed", range(4))
def test_what_is_damaged_is_told_or_does_no_harm(seed: int) -> None:
    source = random.Random(seed)
    writer = SocketWriter(source)
    writer.world = world = Container()
    writer.write(LENGTH)
    damaged = Damaged(world.machine)
    refused = [damaged.restart(damaged.image(source)) for _ in range(40)]
    assert any(refused)
    assert not all(refused)
