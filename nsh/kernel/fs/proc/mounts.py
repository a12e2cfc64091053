"""``/proc/PID/mounts``, ``mountinfo``, ``mountstats``: mounts as a task sees them (proc(5))."""

from nsh.abi.errno import Errno
from nsh.kernel.fs import mountinfo as table
from nsh.kernel.fs.proc.nodes import TaskNode
from nsh.kernel.fs.proc.registry import task_file
from nsh.kernel.fs.proc.view import has_context, seen
from nsh.machine.ids import TaskId
from nsh.machine.value import Transaction


def _in_namespace(tx: Transaction, node: TaskNode) -> None:
    """The dead are in no mount namespace: opening these files fails with EINVAL."""
    seen(tx, node)
    if not has_context(tx, node.task):
        raise Errno.EINVAL(f"pid {node.number} is dead and in no mount namespace")


@task_file("mounts", check_open=_in_namespace)
def mounts(tx: Transaction, caller: TaskId, node: TaskNode) -> str:
    """The mounts below the task's root, oldest first."""
    del caller
    _in_namespace(tx, node)
    return table.mounts(tx, node.task)


@task_file("mountstats", 0o400, thread=False, check_open=_in_namespace)
def mountstats(tx: Transaction, caller: TaskId, node: TaskNode) -> str:
    """The same in sentences, for those who count what a file system does."""
    del caller
    _in_namespace(tx, node)
    return table.mountstats(tx, node.task)


@task_file("mountinfo", check_open=_in_namespace)
def mountinfo(tx: Transaction, caller: TaskId, node: TaskNode) -> str:
    """The same with ids, parents, devices and roots."""
    _in_namespace(tx, node)
    return table.mountinfo(tx, node.task, caller)
