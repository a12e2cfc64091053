"""``/proc/PID/class`` and ``/proc/PID/job``: how else tasks are grouped (S0; R1, R6)."""

from nsh.abi.errno import Errno
from nsh.kernel import cgroupns
from nsh.kernel.fs.proc.nodes import TaskNode
from nsh.kernel.fs.proc.registry import task_file
from nsh.kernel.fs.proc.view import seen
from nsh.machine.cgroups import CLASSES, Hierarchy
from nsh.machine.ids import HierarchyId, TaskId
from nsh.machine.settings import on_mainline
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction


def _offered(tx: Transaction) -> bool:
    return not on_mainline(tx)


def _begin(tx: Transaction, caller: TaskId, node: TaskNode, data: bytes) -> None:
    """1 begins a job.  EINVAL for anything else; EPERM for another's file."""
    seen(tx, node)
    if data.strip() != b"1":
        raise Errno.EINVAL("1 begins a job, and nothing ends one")
    if tx.get(Task, node.task).leader != tx.get(Task, caller).leader:
        raise Errno.EPERM("a process begins a job itself, through its own file")
    from nsh.kernel.classes import jobs

    jobs.begin(tx, caller)


@task_file("job", 0o644, store=_begin, present=_offered)
def job(tx: Transaction, caller: TaskId, node: TaskNode) -> str:
    """The number of the job; 0: none."""
    from nsh.kernel.classes import jobs

    del caller
    seen(tx, node)
    return f"{jobs.of(tx, node.task)}\n"


@task_file("class", present=_offered)
def class_(tx: Transaction, caller: TaskId, node: TaskNode) -> str:
    """The path of the class; nothing where there are none."""
    del caller
    seen(tx, node)
    for key, record in tx.items(Hierarchy):
        if record.type == CLASSES:
            own = cgroupns.of(tx, node.task, HierarchyId(key))
            return f"{cgroupns.path(tx, own, record.root)}\n"
    return ""
