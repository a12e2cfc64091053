"""flock: perform a command under a lock (flock(1))."""

import re

from nsh.abi import Errno, KernelError
from nsh.abi.files import Close, Open, OpenFlag
from nsh.abi.invocation import Invocation, Running
from nsh.abi.locks import FcntlLock, Flock, FlockOperation, LockCommand, LockType
from nsh.abi.process import Fork, Nanosleep
from nsh.userland.children import apart, end_with, execute, status_of
from nsh.userland.options import Given, Kind, UsageError, option, optional, required, whole_number
from nsh.userland.registry import Topic, command
from nsh.userland.sleep import nanoseconds
from nsh.userland.streams import Asking, complain

_TENTH = 100_000_000
_NEGATIVE = re.compile(r"-[0-9]+(?:\.[0-9]*)?", re.ASCII)
_USAGE, _DATA, _NO_INPUT, _UNAVAILABLE, _SYSTEM, _CANNOT_CREATE = 64, 65, 66, 69, 71, 73
"""EX_USAGE and so on (sysexits(3)): of a descriptor, of the file, of COMMAND, of the system."""
_OPENING = {
    Errno.EMFILE: _SYSTEM,
    Errno.ENFILE: _SYSTEM,
    Errno.ENOMEM: _SYSTEM,
    Errno.EROFS: _CANNOT_CREATE,
    Errno.ENOSPC: _CANNOT_CREATE,
}
_OFD = {
    FlockOperation.LOCK_SH: LockType.F_RDLCK,
    FlockOperation.LOCK_EX: LockType.F_WRLCK,
    FlockOperation.LOCK_UN: LockType.F_UNLCK,
}


@command(
    "flock",
    "perform COMMAND while FILE is locked, or lock FD",
    Topic.FILES,
    options=(
        option("-s, --shared", "a shared lock"),
        option("-x, -e, --exclusive", "an exclusive lock (default)"),
        option("-u, --unlock", "give up the lock of FD"),
        option("-n, --nonblock, --nb", "fail rather than wait"),
        option("-w, --timeout=SECONDS", "fail after SECONDS of waiting", Kind.NUMBER),
        option("-E, --conflict-exit-code=N", "then with this status (1)", Kind.NUMBER),
        option("-o, --close", "COMMAND does not have the file open"),
        option("-F, --no-fork", "become COMMAND"),
        option("--fcntl", "an F_OFD_SETLKW lock instead of a flock(2)"),
    ),
    operands=(
        required("FILE|FD", Kind.PATH),
        optional("COMMAND", Kind.COMMAND, many=True),
    ),
    man="flock(1)",
    gap="without -c, for there is no shell; with --timeout it asks again every tenth of a second",
    examples=(
        "flock /tmp/lock echo alone",
        "exec 9> /tmp/lock; flock 9; flock -n /tmp/lock true || echo busy",
    ),
    see=("setlk", "lslocks", "timeout"),
    rows=("N5",),
    stops=True,
    trouble=_USAGE,
)
def flock(call: Invocation, given: Given) -> Running:
    """COMMAND's status, 69 if there is none such; 65 if FD, 66 if FILE cannot be used."""
    kind = {
        "shared": FlockOperation.LOCK_SH,
        "unlock": FlockOperation.LOCK_UN,
    }.get(given.last("shared", "exclusive", "unlock"), FlockOperation.LOCK_EX)
    conflict = whole_number(given.get("conflict-exit-code", "1"), "exit code")
    if not 0 <= conflict <= 255:
        raise UsageError("exit code out of range (expected 0 to 255)")
    _patience(given)
    if len(given.operands) == 1:
        fd = _descriptor(given.operand(0))
        return (yield from _held(call, given, fd, kind, conflict))

    def work() -> Running:
        flags = OpenFlag.O_RDWR if given.has("fcntl") else OpenFlag.O_RDONLY
        try:
            fd = yield Open(given.operand(0), flags | OpenFlag.O_CREAT | OpenFlag.O_NOCTTY)
        except KernelError as error:
            if error.errno is not Errno.EISDIR:
                yield from complain(call, f"cannot open lock file {given.operand(0)}", error)
                return _OPENING.get(error.errno, _NO_INPUT)
            fd = yield Open(given.operand(0), OpenFlag.O_RDONLY | OpenFlag.O_NOCTTY)
        status = yield from _held(call, given, fd, kind, conflict)
        if status:
            return status
        if given.has("no-fork"):
            return (yield from execute(call, given.operands[1:], _UNAVAILABLE))
        pid = yield Fork()
        if pid == 0:
            if given.has("close"):
                yield Close(fd)
            yield from end_with(call, lambda: execute(call, given.operands[1:], _UNAVAILABLE))
        return (yield from status_of(pid))

    return (yield from apart(call, work))


def _descriptor(text: str) -> int:
    try:
        return whole_number(text)
    except UsageError:
        raise UsageError(f"bad file descriptor: '{text}'") from None


def _patience(given: Given) -> int | None:
    """For how many nanoseconds to wait; None is for ever."""
    if given.has("nonblock"):
        return 0
    if not given.has("timeout"):
        return None
    text = given.get("timeout")
    if _NEGATIVE.fullmatch(text):
        raise UsageError("cannot set up timer: Invalid argument", _SYSTEM)
    try:
        limit = nanoseconds(text)
    except UsageError:
        raise UsageError(f"invalid timeout value: '{text}'") from None
    return None if limit is None else int(limit)


def _held(
    call: Invocation, given: Given, fd: int, kind: FlockOperation, conflict: int
) -> Asking[int]:
    """Take the lock; 0, or the status that tells why not."""
    try:
        return 0 if (yield from _locked(given, fd, kind)) else conflict
    except KernelError as error:
        yield from complain(call, given.operand(0), error)
        return _SYSTEM if error.errno in (Errno.ENOLCK, Errno.ENOMEM) else _DATA


def _locked(given: Given, fd: int, kind: FlockOperation) -> Asking[bool]:
    """Take the lock; False if it is somebody else's, and will not be waited for any longer."""
    patience = _patience(given)
    while True:
        try:
            yield _request(given, fd, kind, waits=patience is None)
        except KernelError as error:
            if error.errno is Errno.EINTR:
                continue
            if error.errno is not Errno.EAGAIN or patience is None:
                raise
        else:
            return True
        if patience <= 0:
            return False
        yield Nanosleep(min(patience, _TENTH))
        patience -= _TENTH


def _request(given: Given, fd: int, kind: FlockOperation, *, waits: bool) -> Flock | FcntlLock:
    if given.has("fcntl"):
        which = LockCommand.F_OFD_SETLKW if waits else LockCommand.F_OFD_SETLK
        return FcntlLock(fd, which, _OFD[kind])
    return Flock(fd, kind if waits else kind | FlockOperation.LOCK_NB)
