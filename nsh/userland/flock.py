"""flock: perform a command under a lock (flock(1))."""

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
_NO_INPUT = 66
"""EX_NOINPUT: the file cannot be opened."""
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
    trouble=64,
)
def flock(call: Invocation, given: Given) -> Running:
    """COMMAND's status; 66 if FILE cannot be opened."""
    kind = {
        "shared": FlockOperation.LOCK_SH,
        "unlock": FlockOperation.LOCK_UN,
    }.get(given.last("shared", "exclusive", "unlock"), FlockOperation.LOCK_EX)
    conflict = whole_number(given.get("conflict-exit-code", "1"), "exit code")
    if not 0 <= conflict <= 255:
        raise UsageError("exit code out of range (expected 0 to 255)")
    if len(given.operands) == 1:
        fd = whole_number(given.operand(0), "file descriptor")
        return 0 if (yield from _locked(given, fd, kind)) else conflict

    def work() -> Running:
        flags = OpenFlag.O_RDWR if given.has("fcntl") else OpenFlag.O_RDONLY
        try:
            fd = yield Open(given.operand(0), flags | OpenFlag.O_CREAT | OpenFlag.O_NOCTTY)
        except KernelError as error:
            if error.errno is not Errno.EISDIR:
                yield from complain(call, f"cannot open lock file {given.operand(0)}", error)
                return _NO_INPUT
            fd = yield Open(given.operand(0), OpenFlag.O_RDONLY | OpenFlag.O_NOCTTY)
        if not (yield from _locked(given, fd, kind)):
            return conflict
        if given.has("no-fork"):
            return (yield from execute(call, given.operands[1:]))
        pid = yield Fork()
        if pid == 0:
            if given.has("close"):
                yield Close(fd)
            yield from end_with(call, lambda: execute(call, given.operands[1:]))
        return (yield from status_of(pid))

    return (yield from apart(call, work))


def _locked(given: Given, fd: int, kind: FlockOperation) -> Asking[bool]:
    """Take the lock; False if it is somebody else's, and will not be waited for any longer."""
    patience: int | None = None
    if given.has("timeout"):
        limit = nanoseconds(given.get("timeout"))
        patience = None if limit is None else int(limit)
    if given.has("nonblock"):
        patience = 0
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
