"""Cgroups in hierarchies of the first version and in the unified one, and cgroup namespaces
(cgroups(7), cgroup_namespaces(7)).

A task that is in no row of :class:`InCgroups`, or has no entry there, is in the root of every
hierarchy: so a machine where nobody made a cgroup has none of these rows.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from immutables import Map

from nsh.machine.checkpoint import is_held
from nsh.machine.files import Attributes, File, Opened, Superblock, SuperblockId
from nsh.machine.ids import FIRST_USER, CgroupId, HierarchyId, NamespaceId
from nsh.machine.invariants import invariant
from nsh.machine.mounts import nodes
from nsh.machine.namespaces import Namespace, keeps
from nsh.machine.record import Record, table
from nsh.machine.tasks import Creds, Flag, State, Task
from nsh.machine.value import Machine, Transaction

UNIFIED: Final = HierarchyId(0)
"""The number of the unified hierarchy, cgroup2's: it begins when it is mounted first, and stays."""
UNLIMITED: Final = (1 << 31) - 1
LEGACY, UNIFIED_TYPE, CONTAINERS, CLASSES = "cgroup", "cgroup2", "container", "rcfs"
CONTROLLERS: Final = ("freezer", "pids")
"""Those of this machine, in the kernel's order.  Each is one hierarchy's; of no other, it is the
unified one's."""


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
    controllers: tuple[str, ...] = ()
    """Of a hierarchy of the first version; the unified one has the rest."""
    superblock: SuperblockId = SuperblockId(0)
    """What shows it; 0: it is mounted nowhere, and stays for the cgroups in it."""
    options: tuple[str, ...] = ()
    """What the unified one was mounted with last, as /proc/mounts has it; of one of the first
    version, what it began with."""
    release_agent: str = ""
    """What program is run for a cgroup of the first version that is empty; "": none."""
    type: str = LEGACY
    """What file system shows it, which also says what sort of cgroups it has: those of either
    version, process containers (S1) or classes (S0)."""


@table
class Hierarchies(Record):
    """Of those of the first version (one row, key 0)."""

    last: HierarchyId
    """The number of the youngest that there has been."""
    warned: bool = False
    """It has been said that their freezer is a poor one."""


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
    clone_children: bool = False
    """A mark of the first version, for children to have too, that means something to cpusets."""
    notify_on_release: bool = False
    """A mark of the first version, for children to have too: the release agent is run for it."""
    auto_delete: bool = False
    """A mark of process containers, for children to have too: it is removed once it is empty."""
    # ---- in the unified hierarchy ----
    enabled: tuple[str, ...] = ()
    """The controllers that count in each cgroup in it (``cgroup.subtree_control``)."""
    threaded: bool = False
    """It has no domain of its own: it is in that of the next one above that is not so."""
    freeze: bool = False
    """Who is in it or below is not to run (``cgroup.freeze``)."""
    frozen_since: int | None = None
    """When it was asked for, here or above, that who is in it does not run; None: they may."""
    frozen_before: int = 0
    """For how long that had been asked for before, in nanoseconds."""
    max_depth: int = UNLIMITED
    """How many levels may be below it."""
    max_descendants: int = UNLIMITED
    """How many cgroups may be below it."""


@table
class InCgroups(Record):
    """Where a task is, keyed by TaskId (``struct css_set``)."""

    cgroups: Map[HierarchyId, CgroupId]
    """Hierarchy -> cgroup, where that is not the root.  Never empty.  The dead are members of none,
    and count among the users of those that they died in."""


@table
class Arrival(Record):
    """When a task came to where it is in the unified hierarchy, if it was not born there."""

    number: int
    """A later one, and a task that is born later, has a higher one."""


@table
class PidsCgroup(Record):
    """What the controller of pids knows of a cgroup that it counts in; keyed by the cgroup.  No
    root is counted."""

    current: int = 0
    """Tasks that are in it or below, and the dead that are to be reaped."""
    peak: int = 0
    """The most that there have been."""
    limit: int = UNLIMITED
    rejected: int = 0
    """Forks that have failed here, in whosever limit."""
    events: int = 0
    """Forks that have failed in its limit, or in one below."""
    local_events: int = 0
    """Forks that have failed in its own limit."""


@table
class FreezerCgroup(Record):
    """A cgroup that is frozen by the freezer of the first version (``freezer.state``); keyed by it.
    Those below are so by that."""


@table
class OpenNode(Record):
    """A file of a cgroup that tells of its changes, while somebody has it open; keyed by its inode
    number (``struct kernfs_open_node``)."""

    files: int
    """How many open files there are of it."""
    event: int
    """The number of its last change."""
    said: str
    """What ``cgroup.events`` says; of another file nothing."""


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
    inode: int = 0
    """Of the file; a directory has none here."""
    event: int = 0
    """The number of the last change that its reader knows."""


def above(machine: Machine | Transaction, cgroup: CgroupId) -> Iterator[CgroupId]:
    """*cgroup* itself and those that it is in, innermost first."""
    while True:
        yield cgroup
        parent = machine.get(Cgroup, cgroup).parent
        if parent == cgroup:
            return
        cgroup = parent


