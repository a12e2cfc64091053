"""Sleeping on ipc objects: who lets a sleeper go on does its work for it (ipc/msg.c, ipc/sem.c).

A blocked call leaves a :class:`~nsh.machine.ipc.Sleeper` and stands in a list of its object.
Whoever ends the wait takes it off the list and says in the row what becomes of it, so nobody
comes between.  A stopped task stands in no list as far as others are concerned: in Linux the
stop wakes it, and it begins anew when it goes on.
"""

from collections.abc import Callable
from typing import Final, NoReturn

from nsh.abi.errno import Errno
from nsh.kernel import waiting
from nsh.kernel.waiting import WouldBlock
from nsh.machine.ids import TaskId
from nsh.machine.ipc import Sleeper
from nsh.machine.record import Record
from nsh.machine.tasks import State, Task
from nsh.machine.value import Transaction
from nsh.machine.waiting import On, channel

Remove = Callable[[Transaction, int, TaskId], bool]
_lists: Final[list[Remove]] = []


def has_sleepers(remove: Remove) -> Remove:
    """Register how a task is taken off the lists of an object of some kind: called with
    (transaction, the object's key, task), and replies whether it was of that kind."""
    _lists.append(remove)
    return remove


def sleep(
    tx: Transaction, caller: TaskId, object_key: int, reason: str, deadline: int | None = None
) -> NoReturn:
    """Wait, having been entered in a list of the object."""
    tx.put(caller, Sleeper(object_key))
    raise WouldBlock((channel(On.IPC, object_key),), deadline, reason, keep=True)


def resumed(tx: Transaction, caller: TaskId) -> Sleeper | None:
    """What was done for the blocked call of *caller*, whose row goes.  None for a call that
    begins, or that has to go on waiting: it is in no list then."""
    row = tx.find(Sleeper, caller)
    if row is None:
        return None
    if row.errno is None:
        leave(tx, caller)
        return None
    tx.drop(Sleeper, caller)
    return row


def answer(row: Sleeper, what: str) -> Record | None:
    """The message that was given, or None if there is none to give.  Raises the errno."""
    match row.errno:
        case None | 0:
            return row.given
        case Errno.EIDRM:
            raise Errno.EIDRM(f"{what} was removed meanwhile")
        case _:
            raise Errno(row.errno)(f"{what} has changed meanwhile")


def check_interrupted(tx: Transaction, caller: TaskId) -> None:
    """EINTR for a call that has waited, if a handler is to run."""
    if waiting.interrupted(tx, caller):
        raise Errno.EINTR("a signal was handled")


def begins(tx: Transaction, caller: TaskId) -> bool:
    """Whether the call of *caller* begins, or begins anew after a stop."""
    return waiting.waiter(tx, caller) is None or was_stopped(tx, caller)


def was_stopped(tx: Transaction, caller: TaskId) -> bool:
    """Whether the caller's blocked call was ended by a stop, and begins anew."""
    waiter = waiting.waiter(tx, caller)
    return waiter is not None and waiter.anew


def done(tx: Transaction, task: TaskId, errno: int = 0, given: Record | None = None) -> None:
    """Let *task*, which has been taken off its list, go on."""
    row = tx.get(Sleeper, task)
    tx.put(task, Sleeper(row.object, int(errno), given))
    waiting.poke(tx, task)


def gone(tx: Transaction, task: TaskId) -> None:
    """The object on which *task* sleeps was removed: EIDRM, but for one that is stopped."""
    if there(tx, task):
        done(tx, task, Errno.EIDRM)
    else:
        tx.drop(Sleeper, task)


def forget(tx: Transaction, task: TaskId) -> None:
    """The object is gone as if it had never been: *task* asks again, and finds none."""
    tx.drop(Sleeper, task)
    waiting.poke(tx, task)


def there(tx: Transaction, task: TaskId) -> bool:
    """Whether the sleeping *task* could go on: it is not stopped."""
    return tx.get(Task, task).state is State.ALIVE


@waiting.on_done
def leave(tx: Transaction, task: TaskId) -> None:
    """*task* waits no more, whyever: it is in no list."""
    row = tx.find(Sleeper, task)
    if row is None:
        return
    tx.drop(Sleeper, task)
    if row.errno is None:
        for remove in _lists:
            if remove(tx, row.object, task):
                return
