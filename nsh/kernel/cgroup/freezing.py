"""The freezer of cgroup2: ``cgroup.freeze`` (kernel/cgroup/freezer.c).

A frozen task is trapped on its way to its program, as after a signal: what it waited for it asks
anew when it is let go.  What is sent meanwhile stays pending, and what is deadly kills it.
"""

from msgspec.structs import replace

from nsh.kernel import cgroupns, hooks, signals, waiting
from nsh.kernel.cgroup import tree
from nsh.machine.cgroups import UNIFIED, Cgroup, Hierarchy, InCgroups
from nsh.machine.ids import CgroupId, TaskId
from nsh.machine.tasks import Flag, State, Task
from nsh.machine.value import Transaction

_SETTLED = (State.ZOMBIE, State.STOPPED)


def to_freeze(tx: Transaction, cgroup: CgroupId) -> bool:
    """Whether who is in *cgroup* is not to run."""
    return any(tx.get(Cgroup, each).freeze for each in tree.above(tx, cgroup))


def settle(tx: Transaction, tid: TaskId) -> None:
    """Trap a task, or let it go, as its cgroup wants it.  Who is stopped is not trapped before it
    goes on; the kernel's own never is."""
    task = tx.get(Task, tid)
    if task.state in _SETTLED or task.flags & (Flag.KTHREAD | Flag.EXITING):
        return
    wanted = tx.find(Hierarchy, UNIFIED) is not None and to_freeze(
        tx, cgroupns.of(tx, tid, UNIFIED)
    )
    if wanted and task.state is State.ALIVE:
        tx.put(tid, replace(task, state=State.TRAPPED))
        if signals.awaited_by(tx, tid) is not None:
            signals.interrupt(tx, tid)  # as whatever wakes its thread
    elif not wanted and task.state is State.TRAPPED:
        tx.put(tid, replace(task, state=State.ALIVE))
        waiting.unqueue(tx, tid, anew=True)
        waiting.ready(tx, tid)
        tx.due.append((task.leader, tid))


@hooks.on_go_on
def _goes_on(tx: Transaction, tid: TaskId) -> None:
    """A stopped thread of a frozen cgroup is let go, and not far."""
    if tx.find(InCgroups, tid) is not None:
        settle(tx, tid)
