"""Signals that are pending: the queues of threads and of whole processes (signal(7))."""

from typing import Final

from msgspec.structs import replace

from nsh.abi.signals import SYNCHRONOUS, SiCode, Sig, SigDelivery, bit
from nsh.kernel import hooks, sigqueues
from nsh.machine.ids import TaskId
from nsh.machine.signals import SigInfo
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction

FIRST_QUEUED: Final = 32
"""Signals from here on are queued; lower ones merge while pending."""


def mask_of(queue: tuple[SigInfo, ...]) -> int:
    """The signals of a queue as a mask."""
    mask = 0
    for info in queue:
        mask |= bit(info.signo)
    return mask


def mask(tx: Transaction, tid: TaskId) -> int:
    """The mask of what is pending for thread *tid*, its own and its group's."""
    task = tx.get(Task, tid)
    process = task if task.leader == tid else tx.get(Task, task.leader)
    return mask_of(task.pending) | mask_of(process.shared)


def append(tx: Transaction, key: TaskId, whom: Task, info: SigInfo, *, thread: bool) -> bool | None:
    """Queue the signal, which is sent to *whom*; False if one of its number is there and one is all
    there can be, None if there is no room for it (__send_signal_locked)."""
    task = tx.get(Task, key)
    queue = task.pending if thread else task.shared
    signo, of_timer = info.signo, info.code == SiCode.SI_TIMER
    merges = signo < FIRST_QUEUED and not of_timer
    if merges and any(other.signo == signo for other in queue):
        return False
    if not of_timer and signo != Sig.SIGKILL:
        charge = sigqueues.charge(tx, whom, override=merges and info.code >= 0)
        if charge:
            info = replace(info, charge=charge)
            queue = queue if merges else _told_of(queue, signo)
        elif not merges and info.code != SiCode.SI_USER:
            return None
        elif any(other.signo == signo for other in queue):
            return True  # nothing tells that it has come twice
        else:
            info = SigInfo(signo)
    if thread:
        tx.put(key, replace(task, pending=(*queue, info)))
    else:
        tx.put(key, replace(task, shared=(*queue, info)))
    return True


def _told_of(queue: tuple[SigInfo, ...], signo: int) -> tuple[SigInfo, ...]:
    """*queue* without a *signo* of which nothing is told: one that comes tells of it."""
    if any(info.signo == signo and _lost(info) for info in queue):
        return tuple(info for info in queue if info.signo != signo or not _lost(info))
    return queue


def _lost(info: SigInfo) -> bool:
    return not info.charge and info.code != SiCode.SI_TIMER


def discard(tx: Transaction, leader: TaskId, mask: int) -> None:
    """Throw away pending signals of *mask*, in every thread and for the group."""
    process = tx.get(Task, leader)
    if process.shared:
        kept = tuple(info for info in process.shared if not bit(info.signo) & mask)
        if len(kept) != len(process.shared):
            _uncharge(tx, process.shared, mask)
            tx.put(leader, replace(process, shared=kept))
    for tid in (leader, *process.threads):
        task = tx.get(Task, tid)
        if task.pending:
            kept = tuple(info for info in task.pending if not bit(info.signo) & mask)
            if len(kept) != len(task.pending):
                _uncharge(tx, task.pending, mask)
                tx.put(tid, replace(task, pending=kept))


def _uncharge(tx: Transaction, queue: tuple[SigInfo, ...], mask: int) -> None:
    for info in queue:
        if bit(info.signo) & mask:
            sigqueues.uncharge(tx, info.charge)


def following(task: Task, process: Task, allowed: int, of_process: int) -> int:
    """The next signal of a thread: its own before its group's, and of those, which may be none
    but *of_process*, the lowest; 0 if there is none."""
    own = mask_of(task.pending) & allowed
    return first(own) if own else first(mask_of(process.shared) & allowed & of_process)


def first(mask: int) -> int:
    """The signal that is taken first: what an instruction caused, else the lowest number."""
    if mask & bit(Sig.SIGKILL):
        return int(Sig.SIGKILL)
    mask = mask & SYNCHRONOUS or mask
    return (mask & -mask).bit_length()


def dequeue(tx: Transaction, tid: TaskId, allowed: int) -> SigInfo | None:
    """Take the next signal of *allowed* off the queues of *tid*; None if there is none."""
    while True:
        task = tx.get(Task, tid)
        process = task if task.leader == tid else tx.get(Task, task.leader)
        signo = following(task, process, allowed, -1)
        found = take(tx, tid, signo) if signo else None
        if found is not None or not signo:
            return found


def take(tx: Transaction, tid: TaskId, signo: int) -> SigInfo | None:
    """Remove and reply the first pending *signo* of a thread, its own before its group's; None if
    that was delivered no more."""
    task = tx.get(Task, tid)
    for index, info in enumerate(task.pending):
        if info.signo == signo:
            tx.put(tid, replace(task, pending=task.pending[:index] + task.pending[index + 1 :]))
            return _told(tx, tid, info)
    process = tx.get(Task, task.leader)
    for index, info in enumerate(process.shared):
        if info.signo == signo:
            shared = process.shared[:index] + process.shared[index + 1 :]
            tx.put(task.leader, replace(process, shared=shared))
            return _told(tx, tid, info)
    raise KeyError(signo)


def told(info: SigInfo, handler: str, mask: int) -> SigDelivery:
    """The signal as a program is told of it, and what mask it goes back to."""
    return SigDelivery(
        info.signo,
        info.code,
        info.pid,
        info.uid,
        info.status,
        info.value,
        info.fd,
        info.band,
        handler,
        mask,
    )


def _told(tx: Transaction, tid: TaskId, info: SigInfo) -> SigInfo | None:
    sigqueues.uncharge(tx, info.charge)
    told: SigInfo | None = info
    for hook in hooks.taken:
        if told is not None:
            told = hook(tx, tid, told)
    return told
