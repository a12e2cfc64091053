"""POSIX timers: timer_create(2) and its family (kernel/time/posix-timers.c; S2, N12).

A timer that has sent its signal waits until that is taken off its queue: then it is wound up
again, and what it missed meanwhile is the overrun that the signal tells (timer_getoverrun(2)).
"""

from collections.abc import Callable
from typing import Final

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.signals import NSIG, SiCode, Sig
from nsh.abi.timers import (
    Notify,
    Setting,
    TimerCreate,
    TimerDelete,
    TimerGetoverrun,
    TimerGettime,
    TimerSettime,
)
from nsh.kernel import clock, hooks, pids, signals, sigqueues, waiting
from nsh.kernel.dispatch import LeavesTrace, handles
from nsh.kernel.sysv import ipc_permission
from nsh.machine.ids import NOBODY, TaskId
from nsh.machine.signals import SigInfo
from nsh.machine.tasks import State, Task
from nsh.machine.timers import OF_FILE, REAL, ProcessTimers, Timer, missed, passes
from nsh.machine.value import Transaction

_NO_TIMERS: Final = ProcessTimers()
_MOST: Final = (1 << 31) - 1
"""DELAYTIMER_MAX: what an overrun is cut at."""


def of_process(tx: Transaction, leader: TaskId) -> ProcessTimers:
    """The timers of a process."""
    return tx.find(ProcessTimers, leader) or _NO_TIMERS


def named(tx: Transaction, caller: TaskId, number: int) -> tuple[int, Timer]:
    """The caller's timer *number*, by its key; EINVAL."""
    leader = tx.get(Task, caller).leader
    key = of_process(tx, leader).timers.get(number) if number >= 0 else None
    if key is None:
        raise Errno.EINVAL(f"the process has no timer {number}")
    return key, tx.get(Timer, key)


@handles(TimerCreate)
def create(tx: Transaction, caller: TaskId, request: TimerCreate) -> int:
    """timer_create(2).  A number is used up even where its timer is refused, but for EAGAIN."""
    if request.clock not in clock.ALARMS:
        clock.check_sleepable(request.clock)
    charge = sigqueues.charge(tx, tx.get(Task, caller), override=False)
    if not charge:
        raise Errno.EAGAIN("too many signals are queued for its user (RLIMIT_SIGPENDING)")
    leader = tx.get(Task, caller).leader
    own = of_process(tx, leader)
    number = own.next

    def refused(errno: Errno, reason: str) -> LeavesTrace:
        return LeavesTrace(errno, reason, lambda tx: tx.put(leader, replace(own, next=number + 1)))

    signo, value, thread, numbers = request.signo, request.value, NOBODY, None
    if signo is None:
        signo, value = int(Sig.SIGALRM), number
    elif request.notify not in list(Notify):
        raise refused(Errno.EINVAL, f"there is no way {request.notify} to notify anybody")
    elif request.notify != Notify.SIGEV_NONE and not 1 <= signo <= NSIG:
        raise refused(Errno.EINVAL, f"{signo} is no signal number")
    if request.notify == Notify.SIGEV_THREAD_ID:
        found = pids.lookup(tx, tx.get(Task, caller).space, request.tid)
        if found is None or tx.get(Task, found).leader != leader:
            raise refused(Errno.EINVAL, f"{request.tid} is no thread of the caller's process")
        thread, numbers = found, ipc_permission.who(tx, found, thread=True)
    if request.clock in clock.ALARMS:
        raise refused(Errno.ENOTSUP, "there is no hardware clock that could wake the machine")
    key = tx.fresh()
    notify = request.notify if request.signo is not None else int(Notify.SIGEV_SIGNAL)
    timer = Timer(
        leader,
        number,
        request.clock,
        notify,
        signo,
        value,
        thread,
        charge=charge,
        numbers=numbers,
    )
    tx.put(key, timer)
    tx.put(leader, ProcessTimers(own.timers.set(number, key), number + 1))
    return number


@handles(TimerSettime)
def settime(tx: Transaction, caller: TaskId, request: TimerSettime) -> Setting:
    """timer_settime(2).  A signal of it that is still pending is never delivered."""
    if request.value < 0 or request.interval < 0:
        raise Errno.EINVAL("a time is not negative")
    key, timer = named(tx, caller, request.timer)
    old = setting(timer, _now(tx, timer))
    when = _stale(timer, _now(tx, timer))
    if request.value and not passes(timer):
        when = request.value
    elif request.value:
        when = clock.at(tx, caller, timer.clock, request.value, absolute=request.absolute)
    wind(
        tx,
        key,
        replace(
            timer,
            expires=when,
            interval=request.interval if request.value else 0,
            spent=False,
            overrun=0,
            turn=timer.turn + 1,
            unheard=_unheard(tx, timer),
        ),
    )
    timer = tx.get(Timer, key)
    if when is not None and when <= tx.clock and _goes_off(timer):
        waiting.stop(tx, key)
        _go_off(tx, key, timer, caller)  # before the call is over, and so in the caller's eyes
    return old


