"""Generating and delivering signals (signal(7), kernel/signal.c; P2, P11).

A signal whose action is the default acts when the call is done that sent it (:func:`settle`), for
until then nobody else runs.  One that a program handles stays pending until the program takes it
(:func:`take`).
"""

from typing import Final

from msgspec.structs import replace

from nsh.abi.process import killed
from nsh.abi.request import Request
from nsh.abi.signals import (
    CORES,
    IGNORED,
    STOPS,
    UNBLOCKABLE,
    SaFlag,
    SiCode,
    Sig,
    SigDelivery,
    Sigtimedwait,
    bit,
)
from nsh.kernel import (
    death,
    dispositions,
    hooks,
    pending,
    pids,
    sessions,
    spaces,
    stopping,
    waiting,
)
from nsh.kernel.idmaps import uid_inside
from nsh.machine.cgroups import is_frozen
from nsh.machine.ids import NOBODY, TaskId
from nsh.machine.pids import PidSpace
from nsh.machine.signals import SigInfo
from nsh.machine.tasks import Flag, State, Task
from nsh.machine.value import Transaction
from nsh.machine.vfork import Vfork
from nsh.machine.waiting import On, channel

_CONT: Final = bit(Sig.SIGCONT)
_LISTENING: Final = (State.ALIVE, State.STOPPED)
"""Who acts on a signal at all."""
_RUNNING: Final = (State.ALIVE, State.TRAPPED)
"""Who takes a deadly signal at once."""
_ENDING: Final = Flag.GROUP_EXIT | Flag.EXITING | Flag.DOOMED


def is_init(tx: Transaction, leader: TaskId, task: Task) -> bool:
    """Whether *task* is the protected first process of a pid namespace (P11), be it in a flat
    container of that namespace meanwhile."""
    return tx.get(PidSpace, spaces.own_namespace(tx, task.space)).init == leader


def send(
    tx: Transaction,
    target: TaskId,
    info: SigInfo,
    *,
    force: bool = False,
    thread: bool = False,
    heard: bool = False,
) -> bool:
    """Generate a signal for the process of *target*, rather for that thread of it than for
    another, or for that thread alone (``thread``).

    ``force``: it comes from the kernel or from an ancestor pid space, so that SIGKILL and
    SIGSTOP reach a namespace's init.  ``heard``: nobody asks whether it is ignored, so that it
    reaches an init too.  Replies False if there is no room for it (RLIMIT_SIGPENDING).
    """
    record = tx.find(Task, target)
    if record is None:
        return True
    leader = record.leader
    process = tx.get(Task, leader)
    if process.flags & _ENDING:
        return True
    if record.state is State.ZOMBIE and not process.threads:
        return True
    signo = info.signo
    mask = bit(signo)
    if mask & STOPS:
        pending.discard(tx, leader, _CONT)
        process = tx.get(Task, leader)
    elif mask & _CONT:
        pending.discard(tx, leader, STOPS)
        if stopping.go_on(tx, leader):
            tx.due.append((leader, target))
        process = tx.get(Task, leader)
    held_back = tx.get(Task, target).blocked & mask & ~UNBLOCKABLE
    if not (held_back or heard) and _ignored(tx, leader, process, signo, force=force):
        return True
    queued = pending.append(tx, target if thread else leader, record, info, thread=thread)
    if queued:
        tx.due.append((leader, target))
        if not mask & CORES and _fatal(process, signo):
            _doom(tx, leader, target, signo, thread=thread)
    return queued is not None


def _doom(tx: Transaction, leader: TaskId, target: TaskId, signo: int, *, thread: bool) -> None:
    """A process with a thread that will take a deadly signal is as good as dead: what else is
    sent to it is lost, and no handler comes first (complete_signal).

    SIGKILL goes to all of its threads; a first one that is dead already never takes it.
    """
    process = tx.get(Task, leader)
    for tid in (target,) if thread else (leader, *process.threads):
        task = tx.get(Task, tid)
        runs = task.state in _RUNNING and not task.blocked & bit(signo)
        if runs or (signo == Sig.SIGKILL and task.state is not State.ZOMBIE):
            process = tx.get(Task, leader)
            flags = process.flags | Flag.DOOMED
            doomed = replace(process, flags=flags, status=killed(signo))
            waits = process.state is State.ZOMBIE or is_frozen(tx, leader)
            if waits and not pending.mask_of(process.pending) & bit(Sig.SIGKILL):
                doomed = replace(doomed, pending=(*process.pending, SigInfo(int(Sig.SIGKILL))))
            tx.put(leader, doomed)
            return


@hooks.on_due
def settle(tx: Transaction, caller: TaskId) -> None:
    """Let all who have been sent signals act on them: the caller first, who is running, then the
    others in the order in which they were, and then those who are sent some by that.

    A process with other threads is not through before these have run.
    """
    me = tx.find(Task, caller)
    if me is not None and not tx.get(Task, me.leader).threads:
        tx.due.sort(key=lambda entry: entry[0] != me.leader)
    while tx.due:
        leader, target = tx.due.pop(0)
        act(tx, TaskId(leader), TaskId(target))


