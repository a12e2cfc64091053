"""Blocking and waking: system calls that cannot finish yet.

A handler that has to wait raises :class:`WouldBlock` with the channels to wait on.  What it
wrote is dropped; when one of the channels is woken the same request is asked again from
scratch, so no handler keeps half-done work unless it says so.
"""

from bisect import insort
from collections.abc import Callable
from typing import Final

from msgspec.structs import replace

from nsh.abi.request import Blocked, Request
from nsh.machine.ids import NOBODY, TaskId
from nsh.machine.value import Transaction
from nsh.machine.waiting import Channel, Deadlines, RunQueue, Waiter

DoneHook = Callable[[Transaction, TaskId], None]
_done: Final[list[DoneHook]] = []


def on_done(hook: DoneHook) -> DoneHook:
    """Register what is to be done when a task waits no more, whatever has ended its wait."""
    _done.append(hook)
    return hook


class WouldBlock(Exception):
    """The call has to wait for one of ``channels``, at most until ``deadline`` (virtual ns).

    With ``keep`` what it has written so far stands: others see how far it came (a long write
    to a pipe), and the handler finds out by its own record when it is asked again.

    ``then`` is done once the caller waits: a signal that it sends to itself and its group then
    finds it waiting, and stops or interrupts it as it would anybody.  Without any channels the
    call is asked again as soon as the caller may run (ERESTARTSYS).

    ``found`` is what the arguments stand for (not 0), if those may come to stand for something
    else: :func:`found_before` tells it to the handler that is asked again.
    """

    def __init__(
        self,
        channels: tuple[int, ...],
        deadline: int | None = None,
        reason: str = "",
        *,
        keep: bool = False,
        then: Callable[[Transaction], None] | None = None,
        found: int = 0,
    ) -> None:
        super().__init__(reason)
        self.channels = channels
        self.deadline = deadline
        self.reason = reason
        self.keep = keep
        self.then = then
        self.found = found


def block(tx: Transaction, caller: TaskId, request: Request, cause: WouldBlock) -> Blocked:
    """Leave *caller* waiting with *request*; it keeps its first deadline when it waits again."""
    before = tx.find(Waiter, caller)
    deadline = before.deadline if before is not None else cause.deadline
    tx.put(caller, Waiter(request, cause.channels, deadline, found=cause.found))
    _enter_channels(tx, caller, cause.channels)
    if deadline is not None and before is None:
        entries = list((tx.find(Deadlines, 0) or Deadlines()).entries)
        insort(entries, (deadline, tx.fresh(), caller))
        tx.put(0, Deadlines(tuple(entries)))
    if cause.then is not None:
        cause.then(tx)
    return Blocked(cause.reason)


def _enter_channels(tx: Transaction, task: TaskId, channels: tuple[int, ...]) -> None:
    for number in channels:
        channel = tx.find(Channel, number)
        tasks = (task,) if channel is None else (*channel.tasks, task)
        tx.put(number, Channel(tasks))


def wait_on(tx: Transaction, task: TaskId, channels: tuple[int, ...], *, anew: bool) -> None:
    """The call of *task*, which has just come back (a restart), waits on these; on none, it is
    asked, or made *anew*, when the task may run."""
    tx.put(task, replace(tx.get(Waiter, task), channels=channels, anew=anew))
    _enter_channels(tx, task, channels)


def waiter(tx: Transaction, task: TaskId) -> Waiter | None:
    """The blocked call of *task*, if it has one."""
    return tx.find(Waiter, task)


def expired(tx: Transaction, task: TaskId) -> bool:
    """Whether the waiting *task* has reached its deadline."""
    found = tx.find(Waiter, task)
    return found is not None and found.deadline is not None and found.deadline <= tx.clock


def interrupted(tx: Transaction, task: TaskId) -> bool:
    """Whether a signal handler is to run before the blocked call of *task* may go on."""
    found = tx.find(Waiter, task)
    return found is not None and found.interrupted


def in_vain(tx: Transaction, task: TaskId) -> bool:
    """Whether the blocked call of *task* was interrupted when there was nothing for it: it has
    looked by now, whatever may have come since."""
    found = tx.find(Waiter, task)
    return found is not None and found.vain


def found_before(tx: Transaction, task: TaskId) -> int:
    """What the arguments of *task*'s blocked call stood for when it began; 0 if it has yet to
    look, or begins anew."""
    found = tx.find(Waiter, task)
    return 0 if found is None or found.anew else found.found


def wake(tx: Transaction, number: int) -> None:
    """Let every task that waits on channel *number* ask again, in order of arrival."""
    channel = tx.find(Channel, number)
    if channel is None:
        return
    for task in channel.tasks:
        _wake_task(tx, task)


def interrupt(tx: Transaction, task: TaskId, signo: int = 0) -> None:
    """Signal *signo* arrived, which *task* has to handle: its blocked call fails with EINTR unless
    it can finish at once; if it was waiting for nothing, it has something to do now."""
    found = tx.find(Waiter, task)
    if found is None:
        ready(tx, task)
    elif not found.interrupted:
        woken = not found.channels
        _leave_channels(tx, task, found)
        found = replace(found, channels=(), interrupted=True, by=signo, vain=not woken, anew=False)
        tx.put(task, found)
        if not woken:
            enqueue(tx, task)


def poke(tx: Transaction, task: TaskId) -> None:
    """Let *task* ask its blocked call again now."""
    _wake_task(tx, task)


