"""Namespaces that are made together: what they write, what they count, what refuses them."""

from __future__ import annotations

from collections import Counter

import pytest
from immutables import Map
from msgspec.structs import replace

from nsh.abi.files import Mount as MountRequest
from nsh.abi.files import MountFlag
from nsh.abi.names import Mkdir
from nsh.abi.namespaces import Unshare
from nsh.abi.process import Clone, CloneFlag
from nsh.abi.request import Failure
from nsh.kernel import contexts, timens
from nsh.kernel.boot import INIT
from nsh.kernel.dispatch import call
from nsh.machine.ids import FIRST_USER
from nsh.machine.invariants import violations
from nsh.machine.mounts import Mount
from nsh.machine.namespaces import Proxy
from nsh.machine.users import Ucounts, UserSpace
from nsh.machine.value import begin
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
    copies = set(tx.written(Mount)) - set(before)
    assert len(copies) >= MANY
    writes = Counter(tx._log)
    assert {writes[Mount.table_index, key] for key in copies} == {1}


@pytest.mark.parametrize("full", [("ipc", "uts"), ("uts",), ("mnt", "uts")])
def test_the_first_kind_by_name_that_is_full_is_told_and_none_is_counted(
    full: tuple[str, ...],
) -> None:
    world = World()
    tx = begin(world.machine)
    space = tx.get(UserSpace, FIRST_USER)
    tx.put(FIRST_USER, replace(space, limits=Map(dict.fromkeys(full, 0))))
    world.machine = tx.commit()
    reply = world.do(Unshare(THREE))
    assert isinstance(reply, Failure)
    assert reply.errno.name == "ENOSPC"
    assert f"max_{full[0]}_namespaces allows 0" in reply.reason
    assert not world.machine.items(Ucounts)


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
