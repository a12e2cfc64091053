"""mount(2) and umount2(2): what they refuse, and what they do (fs/namespace.c).

Whom else it concerns is :mod:`nsh.kernel.fs.propagation`'s.
"""

from typing import Final

from msgspec.structs import replace

from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno
from nsh.abi.files import MNT_DETACH, MNT_FORCE, MountFlag, Umount
from nsh.abi.files import Mount as MountRequest
from nsh.kernel import capabilities, contexts
from nsh.kernel.dispatch import handles
from nsh.kernel.fs import mount_copies, mount_flags, mount_tree, mounters, peers, propagation
from nsh.kernel.fs.types import find_type, type_of
from nsh.kernel.fs.walk import Walk
from nsh.machine.context import Place
from nsh.machine.files import Superblock, SuperblockId
from nsh.machine.ids import MountId, NamespaceId, TaskId
from nsh.machine.mounts import Mount, MountSpace
from nsh.machine.nsfs import NsNode
from nsh.machine.value import Transaction

MNT_EXPIRE: Final = 4
UMOUNT_NOFOLLOW: Final = 8
PROPAGATION: Final = int(
    MountFlag.MS_SHARED | MountFlag.MS_SLAVE | MountFlag.MS_PRIVATE | MountFlag.MS_UNBINDABLE
)
_REMOUNT: Final = int(MountFlag.MS_REMOUNT)
_BIND: Final = int(MountFlag.MS_BIND)
_MOVE: Final = int(MountFlag.MS_MOVE)
_REC: Final = int(MountFlag.MS_REC)
_SILENT: Final = int(MountFlag.MS_SILENT)
_RDONLY: Final = int(MountFlag.MS_RDONLY)
_READ_ONLY: Final = mount_flags.Asked("", _RDONLY, _RDONLY)


@handles(MountRequest)
def mount(tx: Transaction, caller: TaskId, request: MountRequest) -> int:
    """mount(2)."""
    walk = Walk(tx, caller)
    place = walk.lookup(request.target)
    space, tree = mounters.check_admin(walk, "mount")
    flags = +request.flags  # a plain number: members of an enumeration are slow to combine
    if flags & _REMOUNT:
        _remount(tx, caller, place, flags, request.data)
    elif flags & _BIND:
        _bind(walk, space, place, request.source, recursive=bool(flags & _REC))
    elif flags & PROPAGATION:
        _change_type(tx, caller, place, flags)
    elif flags & _MOVE:
        _move(walk, place, request.source)
    else:
        _mount_new(walk, space, tree, place, flags, request)
    return 0


def is_own(tx: Transaction, caller: TaskId, key: MountId) -> bool:
    """Whether the mount is in the caller's mount namespace (check_mnt)."""
    return tx.get(Mount, key).space == contexts.namespace(tx, caller, "mnt")


def is_top(tx: Transaction, place: Place) -> bool:
    """Whether *place* is the top of its mount (path_mounted)."""
    return tx.get(Mount, place.mount).root == place.node


def lock_point(walk: Walk, place: Place) -> tuple[Place, Mount]:
    """Where something mounted at *place* hangs: on what is there already; and the record of the
    mount that this is on (do_lock_mount).

    ENOENT where that is in no tree any more, or removed.
    """
    point = walk.down(place)
    above = walk.tx.get(Mount, point.mount)
    sb, kind = walk.type_at(point)
    if not above.space or kind.unlinked(walk.tx, sb, point.node):
        raise Errno.ENOENT("the mount point is in no tree any more")
    return point, above


def _check_point(
    walk: Walk, space: NamespaceId, point: Place, above: Mount, *, directory: bool
) -> None:
    """Whether a new mount of a *directory*, or another file, can hang over *point*, which is on
    *above* (graft_tree)."""
    if above.space != space:
        raise Errno.EINVAL("the mount point is in another mount namespace")
    if directory != walk.is_directory(point):
        raise Errno.ENOTDIR("a directory goes on a directory, a file on a file")


