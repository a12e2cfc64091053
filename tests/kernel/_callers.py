"""Tasks that call for anything, for machines of hypothesis: after each step every invariant holds.

A call that failed changed nothing; replies are plain data.  At the end all earlier machines are
what they were, and the same calls lead from each to the next.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant

from nsh.abi import (
    Blocked,
    Errno,
    Failure,
    Request,
    process,
)
from nsh.kernel import perform, policies
from nsh.kernel.boot import INIT, boot
from nsh.machine import Machine
from nsh.machine.digest import digest, encode
from nsh.machine.ids import TaskId
from nsh.machine.invariants import violations
from nsh.machine.pids import PidSpace
from nsh.machine.settings import Halted
from nsh.machine.tasks import Flag, Task
from nsh.machine.waiting import Waiter
from tests.kernel._running import Running

SMALL = st.sampled_from([-(2**31), -99, -1, 0, 1, 2, 99, 32767, 2**31])

KEPT = 6
"""Of so many calls one is kept, and made again at the end."""


class Callers(RuleBasedStateMachine):
    """One machine, and who may make a call there of whom."""

    def __init__(self) -> None:
        super().__init__()
        self.world: Running
        self.past: list[tuple[Machine, str, TaskId, Request, str]] = []
        self.asked = 0

    @initialize(profile=st.sampled_from(policies.PROFILES))
    def boot(self, profile: str) -> None:
        self.world = Running(boot(profile))
        for _ in range(2):
            self.ask(INIT, process.Fork())

    # ---- who and whom

    def running(self) -> bool:
        return (
            self.world.machine.find(Halted, 0) is None and next(self.world.free(), None) is not None
        )

    def caller(self, data: st.DataObject) -> TaskId:
        return data.draw(st.sampled_from(list(self.world.free())), "caller")

    def number(self, data: st.DataObject, caller: TaskId) -> int:
        """Mostly one that the caller's space knows."""
        machine = self.world.machine
        known = sorted(machine.get(PidSpace, machine.get(Task, caller).space).task_of)
        return data.draw(st.one_of(st.sampled_from(known), st.sampled_from(known), SMALL), "number")

    def crowd(self, data: st.DataObject, caller: TaskId) -> int:
        number = self.number(data, caller)
        return data.draw(st.sampled_from([number, number, 0, -1, -number]), "crowd")

    def ask(self, caller: TaskId, request: Request) -> Any:
        before = self.world.machine
        reply = self.world.raw(caller, request)
        self.asked += 1
        if self.asked % KEPT == 0:
            after = self.world.machine
            self.past.append((before, digest(before), caller, request, digest(after)))
        if isinstance(reply, Failure):
            assert reply.reason, f"{request} fails without a reason"
            if reply.errno is not Errno.ENOMEM:  # which leaves a trace (LeavesTrace)
                assert self.world.machine == before
        if isinstance(reply, Blocked):
            assert self.world.machine.find(Waiter, caller) is not None
        elif not isinstance(reply, Failure):
            encode(reply)
        self.world.settle()
        return reply

    # ---- what always holds

    @invariant()
    def invariants_hold(self) -> None:
        if hasattr(self, "world"):
            assert violations(self.world.machine) == []

    @invariant()
    def nobody_is_half_dead(self) -> None:
        if hasattr(self, "world"):
            for _key, task in self.world.machine.items(Task):
                passing = Flag.GROUP_EXIT
                assert task.state.name == "ZOMBIE" or not task.flags & passing

    def teardown(self) -> None:
        for machine, was, caller, request, after in self.past:
            assert digest(machine) == was
            assert digest(perform(machine, caller, request).machine) == after
