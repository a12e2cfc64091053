"""Descriptors of processes: from clone3 itself (CLONE_PIDFD), and of who is moved (P7)."""

from __future__ import annotations

import pytest

import nsh
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


def test_who_was_moved_into_a_container_is_in_sight_there() -> None:
    """The descriptor is from before, and the numbers are those of now; also once it is gone."""
    session = nsh.boot(paranoid=True)
    session.run(
        "spawn w; w pidfd open 2; w echo web > /proc/container; w spawn inner; pidfd open w"
    )
    assert session.run("w ioctl 3 PIDFD_GET_INFO").stdout.startswith("pid=1 tgid=1 ")
    assert session.run("inner ioctl 3 PIDFD_GET_INFO").stdout.startswith("pid=1 tgid=1 ")
    assert session.run("w exit 3; wait w; ioctl 3 PIDFD_GET_INFO 8").stdout == "exit_code=768\n"
