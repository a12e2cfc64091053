"""What performs the calls about locks, for scripts: setlk, getlk."""

from nsh.abi.invocation import Invocation, Running
from nsh.abi.locks import FcntlLock, LockCommand, LockFound, LockType
from nsh.userland.options import (
    Given,
    Kind,
    Option,
    UsageError,
    option,
    optional,
    required,
    whole_number,
)
from nsh.userland.registry import Topic, command
from nsh.userland.streams import write

_TYPES = {"read": LockType.F_RDLCK, "write": LockType.F_WRLCK, "unlock": LockType.F_UNLCK}
_WHENCE = {"start": 0, "current": 1, "end": 2}


def _options(*more: Option) -> tuple[Option, ...]:
    return (
        *more,
        option("-o, --ofd", "of the open file description, not of the process"),
        option("--from=WHENCE", "START counts from the file's start (default), current or end"),
    )


@command(
    "setlk",
    "lock or unlock a part of an open file: one F_SETLK",
    Topic.FILES,
    options=_options(option("-w, --wait", "wait for a conflicting lock to go: F_SETLKW")),
    operands=(
        required("read|write|unlock", choices=_TYPES.keys()),
        required("FD", Kind.FD),
        optional("START", Kind.NUMBER),
        optional("LENGTH", Kind.NUMBER),
    ),
    man="fcntl_locking(2)",
    gap="performs the call; real systems have no such command",
    examples=(
        "open -c /tmp/f; setlk write 3 0 10; cat /proc/locks",
        "open -c /tmp/f; setlk --ofd read 3 5 -3; lslocks -o pid,type,start,end",
    ),
    see=("getlk", "flock", "lslocks"),
    rows=("N5", "P2"),
    negatives=True,
)
def setlk(call: Invocation, given: Given) -> Running:
    """LENGTH 0, or none: to the end, however far that goes."""
    set_, wait = LockCommand.F_SETLK, LockCommand.F_SETLKW
    if given.has("ofd"):
        set_, wait = LockCommand.F_OFD_SETLK, LockCommand.F_OFD_SETLKW
    yield _request(given, wait if given.has("wait") else set_)
    return 0


@command(
    "getlk",
    "print the lock that would be in the way: one F_GETLK",
    Topic.FILES,
    options=_options(),
    operands=(
        required("read|write|unlock", choices=_TYPES.keys()),
        required("FD", Kind.FD),
        optional("START", Kind.NUMBER),
        optional("LENGTH", Kind.NUMBER),
    ),
    man="fcntl_locking(2)",
    gap="performs the call; real systems have no such command",
    examples=("open -c /tmp/f; setlk write 3 5; spawn a; a open /tmp/f; a getlk read 4",),
    see=("setlk", "lslocks"),
    rows=("N5", "P2"),
    negatives=True,
)
def getlk(call: Invocation, given: Given) -> Running:
    """Type, start, length (0: to the end) and pid: 0 is a process out of sight, -1 an open file."""
    command_ = LockCommand.F_OFD_GETLK if given.has("ofd") else LockCommand.F_GETLK
    found: LockFound = yield _request(given, command_)
    names = {number: name for name, number in _TYPES.items()}
    name = names.get(LockType(found.type), "?")
    text = name if name == "unlock" else f"{name} {found.start} {found.length} pid {found.pid}"
    yield from write(1, text + "\n")
    return 0


def _request(given: Given, which: LockCommand) -> FcntlLock:
    kind = given.operand(0)
    if kind not in _TYPES:
        raise UsageError(f"'{kind}' is not read, write or unlock")
    whence = given.get("from", "start")
    if whence not in _WHENCE:
        raise UsageError(f"'{whence}' is not start, current or end")
    return FcntlLock(
        whole_number(given.operand(1), "descriptor"),
        which,
        _TYPES[kind],
        whole_number(given.operand(2, "0"), "start"),
        whole_number(given.operand(3, "0"), "length"),
        _WHENCE[whence],
    )