def _ignored(tx: Transaction, leader: TaskId, process: Task, signo: int, *, force: bool) -> bool:
    mask = bit(signo)
    actions = process.actions
    if actions.ignored & mask:
        return True
    if actions.handled & mask:
        return False
    if mask & IGNORED:
        return True
    return is_init(tx, leader, process) and not (force and mask & UNBLOCKABLE)


def act(tx: Transaction, leader: TaskId, prefer: TaskId = NOBODY) -> None:
    """Carry out the default actions that are due in the group, and prod handlers awake.

    A signal for the process as a whole is one thread's to handle: *prefer*'s if it can, else the
    first's that can (complete_signal).
    """
    process = tx.find(Task, leader)
    if process is None:
        return
    if process.flags & Flag.CLD_CONTINUED:
        stopping.tell_that_it_goes_on(tx, leader)
        process = tx.get(Task, leader)
    if process.flags & Flag.DOOMED:
        if not is_frozen(tx, leader):  # it dies when it is let go
            death.kill(tx, leader, process.status)
        return
    members = (leader, *process.threads)
    if prefer != leader and prefer in members:
        members = (prefer, *(tid for tid in members if tid != prefer))
    taken = 0
    begun: list[TaskId] = []
    for tid in members:
        taken |= _act(tx, leader, tid, taken, begun)


def _act(tx: Transaction, leader: TaskId, tid: TaskId, taken: int, begun: list[TaskId]) -> int:
    """Do in thread *tid* what is due, but for the process's signals that are *taken* by another.

    Replies those that it takes.  Signals come in the order in which the kernel takes them off
    its queues, and one that a handler will block stays there for now.  *begun*: for each handler
    that is due, whose it is; of the dead it was to be the next step, and they have taken its
    signal.
    """
    handled = 0
    found = 0
    masked = 0
    while True:
        task = tx.find(Task, tid)
        if task is None or task.state not in _LISTENING or _is_deaf(tx, tid):
            return 0
        process = task if tid == leader else tx.get(Task, leader)
        if process.flags & (Flag.GROUP_EXIT | Flag.EXITING):
            return 0
        if not task.pending and not process.shared:
            return 0
        awaiting = awaited_by(tx, tid)
        awaited = awaiting or 0
        unblocked = ~task.blocked if task.state is not State.STOPPED else bit(Sig.SIGKILL)
        signo = pending.following(task, process, (unblocked | awaited) & ~masked, ~taken)
        if not signo:
            break
        mask = bit(signo)
        deadly = mask & unblocked & ~CORES and _lethal(tx, leader, process, signo)
        if mask & awaited and not deadly:
            waiting.wake(tx, channel(On.SIGNAL, tid))
            masked |= mask
            found |= mask
        elif mask & process.actions.handled and not mask & UNBLOCKABLE:
            handled |= mask
            begun.append(tid)
            masked |= mask | process.actions.by_signal[signo].mask & ~UNBLOCKABLE
        else:
            if begun and _lethal(tx, leader, process, signo):
                for thread in begun:
                    take(tx, thread)
                begun.clear()
            _default(tx, leader, tid, signo)
            if awaiting is not None and tx.find(Task, tid) is not None:
                interrupt(tx, tid)  # of all calls, this one whatever wakes its thread
    if handled:
        interrupt(tx, tid, pending.first(handled))
    return handled | found


def _is_deaf(tx: Transaction, tid: TaskId) -> bool:
    """Whether *tid* waits in vfork, where only a deadly signal wakes it (TASK_KILLABLE)."""
    row = tx.find(Vfork, tid)
    return row is not None and row.child != NOBODY


def interrupt(tx: Transaction, tid: TaskId, signo: int = 0) -> None:
    """As :func:`nsh.kernel.waiting.interrupt`, but not where sigtimedwait has got its signal, and
    not in vfork, which has made its child."""
    if tx.find(Vfork, tid) is not None:
        return
    waiter = waiting.waiter(tx, tid)
    if waiter is None or waiter.channels or not isinstance(waiter.request, Sigtimedwait):
        waiting.interrupt(tx, tid, signo)


def retarget(tx: Transaction, tid: TaskId, mask: int) -> None:
    """*tid* was woken, and blocks *mask* again, before it takes a signal: each that its process has
    in its queue is offered to the next thread that does not block it (retarget_shared_pending).

    Whoever finds it gone starts its call anew and nobody notices; only sigtimedwait ends.
    """
    leader = tx.get(Task, tid).leader
    process = tx.get(Task, leader)
    mask &= pending.mask_of(process.shared)
    if not mask or not process.threads:
        return
    threads = (leader, *process.threads)
    place = threads.index(tid)
    for other in (*threads[place + 1 :], *threads[:place]):
        taken = mask & ~blocked(tx, other)
        if taken and tx.get(Task, other).state is not State.ZOMBIE:
            mask &= ~taken
            if awaited_by(tx, other) is not None:
                interrupt(tx, other)


