"""Namespaces that are made together: what they write, what they count, what refuses them."""

from __future__ import annotations

from collections import Counter

import pytest
from immutables import Map
from msgspec.structs import replace

from nsh.abi.files import MNT_DETACH, MountFlag, PivotRoot, Umount
from nsh.abi.files import Mount as MountRequest
from nsh.abi.names import Chdir, Mkdir, Rename
from nsh.abi.namespaces import Unshare
from nsh.abi.process import Clone, CloneFlag
from nsh.abi.request import Failure
from nsh.kernel import contexts, kinds, timens
from nsh.kernel.boot import INIT
from nsh.kernel.dispatch import call
from nsh.kernel.fs import mount_copies
from nsh.machine.context import Fs
from nsh.machine.files import Superblock
from nsh.machine.ids import FIRST_USER, TaskId
from nsh.machine.invariants import violations
from nsh.machine.mounts import Mount, MountSpace
from nsh.machine.namespaces import Proxy
from nsh.machine.tmpfs import Dentry
from nsh.machine.users import Ucounts, UserSpace
from nsh.machine.value import begin
from tests.kernel._running import THREAD
from tests.kernel.fs._world import World

MANY = 20
THREE = int(CloneFlag.CLONE_NEWIPC | CloneFlag.CLONE_NEWUTS | CloneFlag.CLONE_NEWNS)


def test_a_copied_tree_is_written_once_however_many_mounts_it_has() -> None:
    world = World()
    for number in range(MANY):
        world.ok(Mkdir(f"/tmp/{number}"))
        world.ok(MountRequest("/tmp", f"/tmp/{number}", flags=int(MountFlag.MS_BIND)))
    before = world.machine.rows(Mount)
    tx = begin(world.machine)
    call(tx, INIT, Clone(int(CloneFlag.CLONE_NEWNS)))
    assert len(set(tx.written(Mount)) - set(before)) >= MANY
    concerned = {kind.table_index for kind in (Mount, MountSpace, Superblock, Dentry)}
    assert {n for (table, _key), n in Counter(tx._log).items() if table in concerned} == {1}


def test_a_container_with_every_namespace_writes_each_row_once() -> None:
    """What a container costs is what it writes, and a row that is put together in steps is written
    at each of them."""
    world = World()
    tx = begin(world.machine)
    every = sum(kind.flag for kind in kinds.kinds() if kind.offered(tx))
    assert call(tx, INIT, Clone(every)) == 2
    assert max(Counter(tx._log).values()) == 1
    assert not list(violations(tx.commit()))


def test_a_child_that_is_born_in_a_new_time_namespace_has_one_proxy_and_frozen_clocks() -> None:
    world = World()
    child = world.spawn(flags=int(CloneFlag.CLONE_NEWTIME))
    tx = begin(world.machine)
    proxy = tx.get(Proxy, contexts.proxy_id(tx, child))
    assert proxy.users == 1
    assert proxy.kinds[timens.OWN] == proxy.kinds[timens.ENTRY] != timens.FIRST
    made = timens.of(tx, child)
    assert (made.users, made.frozen) == (2, True)
    assert not list(violations(world.machine))


@pytest.mark.parametrize("share", [0, int(CloneFlag.CLONE_FILES), THREAD])
def test_a_child_with_new_namespaces_leaves_its_parent_what_it_had(share: int) -> None:
    world = World()
    before, places = _surroundings(world, INIT)
    flags = int(CloneFlag.CLONE_NEWUTS) if share & CloneFlag.CLONE_FS else THREE
    child = world.spawn(flags=flags | share)
    assert _surroundings(world, INIT) == (before, places)
    after, moved = _surroundings(world, child)
    assert {kind for kind in before if before[kind] != after[kind]} == {
        kind.name for kind in kinds.kinds() if kind.flag & flags
    }
    assert (moved != places) == bool(flags & CloneFlag.CLONE_NEWNS)
    assert not list(violations(world.machine))


def _surroundings(world: World, task: TaskId) -> tuple[dict[str, int], Fs]:
    """The namespaces and the places of *task*."""
    tx = begin(world.machine)
    proxy = tx.get(Proxy, contexts.proxy_id(tx, task))
    return dict(proxy.kinds.items()), contexts.fs(tx, task)


@pytest.mark.parametrize("full", [("ipc", "uts"), ("uts",), ("mnt", "uts")])
def test_the_first_kind_by_name_that_is_full_is_told_and_none_is_counted(
    full: tuple[str, ...],
) -> None:
    world = _full(*full)
    reply = world.do(Unshare(THREE))
    assert isinstance(reply, Failure)
    assert reply.errno.name == "ENOSPC"
    assert f"max_{full[0]}_namespaces allows 0" in reply.reason
    assert not world.machine.items(Ucounts)


