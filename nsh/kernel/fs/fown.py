"""Whom the signals of an open file go to, and which they are: F_SETOWN, F_SETSIG and their family
(fcntl(2), fs/fcntl.c).

The owner is kept as who it is, not as a number (``struct pid``): whoever asks is told the number in
its own pid namespace.
"""

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.files import FcntlGetownEx, FcntlSetownEx, OwnerEx, OwnerType
from nsh.abi.signals import NSIG
from nsh.kernel import pids
from nsh.kernel.dispatch import handles
from nsh.kernel.fs.descriptors import open_file
from nsh.machine.files import File, FileOwner
from nsh.machine.ids import NOBODY, FileId, TaskId
from nsh.machine.tasks import Group, Task
from nsh.machine.value import Transaction

_INT: int = 1 << 32


def set_owner(tx: Transaction, caller: TaskId, key: FileId, number: int) -> None:
    """A process, a group (as a negative number), or nobody (0), in the caller's numbers.

    EINVAL, ESRCH.
    """
    number = (number + _INT // 2) % _INT - _INT // 2
    if number == -_INT // 2:
        raise Errno.EINVAL("that is no group's number")
    type_ = OwnerType.F_OWNER_PGRP if number < 0 else OwnerType.F_OWNER_PID
    _own(tx, caller, key, type_, abs(number))


@handles(FcntlSetownEx)
def set_owner_ex(tx: Transaction, caller: TaskId, request: FcntlSetownEx) -> int:
    """F_SETOWN_EX: the same, and threads."""
    key, _file = open_file(tx, caller, request.fd)
    if request.type not in list(OwnerType):
        raise Errno.EINVAL(f"{request.type} is no type of owner")
    _own(tx, caller, key, OwnerType(request.type), request.pid)
    return 0


def _own(tx: Transaction, caller: TaskId, key: FileId, type_: OwnerType, number: int) -> None:
    """Nobody asks whether what has the number is what it is said to be (find_vpid)."""
    file = tx.get(File, key)
    old = file.owner or FileOwner()
    if not number:
        tx.put(key, replace(file, owner=replace(old, whom=NOBODY, type=int(type_))))
        return
    what = "pgid" if type_ is OwnerType.F_OWNER_PGRP else "pid"
    whom = pids.enter(tx, caller, number, what)
    if whom is None:
        raise Errno.ESRCH(f"nobody has the number {number} here")
    creds = tx.get(Task, caller).creds
    owner = FileOwner(whom, int(type_), creds.uid, creds.euid, old.signo)
    tx.put(key, replace(file, owner=owner))


def owner_of(tx: Transaction, caller: TaskId, file: File) -> int:
    """F_GETOWN: the number, a group's below 0; 0 for nobody, for the dead, and for whom the caller
    does not see."""
    seen = _seen(tx, caller, file.owner)
    is_group = file.owner is not None and file.owner.type == OwnerType.F_OWNER_PGRP
    return -seen if is_group else seen


@handles(FcntlGetownEx)
def owner_ex(tx: Transaction, caller: TaskId, request: FcntlGetownEx) -> OwnerEx:
    """F_GETOWN_EX: the same number, and whose it is, even where that one is out of sight."""
    _key, file = open_file(tx, caller, request.fd)
    return OwnerEx((file.owner or FileOwner()).type, _seen(tx, caller, file.owner))


def _seen(tx: Transaction, caller: TaskId, owner: FileOwner | None) -> int:
    if owner is None or owner.whom == NOBODY:
        return 0
    whom = owner.whom
    if owner.type == OwnerType.F_OWNER_PGRP:
        if tx.find(Group, whom) is None:
            return 0
        seen = pids.leave(tx, caller, whom, "pgid")
    else:
        task = tx.find(Task, whom)
        if task is None or (owner.type == OwnerType.F_OWNER_PID and task.leader != whom):
            return 0
        seen = pids.leave(tx, caller, whom)
    pids.hold(tx, caller, seen, whom)
    return seen


def set_signal(tx: Transaction, key: FileId, signo: int) -> None:
    """F_SETSIG: which signal the owner is sent, with its siginfo; 0: SIGIO without.  EINVAL."""
    if not 0 <= signo <= NSIG:
        raise Errno.EINVAL(f"{signo} is no signal number")
    file = tx.get(File, key)
    tx.put(key, replace(file, owner=replace(file.owner or FileOwner(), signo=signo)))
