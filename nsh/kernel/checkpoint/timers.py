"""Timers: of processes, per interval, and behind descriptors (S2: "keep the monotonic timers from
expiring when you restart").

What is saved of one is what is left of its time, whatever clock it was set by and whether to a
point of time or not, as CRIU has it.  One that had gone off, and nobody has taken notice yet, goes
on counting from there: what it misses while the container is an image it has not missed.
"""

from collections.abc import Iterator
from typing import Final

import msgspec
from immutables import Map

from nsh.abi.clocks import CLOCKS
from nsh.abi.errno import Errno
from nsh.abi.signals import NSIG
from nsh.abi.timers import Notify
from nsh.kernel import sigqueues
from nsh.kernel.checkpoint import parts
from nsh.kernel.checkpoint.image import Object
from nsh.kernel.checkpoint.state import Dump, Restart, Seen
from nsh.kernel.sysv import ipc_permission
from nsh.kernel.timing import timerfd, timers
from nsh.machine.ids import NOBODY, TaskId
from nsh.machine.ipc import Who
from nsh.machine.tasks import Task
from nsh.machine.timerfd import TimerNode
from nsh.machine.timers import OF_FILE, REAL, Left, ProcessTimers, Timer, left, resumed

_LONGEST: Final = (1 << 63) - 1
_OF_PROCESSOR: Final = (-3, -4)
"""ITIMER_VIRTUAL, ITIMER_PROF."""


