"""Limits of processes that have been set, and what counts towards them (getrlimit(2)).

A signal that is queued counts for the user it is sent to, in the user namespace that one is in, for
the maker of that namespace in the next further out, and so on; so does each POSIX timer, which has
its signal ready.  Whoever it counts for, it does so until it is taken off its queue or is gone
with its zombie, whatever user its receiver is by then.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final, TypeVar

from nsh.machine.invariants import invariant
from nsh.machine.record import Record, table
from nsh.machine.tasks import Task
from nsh.machine.value import Machine

INFINITY: Final = (1 << 64) - 1
"""RLIM_INFINITY."""
PENDING_SIGNALS: Final = 15000
"""RLIMIT_SIGPENDING where nobody has set it; Linux goes by the machine's memory."""


@table
class Limits(Record):
    """``signal->rlim``, keyed by the leader of a process; no row: all is as the machine began."""

    sigpending: int = PENDING_SIGNALS
    sigpending_most: int = PENDING_SIGNALS
    """The hard limit."""


@table
class SigQueued(Record):
    """How many signals count for one user in one user namespace, those further inside included,
    keyed as its :class:`~nsh.machine.users.Ucounts`."""

    count: int
    above: int
    """Whom they count for in the next namespace further out; 0: there is none."""


Holder = Callable[[Machine], Iterator[int]]
H = TypeVar("H", bound=Holder)

_holders: list[Holder] = []


def holds_signals(holder: H) -> H:
    """Register what yields, for each signal that a mechanism has ready, whom it counts for."""
    _holders.append(holder)
    return holder


@holds_signals
def _queues(machine: Machine) -> Iterator[int]:
    for _key, task in machine.items(Task):
        for info in (*task.pending, *task.shared):
            yield info.charge


@invariant
def _sigqueued(machine: Machine) -> Iterator[str]:
    """What is counted is there."""
    counted: Counter[int] = Counter()
    for holder in _holders:
        for charge in holder(machine):
            key = charge
            while key:
                counted[key] += 1
                row = machine.find(SigQueued, key)
                key = 0 if row is None else row.above
    for key, row in machine.items(SigQueued):
        if row.count != counted.pop(key, 0) or not row.count:
            yield f"user {key & 0xFFFFFFFF} of namespace {key >> 32} has not {row.count} signals"
    for key in sorted(counted):
        yield f"user {key & 0xFFFFFFFF} of namespace {key >> 32} has signals that nobody counts"


@invariant
def _limits(machine: Machine) -> Iterator[str]:
    """A process has limits, and the soft ones are not above the hard ones."""
    for key, row in machine.items(Limits):
        task = machine.find(Task, key)
        if task is None or task.leader != key:
            yield f"limits of {key}, which is no process"
        if row.sigpending > row.sigpending_most:
            yield f"the limit of {key} is above the hard one"
