"""A computer on which containers are made and moved, and policies change."""

from __future__ import annotations

from typing import Any

from nsh.abi.process import (
    Getpgid,
    Getpid,
    Getppid,
    Getsid,
)
from nsh.kernel import containers, policies
from nsh.kernel.boot import INIT
from nsh.machine.ids import TaskId
from nsh.machine.pids import Containers
from nsh.machine.tasks import Group, Task
from nsh.machine.value import begin
from tests.kernel.proc.computer import Computer


class Lab(Computer):
    """A computer on which policies change."""

    def policy(self, chosen: policies.Policy, value: str) -> None:
        tx = begin(self.machine)
        policies.set_policy(tx, chosen.name, value)
        self.machine = tx.commit()

    def move(self, value: str) -> None:
        self.policy(policies.PID_MOVE, value)

    def line(self, text: str, who: TaskId = INIT) -> object:
        """What a line written to /proc/container does: "ok", or the errno's name."""
        before = self._spaces()
        reply = self.write("/proc/container", text.encode() + b"\n", who)
        if not isinstance(reply, str):
            return "ok"
        assert self._spaces() == before, f"{text} failed and moved somebody"
        return reply

    def _spaces(self) -> list[object]:
        """Who is where, as whom, and what there is to be in."""
        tasks = [(key, task.space, task.pids) for key, task in self.machine.items(Task)]
        return [tasks, self.machine.rows(Group), self.machine.rows(Containers)]

    def numbers(self, who: TaskId) -> tuple[int, ...]:
        return self.task(who).pids

    def eyes(self, who: TaskId) -> tuple[Any, ...]:
        """What a task is told of itself: pid, ppid, pgid, sid."""
        asks = (Getpid(), Getppid(), Getpgid(), Getsid())
        return tuple(self.ask(each, who) for each in asks)

    def lies(self) -> list[containers.Lie]:
        return list(containers.stale(begin(self.machine)))
