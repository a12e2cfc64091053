"""Whether a timer that a real process has set may still go off: then time brings something.

It is reckoned from what was asked for alone.  A periodic timer is counted on for some intervals
more whenever anything was heard of one; who waits longer is told that nobody wakes it.
"""

from time import monotonic_ns
from typing import Final

from nsh.abi.files import Read
from nsh.abi.request import Blocked, Failure, Request
from nsh.abi.timers import Alarm, Setitimer, TimerfdSettime, TimerSettime

_COUNTED: Final = 3
"""Intervals."""
_SLACK: Final = 200_000_000
"""Nanoseconds between the moment and its effects, on a busy machine."""
_SECOND: Final = 10**9


class Alarms:
    """Until when timers that were set may go off."""

    def __init__(self) -> None:
        self._until = 0
        self._longest = 0
        """Of all intervals."""

    def note(self, request: Request, reply: object) -> None:
        """*request* was answered with *reply*."""
        if isinstance(reply, Failure | Blocked):
            return
        match request:
            case Alarm(seconds=seconds):
                self._expect(seconds * _SECOND, 0)
            case Setitimer() | TimerSettime() | TimerfdSettime():
                value = request.value
                if getattr(request, "absolute", False) or getattr(request, "flags", 0):
                    value = 60 * _SECOND  # on whose clock, is not known here
                self._expect(value, request.interval)
            case Read():
                self.heard()

    def _expect(self, value: int, interval: int) -> None:
        if value:
            until = monotonic_ns() + value + _COUNTED * interval + _SLACK
            self._until = max(self._until, until)
            self._longest = max(self._longest, interval)

    def heard(self) -> None:
        """A signal came, or a file was read: it may have been a timer's."""
        if self._longest:
            self._expect(self._longest, self._longest)

    @property
    def pending(self) -> bool:
        """Whether any may."""
        return monotonic_ns() < self._until
