"""Who may mount what, and take down what (mount_namespaces(7), user_namespaces(7))."""

from typing import Final

from msgspec.structs import replace

from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno
from nsh.kernel import capabilities, contexts, namespaces
from nsh.kernel.fs.types import FileSystem, type_of
from nsh.machine.files import Superblock, SuperblockId
from nsh.machine.ids import FIRST_USER, TaskId
from nsh.machine.mounts import Mount, MountSpace
from nsh.machine.pids import PidSpace
from nsh.machine.proc import Mounter
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction

MNT_LOCKED: Final = 0x800000
"""In ``Mount.flags``: it came from a mount namespace of another user namespace, and stays."""


def check_admin(tx: Transaction, caller: TaskId, doing: str) -> None:
    """EPERM without CAP_SYS_ADMIN over the caller's mount namespace (may_mount)."""
    space = tx.get(MountSpace, contexts.namespace(tx, caller, "mnt"))
    capabilities.need(tx, caller, space.owner, Cap.CAP_SYS_ADMIN, doing)


def check_type(tx: Transaction, caller: TaskId, kind: FileSystem) -> None:
    """EPERM for a type that only the machine's own root mounts (mount_capable)."""
    own = tx.get(Task, caller).creds.userns if kind.userns_mount else FIRST_USER
    capabilities.need(tx, caller, own, Cap.CAP_SYS_ADMIN, f"mounting {kind.name}")


def own(tx: Transaction, caller: TaskId, sb: SuperblockId) -> None:
    """The file system *sb*, if it is mounted for the first time, is of the caller's user namespace;
    a proc, of that of the pid namespace that it shows."""
    record = tx.get(Superblock, sb)
    owner = tx.get(Task, caller).creds.userns
    if isinstance(record.data, Mounter):
        owner = tx.get(PidSpace, record.data.space).owner
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
    for key in space.mounts:
        mount = tx.get(Mount, key)
        other = tx.get(Superblock, mount.superblock)
        if other.type != record.type or mount.root != other.root:
            continue
        if not any(tx.get(Mount, over).flags & MNT_LOCKED for over in mount.over.values()):
            return
    raise Errno.EPERM(f"no whole {name} is in sight that a new one would not reveal more than")


def check_unlocked(mount: Mount) -> None:
    """EINVAL: what came from a mount namespace of another user namespace is not taken down alone,
    for it may hide something."""
    if mount.flags & MNT_LOCKED:
        raise Errno.EINVAL("the mount is locked: it came from another user namespace")
