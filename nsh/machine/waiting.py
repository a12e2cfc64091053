"""Who waits, for what, and who may run next.

A system call that cannot finish leaves a :class:`Waiter` and enters its task on channels; an
event wakes a channel, which puts its tasks on the run queue, and they ask again.
"""

from enum import IntEnum

import msgspec
from immutables import Map

from nsh.machine.ids import TaskId
from nsh.machine.record import Record, table


class On(IntEnum):
    """Kinds of channel; with the id of the object waited for they name one."""

    CHILD = 1
    """A child of that task changes state."""
    FILE = 2
    """Data or room in that pipe, terminal or queue."""
    SIGNAL = 3
    """Any signal to that task (pause, sigsuspend)."""
    CLOCK = 4
    """Only time, or a signal."""
    IPC = 5
    """A message, a semaphore or room in that ipc object."""
    LOCK = 6
    """That file's record locks."""
    ROOM = 7
    """Room for what is written to that terminal or pair's master."""
    FRONT = 8
    """Another group comes to the foreground of that terminal."""
    END = 9
    """That task dies, or is reaped."""
    MOUNTS = 10
    """Something is mounted, unmounted or remounted in that mount namespace."""
    CGROUP = 11
    """That file of a cgroup has something new to say."""
    NAMES = 12
    """That name of the system (0: of the host, 1: of the domain) is set, in any uts namespace."""
    VFORK = 13
    """That task does execve, or dies."""


def channel(kind: On, subject: int) -> int:
    """The number of the channel on which *subject* tells of *kind*."""
    return subject << 4 | kind


@table
class Waiter(Record):
    """A blocked system call, keyed by its task; asked again when woken."""

    request: msgspec.Struct
    channels: tuple[int, ...]
    """Where it is entered; empty once woken."""
    deadline: int | None = None
    """Virtual time at which it gives up or is done."""
    interrupted: bool = False
    """A signal with a handler arrived: if it still cannot finish, it fails with EINTR."""
    by: int = 0
    """Which one, if there was a choice."""
    vain: bool = False
    """Nothing that it waited for had come when that signal did."""
    anew: bool = False
    """It was stopped meanwhile: the call begins anew (ERESTARTSYS)."""
    found: int = 0
    """What its arguments stood for when it began, should they come to stand for something else."""


@table
class Channel(Record):
    """The tasks waiting on one channel, keyed by :func:`channel`; order of arrival."""

    tasks: tuple[TaskId, ...]


@table
class RunQueue(Record):
    """Programs that may take a step, first in first out (one row, key 0).

    A map from a running number to the task: push and pop cost the same at any length.
    """

    entries: Map[int, TaskId] = Map()
    head: int = 0
    tail: int = 0


@table
class Deadlines(Record):
    """When sleeping tasks wake and timers go off: (virtual time, order of arrival, task or timer),
    soonest first."""

    entries: tuple[tuple[int, int, TaskId], ...] = ()
