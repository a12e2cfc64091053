"""Generating and delivering signals (signal(7), kernel/signal.c; P2, P11).

A signal whose action is the default acts as soon as it can be delivered: nothing observable
lies between a task's being told and its next step.  One that a program handles stays pending
until the program takes it (:func:`take`).
"""

from typing import Final

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.process import killed
from nsh.abi.signals import (
    CORES,
    IGNORED,
    NSIG,
    STOPS,
    UNBLOCKABLE,
    How,
    Pause,
    SaFlag,
    SiCode,
    Sig,
    Sigaction,
    SigDelivery,
    Sigpending,
    Sigprocmask,
    Sigreturn,
    Sigtimedwait,
    bit,
)
from nsh.kernel import death, pids, sessions, waiting
from nsh.kernel.dispatch import handles
from nsh.kernel.waiting import WouldBlock
from nsh.machine.ids import TaskId
from nsh.machine.pids import PidSpace, SpaceKind
from nsh.machine.signals import Action, Actions, SigInfo
from nsh.machine.tasks import Flag, State, Task
from nsh.machine.value import Transaction
from nsh.machine.waiting import On, channel

FIRST_QUEUED: Final = 32
"""Signals from here on are queued; lower ones merge while pending."""
SIGPENDING_LIMIT: Final = 15000
"""RLIMIT_SIGPENDING, beyond which sigqueue fails with EAGAIN."""

_CONT: Final = bit(Sig.SIGCONT)
_OF_CHILDREN: Final = int(SaFlag.SA_NOCLDSTOP | SaFlag.SA_NOCLDWAIT)
"""What sigaction's flags say even where the handler is the default."""


def is_init(tx: Transaction, leader: TaskId, task: Task) -> bool:
    """Whether *task* is the protected first process of a pid namespace (P11)."""
    space = tx.get(PidSpace, task.space)
    return space.init == leader and space.kind is SpaceKind.NAMESPACE


def send(
    tx: Transaction,
    target: TaskId,
    info: SigInfo,
    *,
    force: bool = False,
    thread: bool = False,
) -> None:
    """Generate a signal for the process of *target*, or for that thread alone.

    ``force``: it comes from the kernel or from an ancestor pid space, so that SIGKILL and
    SIGSTOP reach a namespace's init.
    """
    record = tx.find(Task, target)
    if record is None:
        return
    leader = record.leader
    process = tx.get(Task, leader)
    if process.flags & (Flag.GROUP_EXIT | Flag.EXITING):
        return
    if record.state is State.ZOMBIE and (thread or not process.threads):
        return
    signo = info.signo
    mask = bit(signo)
    if mask & (STOPS | _CONT):
        _discard(tx, leader, _CONT if mask & STOPS else STOPS)
        if mask & _CONT:
            _continue(tx, leader)
        left = tx.find(Task, leader)
        if left is None or left.flags & (Flag.GROUP_EXIT | Flag.EXITING):
            return  # a signal that had waited for it to go on has ended it
        process = left
    where = target if thread else _recipient(tx, leader, process, mask)
    blocked = tx.get(Task, where).blocked & mask & ~UNBLOCKABLE
    if not blocked and _ignored(tx, leader, process, signo, force=force):
        return
    _append(tx, target if thread else leader, info, thread=thread)
    if blocked:
        for tid in (leader, *process.threads):
            waiting.wake(tx, channel(On.SIGNAL, tid))
    act(tx, leader)


def _recipient(tx: Transaction, leader: TaskId, process: Task, mask: int) -> TaskId:
    """The thread that a process-wide signal goes to: the first that does not block it."""
    if process.threads:
        for tid in (leader, *process.threads):
            task = tx.get(Task, tid)
            if task.state is not State.ZOMBIE and not task.blocked & mask:
                return tid
    return leader


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


def _append(tx: Transaction, key: TaskId, info: SigInfo, *, thread: bool) -> None:
    task = tx.get(Task, key)
    queue = task.pending if thread else task.shared
    if info.signo < FIRST_QUEUED and any(other.signo == info.signo for other in queue):
        return
    if thread:
        tx.put(key, replace(task, pending=(*queue, info)))
    else:
        tx.put(key, replace(task, shared=(*queue, info)))


