"""The calls of `tests.kernel._linux_timers`, on the model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nsh.abi import files, timers
from nsh.abi.request import Request
from nsh.machine.ids import TaskId

SIMPLE: dict[str, Callable[..., Request]] = {
    "timer_create": timers.TimerCreate,
    "timer_settime": timers.TimerSettime,
    "timer_gettime": timers.TimerGettime,
    "timer_overrun": timers.TimerGetoverrun,
    "timer_delete": timers.TimerDelete,
    "setitimer": timers.Setitimer,
    "getitimer": timers.Getitimer,
    "alarm": timers.Alarm,
    "timerfd_settime": timers.TimerfdSettime,
    "timerfd_gettime": timers.TimerfdGettime,
}


def plain(request: Request, reply: object) -> Any:
    """A reply as `tests.kernel._linux_timers` tells it."""
    if isinstance(reply, timers.Setting):
        return [bool(reply.value), reply.interval]
    return bool(reply) if isinstance(request, timers.Alarm) else reply


class Timers:
    """Calls that are more than a request."""

    def ask(self, caller: TaskId, request: Request) -> Any:
        raise NotImplementedError

    def _timerfd(self, me: TaskId, fd: int, clock: int) -> Any:
        got = self.ask(me, timers.TimerfdCreate(clock, timers.TFD_NONBLOCK))
        if isinstance(got, str):
            return got
        self.ask(me, files.Dup2(got, fd))
        self.ask(me, files.Close(got))
        return 0

    def _timerfd_read(self, me: TaskId, fd: int) -> Any:
        got = self.ask(me, files.Read(fd, 8))
        if isinstance(got, list):  # as bytes are told
            return int.from_bytes(got[1].encode("latin-1"), "little")
        return got
