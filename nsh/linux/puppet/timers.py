"""Clocks and timers (timer_create(2), setitimer(2), timerfd_create(2)); the host's clock is only
read: nothing here sets it."""

from __future__ import annotations

import ctypes
import struct

from nsh.linux.puppet.gate import call
from nsh.linux.puppet.packing import packed
from nsh.linux.puppet.table import performs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from nsh.linux.puppet.actor import Actor

_SECOND: Final = 1_000_000_000
_MICROS: Final = 1_000_000
_MICRO: Final = 1000
Setting = tuple[int, int]
"""Nanoseconds to the next expiry, and between two."""


def _spec(value: int, interval: int) -> bytes:
    """``struct itimerspec``."""
    return packed("4q", *divmod(interval, _SECOND), *divmod(value, _SECOND))


def _setting(data: bytes, unit: int = _SECOND, scale: int = 1) -> Setting:
    """Of a ``struct itimerspec``, or an ``itimerval`` by its unit."""
    more, rest, seconds, part = struct.unpack("4q", data)
    return (seconds * unit + part) * scale, (more * unit + rest) * scale


@performs("ClockNanosleep")
def clock_nanosleep(actor: Actor, clock: int, time: int, absolute: bool) -> int:
    """clock_nanosleep(2)."""
    limit = packed("qq", *divmod(time, _SECOND))
    return call("clock_nanosleep", clock, int(absolute), limit, None, mask=actor.mask)


@performs("TimerCreate")
def timer_create(
    actor: Actor, clock: int, notify: int, signo: int | None, value: int, tid: int
) -> int:
    """timer_create(2)."""
    del actor
    number = ctypes.c_int(-1)
    event = None
    if signo is not None:
        event = packed("qiii", value, signo, notify, tid).ljust(64, b"\0")
    call("timer_create", clock, event, number)
    return number.value


@performs("TimerSettime")
def timer_settime(actor: Actor, timer: int, value: int, interval: int, absolute: bool) -> Setting:
    """timer_settime(2)."""
    del actor
    old = ctypes.create_string_buffer(32)
    call("timer_settime", timer, int(absolute), _spec(value, interval), old)
    return _setting(old.raw)


@performs("TimerGettime")
def timer_gettime(actor: Actor, timer: int) -> Setting:
    """timer_gettime(2)."""
    del actor
    now = ctypes.create_string_buffer(32)
    call("timer_gettime", timer, now)
    return _setting(now.raw)


@performs("TimerGetoverrun")
def timer_getoverrun(actor: Actor, timer: int) -> int:
    """timer_getoverrun(2)."""
    del actor
    return call("timer_getoverrun", timer)


@performs("TimerDelete")
def timer_delete(actor: Actor, timer: int) -> int:
    """timer_delete(2)."""
    del actor
    return call("timer_delete", timer)


@performs("Setitimer")
def setitimer(actor: Actor, which: int, value: int, interval: int) -> Setting:
    """setitimer(2)."""
    del actor
    parts = (*divmod(interval // _MICRO, _MICROS), *divmod(value // _MICRO, _MICROS))
    old = ctypes.create_string_buffer(32)
    call("setitimer", which, packed("4q", *parts), old)
    return _setting(old.raw, _MICROS, _MICRO)


@performs("Getitimer")
def getitimer(actor: Actor, which: int) -> Setting:
    """getitimer(2)."""
    del actor
    now = ctypes.create_string_buffer(32)
    call("getitimer", which, now)
    return _setting(now.raw, _MICROS, _MICRO)


@performs("Alarm")
def alarm(actor: Actor, seconds: int) -> int:
    """alarm(2)."""
    del actor
    return call("alarm", seconds)


@performs("TimerfdCreate")
def timerfd_create(actor: Actor, clock: int, flags: int) -> int:
    """timerfd_create(2)."""
    del actor
    return call("timerfd_create", clock, flags)


@performs("TimerfdSettime")
def timerfd_settime(actor: Actor, fd: int, value: int, interval: int, flags: int) -> Setting:
    """timerfd_settime(2)."""
    del actor
    old = ctypes.create_string_buffer(32)
    call("timerfd_settime", fd, flags, _spec(value, interval), old)
    return _setting(old.raw)


@performs("TimerfdGettime")
def timerfd_gettime(actor: Actor, fd: int) -> Setting:
    """timerfd_gettime(2)."""
    del actor
    now = ctypes.create_string_buffer(32)
    call("timerfd_gettime", fd, now)
    return _setting(now.raw)
