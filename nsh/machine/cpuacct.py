"""What containers' tasks have done (S1: the simple CPU accounting subsystem)."""

from collections.abc import Iterator

from nsh.machine.cgroups import Cgroup
from nsh.machine.invariants import invariant
from nsh.machine.record import Record, table
from nsh.machine.value import Machine


@table
class CpuUsage(Record):
    """Of one container, whose key it has."""

    steps: int = 0
    """Calls of the kernel by who was in it, or in one below, at that time."""


@invariant
def _of_containers(machine: Machine) -> Iterator[str]:
    """They are of containers that there are."""
    for key, usage in machine.items(CpuUsage):
        cgroup = machine.find(Cgroup, key)
        if cgroup is None or cgroup.removed or usage.steps < 0:
            yield f"usage {key} is of a container that is gone, or less than nothing"
