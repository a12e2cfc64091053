"""Jobs: all descendants of a leader, for good (S0: "this might even be useful to the PAGG folks as
a grouping mechanism, similar to their jobs or containers"; R6, for comparison).

A process begins a job by writing to ``/proc/self/job``, and it and its descendants are in it,
whatever becomes of the leader.  Nobody leaves, and nobody is moved; nothing else goes with it.
"""

from nsh.abi.errno import Errno
from nsh.kernel import hooks
from nsh.machine.classes import InJob
from nsh.machine.ids import TaskId
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction


def of(tx: Transaction, task: TaskId) -> int:
    """The number of its job; 0: it is in none."""
    row = tx.find(InJob, tx.get(Task, task).leader)
    return 0 if row is None else row.number


def begin(tx: Transaction, caller: TaskId) -> None:
    """A new job, called by what the kernel calls the caller.  EPERM: it is in one."""
    leader = tx.get(Task, caller).leader
    if tx.find(InJob, leader) is not None:
        raise Errno.EPERM("a job is for good: nobody leaves one for another")
    task = tx.get(Task, leader)
    tx.put(leader, InJob(task.pids[0]))
    for each in (leader, *task.threads):
        for hook in hooks.changed:
            hook(tx, each)


@hooks.on_fork(InJob)
def inherit(tx: Transaction, parent: TaskId, child: TaskId) -> None:
    """Children are in their parent's."""
    row = tx.find(InJob, tx.get(Task, parent).leader)
    if row is not None and tx.get(Task, child).leader == child:
        tx.put(child, row)


@hooks.on_reap(InJob)
def _gone(tx: Transaction, tid: TaskId, task: Task) -> None:
    """With its zombie it is forgotten."""
    if task.leader == tid and tx.find(InJob, tid) is not None:
        tx.drop(InJob, tid)