def _mount_new(
    walk: Walk,
    space: NamespaceId,
    tree: MountSpace,
    place: Place,
    flags: int,
    request: MountRequest,
) -> None:
    tx, caller = walk.tx, walk.caller
    kind = find_type(request.fstype)
    if kind is None or not kind.registered or not kind.present(tx):
        raise Errno.ENODEV(f"this kernel has no file system {request.fstype!r}")
    owner = mounters.check_type(walk, kind)
    if kind.internal:
        raise Errno.EINVAL(f"{request.fstype} is the kernel's own")
    asked = mount_flags.asked(request.data, flags)
    made = kind.mount(tx, caller, request.source, asked.options)
    if isinstance(made, Superblock):
        sb, record = tx.new(SuperblockId), made
    else:
        sb, record = made, tx.get(Superblock, made)
    record = mounters.owned(tx, record, owner)
    own = mount_flags.of_mount(flags)
    locks = mounters.check_seen(tx, tree, record, own)
    if not record.mounts and record.flags != asked.flags:
        record = replace(record, flags=asked.flags)
    point, above = lock_point(walk, place)
    if above.superblock == sb and above.root == point.node:
        raise Errno.EBUSY("the same file system is mounted there already")
    source = request.source or "none"
    top = made.root if isinstance(made, Superblock) else kind.top(tx, caller, sb)
    _check_point(walk, space, point, above, directory=True)
    mount = Mount(sb, top, source, own, space, point, locks=locks)
    propagation.attach_new(tx, mount, record, above, tree)


def _bind(walk: Walk, space: NamespaceId, target: Place, source: str, *, recursive: bool) -> None:
    tx, caller = walk.tx, walk.caller
    if not source:
        raise Errno.EINVAL("a bind mount needs a source")
    place = Walk(tx, caller).lookup(source)
    node = place.node
    if isinstance(node, NsNode):
        _check_loop(tx, caller, node)
    point, above = lock_point(walk, target)
    if not isinstance(node, NsNode) and not is_own(tx, caller, place.mount):
        raise Errno.EINVAL("the source is in no tree of the caller's mount namespace")
    below = tx.get(Mount, place.mount)
    if below.flags & MountFlag.MS_UNBINDABLE:
        raise Errno.EINVAL("the source is on an unbindable mount")
    if not recursive:
        mounters.check_reveals_nothing(tx, below, node)
    copies = mount_copies.copy_tree(
        tx, place.mount, node, recursive=recursive, with_spaces=recursive
    )
    key = copies[place.mount]
    mounters.unlock(tx, key)
    _check_point(walk, space, point, above, directory=walk.is_directory(Place(key, node)))
    propagation.attach(tx, key, point)


def _check_loop(tx: Transaction, caller: TaskId, node: NsNode) -> None:
    """A mount namespace may be bound only in an older one: no cycles (mnt_ns_loop)."""
    if node.kind == "mnt" and node.namespace <= contexts.namespace(tx, caller, "mnt"):
        raise Errno.EINVAL("a mount namespace can only be bound in one that is older")


def _change_type(tx: Transaction, caller: TaskId, point: Place, flags: int) -> None:
    kind = flags & PROPAGATION
    if flags & ~(PROPAGATION | _REC | _SILENT) or kind & (kind - 1):
        raise Errno.EINVAL("one propagation type at a time, and no other flags")
    if not is_top(tx, point):
        raise Errno.EINVAL("that is no mount point")
    mounters.check_propagation(tx, caller, tx.get(Mount, point.mount))
    keys = mount_tree.subtree(tx, point.mount) if flags & _REC else [point.mount]
    for key in list(keys):
        peers.change(tx, key, kind)


