"""Cgroup namespaces: made, entered, ended (cgroup_namespaces(7), kernel/cgroup/namespace.c).

The root of each hierarchy is, for those inside, the cgroup that the namespace's maker was in.
It says how paths are told, and nothing of where tasks may be or go.
"""

from typing import Final

from immutables import Map
from msgspec.structs import replace

from nsh.abi.process import CloneFlag
from nsh.kernel import contexts, hooks, kinds
from nsh.kernel.kinds import New
from nsh.machine.cgroups import (
    Cgroup,
    CgroupSpace,
    FreezerCgroup,
    Hierarchy,
    InCgroups,
    PidsCgroup,
)
from nsh.machine.ids import CgroupId, HierarchyId, NamespaceId, TaskId
from nsh.machine.value import Transaction

FIRST: Final = NamespaceId(34)
INUM: Final = 4026531835
_NO_ROOTS: Final[Map[HierarchyId, CgroupId]] = Map()


def _end(tx: Transaction, space: NamespaceId, record: CgroupSpace) -> None:
    del space
    for cgroup in sorted(record.roots.values()):
        put(tx, cgroup)


@kinds.namespace("cgroup", CloneFlag.CLONE_NEWCGROUP, CgroupSpace, INUM, end=_end)
def _copy(tx: Transaction, old: NamespaceId, new: New) -> CgroupSpace:
    """Where who makes it is: what the *old* one shows is of no account."""
    del old
    roots = _NO_ROOTS
    own = tx.find(InCgroups, new.maker)
    if own is not None:
        roots = own.cgroups
        for cgroup in roots.values():
            hold(tx, cgroup)
    return CgroupSpace(1, new.inum, new.owner, roots, creator=new.creator)


@hooks.on_boot(10)
def _boot(tx: Transaction) -> None:
    tx.put(FIRST, CgroupSpace(1, INUM, NamespaceId(0)))


def hold(tx: Transaction, cgroup: CgroupId, count: int = 1) -> None:
    """Count *count* more who refer to a cgroup."""
    record = tx.get(Cgroup, cgroup)
    tx.put(cgroup, replace(record, users=record.users + count))


def put(tx: Transaction, cgroup: CgroupId) -> None:
    """Count one down; the last one of a removed cgroup ends it, and lets go of the one above."""
    record = tx.get(Cgroup, cgroup)
    record = replace(record, users=record.users - 1)
    tx.put(cgroup, record)
    drop_unused(tx, cgroup, record)


def drop_unused(tx: Transaction, cgroup: CgroupId, record: Cgroup) -> None:
    """End a cgroup that is removed, and that nobody refers to."""
    if record.removed and not record.users:
        tx.drop(Cgroup, cgroup)
        tx.drop(PidsCgroup, cgroup)
        tx.drop(FreezerCgroup, cgroup)
        put(tx, record.parent)


def of(tx: Transaction, task: TaskId, number: HierarchyId) -> CgroupId:
    """The cgroup of a hierarchy that *task* is in."""
    row = tx.find(InCgroups, task)
    found = None if row is None else row.cgroups.get(number)
    return found or tx.get(Hierarchy, number).root


def root_of(tx: Transaction, reader: TaskId, hierarchy: HierarchyId) -> CgroupId:
    """The cgroup that *reader* is shown as the root of a hierarchy."""
    space = tx.get(CgroupSpace, contexts.namespace(tx, reader, "cgroup"))
    return space.roots.get(hierarchy) or tx.get(Hierarchy, hierarchy).root


def path(tx: Transaction, cgroup: CgroupId, root: CgroupId) -> str:
    """Where *cgroup* is, seen from *root*: ``/a/b``, or ``/../c`` for what is not below that
    (kernfs_path_from_node)."""
    there, here = _above(tx, cgroup), _above(tx, root)
    common = 0
    for one, other in zip(there, here, strict=False):
        if one != other:
            break
        common += 1
    names = [".." for _ in here[common:]]
    names += [tx.get(Cgroup, key).name for key in there[common:]]
    return "/" + "/".join(names)


def whole_path(tx: Transaction, cgroup: CgroupId) -> str:
    """Where *cgroup* is in its hierarchy, whoever asks."""
    return path(tx, cgroup, tx.get(Hierarchy, tx.get(Cgroup, cgroup).hierarchy).root)


def _above(tx: Transaction, cgroup: CgroupId) -> list[CgroupId]:
    """The cgroups that *cgroup* is in, outermost first, and itself."""
    found = [cgroup]
    while (above := tx.get(Cgroup, found[-1]).parent) != found[-1]:
        found.append(above)
    return found[::-1]
