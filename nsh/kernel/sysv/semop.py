"""semop(2), semtimedop(2): all of the operations, or none and sleep (ipc/sem.c; N1).

Sleepers who only wait for zeros are looked at first, when something has become 0; then the others,
the longest first, and from the first on again after each that could go on.
"""

from typing import Final, NoReturn

from msgspec.structs import replace

from nsh.abi.errno import Errno, KernelError
from nsh.abi.ipc import IPC_NOWAIT, SEM_UNDO, Semop
from nsh.kernel import ipc, waiting
from nsh.kernel.dispatch import LeavesTrace, handles
from nsh.kernel.sysv import ipc_ids, ipc_permission, ipc_sleep, sem_undo
from nsh.kernel.sysv.ipc_ids import Kind
from nsh.kernel.sysv.ipc_permission import READ, WRITE, who
from nsh.machine.ids import TaskId
from nsh.machine.record import Record
from nsh.machine.sem import SEMVMX, SemOp, SemSet, SemSleeper
from nsh.machine.value import Transaction

KIND: Final = Kind("sem", SemSet, "semaphore set")


class Blocks(Record):
    """An operation that cannot be done now."""

    index: int


@handles(Semop)
def semop(tx: Transaction, caller: TaskId, request: Semop) -> int:
    """semop(2), semtimedop(2)."""
    what = f"semaphore set {request.semid}"
    row = ipc_sleep.resumed(tx, caller)
    if row is not None:
        ipc_sleep.answer(row, what)
        return 0
    if waiting.waiter(tx, caller) is not None:
        return _woken(tx, caller, request)
    ops = _checked(tx, caller, request)
    key, found = ipc_ids.find(tx, caller, KIND, request.semid)
    if not any(each.flags & SEM_UNDO for each in ops):
        return _begun(tx, caller, request, ops, key, found)

    def noted(tx: Transaction) -> SemSet:
        return sem_undo.noted(tx, caller, key, found)

    try:
        return _begun(tx, caller, request, ops, key, noted(tx))
    except KernelError as error:  # the kernel has made room for what is to be undone before it
        raise LeavesTrace(error.errno, error.reason, noted) from None


def _begun(
    tx: Transaction,
    caller: TaskId,
    request: Semop,
    ops: tuple[SemOp, ...],
    key: int,
    found: SemSet,
) -> int:
    what = f"semaphore set {request.semid}"
    highest = max(each.num for each in ops)
    if highest >= len(found.values):
        raise Errno.EFBIG(f"{what} has no semaphore {highest}")
    alters = any(each.op for each in ops)
    ipc_permission.check(tx, caller, found, WRITE if alters else READ, what)
    sleeper = SemSleeper(caller, ops, 0)
    after = _tried(tx, key, found, sleeper)
    if isinstance(after, Errno):
        raise after(_refusal(found, ops, after))
    if isinstance(after, Blocks):
        if request.timeout == 0:
            raise Errno.EAGAIN("the time is up at once")
        sleeper = replace(sleeper, blocking=after.index)
        tx.put(key, replace(found, sleepers=(*found.sleepers, sleeper)))
        _sleep(tx, caller, key, request, sleeper)
    after = replace(after, otime=tx.clock)
    tx.put(key, updated(tx, after, key, ops) if alters else after)
    return 0


def _refusal(found: SemSet, ops: tuple[SemOp, ...], errno: Errno) -> str:
    if errno is Errno.EAGAIN:
        values = " ".join(str(found.values[each.num]) for each in ops)
        return f"it would have to wait (the semaphores are {values})"
    return f"a semaphore, and what is to be undone of it, is at most {SEMVMX}"


def _checked(tx: Transaction, caller: TaskId, request: Semop) -> tuple[SemOp, ...]:
    count = len(request.ops)
    most = ipc.of(tx, caller).semopm & 0xFFFFFFFF
    if count > most:
        raise Errno.E2BIG(f"{count} operations: {most} is the most (semopm)")
    if not count or request.semid < 0:
        raise Errno.EINVAL("one operation at least, on a set whose id is not negative")
    if request.timeout is not None and request.timeout < 0:
        raise Errno.EINVAL("a timeout is not negative")
    return tuple(SemOp(*each) for each in request.ops)


def _woken(tx: Transaction, caller: TaskId, request: Semop) -> int:
    """Nothing has been done for the caller, and it does not sleep any more."""
    if waiting.expired(tx, caller):
        raise Errno.EAGAIN("the time is up")
    raise Errno.EINTR("a signal was handled, or the process was stopped")


def _sleep(
    tx: Transaction, caller: TaskId, key: int, request: Semop, sleeper: SemSleeper
) -> NoReturn:
    operation = sleeper.ops[sleeper.blocking]
    until = "is 0" if not operation.op else f"is {-operation.op} or more"
    deadline = None if request.timeout is None else tx.clock + request.timeout
    reason = f"until semaphore {operation.num} of set {request.semid} {until}"
    ipc_sleep.sleep(tx, caller, key, reason, deadline)


