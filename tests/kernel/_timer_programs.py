"""Random programs about timers: of either sort, that go off at once or never, and their signals."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

from nsh.abi.signals import SaFlag, Sig, bit
from nsh.kernel import waiting
from nsh.machine.ids import TaskId
from nsh.machine.tasks import Task
from nsh.machine.timers import ProcessTimers
from nsh.machine.value import begin
from tests.kernel import _steps
from tests.kernel._programs import Writer

SECOND = 10**9
NEVER = 1_000_000_000 * SECOND
"""No machine is up for so long."""
UPTIME = 1000 * SECOND
SIGNALS = [Sig.SIGUSR1, Sig.SIGUSR1, Sig.SIGUSR2, Sig.SIGALRM, 34, 35]
FDS = [200, 201]


class TimerWriter(Writer):
    """Writes one program, performing it on the model as it goes."""

    def __init__(self, source: random.Random) -> None:
        super().__init__(source)
        tx = begin(self.world.machine)
        waiting.advance(tx, UPTIME)  # so that there is a past for times to be in
        self.world.machine = tx.commit()

    def among(self, free: list[tuple[int, TaskId]]) -> list[tuple[int, TaskId]]:
        return free

    def kinds(self) -> Sequence[tuple[Any, float]]:
        return _KINDS

    def timer(self, me: TaskId) -> int:
        """Mostly one that there is."""
        leader = self.world.machine.get(Task, me).leader
        own = self.world.machine.find(ProcessTimers, leader)
        known = [] if own is None else sorted(number for number in own.timers if number >= 0)
        if known and self.random.random() < 0.95:
            return int(self.random.choice(known))
        return self.random.randrange(6)

    def when(self) -> list[Any]:
        """Value, interval, absolute: at once, in a thousand years, or not at all."""
        interval = self.pick(0, 0, NEVER, 2 * NEVER)
        if self.random.random() < 0.04:
            return [self.pick(-1, SECOND), self.pick(-1, 0), False]
        if self.random.random() < 0.55:
            return [self.pick(1, SECOND), interval, True]
        return [self.pick(0, NEVER), interval, False]

    def sig(self) -> int:
        return int(self.random.choice(SIGNALS))


Kind = Callable[[TimerWriter, TaskId], "list[Any] | None"]
_KINDS: list[tuple[Kind, float]] = []
_kind = _steps.weighing(_KINDS)


@_kind(5)
def _create(writer: TimerWriter, me: TaskId) -> list[Any] | None:
    clock = writer.pick(0, 1, 1, 7, 11, 4, 8, 10)
    if writer.random.random() < 0.1:
        return ["timer_create", clock, 0, None, 0]
    signo = writer.sig() if writer.random.random() < 0.95 else 70
    return ["timer_create", clock, writer.pick(0, 0, 0, 1, 2, 9), signo, writer.pick(0, 42)]


@_kind(12)
def _settime(writer: TimerWriter, me: TaskId) -> list[Any] | None:
    return ["timer_settime", writer.timer(me), *writer.when()]


@_kind(4)
def _gettime(writer: TimerWriter, me: TaskId) -> list[Any] | None:
    return ["timer_gettime", writer.timer(me)]


@_kind(2)
def _overrun(writer: TimerWriter, me: TaskId) -> list[Any] | None:
    return ["timer_overrun", writer.timer(me)]


@_kind(2)
def _delete(writer: TimerWriter, me: TaskId) -> list[Any] | None:
    return ["timer_delete", writer.timer(me)]


@_kind(2)
def _setitimer(writer: TimerWriter, me: TaskId) -> list[Any] | None:
    value, interval, _absolute = writer.when()
    return ["setitimer", writer.pick(0, 0, 0, 5), 0 if value == 1 else value, interval]


@_kind(2)
def _getitimer(writer: TimerWriter, me: TaskId) -> list[Any] | None:
    return ["getitimer", writer.pick(0, 0, -1)]


@_kind(1)
def _alarm(writer: TimerWriter, me: TaskId) -> list[Any] | None:
    return ["alarm", writer.pick(0, 100_000)]


@_kind(2)
def _timerfd(writer: TimerWriter, me: TaskId) -> list[Any] | None:
    return ["timerfd", writer.pick(*FDS), writer.pick(0, 1, 7, 2)]


@_kind(5)
def _timerfd_settime(writer: TimerWriter, me: TaskId) -> list[Any] | None:
    value, interval, absolute = writer.when()
    return ["timerfd_settime", writer.pick(*FDS), value, interval, int(absolute)]


@_kind(2)
def _timerfd_gettime(writer: TimerWriter, me: TaskId) -> list[Any] | None:
    return ["timerfd_gettime", writer.pick(*FDS)]


@_kind(4)
def _timerfd_read(writer: TimerWriter, me: TaskId) -> list[Any] | None:
    return ["timerfd_read", writer.pick(*FDS)]


@_kind(5)
def _sigprocmask(writer: TimerWriter, me: TaskId) -> list[Any] | None:
    mask = 0
    for _ in range(writer.random.randrange(4)):
        mask |= bit(writer.sig())
    return ["sigprocmask", writer.pick(0, 0, 1, 2), mask]


@_kind(5)
def _sigaction(writer: TimerWriter, me: TaskId) -> list[Any] | None:
    flags = int(SaFlag.SA_RESTART) if writer.random.random() < 0.3 else 0
    handler = writer.pick("handler", "handler", "ignore", "default")
    return ["sigaction", writer.sig(), handler, flags, 0]


@_kind(5)
def _sigtimedwait(writer: TimerWriter, me: TaskId) -> list[Any] | None:
    return ["sigtimedwait", bit(writer.sig()) | bit(writer.sig()), False]


_kind(1)(_steps.sigpending)


@_kind(2)
def _kill(writer: TimerWriter, me: TaskId) -> list[Any] | None:
    return ["kill", writer.pid(me), writer.sig()]


_kind(2)(_steps.fork)


_kind(0.5)(_steps.thread)


@_kind(0.4)
def _exit(writer: TimerWriter, me: TaskId) -> list[Any] | None:
    return None if writer.spared(me) else ["exit", 0]


_kind(0.7)(_steps.exec_)
