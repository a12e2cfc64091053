"""File systems, and files that are open (Documentation/filesystems/vfs.rst).

A file system instance is a :class:`Superblock`.  Its files are *nodes*: small frozen records
that name a file within it and mean something to its file system type alone; a
:class:`~nsh.machine.context.Place` is a node seen through a mount.  What a type keeps of its
files is in a file of its own, as :mod:`nsh.machine.tmpfs`.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import NewType, TypeVar

from immutables import Map

from nsh.machine.context import Context, Place
from nsh.machine.ids import FIRST_USER, NOBODY, FileId, NamespaceId, TaskId
from nsh.machine.invariants import invariant
from nsh.machine.record import Record, table
from nsh.machine.tasks import Image
from nsh.machine.value import Machine

SuperblockId = NewType("SuperblockId", int)
"""One instance of a file system.  It is also the minor number of its device (major 0)."""

InodeId = NewType("InodeId", int)
"""One inode; unlike other ids it is seen outside, as ``st_ino``.  Unique on the machine."""


@table
class Superblock(Record):
    """``struct super_block``: one instance of a file system type."""

    type: str
    """The registered name of its type."""
    root: Record
    """The node at its top."""
    data: Record | None = None
    """What its type keeps of it (proc: whose pid space it shows)."""
    flags: int = 0
    """MS_RDONLY, MS_SYNCHRONOUS, MS_DIRSYNC, MS_MANDLOCK, MS_LAZYTIME."""
    mounts: int = 0
    """How many mounts of it there are; the last one takes it along, if nothing else pins it."""
    pins: int = 0
    """What keeps it beside its mounts (s_active): pseudo terminals that are open."""
    covered: Map[Record, int] = Map()
    """How many mounts hang on nodes of it, in whatever mount namespaces; none is 0."""
    owner: NamespaceId = FIRST_USER
    """The user namespace that it was mounted in (``s_user_ns``)."""


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


class MountsFile(Opened):
    """What an open file of /proc/PID/mounts and its like keeps."""

    namespace: NamespaceId
    """The mount namespace that the task was in when it was opened."""
    root: Place
    """The task's root then, on which it stands."""
    event: int
    """Which of the namespace's events poll(2) has told of."""
    said: bytes = b""
    """What it said to who reads it from its beginning."""


class EnvironFile(Opened):
    """What an open file of /proc/PID/environ keeps."""

    image: Image
    """The program that the task had when it was opened."""


class FileOwner(Record):
    """``struct fown_struct``: who is sent the signals of an open file, and which (F_SETOWN,
    F_SETSIG of fcntl(2))."""

    whom: TaskId = NOBODY
    """A thread, a process, or the group called so."""
    type: int = 0
    """What it is of these (abi.files.OwnerType)."""
    uid: int = 0
    """The ids of who made that one the owner, by whose right the signals are sent."""
    euid: int = 0
    signo: int = 0
    """0: SIGIO, without a word of what has happened."""


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
    owner: FileOwner | None = None


def makedev(major: int, minor: int) -> int:
    """A device number, packed as glibc packs it (makedev(3))."""
    return (major & 0xFFF) << 8 | (major & ~0xFFF) << 32 | minor & 0xFF | (minor & 0xFFFFFF00) << 12


def dev_major(dev: int) -> int:
    """The major part of a device number."""
    return dev >> 8 & 0xFFF | dev >> 32 & ~0xFFF


def dev_minor(dev: int) -> int:
    """The minor part of a device number."""
    return dev & 0xFF | dev >> 12 & 0xFFFFFF00


Standing = Callable[[Machine], Iterator[Place]]
S = TypeVar("S", bound=Standing)

standing: list[Standing] = []
"""Whatever stands on places besides open files, roots and working directories."""


def holds_places(holder: S) -> S:
    """Register what yields a place for each time that a mechanism stands on it."""
    standing.append(holder)
    return holder


def places(machine: Machine) -> Iterator[Place]:
    """Every place that something stands on: open files, roots, working directories, and others."""
    for _key, file in machine.items(File):
        yield file.place
        if isinstance(file.opened, MountsFile):
            yield file.opened.root
    for _key, context in machine.items(Context):
        if not context.fs_at:
            yield context.fs.root
            yield context.fs.cwd
    for holder in standing:
        yield from holder(machine)


Holder = Callable[[Machine], Iterator[FileId]]
H = TypeVar("H", bound=Holder)

holders: list[Holder] = []
"""Whatever holds open files besides descriptor tables and blocked calls."""


def holds_files(holder: H) -> H:
    """Register what yields an open file for each time that a mechanism holds it."""
    holders.append(holder)
    return holder


@invariant
def _open_files(machine: Machine) -> Iterator[str]:
    """An open file counts the descriptors that refer to it; a blocked call may hold it too."""
    users: Counter[int] = Counter()
    for key, context in machine.items(Context):
        for fd, entry in sorted(context.files.items()):
            users[entry.file] += 1
            if machine.find(File, entry.file) is None:
                yield f"descriptor {fd} of context {key} is of file {entry.file}, which is gone"
    for holder in holders:
        users.update(holder(machine))
    for key, file in machine.items(File):
        if not users[key] <= file.users <= users[key] + 1:
            yield f"file {key} counts {file.users} users, there are {users[key]} descriptors"
