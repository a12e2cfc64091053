"""What counts and restrains in cgroups, and in which hierarchy (``struct cgroup_subsys``).

A controller is of one hierarchy.  Those that no hierarchy of the first version has are the unified
one's, where each is enabled for the cgroups in one by ``cgroup.subtree_control``.
"""

from collections.abc import Callable, Iterable
from typing import Final, TypeVar

from immutables import Map
from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.files import S_IFREG
from nsh.kernel.cgroup import cftypes, tree
from nsh.machine.cgroups import CONTROLLERS, UNIFIED, Cgroup, Hierarchy, InCgroups
from nsh.machine.files import Attributes
from nsh.machine.ids import CgroupId, HierarchyId
from nsh.machine.value import Transaction

Begins = Callable[[Transaction, CgroupId, int], None]
Ends = Callable[[Transaction, CgroupId], None]


R = TypeVar("R", bound="Controller")


class Controller:
    """One, as registered."""

    def __init__(self, *, unified: bool) -> None:
        self.unified = unified
        """Whether the second version has it."""
        self.begin: list[Begins] = []
        """Told of a cgroup, no root, in which it counts from now on, and how many are there."""
        self.end: list[Ends] = []
        """Told of one in which it counts no more."""

    asks_how_many = True
    """Whether it wants to know how many tasks are there when it begins somewhere."""

    def begins(self, hook: Begins) -> Begins:
        """Register who is told that it begins somewhere."""
        self.begin.append(hook)
        return hook

    def ends(self, hook: Ends) -> Ends:
        """Register who is told that it ends somewhere."""
        self.end.append(hook)
        return hook


_known: Final[dict[str, Controller]] = {}


def controller(name: str, *, unified: bool) -> Controller:
    """Register a controller."""
    return register(name, Controller(unified=unified))


def register(name: str, known: R) -> R:
    """Register a controller that has been made."""
    _known[name] = known
    return known


def hierarchy(tx: Transaction, name: str) -> HierarchyId:
    """Whose a controller is."""
    found = (key for key, record in tx.items(Hierarchy) if name in record.controllers)
    return next((HierarchyId(key) for key in found), UNIFIED)


def offered(name: str) -> bool:
    """Whether the unified hierarchy can have it."""
    return name in _known and _known[name].unified


def available(tx: Transaction, cgroup: CgroupId) -> tuple[str, ...]:
    """The controllers that may be enabled below *cgroup* of the unified hierarchy, and count in it:
    those that the one above has enabled (cgroup_control)."""
    record = tx.get(Cgroup, cgroup)
    if record.parent != cgroup:
        return tx.get(Cgroup, record.parent).enabled
    return tuple(name for name in CONTROLLERS if offered(name) and hierarchy(tx, name) == UNIFIED)


def counting(tx: Transaction, cgroup: CgroupId) -> tuple[str, ...]:
    """The controllers that count in *cgroup*, no root."""
    number = tx.get(Cgroup, cgroup).hierarchy
    return available(tx, cgroup) if number == UNIFIED else tx.get(Hierarchy, number).controllers


def begin(tx: Transaction, cgroup: CgroupId, names: Iterable[str], uid: int, gid: int) -> None:
    """Let controllers count in *cgroup*, whose new files are somebody's.  EEXIST: a cgroup in it is
    called as one of them."""
    record = tx.get(Cgroup, cgroup)
    own = record.files
    known, root = cftypes.table(tx, record.hierarchy), record.parent == cgroup
    for name in names:
        for file, mode in cftypes.files(known, root=root, controller=name):
            if file in record.children:
                raise Errno.EEXIST(f"a cgroup in {record.name or 'the root'} is called {file}")
            attributes = Attributes(tx.fresh(), S_IFREG | mode, uid=uid, gid=gid, mtime=tx.clock)
            own = own.set(file, attributes)
    tx.put(cgroup, replace(record, files=own))
    counting = any(_known[name].asks_how_many for name in names)
    there = _there(tx, cgroup) if counting else 0
    for name in names:
        for hook in _known[name].begin:
            hook(tx, cgroup, there)


def _there(tx: Transaction, cgroup: CgroupId) -> int:
    number = tx.get(Cgroup, cgroup).hierarchy
    places = (row.cgroups.get(number) for _key, row in tx.items(InCgroups))
    return sum(1 for each in places if each is not None and tree.is_below(tx, each, cgroup))


def end(tx: Transaction, cgroup: CgroupId, names: Iterable[str]) -> None:
    """Let controllers count in *cgroup* no more."""
    record = tx.get(Cgroup, cgroup)
    own: Map[str, Attributes] = record.files
    known, root = cftypes.table(tx, record.hierarchy), record.parent == cgroup
    for name in names:
        for file, _mode in cftypes.files(known, root=root, controller=name):
            if file in own:  # somebody may have removed it (policy container.rmdir)
                own = own.delete(file)
        for hook in _known[name].end:
            hook(tx, cgroup)
    tx.put(cgroup, replace(record, files=own))


def check_free(tx: Transaction, wanted: Iterable[str]) -> None:
    """EBUSY: another hierarchy has one of them, or the unified one counts in cgroups by it
    (rebind_subsystems)."""
    for name in wanted:
        if hierarchy(tx, name) != UNIFIED:
            record = tx.get(Hierarchy, hierarchy(tx, name))
            unseen = ", which is mounted nowhere: it has cgroups, be it of the dead"
            said = f"another hierarchy has {name}"
            raise Errno.EBUSY(said if record.superblock else said + unseen)
        for _key, cgroup in tx.items(Cgroup):
            if cgroup.hierarchy == UNIFIED and name in cgroup.enabled and cgroup.children:
                raise Errno.EBUSY(f"the unified hierarchy counts by the controller {name}")


def take_from_unified(tx: Transaction, wanted: Iterable[str]) -> None:
    """The root of the unified hierarchy has them enabled no more."""
    record = tx.find(Hierarchy, UNIFIED)
    if record is None:
        return
    root = tx.get(Cgroup, record.root)
    left = tuple(name for name in root.enabled if name not in wanted)
    if left != root.enabled:
        tx.put(record.root, replace(root, enabled=left))
