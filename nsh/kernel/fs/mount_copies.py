"""Copying trees of mounts, for a bind, for who is told, for a mount namespace (fs/namespace.c).

What hangs where, and which file systems that concerns, is found out first: a namespace whose tree
has not changed since is copied by the same plan.  Each row is written once, however many mounts
it has.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from typing import Final

from immutables import Map
from msgspec.structs import replace

from nsh.abi.files import MountFlag
from nsh.kernel.fs import files, mount_flags, mount_tree, peers
from nsh.kernel.fs.types import type_of
from nsh.machine.context import Place
from nsh.machine.files import Superblock, SuperblockId
from nsh.machine.ids import MountId, NamespaceId
from nsh.machine.mounts import Mount, MountSpace
from nsh.machine.record import Record
from nsh.machine.value import Transaction

Relate = Callable[[Transaction, MountId, MountId, Mount], peers.Related]
"""Called with (transaction, copy, original, the original's record) where that tells somebody, or is
told."""

_NOTHING: Map[Record, MountId] = Map()
_NOWHERE: Final = NamespaceId(0)
_UNBINDABLE: Final = int(MountFlag.MS_UNBINDABLE)
_KEPT: Final = ~_UNBINDABLE


class Planned(Record):
    """How a mount is to be copied.  Others are called by where they are in the plan."""

    key: MountId
    root: Record
    """What the copy shows at its top."""
    flags: int
    locks: int
    """Which of them are locked where it is copied for another user namespace."""
    above: int
    """The one that the copy hangs on; the first hangs nowhere."""
    node: Record | None
    """Over which node of that."""
    over: tuple[tuple[Record, int], ...]
    """What hangs on the copy, by the node that it covers."""


class Concerned(Record):
    """A file system that is to be told of copies."""

    superblock: SuperblockId
    mounts: int
    """How many copies are mounts of it."""
    covered: tuple[Record, ...]
    """Its nodes that something will hang on."""


class Plan(Record):
    """How a tree is to be copied."""

    mounts: tuple[Planned, ...]
    """How each of its mounts is, the top first, each before what hangs on it."""
    concerned: tuple[Concerned, ...]
    held: tuple[tuple[SuperblockId, Record, int], ...]
    """The nodes of file systems that are to be held, and how often."""


def copy_tree(
    tx: Transaction,
    key: MountId,
    root: Record | None = None,
    *,
    recursive: bool = True,
    with_spaces: bool = False,
    relate: Relate = peers.join,
) -> dict[MountId, MountId]:
    """Copies of *key* (showing *root* at its top) and of what hangs below that, hung on each
    other as they are, the top nowhere; old mount -> copy, the top first.

    Files of mount namespaces that hang below are left out, unless *with_spaces*, and mounts that
    are not to be bound.  ``relate`` makes a copy the original's peer, or whatever else it is to be.
    """
    planning = _Planning(tx, unbindable=False, recursive=recursive, with_spaces=with_spaces)
    top = tx.get(Mount, key)
    planning.add(key, top, top.root if root is None else root)
    return _perform(tx, planning.plan(), relate)


_last: tuple[MountSpace | None, Plan] = None, Plan((), (), ())
"""The mount namespace that was copied last, and how.  Only a cache: its record changes with its
tree, with whatever is mounted there, and with each remount."""


def copy_namespace(
    tx: Transaction,
    record: MountSpace,
    relate: Relate,
    *,
    space: NamespaceId,
    lock: bool,
    held: Iterable[tuple[Place, int]],
) -> dict[MountId, MountId]:
    """Copies of the whole tree of the namespace *record*, as :func:`copy_tree` has it, but also of
    mounts that are not to be bound.

    They are in the mount namespace *space*; who made it enlists them.  *lock*: that is of another
    user namespace, and they are locked.  What is *held* on the originals, so many times, is so on
    the copies too, and outside of the tree once more.
    """
    global _last  # noqa: PLW0603  # most containers are made of one
    known, plan = _last
    if record is not known:
        planning = _Planning(tx, unbindable=True)
        top = tx.get(Mount, record.root)
        planning.add(record.root, top, top.root)
        plan = planning.plan()
        _last = (record if planning.lasts else None), plan
    return _perform(tx, plan, relate, space, held, lock=lock)


class _Planning:
    """A tree that is to be copied, as it is looked through."""

    def __init__(
        self,
        tx: Transaction,
        *,
        unbindable: bool,
        recursive: bool = True,
        with_spaces: bool = False,
    ) -> None:
        self._tx = tx
        self._with_spaces = with_spaces
        self._unbindable = unbindable
        self._recursive = recursive
        self.lasts = True
        """Whether moving a directory cannot take out of sight what hangs in it."""
        self._mounts: list[Planned] = []
        self._mounts_of: Counter[SuperblockId] = Counter()
        self._covered: defaultdict[SuperblockId, list[Record]] = defaultdict(list)
        self._held: Counter[tuple[SuperblockId, Record]] = Counter()

    def add(
        self, key: MountId, mount: Mount, root: Record, above: int = -1, node: Record | None = None
    ) -> int:
        """Take in a mount, whose copy shows *root*, and what hangs below that."""
        at = len(self._mounts)
        locks = mount_flags.locks_of(mount)
        planned = Planned(key, root, mount.flags & _KEPT, locks, above, node, ())
        self._mounts.append(planned)
        sb = mount.superblock
        self._mounts_of[sb] += 1
        if root != self._tx.get(Superblock, sb).root:  # which needs nobody to hold it
            self._held[sb, root] += 1
        if self._recursive and mount.over:
            self._mounts[at] = replace(planned, over=tuple(self._over(mount, at, root)))
        return at

    def _over(self, mount: Mount, at: int, root: Record) -> Iterable[tuple[Record, int]]:
        tx, sb = self._tx, mount.superblock
        # what hangs further down comes along wherever its directory has been moved to (copy_tree)
        whole = at > 0 or root == tx.get(Superblock, sb).root
        self.lasts &= whole
        for key, child in mount_tree.by_age(tx, mount.over):
            assert child.point is not None
            node = child.point.node
            if not whole and not mount_tree.is_below(tx, sb, node, root):
                continue
            if child.flags & _UNBINDABLE and not self._unbindable:
                continue
            if mount_tree.shows_mounts(child) and not self._with_spaces:
                continue
            yield node, self.add(key, child, child.root, at, node)
            self._covered[sb].append(node)
            if type_of(tx, sb).keeps_covered:
                self._held[sb, node] += 1

    def plan(self) -> Plan:
        """How it is to be copied."""
        concerned = (
            Concerned(sb, count, tuple(self._covered[sb])) for sb, count in self._mounts_of.items()
        )
        held = ((sb, node, count) for (sb, node), count in self._held.items())
        return Plan(tuple(self._mounts), tuple(concerned), tuple(held))


def _perform(
    tx: Transaction,
    plan: Plan,
    relate: Relate,
    space: NamespaceId = _NOWHERE,
    held: Iterable[tuple[Place, int]] = (),
    *,
    lock: bool = False,
) -> dict[MountId, MountId]:
    keys = tx.several(MountId, len(plan.mounts))
    copies = {planned.key: keys[at] for at, planned in enumerate(plan.mounts)}
    mounts, superblocks = tx.rows(Mount), tx.rows(Superblock)
    users: dict[MountId, int] = {}
    for place, count in held:
        key = place.mount
        if key in copies:
            users[key] = users.get(key, 0) + count
            sb = mounts[key].superblock
            if place.node != superblocks[sb].root:
                type_of(tx, sb).hold(tx, sb, place.node, count)
        else:
            files.hold_place(tx, place, count)
    made: dict[MountId, Mount] = {}
    for at, planned in enumerate(plan.mounts):
        key, copy, node, over = planned.key, keys[at], planned.node, _NOTHING
        for covered, other in planned.over:
            over = over.set(covered, keys[other])
        source = mounts[key]
        group, master = source.group, source.master
        if group or master:
            group, master = relate(tx, copy, key, source)
            mounts = tx.rows(Mount)  # who else is related has been told
        made[copy] = Mount(
            source.superblock,
            planned.root,
            source.source,
            planned.flags,
            space,
            None if node is None else Place(keys[planned.above], node),
            over,
            group=group,
            master=master,
            users=users.get(key, 0),
            locked=node is not None if lock else source.locked,
            locks=planned.locks if lock else source.locks,
        )
    tx.put_all(Mount, made)
    _tell(tx, plan)
    return copies


def _tell(tx: Transaction, plan: Plan) -> None:
    """Tell the file systems of copies."""
    superblocks = tx.rows(Superblock)
    changed = {}
    for told in plan.concerned:
        record = superblocks[told.superblock]
        covered = record.covered
        for node in told.covered:  # as they are already, by the originals
            covered = covered.set(node, covered[node] + 1)
        mounts = record.mounts + told.mounts
        changed[told.superblock] = replace(record, mounts=mounts, covered=covered)
    tx.put_all(Superblock, changed)
    for sb, node, count in plan.held:
        type_of(tx, sb).hold(tx, sb, node, count)
