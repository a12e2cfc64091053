"""CLONE_VFORK: the caller waits until its child has done execve(2) or is dead
(wait_for_vfork_done in kernel/fork.c).

It sleeps so that only a deadly signal wakes it (TASK_KILLABLE, state D); all others wait until
the call is over.  Memory is nobody's here, so that nothing else tells such a child from others.
"""

from msgspec.structs import replace

from nsh.abi.process import Cloned
from nsh.kernel import hooks, waiting
from nsh.kernel.waiting import WouldBlock
from nsh.machine.ids import NOBODY, TaskId
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction
from nsh.machine.vfork import Vfork
from nsh.machine.waiting import On, channel


def begin(tx: Transaction, caller: TaskId, child: TaskId, reply: int | Cloned) -> None:
    """*caller* has made *child*, and waits to be told *reply*."""
    told = (reply.pid, reply.pidfd) if isinstance(reply, Cloned) else (reply, None)
    tx.put(caller, Vfork(child, *told))
    _wait(child)


def go_on(tx: Transaction, caller: TaskId) -> int | Cloned:
    """The call is asked again: is the child through?"""
    row = tx.get(Vfork, caller)
    if row.child != NOBODY:
        _wait(row.child)
    tx.drop(Vfork, caller)
    return row.pid if row.pidfd is None else Cloned(row.pid, row.pidfd)


def _wait(child: TaskId) -> None:
    raise WouldBlock((channel(On.VFORK, child),), reason="until its child executes", keep=True)


@hooks.on_exec
def _executed(tx: Transaction, tid: TaskId) -> None:
    """Who waits for *tid* goes on; what was sent to it meanwhile comes first."""
    for key, row in list(tx.items(Vfork)):
        if row.child == tid:
            tx.put(key, replace(row, child=NOBODY))
            waiting.wake(tx, channel(On.VFORK, tid))
            tx.due.append((tx.get(Task, TaskId(key)).leader, key))


@hooks.on_exit(Vfork)
def _died(tx: Transaction, tid: TaskId, task: Task) -> None:
    del task
    _executed(tx, tid)


@waiting.on_done
def _ended(tx: Transaction, task: TaskId) -> None:
    """It was killed, and nobody waits for the child any more."""
    if tx.find(Vfork, task) is not None:
        tx.drop(Vfork, task)
