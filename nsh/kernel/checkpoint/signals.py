"""Signals: what is blocked, what pends, what is done about them; and who is stopped (C4)."""

from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.signals import NSIG, Sig, signal_name
from nsh.kernel import dispositions, sigqueues
from nsh.kernel.checkpoint import parts
from nsh.kernel.checkpoint.image import Object
from nsh.kernel.checkpoint.state import Dump, Restart
from nsh.machine.ids import TaskId
from nsh.machine.program import compiled
from nsh.machine.signals import DEFAULT_ACTIONS, Action, SigInfo
from nsh.machine.tasks import State, Task


class Signal(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One that pends (``siginfo_t``), in the receiver's numbers."""

    signo: int
    code: int = 0
    pid: int = 0
    uid: int = 0
    status: int = 0
    value: int = 0
    fd: int = 0
    band: int = 0
    counts: bool = False
    """Towards RLIMIT_SIGPENDING."""


class Disposition(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What is done about a signal (``struct sigaction``)."""

    signo: int
    handler: str
    mask: int = 0
    flags: int = 0


class Signals(Object, frozen=True):
    """Of one task; but for what is blocked and pends for it alone, of its process."""

    pid: int
    blocked: int = 0
    pending: tuple[Signal, ...] = ()
    shared: tuple[Signal, ...] = ()
    actions: tuple[Disposition, ...] = ()
    death_signal: int = 0
    stopped: int = 0
    """By which signal; 0: it is not."""


@parts.saves(Signals, 60)
def _save(dump: Dump) -> Iterator[Signals]:
    for task in dump.tasks:
        record = dump.tx.get(Task, task)
        found = Signals(
            pid=dump.number(task),
            blocked=record.blocked,
            pending=_told(record.pending),
            shared=_told(record.shared),
            actions=tuple(
                Disposition(signo, action.handler, action.mask, action.flags)
                for signo, action in sorted(record.actions.by_signal.items())
            ),
            death_signal=record.death_signal,
            stopped=record.status if record.state is State.STOPPED else 0,
        )
        if found != Signals(found.pid):
            yield found


def _told(queue: tuple[SigInfo, ...]) -> tuple[Signal, ...]:
    return tuple(
        Signal(
            *(info.signo, info.code, info.pid, info.uid, info.status, info.value),
            *(info.fd, info.band, bool(info.charge)),
        )
        for info in queue
    )


@parts.makes(Signals, "pid")
def _make(restart: Restart, saved: Signals) -> None:
    """They are kept till all is there that could send any."""
    restart.task(saved.pid)
    sent = [each.signo for each in (*saved.pending, *saved.shared)]
    handled = [each.signo for each in saved.actions]
    for signo in (*sent, *handled, saved.stopped or 1):
        if not 1 <= signo <= NSIG:
            raise Errno.EINVAL(f"signo: {signo} is no signal")
    for signo in handled:
        if signo in (Sig.SIGKILL, Sig.SIGSTOP):
            raise Errno.EINVAL(f"actions: nothing is done about {signal_name(signo)}")
    for handler in {each.handler for each in saved.actions} - {"ignore", "default"}:
        try:
            compiled(handler, 0, len(handler), "trap")
        except ValueError as problem:
            raise Errno.EINVAL(f"actions: {handler}: {problem}") from None
    restart.keep(saved)


@parts.finishes(55)
def _finish(restart: Restart) -> None:
    """When tasks are who they were: what pends counts for these users."""
    tx = restart.tx
    for saved in restart.kept(Signals):
        task = restart.task(saved.pid)
        record = tx.get(Task, task)
        pending = _queue(restart, task, saved.pending)
        shared = _queue(restart, task, saved.shared)
        record = replace(
            record,
            blocked=saved.blocked,
            pending=pending,
            shared=shared,
            death_signal=saved.death_signal,
            actions=DEFAULT_ACTIONS,
        )
        if saved.stopped and record.state is State.ALIVE:
            record = replace(record, state=State.STOPPED, status=saved.stopped)
        tx.put(task, record)
        for each in saved.actions:
            action = Action(each.handler, each.mask, each.flags)
            dispositions.put(tx, task, each.signo, action)


def _queue(restart: Restart, task: TaskId, queue: tuple[Signal, ...]) -> tuple[SigInfo, ...]:
    tx = restart.tx
    found = []
    for each in queue:
        charge = 0
        if each.counts:
            charge = sigqueues.charge(tx, tx.get(Task, task), override=True)
        found.append(
            SigInfo(
                *(each.signo, each.code, each.pid, each.uid, each.status, each.value),
                *(each.fd, each.band, charge),
            )
        )
    return tuple(found)
