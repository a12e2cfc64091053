"""Copying trees of mounts, for a bind, for who is told, for a mount namespace (fs/namespace.c).

Each row that a tree concerns is written once, however many mounts it has.
"""

from collections.abc import Callable
from typing import Final

from immutables import Map
from msgspec.structs import replace

from nsh.abi.files import MountFlag
from nsh.kernel.fs import mount_flags, mount_tree, peers
from nsh.kernel.fs.types import type_named
from nsh.machine.context import Place
from nsh.machine.files import Superblock, SuperblockId
from nsh.machine.ids import MountId, NamespaceId
from nsh.machine.mounts import Mount
from nsh.machine.record import Record
from nsh.machine.value import Transaction

Relate = Callable[[Transaction, MountId, MountId, Mount], peers.Related]
"""Called with (transaction, copy, original, the original's record)."""

_NOTHING: Map[Record, MountId] = Map()
_NOWHERE: Final = NamespaceId(0)
_UNBINDABLE: Final = int(MountFlag.MS_UNBINDABLE)


def copy_tree(
    tx: Transaction,
    key: MountId,
    root: Record | None = None,
    *,
    recursive: bool = True,
    unbindable: bool = False,
    relate: Relate = peers.join,
) -> dict[MountId, MountId]:
    """Copies of *key* (showing *root* at its top) and of what hangs below that, hung on each
    other as they are, the top nowhere; old mount -> copy, the top first.

    Files of mount namespaces that hang below are left out, and unless *unbindable* mounts that are
    not to be bound.  ``relate`` makes a copy the original's peer, or whatever else it is to be.
    """
    copying = Copying(tx, relate, unbindable=unbindable)
    source = tx.get(Mount, key)
    copying.copy(key, source, source.root if root is None else root, None, recursive)
    copying.tell()
    return copying.copies


class Copying:
    """One tree that is being copied."""

    def __init__(
        self,
        tx: Transaction,
        relate: Relate,
        *,
        unbindable: bool,
        space: NamespaceId = _NOWHERE,
        lock: bool = False,
        held: tuple[Place, ...] = (),
    ) -> None:
        self._tx = tx
        self._relate = relate
        self._unbindable = unbindable
        self._space = space
        """The mount namespace that they are in; who made it enlists them."""
        self._lock = lock
        """Whether that is of another user namespace: they are locked."""
        self._held = held
        """What is to be held on the copies, where it is on the originals."""
        self._told: dict[SuperblockId, _Told] = {}
        self.copies: dict[MountId, MountId] = {}

    def copy(
        self, key: MountId, source: Mount, root: Record, point: Place | None, recursive: bool
    ) -> MountId:
        """Copy the mount *key*, whose record is *source*, and what hangs on it, to *point*."""
        tx, sb = self._tx, source.superblock
        made = self.copies[key] = MountId(tx.fresh())
        group, master = self._relate(tx, made, key, source)
        told = self._told.get(sb)
        if told is None:
            told = self._told[sb] = _Told(tx.get(Superblock, sb))
        told.mounts = told.mounts.set(made, None)
        told.hold(root)
        over = self._over(source, made, root, told) if recursive and source.over else _NOTHING
        users = 0
        for place in self._held:
            if place.mount == key:
                users += 1
                told.hold(place.node)
        flags = source.flags & ~_UNBINDABLE
        locked, locks = source.locked, source.locks
        if self._lock:
            locked, locks = point is not None, mount_flags.locks_of(source)
        copy = Mount(
            sb,
            root,
            source.source,
            flags,
            self._space,
            point,
            over,
            group=group,
            master=master,
            users=users,
            locked=locked,
            locks=locks,
        )
        tx.put(made, copy)
        return made

    def _over(
        self, source: Mount, made: MountId, root: Record, told: "_Told"
    ) -> Map[Record, MountId]:
        """Copies of what hangs on *source*, by the node of its copy *made* that they cover."""
        tx = self._tx
        whole = root == told.record.root
        over = {}
        for child in mount_tree.by_age(tx, source.over):
            mount = tx.get(Mount, child)
            assert mount.point is not None
            node = mount.point.node
            if not whole and not mount_tree.is_below(tx, source.superblock, node, root):
                continue
            if mount.flags & _UNBINDABLE and not self._unbindable:
                continue
            if mount_tree.shows_mounts(mount):
                continue
            over[node] = self.copy(child, mount, mount.root, Place(made, node), True)
            covered = told.covered
            told.covered = covered.set(node, covered.get(node, 0) + 1)
            if told.operations.keeps_covered:
                told.hold(node)
        return Map(over)

    def tell(self) -> None:
        """Tell the file systems of the copies."""
        tx = self._tx
        for sb, told in self._told.items():
            record = told.record
            tx.put(sb, replace(record, mounts=told.mounts, covered=told.covered))
            for node, count in told.held.items():
                told.operations.hold(tx, sb, node, count)


class _Told:
    """What a file system is told of copies of its mounts."""

    __slots__ = ("covered", "held", "mounts", "operations", "record")

    def __init__(self, record: Superblock) -> None:
        self.record = record
        self.operations = type_named(record.type)
        self.mounts = record.mounts
        self.covered = record.covered
        self.held: dict[Record, int] = {}
        """Its nodes that something more stands on, and how much."""

    def hold(self, node: Record) -> None:
        """Something stands on *node*; the root needs nobody for that."""
        if node != self.record.root:
            self.held[node] = self.held.get(node, 0) + 1
