"""sleep: let virtual time pass."""

import re
from fractions import Fraction

from nsh.abi import Errno, KernelError
from nsh.abi.invocation import Invocation, Running
from nsh.abi.process import CLOCK_MONOTONIC, ClockGettime, Nanosleep
from nsh.abi.signals import Pause
from nsh.userland.calendar import SECOND
from nsh.userland.options import Given, Kind, UsageError, required
from nsh.userland.registry import Topic, command
from nsh.userland.streams import Asking

_SUFFIXES = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"([0-9]{1,20}(?:\.[0-9]{0,20})?|\.[0-9]{1,20})([smhd]?)", re.ASCII)
_FOREVER = re.compile(r"inf(?:inity)?[smhd]?", re.ASCII | re.IGNORECASE)
_LONGEST = (1 << 63) - 1
"""Nanoseconds: the kernel's clock has no more (KTIME_MAX)."""


@command(
    "sleep",
    "wait for the sum of the times: 2, 0.5, 1.5m, 2h, 1d, infinity",
    Topic.PROCESSES,
    operands=(required("NUMBER[smhd]", Kind.NUMBER, many=True),),
    man="sleep(1)",
    gap="the time is the machine's own: when nobody has anything to do, it leaps ahead",
    examples=("date +%T; sleep 90; date +%T", "sleep infinity & kill $!"),
    see=("date", "wait"),
    rows=("P2",),
)
def sleep(call: Invocation, given: Given) -> Running:
    """A signal that has a handler interrupts it only for as long as the handler takes."""
    total = Fraction(0)
    for text in given.operands:
        duration = nanoseconds(text)
        if duration is None:
            yield from _for_ever()
        else:
            total += duration
    # Rounded up: never shorter than asked for (nanosleep(2)).
    yield from until_elapsed(min(-int(-total // 1), _LONGEST))
    return 0


def nanoseconds(text: str) -> Fraction | None:
    """How long ``1.5m`` is; None is for ever.  :class:`UsageError`."""
    if _FOREVER.fullmatch(text):
        return None
    match = _DURATION.fullmatch(text)
    if match is None:
        raise UsageError(f"invalid time interval '{text}'")
    return Fraction(match[1]) * _SUFFIXES[match[2]] * SECOND


def _for_ever() -> Asking[None]:
    while True:
        try:
            yield Pause()
        except KernelError as error:
            if error.errno is not Errno.EINTR:
                raise


def until_elapsed(duration: int) -> Asking[None]:
    """Sleep for *duration* nanoseconds, however often handlers interrupt it."""
    start: int = yield ClockGettime(CLOCK_MONOTONIC)
    left = duration
    while True:
        try:
            yield Nanosleep(left)
        except KernelError as error:
            if error.errno is not Errno.EINTR:
                raise
            now: int = yield ClockGettime(CLOCK_MONOTONIC)
            left = max(0, start + duration - now)
        else:
            return
