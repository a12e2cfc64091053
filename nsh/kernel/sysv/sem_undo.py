"""SEM_UNDO: what a task did to semaphores is taken back when it ends (semop(2), exit_sem(); N1).

Tasks made with CLONE_SYSVSEM have one list together, and the last of them undoes.
"""

from typing import Final

from msgspec.structs import replace

from nsh.abi.process import CloneFlag
from nsh.kernel import hooks, ipc
from nsh.kernel.sysv import semop
from nsh.kernel.sysv.ipc_permission import who
from nsh.machine.ids import TaskId
from nsh.machine.sem import SEMVMX, Adjustment, SemSet, Undo, UndoList
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction

_SYSVSEM: Final = int(CloneFlag.CLONE_SYSVSEM)


def of(tx: Transaction, task: TaskId, key: int, count: int) -> tuple[int, ...]:
    """What *task* has to add to the semaphores of the set *key* at its end."""
    undo = tx.find(Undo, task)
    if undo is not None:
        for each in tx.get(UndoList, undo.list).adjustments:
            if each.set == key:
                return each.values
    return (0,) * count


def noted(tx: Transaction, task: TaskId, key: int, found: SemSet) -> SemSet:
    """Note that *task* may have something to add to the set *found*, whatever comes of its call: it
    looks after the set at its end (find_alloc_undo).  The set that knows it, written down."""
    found = keep(tx, task, key, found, of(tx, task, key, len(found.values)))
    tx.put(key, found)
    return found


def keep(tx: Transaction, task: TaskId, key: int, found: SemSet, values: tuple[int, ...]) -> SemSet:
    """Note what *task* has to add to the set *found*; the set that knows it."""
    number = _list_of(tx, task)
    undo = tx.get(UndoList, number)
    new = Adjustment(key, values)
    if number not in found.undoers:
        adjustments = (new, *undo.adjustments)
        found = replace(found, undoers=(*found.undoers, number))
    else:
        adjustments = tuple(new if each.set == key else each for each in undo.adjustments)
    tx.put(number, replace(undo, adjustments=adjustments))
    return found


def _list_of(tx: Transaction, task: TaskId) -> int:
    undo = tx.find(Undo, task)
    if undo is not None:
        return undo.list
    number = tx.fresh()
    tx.put(number, UndoList(1))
    tx.put(task, Undo(number))
    return number


@hooks.on_clone
def _share(tx: Transaction, parent: TaskId, child: TaskId, flags: int) -> None:
    if flags & _SYSVSEM:
        number = _list_of(tx, parent)
        undo = tx.get(UndoList, number)
        tx.put(number, replace(undo, users=undo.users + 1))
        tx.put(child, Undo(number))


@hooks.on_unshare
def _unshare(tx: Transaction, task: TaskId, flags: int) -> None:
    if flags & _SYSVSEM:
        leave(tx, task)


@hooks.on_exit(Undo)
def _exit(tx: Transaction, task: TaskId, record: Task) -> None:
    del record
    leave(tx, task)


@hooks.on_reap(Undo)
def _taken_over(tx: Transaction, task: TaskId, record: Task) -> None:
    """A thread that does execve goes on as its process's leader, and its list with it."""
    undo = tx.find(Undo, task)
    if undo is not None:
        tx.drop(Undo, task)
        tx.put(record.leader, undo)


@ipc.on_leaving
def leave(tx: Transaction, task: TaskId) -> None:
    """*task* has no list any more; the last one of a list makes its adjustments (exit_sem)."""
    undo = tx.find(Undo, task)
    if undo is None:
        return
    tx.drop(Undo, task)
    found = tx.get(UndoList, undo.list)
    if found.users > 1:
        tx.put(undo.list, replace(found, users=found.users - 1))
        return
    for each in found.adjustments:
        _adjust(tx, task, undo.list, each)
    tx.drop(UndoList, undo.list)


def _adjust(tx: Transaction, task: TaskId, number: int, adjustment: Adjustment) -> None:
    """Add, within bounds, and let who waited for it go on."""
    found = tx.get(SemSet, adjustment.set)
    values = [*found.values]
    pids = [*found.pids]
    for place, change in enumerate(adjustment.values):
        if change:
            values[place] = min(max(values[place] + change, 0), SEMVMX)
            pids[place] = who(tx, task)
    found = replace(
        found,
        values=tuple(values),
        pids=tuple(pids),
        otime=tx.clock,
        undoers=tuple(each for each in found.undoers if each != number),
    )
    tx.put(adjustment.set, semop.updated(tx, found, adjustment.set))
