"""Mounting and unmounting where others are told of it (fs/pnode.c, sharedsubtree.rst)."""

from typing import Final, NamedTuple

from nsh.abi.errno import Errno
from nsh.kernel.fs import mount_copies, mount_tree, mounters, peers
from nsh.kernel.fs.types import FileSystem, type_named, type_of
from nsh.machine.context import Place
from nsh.machine.files import Superblock, SuperblockId
from nsh.machine.ids import MountId, NamespaceId
from nsh.machine.mounts import Mount, MountSpace
from nsh.machine.record import Record
from nsh.machine.value import Transaction

MOUNT_MAX: Final = 100_000
"""``fs.mount-max``: mounts in one namespace."""


class Copy(NamedTuple):
    """A copy of what is mounted, and where it is to hang."""

    key: MountId
    point: Place


def attach_new(
    tx: Transaction, mount: Mount, fs: Superblock, above: Mount, space: MountSpace
) -> None:
    """Make a new *mount* and hang it where it says, on one whose record is *above*, in *space*, as
    :func:`attach` does; *fs* is what its superblock is to be, but for the mount."""
    sb, root, point = mount.superblock, mount.root, mount.point
    if above.group:
        assert point is not None
        attach(tx, mount_tree.make(tx, sb, root, mount.source, mount.flags, fs, mount.locks), point)
        return
    _check_linked(tx, type_named(fs.type), sb, root)
    _check_room(space, 1)
    mount_tree.plant(tx, mount, fs, above, space)


def attach(tx: Transaction, key: MountId, point: Place) -> None:
    """Hang the tree of mounts *key* over *point*, and copies of it over the same node of all that
    are told (attach_recursive_mnt).  What is there already hangs on the copy from now on.

    EINVAL for what cannot be copied, ENOSPC if a namespace would have too many mounts, ENOENT for a
    removed directory: something may have to hang on it.
    """
    record = tx.get(Mount, key)
    top = mount_tree.topmost(tx, key) if record.over else Place(key, record.root)
    sb = tx.get(Mount, top.mount).superblock if record.over else record.superblock
    _check_linked(tx, type_of(tx, sb), sb, top.node)
    above = tx.get(Mount, point.mount)
    if record.point is None:
        _count(tx, above, key, record)
    copies = []
    if above.group:
        for each in list(mount_tree.subtree(tx, key)):
            peers.share(tx, each)
        copies = _copies(tx, key, point)
    if record.point is None:
        mount_tree.hang(tx, key, point)
        if record.over:
            mount_tree.admit(tx, key)
    else:
        mount_tree.rehang(tx, key, point)
    owner = _owner(tx, point.mount) if copies else None
    for copy in reversed(copies):
        covered = tx.get(Mount, copy.point.mount).over.get(copy.point.node)
        if covered is not None:
            mount_tree.unhook(tx, covered)
        mount_tree.hang(tx, copy.key, copy.point)
        mount_tree.admit(tx, copy.key)
        if _owner(tx, copy.point.mount) != owner:
            mounters.lock(tx, list(mount_tree.subtree(tx, copy.key)), copy.key)
        if covered is not None:
            mount_tree.rehang(tx, covered, mount_tree.topmost(tx, copy.key))


def _owner(tx: Transaction, key: MountId) -> NamespaceId:
    """The user namespace that the mount namespace of *key* is of."""
    return tx.get(MountSpace, tx.get(Mount, key).space).owner


def _count(tx: Transaction, above: Mount, key: MountId, record: Mount) -> None:
    """ENOSPC if there is no room on *above* for the tree *key*, whose top is *record*."""
    more = len(list(mount_tree.subtree(tx, key))) if record.over else 1
    _check_room(tx.get(MountSpace, above.space), more)


def _check_room(space: MountSpace, more: int) -> None:
    if len(space.mounts) + more > MOUNT_MAX:
        raise Errno.ENOSPC(f"a mount namespace has at most {MOUNT_MAX} mounts (fs.mount-max)")


def _check_linked(tx: Transaction, kind: FileSystem, sb: SuperblockId, node: Record) -> None:
    if kind.unlinked(tx, sb, node):
        raise Errno.ENOENT("what is to be mounted has been removed")


# ---- copies for all that are told ----


def _copies(tx: Transaction, source: MountId, point: Place) -> list[Copy]:
    """One for each that is told, related to each other as those are (propagate_mnt)."""
    made: list[Copy] = []
    parents = {source: point.mount}
    marked = {tx.get(Mount, point.mount).master}
    last = source
    for first in peers.groups_told(tx, point.mount):
        member, leader = first, first
        fresh = first != point.mount
        if not fresh:
            member = peers.next_peer(tx, first)
            if member == first:
                continue
        while True:
            if _wants(tx, member, point):
                if fresh:
                    last = _original(tx, member, last, source, parents, marked)
                key = _copy(tx, last, slave=fresh, shared=bool(tx.get(Mount, member).group))
                parents[key] = member
                marked.add(tx.get(Mount, member).master)
                made.append(Copy(key, Place(member, point.node)))
                _count(tx, tx.get(Mount, member), key, tx.get(Mount, key))
                last, fresh = key, False
            member = peers.next_peer(tx, member)
            if member == leader:
                break
    return made


