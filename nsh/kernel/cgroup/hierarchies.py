"""Which hierarchies of cgroups there are: begun and ended (kernel/cgroup/cgroup-v1.c)."""

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.kernel.cgroup import controllers, tree
from nsh.machine.cgroups import (
    LEGACY,
    UNIFIED,
    UNIFIED_TYPE,
    Cgroup,
    Hierarchies,
    Hierarchy,
)
from nsh.machine.files import SuperblockId
from nsh.machine.ids import CgroupId, HierarchyId
from nsh.machine.value import Transaction

_ROOT_MODE = 0o555


def find(
    tx: Transaction,
    name: str,
    wanted: tuple[str, ...],
    *,
    none: bool = False,
    type_: str = LEGACY,
) -> HierarchyId | None:
    """The number of the hierarchy of the first version with that name, if any is given, and the
    controllers *wanted*, or expressly *none*.  EBUSY: of that name is another one
    (cgroup1_root_to_use)."""
    for key, record in sorted(tx.items(Hierarchy), reverse=True):
        if record.type != type_ or (name and name != record.name):
            continue
        if (wanted or none) and wanted != record.controllers:
            if name:
                raise Errno.EBUSY(f"the hierarchy {name} has other controllers")
            continue
        return HierarchyId(key)
    return None


def begin(
    tx: Transaction,
    name: str,
    wanted: tuple[str, ...] = (),
    *,
    clone_children: bool = False,
    options: tuple[str, ...] = (),
    release_agent: str = "",
    type_: str = LEGACY,
) -> HierarchyId:
    """A new hierarchy, in whose root everybody is; its number.  EBUSY: another one has one of its
    controllers."""
    controllers.check_free(tx, wanted)
    controllers.take_from_unified(tx, wanted)
    row = tx.find(Hierarchies, 0)
    number = HierarchyId(1 if row is None else row.last + 1)
    tx.put(0, Hierarchies(number) if row is None else replace(row, last=number))
    key = _begin(tx, number, name, wanted, type_)
    if options or release_agent:
        record = tx.get(Hierarchy, number)
        tx.put(number, replace(record, options=options, release_agent=release_agent))
    if clone_children:
        tx.put(key, replace(tx.get(Cgroup, key), clone_children=True))
    return number


def rebind(
    tx: Transaction, number: HierarchyId, wanted: tuple[str, ...], release_agent: str
) -> None:
    """The hierarchy, which has no cgroups but its root, has other controllers from now on, and
    another release agent if one is named.  EBUSY."""
    record = tx.get(Hierarchy, number)
    added = tuple(each for each in wanted if each not in record.controllers)
    controllers.check_free(tx, added)
    controllers.take_from_unified(tx, added)
    agent = release_agent or record.release_agent
    tx.put(number, replace(record, controllers=wanted, release_agent=agent))


def unified(tx: Transaction) -> HierarchyId:
    """The one hierarchy of cgroup2: from the first time on that it is mounted, everybody is told of
    it (``cgrp_dfl_visible``)."""
    if tx.find(Hierarchy, UNIFIED) is None:
        _begin(tx, UNIFIED, "", (), UNIFIED_TYPE)
    return UNIFIED


def _begin(
    tx: Transaction, number: HierarchyId, name: str, wanted: tuple[str, ...], type_: str
) -> CgroupId:
    key = tx.new(CgroupId)
    tx.put(number, Hierarchy(name, key, wanted, type=type_))
    tx.put(key, Cgroup(number, key, "", tree.files(tx, number, _ROOT_MODE, 0, 0, root=True)))
    return key


def has_children(tx: Transaction, number: HierarchyId) -> bool:
    """Whether there is a cgroup in the hierarchy besides its root; also a removed one that is a
    namespace's root still."""
    root = tx.get(Hierarchy, number).root
    return any(each.hierarchy == number and key != root for key, each in tx.items(Cgroup))


def unmounted(tx: Transaction, number: HierarchyId) -> None:
    """Nothing shows the hierarchy any more: it ends, unless there are cgroups in it
    (cgroup_kill_sb), or it is the unified one."""
    record = tx.get(Hierarchy, number)
    if number == UNIFIED or has_children(tx, number):
        tx.put(number, replace(record, superblock=SuperblockId(0)))
        return
    tx.drop(Hierarchy, number)
    tx.drop(Cgroup, record.root)
