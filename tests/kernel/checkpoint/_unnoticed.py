"""Containers that are checkpointed, killed and restarted between any two of their steps."""

from __future__ import annotations

from collections.abc import Iterator

from nsh import boot
from nsh.abi.checkpoint import Checkpoint, Freeze, Restart, Thaw
from nsh.abi.files import Open, OpenFlag, Read
from nsh.abi.process import Wait4
from nsh.abi.request import Blocked, Failure, Request
from nsh.abi.signals import Kill, Sig
from nsh.kernel import perform
from nsh.kernel.boot import INIT
from nsh.machine.invariants import violations
from nsh.machine.tasks import Task
from nsh.session import director
from nsh.session.engine import Engine
from nsh.userland.registry import commands

LOG = "/tmp/log"
RHYTHMS = (7, 11, 16)
"""How many steps apart: more than there are tasks, so that each takes some."""


class Play:
    """A container that performs a program; whoever wants can have it checkpointed meanwhile."""

    def __init__(self, program: str) -> None:
        self._engine = Engine(commands)
        session = boot()
        session.submit(f"spawn --pid --uts --ipc --mount-proc web {{ sleep 1\n{program}\nexit }}")
        self.machine = session.machine
        self.pid = next(
            task.pids[0] for _key, task in self.machine.items(Task) if task.pids[1:] == (1,)
        )

    def steps(self) -> Iterator[int]:
        """One step after the other, and time that passes."""
        number = 0
        while True:
            event = self._engine.step(self.machine)
            if event is not None:
                self.machine = event.machine
            else:
                later = director.pass_time(self.machine)
                if later is None:
                    return
                self.machine = later
            yield number
            number += 1

    def ask(self, request: Request) -> object:
        """Have the machine's init make a system call."""
        outcome = perform(self.machine, INIT, request)
        assert not isinstance(outcome.reply, (Failure, Blocked)), (request, outcome.reply)
        self.machine = outcome.machine
        return outcome.reply

    @property
    def lives(self) -> bool:
        """Whether the container does."""
        tasks = [task for _key, task in self.machine.items(Task)]
        return any(task.pids[0] == self.pid and task.context for task in tasks)

    def pass_through_an_image(self) -> None:
        """Checkpoint, kill, restart."""
        self.ask(Freeze(self.pid))
        image = self.ask(Checkpoint(self.pid))
        assert isinstance(image, bytes)
        self.ask(Kill(self.pid, int(Sig.SIGKILL)))
        self.ask(Thaw(self.pid))
        self.ask(Wait4(self.pid))
        pid = self.ask(Restart(image))
        assert isinstance(pid, int)
        self.pid = pid

    def told(self) -> bytes:
        """What it has written."""
        fd = self.ask(Open(LOG, OpenFlag.O_RDONLY))
        assert isinstance(fd, int)
        data = self.ask(Read(fd, 1 << 16))
        assert isinstance(data, bytes)
        return data


def _unbroken(program: str) -> tuple[bytes, int]:
    """What comes of it, and in how many steps."""
    play = Play(program)
    count = sum(1 for _step in play.steps())
    return play.told(), count


def check(program: str) -> None:
    """A container that performs *program* writes the same to ``LOG``, however often it goes through
    an image."""
    wanted, count = _unbroken(program)
    assert wanted
    assert count > 10
    for start, rhythm in enumerate(RHYTHMS):
        play = Play(program)
        for number in play.steps():
            assert number < 20 * count
            if number % rhythm == start and play.lives:
                play.pass_through_an_image()
                assert violations(play.machine) == []
        assert play.told() == wanted, f"from step {start} on each {rhythm}th"
