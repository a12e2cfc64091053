"""Classes of tasks (S0: CKRM), the rules that put tasks into them, and jobs.

Classes themselves are the records of :mod:`nsh.machine.cgroups`, in a hierarchy of their own.
"""

from collections.abc import Iterator
from typing import Final

from immutables import Map

from nsh.machine.cgroups import CLASSES, Cgroup, Hierarchy
from nsh.machine.ids import CgroupId
from nsh.machine.invariants import invariant
from nsh.machine.record import Record, table
from nsh.machine.shares import Shares
from nsh.machine.tasks import Task
from nsh.machine.value import Machine

ALL: Final = Shares()


@table
class ClassShares(Record):
    """What a class has of each resource; keyed by the class."""

    shares: Map[str, Shares] = Map()
    """By resource, where somebody has said so."""
    failures: int = 0
    """Forks in it that have found no room for another task."""
    total: int = 0
    """How many tasks the root has to give away."""

    def of(self, resource: str) -> Shares:
        """Those of one resource."""
        return self.shares.get(resource, ALL)


class Rule(Record):
    """Who is to be in which class."""

    name: str
    wanted: tuple[tuple[str, str], ...]
    """Attribute and value; all have to be so."""
    path: str
    """Of the class."""


@table
class Rules(Record):
    """The classification engine's (one row, key 0): the first that fits holds."""

    rules: tuple[Rule, ...]


@table
class InJob(Record):
    """The job that a process is in, for good; keyed by the process."""

    number: int
    """What the kernel calls its leader, or called it."""


@invariant
def _classes(machine: Machine) -> Iterator[str]:
    """Every class has its shares, and nothing else has."""
    for key, _shares in machine.items(ClassShares):
        cgroup = machine.find(Cgroup, key)
        hierarchy = None if cgroup is None else machine.find(Hierarchy, cgroup.hierarchy)
        if cgroup is None or cgroup.removed or hierarchy is None or hierarchy.type != CLASSES:
            yield f"class {key} has shares, and is gone or none"
    for key, cgroup in machine.items(Cgroup):
        hierarchy = machine.find(Hierarchy, cgroup.hierarchy)
        of_classes = hierarchy is not None and hierarchy.type == CLASSES
        if of_classes and not cgroup.removed and machine.find(ClassShares, key) is None:
            yield f"class {CgroupId(key)} has no shares"


@invariant
def _jobs(machine: Machine) -> Iterator[str]:
    """Who is in a job is a process."""
    for key, _job in machine.items(InJob):
        task = machine.find(Task, key)
        if task is None or task.leader != key:
            yield f"{key} is in a job, and no process"
