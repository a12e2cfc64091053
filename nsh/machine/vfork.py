"""Who waits in clone(2) with CLONE_VFORK for its child (vfork(2))."""

from collections.abc import Iterator

from nsh.machine.ids import NOBODY, TaskId
from nsh.machine.invariants import invariant
from nsh.machine.record import Record, table
from nsh.machine.tasks import State, Task
from nsh.machine.value import Machine
from nsh.machine.waiting import Waiter


@table
class Vfork(Record):
    """Keyed by who waits: only what is deadly reaches it."""

    child: TaskId
    """Whom it waits for; NOBODY once that has done execve or is dead."""
    pid: int
    """What it will be told."""
    pidfd: int | None = None
    """With CLONE_PIDFD."""


@invariant
def _vforks(machine: Machine) -> Iterator[str]:
    """Who waits does so in a call, for somebody alive."""
    for key, row in machine.items(Vfork):
        if machine.find(Waiter, key) is None:
            yield f"task {key} waits for its child's execve, and makes no call"
        child = machine.find(Task, row.child)
        if row.child != NOBODY and (child is None or child.state is State.ZOMBIE):
            yield f"task {key} waits for the execve of {row.child}, who is dead"