def is_freezing(machine: Machine | Transaction, cgroup: CgroupId) -> bool:
    """Whether the freezer of the first version has frozen *cgroup*, or one above."""
    return any(machine.find(FreezerCgroup, each) is not None for each in above(machine, cgroup))


def is_frozen(machine: Machine | Transaction, task: int) -> bool:
    """Whether that freezer has frozen a task, or a checkpoint its container."""
    row = machine.find(InCgroups, task) if machine.count(FreezerCgroup) else None
    frozen = row is not None and any(is_freezing(machine, each) for each in row.cgroups.values())
    return frozen or is_held(machine, task)


def dead(task: Task) -> bool:
    """Whether a task has left its cgroups, as who dies does at once (cgroup_task_exit)."""
    return task.state is State.ZOMBIE or not task.context or bool(task.flags & Flag.EXITING)


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
def _open_nodes(machine: Machine) -> Iterator[str]:
    """What tells of its changes counts who has it open."""
    files: Counter[int] = Counter()
    for _key, file in machine.items(File):
        files[file.opened.inode if isinstance(file.opened, CgroupFile) else 0] += 1
    for key, node in machine.items(OpenNode):
        if node.files != files[key]:
            yield f"file {key} of a cgroup is open {node.files} times, there are {files[key]}"


@invariant
def _in_cgroups(machine: Machine) -> Iterator[str]:
    """Tasks are in one of each hierarchy, the living in none that has been removed; so are
    namespaces' roots."""
    for key, row in machine.items(InCgroups):
        task = machine.find(Task, key)
        if task is None or not row.cgroups:
            yield f"task {key} is in cgroups, and gone or in none"
            continue
        gone = dead(task)
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
    """Who is in a frozen cgroup does not run, but the kernel's own; and nobody else is frozen."""
    trapping: set[CgroupId] = set()
    freezing: set[CgroupId] = set()
    for key, cgroup in machine.items(Cgroup):  # who is below another one has a higher key
        if cgroup.freeze or cgroup.parent in trapping:
            trapping.add(CgroupId(key))
        if not cgroup.removed and (cgroup.frozen_since is not None) != (key in trapping):
            yield f"cgroup {key} is frozen, and since never; or not, and since some time"
        if machine.find(FreezerCgroup, key) is not None or cgroup.parent in freezing:
            freezing.add(CgroupId(key))
    for key, task in machine.items(Task):
        row = machine.find(InCgroups, key)
        places = set() if row is None else set(row.cgroups.values())
        wanted = State.TRAPPED if places & trapping else State.ALIVE
        wanted = State.FROZEN if places & freezing or is_held(machine, key) else wanted
        exempt = task.flags & (Flag.KTHREAD | Flag.EXITING)
        if task.state not in (State.STOPPED, State.ZOMBIE, wanted) and not exempt:
            yield f"task {key} is {task.state.name}, and its cgroups want it {wanted.name}"


@invariant
def _arrivals(machine: Machine) -> Iterator[str]:
    """Nobody has come who is not there."""
    for key, _arrival in machine.items(Arrival):
        if machine.find(Task, key) is None:
            yield f"task {key} came to a cgroup, and is gone"


@invariant
def _pids(machine: Machine) -> Iterator[str]:
    """The controller of pids counts whoever is there, in cgroups that are counted in."""
    counted: Counter[int] = Counter()
    for _key, row in machine.items(InCgroups):
        for place in row.cgroups.values():
            counted.update(above(machine, place) if machine.find(Cgroup, place) else ())
    for key, pids in machine.items(PidsCgroup):
        if machine.find(Cgroup, key) is None:
            yield f"tasks are counted in cgroup {key}, which is gone"
        if pids.current != counted[key] or pids.peak < pids.current:
            yield f"cgroup {key} counts {pids.current} tasks, of at most {pids.peak}"
    for key, _frozen in machine.items(FreezerCgroup):
        if machine.find(Cgroup, key) is None:
            yield f"cgroup {key} is frozen, and gone"


@invariant
def _hierarchies(machine: Machine) -> Iterator[str]:
    """What shows a hierarchy is a file system of cgroups, of one hierarchy each; and so is a
    controller one hierarchy's."""
    shown: Counter[int] = Counter()
    held: Counter[str] = Counter()
    for key, record in machine.items(Hierarchy):
        held.update(record.controllers)
        if record.type == LEGACY and not {*record.controllers} <= {*CONTROLLERS}:
            yield f"hierarchy {key} has a controller that there is not"
        if (key == UNIFIED) != (record.type == UNIFIED_TYPE):
            yield f"hierarchy {key} is a {record.type}"
        root = machine.find(Cgroup, record.root)
        if root is None or root.hierarchy != key:
            yield f"hierarchy {key} has a root that is in another"
        if record.superblock:
            shown[record.superblock] += 1
            superblock = machine.find(Superblock, record.superblock)
            if superblock is None or superblock.type != record.type:
                yield f"hierarchy {key} is shown by another file system"
    for name in sorted(name for name, many in held.items() if many > 1):
        yield f"the controller {name} is of {held[name]} hierarchies"
    for key, each in machine.items(Superblock):
        if each.type in (LEGACY, UNIFIED_TYPE, CONTAINERS, CLASSES) and shown[key] != 1:
            yield f"file system {key} shows {shown[key]} hierarchies"
