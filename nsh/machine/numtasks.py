"""How many tasks a container may have: shares among siblings (S1: ResGroups and numtasks)."""

from collections import Counter
from collections.abc import Iterator

from nsh.machine.cgroups import Cgroup, Hierarchy, InCgroups, above, dead
from nsh.machine.ids import CgroupId
from nsh.machine.invariants import invariant
from nsh.machine.record import Record, table
from nsh.machine.shares import Shares
from nsh.machine.subsystems import Subsystems
from nsh.machine.tasks import Task
from nsh.machine.value import Machine


@table
class Numtasks(Record):
    """Of one container, whose key it has."""

    tasks: int = 0
    """Living ones, in it and below."""
    most: int = 0
    """How many there have been at once."""
    shares: Shares = Shares()
    """Both of its children's are told in as many parts."""
    failures: int = 0
    """Forks that have found no room in it, or in one around it."""
    total: int = 0
    """How many the root has to give away."""


@invariant
def _counted(machine: Machine) -> Iterator[str]:
    """Each counts those who live in it."""
    row = machine.find(Subsystems, 0)
    number = None if row is None else row.bound.get("numtasks")
    if number is None:
        if machine.count(Numtasks):
            yield "tasks are counted in containers of no hierarchy"
        return
    there: Counter[CgroupId] = Counter()
    root = machine.get(Hierarchy, number).root
    for key, task in machine.items(Task):
        if not dead(task):
            placed = machine.find(InCgroups, key)
            where = None if placed is None else placed.cgroups.get(number)
            there.update(above(machine, where or root))
    for key, numtasks in machine.items(Numtasks):
        cgroup = machine.find(Cgroup, key)
        if cgroup is None or cgroup.removed:
            yield f"tasks are counted in container {key}, which is gone"
            continue
        if numtasks.tasks != there[CgroupId(key)] or numtasks.most < numtasks.tasks:
            found = there[CgroupId(key)]
            yield f"container {key} counts {numtasks.tasks} tasks, and there are {found}"
