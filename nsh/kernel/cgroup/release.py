"""Whom the kernel tells that a cgroup of the first version is empty (cgroups(7), "Cgroup v1 release
notification"; cgroup1_release_agent).

Where ``notify_on_release`` is 1, the hierarchy's ``release_agent`` is run when the last task leaves
a cgroup with no others in it, or the last cgroup is removed from one with no tasks.
"""

from nsh.kernel import cgroupns
from nsh.kernel.cgroup import population
from nsh.machine.cgroups import CONTAINERS, Cgroup, Hierarchy
from nsh.machine.ids import NOBODY, CgroupId, TaskId
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction


def check(tx: Transaction, cgroup: CgroupId, besides: TaskId = NOBODY) -> None:
    """Something has left *cgroup*, or the dying task *besides* is about to: run the agent, with its
    path in the hierarchy, if that was the last (cgroup1_check_for_release)."""
    record = tx.get(Cgroup, cgroup)
    marked = record.notify_on_release or record.auto_delete
    if not marked or record.children or record.removed:
        return
    hierarchy = tx.get(Hierarchy, record.hierarchy)
    agent = hierarchy.release_agent if record.notify_on_release else ""
    if not (agent or record.auto_delete) or cgroup == hierarchy.root:
        return
    gone = {besides, *tx.deaths}
    others = (tx.get(Task, each) for each in population.placed(tx, cgroup) if each not in gone)
    if any(task.context for task in others):  # an init that waits for its namespace's end is one
        return
    if hierarchy.type == CONTAINERS:
        from nsh.kernel.subsystems import removal  # noqa: PLC0415  # where there are containers

        if removal.by_itself(tx, cgroup):
            return
    if agent:
        from nsh.kernel import umh  # noqa: PLC0415  # few hierarchies have an agent

        umh.call(tx, (agent, cgroupns.path(tx, cgroup, hierarchy.root)))
