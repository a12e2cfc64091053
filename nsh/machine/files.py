"""Files: superblocks, inodes, open file descriptions, pipes (filesystems/vfs.rst).

A file system instance is a :class:`Superblock`.  Its files are *nodes*: small frozen records
that name a file within it and mean something to its file system type alone; a
:class:`~nsh.machine.context.Place` is a node seen through a mount.  What tmpfs keeps of its files,
its dentries and inodes, is here; synthetic file systems make theirs up when asked.
"""

from typing import NewType

from immutables import Map

from nsh.machine.context import Place
from nsh.machine.ids import FileId, MountId
from nsh.machine.record import Record, table

SuperblockId = NewType("SuperblockId", int)
"""One instance of a file system.  It is also the minor number of its device (major 0)."""

InodeId = NewType("InodeId", int)
"""One inode; unlike other ids it is seen outside, as ``st_ino``.  Unique on the machine."""

DentryId = NewType("DentryId", int)
"""One name of a file in a tmpfs."""

NO_DENTRY = DentryId(0)
"""The parent of a root."""


@table
class Superblock(Record):
    """``struct super_block``: one instance of a file system type."""

    type: str
    """The registered name of its type."""
    root: Record
    """The node at its top."""
    data: Record | None = None
    """What its type keeps of it (proc: whose pid space it shows)."""
    readonly: bool = False
    mounts: Map[MountId, None] = Map()
    """Mounts of it; the last one takes it along."""
    covered: Map[Record, Map[MountId, None]] = Map()
    """Nodes of it that mounts hang on, in whatever mount namespace."""


class Attributes(Record):
    """What stat(2) tells of a file, but for its device (which is the superblock's)."""

    ino: int
    mode: int
    """Type (S_IFMT) and permission bits."""
    nlink: int = 1
    uid: int = 0
    gid: int = 0
    rdev: int = 0
    """Of a device node: its number, as :func:`makedev` packs it."""
    size: int = 0
    mtime: int = 0
    """Virtual nanoseconds since boot."""


class Opened(Record):
    """What a file system or driver keeps with an open file beyond what the VFS does."""


@table
class File(Record):
    """``struct file``: an open file description."""

    place: Place
    flags: int
    """Access mode and status flags, as fcntl(F_GETFL) tells them."""
    users: int = 1
    """Entries of descriptor tables that refer to it."""
    offset: int = 0
    driver: str = ""
    """Whose operations it has: a driver's (``fifo``, ``char 1:3``), or "": its file system's."""
    write_access: bool = False
    """It counts among the writers of its mount."""
    opened: Opened | None = None


@table
class Inode(Attributes):
    """A file of a tmpfs, keyed by its ``ino``."""

    pages: Map[int, bytes] = Map()
    """Of a regular file: its content in pages of 4096 bytes; what is absent reads as zeros.
    Appending rewrites the last page alone, so N small writes cost O(N)."""
    target: str = ""
    """Of a symbolic link."""
    children: Map[str, DentryId] = Map()
    """Of a directory."""
    dentries: int = 0
    """Names it has or had that something still refers to; at 0 it ends."""


@table
class Dentry(Record):
    """A name in a tmpfs: kept while it is linked, or anything stands on it."""

    inode: InodeId
    parent: DentryId
    """Also of a name that has been removed, for paths are told up to the root all the same."""
    name: str
    position: int = 0
    """Where the name stands among its siblings: later names have higher ones."""
    users: int = 0
    """Places (open files, working directories, mounts) and removed names that refer to it."""
    linked: bool = True


class DentryNode(Record):
    """The node of a tmpfs file."""

    dentry: DentryId


class Tmpfs(Record):
    """What a tmpfs keeps with its superblock; the options of tmpfs(5)."""

    limit: int = 0
    """The most pages its files may have together; 0: no limit."""
    used: int = 0
    """How many they have; counted only where there is a limit."""
    mode: int = 0o1777
    uid: int = 0
    gid: int = 0


class PipeNode(Record):
    """The node of a pipe(2); its ``ino`` is the pipe's key."""

    ino: InodeId


class NsNode(Record):
    """The node of a namespace in nsfs."""

    kind: str
    """As in ``/proc/PID/ns``: ``pid``, ``uts``, …"""
    namespace: int
    inum: int


class FifoEnd(Opened):
    """An open end of a pipe."""

    pipe: InodeId


@table
class Progress(Record):
    """How far a blocked call has come, keyed by its task, for the few that do not start from
    scratch when asked again: a write to a pipe, the opening of a fifo."""

    file: FileId
    """The open file it is about, which it holds."""
    done: int
    """Bytes written; the partner's count that was there when a fifo's opener came."""


class Page(Record):
    """One slot of a pipe's ring: what is unread of it, and how much was read off its front."""

    data: bytes
    consumed: int = 0


@table
class Pipe(Record):
    """A pipe or fifo, keyed by its inode: at most 16 pages, filled as pipe(7) has it."""

    pages: tuple[Page, ...] = ()
    readers: int = 0
    """Open file descriptions with read access."""
    writers: int = 0
    read_opens: int = 0
    """How often it was opened for reading so far: what a blocking open of a fifo waits for."""
    write_opens: int = 0
    uid: int = 0
    gid: int = 0
    mtime: int = 0


def makedev(major: int, minor: int) -> int:
    """A device number, packed as glibc packs it (makedev(3))."""
    return (major & 0xFFF) << 8 | (major & ~0xFFF) << 32 | minor & 0xFF | (minor & 0xFFFFFF00) << 12


def dev_major(dev: int) -> int:
    """The major part of a device number."""
    return dev >> 8 & 0xFFF | dev >> 32 & ~0xFFF


def dev_minor(dev: int) -> int:
    """The minor part of a device number."""
    return dev & 0xFF | dev >> 12 & 0xFFFFFF00


@table
class RandomPool(Record):
    """How far the stream of /dev/random has been read (one row, key 0)."""

    blocks: int = 0
