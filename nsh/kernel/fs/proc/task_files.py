"""The smaller files of a task: comm, cmdline, environ, limits, children (proc(5))."""

from typing import Final

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.process import COMM_LEN
from nsh.kernel import families, limits, pids
from nsh.kernel.fs.proc.nodes import TaskNode
from nsh.kernel.fs.proc.registry import TaskFileOperations, task_file
from nsh.kernel.fs.proc.status import escaped
from nsh.kernel.fs.proc.view import has_context, inspect, process_of, seen
from nsh.machine.files import EnvironFile, File
from nsh.machine.ids import NOBODY, FileId, TaskId
from nsh.machine.limits import INFINITY
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction

_UNLIMITED: Final = "unlimited"
_LIMITS: Final = (
    ("Max cpu time", "seconds"),
    ("Max file size", "bytes"),
    ("Max data size", "bytes"),
    ("Max stack size", "bytes"),
    ("Max core file size", "bytes"),
    ("Max resident set", "bytes"),
    ("Max processes", "processes"),
    ("Max open files", "files"),
    ("Max locked memory", "bytes"),
    ("Max address space", "bytes"),
    ("Max file locks", "locks"),
    ("Max pending signals", "signals"),
    ("Max msgqueue size", "bytes"),
    ("Max nice priority", ""),
    ("Max realtime priority", ""),
    ("Max realtime timeout", "us"),
)
"""In the order of their numbers (lnames in fs/proc/base.c)."""


def set_comm(tx: Transaction, caller: TaskId, node: TaskNode, data: bytes) -> None:
    """Rename a thread, as prctl(PR_SET_NAME) does: up to a NUL, 15 bytes at most, any bytes.

    EINVAL unless it is one of the caller's own process; ESRCH.
    """
    task = seen(tx, node)
    if task.leader != tx.get(Task, caller).leader:
        whose = escaped(task.comm)
        raise Errno.EINVAL(f"{whose} is another process; only its own threads rename it")
    name = data[:COMM_LEN].partition(b"\0")[0]
    tx.put(node.task, replace(task, comm=name.decode("utf-8", "surrogateescape")))


@task_file("comm", 0o644, store=set_comm)
def comm(tx: Transaction, caller: TaskId, node: TaskNode) -> str:
    """The command name, raw, and a newline."""
    del caller
    return seen(tx, node).comm + "\n"


@task_file("cmdline", seekable_end=True, asks_always=True)
def cmdline(tx: Transaction, caller: TaskId, node: TaskNode) -> str:
    """The argument vector, each argument ended by a NUL; empty for who is dead, be it that an init
    still waits for the last of its namespace."""
    del caller
    task = seen(tx, node)
    process = process_of(tx, task, node.task)
    if not has_context(tx, node.task):
        return ""
    return "".join(argument + "\0" for argument in process.image.argv)


class _Environ(TaskFileOperations):
    """What its program was given by execve, each ended by a NUL (proc_environ_operations)."""

    def open(self, tx: Transaction, caller: TaskId, node: TaskNode, flags: int) -> EnvironFile:
        """EACCES for who may not look into it, ESRCH where there is no memory to be read
        (proc_mem_open)."""
        task = seen(tx, node)
        inspect(tx, caller, node.task)
        if not has_context(tx, node.task):
            raise Errno.ESRCH("the dead have no memory any more")
        return EnvironFile(process_of(tx, task, node.task).image)

    def read(self, tx: Transaction, caller: TaskId, key: FileId, file: File, size: int) -> bytes:
        """Nothing, once that program has ended or gone on to another."""
        node, opened = file.place.node, file.opened
        assert isinstance(node, TaskNode)
        assert isinstance(opened, EnvironFile)
        task = tx.find(Task, node.task)
        if task is None:
            return b""
        process = process_of(tx, task, node.task)
        dead = not process.threads and not has_context(tx, task.leader)
        if dead or process.image != opened.image:
            return b""
        said = "".join(pair + "\0" for pair in opened.image.environ)
        return said.encode("utf-8", "surrogateescape")[file.offset : file.offset + size]


@task_file("environ", 0o400, operations=_Environ())
def environ(tx: Transaction, caller: TaskId, node: TaskNode) -> str:
    """Read through the open file, which knows the program."""
    raise NotImplementedError


@task_file("limits")
def limits_(tx: Transaction, caller: TaskId, node: TaskNode) -> str:
    """A line for each: soft, hard, and of what."""
    del caller
    leader = seen(tx, node).leader
    rows = [("Limit", "Soft Limit", "Hard Limit", "Units")]
    for resource, (name, unit) in enumerate(_LIMITS):
        soft, hard = limits.limits_of(tx, leader, resource)
        rows.append((name, _told(soft), _told(hard), unit))
    return "".join(f"{row[0]:<25} {row[1]:<20} {row[2]:<20} {row[3]:<10}\n" for row in rows)


def _told(limit: int) -> str:
    return _UNLIMITED if limit == INFINITY else str(limit)


@task_file("children", process=False)
def children(tx: Transaction, caller: TaskId, node: TaskNode) -> str:
    """The children that this thread forked or took in, oldest first, a blank after each."""
    del caller
    task = tx.find(Task, node.task)
    if task is None:
        return ""
    thread = NOBODY if task.leader == node.task else node.task
    own = (tx.get(Task, child) for child in families.children(process_of(tx, task, node.task)))
    numbers = (pids.number(tx, child, node.space) for child in own if child.parent_thread == thread)
    return "".join(f"{number} " for number in numbers if number)