def _now(tx: Transaction, timer: Timer) -> int:
    """What its clock shows: no processor time is ever used."""
    return tx.clock if passes(timer) else 0


def _stale(timer: Timer, now: int) -> int | None:
    """What is left in a timer that is disarmed: of one that notifies nobody it can still be read
    (common_timer_get)."""
    if timer.notify != Notify.SIGEV_NONE or timer.expires is None:
        return None
    passed = timer.interval and timer.expires <= now
    return timer.expires + (missed(timer, now) + 1) * timer.interval if passed else timer.expires


def setting(timer: Timer, now: int) -> Setting:
    """What timer_gettime(2) tells: a periodic one that waits to be taken notice of is shown as it
    would go on, and one that is just due has a nanosecond to go."""
    if timer.expires is None:
        return Setting(0, timer.interval)
    unwatched = timer.spent or timer.notify == Notify.SIGEV_NONE
    if timer.interval and unwatched and timer.expires <= now:
        gone = missed(timer, now) + 1
        return Setting(timer.expires + gone * timer.interval - now, timer.interval)
    if timer.expires > now:
        return Setting(timer.expires - now, timer.interval)
    return Setting(0 if unwatched else 1, timer.interval)


def wind(tx: Transaction, key: int, timer: Timer) -> None:
    """Write *timer*, and let it go off when it says, if anybody hears of that."""
    tx.put(key, timer)
    if timer.expires is None or not _goes_off(timer):
        waiting.stop(tx, key)
    else:
        waiting.wind(tx, key, timer.expires)


def _goes_off(timer: Timer) -> bool:
    """Whether anything happens when its time has come."""
    silent = timer.notify == Notify.SIGEV_NONE and timer.number >= 0
    return not (timer.spent or silent or not passes(timer))


@handles(TimerGettime)
def gettime(tx: Transaction, caller: TaskId, request: TimerGettime) -> Setting:
    """timer_gettime(2)."""
    timer = named(tx, caller, request.timer)[1]
    return setting(timer, _now(tx, timer))


@handles(TimerGetoverrun)
def getoverrun(tx: Transaction, caller: TaskId, request: TimerGetoverrun) -> int:
    """timer_getoverrun(2)."""
    return named(tx, caller, request.timer)[1].overrun


@handles(TimerDelete)
def delete(tx: Transaction, caller: TaskId, request: TimerDelete) -> int:
    """timer_delete(2)."""
    key, timer = named(tx, caller, request.timer)
    _remove(tx, key, timer)
    return 0


def _remove(tx: Transaction, key: int, timer: Timer) -> None:
    waiting.stop(tx, key)
    _leave_signal(tx, timer)
    tx.drop(Timer, key)
    own = of_process(tx, timer.process)
    tx.put(timer.process, replace(own, timers=own.timers.delete(timer.number)))


def _leave_signal(tx: Transaction, timer: Timer) -> None:
    """The signal that the timer has ready is gone with it; one that is queued counts until it is
    taken off, though nobody will be told of it (posixtimer_putref)."""

    def left(queue: tuple[SigInfo, ...]) -> tuple[SigInfo, ...]:
        return tuple(
            replace(info, charge=timer.charge)
            if _sent_by(timer, info) and not info.charge
            else info
            for info in queue
        )

    for tid in (timer.process, *tx.get(Task, timer.process).threads):
        task = tx.get(Task, tid)
        pending, shared = left(task.pending), left(task.shared)
        if pending != task.pending or shared != task.shared:
            tx.put(tid, replace(task, pending=pending, shared=shared))
            return
    sigqueues.uncharge(tx, timer.charge)


def _take_back(tx: Transaction, leader: TaskId, sent: Callable[[SigInfo], bool]) -> None:
    """Take signals off the queues of a process that timers have *sent*."""

    def others(queue: tuple[SigInfo, ...]) -> tuple[SigInfo, ...]:
        return tuple(info for info in queue if not sent(info))

    for tid in (leader, *tx.get(Task, leader).threads):
        task = tx.get(Task, tid)
        pending, shared = others(task.pending), others(task.shared)
        if len(pending) != len(task.pending) or len(shared) != len(task.shared):
            for info in (*task.pending, *task.shared):
                sigqueues.uncharge(tx, info.charge if sent(info) else 0)
            tx.put(tid, replace(task, pending=pending, shared=shared))


