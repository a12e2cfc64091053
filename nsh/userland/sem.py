"""Semaphores, call by call: semget(2), semop(2), semctl(2)."""

import re
from typing import Final

from nsh.abi.invocation import Invocation, Running
from nsh.abi.ipc import IPC_NOWAIT, SEM_UNDO, IpcCommand, Semctl, Semget, SemidDs, Semop
from nsh.userland.ipc_words import CREATION, creation, key, number, octal, time_limit
from nsh.userland.options import Given, Kind, UsageError, option, optional, required
from nsh.userland.registry import Topic, command
from nsh.userland.streams import write

_GAP: Final = "performs the call; real systems have no such command"
_OPERATION: Final = re.compile(r"(\d{1,5}):([+-]?\d{1,5})([nu]*)", re.ASCII)
_COMMANDS: Final = {
    "getval": IpcCommand.GETVAL,
    "getpid": IpcCommand.GETPID,
    "getncnt": IpcCommand.GETNCNT,
    "getzcnt": IpcCommand.GETZCNT,
    "getall": IpcCommand.GETALL,
    "setval": IpcCommand.SETVAL,
    "setall": IpcCommand.SETALL,
    "set": IpcCommand.IPC_SET,
}


@command(
    "semget",
    "find or make a set of semaphores: one semget(2); print its id",
    Topic.IPC,
    options=CREATION,
    operands=(required("KEY", Kind.NUMBER), optional("COUNT", Kind.NUMBER)),
    man="semget(2)",
    gap=_GAP,
    examples=("semget -c 7 3; semget 7; ipcs -s",),
    see=("semop", "semctl", "ipcs", "ipcrm"),
    rows=("N1",),
)
def semget(call: Invocation, given: Given) -> Running:
    """KEY private, or 0, makes a set that no key leads to."""
    count = number(given.operand(1, "0"), "count")
    found = yield Semget(key(given.operand(0)), count, creation(given))
    yield from write(1, f"{found}\n")
    return 0


@command(
    "semop",
    "do operations on semaphores, all or none: one semop(2)",
    Topic.IPC,
    options=(
        option("-n, --nowait", "do not wait (IPC_NOWAIT): EAGAIN"),
        option("-u, --undo", "take it back when I end (SEM_UNDO)"),
        option("-t, --timeout=TIME", "wait so long at most: semtimedop(2)"),
    ),
    operands=(required("ID", Kind.NUMBER), required("OPERATION", many=True)),
    man="semop(2)",
    gap=_GAP + "; OPERATION is NUMBER:CHANGE, as 0:-1 or 2:+1, 0:0 waits for zero; n and u behind "
    "it are its own --nowait and --undo",
    examples=(
        "semget -c 7 1; spawn w { semop 0 0:-1; echo got it }; semop 0 0:+1",
        "semget -c 7 2; semop 0 0:+1 1:+2u; semctl 0 getall",
    ),
    see=("semget", "semctl"),
    rows=("N1",),
)
def semop(call: Invocation, given: Given) -> Running:
    """EAGAIN when the time is up; EIDRM when the set is removed meanwhile."""
    semid, *words = given.operands
    flags = IPC_NOWAIT if given.has("nowait") else 0
    flags |= SEM_UNDO if given.has("undo") else 0
    ops = tuple(_operation(word, flags) for word in words)
    yield Semop(number(semid, "id"), ops, time_limit(given))
    return 0


def _operation(word: str, flags: int) -> tuple[int, int, int]:
    found = _OPERATION.fullmatch(word)
    if found is None or abs(int(found[2])) > 32767 or int(found[1]) > 65535:
        raise UsageError(f"invalid operation: '{word}' (NUMBER:CHANGE, as 0:-1)")
    flags |= IPC_NOWAIT if "n" in found[3] else 0
    flags |= SEM_UNDO if "u" in found[3] else 0
    return int(found[1]), int(found[2]), flags


@command(
    "semctl",
    "ask or set what semaphores are: one semctl(2)",
    Topic.IPC,
    options=(
        option("-u, --uid=UID", "with set: the owner", Kind.NUMBER),
        option("-g, --gid=GID", "with set: the group", Kind.NUMBER),
        option("-m, --mode=MODE", "with set: the permissions"),
    ),
    operands=(
        required("ID", Kind.NUMBER),
        required("COMMAND", choices=_COMMANDS.keys()),
        optional("NUMBER", Kind.NUMBER, many=True),
    ),
    man="semctl(2)",
    gap=_GAP + "; COMMAND is getval, getpid, getncnt or getzcnt with the number of a semaphore, "
    "setval with that and a value, getall, setall with all values, or set with the options",
    examples=("semget -c 7 2; semctl 0 setval 1 5; semctl 0 getall; semctl 0 getpid 1",),
    see=("semget", "semop", "ipcs"),
    rows=("N1",),
    negatives=True,
)
def semctl(call: Invocation, given: Given) -> Running:
    """Values are printed in a line."""
    semid, name, *words = given.operands
    if name not in _COMMANDS:
        raise UsageError(f"unknown command: '{name}'")
    asked = _COMMANDS[name]
    which = number(semid, "id")
    numbers = [number(word, "number") for word in words]
    wanted = {IpcCommand.SETVAL: 2, IpcCommand.GETALL: 0, IpcCommand.IPC_SET: 0}.get(asked, 1)
    if asked is not IpcCommand.SETALL and len(numbers) != wanted:
        raise UsageError(f"{name} takes {wanted} numbers")
    match asked:
        case IpcCommand.GETALL:
            values: tuple[int, ...] = yield Semctl(which, 0, asked)
            yield from write(1, " ".join(map(str, values)) + "\n")
        case IpcCommand.SETALL:
            yield Semctl(which, 0, asked, tuple(numbers))
        case IpcCommand.SETVAL:
            yield Semctl(which, numbers[0], asked, (numbers[1],))
        case IpcCommand.IPC_SET:
            old: SemidDs = yield Semctl(which, 0, IpcCommand.IPC_STAT)
            uid = number(given.get("uid", str(old.perm.uid)), "uid")
            gid = number(given.get("gid", str(old.perm.gid)), "gid")
            mode = octal(given.get("mode", f"{old.perm.mode & 0o777:o}"))
            yield Semctl(which, 0, asked, (), uid, gid, mode)
        case _:
            value = yield Semctl(which, numbers[0], asked)
            yield from write(1, f"{value}\n")
    return 0
