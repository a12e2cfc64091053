"""What a puppet of the stage can do with timers; see `tests.kernel._linux_puppet`.

How long is left is told only as whether anything is: the two kernels' clocks show other times.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
from typing import Any

libc = ctypes.CDLL(None, use_errno=True)
SECOND, MICRO = 10**9, 1000
CREATE, SETTIME, GETTIME, OVERRUN, DELETE = 222, 223, 224, 225, 226
GETITIMER, ALARM, SETITIMER = 36, 37, 38
TFD_CREATE, TFD_SETTIME, TFD_GETTIME = 283, 286, 287


def _call(number: int, *arguments: Any) -> Any:
    got = libc.syscall(number, *arguments)
    return errno.errorcode[ctypes.get_errno()] if got == -1 else got


def _spec(value: int, interval: int, unit: int = 1) -> bytes:
    more, first = divmod(interval, SECOND), divmod(value, SECOND)
    return struct.pack("4q", more[0], more[1] // unit, first[0], first[1] // unit)


def _told(data: Any, unit: int = 1) -> list[Any]:
    more, rest, seconds, part = struct.unpack("4q", data.raw)
    return [bool(seconds or part), more * SECOND + rest * unit]


class Timers:
    """Methods of their names in `tests.kernel._model_timers`."""

    def timer_create(self, clock: int, notify: int, signo: int | None, value: int) -> Any:
        number = ctypes.c_int(-1)
        event = None
        if signo is not None:
            event = struct.pack("qiii", value, signo, notify, 0).ljust(64, b"\0")
        got = _call(CREATE, clock, event, ctypes.byref(number))
        return got if isinstance(got, str) else number.value

    def timer_settime(self, timer: int, value: int, interval: int, absolute: bool) -> Any:
        old = ctypes.create_string_buffer(32)
        got = _call(SETTIME, timer, int(absolute), _spec(value, interval), old)
        return got if isinstance(got, str) else _told(old)

    def timer_gettime(self, timer: int) -> Any:
        now = ctypes.create_string_buffer(32)
        got = _call(GETTIME, timer, now)
        return got if isinstance(got, str) else _told(now)

    def timer_overrun(self, timer: int) -> Any:
        return _call(OVERRUN, timer)

    def timer_delete(self, timer: int) -> Any:
        return _call(DELETE, timer)

    def setitimer(self, which: int, value: int, interval: int) -> Any:
        old = ctypes.create_string_buffer(32)
        got = _call(SETITIMER, which, _spec(value, interval, MICRO), old)
        return got if isinstance(got, str) else _told(old, MICRO)

    def getitimer(self, which: int) -> Any:
        now = ctypes.create_string_buffer(32)
        got = _call(GETITIMER, which, now)
        return got if isinstance(got, str) else _told(now, MICRO)

    def alarm(self, seconds: int) -> Any:
        return bool(_call(ALARM, seconds))

    def timerfd(self, fd: int, clock: int) -> Any:
        got = _call(TFD_CREATE, clock, 0o4000)
        if isinstance(got, str):
            return got
        os.dup2(got, fd)
        os.close(got)
        return 0

    def timerfd_settime(self, fd: int, value: int, interval: int, flags: int) -> Any:
        old = ctypes.create_string_buffer(32)
        got = _call(TFD_SETTIME, fd, flags, _spec(value, interval), old)
        return got if isinstance(got, str) else _told(old)

    def timerfd_gettime(self, fd: int) -> Any:
        now = ctypes.create_string_buffer(32)
        got = _call(TFD_GETTIME, fd, now)
        return got if isinstance(got, str) else _told(now)

    def timerfd_read(self, fd: int) -> Any:
        count = ctypes.c_uint64()
        got = libc.read(fd, ctypes.byref(count), 8)
        return errno.errorcode[ctypes.get_errno()] if got == -1 else count.value
