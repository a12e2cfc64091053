"""Record locks: F_SETLK, F_SETLKW, F_GETLK and those of open file descriptions (fcntl_locking(2),
fs/locks.c; S2: among the leftovers of pids are "file locks").
"""

from typing import Final

from nsh.abi.errno import Errno, KernelError
from nsh.abi.files import OpenFlag
from nsh.abi.locks import FcntlLock, LockCommand, LockFound, LockType
from nsh.abi.request import Failure
from nsh.kernel import contexts, waiting
from nsh.kernel.dispatch import handles
from nsh.kernel.fs.drivers import operations_of
from nsh.kernel.fs.locking import lock_ranges, lock_table, lock_waits
from nsh.machine.files import File
from nsh.machine.ids import FileId, TaskId
from nsh.machine.locks import LAST, OFD, POSIX, UNLOCK, FileLocks, Held, LockWait
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction

_ACCMODE: Final = 3
_GET: Final = (LockCommand.F_GETLK, LockCommand.F_OFD_GETLK)
_WAIT: Final = (LockCommand.F_SETLKW, LockCommand.F_OFD_SETLKW)
_OFD: Final = (LockCommand.F_OFD_GETLK, LockCommand.F_OFD_SETLK, LockCommand.F_OFD_SETLKW)


@handles(FcntlLock)
def fcntl_lock(tx: Transaction, caller: TaskId, request: FcntlLock) -> int | LockFound | Failure:
    """fcntl(2) with a ``struct flock``."""
    if request.command not in list(LockCommand):
        raise Errno.EINVAL(f"fcntl has no command {request.command} for locks")
    key, file = lock_waits.file_of(tx, caller, request.fd)
    if file is None:
        place = tx.get(LockWait, caller).locks
        error = lock_waits.after_close(tx, caller)
        if error is None and request.command not in _OFD:
            lock_table.drop_own(tx, place, contexts.table_of(tx, caller))
        return _closed(request) if error is None else Failure(error, "it waited for a lock")
    if request.command in _GET:
        return _get(tx, caller, key, file, request)
    return _set(tx, caller, key, file, request)


def _closed(request: FcntlLock) -> int | Failure:
    """The lock was granted, and has gone with the descriptor: who has to know is told."""
    if request.command in _OFD:
        return 0
    return Failure(Errno.EBADF, f"descriptor {request.fd} was closed meanwhile")


def _wanted(tx: Transaction, caller: TaskId, key: FileId, file: File, request: FcntlLock) -> Held:
    """The lock that is asked for, or about.  EINVAL, EOVERFLOW."""
    if request.type not in list(LockType):
        raise Errno.EINVAL(f"{request.type} is no type of lock")
    start, end = _range(tx, caller, file, request)
    kind = OFD if request.command in _OFD else POSIX
    leader = tx.get(Task, caller).leader
    kpid, table = tx.get(Task, leader).pids[0], contexts.table_of(tx, caller)
    return Held(kind, request.type, start, end, key, leader, kpid, table)


def _range(tx: Transaction, caller: TaskId, file: File, request: FcntlLock) -> tuple[int, int]:
    """The first and the last byte (flock64_to_posix_lock)."""
    match request.whence:
        case 0:
            base = 0
        case 1:
            base = file.offset
        case 2:
            base = _size(tx, caller, file)
        case _:
            raise Errno.EINVAL(f"{request.whence} is no place to count from")
    start, length = base + request.start, request.length
    if start > LAST:
        raise Errno.EOVERFLOW("the range begins beyond the largest offset")
    if start < 0:
        raise Errno.EINVAL("the range begins before the file")
    if length > 0:
        if start + length - 1 > LAST:
            raise Errno.EOVERFLOW("the range ends beyond the largest offset")
        return start, start + length - 1
    if length < 0:
        if start + length < 0:
            raise Errno.EINVAL("the range begins before the file")
        return start + length, start - 1
    return start, LAST


def _size(tx: Transaction, caller: TaskId, file: File) -> int:
    """i_size, which is 0 of what has none."""
    operations = operations_of(tx, file)
    if not operations.positioned:
        return 0
    try:
        return operations.seek_end(tx, caller, file)
    except KernelError:
        return 0


