"""Times, held against each other by what happened at them.

No two clocks show the same, but a time says when something happened, and what had happened by
then is the same in both runs: a file is as old as the step that wrote it, a process as the step
that made it.  So each time is dated by the steps at which its own clock showed it, and two times
agree if one step is among those of both.  The model's clock stands still while nobody sleeps, and
a real one is coarse (a file is given the time of the last tick): either may leave many steps to
choose from, and none that is wrong.

Only what the kernel answers is dated.  What a program prints of it is ``@`` (:mod:`relations`).
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from stat import S_ISDIR, S_ISFIFO, S_ISLNK, S_ISREG
from time import CLOCK_BOOTTIME, CLOCK_MONOTONIC, clock_gettime_ns, time_ns
from typing import Final, NamedTuple

from nsh.abi.attributes import Stat, StatResult
from nsh.abi.process import ClockGettime
from nsh.abi.request import Request
from nsh.kernel.clock import EPOCH
from nsh.machine.record import Record

TICK: Final = 10_000_000
"""Nanoseconds between two ticks, at most (CONFIG_HZ=100), and a unit of /proc/PID/stat's times."""
_SLACK: Final = 1_000_000
"""By how many nanoseconds clocks that are read one after the other may disagree."""
_START: Final = re.compile(
    rb"^(\d+) \(.*\) [A-Za-z] (?:-?\d+ ){18}(\d+) ", re.MULTILINE | re.DOTALL
)
_UPTIME: Final = re.compile(rb"^(\d+)\.(\d\d) \d+\.\d\d\n")
_REALTIME: Final = 0


class Time(Record):
    """A time that was answered: not before *low* and not after *high*, in nanoseconds of the real
    time of its run."""

    what: str
    """``mtime``, ``clock``, ``uptime``, or ``start of PID``."""
    low: int
    high: int


class Span(NamedTuple):
    """How long a step took: what its run's clock showed before and after."""

    began: int
    ended: int


class Reader:
    """Finds the times in the answers of one run.

    *booted* is the real time at which the clocks that count from the boot were 0, by clock.
    """

    def __init__(self, booted: dict[int, int]) -> None:
        self._booted = booted
        self._made_up: set[int] = set()
        """Devices of file systems that make up their files, whose times mean nothing."""

    def times(self, request: Request, reply: object) -> Iterator[Time]:
        """Those in the answer to *request*."""
        match request, reply:
            case ClockGettime(clock=clock), int():
                start = 0 if clock == _REALTIME else self._booted.get(clock)
                if start is not None:
                    yield _about("clock", start + reply, 0)
            case _, StatResult():
                yield from self._of_file(request, reply)
            case _, bytes():
                booted = self._booted[CLOCK_BOOTTIME]
                for found in _START.finditer(reply):
                    what = f"start of {int(found[1])}"
                    yield _about(what, booted + int(found[2]) * TICK, TICK)
                if uptime := _UPTIME.match(reply):
                    shown = (int(uptime[1]) * 100 + int(uptime[2])) * TICK
                    yield _about("uptime", booted + shown, TICK)

    def _of_file(self, request: Request, file: StatResult) -> Iterator[Time]:
        """The time of the last change, of what is kept in a file system."""
        mode = file.mode
        proc = isinstance(request, Stat) and request.path.startswith("/proc/")
        if proc or (S_ISDIR(mode) and mode & 0o777 == 0o555):
            self._made_up.add(file.dev)
        kept = S_ISREG(mode) or S_ISDIR(mode) or S_ISLNK(mode) or S_ISFIFO(mode)
        if kept and file.dev not in self._made_up:
            yield _about("mtime", file.mtime, TICK)


def of_model() -> Reader:
    """For runs of the model: all its clocks began at once."""
    return Reader({CLOCK_MONOTONIC: EPOCH, CLOCK_BOOTTIME: EPOCH})


def of_linux() -> Reader:
    """For runs on this machine."""
    clocks = (CLOCK_MONOTONIC, CLOCK_BOOTTIME)
    return Reader({clock: time_ns() - clock_gettime_ns(clock) for clock in clocks})


def _about(what: str, time: int, resolution: int) -> Time:
    return Time(what, time - _SLACK, time + resolution + _SLACK)


class Dated(NamedTuple):
    """The first and the last step at which something may have happened, by their place in the
    run; -1 is before the first."""

    first: int
    last: int


class Timeline:
    """The steps of one run, in order; None where only the other run takes one."""

    def __init__(self, spans: list[Span | None]) -> None:
        taken = [(span, place) for place, span in enumerate(spans) if span is not None]
        taken.sort()  # what comes at once may stand in another order
        self._began = [span.began for span, _place in taken]
        self._ended = [span.ended for span, _place in taken]
        self._places = [place for _span, place in taken]
        self._end = len(spans)

    def date(self, time: Time) -> Dated:
        """The steps at which *time* was.  After the last one is the number of all."""
        since = bisect_left(self._ended, time.low)
        until = bisect_right(self._began, time.high)
        fits = self._places[since:until]
        if not self._began or time.low <= self._began[0]:
            fits.append(-1)
        return Dated(min(fits), max(fits)) if fits else Dated(self._end, self._end)


def agree(one: Dated, other: Dated) -> bool:
    """Whether it may have been the same step."""
    return one.first <= other.last and other.first <= one.last
