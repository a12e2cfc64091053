"""Numbers in the arguments of system calls, by the names that strace(1) has for them."""

from collections.abc import Callable, Iterable, Mapping
from enum import IntEnum, IntFlag
from typing import Final

from nsh.abi.clocks import CLOCKS
from nsh.abi.files import MNT_DETACH, MNT_FORCE, FcntlCommand, MountFlag, OpenFlag, OwnerType
from nsh.abi.ipc import IPC_CREAT, IPC_EXCL, IpcCommand
from nsh.abi.limits import Resource
from nsh.abi.locks import FlockOperation, LockCommand, LockType
from nsh.abi.pidfds import (
    PIDFD_NONBLOCK,
    PIDFD_SIGNAL_PROCESS_GROUP,
    PIDFD_SIGNAL_THREAD,
    PIDFD_SIGNAL_THREAD_GROUP,
    PIDFD_THREAD,
)
from nsh.abi.prctl import PrctlOption
from nsh.abi.process import CloneFlag, IdType, WaitOption
from nsh.abi.request import Request
from nsh.abi.signals import NSIG, How, SaFlag, bit, signal_name
from nsh.abi.sockets import SOCK_CLOEXEC, SOCK_NONBLOCK, MessageFlag, SocketOption
from nsh.abi.timers import Which
from nsh.machine.files import dev_major, dev_minor

_ACCESS: Final = 3
"""The bits of open(2)'s flags that are no set of bits."""
_KINDS: Final = {
    0o140000: "S_IFSOCK",
    0o120000: "S_IFLNK",
    0o100000: "S_IFREG",
    0o060000: "S_IFBLK",
    0o040000: "S_IFDIR",
    0o020000: "S_IFCHR",
    0o010000: "S_IFIFO",
}
_CLOCK_NAMES: Final = {n: f"CLOCK_{word.upper()}" for word, n in CLOCKS.items()} | {
    2: "CLOCK_PROCESS_CPUTIME_ID",
    3: "CLOCK_THREAD_CPUTIME_ID",
}
_WHENCE: Final = dict(enumerate(("SEEK_SET", "SEEK_CUR", "SEEK_END", "SEEK_DATA", "SEEK_HOLE")))
_UMOUNT: Final = {MNT_FORCE: "MNT_FORCE", MNT_DETACH: "MNT_DETACH"}
_ACCEPTED: Final = {SOCK_CLOEXEC: "SOCK_CLOEXEC", SOCK_NONBLOCK: "SOCK_NONBLOCK"}
_PIDFD: Final = {PIDFD_NONBLOCK: "PIDFD_NONBLOCK", PIDFD_THREAD: "PIDFD_THREAD"}
_SCOPE: Final = {
    PIDFD_SIGNAL_THREAD: "PIDFD_SIGNAL_THREAD",
    PIDFD_SIGNAL_THREAD_GROUP: "PIDFD_SIGNAL_THREAD_GROUP",
    PIDFD_SIGNAL_PROCESS_GROUP: "PIDFD_SIGNAL_PROCESS_GROUP",
}
_WANTED: Final = {4: "R_OK", 2: "W_OK", 1: "X_OK"}
_GET: Final = {IPC_CREAT: "IPC_CREAT", IPC_EXCL: "IPC_EXCL"}


def _joined(value: int, names: Mapping[int, str], rest: Callable[[int], str] = hex) -> str:
    """The names of the bits of *value*, and what no name is left for; "0" for none."""
    said = [name for flag, name in names.items() if flag and value & flag == flag]
    left = value & ~sum(flag for flag in names if value & flag == flag)
    return "|".join([*said, rest(left)] if left or not said else said) if value else "0"


def _bits(kind: Iterable[IntFlag]) -> Callable[[int], str]:
    names = {int(flag): flag.name or "" for flag in kind}
    return lambda value: _joined(value, names)


def _one(kind: Iterable[IntEnum]) -> Callable[[int], str]:
    return _of({int(member): member.name for member in kind})


def _of(names: Mapping[int, str]) -> Callable[[int], str]:
    return lambda value: names.get(value, str(value))


_OPENING: Final = {int(flag): flag.name or "" for flag in OpenFlag if flag > _ACCESS}


def opening(flags: int) -> str:
    """``O_WRONLY|O_CREAT``: how a file is opened."""
    access = ("O_RDONLY", "O_WRONLY", "O_RDWR", "O_ACCMODE")[flags & _ACCESS]
    more = flags & ~_ACCESS
    return f"{access}|{_joined(more, _OPENING)}" if more else access


def permissions(mode: int) -> str:
    """As C writes them: ``0755``, ``000``."""
    return f"0{mode:02o}" if mode >= 0 else str(mode)


def file_mode(mode: int) -> str:
    """``S_IFDIR|0755``: of ``st_mode`` and mknod(2)."""
    kind = _KINDS.get(mode & 0o170000)
    return f"{kind}|{permissions(mode & 0o7777)}" if kind else permissions(mode)


def device(rdev: int) -> str:
    """``makedev(5, 1)``."""
    return f"makedev({dev_major(rdev)}, {dev_minor(rdev)})" if rdev else "0"