class Clockwork(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One timer."""

    number: int = OF_FILE
    """What its process calls it; below 0: of setitimer(2), or of a file."""
    clock: int = 1
    remaining: int | None = None
    """Nanoseconds to go; below 0: it is late; None: it is disarmed."""
    interval: int = 0
    spent: bool = False
    """It has gone off, and nobody has taken notice yet."""
    overrun: int = 0
    notify: int = 0
    signo: int = 0
    value: int = 0
    thread: int = 0
    """Whom alone it signals."""
    gone: bool = False
    """Who that was is dead."""
    turn: int = 0
    """How often it has been set: a signal that pends says so, too."""
    unheard: int | None = None
    flags: int = 0


class Timers(Object, frozen=True):
    """Of one process."""

    pid: int
    next: int = 0
    """The number that its next one is given."""
    timers: tuple[Clockwork, ...] = ()


class TimerFile(Object, frozen=True, tag="timerfd"):
    """An open file that is a timer's."""

    number: int
    opener: int
    flags: int
    timer: Clockwork


@parts.saves(Timers, 63, ProcessTimers)
def _save(dump: Dump) -> Iterator[Timers]:
    for task in dump.tasks:
        own = dump.tx.find(ProcessTimers, task)
        if own is not None:
            rows = [dump.tx.get(Timer, key) for _number, key in sorted(own.timers.items())]
            found = tuple(_told(dump, timer) for timer in rows)
            yield Timers(dump.number(task), own.next, found)


@parts.describes(TimerNode)
def _described(dump: Dump, seen: Seen) -> TimerFile:
    node = seen.file.place.node
    assert isinstance(node, TimerNode)
    timer = _told(dump, dump.tx.get(Timer, node.timer))
    return TimerFile(seen.number, dump.number(seen.task), seen.file.flags, timer)


def _told(dump: Dump, timer: Timer) -> Clockwork:
    what = left(timer, dump.tx.clock)
    thread, gone = 0, False
    if timer.thread != NOBODY:
        gone = dump.tx.find(Task, timer.thread) is None
        thread = ipc_permission.number(dump.space, timer.numbers)
    return Clockwork(
        *(timer.number, timer.clock, what.remaining, what.interval, what.spent, what.overrun),
        *(int(timer.notify), timer.signo, timer.value, thread, gone),
        *(timer.turn, timer.unheard, timer.flags),
    )


@parts.makes(TimerFile)
def _make_file(restart: Restart, saved: TimerFile) -> None:
    restart.task(saved.opener)
    _check(saved.timer)
    if saved.timer.number != OF_FILE or saved.timer.clock not in timerfd.CLOCKS:
        raise Errno.EINVAL("timer: that is none of a file")
    key, node = timerfd.make(restart.tx, saved.timer.clock, saved.flags)
    restart.opens(saved.number, key)
    _resume(restart, node.timer, restart.tx.get(Timer, node.timer), saved.timer)


@parts.makes(Timers, "pid")
def _make(restart: Restart, saved: Timers) -> None:
    """EINVAL: no process can have such."""
    task = restart.task(saved.pid)
    if restart.tx.get(Task, task).leader != task or saved.pid in restart.dead:
        raise Errno.EINVAL(f"pid: {saved.pid} is a thread, or dead")
    numbers = [timer.number for timer in saved.timers]
    if len(set(numbers)) < len(numbers):
        raise Errno.EINVAL("timers: two have the same number")
    for timer in saved.timers:
        _check(timer)
        if timer.number < 0 and timer.number not in (REAL, *_OF_PROCESSOR):
            raise Errno.EINVAL(f"timers: no process calls one {timer.number}")
        if timer.number >= saved.next:
            raise Errno.EINVAL(f"next: there is a timer {timer.number}")
        if timer.thread and not timer.gone:
            thread = restart.tx.get(Task, restart.task(timer.thread))
            if thread.leader != task or timer.thread in restart.dead:
                raise Errno.EINVAL(f"timers: {timer.thread} is no thread of {saved.pid}")
    restart.keep(saved)


def _check(timer: Clockwork) -> None:
    of_signal = timer.number >= 0 and timer.notify != Notify.SIGEV_NONE
    if timer.clock not in CLOCKS.values():
        raise Errno.EINVAL(f"clock: there is no clock {timer.clock}")
    if timer.notify not in list(Notify):
        raise Errno.EINVAL(f"notify: there is no way {timer.notify} to notify anybody")
    if of_signal and not 1 <= timer.signo <= NSIG:
        raise Errno.EINVAL(f"signo: {timer.signo} is no signal")
    if timer.spent and timer.remaining is None:
        raise Errno.EINVAL("spent: one that is disarmed has not gone off")
    for field in ("interval", "overrun", "turn"):
        if not 0 <= getattr(timer, field) <= _LONGEST:
            raise Errno.EINVAL(f"{field}: {getattr(timer, field)} is none")
    if abs(timer.remaining or 0) > _LONGEST:
        raise Errno.EINVAL(f"remaining: {timer.remaining} is no time")


@parts.finishes(56)
def _finish(restart: Restart) -> None:
    """When they are who they were, for whom the timers' signals count, and these are queued."""
    tx = restart.tx
    for saved in restart.kept(Timers):
        process = restart.task(saved.pid)
        keys: Map[int, int] = Map()
        for each in saved.timers:
            key = tx.fresh()
            keys = keys.set(each.number, key)
            thread, numbers = _thread(restart, process, each)
            charge = 0
            if each.number >= 0:
                charge = sigqueues.charge(tx, tx.get(Task, process), override=True)
            timer = Timer(
                *(process, each.number, each.clock, each.notify, each.signo, each.value, thread),
                charge=charge,
                numbers=numbers,
            )
            _resume(restart, key, timer, each)
        tx.put(process, ProcessTimers(keys, saved.next))


def _thread(restart: Restart, process: TaskId, saved: Clockwork) -> tuple[TaskId, Who | None]:
    """Whom alone a timer signals: if that one is dead, somebody whom nobody meets."""
    tx = restart.tx
    if not saved.thread:
        return NOBODY, None
    if not saved.gone:
        thread = restart.task(saved.thread)
        return thread, ipc_permission.who(tx, thread, thread=True)
    like = ipc_permission.who(tx, process)
    nobody = tx.new(TaskId)
    return nobody, Who(nobody, like.path, (*(0 for _space in like.path[1:]), saved.thread))


def _resume(restart: Restart, key: int, timer: Timer, saved: Clockwork) -> None:
    timer = msgspec.structs.replace(
        timer, turn=saved.turn, unheard=saved.unheard, flags=saved.flags
    )
    kept = Left(saved.remaining, saved.interval, saved.spent, saved.overrun)
    timer = resumed(timer, kept, restart.tx.clock)
    timers.wind(restart.tx, key, timer)
