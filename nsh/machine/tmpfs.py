"""What a tmpfs keeps: inodes, and the dentries that name them (tmpfs(5))."""

from collections import Counter
from collections.abc import Iterator
from typing import Final, NewType

from immutables import Map

from nsh.machine.files import Attributes, InodeId, Superblock, SuperblockId
from nsh.machine.invariants import invariant
from nsh.machine.mounts import nodes
from nsh.machine.record import Record, table
from nsh.machine.value import Machine

DentryId = NewType("DentryId", int)
"""One name of a file in a tmpfs."""

DEFAULT_LIMIT: Final = 65536
"""Pages (256 MiB) where no size is asked for: half of this machine's memory."""

NO_DENTRY = DentryId(0)
"""The parent of a root."""


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
    capability: bytes | None = None
    """The extended attribute security.capability as it is stored; None: it has none."""


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
    """Places (open files, working directories, tops of mounts) and removed names that refer to it;
    not where it is the root of its superblock."""
    linked: bool = True


class DentryNode(Record):
    """The node of a tmpfs file."""

    dentry: DentryId


class Tmpfs(Record):
    """What a tmpfs keeps with its superblock; the options of tmpfs(5)."""

    limit: int = DEFAULT_LIMIT
    """The most pages its files may have together; 0: no limit."""
    used: int = 0
    """How many they have; counted only where there is a limit."""
    mode: int = 0o1777
    uid: int = 0
    gid: int = 0


@table
class DevTmpfs(Record):
    """The one instance of devtmpfs (one row, key 0)."""

    superblock: SuperblockId


@invariant
def _dentries(machine: Machine) -> Iterator[str]:
    """A dentry is in its directory, or somebody stands on it; it counts them all."""
    users = _dentry_users(machine)
    dentries, inodes = machine.rows(Dentry), machine.rows(Inode)
    roots = {
        record.root.dentry
        for _key, record in machine.items(Superblock)
        if isinstance(record.root, DentryNode)
    }
    for key, dentry in machine.items(Dentry):
        if dentry.users != users.pop(key, 0):
            yield f"dentry {key} ({dentry.name}) miscounts its {dentry.users} users"
        if dentry.inode not in inodes:
            yield f"dentry {key} ({dentry.name}) names inode {dentry.inode}, which is gone"
        if not dentry.linked:
            if not dentry.users:
                yield f"dentry {key} ({dentry.name}) is removed and nobody's"
        elif key not in roots:
            above = dentries.get(dentry.parent)
            directory = None if above is None else inodes.get(above.inode)
            if directory is None or directory.children.get(dentry.name) != key:
                yield f"dentry {key} ({dentry.name}) is not in its directory"
    for key in sorted(users):
        yield f"dentry {key} has users and is gone"


def _dentry_users(machine: Machine) -> Counter[int]:
    users: Counter[int] = Counter()
    for node in nodes(machine):
        if isinstance(node, DentryNode):
            users[node.dentry] += 1
    for _key, dentry in machine.items(Dentry):
        if not dentry.linked and dentry.parent != NO_DENTRY:
            users[dentry.parent] += 1
    return users


@invariant
def _inodes(machine: Machine) -> Iterator[str]:
    """An inode counts its dentries and links, a directory its entries."""
    dentries, inodes = machine.rows(Dentry), machine.rows(Inode)
    named: Counter[int] = Counter()
    linked: Counter[int] = Counter()
    for _key, dentry in machine.items(Dentry):
        named[dentry.inode] += 1
        linked[dentry.inode] += dentry.linked
    for key, inode in machine.items(Inode):
        if inode.dentries != named[key] or not inode.dentries:
            yield f"inode {key} counts {inode.dentries} dentries, there are {named[key]}"
        if inode.mode & 0o170000 != 0o040000:
            if inode.nlink != linked[key]:
                yield f"inode {key} counts {inode.nlink} links, there are {linked[key]}"
            continue
        below = [dentries[child].inode for child in inode.children.values()]
        kinds = [inodes[child].mode & 0o170000 for child in below]
        links = 2 + kinds.count(0o040000) if linked[key] else 0
        if inode.nlink != links:
            yield f"directory {key} counts {inode.nlink} links, there are {links}"
