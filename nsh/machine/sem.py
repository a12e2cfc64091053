"""Semaphore sets, who sleeps on them, and what is to be undone (semop(2); N1)."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from nsh.machine.ids import TaskId
from nsh.machine.invariants import invariant
from nsh.machine.ipc import NEVER, Ipc, IpcObject, Sleeper, Who
from nsh.machine.record import Record, table
from nsh.machine.tasks import Task
from nsh.machine.value import Machine

SEMVMX: Final = 32767
"""The highest value of a semaphore, and of what is to be undone."""


class SemOp(Record):
    """``struct sembuf``."""

    num: int
    op: int
    flags: int = 0
    """IPC_NOWAIT, SEM_UNDO."""


class SemSleeper(Record):
    """A semop(2) that waits."""

    task: TaskId
    ops: tuple[SemOp, ...]
    blocking: int
    """Which of the operations it could not do."""

    @property
    def alters(self) -> bool:
        """Whether it does more than wait for zeros."""
        return any(each.op for each in self.ops)


@table
class SemSet(IpcObject):
    """A set of semaphores."""

    values: tuple[int, ...]
    pids: tuple[Who | None, ...]
    """Who changed each last."""
    otime: int = NEVER
    """When a semop(2) was last done."""
    sleepers: tuple[SemSleeper, ...] = ()
    """Those who wait, the longest first."""
    undoers: tuple[int, ...] = ()
    """The lists of adjustments that have some for this set."""


class Adjustment(Record):
    """What is to be added to the semaphores of a set (``struct sem_undo``)."""

    set: int
    """The set's key."""
    values: tuple[int, ...]


@table
class UndoList(Record):
    """What is to be done when the last of its tasks ends (SEM_UNDO; ``struct sem_undo_list``)."""

    users: int
    adjustments: tuple[Adjustment, ...] = ()
    """The latest set first, which is the order in which they are made."""


@table
class Undo(Record):
    """Which list a task has, keyed by the task; those that share one were made by CLONE_SYSVSEM."""

    list: int


@invariant
def _sets(machine: Machine) -> Iterator[str]:
    """Values are in range, sleepers sleep, adjustments are known on both sides."""
    users: Counter[int] = Counter()
    for key, undo in machine.items(Undo):
        users[undo.list] += 1
        if machine.find(Task, key) is None:
            yield f"task {key} is gone, and has something to undo"
    adjusting: set[tuple[int, int]] = set()
    for key, undo_list in machine.items(UndoList):
        if undo_list.users != users[key]:
            yield f"list {key} miscounts its {undo_list.users} users"
        adjusting.update((each.set, key) for each in undo_list.adjustments)
    count: Counter[int] = Counter()
    for key, found in machine.items(SemSet):
        count[found.namespace] += len(found.values)
        if not all(0 <= value <= SEMVMX for value in found.values):
            yield f"a semaphore of set {found.id} is out of range"
        if len(found.pids) != len(found.values):
            yield f"set {found.id} has more pids than semaphores"
        for undoer in found.undoers:
            if (key, undoer) not in adjusting:
                yield f"set {found.id} is undone by list {undoer}, which does not know it"
            adjusting.discard((key, undoer))
        for sleeper in found.sleepers:
            row = machine.find(Sleeper, sleeper.task)
            if row is None or row.object != key or row.errno is not None:
                yield f"task {sleeper.task} is on the list of set {found.id}, and not asleep"
    for key, undoer in sorted(adjusting):
        yield f"list {undoer} undoes set {key}, which does not know it"
    for key, space in machine.items(Ipc):
        if space.semaphores != count[key]:
            yield f"ipc namespace {key} miscounts its {space.semaphores} semaphores"
