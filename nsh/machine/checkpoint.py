"""What the kernel remembers of a checkpoint that is being taken (S2, S3; C1, C2)."""

from collections.abc import Iterator

from nsh.machine.ids import NOBODY, TaskId
from nsh.machine.invariants import invariant
from nsh.machine.pids import PidSpace
from nsh.machine.record import Record, table
from nsh.machine.tasks import Task
from nsh.machine.value import Machine, Transaction


@table
class FrozenContainer(Record):
    """A container in which nobody runs, keyed by its pid space."""

    besides: TaskId = NOBODY
    """Who runs all the same: it has asked for that, from within."""
    by: TaskId = NOBODY
    """Who has frozen it, and when dead lets it go on; NOBODY: it has been left frozen."""
    left: bool = False
    """It stays frozen when that one is done."""


def is_held(machine: Machine | Transaction, task: int) -> bool:
    """Whether *task* is in a container that is frozen, or in one within that."""
    if not machine.count(FrozenContainer):
        return False
    record = machine.find(Task, task)
    if record is None:
        return False
    found = (machine.find(FrozenContainer, space) for space in _path(machine, record))
    return any(row is not None and row.besides != task for row in found)


def _path(machine: Machine | Transaction, task: Task) -> tuple[int, ...]:
    space = machine.find(PidSpace, task.space)
    return () if space is None else space.path


@invariant
def _containers(machine: Machine) -> Iterator[str]:
    """What is frozen exists, and somebody keeps it so."""
    for key, row in machine.items(FrozenContainer):
        if machine.find(PidSpace, key) is None:
            yield f"container {key} is frozen, and gone"
        if not row.left and machine.find(Task, row.by) is None:
            yield f"container {key} is frozen by {row.by}, who is gone"
