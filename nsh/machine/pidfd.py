"""The file of a process (pidfd_open(2)).

It says which, and keeps nothing alive: a ``TaskId`` is never used again, so that whoever has
the file when the task is gone can be told so.
"""

from typing import ClassVar

from nsh.machine.ids import TaskId
from nsh.machine.timerfd import AnonymousNode


class PidNode(AnonymousNode):
    """The file of one process or thread."""

    mode: ClassVar[int] = 0o700
    by_path: ClassVar[bool] = True

    task: TaskId

    @property
    def number(self) -> int:
        """Whoever has two such files can tell by it whether they are of the same process."""
        return self.task