def _discard(tx: Transaction, leader: TaskId, mask: int) -> None:
    """Throw away pending signals of *mask*, in every thread and for the group."""
    process = tx.get(Task, leader)
    if process.shared:
        kept = tuple(info for info in process.shared if not bit(info.signo) & mask)
        if len(kept) != len(process.shared):
            tx.put(leader, replace(process, shared=kept))
    for tid in (leader, *process.threads):
        task = tx.get(Task, tid)
        if task.pending:
            kept = tuple(info for info in task.pending if not bit(info.signo) & mask)
            if len(kept) != len(task.pending):
                tx.put(tid, replace(task, pending=kept))


def pending_mask(tx: Transaction, tid: TaskId) -> int:
    """The mask of what is pending for thread *tid*, its own and its group's."""
    task = tx.get(Task, tid)
    mask = 0
    for info in task.pending:
        mask |= bit(info.signo)
    shared = task.shared if task.leader == tid else tx.get(Task, task.leader).shared
    for info in shared:
        mask |= bit(info.signo)
    return mask


def act(tx: Transaction, leader: TaskId) -> None:
    """Carry out the default actions that are due in the group, and prod handlers awake."""
    process = tx.find(Task, leader)
    if process is None:
        return
    for tid in (leader, *process.threads):
        while True:
            task = tx.find(Task, tid)
            if task is None or task.state is State.ZOMBIE:
                break
            process = tx.get(Task, leader)
            if process.flags & (Flag.GROUP_EXIT | Flag.EXITING):
                return
            ready = pending_mask(tx, tid) & ~task.blocked
            if task.state is State.STOPPED:
                ready &= bit(Sig.SIGKILL)
            if not ready:
                break
            handled = ready & process.actions.handled & ~UNBLOCKABLE
            default = ready & ~handled
            if not default:
                waiting.interrupt(tx, tid)
                break
            if not _default(tx, leader, tid, default):
                return


def _default(tx: Transaction, leader: TaskId, tid: TaskId, ready: int) -> bool:
    """Take the first signal of *ready* and do its default; False when that ended the process."""
    signo = int(Sig.SIGKILL) if ready & bit(Sig.SIGKILL) else _lowest(ready)
    _take(tx, tid, signo)
    process = tx.get(Task, leader)
    mask = bit(signo)
    if mask & (process.actions.ignored | IGNORED) and not mask & UNBLOCKABLE:
        return True
    if is_init(tx, leader, process) and not mask & UNBLOCKABLE:
        return True  # unblocked too late: an init is not hurt by what it does not handle
    if mask & STOPS:
        if signo != Sig.SIGSTOP and sessions.orphaned(tx, process.group):
            return True
        _stop(tx, leader, signo)
        return True
    death.kill(tx, leader, killed(signo))
    return False


def _lowest(mask: int) -> int:
    return (mask & -mask).bit_length()


def _take(tx: Transaction, tid: TaskId, signo: int) -> SigInfo:
    """Remove and reply the first pending *signo* of a thread, its own before its group's."""
    task = tx.get(Task, tid)
    for index, info in enumerate(task.pending):
        if info.signo == signo:
            tx.put(tid, replace(task, pending=task.pending[:index] + task.pending[index + 1 :]))
            return info
    process = tx.get(Task, task.leader)
    for index, info in enumerate(process.shared):
        if info.signo == signo:
            shared = process.shared[:index] + process.shared[index + 1 :]
            tx.put(task.leader, replace(process, shared=shared))
            return info
    raise KeyError(signo)


def _stop(tx: Transaction, leader: TaskId, signo: int) -> None:
    process = tx.get(Task, leader)
    if process.state is State.STOPPED:
        return
    flags = process.flags & ~(Flag.STOP_REPORTED | Flag.CONTINUED)
    state = process.state if process.state is State.ZOMBIE else State.STOPPED
    tx.put(leader, replace(process, state=state, status=signo, flags=flags))
    for tid in process.threads:
        tx.put(tid, replace(tx.get(Task, tid), state=State.STOPPED))
    _tell_parent(tx, leader, SiCode.CLD_STOPPED, signo)


