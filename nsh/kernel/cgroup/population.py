"""Who is in which cgroup (cgroups(7); css_task_iter_start, cgroup_is_populated)."""

from nsh.kernel import cgroupns
from nsh.machine.cgroups import Cgroup, InCgroups, dead
from nsh.machine.ids import NOBODY, CgroupId, TaskId
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction


def members(tx: Transaction, cgroup: CgroupId) -> list[TaskId]:
    """The living tasks in a cgroup.  O(tasks) for a root, else O(tasks in cgroups)."""
    return [key for key in placed(tx, cgroup) if not dead(tx.get(Task, key))]


def placed(tx: Transaction, cgroup: CgroupId) -> list[TaskId]:
    """The same with the dead that are to be reaped."""
    record = tx.get(Cgroup, cgroup)
    if record.parent == cgroup:
        number = record.hierarchy
        everybody = (TaskId(key) for key, _task in tx.items(Task))
        return [key for key in everybody if cgroupns.of(tx, key, number) == cgroup]
    rows = tx.items(InCgroups)
    return [TaskId(key) for key, row in rows if row.cgroups.get(record.hierarchy) == cgroup]


def populated(tx: Transaction, cgroup: CgroupId, besides: TaskId = NOBODY) -> bool:
    """Whether a living task, not counting *besides*, is in *cgroup*, no root, or below
    (cgroup_is_populated)."""
    number = tx.get(Cgroup, cgroup).hierarchy
    for key, row in tx.items(InCgroups):
        where = row.cgroups.get(number)
        if where is not None and key != besides and not dead(tx.get(Task, key)):
            while where != cgroup and (parent := tx.get(Cgroup, where).parent) != where:
                where = parent
            if where == cgroup:
                return True
    return False
