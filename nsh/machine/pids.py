"""Pid spaces: bimaps between pids and tasks, one per level a task is visible at (S0; P1-P3, P10).

From a number to its task the space knows the way (``task_of``); from a task to its numbers
the task does (``Task.pids``, outermost level first).  ``invariants`` holds the two together.

* Invariant: a task visible in a space is visible in every ancestor of that space.
* Invariant: a number stays taken while a task, process group or session is called by it.
"""

from enum import IntEnum

from immutables import Map

from nsh.machine.ids import NOBODY, SpaceId, TaskId
from nsh.machine.namespaces import Namespace
from nsh.machine.record import Record, table


class SpaceKind(IntEnum):
    """How a pid space came to be, which decides what its first task means."""

    NAMESPACE = 0
    """By CLONE_NEWPID: pid 1 is its init, and its death ends the space (pid_namespaces(7))."""
    CONTAINER = 1
    """By a write to /proc/container: pid 1 is an ordinary task called 1 (S0)."""


@table
class PidSpace(Namespace):
    """One pid space.  Its id is its key; the root space holds every task."""

    path: tuple[SpaceId, ...]
    """The spaces from the root (level 0) down to and including this one."""
    kind: SpaceKind
    number: int
    """The container's number, as in ``3:1``; the root's is 0."""
    name: str
    """The container's name, "" if it never got one."""
    task_of: Map[int, TaskId] = Map()
    """pid -> the task that has, or gave, that number here."""
    last_pid: int = 0
    pid_max: int = 32768
    init: TaskId = NOBODY
    """The child reaper of this space: its pid 1 while that lives."""
    live: int = 0
    """Tasks (zombies included) that have a number here."""
    adding: bool = True
    """False once the init is dead or dying: forks into the space fail with ENOMEM."""

    @property
    def level(self) -> int:
        """0 for the root, one more for each nesting."""
        return len(self.path) - 1


@table
class Containers(Record):
    """Names and numbers of containers (one row, key 0), for ``cid:pid`` references."""

    by_number: Map[int, SpaceId] = Map()
    by_name: Map[str, SpaceId] = Map()
    last: int = 0


@table
class Held(Record):
    """Pids that a task was told by a system call and may have kept (S0: a vpid "handed to
    userspace" cannot be revoked).  Keyed by the holder; number -> the task it meant."""

    numbers: Map[int, TaskId]
