"""The file of a process (pidfd_open(2)).

It says which, and keeps nothing alive: a ``TaskId`` is never used again, so that whoever has
the file when the task is gone can be told so.
"""

from collections import Counter
from collections.abc import Iterator
from typing import ClassVar

from nsh.machine.files import places
from nsh.machine.ids import SpaceId, TaskId
from nsh.machine.invariants import invariant
from nsh.machine.record import Record, table
from nsh.machine.timerfd import AnonymousNode
from nsh.machine.value import Machine


class PidNode(AnonymousNode):
    """The file of one process or thread."""

    mode: ClassVar[int] = 0o700
    by_path: ClassVar[bool] = True

    task: TaskId

    @property
    def number(self) -> int:
        """Whoever has two such files can tell by it whether they are of the same process."""
        return self.task


@table
class PidfsAttr(Record):
    """``struct pidfs_attr``: what is known of a task as long as anybody has its file, by task."""

    path: tuple[SpaceId, ...]
    """The pid spaces that it was in sight of when it died, outermost first; of a living one, which
    may be moved, those from before."""
    users: int = 0
    """Open files of it."""
    exit_code: int | None = None
    """How it ended, as wait(2) encodes it, once it has been reaped."""


@invariant
def _pidfds(machine: Machine) -> Iterator[str]:
    """Each task that somebody has a file of has a row that counts them."""
    nodes = (place.node for place in places(machine))
    users = Counter(node.task for node in nodes if isinstance(node, PidNode))
    for key, attr in machine.items(PidfsAttr):
        if attr.users != users.pop(TaskId(key), 0) or not attr.users:
            yield f"task {key} has not {attr.users} open files"
    for task in sorted(users):
        yield f"task {task} has open files that nobody counts"
