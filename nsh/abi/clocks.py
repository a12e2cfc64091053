"""The clocks, and sleeping by one.  Times are nanoseconds, in the caller's time namespace."""

from typing import ClassVar, Final

from nsh.abi.request import Request

CLOCKS: Final = {
    "realtime": 0,
    "monotonic": 1,
    "process-cputime": 2,
    "thread-cputime": 3,
    "monotonic-raw": 4,
    "realtime-coarse": 5,
    "monotonic-coarse": 6,
    "boottime": 7,
    "realtime-alarm": 8,
    "boottime-alarm": 9,
    "tai": 11,
}
"""Clock ids by name (clock_getres(2))."""


class ClockNanosleep(Request, frozen=True, gc=False):
    """clock_nanosleep(2).  Replies 0; EINTR, EINVAL, ENOTSUP."""

    restarts: ClassVar[bool] = False

    clock: int
    time: int
    absolute: bool = False
