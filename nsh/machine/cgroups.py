"""Cgroups in named hierarchies without controllers, and cgroup namespaces (cgroups(7),
cgroup_namespaces(7)).

A task that is in no row of :class:`InCgroups`, or has no entry there, is in the root of every
hierarchy: so a machine where nobody made a cgroup has none of these rows.
"""

from collections import Counter
from collections.abc import Iterator

from immutables import Map

from nsh.machine.files import Attributes, Superblock, SuperblockId
from nsh.machine.ids import CgroupId, HierarchyId
from nsh.machine.invariants import invariant
from nsh.machine.mounts import nodes
from nsh.machine.namespaces import Namespace
from nsh.machine.record import Record, table
from nsh.machine.tasks import State, Task
from nsh.machine.value import Machine


@table
class CgroupSpace(Namespace):
    """One cgroup namespace."""

    roots: Map[HierarchyId, CgroupId] = Map()
    """Hierarchy -> the cgroup that is shown as its root, where that is not the root itself."""


@table
class Hierarchy(Record):
    """One tree of cgroups; its key is its number in /proc/PID/cgroup."""

    name: str
    root: CgroupId
    superblock: SuperblockId = SuperblockId(0)
    """What shows it; 0: it is mounted nowhere, and stays for the cgroups in it."""


@table
class Hierarchies(Record):
    """The number of the last hierarchy (one row, key 0)."""

    last: HierarchyId


@table
class Cgroup(Record):
    """One cgroup.  A removed one stays while something refers to it."""

    hierarchy: HierarchyId
    parent: CgroupId
    """Its own key for the root."""
    name: str
    files: Map[str, Attributes]
    """Its directory, called "", and the files in it."""
    children: Map[str, CgroupId] = Map()
    users: int = 0
    """Places on it and its files, namespaces whose root it is, and cgroups made in it."""
    removed: bool = False


@table
class InCgroups(Record):
    """Where a task is, keyed by TaskId (``struct css_set``)."""

    cgroups: Map[HierarchyId, CgroupId]
    """Hierarchy -> cgroup, where that is not the root.  Never empty."""


class CgroupNode(Record):
    """The node of a cgroup's directory, or of a file in it."""

    cgroup: CgroupId
    file: str = ""


@invariant
def _cgroups(machine: Machine) -> Iterator[str]:
    """A cgroup is known where it is, and counts who refers to it."""
    users: Counter[int] = Counter()
    users.update(node.cgroup for node in nodes(machine) if isinstance(node, CgroupNode))
    for _key, space in machine.items(CgroupSpace):
        users.update(space.roots.values())
    for key, cgroup in machine.items(Cgroup):
        if cgroup.parent != key:
            users[cgroup.parent] += 1
    for key, cgroup in machine.items(Cgroup):
        if cgroup.users != users.pop(key, 0):
            yield f"cgroup {key} miscounts its {cgroup.users} users"
        if cgroup.removed:
            if cgroup.children or not cgroup.users:
                yield f"cgroup {key} is removed, and has children or no users"
            continue
        above = machine.find(Cgroup, cgroup.parent)
        if cgroup.parent == key:
            hierarchy = machine.find(Hierarchy, cgroup.hierarchy)
            if hierarchy is None or hierarchy.root != key:
                yield f"cgroup {key} is in nothing, and no hierarchy's root"
        elif above is None or above.children.get(cgroup.name) != key:
            yield f"cgroup {key} is unknown to {cgroup.parent}, which it is in"
        for name, child in sorted(cgroup.children.items()):
            below = machine.find(Cgroup, child)
            if below is None or below.parent != key:
                yield f"cgroup {key} has {name}, which is not in it"
    for key in sorted(+users):
        yield f"cgroup {key} is gone, and {users[key]} refer to it"


@invariant
def _in_cgroups(machine: Machine) -> Iterator[str]:
    """The living alone are in cgroups, and in one of each hierarchy; so are namespaces' roots."""
    for key, row in machine.items(InCgroups):
        task = machine.find(Task, key)
        if task is None or task.state is State.ZOMBIE or not row.cgroups:
            yield f"task {key} is in cgroups, and dead or in none"
        for number, cgroup in row.cgroups.items():
            found = machine.find(Cgroup, cgroup)
            if (
                found is None
                or found.hierarchy != number
                or found.removed
                or found.parent == cgroup
            ):
                yield f"task {key} is in cgroup {cgroup}, which is gone, a root, or elsewhere"
    for key, space in machine.items(CgroupSpace):
        for number, cgroup in space.roots.items():
            found = machine.find(Cgroup, cgroup)
            if found is None or found.hierarchy != number:
                yield f"cgroup namespace {key} has a root in another hierarchy"


@invariant
def _hierarchies(machine: Machine) -> Iterator[str]:
    """What shows a hierarchy is a file system of cgroups, of one hierarchy each."""
    shown: Counter[int] = Counter()
    for key, record in machine.items(Hierarchy):
        root = machine.find(Cgroup, record.root)
        if root is None or root.hierarchy != key:
            yield f"hierarchy {key} has a root that is in another"
        if record.superblock:
            shown[record.superblock] += 1
            superblock = machine.find(Superblock, record.superblock)
            if superblock is None or superblock.type != "cgroup":
                yield f"hierarchy {key} is shown by another file system"
    for key, each in machine.items(Superblock):
        if each.type == "cgroup" and shown[key] != 1:
            yield f"file system {key} shows {shown[key]} hierarchies"
