"""Requests about timers.  Times are nanoseconds, in the caller's time namespace."""

from enum import IntEnum
from typing import Final

from nsh.abi.request import Request

TFD_NONBLOCK: Final = 0o4000
TFD_CLOEXEC: Final = 0o2000000
TFD_TIMER_ABSTIME: Final = 1
TFD_TIMER_CANCEL_ON_SET: Final = 2


class Notify(IntEnum):
    """``sigev_notify`` (sigevent(3type))."""

    SIGEV_SIGNAL = 0
    SIGEV_NONE = 1
    SIGEV_THREAD = 2
    SIGEV_THREAD_ID = 4


class Which(IntEnum):
    """First argument of setitimer(2)."""

    ITIMER_REAL = 0
    ITIMER_VIRTUAL = 1
    ITIMER_PROF = 2


class Setting(Request, frozen=True, gc=False):
    """``struct itimerspec``: time to the next expiry (0: disarmed), and interval (0: once)."""

    value: int
    interval: int


class TimerCreate(Request, frozen=True, gc=False):
    """timer_create(2); ``signo`` None is a NULL sigevent: SIGALRM, with the number as value.

    Replies the timer's number, from 0 on; EAGAIN, EINVAL, ENOTSUP.
    """

    clock: int
    notify: int = 0
    signo: int | None = None
    value: int = 0
    tid: int = 0


class TimerSettime(Request, frozen=True, gc=False):
    """timer_settime(2).  Replies the old :class:`Setting`; EINVAL."""

    timer: int
    value: int
    interval: int = 0
    absolute: bool = False


class TimerGettime(Request, frozen=True, gc=False):
    """timer_gettime(2).  Replies a :class:`Setting`; EINVAL."""

    timer: int


class TimerGetoverrun(Request, frozen=True, gc=False):
    """timer_getoverrun(2).  Replies a count; EINVAL."""

    timer: int


class TimerDelete(Request, frozen=True, gc=False):
    """timer_delete(2).  Replies 0; EINVAL."""

    timer: int


class Setitimer(Request, frozen=True, gc=False):
    """setitimer(2), in whole microseconds.  Replies the old :class:`Setting`; EINVAL."""

    which: int
    value: int
    interval: int = 0


class Getitimer(Request, frozen=True, gc=False):
    """getitimer(2).  Replies a :class:`Setting`; EINVAL."""

    which: int


class Alarm(Request, frozen=True, gc=False):
    """alarm(2).  Replies the seconds that were left, rounded, at least 1; 0: none was set."""

    seconds: int


class TimerfdCreate(Request, frozen=True, gc=False):
    """timerfd_create(2).  Replies a descriptor; EINVAL, EMFILE, EPERM."""

    clock: int
    flags: int = 0


class TimerfdSettime(Request, frozen=True, gc=False):
    """timerfd_settime(2).  Replies the old :class:`Setting`; EBADF, EINVAL."""

    fd: int
    value: int
    interval: int = 0
    flags: int = 0


class TimerfdGettime(Request, frozen=True, gc=False):
    """timerfd_gettime(2).  Replies a :class:`Setting`; EBADF, EINVAL."""

    fd: int