def blocked(tx: Transaction, tid: TaskId) -> int:
    """The signal mask of *tid*, less what it waits for by sigtimedwait(2)."""
    return tx.get(Task, tid).blocked & ~(awaited_by(tx, tid) or 0)


def awaited_by(tx: Transaction, tid: TaskId) -> int | None:
    """The signals that *tid* waits for by sigtimedwait(2), blocked or not; None if it does not."""
    waiter = waiting.waiter(tx, tid)
    if waiter is None or waiter.interrupted or not isinstance(waiter.request, Sigtimedwait):
        return None
    return waiter.request.mask & ~UNBLOCKABLE


def _fatal(process: Task, signo: int) -> bool:
    """Whether a signal just queued ends a process that has a thread to take it (sig_fatal).

    An init is not asked for: of what it should be deaf to, only what the target blocks is queued,
    and if another of its threads does not block it, it dies (complete_signal since Linux 4.15).
    """
    mask = bit(signo)
    actions = process.actions
    return not mask & (actions.ignored | actions.handled | IGNORED | STOPS) or signo == Sig.SIGKILL


def _lethal(tx: Transaction, leader: TaskId, process: Task, signo: int) -> bool:
    """Whether the action of *signo* is to end the process."""
    return _fatal(process, signo) and (signo == Sig.SIGKILL or not is_init(tx, leader, process))


def _default(tx: Transaction, leader: TaskId, tid: TaskId, signo: int) -> None:
    """Take *signo*, which has no handler, and do what is done about it."""
    if pending.take(tx, tid, signo) is None:
        return
    process = tx.get(Task, leader)
    mask = bit(signo)
    if mask & (process.actions.ignored | IGNORED) and not mask & UNBLOCKABLE:
        return
    if is_init(tx, leader, process) and not mask & UNBLOCKABLE:
        return  # unblocked too late: an init is not hurt by what it does not handle
    if mask & STOPS:
        if signo == Sig.SIGSTOP or not sessions.orphaned(tx, process.group):
            stopping.stop(tx, leader, signo)
        elif awaited_by(tx, tid) is None:
            waiting.restart(tx, tid)
        return
    death.kill(tx, leader, killed(signo))


def child_info(tx: Transaction, child: Task, parent: Task, code: SiCode, status: int) -> SigInfo:
    """SIGCHLD's siginfo about *child*, in *parent*'s numbers."""
    return SigInfo(
        int(Sig.SIGCHLD),
        int(code),
        pids.number(tx, child, parent.space),
        uid_inside(tx, parent.creds.userns, child.creds.uid),
        status,
    )


def take(tx: Transaction, tid: TaskId) -> SigDelivery | None:
    """The next signal that *tid*'s program is to handle, with the mask already adjusted.

    None if there is none.  The program runs its handler and ends it with Sigreturn.
    """
    task = tx.find(Task, tid)
    if task is None or task.state is not State.ALIVE:
        return None
    process = task if task.leader == tid else tx.get(Task, task.leader)
    if not task.pending and not process.shared:
        return None
    info = pending.dequeue(tx, tid, ~task.blocked & process.actions.handled)
    if info is None:
        return None
    signo = info.signo
    action = process.actions.by_signal[signo]
    mask = action.mask
    if not action.flags & SaFlag.SA_NODEFER:
        mask |= bit(signo)
    task = tx.get(Task, tid)
    tx.put(tid, replace(task, blocked=(task.blocked | mask) & ~UNBLOCKABLE))
    if action.flags & SaFlag.SA_RESETHAND:
        dispositions.reset(tx, task.leader, signo, action.flags)
    return pending.told(info, action.handler, task.blocked)


def deliverable(tx: Transaction, tid: TaskId) -> bool:
    """Whether :func:`take` would hand out a signal."""
    task = tx.find(Task, tid)
    if task is None or task.state is not State.ALIVE:
        return False
    handled = tx.get(Task, task.leader).actions.handled
    return bool(handled and pending.mask(tx, tid) & ~task.blocked & handled)


def restarts(tx: Transaction, tid: TaskId) -> bool:
    """Whether the blocked call of *tid*, which a signal has interrupted, goes on afterwards.

    So it does if the signal's handler was installed with SA_RESTART, and if another thread has
    taken the signal meanwhile; but never the calls that do nothing but wait (signal(7)).
    """
    waiter = waiting.waiter(tx, tid)
    request = None if waiter is None else waiter.request
    if waiter is None or not isinstance(request, Request) or not request.restarts:
        return False
    task = tx.get(Task, tid)
    process = tx.get(Task, task.leader)
    handled = ~task.blocked & process.actions.handled
    signo = waiter.by
    if not signo or not bit(signo) & handled & pending.mask(tx, tid):  # another thread has it
        signo = pending.following(task, process, handled, -1)
    return not signo or bool(process.actions.by_signal[signo].flags & SaFlag.SA_RESTART)
