"""Cgroups above and below each other: made, removed, counted (kernel/cgroup/cgroup.c)."""

from collections.abc import Iterator

from immutables import Map
from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.files import S_IFDIR, S_IFREG
from nsh.kernel import cgroupns
from nsh.kernel.cgroup import cftypes, freezing, release
from nsh.kernel.fs import mount_tree
from nsh.machine.cgroups import UNIFIED, Cgroup, CgroupNode, Hierarchy, above
from nsh.machine.files import Attributes
from nsh.machine.ids import CgroupId, HierarchyId
from nsh.machine.value import Transaction


def below(tx: Transaction, cgroup: CgroupId) -> Iterator[CgroupId]:
    """*cgroup* itself and those in it, each before its own."""
    yield cgroup
    for child in sorted(tx.get(Cgroup, cgroup).children.values()):
        yield from below(tx, child)


def is_below(tx: Transaction, cgroup: CgroupId, top: CgroupId) -> bool:
    """Whether *cgroup* is *top* or in it (cgroup_is_descendant)."""
    return any(each == top for each in above(tx, cgroup))


def files(
    tx: Transaction, number: HierarchyId, mode: int, uid: int, gid: int, *, root: bool
) -> Map[str, Attributes]:
    """The directory of a new cgroup, and the files in it."""
    modes = {"": S_IFDIR | mode}
    known = cftypes.table(tx, number)
    modes |= {name: S_IFREG | its for name, its in cftypes.files(known, root=root)}
    return Map(
        {
            name: Attributes(tx.fresh(), each, uid=uid, gid=gid, mtime=tx.clock)
            for name, each in modes.items()
        }
    )


def make(tx: Transaction, parent: CgroupId, name: str, mode: int, uid: int, gid: int) -> CgroupId:
    """A cgroup *name* in *parent*, with nobody in it.  EAGAIN over a limit of one above
    (cgroup_check_hierarchy_limits)."""
    _check_limits(tx, parent)
    record = tx.get(Cgroup, parent)
    key = tx.new(CgroupId)
    own = files(tx, record.hierarchy, mode & 0o7777, uid, gid, root=False)
    made = Cgroup(
        record.hierarchy,
        parent,
        name,
        own,
        clone_children=record.clone_children,
        notify_on_release=record.notify_on_release,
        auto_delete=record.auto_delete,
    )
    tx.put(key, made)
    children = record.children.set(name, key)
    tx.put(parent, replace(record, children=children, users=record.users + 1))
    freezing.note(tx, key)
    return key


def _check_limits(tx: Transaction, parent: CgroupId) -> None:
    if tx.get(Cgroup, parent).hierarchy != UNIFIED:
        return
    for level, key in enumerate(above(tx, parent), 1):
        record = tx.get(Cgroup, key)
        if descendants(tx, key) >= record.max_descendants:
            where = record.name or "the root"
            reason = f"cgroup.max.descendants of {where} is {record.max_descendants}"
            raise Errno.EAGAIN(reason)
        if level > record.max_depth:
            where = record.name or "the root"
            raise Errno.EAGAIN(f"cgroup.max.depth of {where} is {record.max_depth}")


def descendants(tx: Transaction, cgroup: CgroupId) -> int:
    """How many are below *cgroup*."""
    return sum(1 for _each in below(tx, cgroup)) - 1


def remove(tx: Transaction, key: CgroupId, busy: int) -> None:
    """EBUSY with tasks, so many as are *busy*, or cgroups in it (cgroup_destroy_locked)."""
    record = tx.get(Cgroup, key)
    if record.children:
        raise Errno.EBUSY(f"{', '.join(sorted(record.children))} is in it")
    if busy:
        raise Errno.EBUSY(f"{busy} tasks are in it" if busy > 1 else "a task is in it")
    parent = tx.get(Cgroup, record.parent)
    tx.put(record.parent, replace(parent, children=parent.children.delete(record.name)))
    sb = tx.get(Hierarchy, record.hierarchy).superblock
    if sb:  # what is mounted on it, wherever
        mount_tree.uncover(tx, sb, CgroupNode(key))
    record = replace(tx.get(Cgroup, key), removed=True)
    tx.put(key, record)
    cgroupns.drop_unused(tx, key, record)
    release.check(tx, record.parent)


def rename(tx: Transaction, parent: CgroupId, old: str, new: str) -> None:
    """Another name for the cgroup *old* in *parent*."""
    record = tx.get(Cgroup, parent)
    child = record.children[old]
    tx.put(child, replace(tx.get(Cgroup, child), name=new))
    tx.put(parent, replace(record, children=record.children.delete(old).set(new, child)))
