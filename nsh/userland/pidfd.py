"""pidfd: a process by a descriptor, which goes on meaning that one (pidfd_open(2))."""

from typing import Final

from nsh.abi.invocation import Invocation, Running
from nsh.abi.pidfds import (
    PIDFD_NONBLOCK,
    PIDFD_SIGNAL_PROCESS_GROUP,
    PIDFD_SIGNAL_THREAD,
    PIDFD_SIGNAL_THREAD_GROUP,
    PIDFD_THREAD,
    PidfdGetfd,
    PidfdOpen,
    PidfdSendSignal,
)
from nsh.abi.poll import Poll, PollEvent
from nsh.abi.signals import signal_number
from nsh.userland.options import Given, Kind, UsageError, option, optional, required, whole_number
from nsh.userland.refs import pid_of
from nsh.userland.registry import Topic, command
from nsh.userland.sleep import nanoseconds
from nsh.userland.streams import write

_SCOPES: Final = {
    "thread": PIDFD_SIGNAL_THREAD,
    "process": PIDFD_SIGNAL_THREAD_GROUP,
    "group": PIDFD_SIGNAL_PROCESS_GROUP,
}
_EVENTS: Final = {
    PollEvent.POLLIN: "POLLIN",
    PollEvent.POLLHUP: "POLLHUP",
    PollEvent.POLLNVAL: "POLLNVAL",
}
_DOING: Final = {
    "open": "a descriptor of PID",
    "signal": "send SIGNAL (TERM) to the process of FD",
    "poll": "wait until the process of FD is dead",
    "getfd": "a copy of the second FD, which that process has",
}
_DIGITS: Final = 10
"""More make no number that anybody would try."""


@command(
    "pidfd",
    "name a process by a descriptor: open, signal and poll one",
    Topic.PROCESSES,
    options=(
        option("--nonblock", "open: waitid(2) does not wait for it"),
        option("--thread", "open: PID may be any thread; signal: that thread alone"),
        option("--process", "signal: its whole process"),
        option("--group", "signal: the process group that has its number"),
        option("-t, --timeout=TIME", "poll: give up after TIME", Kind.NUMBER),
    ),
    operands=(
        required("open|signal|poll|getfd", choices=_DOING),
        required("PID|FD", Kind.PID),
        optional("SIGNAL|FD", Kind.SIGNAL),
    ),
    man="pidfd_open(2)",
    gap="performs the call; real systems have no such command",
    examples=(
        "spawn w; pidfd open w; pidfd signal 3 KILL; pidfd poll 3; waitpid -P 3; pidfd poll 3",
        "spawn --pid w; pidfd open w; cat /proc/self/fdinfo/3",
        "spawn w; w open /etc/passwd; pidfd open w; pidfd getfd 3 3; head -n 1 <&4",
    ),
    see=("kill", "waitpid", "setns", "ioctl"),
    rows=("P2", "P3", "N16"),
    negatives=True,
)
def pidfd(call: Invocation, given: Given) -> Running:
    """``poll`` prints POLLIN once the process is dead, and POLLHUP too once it is reaped."""
    what, subject, more = given.operand(0), given.operand(1), given.operand(2)
    if what == "open":
        if more:
            raise UsageError(f"extra operand '{more}'")
        flags = PIDFD_NONBLOCK * given.has("nonblock") | PIDFD_THREAD * given.has("thread")
        fd = yield PidfdOpen((yield from pid_of(subject)), flags)
        yield from write(1, f"{fd}\n")
        return 0
    fd = whole_number(subject, "descriptor")
    match what:
        case "signal":
            yield PidfdSendSignal(fd, _signal(more or "TERM"), _scope(given))
        case "getfd":
            copy = yield PidfdGetfd(fd, whole_number(more, "descriptor"))
            yield from write(1, f"{copy}\n")
        case "poll":
            timeout = nanoseconds(given.get("timeout")) if given.has("timeout") else -1
            if timeout is None:
                raise UsageError(f"invalid time '{given.get('timeout')}'")
            (found,) = yield Poll(((fd, PollEvent.POLLIN),), int(timeout))
            if not found:
                return 1
            yield from write(1, " ".join(w for bit, w in _EVENTS.items() if found & bit) + "\n")
        case _:
            raise UsageError(f"'{what}' is not open, signal, poll or getfd")
    return 0


def _signal(name: str) -> int:
    """UsageError where there is none of that name."""
    if name.isdecimal() and len(name) < _DIGITS:
        return int(name)
    number = signal_number(name)
    if number is None:
        raise UsageError(f"unknown signal name {name}")
    return number


def _scope(given: Given) -> int:
    return sum(flag for word, flag in _SCOPES.items() if given.has(word))
