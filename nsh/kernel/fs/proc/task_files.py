"""The smaller files of a task: comm, cmdline, children (proc(5))."""

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.process import COMM_LEN
from nsh.kernel import families, pids
from nsh.kernel.fs.proc.nodes import TaskNode
from nsh.kernel.fs.proc.registry import task_file
from nsh.kernel.fs.proc.status import escaped
from nsh.kernel.fs.proc.view import process_of, seen
from nsh.machine.ids import NOBODY, TaskId
from nsh.machine.tasks import State, Task
from nsh.machine.value import Transaction


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


@task_file("cmdline", seekable_end=True)
def cmdline(tx: Transaction, caller: TaskId, node: TaskNode) -> str:
    """The argument vector, each argument ended by a NUL; empty for a zombie."""
    del caller
    task = seen(tx, node)
    process = process_of(tx, task, node.task)
    if task.state is State.ZOMBIE:
        return ""
    return "".join(argument + "\0" for argument in process.image.argv)


@task_file("children", process=False)
def children(tx: Transaction, caller: TaskId, node: TaskNode) -> str:
    """The children that this thread forked or took in, oldest first, a blank after each."""
    del caller
    task = seen(tx, node)
    thread = NOBODY if task.leader == node.task else node.task
    own = (tx.get(Task, child) for child in families.children(process_of(tx, task, node.task)))
    numbers = (pids.number(tx, child, node.space) for child in own if child.parent_thread == thread)
    return "".join(f"{number} " for number in numbers if number)