def _continue(tx: Transaction, leader: TaskId) -> None:
    process = tx.get(Task, leader)
    members = (leader, *process.threads)
    if all(tx.get(Task, tid).state is not State.STOPPED for tid in members):
        return
    for tid in members:
        task = tx.get(Task, tid)
        if task.state is State.STOPPED:
            tx.put(tid, replace(task, state=State.ALIVE))
            waiting.ready(tx, tid)
    process = tx.get(Task, leader)
    flags = process.flags & ~Flag.STOP_REPORTED | Flag.CONTINUED
    tx.put(leader, replace(process, flags=flags, status=0))
    _tell_parent(tx, leader, SiCode.CLD_CONTINUED, int(Sig.SIGCONT))
    act(tx, leader)


def _tell_parent(tx: Transaction, leader: TaskId, code: SiCode, status: int) -> None:
    """SIGCHLD for a stop or a continuation, and whoever waits for one."""
    process = tx.get(Task, leader)
    parent = tx.find(Task, process.parent)
    if parent is None:
        return
    action = parent.actions.by_signal.get(Sig.SIGCHLD)
    if action is None or not (action.flags & SaFlag.SA_NOCLDSTOP or action.handler == "ignore"):
        send(tx, process.parent, child_info(tx, process, parent, code, status), force=True)
    waiting.wake(tx, channel(On.CHILD, process.parent))


