"""fcntl: one call on a descriptor, by the name that it has in C (fcntl(2))."""

from collections.abc import Sequence
from typing import Final

from nsh.abi.files import (
    FD_CLOEXEC,
    Fcntl,
    FcntlCommand,
    FcntlGetownEx,
    FcntlSetownEx,
    OpenFlag,
    OwnerEx,
    OwnerType,
)
from nsh.abi.invocation import Invocation, Running
from nsh.abi.signals import signal_name, signal_number
from nsh.spelling import suggestion
from nsh.userland.options import (
    Given,
    Kind,
    UsageError,
    optional,
    required,
    whole_number,
)
from nsh.userland.refs import pid_of, target_of
from nsh.userland.registry import Topic, command
from nsh.userland.streams import Asking, write

_ACCESS: Final = {0: "O_RDONLY", 1: "O_WRONLY", 2: "O_RDWR"}
_STATUS: Final = ("O_APPEND", "O_NONBLOCK", "O_ASYNC")
_TELLS: Final = ("F_GETFL", "F_GETFD", "F_GETOWN", "F_GETSIG", "F_DUPFD", "F_DUPFD_CLOEXEC")
_SETOWN_EX: Final = "F_SETOWN_EX"
_GETOWN_EX: Final = "F_GETOWN_EX"
_COMMANDS: Final = (*FcntlCommand.__members__, _SETOWN_EX, _GETOWN_EX)


@command(
    "fcntl",
    "perform one fcntl(2) on FD: flags, owner, a duplicate",
    Topic.SYSTEM,
    operands=(
        required("FD", Kind.FD),
        required("COMMAND", Kind.NAME, choices=_COMMANDS),
        optional("ARG", many=True),
    ),
    man="fcntl(2)",
    gap="performs the call and prints what it tells; real systems have no such command",
    examples=(
        "fcntl 0 F_SETFL O_NONBLOCK; fcntl 0 F_GETFL; fcntl 0 F_SETFL",
        "spawn w; fcntl 0 F_SETOWN w; fcntl 0 F_GETOWN",
        "spawn w; fcntl 0 F_SETOWN_EX F_OWNER_TID w; fcntl 0 F_SETSIG RTMIN; fcntl 0 F_GETOWN_EX",
    ),
    see=("ioctl", "trap"),
    rows=("P2", "N9"),
    stops=True,
    negatives=True,
)
def fcntl(call: Invocation, given: Given) -> Running:
    """F_SETFL and F_SETFD take names of flags; F_SETOWN a process, a group (``-PGRP``), or 0;
    F_SETOWN_EX what that is, and the number; F_SETSIG a signal, or 0."""
    del call
    fd = whole_number(given.operand(0), "descriptor")
    name = given.operand(1).upper()
    words = given.operands[2:]
    if name not in _COMMANDS:
        near = suggestion(name, _COMMANDS) or f": there are {', '.join(_COMMANDS)}"
        raise UsageError(f"unknown command '{given.operand(1)}'{near}")
    if name == _SETOWN_EX:
        yield FcntlSetownEx(fd, *(yield from _owner(words)))
    elif name == _GETOWN_EX:
        _check(name, words, 0)
        owner: OwnerEx = yield FcntlGetownEx(fd)
        yield from write(1, f"{OwnerType(owner.type).name} {owner.pid}\n")
    else:
        argument = yield from _argument(name, words)
        reply: int = yield Fcntl(fd, int(FcntlCommand[name]), argument)
        if name in _TELLS:
            yield from write(1, f"{_shown(name, reply)}\n")
    return 0


def _owner(words: Sequence[str]) -> Asking[tuple[int, int]]:
    if len(words) != 2:
        raise UsageError(f"{_SETOWN_EX} takes a type and a number")
    known = OwnerType.__members__
    if words[0] not in known:
        near = suggestion(words[0], known) or f", but {', '.join(known)}"
        raise UsageError(f"{_SETOWN_EX} knows no '{words[0]}'{near}")
    return int(known[words[0]]), (yield from pid_of(words[1]))


def _check(name: str, words: Sequence[str], least: int, most: int | None = None) -> None:
    most = least if most is None else most
    if not least <= len(words) <= most:
        raise UsageError(f"{name} takes {'one argument' if most else 'nothing more'}")


def _argument(name: str, words: Sequence[str]) -> Asking[int]:
    if name in ("F_SETFL", "F_SETFD"):
        known = {flag: int(OpenFlag[flag]) for flag in _STATUS}
        known = known if name == "F_SETFL" else {"FD_CLOEXEC": FD_CLOEXEC}
        value = 0
        for word in words:
            if word not in known:
                near = suggestion(word, known) or f", but {', '.join(known)}"
                raise UsageError(f"{name} knows no '{word}'{near}")
            value |= known[word]
        return value
    if name in ("F_SETOWN", "F_SETSIG"):
        _check(name, words, 1)
        if name == "F_SETOWN":
            return (yield from target_of(words[0]))
        signo = signal_number(words[0])
        return whole_number(words[0], "signal") if signo is None else signo
    _check(name, words, 0, int(name.startswith("F_DUPFD")))
    return whole_number(words[0], "descriptor") if words else 0


def _shown(name: str, reply: int) -> str:
    if name == "F_GETFL":
        words = [_ACCESS.get(reply & 3, "3")]
        return " ".join([*words, *(flag for flag in _STATUS if reply & OpenFlag[flag])])
    if name == "F_GETFD":
        return "FD_CLOEXEC" if reply & FD_CLOEXEC else "0"
    return signal_name(reply) if name == "F_GETSIG" else str(reply)