def _queued_again(tx: Transaction, timer: Timer, turn: int) -> bool:
    """Whether the timer's last signal is still queued: there is one at a time, so it keeps its
    place, and stands for this *turn* (posixtimer_send_sigqueue)."""

    def renewed(queue: tuple[SigInfo, ...]) -> tuple[SigInfo, ...]:
        return tuple(
            replace(info, status=turn) if _sent_by(timer, info) else info for info in queue
        )

    for tid in (timer.process, *tx.get(Task, timer.process).threads):
        task = tx.get(Task, tid)
        if any(_sent_by(timer, info) for info in (*task.pending, *task.shared)):
            tx.put(tid, replace(task, pending=renewed(task.pending), shared=renewed(task.shared)))
            return True
    return False


def _sent_by(timer: Timer, info: SigInfo) -> bool:
    return info.code == SiCode.SI_TIMER and info.pid == timer.number


@hooks.on_expiry
def expire(tx: Transaction, key: int) -> None:
    """A POSIX timer goes off: it sends its signal, and rests."""
    timer = tx.find(Timer, key)
    if timer is None or timer.number in (REAL, OF_FILE):
        return
    _go_off(tx, key, timer, timer.process)


def _go_off(tx: Transaction, key: int, timer: Timer, current: TaskId) -> None:
    tx.put(key, replace(timer, spent=True, unheard=None))
    _send(tx, timer, timer.turn, current)


def _send(
    tx: Transaction, timer: Timer, turn: int, current: TaskId = NOBODY, *, heard: bool = False
) -> None:
    """Whether the signal is ignored is asked of that thread of the process that runs meanwhile
    (posixtimer_get_target); not if it was and is not any more."""
    target = timer.thread or current or timer.process
    if tx.find(Task, target) is not None:
        if _queued_again(tx, timer, turn):
            return
        code = int(SiCode.SI_TIMER)
        info = SigInfo(timer.signo, code, timer.number, status=turn, value=timer.value)
        signals.send(tx, target, info, thread=timer.thread != NOBODY, heard=heard)


@hooks.on_heard
def heard(tx: Transaction, leader: TaskId, signo: int) -> None:
    """Periodic timers whose signal was ignored send it now, also to an init, which dies of it
    (posixtimer_sig_unignore)."""
    for number, key in sorted(of_process(tx, leader).timers.items()):
        timer = tx.get(Timer, key)
        turn = _unheard(tx, timer) if number >= 0 and timer.signo == signo else None
        if turn is not None:
            tx.put(key, replace(timer, unheard=None))
            _send(tx, timer, turn, heard=True)


def _unheard(tx: Transaction, timer: Timer) -> int | None:
    """The turn in which a periodic timer sent a signal that was ignored, if it has."""
    if timer.unheard is not None or not (timer.spent and timer.interval):
        return timer.unheard
    members = (timer.process, *tx.get(Task, timer.process).threads)
    tasks = [tx.get(Task, tid) for tid in members]
    queued = (info for task in tasks for info in (*task.pending, *task.shared))
    return None if any(_sent_by(timer, info) for info in queued) else timer.turn


@hooks.on_taken
def taken(tx: Transaction, tid: TaskId, info: SigInfo) -> SigInfo | None:
    """Its signal is taken: it is wound up for the next time that is still to come.  Nothing is
    left of one that was sent before the timer was deleted or set anew."""
    if info.code != SiCode.SI_TIMER:
        return info
    leader = tx.get(Task, tid).leader
    key = of_process(tx, leader).timers.get(info.pid)
    timer = None if key is None else tx.get(Timer, key)
    if key is None or timer is None or timer.turn != info.status or not timer.spent:
        return None
    if timer.interval and timer.expires is not None:
        gone = missed(timer, tx.clock)
        following = timer.expires + (gone + 1) * timer.interval
        wind(tx, key, replace(timer, expires=following, spent=False, overrun=min(gone, _MOST)))
    else:
        gone = 0
        wind(tx, key, replace(timer, expires=None, spent=False, overrun=0))
    return replace(info, uid=min(gone, _MOST), status=0)


@hooks.on_exec
def forget(tx: Transaction, task: TaskId) -> None:
    """A new program has no POSIX timers, nor signals of theirs; setitimer(2) stays, and numbers
    go on."""
    own = tx.find(ProcessTimers, task)
    if own is None:
        return
    for number, key in sorted(own.timers.items()):
        if number >= 0:
            _remove(tx, key, tx.get(Timer, key))
    _take_back(tx, task, lambda info: info.code == SiCode.SI_TIMER)


@hooks.on_exit(ProcessTimers)
def end(tx: Transaction, tid: TaskId, task: Task) -> None:
    """They end with the last thread of their process."""
    own = tx.find(ProcessTimers, task.leader)
    if own is None:
        return
    process = tx.get(Task, task.leader)
    for other in (task.leader, *process.threads):
        if other != tid and tx.get(Task, other).state is not State.ZOMBIE:
            return
    for _number, key in sorted(own.timers.items()):
        waiting.stop(tx, key)
        _leave_signal(tx, tx.get(Timer, key))
        tx.drop(Timer, key)
    tx.drop(ProcessTimers, task.leader)