def child_info(tx: Transaction, child: Task, parent: Task, code: SiCode, status: int) -> SigInfo:
    """SIGCHLD's siginfo about *child*, in *parent*'s numbers."""
    return SigInfo(
        int(Sig.SIGCHLD),
        int(code),
        pids.number(tx, child, parent.space),
        child.creds.uid,
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
    ready = pending_mask(tx, tid) & ~task.blocked & process.actions.handled
    if not ready:
        return None
    signo = _lowest(ready)
    info = _take(tx, tid, signo)
    action = process.actions.by_signal[signo]
    mask = action.mask
    if not action.flags & SaFlag.SA_NODEFER:
        mask |= bit(signo)
    task = tx.get(Task, tid)
    tx.put(tid, replace(task, blocked=(task.blocked | mask) & ~UNBLOCKABLE))
    if action.flags & SaFlag.SA_RESETHAND:
        _write_action(tx, task.leader, signo, _action("default", 0, action.flags))
    return SigDelivery(
        signo, info.code, info.pid, info.uid, info.status, info.value, action.handler, task.blocked
    )


def deliverable(tx: Transaction, tid: TaskId) -> bool:
    """Whether :func:`take` would hand out a signal."""
    task = tx.find(Task, tid)
    if task is None or task.state is not State.ALIVE:
        return False
    handled = tx.get(Task, task.leader).actions.handled
    return bool(handled and pending_mask(tx, tid) & ~task.blocked & handled)


def restarts(tx: Transaction, tid: TaskId) -> bool:
    """Whether the signal that interrupts *tid*'s blocked call lets it go on afterwards:
    its handler was installed with SA_RESTART (signal(7))."""
    task = tx.get(Task, tid)
    process = tx.get(Task, task.leader)
    ready = pending_mask(tx, tid) & ~task.blocked & process.actions.handled
    if not ready:
        return False
    return bool(process.actions.by_signal[_lowest(ready)].flags & SaFlag.SA_RESTART)


def _action(handler: str, mask: int, flags: int) -> Action | None:
    """A disposition as it is kept: None for the default whose flags say nothing."""
    if handler == "default" and not flags & _OF_CHILDREN:
        return None
    return Action(handler, mask, flags)


def set_action(tx: Transaction, leader: TaskId, signo: int, action: Action | None) -> None:
    """Change one disposition; what it makes ignored is no longer pending."""
    _write_action(tx, leader, signo, action)
    mask = bit(signo)
    default = action is None or action.handler == "default"
    if mask & IGNORED if default else tx.get(Task, leader).actions.ignored & mask:
        _discard(tx, leader, mask)


def _write_action(tx: Transaction, leader: TaskId, signo: int, action: Action | None) -> None:
    process = tx.get(Task, leader)
    table = process.actions.by_signal
    mask = bit(signo)
    if action is not None:
        table = table.set(signo, action)
    elif signo in table:
        table = table.delete(signo)
    ignored = process.actions.ignored & ~mask
    handled = process.actions.handled & ~mask
    handler = "default" if action is None else action.handler
    if handler == "ignore":
        ignored |= mask
    elif handler != "default":
        handled |= mask
    tx.put(leader, replace(process, actions=Actions(table, ignored, handled)))


@handles(Sigaction)
def sigaction(tx: Transaction, caller: TaskId, request: Sigaction) -> str:
    """sigaction(2)."""
    signo = request.signo
    if not 1 <= signo <= NSIG:
        raise Errno.EINVAL(f"{signo} is no signal number")
    leader = tx.get(Task, caller).leader
    old = tx.get(Task, leader).actions.by_signal.get(signo)
    if request.handler is not None:
        if bit(signo) & UNBLOCKABLE:
            raise Errno.EINVAL(f"{Sig(signo).name} can be neither caught nor ignored")
        set_action(tx, leader, signo, _action(request.handler, request.mask, request.flags))
    return "default" if old is None else old.handler


@handles(Sigprocmask)
def sigprocmask(tx: Transaction, caller: TaskId, request: Sigprocmask) -> int:
    """sigprocmask(2)."""
    task = tx.get(Task, caller)
    match request.how:
        case How.SIG_BLOCK:
            mask = task.blocked | request.mask
        case How.SIG_UNBLOCK:
            mask = task.blocked & ~request.mask
        case How.SIG_SETMASK:
            mask = request.mask
        case _:
            raise Errno.EINVAL(f"{request.how} is no way to change a mask")
    _set_mask(tx, caller, mask)
    return task.blocked


def _set_mask(tx: Transaction, caller: TaskId, mask: int) -> None:
    task = tx.get(Task, caller)
    tx.put(caller, replace(task, blocked=mask & ~UNBLOCKABLE))
    act(tx, task.leader)


@handles(Sigreturn)
def sigreturn(tx: Transaction, caller: TaskId, request: Sigreturn) -> int:
    """sigreturn(2)."""
    _set_mask(tx, caller, request.mask)
    return 0


@handles(Sigpending)
def sigpending(tx: Transaction, caller: TaskId, request: Sigpending) -> int:
    """sigpending(2): what is pending and blocked."""
    del request
    return pending_mask(tx, caller) & tx.get(Task, caller).blocked


@handles(Pause)
def pause(tx: Transaction, caller: TaskId, request: Pause) -> int:
    """pause(2)."""
    del request
    if waiting.interrupted(tx, caller):
        raise Errno.EINTR("a signal was handled")
    raise WouldBlock((channel(On.SIGNAL, caller),), reason="waiting for a signal")


@handles(Sigtimedwait)
def sigtimedwait(tx: Transaction, caller: TaskId, request: Sigtimedwait) -> SigDelivery:
    """sigtimedwait(2): take one of the signals of a mask, handled or not."""
    ready = pending_mask(tx, caller) & request.mask
    if ready:
        info = _take(tx, caller, _lowest(ready))
        blocked = tx.get(Task, caller).blocked
        return SigDelivery(
            info.signo, info.code, info.pid, info.uid, info.status, info.value, "", blocked
        )
    if waiting.interrupted(tx, caller):
        raise Errno.EINTR("a signal was handled")
    if waiting.expired(tx, caller) or request.timeout == 0:
        raise Errno.EAGAIN("no such signal came in time")
    deadline = None if request.timeout is None else tx.clock + request.timeout
    raise WouldBlock((channel(On.SIGNAL, caller),), deadline, "waiting for a signal")


def core_dumped(signo: int) -> bool:
    """Whether the default action of *signo* also dumps core."""
    return bool(bit(signo) & CORES)
