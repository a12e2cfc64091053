"""How many pseudo terminals there may be: of the machine, of an instance, and the reserve (pty(7)).

What Linux 6.18 does was tried with its own settings, which are the whole machine's and
so not a test's to change.
"""

from __future__ import annotations

import pytest

from nsh.abi.files import Close, Mount, Open, OpenFlag, Read, Umount, Write
from nsh.abi.names import Mkdir
from nsh.abi.process import CloneFlag
from nsh.machine.devpts import Ptys
from nsh.machine.indices import LEAF, Indices
from nsh.machine.invariants import violations
from tests.kernel.fs._world import World

QUIET = int(OpenFlag.O_RDWR | OpenFlag.O_NOCTTY)
PTY = "/proc/sys/kernel/pty"


def setting(world: World, name: str, value: int) -> None:
    fd = world.ok(Open(f"{PTY}/{name}", OpenFlag.O_WRONLY))
    world.ok(Write(fd, f"{value}\n".encode()))
    world.ok(Close(fd))


def count(world: World) -> int:
    fd = world.ok(Open(f"{PTY}/nr"))
    text = world.ok(Read(fd, 64))
    world.ok(Close(fd))
    return int(text)


@pytest.mark.parametrize(("limit", "reserve", "there_are"), [(5, 3, 4), (1, 0, 0), (0, 0, 0)])
def test_the_first_mount_namespaces_instances_use_the_reserve(
    limit: int, reserve: int, there_are: int
) -> None:
    world = World()
    setting(world, "max", limit)
    setting(world, "reserve", reserve)
    for _ in range(there_are):
        world.ok(Open("/dev/ptmx", QUIET))
    assert world.errno(Open("/dev/ptmx", QUIET)) == "ENOSPC"
    assert count(world) == there_are


@pytest.mark.parametrize(("limit", "reserve", "there_are"), [(4, 2, 1), (4, 1, 2), (4, 9, 0)])
def test_others_do_not(limit: int, reserve: int, there_are: int) -> None:
    world = World()
    other = world.spawn(flags=int(CloneFlag.CLONE_NEWNS))
    world.ok(Mount("none", "/dev/pts", "devpts"), other)
    setting(world, "max", limit)
    setting(world, "reserve", reserve)
    for _ in range(there_are):
        world.ok(Open("/dev/ptmx", QUIET), other)
    assert world.errno(Open("/dev/ptmx", QUIET), other) == "ENOSPC"
    world.ok(Open("/dev/ptmx", QUIET))
    assert violations(world.machine) == []


def test_an_instance_that_nobody_can_reach_counts_until_its_last_terminal_is_closed() -> None:
    world = World()
    world.ok(Mkdir("/mnt/pts"))
    world.ok(Mount("none", "/mnt/pts", "devpts", 0, "max=1"))
    fd = world.ok(Open("/mnt/pts/ptmx", QUIET))
    assert world.errno(Open("/mnt/pts/ptmx", QUIET)) == "ENOSPC"
    world.ok(Umount("/mnt/pts", 2))
    assert count(world) == 1
    world.ok(Close(fd))
    assert count(world) == 0
    assert world.machine.get(Ptys, 0).count == 0
    assert violations(world.machine) == []


def test_the_lowest_free_index_beyond_a_leaf() -> None:
    indices = Indices()
    for number in range(2 * LEAF + 1):
        assert indices.lowest_free() == number
        indices = indices.with_(number)
    assert len(indices) == 2 * LEAF + 1
    for number in (LEAF + 7, 3, 2 * LEAF):
        indices = indices.without(number)
        assert number not in indices
    found = []
    for _ in range(4):
        found.append(indices.lowest_free())
        indices = indices.with_(found[-1])
    assert found == [3, LEAF + 7, 2 * LEAF, 2 * LEAF + 1]
    assert list(indices) == list(range(2 * LEAF + 2))
