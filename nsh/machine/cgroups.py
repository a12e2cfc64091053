"""Cgroups in named hierarchies and in the unified one, and cgroup namespaces (cgroups(7),
cgroup_namespaces(7)).

A task that is in no row of :class:`InCgroups`, or has no entry there, is in the root of every
hierarchy: so a machine where nobody made a cgroup has none of these rows.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from immutables import Map

from nsh.machine.files import Attributes, File, Opened, Superblock, SuperblockId
from nsh.machine.ids import FIRST_USER, CgroupId, HierarchyId, NamespaceId
from nsh.machine.invariants import invariant
from nsh.machine.mounts import nodes
from nsh.machine.namespaces import Namespace, keeps
from nsh.machine.record import Record, table
from nsh.machine.tasks import Creds, Flag, State, Task
from nsh.machine.value import Machine

UNIFIED: Final = HierarchyId(0)
"""The number of the unified hierarchy, cgroup2's: it begins when it is mounted first, and stays."""
UNLIMITED: Final = (1 << 31) - 1


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
    options: tuple[str, ...] = ()
    """What the unified one was mounted with last, as /proc/mounts has it."""


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
    """Places on it and its files, namespaces whose root it is, cgroups made in it, and the dead."""
    removed: bool = False
    # ---- in the unified hierarchy ----
    threaded: bool = False
    """It has no domain of its own: it is in that of the next one above that is not so."""
    freeze: bool = False
    """Who is in it or below is not to run (``cgroup.freeze``)."""
    max_depth: int = UNLIMITED
    """How many levels may be below it."""
    max_descendants: int = UNLIMITED
    """How many cgroups may be below it."""


@table
class InCgroups(Record):
    """Where a task is, keyed by TaskId (``struct css_set``)."""

    cgroups: Map[HierarchyId, CgroupId]
    """Hierarchy -> cgroup, where that is not the root.  Never empty.  The dead have left all but
    the unified one's, which counts them among its users."""


class CgroupNode(Record):
    """The node of a cgroup's directory, or of a file in it."""

    cgroup: CgroupId
    file: str = ""


class CgroupFile(Opened):
    """What an open file of a cgroup keeps."""

    opener: Creds | None
    """By whose right it is written to, whoever does so; None: it is not open for that."""
    space: NamespaceId
    """The cgroup namespace of who opened it,"""
    root: CgroupId
    """and what that shows as the root of the unified hierarchy; 0 before there is one."""
    data: bytes = b""
    """What its reader has been told."""


def dead(task: Task) -> bool:
    """Whether a task has left its cgroups, as who dies does at once (cgroup_task_exit)."""
    return task.state is State.ZOMBIE or bool(task.flags & Flag.EXITING)


@keeps
def _openers(machine: Machine) -> Iterator[int]:
    """An open file keeps the user namespace of whose right it goes by."""
    for _key, file in machine.items(File):
        opened = file.opened
        opener = opened.opener if isinstance(opened, CgroupFile) else None
        if opener is not None and opener.userns != FIRST_USER:
            yield opener.userns


@invariant
def _cgroups(machine: Machine) -> Iterator[str]:
    """A cgroup is known where it is, and counts who refers to it."""
    users: Counter[int] = Counter()
    users.update(node.cgroup for node in nodes(machine) if isinstance(node, CgroupNode))
    for _key, space in machine.items(CgroupSpace):
        users.update(space.roots.values())
    for key, row in machine.items(InCgroups):
        task = machine.find(Task, key)
        if task is not None and dead(task):
            users.update(row.cgroups.values())
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
    """The living are in one of each hierarchy, the dead in none but the unified one; so are
    namespaces' roots."""
    for key, row in machine.items(InCgroups):
        task = machine.find(Task, key)
        if task is None or not row.cgroups:
            yield f"task {key} is in cgroups, and gone or in none"
            continue
        gone = dead(task)
        if gone and set(row.cgroups) != {UNIFIED}:
            yield f"task {key} is dead, and in a cgroup of another hierarchy than the unified one"
        for number, cgroup in row.cgroups.items():
            found = machine.find(Cgroup, cgroup)
            if (
                found is None
                or found.hierarchy != number
                or (found.removed and not gone)
                or found.parent == cgroup
            ):
                yield f"task {key} is in cgroup {cgroup}, which is gone, a root, or elsewhere"
    for key, space in machine.items(CgroupSpace):
        for number, cgroup in space.roots.items():
            found = machine.find(Cgroup, cgroup)
            if found is None or found.hierarchy != number:
                yield f"cgroup namespace {key} has a root in another hierarchy"


@invariant
def _frozen(machine: Machine) -> Iterator[str]:
    """Who is in a frozen cgroup does not run, but the kernel's own; and nobody else is trapped."""
    frozen = _to_be_frozen(machine)
    for key, task in machine.items(Task):
        row = machine.find(InCgroups, key)
        held = row is not None and row.cgroups.get(UNIFIED) in frozen
        if task.state is State.TRAPPED and not held:
            yield f"task {key} is frozen, and its cgroup is not"
        if held and task.state is State.ALIVE and not task.flags & (Flag.KTHREAD | Flag.EXITING):
            yield f"task {key} may run in a frozen cgroup"


def _to_be_frozen(machine: Machine) -> set[CgroupId]:
    """The cgroups of the unified hierarchy that are to be frozen, or are below such a one."""
    found: set[CgroupId] = set()
    for key, cgroup in machine.items(Cgroup):  # who is below another one has a higher key
        if cgroup.hierarchy == UNIFIED and (cgroup.freeze or cgroup.parent in found):
            found.add(CgroupId(key))
    return found


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
            kind = "cgroup" if key else "cgroup2"
            if superblock is None or superblock.type != kind:
                yield f"hierarchy {key} is shown by another file system"
    for key, each in machine.items(Superblock):
        if each.type in ("cgroup", "cgroup2") and shown[key] != 1:
            yield f"file system {key} shows {shown[key]} hierarchies"
