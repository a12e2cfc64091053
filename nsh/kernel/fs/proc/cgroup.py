"""``/proc/PID/cgroup``: where a task is in each hierarchy (cgroups(7); proc_cgroup_show); and
``/proc/PID/containers``, the same of process containers (S1)."""

from nsh.kernel import cgroupns
from nsh.kernel.fs.proc.nodes import TaskNode
from nsh.kernel.fs.proc.registry import task_file
from nsh.kernel.fs.proc.view import seen
from nsh.machine.cgroups import (
    CONTAINERS,
    LEGACY,
    UNIFIED,
    UNIFIED_TYPE,
    Cgroup,
    Hierarchy,
    dead,
)
from nsh.machine.ids import HierarchyId, TaskId
from nsh.machine.settings import on_mainline
from nsh.machine.value import Transaction


@task_file("cgroup")
def cgroup(tx: Transaction, caller: TaskId, node: TaskNode) -> str:
    """``NUMBER:CONTROLLERS,name=NAME:PATH`` a line, the youngest hierarchy first, the unified one
    last: paths are from the root of the reader's cgroup namespace.  The dead are in ``/``, but in
    the unified one where they were, be it removed."""
    task = seen(tx, node)
    lines = []
    for key, record in sorted(tx.items(Hierarchy), reverse=True):
        if record.type not in (LEGACY, UNIFIED_TYPE):
            continue
        number = HierarchyId(key)
        path, names = "/", [*record.controllers, *([f"name={record.name}"] if record.name else [])]
        if number == UNIFIED or not dead(task):
            own = cgroupns.of(tx, node.task, number)
            path = cgroupns.path(tx, own, cgroupns.root_of(tx, caller, number))
            path += " (deleted)" * (number == UNIFIED and tx.get(Cgroup, own).removed)
        lines.append(f"{number}:{','.join(names)}:{path}\n")
    return "".join(lines)


def _offered(tx: Transaction) -> bool:
    return not on_mainline(tx)


@task_file("containers", present=_offered)
def containers(tx: Transaction, caller: TaskId, node: TaskNode) -> str:
    """``NUMBER:SUBSYSTEMS:PATH`` a line, the youngest hierarchy first, whoever reads.  The dead
    are in none."""
    del caller
    task = seen(tx, node)
    lines = []
    for key, record in sorted(tx.items(Hierarchy), reverse=True):
        if record.type == CONTAINERS and not dead(task):
            where = cgroupns.path(tx, cgroupns.of(tx, node.task, HierarchyId(key)), record.root)
            lines.append(f"{key}:{','.join(record.controllers)}:{where}\n")
    return "".join(lines)
