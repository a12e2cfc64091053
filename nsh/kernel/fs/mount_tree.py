"""The tree of mounts: hanging, taking down, copying (fs/namespace.c)."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from immutables import Map
from msgspec.structs import replace

from nsh._modules import late
from nsh.abi.errno import Errno
from nsh.abi.files import MountFlag
from nsh.kernel import waiting
from nsh.kernel.fs import files
from nsh.kernel.fs.types import type_named, type_of
from nsh.machine.context import Place
from nsh.machine.files import Superblock, SuperblockId
from nsh.machine.ids import MountId, NamespaceId
from nsh.machine.mounts import InternalMounts, Mount, MountSpace
from nsh.machine.nsfs import NsNode
from nsh.machine.record import Record
from nsh.machine.value import Transaction
from nsh.machine.waiting import On, channel

if TYPE_CHECKING:
    from nsh.kernel.fs import peers
else:  # no boot needs it
    late(globals(), "nsh.kernel.fs", "peers")

_MOUNTS: Final = On.MOUNTS


def internal_mount(tx: Transaction, name: str) -> MountId:
    """The kernel's own mount of the type *name*."""
    return tx.get(InternalMounts, 0).by_type[name]


def written(tx: Transaction, made: SuperblockId | Superblock) -> SuperblockId:
    """The superblock that the ``mount`` of a type replied, which is there now in any case."""
    if isinstance(made, Superblock):
        key = tx.new(SuperblockId)
        tx.put(key, made)
        return key
    return made


def check_writable(tx: Transaction, place: Place) -> None:
    """EROFS where the mount, or the file system behind it, is read-only."""
    mount = tx.get(Mount, place.mount)
    if mount.flags & MountFlag.MS_RDONLY:
        raise Errno.EROFS("the mount is read-only")
    check_file_system_writable(tx, mount)


def check_file_system_writable(tx: Transaction, mount: Mount) -> None:
    """EROFS where the file system behind *mount* is."""
    if tx.get(Superblock, mount.superblock).flags & MountFlag.MS_RDONLY:
        raise Errno.EROFS("the file system is read-only")


def make(
    tx: Transaction,
    sb: SuperblockId,
    root: Record,
    source: str,
    flags: int = 0,
    record: Superblock | None = None,
    locks: int = 0,
) -> MountId:
    """A new mount of *sb* that hangs nowhere yet; *record*: what that is to be, if not as it is."""
    key = tx.new(MountId)
    tx.put(key, Mount(sb, root, source, flags, locks=locks))
    record = record or tx.get(Superblock, sb)
    tx.put(sb, replace(record, mounts=record.mounts + 1))
    if root != record.root:
        type_named(record.type).hold(tx, sb, root)
    return key


def hang(tx: Transaction, key: MountId, point: Place) -> None:
    """Hang the mount *key*, which is in no tree, over *point*."""
    above = tx.get(Mount, point.mount)
    tx.put(point.mount, replace(above, over=above.over.set(point.node, key)))
    tx.put(key, replace(tx.get(Mount, key), point=point, space=above.space))
    enlist(tx, [key], above.space)
    _cover(tx, above.superblock, point.node)


def plant(tx: Transaction, mount: Mount, fs: Superblock, above: Mount, space: MountSpace) -> None:
    """Make the new *mount*, which is to hang in *space* on one whose record is *above*, whom nobody
    else is told by; *fs* is what its superblock is to be, but for the mount.

    As :func:`make` and :func:`hang`, with the row of the mount written once.
    """
    key, sb, point = tx.new(MountId), mount.superblock, mount.point
    assert point is not None
    tx.put(point.mount, replace(above, over=above.over.set(point.node, key)))
    tx.put(key, mount)
    tx.put(sb, replace(fs, mounts=fs.mounts + 1))
    if mount.root != fs.root:
        type_named(fs.type).hold(tx, sb, mount.root)
    enlist(tx, (key,), above.space, space)
    _cover(tx, above.superblock, point.node)


def rehang(tx: Transaction, key: MountId, point: Place) -> None:
    """Hang the mount *key*, which is in a tree, over *point* instead: the last of its siblings."""
    unhook(tx, key)
    hang(tx, key, point)
    tx.put(key, replace(tx.get(Mount, key), hung=tx.fresh()))


def top(tx: Transaction, key: MountId, space: NamespaceId) -> None:
    """Make the mount *key* the top of the mount namespace *space*."""
    tx.put(key, replace(tx.get(Mount, key), space=space))
    enlist(tx, [key], space)
    tx.put(space, replace(tx.get(MountSpace, space), root=key))


def unhook(tx: Transaction, key: MountId) -> None:
    """Take the mount *key* off its mount point; what hangs on it stays on it."""
    mount = tx.get(Mount, key)
    point = mount.point
    if point is None:
        return
    above = tx.get(Mount, point.mount)
    tx.put(point.mount, replace(above, over=above.over.delete(point.node)))
    tx.put(key, replace(mount, point=None))
    _uncover(tx, above.superblock, point.node)


def take_down(tx: Transaction, key: MountId) -> None:
    """Unmount *key* and all below it, and tell nobody."""
    take_out(tx, list(subtree(tx, key)))


def take_out(tx: Transaction, keys: list[MountId]) -> None:
    """Unmount *keys*, each before what hangs on it.  Each mount that is still in use stands alone
    from now on, and goes with its last user (MNT_DETACH)."""
    gone = frozenset(keys)
    for key in reversed(keys):
        unhook(tx, key)
        _strike(tx, key)
    for key in keys:
        peers.change(tx, key, MountFlag.MS_PRIVATE, gone)
    for key in reversed(keys):
        files.drop_mount(tx, key)


