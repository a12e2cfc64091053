"""Hierarchies of cgroups, and who is where in them (cgroups(7); kernel/cgroup/cgroup-v1.c).

A hierarchy has a name and no controllers: it groups tasks, and counts nothing.
"""

from typing import Final

from immutables import Map
from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.files import S_IFDIR, S_IFREG
from nsh.kernel import cgroupns, hooks, kthreads, pids
from nsh.machine.cgroups import Cgroup, Hierarchies, Hierarchy, InCgroups
from nsh.machine.files import Attributes, SuperblockId
from nsh.machine.ids import CgroupId, HierarchyId, SpaceId, TaskId
from nsh.machine.tasks import Flag, Task
from nsh.machine.value import Transaction

PROCS: Final = "cgroup.procs"
TASKS: Final = "tasks"
FILES: Final = (PROCS, TASKS)
"""What is in every cgroup."""


def called(tx: Transaction, name: str) -> HierarchyId | None:
    """The number of the hierarchy *name*."""
    found = (key for key, record in tx.items(Hierarchy) if record.name == name)
    return next((HierarchyId(key) for key in found), None)


def begin(tx: Transaction, name: str) -> HierarchyId:
    """A new hierarchy, in whose root everybody is; its number."""
    row = tx.find(Hierarchies, 0)
    number = HierarchyId(1 if row is None else row.last + 1)
    tx.put(0, Hierarchies(number))
    key = CgroupId(tx.fresh())
    tx.put(key, Cgroup(number, key, "", _files(tx, S_IFDIR | 0o555, 0, 0)))
    tx.put(number, Hierarchy(name, key))
    return number


def has_children(tx: Transaction, number: HierarchyId) -> bool:
    """Whether there is a cgroup in the hierarchy besides its root; also a removed one that is a
    namespace's root still."""
    root = tx.get(Hierarchy, number).root
    return any(each.hierarchy == number and key != root for key, each in tx.items(Cgroup))


def unmounted(tx: Transaction, number: HierarchyId) -> None:
    """Nothing shows the hierarchy any more: it ends, unless there are cgroups in it
    (cgroup_kill_sb)."""
    record = tx.get(Hierarchy, number)
    if has_children(tx, number):
        tx.put(number, replace(record, superblock=SuperblockId(0)))
        return
    tx.drop(Hierarchy, number)
    tx.drop(Cgroup, record.root)


def _files(tx: Transaction, mode: int, uid: int, gid: int) -> Map[str, Attributes]:
    modes = {"": mode, **dict.fromkeys(FILES, S_IFREG | 0o644)}
    return Map(
        {
            name: Attributes(tx.fresh(), mode, uid=uid, gid=gid, mtime=tx.clock)
            for name, mode in modes.items()
        }
    )


def make(tx: Transaction, parent: CgroupId, name: str, mode: int, uid: int, gid: int) -> CgroupId:
    """A cgroup *name* in *parent*, with nobody in it."""
    above = tx.get(Cgroup, parent)
    key = CgroupId(tx.fresh())
    files = _files(tx, S_IFDIR | mode & 0o7777, uid, gid)
    tx.put(key, Cgroup(above.hierarchy, parent, name, files))
    children = above.children.set(name, key)
    tx.put(parent, replace(above, children=children, users=above.users + 1))
    return key


def remove(tx: Transaction, key: CgroupId) -> None:
    """EBUSY with tasks, or cgroups, in it (cgroup_destroy_locked)."""
    record = tx.get(Cgroup, key)
    if record.children:
        raise Errno.EBUSY(f"{len(record.children)} cgroups are in it")
    there = members(tx, key)
    if there:
        raise Errno.EBUSY(f"{len(there)} tasks are in the cgroup")
    above = tx.get(Cgroup, record.parent)
    tx.put(record.parent, replace(above, children=above.children.delete(record.name)))
    record = replace(record, removed=True)
    tx.put(key, record)
    cgroupns.drop_unused(tx, key, record)


def members(tx: Transaction, cgroup: CgroupId) -> list[TaskId]:
    """The living tasks in a cgroup.  O(tasks) for a root, else O(tasks in cgroups)."""
    record = tx.get(Cgroup, cgroup)
    if record.parent == cgroup:
        number = record.hierarchy
        everybody = (TaskId(key) for key, task in tx.items(Task) if cgroupns.alive(task))
        return [key for key in everybody if cgroupns.of(tx, key, number) == cgroup]
    rows = tx.items(InCgroups)
    return [TaskId(key) for key, row in rows if row.cgroups.get(record.hierarchy) == cgroup]


def numbers(tx: Transaction, cgroup: CgroupId, space: SpaceId, *, threads: bool) -> list[int]:
    """Who is in a cgroup, rising, by the numbers in a pid space; who is not seen there, is not
    here either (cgroup_pidlist)."""
    tasks = (tx.get(Task, key) for key in members(tx, cgroup))
    shown = tasks if threads else (tx.get(Task, task.leader) for task in tasks)
    return sorted({pids.number(tx, task, space) for task in shown} - {0})


def attach(
    tx: Transaction, caller: TaskId, euid: int, cgroup: CgroupId, nr: int, *, threads: bool
) -> None:
    """Move the thread that *caller* calls *nr*, or its whole process, to a cgroup; 0 is the caller.

    *euid* is whose right it goes by.  ESRCH; EACCES: neither root's nor its own user's; EINVAL of
    kthreadd (__cgroup1_procs_write).
    """
    found = pids.enter(tx, caller, nr) if nr else caller
    task = None if found is None else tx.find(Task, found)
    if found is None or task is None:
        raise Errno.ESRCH(f"there is no process {nr}")
    if not threads:
        found = task.leader
        task = tx.get(Task, found)
    if task.flags & Flag.KTHREAD and task.comm == kthreads.KTHREADD:
        raise Errno.EINVAL("kthreadd stays where it is")
    if euid not in (0, task.creds.uid, task.creds.suid):
        raise Errno.EACCES(f"{task.comm} is another user's")
    for each in (found,) if threads else (found, *task.threads):
        if cgroupns.alive(tx.get(Task, each)):
            _put_into(tx, each, cgroup)


def _put_into(tx: Transaction, task: TaskId, cgroup: CgroupId) -> None:
    record = tx.get(Cgroup, cgroup)
    row = tx.find(InCgroups, task)
    cgroups: Map[HierarchyId, CgroupId] = Map() if row is None else row.cgroups
    if record.parent != cgroup:
        cgroups = cgroups.set(record.hierarchy, cgroup)
    elif record.hierarchy in cgroups:
        cgroups = cgroups.delete(record.hierarchy)
    if cgroups:
        tx.put(task, InCgroups(cgroups))
    elif row is not None:
        tx.drop(InCgroups, task)


@hooks.on_fork(InCgroups)
def _born(tx: Transaction, parent: TaskId, child: TaskId) -> None:
    """Children and threads begin where who made them is."""
    row = tx.find(InCgroups, parent)
    if row is not None:
        tx.put(child, row)


@hooks.on_exit(InCgroups)
def _dying(tx: Transaction, tid: TaskId, task: Task) -> None:
    del task
    if tx.find(InCgroups, tid) is not None:
        tx.drop(InCgroups, tid)


@hooks.on_reap(InCgroups)
def _gone(tx: Transaction, tid: TaskId, task: Task) -> None:
    """A thread that is gone without having died has become its process, by execve."""
    row = tx.find(InCgroups, tid)
    if row is not None:
        tx.drop(InCgroups, tid)
        tx.put(task.leader, row)
