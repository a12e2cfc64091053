"""``/proc/PID/cgroup``: where a task is in each hierarchy (cgroups(7); proc_cgroup_show)."""

from nsh.kernel import cgroupns
from nsh.kernel.fs.proc.nodes import TaskNode
from nsh.kernel.fs.proc.registry import task_file
from nsh.kernel.fs.proc.view import seen
from nsh.machine.cgroups import Hierarchy
from nsh.machine.ids import HierarchyId, TaskId
from nsh.machine.value import Transaction


@task_file("cgroup")
def cgroup(tx: Transaction, caller: TaskId, node: TaskNode) -> str:
    """``NUMBER:name=NAME:PATH`` a line, the youngest hierarchy first: paths are from the root of
    the reader's cgroup namespace, and ``/`` for the dead."""
    task = seen(tx, node)
    lines = []
    for key, record in sorted(tx.items(Hierarchy), reverse=True):
        number = HierarchyId(key)
        path = "/"
        if cgroupns.alive(task):
            root = cgroupns.root_of(tx, caller, number)
            path = cgroupns.path(tx, cgroupns.of(tx, node.task, number), root)
        lines.append(f"{number}:name={record.name}:{path}\n")
    return "".join(lines)
