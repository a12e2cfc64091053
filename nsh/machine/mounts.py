"""Mounts and mount namespaces (mount_namespaces(7))."""

from immutables import Map

from nsh.machine.context import Place
from nsh.machine.files import SuperblockId
from nsh.machine.ids import MountId, NamespaceId
from nsh.machine.namespaces import Namespace
from nsh.machine.record import Record, table


@table
class Mount(Record):
    """``struct mount``: (part of) a superblock as it hangs in a tree of mounts."""

    superblock: SuperblockId
    root: Record
    """The node of the superblock that it shows at its top (not the whole for a bind mount)."""
    source: str
    """What was mounted, as /proc/mounts tells it."""
    flags: int = 0
    """MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC of this mount (not of the superblock)."""
    space: NamespaceId = NamespaceId(0)
    """The mount namespace whose tree it is in; 0: none (detached, or the kernel's own)."""
    point: Place | None = None
    """Where it hangs: a node of its parent mount.  None at the top of a tree."""
    over: Map[Record, MountId] = Map()
    """The mounts that hang on this one, by the node they cover."""
    users: int = 0
    """Places on it that are in use: open files, roots and working directories."""
    writers: int = 0
    """Open files that could change its files: while there are any it cannot become read-only."""
    internal: bool = False
    """The kernel's own (pipefs, nsfs, …), which no path leads to and which stays for ever."""


@table
class MountSpace(Namespace):
    """A mount namespace.  Its id is its key."""

    root: MountId
    mounts: Map[MountId, None] = Map()
    """All mounts of its tree; older ones have lower ids, which is the order of mountinfo."""


@table
class InternalMounts(Record):
    """The kernel's own mounts by the name of their file system (one row, key 0)."""

    by_type: Map[str, MountId] = Map()


@table
class DevTmpfs(Record):
    """The one instance of devtmpfs (one row, key 0)."""

    superblock: SuperblockId
