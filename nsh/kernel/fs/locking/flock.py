"""flock(2): locks of an open file description on a whole file (flock_lock_inode in fs/locks.c)."""

from typing import Final

from nsh.abi.errno import Errno
from nsh.abi.locks import Flock, FlockOperation
from nsh.abi.request import Failure
from nsh.kernel import waiting
from nsh.kernel.dispatch import handles
from nsh.kernel.fs.locking import lock_ranges, lock_table, lock_waits
from nsh.machine.ids import FileId, TaskId
from nsh.machine.locks import FLOCK, LAST, READ, UNLOCK, WRITE, Held, Inode
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction

_TYPES: Final = {
    FlockOperation.LOCK_SH: READ,
    FlockOperation.LOCK_EX: WRITE,
    FlockOperation.LOCK_UN: UNLOCK,
}


@handles(Flock)
def flock(tx: Transaction, caller: TaskId, request: Flock) -> int | Failure:
    """flock(2).  To change a lock is to give up the old one first, and there may be no new one
    then: somebody else may have got it, or a signal come."""
    if request.operation & FlockOperation.LOCK_MAND:
        return 0
    operation = request.operation & ~FlockOperation.LOCK_NB
    if operation not in _TYPES:
        raise Errno.EINVAL(f"flock has no operation {request.operation}")
    key, file = lock_waits.file_of(tx, caller, request.fd)
    if file is None:
        error = lock_waits.after_close(tx, caller)
        return 0 if error is None else Failure(error, "it waited for a lock")
    wanted = _TYPES[FlockOperation(operation)]
    inode = lock_table.inode_of(tx, caller, file)
    _place, locks = lock_table.on(tx, inode)
    if any(held.file == key and held.type == wanted for held in locks.whole):
        return 0
    turn = lock_waits.resume(tx, caller)
    if waiting.in_vain(tx, caller):
        return lock_waits.interrupted(tx, turn)
    gave_up = _give_up(tx, inode, key)
    if wanted == UNLOCK:
        return 0
    place, locks = lock_table.on(tx, inode)
    leader = tx.get(Task, caller).leader
    lock = Held(FLOCK, wanted, 0, LAST, key, leader, tx.get(Task, leader).pids[0])
    blocker = lock_ranges.conflict(locks.whole, lock)
    if blocker is None:
        lock_table.put(tx, place, locks, whole=lock_table.numbered(tx, (*locks.whole, lock), turn))
        return 0
    if request.operation & FlockOperation.LOCK_NB:
        reason = "another open file description has a conflicting lock"
        if gave_up:
            return Failure(Errno.EAGAIN, reason)
        raise Errno.EAGAIN(reason)
    if waiting.interrupted(tx, caller):
        return lock_waits.interrupted(tx, turn)
    lock_waits.wake(tx, turn)
    lock_waits.wait(tx, caller, place, lock, blocker, "until the conflicting lock is given up")


def _give_up(tx: Transaction, inode: Inode, key: FileId) -> bool:
    """Whether there was a lock to give up."""
    place, locks = lock_table.on(tx, inode)
    kept = tuple(held for held in locks.whole if held.file != key)
    if len(kept) == len(locks.whole):
        return False
    lock_table.put(tx, place, locks, whole=kept)
    return True