def _full(*kinds: str) -> World:
    """A machine on which there may be no more namespaces of *kinds*."""
    tx = begin(World().machine)
    space = tx.get(UserSpace, FIRST_USER)
    tx.put(FIRST_USER, replace(space, limits=Map(dict.fromkeys(kinds, 0))))
    return World(tx.commit())


def test_a_kind_that_is_full_is_told_before_a_number_that_is_taken() -> None:
    """As the probe of the same name has it."""
    world = _full("uts")
    assert world.errno(Clone(0, set_tid=(1,))) == "EEXIST"
    assert world.errno(Clone(int(CloneFlag.CLONE_NEWUTS), set_tid=(1,))) == "ENOSPC"


def test_kinds_made_at_once_count_as_those_made_one_after_the_other() -> None:
    together, apart = World(), World()
    together.ok(Unshare(THREE))
    for flag in CloneFlag(THREE):
        apart.ok(Unshare(int(flag)))
    assert together.machine.items(Ucounts) == apart.machine.items(Ucounts)
    assert together.machine.count(Ucounts) == 1


@pytest.mark.parametrize("shared", [False, True])
def test_what_a_changed_proxy_keeps_is_kept_whether_or_not_others_are_on_it(
    *, shared: bool
) -> None:
    world = World()
    caller = world.spawn()
    world.ok(Unshare(int(CloneFlag.CLONE_NEWTIME | CloneFlag.CLONE_NEWUTS)), caller)
    tx = begin(world.machine)
    before = tx.get(Proxy, contexts.proxy_id(tx, caller))
    if shared:  # a child is on the same one until it goes, which it does when it is born
        caller = world.spawn(caller)
        tx = begin(world.machine)
    else:
        timens.go(tx, caller)
    after = tx.get(Proxy, contexts.proxy_id(tx, caller))
    assert after.users == 1
    assert after.kinds == before.kinds.set(timens.OWN, before.kinds[timens.ENTRY])
    assert not list(violations(tx.commit()))


def test_a_namespace_is_copied_by_the_last_plan_while_its_tree_is_as_it_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whatever is mounted, moved, remounted, taken down, or moved out of sight, in whichever
    namespace."""
    bind, move, mnt = MountFlag.MS_BIND, MountFlag.MS_MOVE, int(CloneFlag.CLONE_NEWNS)
    remount = MountFlag.MS_REMOUNT
    steps = [
        *(Mkdir(f"/tmp/{name}") for name in ("a", "a/b", "a/b/c", "m", "n")),
        MountRequest("/tmp/a", "/tmp/m", flags=int(bind)),
        MountRequest("none", "/tmp/m/b/c", "tmpfs"),
        MountRequest("none", "/tmp/n", flags=int(MountFlag.MS_SHARED)),
        Rename("/tmp/a/b", "/tmp/b"),
        Rename("/tmp/b", "/tmp/a/b"),
        MountRequest("none", "/tmp/n", "tmpfs"),
        MountRequest("none", "/tmp/n", flags=int(MountFlag.MS_UNBINDABLE)),
        MountRequest("none", "/tmp/n", flags=int(remount | MountFlag.MS_RDONLY)),
        MountRequest("none", "/proc", flags=int(remount | bind | MountFlag.MS_NOSUID)),
        MountRequest("/tmp/n", "/tmp/m/b", flags=int(move)),
        Umount("/tmp/m/b"),
        Umount("/tmp/m", MNT_DETACH),
        # the root is a part of a file system, out of which what is mounted in it is moved
        *(Mkdir(f"/tmp/r{name}") for name in ("", "/old", "/d", "/d/e")),
        MountRequest("/tmp/r", "/tmp/r", flags=int(bind)),
        MountRequest("none", "/tmp/r/d/e", "tmpfs"),
        Chdir("/tmp/r"),
        PivotRoot(".", "old"),
        Chdir("/"),
        Rename("/old/tmp/r/d", "/old/tmp/d"),
        Rename("/old/tmp/d", "/old/tmp/r/d"),
    ]
    machines = []
    for forgets in (False, True):
        world = World()
        for step in steps:
            world.do(step)
            if forgets:
                monkeypatch.setattr(mount_copies, "_last", (None, mount_copies.Plan((), (), ())))
            world.spawn(flags=mnt)
            inner = world.spawn(flags=mnt | int(CloneFlag.CLONE_NEWUSER))
            world.spawn(inner, flags=mnt)
            world.spawn(flags=mnt)  # by whose plan the next step begins
            machines.append(world.machine)
    half = len(steps)
    assert machines[:half] == machines[half:]
    assert not list(violations(machines[-1]))
