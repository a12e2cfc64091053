"""Timers that a program has set: timer_create(2), setitimer(2), timerfd_create(2) (S2, N12).

All times here are nanoseconds of the machine's own clock, whatever clock the program named and
in whatever time namespace it is: they are translated where they come in and go out.

A periodic timer is not wound up again when it expires, but when its expiry is taken notice of
(the signal leaves its queue, the descriptor is read), as Linux has it: one that nobody hears of
makes no work, and what it missed is counted then.
"""

from collections.abc import Iterator

from immutables import Map

from nsh.machine.files import File
from nsh.machine.ids import NOBODY, TaskId
from nsh.machine.invariants import invariant
from nsh.machine.ipc import Who
from nsh.machine.limits import holds_signals
from nsh.machine.record import Record, table
from nsh.machine.tasks import Task
from nsh.machine.timens import OF_CPU
from nsh.machine.value import Machine
from nsh.machine.waiting import Deadlines

REAL = -1
"""``number`` of a process's ITIMER_REAL, which alarm(2) sets too."""
OF_FILE = -2
"""``number`` of a timerfd's, whose key is that of its open file's node."""


@table
class Timer(Record):
    """One timer, keyed by an id that no program sees."""

    process: TaskId
    """Whose it is, by the leader; NOBODY: a file's, and whoever has that open."""
    number: int
    """What the process calls it; REAL, OF_FILE."""
    clock: int
    """The clockid that it was made for (clock_getres(2))."""
    notify: int = 0
    """``sigev_notify`` (abi.timers.Notify)."""
    signo: int = 0
    value: int = 0
    thread: TaskId = NOBODY
    """Whom alone it signals (SIGEV_THREAD_ID)."""
    expires: int | None = None
    """When it does next, or did last, if that has yet to be taken notice of, in virtual nanoseconds
    since boot; of one that goes by processor time, how many are left.  None: disarmed."""
    interval: int = 0
    """Nanoseconds; 0: once."""
    spent: bool = False
    """It has expired, and will not again until that is taken notice of."""
    overrun: int = 0
    """Expiries that went by, other than the one last taken notice of."""
    turn: int = 0
    """How often it has been set: a signal from before the last time is not delivered."""
    unheard: int | None = None
    """The turn in which it last sent a signal that was ignored, if it has been set since: that is
    sent all the same when the signal is ignored no longer."""
    flags: int = 0
    """How a timerfd was set, as its fdinfo tells."""
    charge: int = 0
    """Whom the signal counts for that it has ready (:mod:`nsh.machine.limits`)."""
    numbers: Who | None = None
    """Those of ``thread``, which are told when that is dead, too."""


@table
class ProcessTimers(Record):
    """The timers of a process, keyed by its leader; no row: it has never had any."""

    timers: Map[int, int] = Map()
    """Number, or REAL -> key."""
    next: int = 0
    """The number that the next one is given."""


class Left(Record):
    """What a checkpoint keeps of a timer: nothing that depends on what a clock shows."""

    remaining: int | None
    """Nanoseconds to go; below 0: it is late; None: disarmed."""
    interval: int
    spent: bool
    overrun: int


def left(timer: Timer, now: int) -> Left:
    """What is left of *timer* when it is frozen at the machine's time *now*."""
    since = now if passes(timer) else 0
    remaining = None if timer.expires is None else timer.expires - since
    return Left(remaining, timer.interval, timer.spent, timer.overrun)


def resumed(timer: Timer, kept: Left, now: int) -> Timer:
    """*timer* as it goes on at *now*, on whatever machine: it fires neither early, nor all at once
    for the time that it did not run (S2: "keep the monotonic timers from expiring when you
    restart")."""
    since = now if passes(timer) else 0
    return Timer(
        timer.process,
        timer.number,
        timer.clock,
        timer.notify,
        timer.signo,
        timer.value,
        timer.thread,
        None if kept.remaining is None else since + kept.remaining,
        kept.interval,
        kept.spent,
        kept.overrun,
        timer.turn,
        timer.unheard,
        timer.flags,
        timer.charge,
        timer.numbers,
    )


def passes(timer: Timer) -> bool:
    """Whether its time passes by itself, and not while its process computes: never, here."""
    return timer.number >= OF_FILE and timer.clock not in OF_CPU


def missed(timer: Timer, now: int) -> int:
    """How many times a periodic timer that expired at ``expires`` would have expired since."""
    if timer.expires is None or not timer.interval or now < timer.expires:
        return 0
    return (now - timer.expires) // timer.interval


@holds_signals
def _ready(machine: Machine) -> Iterator[int]:
    for _key, timer in machine.items(Timer):
        yield timer.charge


@invariant
def _timers(machine: Machine) -> Iterator[str]:
    """A timer belongs to a process, or a file; it has a deadline if it is wound up."""
    deadlines = machine.find(Deadlines, 0)
    entries = () if deadlines is None else deadlines.entries
    wound: dict[int, int] = {key: time for time, _order, key in entries}
    files = {getattr(file.place.node, "timer", 0) for _key, file in machine.items(File)}
    for key, timer in machine.items(Timer):
        if timer.number != OF_FILE:
            own = machine.find(ProcessTimers, timer.process)
            if own is None or own.timers.get(timer.number) != key:
                yield f"timer {key} is number {timer.number} of {timer.process}, who has it not"
            if machine.find(Task, timer.process) is None:
                yield f"timer {key} is of {timer.process}, who is gone"
        elif key not in files:
            yield f"timer {key} is of a file that nobody has open"
        if key in wound and (timer.expires != wound[key] or timer.spent):
            yield f"timer {key} is wound up for {wound[key]}, and says {timer.expires}"
    for leader, own in machine.items(ProcessTimers):
        for number, key in sorted(own.timers.items()):
            if machine.find(Timer, key) is None:
                yield f"timer {number} of {leader} is gone"
