"""fcntl: one call on a descriptor, by the name that it has in C (fcntl(2))."""

from collections.abc import Sequence
from typing import Final

from nsh.abi.files import FD_CLOEXEC, Fcntl, FcntlCommand, OpenFlag
from nsh.abi.invocation import Invocation, Running
from nsh.spelling import suggestion
from nsh.userland.options import (
    Given,
    Kind,
    UsageError,
    optional,
    required,
    whole_number,
)
from nsh.userland.refs import target_of
from nsh.userland.registry import Topic, command
from nsh.userland.streams import Asking, write

_ACCESS: Final = {0: "O_RDONLY", 1: "O_WRONLY", 2: "O_RDWR"}
_STATUS: Final = ("O_APPEND", "O_NONBLOCK", "O_ASYNC")
_TELLS: Final = ("F_GETFL", "F_GETFD", "F_GETOWN", "F_DUPFD", "F_DUPFD_CLOEXEC")


@command(
    "fcntl",
    "perform one fcntl(2) on FD: flags, owner, a duplicate",
    Topic.SYSTEM,
    operands=(
        required("FD", Kind.FD),
        required("COMMAND", Kind.NAME, choices=FcntlCommand.__members__),
        optional("ARG", many=True),
    ),
    man="fcntl(2)",
    gap="performs the call and prints what it tells; real systems have no such command",
    examples=(
        "fcntl 0 F_SETFL O_NONBLOCK; fcntl 0 F_GETFL; fcntl 0 F_SETFL",
        "spawn w; fcntl 0 F_SETOWN w; fcntl 0 F_GETOWN",
    ),
    see=("ioctl", "trap"),
    rows=("P2", "N9"),
    stops=True,
    negatives=True,
)
def fcntl(call: Invocation, given: Given) -> Running:
    """F_SETFL and F_SETFD take names of flags; F_SETOWN a process, a group (``-PGRP``), or 0."""
    del call
    fd = whole_number(given.operand(0), "descriptor")
    name = given.operand(1).upper()
    if name not in FcntlCommand.__members__:
        known = FcntlCommand.__members__
        near = suggestion(name, known) or f": there are {', '.join(known)}"
        raise UsageError(f"unknown command '{given.operand(1)}'{near}")
    argument = yield from _argument(name, given.operands[2:])
    reply: int = yield Fcntl(fd, int(FcntlCommand[name]), argument)
    if name in _TELLS:
        yield from write(1, f"{_shown(name, reply)}\n")
    return 0


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
    takes = name.startswith(("F_SETOWN", "F_DUPFD"))
    if len(words) > takes or (name == "F_SETOWN" and not words):
        raise UsageError(f"{name} takes {'one argument' if takes else 'nothing more'}")
    if name == "F_SETOWN":
        return (yield from target_of(words[0]))
    return whole_number(words[0], "descriptor") if words else 0


def _shown(name: str, reply: int) -> str:
    if name == "F_GETFL":
        words = [_ACCESS.get(reply & 3, "3")]
        return " ".join([*words, *(flag for flag in _STATUS if reply & OpenFlag[flag])])
    if name == "F_GETFD":
        return "FD_CLOEXEC" if reply & FD_CLOEXEC else "0"
    return str(reply)
