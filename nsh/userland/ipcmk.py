"""ipcmk, ipcrm: make and remove SysV objects (util-linux)."""

from collections.abc import Callable
from typing import Final

from nsh.abi import Errno, KernelError, Request
from nsh.abi.invocation import Invocation, Running
from nsh.abi.ipc import (
    IPC_CREAT,
    IPC_EXCL,
    IpcCommand,
    Msgctl,
    Msgget,
    Semctl,
    Semget,
    Shmctl,
    Shmget,
)
from nsh.userland.ipc_words import key as key_named
from nsh.userland.ipc_words import octal, table
from nsh.userland.options import Given, Kind, UsageError, option, optional, whole_number
from nsh.userland.registry import Topic, command
from nsh.userland.streams import Asking, complain, say, write

_FIRST_KEY: Final = 0x6E736801
_UNITS: Final = "KMGTPEZY"
_NAMES: Final = {
    "shm": "shared memory segment",
    "msg": "message queue",
    "sem": "semaphore",
}
_COLUMNS: Final = {"shm": "shmid", "msg": "msqid", "sem": "semid"}


@command(
    "ipcmk",
    "make a shared memory segment, a message queue, a semaphore set",
    Topic.IPC,
    options=(
        option("-M, --shmem=SIZE", "a segment of SIZE bytes, or KiB, MiB, KB …"),
        option("-S, --semaphore=NUMBER", "a set of NUMBER semaphores", Kind.NUMBER),
        option("-Q, --queue", "a message queue"),
        option("-p, --mode=MODE", "its permissions (644)"),
    ),
    man="ipcmk(1)",
    gap="its key is the first free one from 0x6e736801 on, and not a random one",
    examples=("ipcmk -Q; ipcmk -M 1MiB -S 3; ipcs", "ipcmk -Q -p 600; ipcs -q"),
    see=("ipcs", "ipcrm", "shmget", "semget", "msgget"),
    rows=("N1",),
)
def ipcmk(call: Invocation, given: Given) -> Running:
    """One of each kind that is asked for."""
    if not any(given.has(key) for key in ("shmem", "semaphore", "queue")):
        raise UsageError("bad usage")
    flags = octal(given.get("mode", "644")) | IPC_CREAT | IPC_EXCL
    status = 0
    if given.has("shmem"):
        size = _size(given.get("shmem"))
        status |= yield from _make(
            call, "Shared memory id", "create share memory", lambda key: Shmget(key, size, flags)
        )
    if given.has("queue"):
        status |= yield from _make(
            call, "Message queue id", "create message queue", lambda key: Msgget(key, flags)
        )
    if given.has("semaphore"):
        count = whole_number(given.get("semaphore"), "number of elements")
        status |= yield from _make(
            call, "Semaphore id", "create semaphore", lambda key: Semget(key, count, flags)
        )
    return status


def _make(call: Invocation, said: str, doing: str, ask: Callable[[int], Request]) -> Asking[int]:
    key = _FIRST_KEY
    while True:
        try:
            number: int = yield ask(key)
        except KernelError as error:
            if error.errno is not Errno.EEXIST:
                yield from complain(call, f"{doing} failed", error)
                return 1
            key += 1
            continue
        yield from write(1, f"{said}: {number}\n")
        return 0


def _size(text: str) -> int:
    """``4096``, ``4K``, ``4KiB``, and ``4KB`` for thousands (strtosize in util-linux)."""
    digits = text[: len(text) - len(text.lstrip("0123456789"))]
    suffix = text[len(digits) :]
    base = 1000 if suffix[1:] == "B" else 1024
    power = _UNITS.find(suffix[:1]) + 1 if suffix else 0
    known = suffix[1:] in ("", "iB", "B") and (power or not suffix)
    if not digits or not known:
        raise UsageError(f"failed to parse size: '{text}'")
    unit: int = base**power
    return int(digits) * unit