def restart(tx: Transaction, task: TaskId) -> None:
    """A signal has woken *task* for nothing: its blocked call is made anew (-ERESTARTSYS)."""
    found = tx.find(Waiter, task)
    if found is not None and found.channels:
        unqueue(tx, task, anew=True)
        enqueue(tx, task)


def unqueue(tx: Transaction, task: TaskId, *, anew: bool = False) -> None:
    """Take the waiting *task* off its channels, so that its call may be asked, or made anew."""
    found = tx.find(Waiter, task)
    if found is not None:
        _leave_channels(tx, task, found)
        tx.put(task, replace(found, channels=(), anew=anew))


def _wake_task(tx: Transaction, task: TaskId) -> None:
    found = tx.find(Waiter, task)
    if found is None or not found.channels:
        return
    _leave_channels(tx, task, found)
    tx.put(task, replace(found, channels=()))
    enqueue(tx, task)


def _leave_channels(tx: Transaction, task: TaskId, found: Waiter) -> None:
    for number in found.channels:
        channel = tx.find(Channel, number)
        if channel is None:
            continue
        tasks = tuple(other for other in channel.tasks if other != task)
        if tasks:
            tx.put(number, Channel(tasks))
        else:
            tx.drop(Channel, number)


def done(tx: Transaction, task: TaskId) -> None:
    """*task* waits no more: its call has been answered, or it is dead."""
    found = tx.find(Waiter, task)
    if found is None:
        return
    _leave_channels(tx, task, found)
    tx.drop(Waiter, task)
    for hook in _done:
        hook(tx, task)
    if found.deadline is not None:
        deadlines = tx.find(Deadlines, 0) or Deadlines()
        tx.put(0, Deadlines(tuple(entry for entry in deadlines.entries if entry[2] != task)))


def enqueue(tx: Transaction, task: TaskId) -> None:
    """Put *task* at the end of the run queue."""
    queue = tx.find(RunQueue, 0) or RunQueue()
    tail = queue.tail
    tx.put(0, RunQueue(queue.entries.set(tail, task), queue.head, tail + 1))


def ready(tx: Transaction, task: TaskId) -> None:
    """Put *task*, which was stopped, into the run queue unless it is there.  O(queue)."""
    queue = tx.find(RunQueue, 0)
    if queue is None or all(other != task for other in queue.entries.values()):
        enqueue(tx, task)


def retire(tx: Transaction, newborn: TaskId = NOBODY) -> None:
    """Take the head of the run queue off; the *newborn*, if there is one, goes to its end."""
    queue = tx.find(RunQueue, 0)
    if queue is None:  # the machine has halted
        return
    entries, head, tail = queue.entries, queue.head, queue.tail
    if newborn:
        entries = entries.set(tail, newborn)
        tail += 1
    tx.put(0, RunQueue(entries.delete(head), head + 1, tail))


def go_round(tx: Transaction, newborn: TaskId = NOBODY) -> None:
    """Put the head of the run queue to its end, behind the *newborn*, if there is one, who is to
    run too.

    Alone in the queue it stays where it is, and nothing is written.
    """
    queue = tx.find(RunQueue, 0)
    if queue is None:  # the machine has halted
        return
    entries, head, tail = queue.entries, queue.head, queue.tail
    if newborn:
        entries = entries.set(tail, newborn)
        tail += 1
    elif len(entries) == 1:
        return
    entries = entries.delete(head).set(tail, entries[head])
    tx.put(0, RunQueue(entries, head + 1, tail + 1))


def next_deadline(tx: Transaction) -> int | None:
    """The virtual time at which the first sleeper wakes, or None."""
    deadlines = tx.find(Deadlines, 0)
    return deadlines.entries[0][0] if deadlines is not None and deadlines.entries else None


def advance(tx: Transaction, time: int) -> None:
    """Move the clock to *time* (never back) and wake whoever was waiting for it.

    Timers that are due stay where they are: to go off is a step of its own (:func:`overdue`).
    """
    tx.clock = max(tx.clock, time)
    deadlines = tx.find(Deadlines, 0)
    if deadlines is None:
        return
    due = [entry for entry in deadlines.entries if entry[0] <= tx.clock]
    timers = tuple(entry for entry in due if tx.find(Waiter, entry[2]) is None)
    tx.put(0, Deadlines((*timers, *deadlines.entries[len(due) :])))
    for _deadline, _order, task in due:
        _wake_task(tx, task)


def wind(tx: Transaction, timer: int, time: int) -> None:
    """Let *timer*, by its key, go off at *time*, and not when it would have."""
    stop(tx, timer)
    entries = list((tx.find(Deadlines, 0) or Deadlines()).entries)
    insort(entries, (time, tx.fresh(), TaskId(timer)))
    tx.put(0, Deadlines(tuple(entries)))


def stop(tx: Transaction, timer: int) -> None:
    """Let *timer* not go off."""
    deadlines = tx.find(Deadlines, 0)
    if deadlines is not None and any(entry[2] == timer for entry in deadlines.entries):
        tx.put(0, Deadlines(tuple(entry for entry in deadlines.entries if entry[2] != timer)))


def overdue(tx: Transaction) -> list[int]:
    """The timers that are to go off now, the earliest first."""
    deadlines = tx.find(Deadlines, 0)
    if deadlines is None:
        return []
    due = (entry for entry in deadlines.entries if entry[0] <= tx.clock)
    return [entry[2] for entry in due if tx.find(Waiter, entry[2]) is None]
