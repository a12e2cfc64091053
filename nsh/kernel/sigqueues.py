"""How many signals may be queued for a user: RLIMIT_SIGPENDING (kernel/signal.c, kernel/ucount.c).

What is sent beyond that is sent all the same, if it is no real-time signal or comes from kill(2),
but nothing is told of it.
"""

from nsh.kernel import hooks
from nsh.machine.ids import TaskId
from nsh.machine.limits import Limits, SigQueued
from nsh.machine.tasks import Task
from nsh.machine.users import UserSpace, ucounts_key
from nsh.machine.value import Transaction

_DEFAULT = Limits()


def limit(tx: Transaction, process: TaskId) -> int:
    """How many a process may have queued when it is sent one more."""
    return (tx.find(Limits, process) or _DEFAULT).sigpending


def charge(tx: Transaction, whom: Task, *, override: bool) -> int:
    """Count one more signal for the user of *whom*: replies for whom it counts, 0 if there is no
    room for it (sig_get_ucounts).  *override*: there is always room.

    In the user namespaces around its own, their makers' limits hold, as they were then.
    """
    space, uid = whom.creds.userns, whom.creds.uid
    own = ucounts_key(space, uid)
    most = limit(tx, whom.leader)
    counted: list[tuple[int, int]] = []
    while space:
        key = ucounts_key(space, uid)
        row = tx.find(SigQueued, key)
        count = 1 if row is None else row.count + 1
        if count > most and not override:
            return 0
        counted.append((key, count))
        record = tx.get(UserSpace, space)
        most = record.sigpending
        space, uid = record.owner, record.creator
    above = 0
    for key, count in reversed(counted):
        tx.put(key, SigQueued(count, above))
        above = key
    return own


def uncharge(tx: Transaction, key: int) -> None:
    """A signal that counted for *key* is gone; 0: it counted for nobody."""
    while key:
        row = tx.get(SigQueued, key)
        if row.count > 1:
            tx.put(key, SigQueued(row.count - 1, row.above))
        else:
            tx.drop(SigQueued, key)
        key = row.above


def queued(tx: Transaction, whom: Task) -> int:
    """How many count for the user of *whom*."""
    row = tx.find(SigQueued, ucounts_key(whom.creds.userns, whom.creds.uid))
    return 0 if row is None else row.count


@hooks.on_reap(SigQueued)
def _flush(tx: Transaction, tid: TaskId, task: Task) -> None:
    """What was never taken is gone with its zombie (release_task)."""
    del tid
    for info in (*task.pending, *task.shared):
        uncharge(tx, info.charge)


@hooks.on_fork(Limits)
def _inherit(tx: Transaction, parent: TaskId, child: TaskId) -> None:
    """A child begins with its parent's limits; threads have them together."""
    if tx.get(Task, child).leader == child:
        row = tx.find(Limits, tx.get(Task, parent).leader)
        if row is not None:
            tx.put(child, row)


@hooks.on_reap(Limits)
def _forget(tx: Transaction, tid: TaskId, task: Task) -> None:
    del task
    if tx.find(Limits, tid) is not None:
        tx.drop(Limits, tid)