def signals(mask: int) -> str:
    """``[INT TERM]``, ``[]``: a set of signals."""
    return "[" + " ".join(signal_name(n) for n in range(1, NSIG + 1) if mask & bit(n)) + "]"


def _access(wanted: int) -> str:
    return _joined(wanted, _WANTED) if wanted else "F_OK"


def _created(value: int) -> str:
    return _joined(value, _GET, permissions)


_CLOCK: Final = _of(_CLOCK_NAMES)
_IPC: Final = _one(IpcCommand)
_WORDS: Final[dict[str, dict[str, Callable[[int], str]]]] = {
    "Access": {"mode": _access},
    "Open": {"flags": opening},
    "MqOpen": {"flags": opening},
    "Pipe": {"flags": lambda value: _joined(value, _OPENING)},
    "OpenPtyPeer": {"flags": opening},
    "Mknod": {"mode": file_mode, "rdev": device},
    "Mount": {"flags": _bits(MountFlag)},
    "Umount": {"flags": lambda value: _joined(value, _UMOUNT)},
    "Umask": {"mask": permissions},
    "Lseek": {"whence": _of(_WHENCE)},
    "Fcntl": {"command": _one(FcntlCommand)},
    "GetLimit": {"resource": _one(Resource)},
    "SetLimit": {"resource": _one(Resource)},
    "FcntlSetownEx": {"type": _one(OwnerType)},
    "OwnerEx": {"type": _one(OwnerType)},
    "FcntlLock": {"command": _one(LockCommand), "type": _one(LockType), "whence": _of(_WHENCE)},
    "Flock": {"operation": _bits(FlockOperation)},
    "Clone": {"flags": _bits(CloneFlag)},
    "Unshare": {"flags": _bits(CloneFlag)},
    "Setns": {"nstype": _bits(CloneFlag)},
    "PidfdOpen": {"flags": lambda value: _joined(value, _PIDFD)},
    "PidfdSendSignal": {"flags": lambda value: _joined(value, _SCOPE)},
    "Wait4": {"options": _bits(WaitOption)},
    "Waitid": {"idtype": _one(IdType), "options": _bits(WaitOption)},
    "Prctl": {"option": _one(PrctlOption)},
    "ClockGettime": {"clock": _CLOCK},
    "ClockNanosleep": {"clock": _CLOCK},
    "TimerCreate": {"clock": _CLOCK},
    "TimerfdCreate": {"clock": _CLOCK},
    "Setitimer": {"which": _one(Which)},
    "Getitimer": {"which": _one(Which)},
    "Sigaction": {"flags": _bits(SaFlag), "mask": signals},
    "Sigprocmask": {"how": _one(How), "mask": signals},
    "Sigtimedwait": {"mask": signals},
    "Sigreturn": {"mask": signals},
    "SigDelivery": {"mask": signals},
    "Accept": {"flags": lambda value: _joined(value, _ACCEPTED)},
    "Getsockopt": {"option": _one(SocketOption)},
    "Setsockopt": {"option": _one(SocketOption)},
    "Sendmsg": {"flags": _bits(MessageFlag)},
    "Recvmsg": {"flags": _bits(MessageFlag)},
    "Shmget": {"flags": _created},
    "Semget": {"flags": _created},
    "Msgget": {"flags": _created},
    "Shmctl": {"command": _IPC},
    "Semctl": {"command": _IPC},
    "Msgctl": {"command": _IPC},
    "StatResult": {"mode": file_mode, "rdev": device},
    "Dirent": {"kind": lambda kind: _KINDS.get(kind, "0")},
}
_EVERYWHERE: Final[dict[str, Callable[[int], str]]] = {"mode": permissions}
_SAID: Final = {
    "cloexec": ("", "O_CLOEXEC"),
    "effective": ("", "AT_EACCESS"),
    "follow": ("AT_SYMLINK_NOFOLLOW", ""),
    "absolute": ("", "TIMER_ABSTIME"),
}
"""Arguments that are true or false, as what they put into the call's flags."""
_UNLESS_ASKED: Final[dict[str, dict[str, object]]] = {
    "Clone": {"set_tid": (), "hijack": 0, "cgroup": 0},
    "Prctl": {"more": 0},
}
"""Arguments that a call has not got unless somebody wants them."""


def number(kind: str, field: str, value: int) -> str:
    """*value*, the argument *field* of a call of that kind (``Open``), as strace prints it; ""
    for what is a number to strace as well."""
    if isinstance(value, bool):
        return _SAID[field][value] if field in _SAID else str(int(value))
    told = _WORDS.get(kind, {}).get(field) or _EVERYWHERE.get(field)
    return told(value) if told else ""


def left_out(request: Request, field: str) -> bool:
    """Whether strace prints nothing of that argument: the mode of a file that is not made, what a
    flag would say that is not there."""
    kind, value = type(request).__name__, getattr(request, field)
    if isinstance(value, bool):
        return field in _SAID and not _SAID[field][value]
    if field == "mode" and kind in ("Open", "MqOpen"):
        return not getattr(request, "flags", 0) & OpenFlag.O_CREAT
    unasked = _UNLESS_ASKED.get(kind, {})
    return field in unasked and unasked[field] == value
