"""What programs ask about signals: sigaction(2), sigprocmask(2), sigpending(2), pause(2),
sigtimedwait(2), sigreturn(2).  Sending them is in :mod:`nsh.kernel.kill`.
"""

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.request import Failure
from nsh.abi.signals import (
    NSIG,
    UNBLOCKABLE,
    How,
    Pause,
    Sig,
    Sigaction,
    SigDelivery,
    Sigpending,
    Sigprocmask,
    Sigreturn,
    Sigtimedwait,
    bit,
)
from nsh.kernel import dispositions, pending, signals, waiting
from nsh.kernel.dispatch import handles
from nsh.kernel.waiting import WouldBlock
from nsh.machine.ids import TaskId
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction
from nsh.machine.waiting import On, channel


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
        action = dispositions.of(request.handler, request.mask, request.flags)
        dispositions.change(tx, leader, signo, action)
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
    signals.act(tx, task.leader)


@handles(Sigreturn)
def sigreturn(tx: Transaction, caller: TaskId, request: Sigreturn) -> int:
    """sigreturn(2)."""
    _set_mask(tx, caller, request.mask)
    return 0


@handles(Sigpending)
def sigpending(tx: Transaction, caller: TaskId, request: Sigpending) -> int:
    """sigpending(2): what is pending and blocked."""
    del request
    return pending.mask(tx, caller) & tx.get(Task, caller).blocked


@handles(Pause)
def pause(tx: Transaction, caller: TaskId, request: Pause) -> int:
    """pause(2)."""
    del request
    if waiting.interrupted(tx, caller):
        raise Errno.EINTR("a signal was handled")
    raise WouldBlock((channel(On.SIGNAL, caller),), reason="waiting for a signal")


@handles(Sigtimedwait)
def sigtimedwait(tx: Transaction, caller: TaskId, request: Sigtimedwait) -> SigDelivery | Failure:
    """sigtimedwait(2): take one of the signals of a mask, handled or not."""
    if request.timeout is not None and request.timeout < 0:
        raise Errno.EINVAL("a timeout is not negative")
    if waiting.interrupted(tx, caller):
        raise Errno.EINTR("a signal was handled, or stopped the process")
    blocked = tx.get(Task, caller).blocked
    if waiting.waiter(tx, caller) is not None:
        signals.retarget(tx, caller, request.mask & blocked)
    info = pending.dequeue(tx, caller, request.mask & ~UNBLOCKABLE)
    if info is not None:
        return pending.told(info, "", blocked)
    if waiting.expired(tx, caller) or request.timeout == 0:
        # replied, not raised: of a signal that is not delivered any more nothing is to be left
        return Failure(Errno.EAGAIN, "no such signal came in time")
    deadline = None if request.timeout is None else tx.clock + request.timeout
    channels = (channel(On.SIGNAL, caller),)
    raise WouldBlock(channels, deadline, "waiting for a signal", keep=True)
