"""Which hierarchies of cgroups there are: begun and ended (kernel/cgroup/cgroup-v1.c)."""

from msgspec.structs import replace

from nsh.kernel.cgroup import tree
from nsh.machine.cgroups import UNIFIED, Cgroup, Hierarchies, Hierarchy
from nsh.machine.files import SuperblockId
from nsh.machine.ids import CgroupId, HierarchyId
from nsh.machine.value import Transaction

_ROOT_MODE = 0o555


def called(tx: Transaction, name: str) -> HierarchyId | None:
    """The number of the hierarchy *name*."""
    found = (key for key, record in tx.items(Hierarchy) if record.name == name and key != UNIFIED)
    return next((HierarchyId(key) for key in found), None)


def begin(tx: Transaction, name: str) -> HierarchyId:
    """A new hierarchy, in whose root everybody is; its number."""
    row = tx.find(Hierarchies, 0)
    number = HierarchyId(1 if row is None else row.last + 1)
    tx.put(0, Hierarchies(number))
    _begin(tx, number, name)
    return number


def unified(tx: Transaction) -> HierarchyId:
    """The one hierarchy of cgroup2: from the first time on that it is mounted, everybody is told of
    it (``cgrp_dfl_visible``)."""
    if tx.find(Hierarchy, UNIFIED) is None:
        _begin(tx, UNIFIED, "")
    return UNIFIED


def _begin(tx: Transaction, number: HierarchyId, name: str) -> None:
    key = CgroupId(tx.fresh())
    tx.put(key, Cgroup(number, key, "", tree.files(tx, number, _ROOT_MODE, 0, 0, root=True)))
    tx.put(number, Hierarchy(name, key))


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
