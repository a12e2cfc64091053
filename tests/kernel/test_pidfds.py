"""A descriptor of the child, from clone3 itself (CLONE_PIDFD)."""

from __future__ import annotations

import pytest

from nsh.abi.files import MemfdCreate
from nsh.abi.pidfds import PidfdGetInfo
from nsh.abi.process import Clone, Cloned, CloneFlag, Fork
from nsh.machine.invariants import violations
from nsh.machine.tasks import Task
from tests.kernel._running import THREAD
from tests.kernel.fs._world import World

PIDFD = int(CloneFlag.CLONE_PIDFD)


def test_of_a_thread_it_is_that_threads() -> None:
    world = World()
    cloned = world.ok(Clone(THREAD | PIDFD, 0))
    assert isinstance(cloned, Cloned)
    info = world.ok(PidfdGetInfo(cloned.pidfd))
    assert (info.pid, info.tgid) == (cloned.pid, 1)


@pytest.mark.parametrize("flags", [0, int(CloneFlag.CLONE_NEWPID)])
def test_without_room_for_it_nothing_is_born_and_the_number_is_used_up(flags: int) -> None:
    world = World()
    first = world.ok(Fork())
    while isinstance(world.do(MemfdCreate("full")), int):
        pass
    tasks = world.machine.count(Task)
    assert world.errno(Clone(PIDFD | flags)) == "EMFILE"
    assert world.errno(Clone(PIDFD | int(CloneFlag.CLONE_INTO_CGROUP), cgroup=99)) == "EMFILE"
    assert world.machine.count(Task) == tasks
    assert world.ok(Fork()) == first + 3
    assert violations(world.machine) == []