@command(
    "ipcrm",
    "remove shared memory segments, message queues, semaphore sets",
    Topic.IPC,
    options=(
        option("-m, --shmem-id=ID", "the segment of that id", Kind.NUMBER),
        option("-M, --shmem-key=KEY", "the segment of that key", Kind.NUMBER),
        option("-q, --queue-id=ID", "the queue of that id", Kind.NUMBER),
        option("-Q, --queue-key=KEY", "the queue of that key", Kind.NUMBER),
        option("-s, --semaphore-id=ID", "the set of that id", Kind.NUMBER),
        option("-S, --semaphore-key=KEY", "the set of that key", Kind.NUMBER),
        option("-a, --all[=shm|msg|sem]", "all, or all of a kind", choices=_COLUMNS.keys()),
        option("-v, --verbose", "say what is being done"),
    ),
    operands=(
        optional("shm|msg|sem", choices=_COLUMNS.keys()),
        optional("ID", Kind.NUMBER, many=True),
    ),
    man="ipcrm(1)",
    examples=("ipcmk -Q; ipcrm -a; ipcs -q", "ipcmk -Q -S 1; ipcrm -q 0; ipcrm sem 0; ipcs"),
    see=("ipcs", "ipcmk"),
    rows=("N1",),
)
def ipcrm(call: Invocation, given: Given) -> Running:
    """In the order in which they are given; what cannot be removed is complained about."""
    if given.operands:
        return (yield from _by_kind(call, given))
    wanted = [(name, value) for name, value in given.options if name != "verbose"]
    if not wanted:
        raise UsageError("bad usage")
    status = 0
    verbose = given.has("verbose")
    for name, value in wanted:
        if name == "all":
            if value not in (None, *_NAMES):
                raise UsageError(f"unknown argument: {value}")
            for kind in _NAMES if value is None else (value,):
                for row in (yield from table(kind)):
                    number = row[_COLUMNS[kind]]
                    status |= yield from _remove(call, kind, number, "id", verbose=verbose)
            continue
        thing, _dash, how = name.partition("-")
        kind = {"shmem": "shm", "queue": "msg", "semaphore": "sem"}[thing]
        if how == "id":
            number = whole_number(str(value), "id")
        else:
            found = yield from _by_key(call, kind, str(value))
            if found is None:
                status = 1
                continue
            number = found
        status |= yield from _remove(call, kind, number, how, verbose=verbose)
    return status


def _by_kind(call: Invocation, given: Given) -> Running:
    """The older spelling: ``ipcrm msg 0 1``."""
    kind, *numbers = given.operands
    if kind not in _NAMES:
        raise UsageError(f"unknown argument: {kind}")
    if not numbers:
        raise UsageError("not enough arguments")
    status = 0
    for text in numbers:
        number = whole_number(text, "id")
        status |= yield from _remove(call, kind, number, "id", verbose=False)
    if not status:
        yield from write(1, "resource(s) deleted\n")
    return status


def _by_key(call: Invocation, kind: str, text: str) -> Asking[int | None]:
    key = key_named(text)
    if not key:
        yield from say(call, f"illegal key ({text})")
        return None
    asked: Request
    match kind:
        case "shm":
            asked = Shmget(key, 0, 0)
        case "msg":
            asked = Msgget(key, 0)
        case _:
            asked = Semget(key, 0, 0)
    try:
        number: int = yield asked
    except KernelError as error:
        yield from _failed(call, error, "key", text)
        return None
    return number


def _remove(call: Invocation, kind: str, number: int, how: str, *, verbose: bool) -> Asking[int]:
    if verbose:
        yield from write(1, f"removing {_NAMES[kind]} id `{number}'\n")
    asked: Request
    match kind:
        case "shm":
            asked = Shmctl(number, IpcCommand.IPC_RMID)
        case "msg":
            asked = Msgctl(number, IpcCommand.IPC_RMID)
        case _:
            asked = Semctl(number, 0, IpcCommand.IPC_RMID)
    try:
        yield asked
    except KernelError as error:
        yield from _failed(call, error, how, str(number))
        return 1
    return 0


def _failed(call: Invocation, error: KernelError, how: str, which: str) -> Asking[None]:
    match error.errno:
        case Errno.EACCES | Errno.EPERM:
            text = f"permission denied for {how} ({which})"
        case Errno.EINVAL | Errno.ENOENT:
            text = f"invalid {how} ({which})"
        case Errno.EIDRM:
            text = f"already removed {how} ({which})"
        case _:
            text = f"{how} failed"
    yield from complain(call, text, error)