def children(tx: Transaction, key: MountId) -> list[MountId]:
    """The mounts that hang on *key*, in the order in which they were hung."""
    over = tx.get(Mount, key).over
    if len(over) < 2:
        return list(over.values())
    return [child for child, _mount in by_age(tx, over)]


def by_age(tx: Transaction, over: Map[Record, MountId]) -> list[tuple[MountId, Mount]]:
    """The same of the mounts *over* one, with their records."""
    mounts = tx.rows(Mount)
    found = [(child, mounts[child]) for child in over.values()]
    if len(found) > 1:
        found.sort(key=_age)
    return found


def _age(row: tuple[MountId, Mount]) -> int:
    key, mount = row
    return mount.hung or key


def topmost(tx: Transaction, key: MountId) -> Place:
    """The root of *key*, or of what covers that, and so on (topmost_overmount)."""
    mounts = tx.rows(Mount)
    while True:
        mount = mounts[key]
        if mount.root not in mount.over:  # get() wants a tuple made
            return Place(key, mount.root)
        key = mount.over[mount.root]


def subtree(tx: Transaction, key: MountId) -> Iterator[MountId]:
    """*key* and the mounts below it, each before its own, siblings as they were hung."""
    yield key
    for child in children(tx, key):
        yield from subtree(tx, child)


def shows_mounts(mount: Mount) -> bool:
    """Whether it is of a mount namespace's file: one that is copied would keep what it is in."""
    return isinstance(mount.root, NsNode) and mount.root.kind == "mnt"


def admit(tx: Transaction, key: MountId) -> None:
    """Enter the mounts below *key* into the namespace that *key* has just been hung in."""
    top_mount = tx.get(Mount, key)
    if not top_mount.over:
        return
    below = [each for each in subtree(tx, key) if each != key]
    for each in below:
        tx.put(each, replace(tx.get(Mount, each), space=top_mount.space))
    enlist(tx, below, top_mount.space)


def mounted_here(tx: Transaction, sb: SuperblockId, node: Record, space: NamespaceId) -> bool:
    """Whether something is mounted on *node* in the namespace *space* (is_local_mountpoint)."""
    if node not in tx.get(Superblock, sb).covered:
        return False
    mounts = (tx.get(Mount, key) for key in tx.get(MountSpace, space).mounts)
    return any(node in mount.over for mount in mounts if mount.superblock == sb)


def uncover(tx: Transaction, sb: SuperblockId, node: Record) -> None:
    """*node* has been removed: what is mounted on it elsewhere goes (detach_mounts)."""
    record = tx.find(Superblock, sb)
    if record is not None and node in record.covered:
        mounts = (mount for _key, mount in mounts_of(tx, sb))
        for key in sorted(mount.over[node] for mount in mounts if node in mount.over):
            if tx.find(Mount, key) is not None:  # it may have hung below one before it
                take_down(tx, key)


def mounts_of(tx: Transaction, sb: SuperblockId) -> Iterator[tuple[MountId, Mount]]:
    """The mounts of a file system, the oldest first.  O(mounts of the machine)."""
    return ((MountId(key), mount) for key, mount in tx.items(Mount) if mount.superblock == sb)


def is_below(tx: Transaction, sb: SuperblockId, node: Record, top_node: Record) -> bool:
    """Whether *node* is *top_node* or in the tree under it (is_subdir)."""
    root = tx.get(Superblock, sb).root
    if top_node == root:
        return True
    kind = type_of(tx, sb)
    while node != top_node:
        if node == root:
            return False
        node = kind.parent(tx, sb, node)
    return True


def enlist(
    tx: Transaction,
    keys: Iterable[MountId],
    space: NamespaceId,
    record: MountSpace | None = None,
) -> None:
    """Tell the mount namespace *space* (0: none) that the mounts *keys* are in it; *record*: its,
    where that is at hand."""
    if space:
        record = record or tx.get(MountSpace, space)
        mounts = record.mounts
        for key in keys:
            mounts = mounts.set(key, None)
        tx.put(space, replace(record, mounts=mounts, event=record.event + 1))
        waiting.wake(tx, channel(_MOUNTS, space))


def touch(tx: Transaction, space: NamespaceId) -> None:
    """Something else about the mounts of *space* has changed (touch_mnt_namespace)."""
    enlist(tx, (), space)


def _strike(tx: Transaction, key: MountId) -> None:
    mount = tx.get(Mount, key)
    space = tx.find(MountSpace, mount.space)
    if space is not None:  # None: the namespace itself is ending
        mounts = space.mounts.delete(key)
        tx.put(mount.space, replace(space, mounts=mounts, event=space.event + 1))
        waiting.wake(tx, channel(_MOUNTS, mount.space))
    tx.put(key, replace(mount, space=NamespaceId(0)))


def _cover(tx: Transaction, sb: SuperblockId, node: Record) -> None:
    record = tx.get(Superblock, sb)
    covered = record.covered
    tx.put(sb, replace(record, covered=covered.set(node, covered.get(node, 0) + 1)))
    kind = type_named(record.type)
    if kind.keeps_covered:
        kind.hold(tx, sb, node)


def _uncover(tx: Transaction, sb: SuperblockId, node: Record) -> None:
    record = tx.get(Superblock, sb)
    left = record.covered[node] - 1
    covered = record.covered.set(node, left) if left else record.covered.delete(node)
    tx.put(sb, replace(record, covered=covered))
    kind = type_named(record.type)
    if kind.keeps_covered:
        kind.release(tx, sb, node)
