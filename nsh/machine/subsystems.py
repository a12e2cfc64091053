"""Which subsystems are bound to hierarchies of process containers (S1: Generic Process Containers).

Containers themselves are the records of :mod:`nsh.machine.cgroups`: they were the same thing before
it was called cgroups.
"""

from collections.abc import Iterator

from immutables import Map

from nsh.machine.cgroups import CONTAINERS, Hierarchy
from nsh.machine.ids import HierarchyId
from nsh.machine.invariants import invariant
from nsh.machine.record import Record, table
from nsh.machine.value import Machine


@table
class Subsystems(Record):
    """One row, key 0, as long as there is such a hierarchy."""

    bound: Map[str, HierarchyId]
    """Subsystem -> the hierarchy that it is bound to; never empty."""


@invariant
def _bound(machine: Machine) -> Iterator[str]:
    """Hierarchies and their subsystems know each other."""
    said = {
        (name, key)
        for key, record in machine.items(Hierarchy)
        if record.type == CONTAINERS
        for name in record.controllers
    }
    row = machine.find(Subsystems, 0)
    known = set() if row is None else set(row.bound.items())
    if said != known or (row is not None and not known):
        yield f"subsystems are bound as {sorted(known)}, hierarchies have {sorted(said)}"
