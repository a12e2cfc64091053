"""Processors and memory nodes of containers (S1: cpusets, and memsets, split from them)."""

from collections.abc import Iterator

from nsh.machine.cgroups import Cgroup
from nsh.machine.invariants import invariant
from nsh.machine.record import Record, table
from nsh.machine.value import Machine


class Mask(Record):
    """What a container may use."""

    bits: int = 0
    """Bit N: number N."""
    exclusive: bool = False
    """No sibling may use any of it."""


@table
class Cpuset(Mask):
    """Its processors; keyed by the container."""


@table
class Memset(Mask):
    """Its memory nodes; keyed by the container."""


def listed(bits: int) -> str:
    """As ``0-1,3``."""
    ranges: list[tuple[int, int]] = []
    for number in range(bits.bit_length()):
        if bits >> number & 1:
            if ranges and ranges[-1][1] == number - 1:
                ranges[-1] = ranges[-1][0], number
            else:
                ranges.append((number, number))
    return ",".join(f"{first}-{last}" if first != last else f"{first}" for first, last in ranges)


@invariant
def _nested(machine: Machine) -> Iterator[str]:
    """Each is within the one around it, and apart from siblings where one is exclusive."""
    for kind in (Cpuset, Memset):
        for key, mask in machine.items(kind):
            cgroup = machine.find(Cgroup, key)
            around = None if cgroup is None else machine.find(kind, cgroup.parent)
            if cgroup is None or cgroup.removed or around is None:
                yield f"{kind.__name__} {key} is of a container that is gone, or of none"
                continue
            if mask.bits & ~around.bits or mask.exclusive > around.exclusive:
                yield f"{kind.__name__} {key} is not within the one around it"
            alone = mask.exclusive and cgroup.parent != key
            siblings = machine.get(Cgroup, cgroup.parent).children.values()
            for other in siblings if alone else ():
                rest = machine.find(kind, other)
                if other != key and rest is not None and rest.bits & mask.bits:
                    yield f"{kind.__name__} {key} is exclusive, and {other} has some of it"
