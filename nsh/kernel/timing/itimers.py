"""Interval timers: setitimer(2), getitimer(2), alarm(2) (kernel/time/itimer.c; S2, N12)."""

from typing import Final

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.signals import SiCode, Sig
from nsh.abi.timers import Alarm, Getitimer, Setitimer, Setting, Which
from nsh.kernel import hooks, signals
from nsh.kernel.dispatch import handles
from nsh.kernel.timing import timers
from nsh.machine.ids import TaskId
from nsh.machine.signals import SigInfo
from nsh.machine.tasks import Task
from nsh.machine.timers import REAL, ProcessTimers, Timer, missed
from nsh.machine.value import Transaction

_MICRO: Final = 1000
_SECOND: Final = 10**9
_OF_CPU: Final = {Which.ITIMER_VIRTUAL: -3, Which.ITIMER_PROF: -4}
"""Numbers of those that run while the process computes: never, here."""


def _find(tx: Transaction, caller: TaskId, which: int) -> tuple[int, Timer]:
    """The timer and its key, 0 if it has not been set yet.  EINVAL."""
    if which not in list(Which):
        raise Errno.EINVAL(f"there is no interval timer {which}")
    leader = tx.get(Task, caller).leader
    number = _OF_CPU.get(Which(which), REAL)
    key = timers.of_process(tx, leader).timers.get(number, 0)
    return key, tx.get(Timer, key) if key else Timer(leader, number, 1)


@handles(Getitimer)
def getitimer(tx: Transaction, caller: TaskId, request: Getitimer) -> Setting:
    """getitimer(2)."""
    return _setting(tx, _find(tx, caller, request.which)[1])


def _setting(tx: Transaction, timer: Timer) -> Setting:
    """Whole microseconds, rounded down, but not to 0.  One that has sent SIGALRM and waits until
    that is taken tells no time."""
    if timer.expires is None or timer.spent:
        return Setting(0, timer.interval)
    left = max(timer.expires - tx.clock, _MICRO) if timer.number == REAL else timer.expires
    return Setting(left // _MICRO * _MICRO, timer.interval)


@handles(Setitimer)
def setitimer(tx: Transaction, caller: TaskId, request: Setitimer) -> Setting:
    """setitimer(2)."""
    if request.value < 0 or request.interval < 0:
        raise Errno.EINVAL("a time is not negative")
    value, interval = (time // _MICRO * _MICRO for time in (request.value, request.interval))
    return _set(tx, caller, request.which, value, interval)


def _set(tx: Transaction, caller: TaskId, which: int, value: int, interval: int) -> Setting:
    key, timer = _find(tx, caller, which)
    old = _setting(tx, timer)
    if not key:
        key = tx.fresh()
        own = timers.of_process(tx, timer.process)
        tx.put(timer.process, ProcessTimers(own.timers.set(timer.number, key), own.next))
    if timer.number != REAL:
        tx.put(key, replace(timer, expires=value or None, interval=interval))
        return old
    when = tx.clock + value if value else None
    interval = interval if value else 0
    timers.wind(tx, key, replace(timer, expires=when, interval=interval, spent=False))
    return old


@handles(Alarm)
def alarm(tx: Transaction, caller: TaskId, request: Alarm) -> int:
    """alarm(2): ITIMER_REAL, once."""
    old = _set(tx, caller, Which.ITIMER_REAL, (request.seconds & 0xFFFFFFFF) * _SECOND, 0).value
    seconds, rest = divmod(old, _SECOND)
    return seconds + (rest >= _SECOND // 2 or (not seconds and rest > 0))


@hooks.on_expiry
def expire(tx: Transaction, key: int) -> None:
    """ITIMER_REAL goes off: SIGALRM to the process, from the kernel."""
    timer = tx.find(Timer, key)
    if timer is None or timer.number != REAL:
        return
    tx.put(key, replace(timer, spent=True))
    signals.send(tx, timer.process, SigInfo(int(Sig.SIGALRM), int(SiCode.SI_KERNEL)))


@hooks.on_taken
def taken(tx: Transaction, tid: TaskId, info: SigInfo) -> SigInfo | None:
    """Whatever sent the SIGALRM that is taken, the timer goes on (dequeue_signal)."""
    if info.signo == Sig.SIGALRM:
        key = timers.of_process(tx, tx.get(Task, tid).leader).timers.get(REAL, 0)
        timer = tx.get(Timer, key) if key else None
        if timer is not None and timer.spent and timer.interval and timer.expires is not None:
            following = timer.expires + (missed(timer, tx.clock) + 1) * timer.interval
            timers.wind(tx, key, replace(timer, expires=following, spent=False))
    return info