def _wants(tx: Transaction, key: MountId, point: Place) -> bool:
    """Whether *key* is in a namespace, and shows the node that is mounted on (need_secondary)."""
    mount = tx.get(Mount, key)
    return bool(mount.space) and mount_tree.is_below(tx, mount.superblock, point.node, mount.root)


def _copy(tx: Transaction, key: MountId, *, slave: bool, shared: bool) -> MountId:
    def relate(tx: Transaction, new: MountId, old: MountId, source: Mount) -> peers.Related:
        if not slave:
            return peers.join(tx, new, old, source)
        _none, master = peers.enslave(tx, new, old, source)
        return (peers.group_of(tx, new) if shared else 0), master

    if mount_tree.shows_mounts(tx.get(Mount, key)):
        raise Errno.EINVAL("a mount namespace's file cannot be bound where others are told of it")
    return mount_copies.copy_tree(tx, key, relate=relate)[key]


def _original(
    tx: Transaction,
    member: MountId,
    last: MountId,
    source: MountId,
    parents: dict[MountId, MountId],
    marked: set[MountId],
) -> MountId:
    """Which copy that of *member*, the first of its group, is to be the slave of (find_master)."""
    at = member
    while True:
        master = tx.get(Mount, at).master
        if not master or master in marked:
            break
        at = master
    while not peers.are_peers(tx, last, source):
        parent = parents[last]
        if tx.get(Mount, parent).master == master:
            if not peers.are_peers(tx, parent, at):
                last = tx.get(Mount, last).master
            break
        last = tx.get(Mount, last).master
    return last


# ---- and taking them away ----


def check_idle(tx: Transaction, key: MountId) -> None:
    """EBUSY if it is in use, or what would go with it elsewhere is (propagate_mount_busy)."""
    record = tx.get(Mount, key)
    if record.over:
        raise Errno.EBUSY(f"{len(record.over)} mounts hang on it")
    if record.users:
        raise Errno.EBUSY(f"{record.users} open files, roots or working directories are on it")
    if record.point is None:
        return
    for told in peers.told(tx, record.point.mount):
        child = tx.get(Mount, told).over.get(record.point.node)
        if child is not None:
            other = tx.get(Mount, child)
            if set(other.over) <= {other.root} and other.users:  # else it stays
                users = f"{other.users} open files, roots or working directories"
                raise Errno.EBUSY(f"{users} are on a copy of it, which would go too")


def detach(tx: Transaction, key: MountId) -> None:
    """Unmount *key* and all below it, and their like where others are told (umount_tree)."""
    _unlock_like(tx, key)
    doomed = list(mount_tree.subtree(tx, key))
    too = _like(tx, doomed)
    gone = frozenset((*doomed, *too))
    staying = []
    for each in too:
        mount = tx.get(Mount, each)
        above = mount.over.get(mount.root)
        if above is not None and above not in gone:
            staying.append((above, _under(tx, each, gone)))
    for above, _point in staying:
        mount_tree.unhook(tx, above)
    mount_tree.take_out(tx, [*doomed, *too])
    for above, point in staying:
        mount_tree.rehang(tx, above, point)


def _unlock_like(tx: Transaction, key: MountId) -> None:
    """What goes with *key* elsewhere hides nothing that it would not reveal, locked or not
    (propagate_mount_unlock)."""
    point = tx.get(Mount, key).point
    if point is not None:
        for told in list(peers.told(tx, point.mount)):
            child = tx.get(Mount, told).over.get(point.node)
            if child is not None:
                mounters.unlock(tx, child)


def _under(tx: Transaction, key: MountId, gone: frozenset[MountId]) -> Place:
    """Where the stack of mounts that *key* is the uppermost of stands (reparent)."""
    while True:
        point = tx.get(Mount, key).point
        assert point is not None
        if point.mount not in gone:
            return point
        key = point.mount


def _like(tx: Transaction, doomed: list[MountId]) -> list[MountId]:
    """What hangs on the same nodes of all that are told, less what has a mount strictly inside
    that stays (propagate_umount.txt: the largest non-shifting set), and what is locked to one that
    stays (the largest non-revealing one).  Each before what hangs on it.
    """
    found: dict[MountId, None] = {}
    for key in doomed:
        point = tx.get(Mount, key).point
        if point is None:
            continue
        for told in peers.told(tx, point.mount):
            child = tx.get(Mount, told).over.get(point.node)
            if child is not None and child not in doomed:
                found[child] = None
    chosen = frozenset((*doomed, *found))
    gone = set(doomed)
    likes = []
    for key in _from_above(tx, [key for key in found if not _would_shift(tx, key, chosen)]):
        mount = tx.get(Mount, key)
        assert mount.point is not None
        if not mount.locked or mount.point.mount in gone:
            gone.add(key)
            likes.append(key)
    return likes


def _would_shift(tx: Transaction, key: MountId, chosen: frozenset[MountId]) -> bool:
    """Whether something that stays is mounted below a node inside *key*."""
    mount = tx.get(Mount, key)
    return any(
        each not in chosen
        for node, child in mount.over.items()
        if node != mount.root
        for each in mount_tree.subtree(tx, child)
    )


def _from_above(tx: Transaction, keys: list[MountId]) -> list[MountId]:
    def depth(key: MountId) -> int:
        found = 0
        point = tx.get(Mount, key).point
        while point is not None:
            found += 1
            point = tx.get(Mount, point.mount).point
        return found

    return sorted(keys, key=depth)
