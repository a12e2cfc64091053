"""The virtual clock: nanosleep(2), clock_nanosleep(2), clock_gettime(2).

All clocks run alike here, for the machine is never suspended and its time is never adjusted; they
differ in where they began, and a time namespace shifts some (:mod:`nsh.kernel.timens`).
"""

from typing import Final

from nsh.abi.clocks import CLOCKS, ClockNanosleep
from nsh.abi.errno import Errno
from nsh.abi.process import (
    CLOCK_BOOTTIME,
    CLOCK_MONOTONIC,
    CLOCK_REALTIME,
    ClockGettime,
    Nanosleep,
)
from nsh.kernel import hooks, timens, waiting
from nsh.kernel.dispatch import handles
from nsh.kernel.waiting import WouldBlock
from nsh.machine.ids import NOBODY, TaskId
from nsh.machine.timens import OF_CPU
from nsh.machine.value import Transaction
from nsh.machine.waiting import On, channel

EPOCH: Final = 1_199_145_600 * 10**9
"""When every machine boots: 2008-01-01 00:00:00 UTC, in nanoseconds since 1970."""
TAI: Final = CLOCKS["tai"]
_REAL: Final = (CLOCK_REALTIME, CLOCKS["realtime-coarse"], CLOCKS["realtime-alarm"], TAI)
"""They count from 1970 (no leap seconds have been told of, so TAI does too)."""
_SINCE_BOOT: Final = (
    CLOCK_MONOTONIC,
    CLOCK_BOOTTIME,
    CLOCKS["monotonic-raw"],
    CLOCKS["monotonic-coarse"],
    CLOCKS["boottime-alarm"],
)
ALARMS: Final = (CLOCKS["realtime-alarm"], CLOCKS["boottime-alarm"])
_UNTIMED: Final = (CLOCKS["monotonic-raw"], CLOCKS["realtime-coarse"], CLOCKS["monotonic-coarse"])
_LATEST: Final = (1 << 63) - 1
"""KTIME_MAX."""


def shift(tx: Transaction, task: TaskId, clock: int) -> int:
    """Nanoseconds by which *clock*, as *task* reads it, is ahead of the machine's own time."""
    if clock in _REAL:
        return EPOCH
    return timens.offset(tx, task, clock)


def check_sleepable(clock: int) -> None:
    """EINVAL for no clock; ENOTSUP for one that wakes nobody, and for the alarms', which want
    a hardware clock that can wake the machine."""
    if clock in _UNTIMED or clock in ALARMS:
        raise Errno.ENOTSUP(f"clock {clock} has no timers here")
    check_known(clock)


def check_known(clock: int) -> None:
    """EINVAL for no clock."""
    if clock not in CLOCKS.values():
        raise Errno.EINVAL(f"there is no clock {clock}")


def at(tx: Transaction, task: TaskId, clock: int, time: int, *, absolute: bool) -> int:
    """The machine's time that *time* means to *task*: on *clock*, or so far from now.  A time
    before the boot is one of clocks that count from 1970."""
    found = time - shift(tx, task, clock) if absolute else tx.clock + time
    return min(found if clock in _REAL else max(0, found), _LATEST)


@handles(Nanosleep)
def nanosleep(tx: Transaction, caller: TaskId, request: Nanosleep) -> int:
    """nanosleep(2), on virtual time: it passes when nobody has anything else to do."""
    if request.duration < 0:
        raise Errno.EINVAL("a sleep cannot be shorter than nothing")
    return _sleep(tx, caller, tx.clock + request.duration)


@handles(ClockNanosleep)
def clock_nanosleep(tx: Transaction, caller: TaskId, request: ClockNanosleep) -> int:
    """clock_nanosleep(2).  No processor time is ever used: who waits for some waits for ever."""
    check_sleepable(request.clock)
    if request.clock == CLOCKS["thread-cputime"]:
        raise Errno.ENOTSUP("a thread that sleeps uses no time")
    if request.time < 0:
        raise Errno.EINVAL("a time is not negative")
    if request.clock in OF_CPU:
        if waiting.interrupted(tx, caller):
            raise Errno.EINTR("a signal was handled")
        raise WouldBlock((channel(On.CLOCK, caller),), None, "until processor time is used")
    return _sleep(
        tx, caller, at(tx, caller, request.clock, request.time, absolute=request.absolute)
    )


def _sleep(tx: Transaction, caller: TaskId, deadline: int) -> int:
    if waiting.expired(tx, caller) or deadline <= tx.clock:
        return 0
    if waiting.interrupted(tx, caller):
        raise Errno.EINTR("a signal was handled")
    raise WouldBlock((channel(On.CLOCK, caller),), deadline, "sleeping")


@handles(ClockGettime)
def clock_gettime(tx: Transaction, caller: TaskId, request: ClockGettime) -> int:
    """clock_gettime(2)."""
    if request.clock in OF_CPU:
        return 0
    if request.clock in ALARMS or request.clock not in (*_REAL, *_SINCE_BOOT):
        raise Errno.EINVAL(f"there is no clock {request.clock}")
    return tx.clock + shift(tx, caller, request.clock)


def interrupt(tx: Transaction) -> bool:
    """Let every timer that is due go off, the earliest first; whether any was."""
    due = waiting.overdue(tx)
    for key in due:
        waiting.stop(tx, key)
        for hook in hooks.expiry:
            hook(tx, key)
    if tx.due:
        for settle in hooks.due:
            settle(tx, NOBODY)
    return bool(due)
