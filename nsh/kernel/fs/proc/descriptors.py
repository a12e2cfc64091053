"""``/proc/PID/fd``, ``fdinfo``: the open files of a task (proc_pid_fd(5), fs/proc/fd.c)."""

from collections.abc import Callable
from typing import Final

from nsh.abi.errno import Errno
from nsh.abi.files import S_IFLNK, OpenFlag
from nsh.kernel import contexts
from nsh.kernel.fs.proc.nodes import TaskNode
from nsh.kernel.fs.proc.registry import task_directory
from nsh.kernel.fs.proc.view import seen
from nsh.kernel.fs.types import superblock_of, type_of
from nsh.machine.context import Descriptor
from nsh.machine.files import File
from nsh.machine.ids import FileId, TaskId
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction

LINK_SIZE: Final = 64
"""What stat(2) says is the size of a link in ``fd``, whatever it leads to."""

Detail = Callable[[Transaction, TaskNode, FileId], str]
_details: list[Detail] = []

task_directory("fd", 0o500)
task_directory("fdinfo", 0o555)


def detail(add: Detail) -> Detail:
    """Register what adds lines to a file of ``fdinfo``, called with the node and the open file.

    In order of their modules' names: locks come first, as in seq_show of fs/proc/fd.c.
    """
    _details.append(add)
    _details.sort(key=lambda each: each.__module__)
    return add


def _exists(tx: Transaction, node: TaskNode) -> None:
    if tx.find(Task, node.task) is None:
        raise Errno.ENOENT(f"the task that was pid {node.number} is gone")


def numbers(tx: Transaction, node: TaskNode) -> list[int]:
    """The open descriptors of the task, ascending.  ENOENT."""
    _exists(tx, node)
    return sorted(contexts.files(tx, node.task))


def is_open(tx: Transaction, node: TaskNode, number: int) -> bool:
    """Whether descriptor *number* of the task is open.  ENOENT."""
    _exists(tx, node)
    return number in contexts.files(tx, node.task)


def size(tx: Transaction, node: TaskNode) -> int:
    """How many descriptors are open: the size of the directory ``fd``.  ENOENT."""
    _exists(tx, node)
    return len(contexts.files(tx, node.task))


def descriptor(tx: Transaction, node: TaskNode) -> Descriptor:
    """The entry of the descriptor table that *node* is about.  ENOENT once it is closed; ESRCH."""
    seen(tx, node)
    entry = contexts.files(tx, node.task).get(int(node.name))
    if entry is None:
        raise Errno.ENOENT(f"pid {node.number} has no descriptor {node.name} open")
    return entry


def link_mode(tx: Transaction, node: TaskNode) -> int:
    """The mode of ``fd/N`` tells what the file was opened for (FMODE_READ, FMODE_WRITE)."""
    flags = tx.get(File, descriptor(tx, node).file).flags
    access = 3 if flags & OpenFlag.O_PATH else flags & 3
    readable = access in (OpenFlag.O_RDONLY, OpenFlag.O_RDWR)
    writable = access in (OpenFlag.O_WRONLY, OpenFlag.O_RDWR)
    return S_IFLNK | readable * 0o500 | writable * 0o300


def info(tx: Transaction, caller: TaskId, node: TaskNode) -> str:
    """``fdinfo/N``: offset, flags of open(2) in octal, mount and inode.  ENOENT, ESRCH."""
    entry = descriptor(tx, node)
    file = tx.get(File, entry.file)
    place = file.place
    sb = superblock_of(tx, place)
    kind = type_of(tx, sb)
    flags = file.flags
    if entry.cloexec:
        flags |= OpenFlag.O_CLOEXEC
    ino = kind.stat(tx, caller, sb, place.node).ino
    told = f"pos:\t{file.offset}\nflags:\t0{flags:o}\nmnt_id:\t{place.mount}\nino:\t{ino}\n"
    for more in _details:
        told += more(tx, node, entry.file)
    return told
