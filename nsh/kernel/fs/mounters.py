"""Who may mount what, and take down what (mount_namespaces(7), user_namespaces(7))."""

from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace

from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno
from nsh.abi.files import MountFlag
from nsh.kernel import capabilities, contexts, namespaces
from nsh.kernel.fs import mount_tree
from nsh.kernel.fs.types import FileSystem, type_of
from nsh.machine.files import Superblock, SuperblockId
from nsh.machine.ids import FIRST_USER, MountId, TaskId
from nsh.machine.mounts import Mount, MountSpace
from nsh.machine.proc import Mounter
from nsh.machine.record import Record
from nsh.machine.value import Transaction

_RESTRICTING: Final = int(
    MountFlag.MS_RDONLY | MountFlag.MS_NOSUID | MountFlag.MS_NODEV | MountFlag.MS_NOEXEC
)


def check_admin(tx: Transaction, caller: TaskId, doing: str) -> None:
    """EPERM without CAP_SYS_ADMIN over the caller's mount namespace (may_mount)."""
    space = tx.get(MountSpace, contexts.namespace(tx, caller, "mnt"))
    capabilities.need(tx, caller, space.owner, Cap.CAP_SYS_ADMIN, doing)


def check_type(tx: Transaction, caller: TaskId, kind: FileSystem) -> None:
    """EPERM for a type that only the machine's own root mounts, or without CAP_SYS_ADMIN where the
    new instance is of (mount_capable)."""
    where = kind.user_space(tx, caller) if kind.userns_mount else FIRST_USER
    capabilities.need(tx, caller, where, Cap.CAP_SYS_ADMIN, f"mounting {kind.name}")


def own(tx: Transaction, caller: TaskId, sb: SuperblockId) -> None:
    """The file system *sb*, if it is mounted for the first time, is of the user namespace that its
    type says."""
    record = tx.get(Superblock, sb)
    owner = type_of(tx, sb).user_space(tx, caller)
    if record.mounts or record.pins or owner == FIRST_USER:
        return
    namespaces.hold_owner(tx, owner)
    tx.put(sb, replace(record, owner=owner))


def check_seen(tx: Transaction, caller: TaskId, sb: SuperblockId) -> None:
    """EPERM: a proc is mounted in a user namespace only where one is seen whole already
    (mount_too_revealing)."""
    space = tx.get(MountSpace, contexts.namespace(tx, caller, "mnt"))
    record = tx.get(Superblock, sb)
    if space.owner == FIRST_USER or not isinstance(record.data, Mounter):
        return
    name = type_of(tx, sb).name
    for key in sorted(space.mounts):
        mount = tx.get(Mount, key)
        other = tx.get(Superblock, mount.superblock)
        if other.type != record.type or mount.root != other.root:
            continue
        if not any(tx.get(Mount, over).locked for over in mount.over.values()):
            return
    raise Errno.EPERM(f"no whole {name} is in sight that a new one would not reveal more than")


def lock(tx: Transaction, keys: Iterable[MountId], top: MountId) -> None:
    """The mounts *keys*, a tree at *top*, were copied for another user namespace: none of them can
    be taken off alone, or lose a flag that restricts it (lock_mnt_tree)."""
    for key in keys:
        mount = tx.get(Mount, key)
        locks = mount.locks | mount.flags & _RESTRICTING
        tx.put(key, replace(mount, locked=key != top, locks=locks))


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


def check_locks(mount: Mount, flags: int) -> None:
    """EPERM: a remount of *mount* with *flags* would take off one that came from another user
    namespace (can_change_locked_flags)."""
    if mount.locks & ~flags:
        raise Errno.EPERM("a restricting flag of the mount is locked by another user namespace")


def check_reconfigure(tx: Transaction, caller: TaskId, mount: Mount) -> None:
    """EPERM without CAP_SYS_ADMIN where the file system was mounted."""
    owner = tx.get(Superblock, mount.superblock).owner
    capabilities.need(tx, caller, owner, Cap.CAP_SYS_ADMIN, "remounting the file system")


def check_unlocked(mount: Mount) -> None:
    """EINVAL: what came from a mount namespace of another user namespace is not taken down alone,
    for it may hide something."""
    if mount.locked:
        raise Errno.EINVAL("the mount is locked: it came from another user namespace")
