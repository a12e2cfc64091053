"""Who waits for a child to do execve (vfork(2))."""

from collections.abc import Iterator

from nsh.abi.errno import Errno
from nsh.abi.process import Clone, CloneFlag
from nsh.kernel import waiting
from nsh.kernel.checkpoint import parts
from nsh.kernel.checkpoint.image import Object
from nsh.kernel.checkpoint.state import Dump, Restart
from nsh.machine.ids import NOBODY, TaskId
from nsh.machine.tasks import State, Task
from nsh.machine.value import Transaction
from nsh.machine.vfork import Vfork


class Lent(Object, frozen=True, tag="vfork"):
    """Of one task."""

    pid: int
    child: int
    """0: it is through, and the call has yet to return."""
    told: int
    """What the call replies."""
    pidfd: int | None = None


@parts.saves(Lent, 66, Vfork)
def _save(dump: Dump) -> Iterator[Lent]:
    for task in dump.tasks:
        row = dump.tx.find(Vfork, task)
        if row is not None:
            child = 0 if row.child == NOBODY else dump.number(row.child)
            yield Lent(dump.number(task), child, row.pid, row.pidfd)


@parts.makes(Lent, "pid")
def _make(restart: Restart, saved: Lent) -> None:
    restart.task(saved.pid)
    if saved.child:
        restart.task(saved.child)
    restart.keep(saved)


@parts.finishes(60)
def _finish(restart: Restart) -> None:
    """EINVAL: it makes no such call, or the child is none that lives; or somebody who makes such a
    call has no line about it."""
    tx = restart.tx
    calling = {task for task in restart.tasks.values() if _is_vfork(tx, task)}
    for saved in restart.kept(Lent):
        task = restart.task(saved.pid)
        if task not in calling:
            raise Errno.EINVAL(f"vfork: {saved.pid} waits in no such call")
        child = restart.task(saved.child) if saved.child else NOBODY
        if child != NOBODY and tx.get(Task, child).state is State.ZOMBIE:
            raise Errno.EINVAL(f"vfork: {saved.child} is dead")
        tx.put(task, Vfork(child, saved.told, saved.pidfd))
    for pid, task in restart.tasks.items():
        if task in calling and tx.find(Vfork, task) is None:
            raise Errno.EINVAL(f"vfork: {pid} waits for a child, and no line says for which")


def _is_vfork(tx: Transaction, task: TaskId) -> bool:
    waiter = waiting.waiter(tx, task)
    call = None if waiter is None else waiter.request
    return isinstance(call, Clone) and bool(call.flags & CloneFlag.CLONE_VFORK)
