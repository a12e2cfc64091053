"""Whom the signals of an open file go to: F_SETOWN and F_GETOWN of fcntl(2)."""

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.kernel import pids
from nsh.machine.files import File, FileOwner
from nsh.machine.ids import FileId, TaskId
from nsh.machine.tasks import Group, Task
from nsh.machine.value import Transaction

_INT: int = 1 << 32


def set_owner(tx: Transaction, caller: TaskId, key: FileId, number: int) -> None:
    """A process, a group (as a negative number), or nobody (0), in the caller's numbers.

    EINVAL, ESRCH.
    """
    file = tx.get(File, key)
    number = (number + _INT // 2) % _INT - _INT // 2
    if number == -_INT // 2:
        raise Errno.EINVAL("that is no group's number")
    if not number:
        tx.put(key, replace(file, owner=None))
        return
    group = number < 0
    whom = pids.enter(tx, caller, abs(number), "pgid" if group else "pid")
    if whom is None:
        raise Errno.ESRCH(f"nobody has the number {abs(number)} here")
    creds = tx.get(Task, caller).creds
    tx.put(key, replace(file, owner=FileOwner(whom, group, creds.uid, creds.euid)))


def owner_of(tx: Transaction, caller: TaskId, file: File) -> int:
    """The same number; 0 for nobody, for the dead, and for whom the caller does not see."""
    owner = file.owner
    if owner is None:
        return 0
    if owner.group:
        if tx.find(Group, owner.whom) is None:
            return 0
        seen = pids.leave(tx, caller, owner.whom, "pgid")
        pids.hold(tx, caller, seen, owner.whom)
        return -seen
    process = tx.find(Task, owner.whom)
    if process is None or process.leader != owner.whom:
        return 0
    seen = pids.leave(tx, caller, owner.whom)
    pids.hold(tx, caller, seen, owner.whom)
    return seen