def _move(walk: Walk, target: Place, source: str) -> None:
    tx, caller = walk.tx, walk.caller
    if not source:
        raise Errno.EINVAL("a move needs a source")
    place = Walk(tx, caller).lookup(source)
    moving = tx.get(Mount, place.mount)
    if not is_top(tx, place):
        raise Errno.EINVAL("only what is mounted somewhere can be moved")
    if walk.is_directory(place) != walk.is_directory(target):
        raise Errno.EINVAL("a directory goes on a directory, a file on a file")
    point, above = lock_point(walk, target)
    if not moving.space:
        raise Errno.EINVAL("only what is mounted somewhere can be moved")
    if not is_own(tx, caller, place.mount) or not is_own(tx, caller, point.mount):
        raise Errno.EINVAL("the mount is in another mount namespace")
    mounters.check_unlocked(tx, moving)
    if moving.point is not None and tx.get(Mount, moving.point.mount).group:
        raise Errno.EINVAL("what hangs on a shared mount cannot be moved away from there")
    if above.group and any(
        tx.get(Mount, each).flags & MountFlag.MS_UNBINDABLE
        for each in mount_tree.subtree(tx, place.mount)
    ):
        raise Errno.EINVAL("an unbindable mount cannot be moved to where others are told of it")
    at: Place | None = point
    while at is not None:
        if at.mount == place.mount:
            raise Errno.ELOOP("a mount cannot be moved below itself")
        at = tx.get(Mount, at.mount).point
    propagation.attach(tx, place.mount, point)


def _remount(tx: Transaction, caller: TaskId, point: Place, flags: int, data: str) -> None:
    """MS_REMOUNT: of the file system and this mount of it; with MS_BIND, of this mount alone."""
    if not is_top(tx, point):
        raise Errno.EINVAL("that is no mount point")
    if not is_own(tx, caller, point.mount):
        raise Errno.EINVAL("the mount is in another mount namespace")
    record = tx.get(Mount, point.mount)
    own = mount_flags.of_mount(flags, record.flags)
    mount_flags.check_locks(record, own)
    if flags & _BIND:
        if own & _RDONLY and record.writers:
            raise Errno.EBUSY("files are open for writing on the mount")
    else:
        mounters.check_reconfigure(tx, caller, record)
        remount_superblock(tx, caller, record, mount_flags.asked(data, flags))
    mark = record.flags & MountFlag.MS_UNBINDABLE
    tx.put(point.mount, replace(record, flags=own | mark))
    mount_tree.touch(tx, record.space)


def remount_superblock(
    tx: Transaction, caller: TaskId, record: Mount, asked: mount_flags.Asked
) -> None:
    """Give the superblock of a mount other options.  EBUSY, EINVAL."""
    sb = record.superblock
    type_of(tx, sb).check_options(asked.options)
    flags = asked.applied(tx.get(Superblock, sb).flags)
    if flags & _RDONLY and any(mount.writers for _key, mount in mount_tree.mounts_of(tx, sb)):
        raise Errno.EBUSY("files are open for writing on the file system")
    type_of(tx, sb).reconfigure(tx, caller, sb, asked.options)
    tx.put(sb, replace(tx.get(Superblock, sb), flags=flags))


@handles(Umount)
def umount(tx: Transaction, caller: TaskId, request: Umount) -> int:
    """umount2(2)."""
    flags = request.flags
    if flags & ~(MNT_FORCE | MNT_DETACH | MNT_EXPIRE | UMOUNT_NOFOLLOW):
        raise Errno.EINVAL("unknown flags")
    walk = Walk(tx, caller)
    place = walk.down(walk.lookup(request.target, follow=not flags & UMOUNT_NOFOLLOW))
    mounters.check_admin(walk, "umount")
    if not is_top(tx, place):
        raise Errno.EINVAL("that is no mount point")
    if not is_own(tx, caller, place.mount):
        raise Errno.EINVAL("the mount is in no tree of the caller's mount namespace")
    key = place.mount
    record = tx.get(Mount, key)
    mounters.check_unlocked(tx, record)
    if flags & MNT_FORCE:  # whose the file system is, and not the mount namespace (can_umount)
        owner = tx.get(Superblock, record.superblock).owner
        capabilities.need(tx, caller, owner, Cap.CAP_SYS_ADMIN, "umount -f")
    if flags & MNT_EXPIRE:
        raise Errno.EINVAL("mounts do not expire on this machine")
    if key == walk.fs.root.mount and not flags & MNT_DETACH:
        remount_superblock(tx, caller, record, _READ_ONLY)
        return 0
    space = tx.get(MountSpace, record.space)
    if space.root == key:
        raise Errno.EINVAL("the root of a mount namespace stays")
    if not flags & MNT_DETACH:
        propagation.check_idle(tx, key)
    propagation.detach(tx, key)
    return 0
