"""Who may mount what, and take down what (mount_namespaces(7), user_namespaces(7))."""

from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace

from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno
from nsh.kernel import capabilities, namespaces
from nsh.kernel.fs import mount_flags, mount_tree
from nsh.kernel.fs.types import FileSystem
from nsh.kernel.fs.walk import Walk
from nsh.machine.files import Superblock
from nsh.machine.ids import FIRST_USER, MountId, NamespaceId, TaskId
from nsh.machine.mounts import Mount, MountSpace
from nsh.machine.namespaces import Proxy
from nsh.machine.proc import Mounter
from nsh.machine.record import Record
from nsh.machine.value import Transaction

_SYS_ADMIN: Final = Cap.CAP_SYS_ADMIN


def check_admin(walk: Walk, doing: str) -> tuple[NamespaceId, MountSpace]:
    """The caller's mount namespace, and its record.  EPERM without CAP_SYS_ADMIN over it
    (may_mount)."""
    tx = walk.tx
    key = tx.get(Proxy, walk.proxy).kinds["mnt"]
    space = tx.get(MountSpace, key)
    capabilities.require(tx, walk.creds, space.owner, _SYS_ADMIN, doing)
    return key, space


def check_type(walk: Walk, kind: FileSystem) -> NamespaceId:
    """The user namespace that a new instance is of.  EPERM without CAP_SYS_ADMIN there, or for a
    type that only the machine's own root mounts (mount_capable)."""
    where = kind.user_space(walk.tx, walk.caller) if kind.userns_mount else FIRST_USER
    doing = f"mounting {kind.name}"
    capabilities.require(walk.tx, walk.creds, where, _SYS_ADMIN, doing)
    return FIRST_USER if kind.of_the_machine else where


def owned(tx: Transaction, record: Superblock, owner: NamespaceId) -> Superblock:
    """The file system *record*, which is of *owner* if it is mounted for the first time."""
    if record.mounts or record.pins or owner == FIRST_USER:
        return record
    namespaces.hold(tx, "user", owner)
    return replace(record, owner=owner)


def check_seen(tx: Transaction, space: MountSpace, record: Superblock, flags: int) -> int:
    """What is to be locked of a new mount of *record* with *flags* in the mount namespace *space*.

    EPERM: of a user namespace, where a proc is mounted only if one is seen whole already, and no
    less can be done to that (mount_too_revealing).
    """
    if space.owner == FIRST_USER or not isinstance(record.data, Mounter):
        return 0
    mounts, superblocks = tx.rows(Mount), tx.rows(Superblock)
    for each in space.mounts:
        mount = mounts[each]
        other = superblocks[mount.superblock]
        if other.type != record.type or mount.root != other.root:
            continue
        locks = mount_flags.locks_kept(mount, other, flags)
        if locks is None:
            continue
        if mount.over and any(mounts[over].locked for over in mount.over.values()):
            continue
        return locks
    raise Errno.EPERM(
        f"no whole {record.type} is in sight that a new one would not reveal more than"
    )


def lock(tx: Transaction, keys: Iterable[MountId], top: MountId) -> None:
    """The mounts *keys*, a tree at *top*, were copied for another user namespace: none of them can
    be taken off alone, or lose a flag that restricts it (lock_mnt_tree)."""
    for key in keys:
        mount = tx.get(Mount, key)
        tx.put(key, replace(mount, locked=key != top, locks=mount_flags.locks_of(mount)))


def unlock(tx: Transaction, key: MountId) -> None:
    """The mount *key* is a new one, that somebody here has bound."""
    mount = tx.get(Mount, key)
    if mount.locked:
        tx.put(key, replace(mount, locked=False))


def check_reveals_nothing(tx: Transaction, mount: Mount, top: Record) -> None:
    """EINVAL: if *top* on *mount* were bound without what hangs below it, what that covers could be
    seen (has_locked_children)."""
    for node, over in mount.over.items():
        if tx.get(Mount, over).locked and mount_tree.is_below(tx, mount.superblock, node, top):
            raise Errno.EINVAL("mounts below it are locked: it is bound with them (MS_REC)")


def check_propagation(tx: Transaction, caller: TaskId, mount: Mount) -> None:
    """EPERM without CAP_SYS_ADMIN over its mount namespace, whichever the caller is in; EINVAL: it
    is in none (may_change_propagation, since Linux 6.16)."""
    if not mount.space:
        raise Errno.EINVAL("the mount is in no mount namespace")
    owner = tx.get(MountSpace, mount.space).owner
    capabilities.need(tx, caller, owner, _SYS_ADMIN, "changing its propagation")


def check_reconfigure(tx: Transaction, caller: TaskId, mount: Mount) -> None:
    """EPERM without CAP_SYS_ADMIN where the file system was mounted."""
    owner = tx.get(Superblock, mount.superblock).owner
    capabilities.need(tx, caller, owner, _SYS_ADMIN, "remounting the file system")


def check_unlocked(tx: Transaction, mount: Mount) -> None:
    """EINVAL: what came from a mount namespace of another user namespace is not taken down alone,
    for it may hide something; nor is the root there, which hangs on one that nobody sees."""
    root = mount.point is None and tx.get(MountSpace, mount.space).owner != FIRST_USER
    if mount.locked or root:
        raise Errno.EINVAL("the mount is locked: it came from another user namespace")