def _tried(
    tx: Transaction, key: int, found: SemSet, sleeper: SemSleeper
) -> SemSet | Blocks | Errno:
    """The set after all operations of *sleeper*; or which one blocks; or EAGAIN, ERANGE
    (perform_atomic_semop)."""
    values = [*found.values]
    undo = list(sem_undo.of(tx, sleeper.task, key, len(values)))
    for index, each in enumerate(sleeper.ops):
        result = values[each.num] + each.op
        if result < 0 or (not each.op and result):
            return Errno.EAGAIN if each.flags & IPC_NOWAIT else Blocks(index)
        if result > SEMVMX:
            return Errno.ERANGE
        if each.flags & SEM_UNDO:
            undo[each.num] -= each.op
            if not -SEMVMX - 1 <= undo[each.num] <= SEMVMX:
                return Errno.ERANGE
        values[each.num] = result
    me = who(tx, sleeper.task)
    pids = [*found.pids]
    for each in sleeper.ops:
        pids[each.num] = me
    found = replace(found, values=tuple(values), pids=tuple(pids))
    if any(each.flags & SEM_UNDO for each in sleeper.ops):
        found = sem_undo.keep(tx, sleeper.task, key, found, tuple(undo))
    return found


def updated(
    tx: Transaction, found: SemSet, key: int, ops: tuple[SemOp, ...] | None = None
) -> SemSet:
    """The set after all who could go on have, now that *ops* were done to it (do_smart_update);
    without these, any of its values may have changed."""
    found = _wake_for_zero(tx, found, key, ops)
    while (after := _wake_next(tx, found, key)) is not None:
        found = after
    return _look(tx, found, key)


def _wake_for_zero(
    tx: Transaction, found: SemSet, key: int, ops: tuple[SemOp, ...] | None
) -> SemSet:
    """Those who only wait for zeros are looked at if one of the semaphores is 0."""
    numbers = range(len(found.values)) if ops is None else [each.num for each in ops]
    if all(found.values[number] for number in numbers):
        return found
    for sleeper in found.sleepers:
        if sleeper.alters or not ipc_sleep.there(tx, sleeper.task):
            continue
        after = _tried(tx, key, found, sleeper)
        if isinstance(after, Blocks):
            found = _without(found, sleeper, replace(sleeper, blocking=after.index))
        elif isinstance(after, Errno):
            ipc_sleep.done(tx, sleeper.task, after)
            found = _without(found, sleeper)
        else:
            ipc_sleep.done(tx, sleeper.task)
            found = replace(_without(after, sleeper), otime=tx.clock)
    return found


def _wake_next(tx: Transaction, found: SemSet, key: int) -> SemSet | None:
    """The set after the first of the others who can go on has, or has failed; None if none can."""
    for sleeper in found.sleepers:
        if not sleeper.alters or not ipc_sleep.there(tx, sleeper.task):
            continue
        after = _tried(tx, key, found, sleeper)
        if isinstance(after, Errno):
            ipc_sleep.done(tx, sleeper.task, after)
            return _without(found, sleeper)
        if isinstance(after, SemSet):
            ipc_sleep.done(tx, sleeper.task)
            after = replace(_without(after, sleeper), otime=tx.clock)
            return _wake_for_zero(tx, after, key, sleeper.ops)
    return None


def _look(tx: Transaction, found: SemSet, key: int) -> SemSet:
    """Note which operation each of those blocks at who cannot go on."""
    for sleeper in found.sleepers:
        if sleeper.alters and len(sleeper.ops) > 1 and ipc_sleep.there(tx, sleeper.task):
            after = _tried(tx, key, found, sleeper)
            assert isinstance(after, Blocks), "all who could go on have"
            found = _without(found, sleeper, replace(sleeper, blocking=after.index))
    return found


def _without(found: SemSet, sleeper: SemSleeper, instead: SemSleeper | None = None) -> SemSet:
    kept: list[SemSleeper] = []
    for each in found.sleepers:
        if each.task != sleeper.task:
            kept.append(each)
        elif instead is not None:
            kept.append(instead)
    return replace(found, sleepers=tuple(kept))


def waiting_for(tx: Transaction, found: SemSet, number: int, *, zero: bool) -> int:
    """How many sleep because of semaphore *number*, be it that it is not 0, or not enough
    (count_semcnt)."""
    count = 0
    for sleeper in found.sleepers:
        operation = sleeper.ops[sleeper.blocking]
        same = operation.num == number and (not operation.op) == zero
        count += same and ipc_sleep.there(tx, sleeper.task)
    return count


@ipc_sleep.has_sleepers
def _remove_sleeper(tx: Transaction, key: int, task: TaskId) -> bool:
    found = tx.find(SemSet, key)
    if found is None:
        return False
    kept = tuple(each for each in found.sleepers if each.task != task)
    tx.put(key, replace(found, sleepers=kept))
    return True
