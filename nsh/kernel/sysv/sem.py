"""Semaphore sets: semget(2), semctl(2) (ipc/sem.c; N1)."""

from typing import Final

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.ipc import IpcCommand, Semctl, Semget, SemidDs
from nsh.kernel import ipc
from nsh.kernel.dispatch import handles
from nsh.kernel.sysv import ipc_ids, ipc_permission, ipc_sleep, semop
from nsh.kernel.sysv.ipc_permission import READ, WRITE, seconds, told, who
from nsh.kernel.sysv.semop import KIND
from nsh.machine.ids import TaskId
from nsh.machine.ipc import Ipc
from nsh.machine.sem import SEMVMX, SemSet, UndoList
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction

_ASKING: Final = (
    IpcCommand.GETPID,
    IpcCommand.GETVAL,
    IpcCommand.GETALL,
    IpcCommand.GETNCNT,
    IpcCommand.GETZCNT,
)


@handles(Semget)
def semget(tx: Transaction, caller: TaskId, request: Semget) -> int:
    """semget(2)."""
    most = ipc.of(tx, caller).semmsl
    if not 0 <= request.nsems <= most:
        raise Errno.EINVAL(f"a set of {request.nsems} semaphores: {most} is the most (semmsl)")

    def check(found: SemSet) -> None:
        if request.nsems > len(found.values):
            raise Errno.EINVAL(f"semaphore set {found.id} has {len(found.values)} semaphores")

    return ipc_ids.get(
        tx, caller, KIND, request.key, request.flags, lambda: _make(tx, caller, request), check
    )


def _make(tx: Transaction, caller: TaskId, request: Semget) -> int:
    space = ipc.key_of(tx, caller)
    record = tx.get(Ipc, space)
    count = request.nsems
    if not count:
        raise Errno.EINVAL("a new set has one semaphore at least")
    if record.semaphores + count > record.semmns:
        raise Errno.ENOSPC(f"there can be {record.semmns} semaphores in all (semmns)")
    creds = tx.get(Task, caller).creds
    row = tx.fresh()
    number = ipc_ids.give(tx, space, KIND, record.semmni, request.key, row)
    owner = (creds.euid, creds.egid) * 2
    mode = request.flags & 0o777
    made = SemSet(space, number, request.key, *owner, mode, tx.clock, (0,) * count, (None,) * count)
    tx.put(row, made)
    ipc.change(tx, space, semaphores=record.semaphores + count)
    return number


@handles(Semctl)
def semctl(tx: Transaction, caller: TaskId, request: Semctl) -> int | tuple[int, ...] | SemidDs:
    """semctl(2)."""
    if request.semid < 0:
        raise Errno.EINVAL("the id of a set is not negative")
    match request.command:
        case IpcCommand.IPC_STAT:
            return _stat(tx, caller, request.semid)
        case IpcCommand.IPC_SET:
            key, found = ipc_ids.owned(tx, caller, KIND, request.semid, "change")
            tx.put(
                key,
                ipc_permission.changed(tx, caller, found, request.uid, request.gid, request.mode),
            )
        case IpcCommand.IPC_RMID:
            key, found = ipc_ids.owned(tx, caller, KIND, request.semid, "remove")
            _drop(tx, key, found)
        case IpcCommand.SETVAL:
            _set_one(tx, caller, request)
        case IpcCommand.SETALL:
            _set_all(tx, caller, request)
        case command if command in _ASKING:
            return _ask(tx, caller, request)
        case _:
            raise Errno.EINVAL(f"semctl has no command {request.command}")
    return 0


def _stat(tx: Transaction, caller: TaskId, number: int) -> SemidDs:
    _key, found = ipc_ids.find(tx, caller, KIND, number)
    ipc_permission.check(tx, caller, found, READ, f"semaphore set {found.id}")
    perm = ipc_permission.perm(tx, caller, found)
    return SemidDs(perm, seconds(found.otime), seconds(found.ctime), len(found.values))


def _check_number(found: SemSet, number: int) -> None:
    if not 0 <= number < len(found.values):
        raise Errno.EINVAL(f"semaphore set {found.id} has no semaphore {number}")


