"""The nodes of proc: what identifies a file or directory in it."""

from typing import Final

from msgspec.structs import replace

from nsh.machine.ids import SpaceId, TaskId
from nsh.machine.record import Record

ROOT_INO: Final = 1
_FIRST_FIXED_INO: Final = 4026531840
_TASK_SHIFT: Final = 24
_FD_BASE: Final = 0x10000
_DIGITS: Final = 10
"""Of the largest unsigned int."""


class SystemNode(Record):
    """A file that is no task's, by its path from the root of proc ("": the root itself)."""

    path: str = ""


class TaskNode(Record):
    """A file or directory of one task, as it was found by its number in one pid space.

    The space stands in the node: whoever opened a file goes on reading it in those numbers.
    """

    space: SpaceId
    task: TaskId
    number: int
    """What the task is called there, and so the name of its directory."""
    path: str = ""
    """Below the task's directory: ``status``, ``fd/3``; "" is the directory."""
    owner: "TaskNode | None" = None
    """Of a thread in ``/proc/PID/task/TID``: the directory ``/proc/PID``."""

    @property
    def name(self) -> str:
        """Its name in its parent directory."""
        return self.path.rpartition("/")[2] if self.path else str(self.number)

    def at(self, path: str) -> "TaskNode":
        """The file *path* of the same task's directory."""
        return replace(self, path=path)


ROOT: Final = SystemNode()


def parent(node: Record) -> Record:
    """The directory that *node* is in."""
    if isinstance(node, TaskNode):
        if node.path:
            return node.at(node.path.rpartition("/")[0])
        return ROOT if node.owner is None else node.owner.at("task")
    assert isinstance(node, SystemNode)
    return SystemNode(node.path.rpartition("/")[0])


def name(node: Record) -> str:
    """The name of *node* in its parent."""
    if isinstance(node, TaskNode):
        return node.name
    assert isinstance(node, SystemNode)
    return node.path.rpartition("/")[2]


def number_named(text: str) -> int | None:
    """The number that a name stands for: digits without leading zeros (name_to_int), or None."""
    if not text.isascii() or not text.isdigit() or len(text) > _DIGITS:
        return None
    return None if text[0] == "0" and text != "0" else int(text)


def system_ino(index: int) -> int:
    """The inode number of the *index*-th file that is no task's.

    Linux counts them up from the same number; ``self`` and ``thread-self`` have the first two.
    """
    return _FIRST_FIXED_INO + index


def task_ino(node: TaskNode, index: int) -> int:
    """The inode number of a task's file: unique to the task, the file and the way to it.

    *index* is the file's place in the task's directory (0: the directory), or
    :func:`numbered` for what stands in ``fd`` and ``fdinfo``.
    """
    return (node.task << 1 | (node.owner is not None)) << _TASK_SHIFT | index


def numbered(index: int, number: int) -> int:
    """The index of entry *number* in a directory that is itself the *index*-th."""
    return _FD_BASE * (index + 1) + number
