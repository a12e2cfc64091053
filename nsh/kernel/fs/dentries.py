"""The dentries and inodes of a tmpfs, kept consistent with each other (mm/shmem.c, fs/libfs.c).

An inode lives as long as it has dentries, a dentry as long as it is linked or has users; a
removed dentry that somebody still stands on keeps the one above it, for its path is told.
"""

from typing import Final

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.files import S_IFDIR, S_IFMT
from nsh.kernel.fs import pages
from nsh.kernel.fs.permission import credentials
from nsh.kernel.fs.types import Name
from nsh.machine.files import InodeId, Superblock, SuperblockId
from nsh.machine.ids import TaskId
from nsh.machine.record import Record
from nsh.machine.tmpfs import Dentry, DentryId, DentryNode, Inode, Tmpfs
from nsh.machine.value import Transaction

BOGO_DIRENT_SIZE: Final = 20
"""What a directory's size counts for each entry (mm/shmem.c)."""
EMPTY_SIZE: Final = 2 * BOGO_DIRENT_SIZE
S_ISGID: Final = 0o2000


def key_of(node: Record) -> DentryId:
    """The dentry that a tmpfs's node names."""
    assert isinstance(node, DentryNode)
    return node.dentry


def dentry_of(tx: Transaction, node: Record) -> Dentry:
    """Its record."""
    assert isinstance(node, DentryNode)
    return tx.get(Dentry, node.dentry)


def inode_of(tx: Transaction, node: Record) -> Inode:
    """The record of the inode behind it."""
    assert isinstance(node, DentryNode)
    return tx.get(Inode, tx.get(Dentry, node.dentry).inode)


def data_of(record: Superblock) -> Tmpfs:
    """What a tmpfs keeps with its superblock."""
    assert isinstance(record.data, Tmpfs)
    return record.data


# ---- directories ----


def add(tx: Transaction, caller: TaskId, at: Name, draft: Inode) -> DentryNode:
    """Give *draft* a number, an owner and the name *at*."""
    directory = inode_of(tx, at.directory)
    creds = credentials(tx, caller)
    ino = tx.new(InodeId)
    key = tx.new(DentryId)
    gid = directory.gid if directory.mode & S_ISGID else creds.fsgid
    tx.put(ino, replace(draft, ino=ino, uid=creds.fsuid, gid=gid, mtime=tx.clock, dentries=1))
    tx.put(key, Dentry(ino, key_of(at.directory), at.name, key))
    enter(tx, at.directory, at.name, key, int(draft.mode & S_IFMT == S_IFDIR))
    return DentryNode(key)


def enter(tx: Transaction, node: Record, name: str, key: DentryId, subdirectories: int) -> None:
    """List *key* as *name* in the directory *node*."""
    inode = inode_of(tx, node)
    tx.put(
        inode.ino,
        replace(
            inode,
            children=inode.children.set(name, key),
            nlink=inode.nlink + subdirectories,
            size=inode.size + BOGO_DIRENT_SIZE,
            mtime=tx.clock,
        ),
    )


def leave(tx: Transaction, node: Record, name: str, subdirectories: int) -> None:
    """Strike *name* from the directory *node*."""
    inode = inode_of(tx, node)
    tx.put(
        inode.ino,
        replace(
            inode,
            children=inode.children.delete(name),
            nlink=inode.nlink - subdirectories,
            size=inode.size - BOGO_DIRENT_SIZE,
            mtime=tx.clock,
        ),
    )


def remove(tx: Transaction, sb: SuperblockId, at: Name, key: DentryId) -> None:
    """Take the name *at* away from the dentry *key*, which ends unless somebody stands on it."""
    dentry = tx.get(Dentry, key)
    inode = tx.get(Inode, dentry.inode)
    directory = inode.mode & S_IFMT == S_IFDIR
    leave(tx, at.directory, at.name, int(directory))
    less = replace(inode, nlink=0, size=0) if directory else replace(inode, nlink=inode.nlink - 1)
    tx.put(dentry.inode, less)
    if not dentry.users:
        free(tx, sb, key, dentry)
        return
    tx.put(key, replace(dentry, linked=False))
    above = tx.get(Dentry, dentry.parent)
    tx.put(dentry.parent, replace(above, users=above.users + 1))


def free(tx: Transaction, sb: SuperblockId, key: DentryId, dentry: Dentry) -> None:
    """Drop a dentry that nothing refers to, and its inode if that was its last."""
    tx.drop(Dentry, key)
    inode = tx.get(Inode, dentry.inode)
    if inode.dentries > 1:
        tx.put(dentry.inode, replace(inode, dentries=inode.dentries - 1))
        return
    count(tx, sb, -len(inode.pages))
    tx.drop(Inode, dentry.inode)


def become(tx: Transaction, key: DentryId, node: Record) -> None:
    """Have the dentry *key*, whose inode has no other and nothing in it, be one of the inode of
    *node*."""
    dentry, inode = tx.get(Dentry, key), inode_of(tx, node)
    tx.drop(Inode, dentry.inode)
    tx.put(inode.ino, replace(inode, dentries=inode.dentries + 1))
    tx.put(key, replace(dentry, inode=InodeId(inode.ino)))


# ---- space ----


def count(tx: Transaction, sb: SuperblockId, change: int) -> None:
    """Count *change* pages more as used, where the instance has a limit."""
    record = tx.get(Superblock, sb)
    data = data_of(record)
    if data.limit and change:
        tx.put(sb, replace(record, data=replace(data, used=data.used + change)))


def charge(tx: Transaction, sb: SuperblockId, inode: Inode, offset: int, size: int) -> int:
    """Count the pages that *size* bytes at *offset* add; reply how many bytes there is room
    for.  ENOSPC if for none."""
    data = data_of(tx.get(Superblock, sb))
    if not data.limit:
        return size
    free = data.limit - data.used
    fresh = 0
    position, end = offset, offset + size
    while position < end:
        index = position // pages.PAGE_SIZE
        if index not in inode.pages:
            if fresh == free:
                break
            fresh += 1
        position = (index + 1) * pages.PAGE_SIZE
    if position <= offset:
        raise Errno.ENOSPC(f"all {data.limit} pages of the file system are in use")
    count(tx, sb, fresh)
    return min(position, end) - offset