def _ask(tx: Transaction, caller: TaskId, request: Semctl) -> int | tuple[int, ...]:
    _key, found = ipc_ids.find(tx, caller, KIND, request.semid)
    ipc_permission.check(tx, caller, found, READ, f"semaphore set {found.id}")
    if request.command == IpcCommand.GETALL:
        return tuple(found.values)
    number = request.semnum
    _check_number(found, number)
    match request.command:
        case IpcCommand.GETVAL:
            return int(found.values[number])
        case IpcCommand.GETPID:
            return told(tx, caller, found.pids[number])
        case _:
            zero = request.command == IpcCommand.GETZCNT
            return semop.waiting_for(tx, found, number, zero=zero)


def _check_value(value: int) -> None:
    if not 0 <= value <= SEMVMX:
        raise Errno.ERANGE(f"a semaphore is between 0 and {SEMVMX}, not {value}")


def _set_one(tx: Transaction, caller: TaskId, request: Semctl) -> None:
    """SETVAL: nothing is to be undone of this semaphore any more (semctl_setval)."""
    value = request.values[0] if request.values else 0
    _check_value(value)
    key, found = ipc_ids.find(tx, caller, KIND, request.semid)
    number = request.semnum
    _check_number(found, number)
    ipc_permission.check(tx, caller, found, WRITE, f"semaphore set {found.id}")
    values = [*found.values]
    values[number] = value
    pids = [*found.pids]
    pids[number] = who(tx, caller)
    _forget(tx, key, found, {number})
    found = replace(found, values=tuple(values), pids=tuple(pids), ctime=tx.clock)
    tx.put(key, semop.updated(tx, found, key))


def _set_all(tx: Transaction, caller: TaskId, request: Semctl) -> None:
    key, found = ipc_ids.find(tx, caller, KIND, request.semid)
    ipc_permission.check(tx, caller, found, WRITE, f"semaphore set {found.id}")
    count = len(found.values)
    if len(request.values) != count:
        raise Errno.EINVAL(f"semaphore set {found.id} has {count} semaphores")
    for value in request.values:
        _check_value(value)
    _forget(tx, key, found, set(range(count)))
    pids = (who(tx, caller),) * count
    found = replace(found, values=request.values, pids=pids, ctime=tx.clock)
    tx.put(key, semop.updated(tx, found, key))


def _forget(tx: Transaction, key: int, found: SemSet, numbers: set[int]) -> None:
    """Whatever was to be undone of these semaphores is not."""
    for undoer in found.undoers:
        undo = tx.get(UndoList, undoer)
        adjustments = tuple(
            each
            if each.set != key
            else replace(
                each,
                values=tuple(
                    0 if number in numbers else value for number, value in enumerate(each.values)
                ),
            )
            for each in undo.adjustments
        )
        tx.put(undoer, replace(undo, adjustments=adjustments))


def _drop(tx: Transaction, key: int, found: SemSet) -> None:
    """Remove a set (freeary): nothing is undone, and all sleepers learn of it."""
    for undoer in found.undoers:
        undo = tx.get(UndoList, undoer)
        adjustments = tuple(each for each in undo.adjustments if each.set != key)
        tx.put(undoer, replace(undo, adjustments=adjustments))
    ipc_ids.release(tx, KIND, key, found)
    space = tx.get(Ipc, found.namespace)
    ipc.change(tx, found.namespace, semaphores=space.semaphores - len(found.values))
    altering = [each.task for each in found.sleepers if each.alters]
    others = [each.task for each in found.sleepers if not each.alters]
    for task in (*others, *altering):
        ipc_sleep.gone(tx, task)


@ipc.at_end
def _end(tx: Transaction, space: Ipc) -> None:
    for key, found in ipc_ids.every(tx, space, KIND):
        for undoer in found.undoers:
            undo = tx.get(UndoList, undoer)
            adjustments = tuple(each for each in undo.adjustments if each.set != key)
            tx.put(undoer, replace(undo, adjustments=adjustments))
        tx.drop(SemSet, key)
