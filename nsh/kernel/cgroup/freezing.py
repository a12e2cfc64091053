"""Who is not to run: ``cgroup.freeze`` of cgroup2 (kernel/cgroup/freezer.c), and whom the freezer
of the first version, or a checkpoint, has frozen.

Whom cgroup2 freezes is trapped on its way to its program, as after a signal: what it waited for it
asks anew when it is let go.  What is sent meanwhile stays pending, and what is deadly kills it.
"""

from msgspec.structs import replace

from nsh.kernel import hooks, signals, waiting
from nsh.machine.cgroups import UNIFIED, Cgroup, InCgroups, above, is_frozen
from nsh.machine.checkpoint import FrozenContainer
from nsh.machine.ids import CgroupId, TaskId
from nsh.machine.tasks import Flag, State, Task
from nsh.machine.value import Transaction

_SETTLED = (State.ZOMBIE, State.STOPPED)


def to_freeze(tx: Transaction, cgroup: CgroupId) -> bool:
    """Whether who is in *cgroup* is not to run."""
    return any(tx.get(Cgroup, each).freeze for each in above(tx, cgroup))


def note(tx: Transaction, cgroup: CgroupId) -> None:
    """Remember since when *cgroup* is to freeze, and for how long it was (cgroup_freeze_do)."""
    record = tx.get(Cgroup, cgroup)
    if to_freeze(tx, cgroup):
        if record.frozen_since is None:
            tx.put(cgroup, replace(record, frozen_since=tx.clock))
    elif record.frozen_since is not None:
        spent = time_frozen(tx, record)
        tx.put(cgroup, replace(record, frozen_since=None, frozen_before=spent))


def time_frozen(tx: Transaction, cgroup: Cgroup) -> int:
    """For how long it has been to freeze, in nanoseconds, whether or not anybody was there."""
    since = cgroup.frozen_since
    return cgroup.frozen_before + (0 if since is None else tx.clock - since)


def settle(tx: Transaction, tid: TaskId) -> None:
    """Trap a task, or let it go, as its cgroup wants it.  Who is stopped is not trapped before it
    goes on; the kernel's own never is."""
    task = tx.get(Task, tid)
    if task.state is State.STOPPED and tx.get(Task, task.leader).flags & Flag.DOOMED:
        tx.due.append((task.leader, tid))  # it may have been frozen when that was sent
    if task.state in _SETTLED or task.flags & (Flag.KTHREAD | Flag.EXITING):
        return
    wanted = _wanted(tx, tid)
    if wanted is task.state:
        return
    tx.put(tid, replace(task, state=wanted))
    if wanted is State.TRAPPED and signals.awaited_by(tx, tid) is not None:
        signals.interrupt(tx, tid)  # as whatever wakes its thread
    if task.state is State.TRAPPED:
        waiting.unqueue(tx, tid, anew=True)
    if task.state is not State.ALIVE:
        waiting.ready(tx, tid)
        tx.due.append((task.leader, tid))


def _wanted(tx: Transaction, tid: TaskId) -> State:
    if is_frozen(tx, tid):
        return State.FROZEN
    row = tx.find(InCgroups, tid)
    own = None if row is None else row.cgroups.get(UNIFIED)
    return State.TRAPPED if own is not None and to_freeze(tx, own) else State.ALIVE


@hooks.on_go_on
def _goes_on(tx: Transaction, tid: TaskId) -> None:
    """A stopped thread of a frozen cgroup or container is let go, and not far."""
    if tx.find(InCgroups, tid) is not None or tx.has(FrozenContainer):
        settle(tx, tid)
