"""The virtual clock: nanosleep(2), clock_gettime(2)."""

from typing import Final

from nsh.abi.errno import Errno
from nsh.abi.process import (
    CLOCK_BOOTTIME,
    CLOCK_MONOTONIC,
    CLOCK_REALTIME,
    ClockGettime,
    Nanosleep,
)
from nsh.kernel import waiting
from nsh.kernel.dispatch import handles
from nsh.kernel.waiting import WouldBlock
from nsh.machine.ids import TaskId
from nsh.machine.value import Transaction
from nsh.machine.waiting import On, channel

EPOCH: Final = 1_199_145_600 * 10**9
"""When every machine boots: 2008-01-01 00:00:00 UTC, in nanoseconds since 1970."""


@handles(Nanosleep)
def nanosleep(tx: Transaction, caller: TaskId, request: Nanosleep) -> int:
    """nanosleep(2), on virtual time: it passes when nobody has anything else to do."""
    if request.duration < 0:
        raise Errno.EINVAL("a sleep cannot be shorter than nothing")
    if waiting.expired(tx, caller) or request.duration == 0:
        return 0
    if waiting.interrupted(tx, caller):
        raise Errno.EINTR("a signal was handled")
    deadline = tx.clock + request.duration
    raise WouldBlock((channel(On.CLOCK, caller),), deadline, "sleeping")


@handles(ClockGettime)
def clock_gettime(tx: Transaction, caller: TaskId, request: ClockGettime) -> int:
    """clock_gettime(2)."""
    del caller
    match request.clock:
        case val if val == CLOCK_REALTIME:
            return EPOCH + tx.clock
        case val if val in (CLOCK_MONOTONIC, CLOCK_BOOTTIME):
            return tx.clock
    raise Errno.EINVAL(f"there is no clock {request.clock}")