def _get(tx: Transaction, caller: TaskId, key: FileId, file: File, request: FcntlLock) -> LockFound:
    """F_GETLK: the first lock that is in the way, and whose it is in the caller's numbers."""
    asks = request.type == LockType.F_UNLCK and request.command == LockCommand.F_OFD_GETLK
    if not asks and request.type not in (LockType.F_RDLCK, LockType.F_WRLCK):
        raise Errno.EINVAL("what is asked about is a lock for reading or for writing")
    wanted = _wanted(tx, caller, key, file, request)
    if request.command == LockCommand.F_OFD_GETLK and request.pid:
        raise Errno.EINVAL("l_pid is 0 for locks of open file descriptions")
    _place, locks = lock_table.on(tx, lock_table.inode_of(tx, caller, file))
    found = (lock_ranges.own if asks else lock_ranges.conflict)(locks.ranges, wanted)
    if found is None:
        return LockFound(
            int(LockType.F_UNLCK), request.start, request.length, request.whence, request.pid
        )
    length = 0 if found.end == LAST else found.end - found.start + 1
    pid = lock_table.number(tx, found, tx.get(Task, caller).space)
    return LockFound(int(found.type), found.start, length, 0, pid)


def _set(
    tx: Transaction, caller: TaskId, key: FileId, file: File, request: FcntlLock
) -> int | Failure:
    """F_SETLK and F_SETLKW."""
    wanted = _wanted(tx, caller, key, file, request)
    access = file.flags & _ACCMODE
    if request.type == LockType.F_RDLCK and access == OpenFlag.O_WRONLY:
        raise Errno.EBADF(f"descriptor {request.fd} is not open for reading")
    if request.type == LockType.F_WRLCK and access == OpenFlag.O_RDONLY:
        raise Errno.EBADF(f"descriptor {request.fd} is not open for writing")
    if request.command in _OFD and request.pid:
        raise Errno.EINVAL("l_pid is 0 for locks of open file descriptions")
    turn = lock_waits.resume(tx, caller)
    if waiting.in_vain(tx, caller):
        return lock_waits.interrupted(tx, turn)
    place, locks = lock_table.on(tx, lock_table.inode_of(tx, caller, file))
    blocker = None if wanted.type == UNLOCK else lock_ranges.conflict(locks.ranges, wanted)
    if blocker is None:
        entry = contexts.files(tx, caller).get(request.fd)
        if turn and (entry is None or entry.file != key) and wanted.kind == POSIX:
            lock_table.drop_own(tx, place, wanted.table)  # and all that others got meanwhile
            lock_waits.wake(tx, turn)
            return _closed(request)
        _grant(tx, place, locks, wanted, turn)
        return 0
    holder = _called(tx, caller, blocker)
    if request.command not in _WAIT:
        raise Errno.EAGAIN(f"{holder} has a conflicting lock")
    if waiting.interrupted(tx, caller):
        return lock_waits.interrupted(tx, turn)
    lock_waits.wake(tx, turn)
    if wanted.kind == POSIX and lock_waits.deadlock(tx, wanted, blocker):
        return Failure(Errno.EDEADLK, f"{holder} waits, maybe by way of others, for the caller")
    lock_waits.wait(tx, caller, place, wanted, blocker, f"until {holder} gives up its lock")


def _grant(tx: Transaction, place: int, locks: FileLocks, wanted: Held, turn: int) -> None:
    """Those who wait below the request wait for its lock now, unless it has become part of an old
    one."""
    changed = lock_ranges.changed(locks.ranges, wanted)
    if changed != locks.ranges:
        named = lock_table.numbered(tx, changed, turn)
        lock_table.put(tx, place, locks, ranges=named)
        if any(held.number == turn for held in named):
            return
    lock_waits.wake(tx, turn)


def _called(tx: Transaction, caller: TaskId, held: Held) -> str:
    """Who has a lock, for people."""
    if held.kind == OFD:
        return "an open file description"
    number = lock_table.number(tx, held, tx.get(Task, caller).space)
    return f"pid {number}" if number else f"a process out of sight (kpid {held.kpid})"
