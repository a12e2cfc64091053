"""Waiting for locks: who waits for whom (fs/locks.c).

A request waits below the lock in its way, or below another request there that it conflicts with.
When a lock goes, those directly below it ask again; who gets its lock keeps those below, for they
wait for that now, and who has to wait elsewhere lets them ask again.
"""

from typing import Final, NoReturn

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.request import Failure
from nsh.kernel import hooks, waiting
from nsh.kernel.fs.descriptors import open_file
from nsh.kernel.fs.locking import lock_ranges, lock_table
from nsh.kernel.waiting import WouldBlock
from nsh.machine.files import File
from nsh.machine.ids import FileId, TaskId
from nsh.machine.locks import FLOCK, POSIX, FileLocks, Held, LockWait
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction
from nsh.machine.waiting import On, Waiter, channel

_CHAIN: Final = 10
"""MAX_DEADLK_ITERATIONS: how far a circle of waiting owners is followed."""


def waits(tx: Transaction) -> list[LockWait]:
    """Who waits for a lock and has not been woken, in the order in which they began to."""
    found = [
        wait
        for task, wait in tx.items(LockWait)
        if (waiter := tx.find(Waiter, task)) is not None and waiter.channels
    ]
    return sorted(found, key=lambda wait: wait.wanted.number)


def file_of(tx: Transaction, caller: TaskId, fd: int) -> tuple[FileId, File | None]:
    """The open file that a request is about; that of one which waits stays the same, whatever
    another thread makes of the descriptor: None if it is closed for good."""
    wait = tx.find(LockWait, caller)
    if wait is not None and waiting.waiter(tx, caller) is not None:
        return wait.wanted.file, tx.find(File, wait.wanted.file)
    return open_file(tx, caller, fd)


def after_close(tx: Transaction, caller: TaskId) -> Errno | None:
    """A request goes on whose file is closed for good, and lives on as long as that takes: EINTR,
    EDEADLK, or None once nothing is in its way (any more)."""
    old = tx.get(LockWait, caller)
    locks = tx.find(FileLocks, old.locks)
    held = () if locks is None else (*locks.ranges, *locks.whole)
    like = tuple(each for each in held if (each.kind == FLOCK) == (old.wanted.kind == FLOCK))
    blocker = lock_ranges.conflict(like, old.wanted)
    wake(tx, old.wanted.number)
    error: Errno | None = None
    if waiting.in_vain(tx, caller):
        error = Errno.EINTR
    elif blocker is not None:
        if waiting.interrupted(tx, caller):
            error = Errno.EINTR
        elif old.wanted.kind == POSIX and deadlock(tx, old.wanted, blocker):
            error = Errno.EDEADLK
        else:
            wait(tx, caller, old.locks, old.wanted, blocker, "until the lock is given up")
    tx.drop(LockWait, caller)
    lock_table.drop_of_file(tx, old.wanted.file)
    return error


def resume(tx: Transaction, caller: TaskId) -> int:
    """A request is asked, maybe again: the number under which others wait for it, or 0."""
    wait = tx.find(LockWait, caller)
    if wait is None:
        return 0
    tx.drop(LockWait, caller)
    lock_table.drop_of_file(tx, wait.wanted.file)
    if waiting.waiter(tx, caller) is None:  # a handler has run meanwhile: it begins anew
        wake(tx, wait.wanted.number)
        return 0
    return wait.wanted.number


def interrupted(tx: Transaction, turn: int) -> Failure:
    """A signal has ended the wait of a request: those below it, by its number *turn*, go on."""
    wake(tx, turn)
    return Failure(Errno.EINTR, "a signal was handled")


def wake(tx: Transaction, number: int) -> None:
    """Let those who wait directly below a lock, or a request, ask again."""
    if number:
        waiting.wake(tx, channel(On.LOCK, number))


def wait(
    tx: Transaction, caller: TaskId, place: int, wanted: Held, blocker: Held, reason: str
) -> NoReturn:
    """Have the caller wait for *blocker*, which is in the way of what it wants."""
    wanted = replace(wanted, number=tx.fresh())
    known = waits(tx)
    above = blocker
    while True:
        below = [wait.wanted for wait in known if wait.above == above.number]
        found = lock_ranges.conflict(below, wanted)
        if found is None:
            break
        above = found
    tx.put(caller, LockWait(place, wanted, above.number, above.kind == POSIX))
    raise WouldBlock((channel(On.LOCK, above.number),), reason=reason, keep=True)


def deadlock(tx: Transaction, wanted: Held, blocker: Held) -> bool:
    """Whether who has *blocker* waits, maybe by way of others, for *wanted*'s owner.

    (posix_locks_deadlock.)
    """
    sleeping = waits(tx)
    every = {wait.wanted.number: wait for _task, wait in tx.items(LockWait)}
    for _ in range(_CHAIN + 1):
        owned = (
            wait
            for wait in reversed(sleeping)
            if wait.followed and lock_ranges.same_owner(wait.wanted, blocker)
        )
        follows = next(owned, None)
        if follows is None:
            return False
        top = _top(tx, follows, every, {wait.wanted.number for wait in sleeping})
        if top is None:
            return False
        if lock_ranges.same_owner(top, wanted):
            return True
        blocker = top
    return False


def _top(
    tx: Transaction, wait: LockWait, every: dict[int, LockWait], sleeping: set[int]
) -> Held | None:
    """What *wait* waits for in the end: a lock, or a request that has just been woken."""
    while wait.above in sleeping:
        wait = every[wait.above]
    if wait.above in every:
        return every[wait.above].wanted
    locks = tx.find(FileLocks, wait.locks)
    held = () if locks is None else (*locks.ranges, *locks.whole)
    return next((each for each in held if each.number == wait.above), None)


@hooks.on_stop
def stopped(tx: Transaction, tid: TaskId) -> None:
    """Who is stopped waits no more, and begins anew when it goes on."""
    if tx.find(LockWait, tid) is not None:
        waiting.unqueue(tx, tid, anew=True)
        _leave(tx, tid)


@hooks.on_exit()
def end(tx: Transaction, tid: TaskId, task: Task) -> None:
    """Who dies waits no more, and then has no locks any more."""
    del task
    _leave(tx, tid)
    lock_table.end(tx, tid)


def _leave(tx: Transaction, tid: TaskId) -> None:
    """Those who wait below the request of *tid* ask again."""
    wait = tx.find(LockWait, tid)
    if wait is not None:
        tx.drop(LockWait, tid)
        lock_table.drop_of_file(tx, wait.wanted.file)
        wake(tx, wait.wanted.number)
