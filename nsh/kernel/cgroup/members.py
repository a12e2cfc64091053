"""Tasks and their cgroups: born in them, moved, dead (cgroups(7); kernel/cgroup/cgroup.c).

Who dies is a member no more, but until it is reaped it keeps the cgroups that it was in: so its
parent sees where in the unified hierarchy that was, and the controller of pids counts it.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from immutables import Map

from nsh._modules import late
from nsh.kernel import cgroupns, hooks
from nsh.kernel.cgroup import events, freezing, pids, release
from nsh.machine.cgroups import UNIFIED, Arrival, Cgroup, Hierarchies, InCgroups, OpenNode
from nsh.machine.ids import CgroupId, HierarchyId, TaskId
from nsh.machine.subsystems import Subsystems
from nsh.machine.tasks import State, Task
from nsh.machine.value import Transaction

if TYPE_CHECKING:
    from nsh.kernel.subsystems import registry
else:  # where there are process containers
    late(globals(), "nsh.kernel.subsystems", "registry")

NOWHERE: Map[HierarchyId, CgroupId] = Map()


def put_into(tx: Transaction, task: TaskId, cgroup: CgroupId) -> None:
    """Move one living task."""
    row = tx.find(InCgroups, task)
    before = NOWHERE if row is None else row.cgroups
    cgroups = placed_in(tx, before, cgroup)
    if cgroups:
        tx.put(task, InCgroups(cgroups))
    elif row is not None:
        tx.drop(InCgroups, task)
    if before.get(UNIFIED) != cgroups.get(UNIFIED):
        tx.put(task, Arrival(tx.fresh()))
    pids.move(tx, before, cgroups)
    if tx.has(Subsystems):
        registry.moved(tx, task, before, cgroup)
    ran = tx.get(Task, task).state is State.ALIVE
    freezing.settle(tx, task)
    source = before.get(tx.get(Cgroup, cgroup).hierarchy)
    if source is not None:
        release.check(tx, source)
        events.update(tx, source)
    events.update(tx, cgroup)
    if ran:
        events.pass_through(tx, cgroup)


def placed_in(
    tx: Transaction, before: Map[HierarchyId, CgroupId], cgroup: CgroupId
) -> Map[HierarchyId, CgroupId]:
    """Where a task is that goes to *cgroup*: the root is not told."""
    record = tx.get(Cgroup, cgroup)
    if record.parent != cgroup:
        return before.set(record.hierarchy, cgroup)
    return before.delete(record.hierarchy) if record.hierarchy in before else before


def by_arrival(tx: Transaction, whom: Iterable[TaskId]) -> list[TaskId]:
    """*whom* in the order in which they came to where they are, be it by birth."""

    def came(task: TaskId) -> int:
        arrival = tx.find(Arrival, task)
        return task if arrival is None else arrival.number

    return sorted(whom, key=came)


@hooks.on_fork(InCgroups)
def _born(tx: Transaction, parent: TaskId, child: TaskId) -> None:
    """Children and threads begin where who made them is, unless they have been placed already
    (CLONE_INTO_CGROUP)."""
    own = tx.find(InCgroups, child)
    row = own or tx.find(InCgroups, parent)
    if row is None:
        return
    if row.cgroups:
        tx.put(child, row)
        pids.fork(tx, child, row.cgroups)
        freezing.settle(tx, child)
        if own is not None and UNIFIED in own.cgroups:
            events.update(tx, own.cgroups[UNIFIED])
    elif own is not None:
        tx.drop(InCgroups, child)


@hooks.on_fork(Subsystems)
def _counted(tx: Transaction, parent: TaskId, child: TaskId) -> None:
    """Tell the subsystems of process containers, now that the child is where it is: hooks of a
    module go by name."""
    del parent
    for subsystem, container in registry.at_work(tx, child):
        subsystem.fork(tx, child, container)


@hooks.on_exit(Subsystems)
def _counted_out(tx: Transaction, tid: TaskId, task: Task) -> None:
    """Tell them while it is still there."""
    del task
    for subsystem, container in registry.at_work(tx, tid):
        subsystem.exit(tx, tid, container)


@hooks.on_exit(InCgroups)
def _dying(tx: Transaction, tid: TaskId, task: Task) -> None:
    """A thread that is not the first leaves no zombie."""
    row = tx.find(InCgroups, tid)
    if row is None:
        return
    if task.leader == tid:
        for cgroup in row.cgroups.values():
            cgroupns.hold(tx, cgroup)
    else:
        tx.drop(InCgroups, tid)
        pids.move(tx, row.cgroups, NOWHERE)
    if tx.has(Hierarchies):
        for _number, cgroup in sorted(row.cgroups.items()):
            release.check(tx, cgroup, tid)
    if tx.has(OpenNode) and UNIFIED in row.cgroups:
        events.update(tx, row.cgroups[UNIFIED], tid)
        events.pass_through(tx, row.cgroups[UNIFIED])


@hooks.on_reap(InCgroups)
def _gone(tx: Transaction, tid: TaskId, task: Task) -> None:
    """A zombie is forgotten; a thread that is gone without having died has become its process, by
    execve, in the stead of the first, which was dead."""
    became = tid != task.leader
    if became and not task.context:
        return
    row = tx.find(InCgroups, task.leader)
    if row is not None:
        tx.drop(InCgroups, task.leader)
        pids.move(tx, row.cgroups, NOWHERE)
        for cgroup in sorted(row.cgroups.values()):
            cgroupns.put(tx, cgroup)
    own = tx.find(InCgroups, tid) if became else None
    if own is not None:
        tx.drop(InCgroups, tid)
        tx.put(task.leader, own)


@hooks.on_exit(Arrival)
def _thread_gone(tx: Transaction, tid: TaskId, task: Task) -> None:
    """The first thread's is forgotten when it is reaped."""
    if task.leader != tid and tx.find(Arrival, tid) is not None:
        tx.drop(Arrival, tid)


@hooks.on_reap(Arrival)
def _forgotten(tx: Transaction, tid: TaskId, task: Task) -> None:
    """Who has become its process by execve came when it came."""
    own = tx.find(Arrival, tid)
    if tx.find(Arrival, task.leader) is not None:
        tx.drop(Arrival, task.leader)
    if tid != task.leader and own is not None:
        tx.drop(Arrival, tid)
        if task.context:
            tx.put(task.leader, own)
