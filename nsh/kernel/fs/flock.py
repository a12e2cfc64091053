"""flock(2): locks of an open file description on a whole file (flock_lock_inode in fs/locks.c)."""

from typing import Final

from nsh.abi.errno import Errno
from nsh.abi.locks import Flock, FlockOperation
from nsh.kernel import waiting
from nsh.kernel.dispatch import LeavesTrace, handles
from nsh.kernel.fs import lock_ranges, lock_table
from nsh.kernel.fs.descriptors import open_file
from nsh.kernel.waiting import WouldBlock
from nsh.machine.ids import FileId, TaskId
from nsh.machine.locks import FLOCK, LAST, READ, UNLOCK, WRITE, Held, Inode
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction
from nsh.machine.waiting import On, channel

_TYPES: Final = {
    FlockOperation.LOCK_SH: READ,
    FlockOperation.LOCK_EX: WRITE,
    FlockOperation.LOCK_UN: UNLOCK,
}


@handles(Flock)
def flock(tx: Transaction, caller: TaskId, request: Flock) -> int:
    """flock(2).  To change a lock is to give up the old one first, and there may be no new one
    then: somebody else may have got it, or a signal come."""
    if request.operation & FlockOperation.LOCK_MAND:
        return 0
    operation = request.operation & ~FlockOperation.LOCK_NB
    if operation not in _TYPES:
        raise Errno.EINVAL(f"flock has no operation {request.operation}")
    key, file = open_file(tx, caller, request.fd)
    wanted = _TYPES[FlockOperation(operation)]
    inode = lock_table.inode_of(tx, caller, file)
    _place, locks = lock_table.on(tx, inode)
    if any(held.file == key and held.type == wanted for held in locks.whole):
        return 0
    gave_up = _give_up(tx, inode, key)
    if wanted == UNLOCK:
        return 0
    place, locks = lock_table.on(tx, inode)
    leader = tx.get(Task, caller).leader
    lock = Held(FLOCK, wanted, 0, LAST, key, leader, tx.get(Task, leader).pids[0])
    blocker = lock_ranges.conflict(locks.whole, lock)
    if blocker is None:
        lock_table.put(tx, place, locks, whole=lock_table.numbered(tx, (*locks.whole, lock)))
        return 0
    if request.operation & FlockOperation.LOCK_NB:
        reason = "another open file description has a conflicting lock"
        if not gave_up:
            raise Errno.EAGAIN(reason)

        def trace(tx: Transaction) -> None:
            _give_up(tx, inode, key)

        raise LeavesTrace(Errno.EAGAIN, reason, trace)
    if waiting.interrupted(tx, caller):
        raise Errno.EINTR("a signal was handled")
    waits = (channel(On.LOCK, blocker.number),)
    raise WouldBlock(waits, reason="until the conflicting lock is given up", keep=gave_up)


def _give_up(tx: Transaction, inode: Inode, key: FileId) -> bool:
    """Whether there was a lock to give up."""
    place, locks = lock_table.on(tx, inode)
    kept = tuple(held for held in locks.whole if held.file != key)
    if len(kept) == len(locks.whole):
        return False
    lock_table.put(tx, place, locks, whole=kept)
    return True
