"""What is in a tmpfs of the container's own: each file once, with all its names (tmpfs(5); C4).

Owners are told in the numbers of the user namespace that the file system was mounted in.  Times are
as they are: a file is no younger for having been saved.
"""

from collections.abc import Iterator
from typing import Final

import msgspec
from immutables import Map
from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.files import (
    NAME_MAX,
    S_IFBLK,
    S_IFCHR,
    S_IFDIR,
    S_IFIFO,
    S_IFLNK,
    S_IFMT,
    S_IFREG,
    S_IFSOCK,
)
from nsh.kernel.checkpoint import ownership, parts
from nsh.kernel.checkpoint.image import Object
from nsh.kernel.checkpoint.state import Dump, Restart
from nsh.kernel.fs import dentries, pages
from nsh.machine.files import InodeId, Superblock, SuperblockId
from nsh.machine.tmpfs import Dentry, DentryId, DentryNode, Inode

TYPE: Final = "tmpfs"
_TYPES: Final = (S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFREG, S_IFSOCK)

_Name = tuple[InodeId, str, int]
"""Of a file: the directory that it is in, the name, and where that stands there."""


class InodeOf(Object, frozen=True, tag="inode"):
    """One file; directories come before what is in them, the root first."""

    filesystem: int
    number: int
    mode: int
    names: tuple[tuple[int, str, int], ...] = ()
    """The directory that each is in, the name, and where that stands there: the newest highest."""
    uid: int = 0
    """-1: who has no number there, which is who restarts it."""
    gid: int = 0
    mtime: int = 0
    rdev: int = 0
    target: str = ""
    """Of a symbolic link."""
    size: int = 0
    pages: dict[int, bytes] = msgspec.field(default_factory=dict)
    """By number; what is not there is zeros."""
    capability: bytes | None = None


def saved(dump: Dump, sb: SuperblockId, number: int) -> Iterator[InodeOf]:
    """All files of a tmpfs, which an image calls *number*."""
    tx = dump.tx
    record = tx.get(Superblock, sb)
    numbers: dict[int, int] = {}
    for ino, names in _files(dump, record):
        inode = tx.get(Inode, ino)
        numbers[ino] = len(numbers) + 1
        yield InodeOf(
            filesystem=number,
            number=numbers[ino],
            mode=inode.mode,
            names=tuple((numbers[directory], name, rank) for directory, name, rank in names),
            uid=ownership.uid(dump, record.owner, inode.uid),
            gid=ownership.gid(dump, record.owner, inode.gid),
            mtime=inode.mtime,
            rdev=inode.rdev,
            target=inode.target,
            size=inode.size if inode.mode & S_IFMT == S_IFREG else 0,
            pages=dict(sorted(inode.pages.items())),
            capability=inode.capability,
        )


def _files(dump: Dump, record: Superblock) -> Iterator[tuple[InodeId, list[_Name]]]:
    """Directories from the root on, then other files by their first names."""
    tx = dump.tx
    assert isinstance(record.root, DentryNode)
    line: list[tuple[InodeId, list[_Name]]] = [(tx.get(Dentry, record.root.dentry).inode, [])]
    others: dict[InodeId, list[_Name]] = {}
    while line:
        directory, names = line.pop(0)
        yield directory, names
        below = [tx.get(Dentry, key) for key in tx.get(Inode, directory).children.values()]
        for rank, dentry in enumerate(sorted(below, key=lambda each: each.position), 1):
            name = (directory, dentry.name, rank)
            if tx.get(Inode, dentry.inode).mode & S_IFMT == S_IFDIR:
                line.append((dentry.inode, [name]))
            else:
                others.setdefault(dentry.inode, []).append(name)
    yield from others.items()


@parts.makes(InodeOf, "filesystem", "number")
def _make(restart: Restart, inode: InodeOf) -> None:
    """EINVAL; EPERM: the caller could make no such file; ENOSPC."""
    tx = restart.tx
    sb = restart.filesystems.get(inode.filesystem)
    record = None if sb is None else tx.get(Superblock, sb)
    if sb is None or record is None or record.type != TYPE or record.mounts:
        raise Errno.EINVAL(f"filesystem: there is no tmpfs {inode.filesystem} that is to be filled")
    kind = inode.mode & S_IFMT
    _check(inode, kind)
    owner = inode.uid, inode.gid
    found = ownership.of_file(
        restart, record.owner, owner, inode.mode, capability=inode.capability is not None
    )
    draft = Inode(
        0,
        inode.mode,
        uid=found[0],
        gid=found[1],
        mtime=inode.mtime,
        rdev=inode.rdev if kind in ownership.DEVICES else 0,
        target=inode.target,
        capability=inode.capability,
    )
    known = restart.inodes.setdefault(inode.filesystem, {})
    if not known:
        assert isinstance(record.root, DentryNode)
        root = tx.get(Inode, tx.get(Dentry, record.root.dentry).inode)
        if kind != S_IFDIR or inode.names:
            raise Errno.EINVAL("names: the first one is the root, which has none")
        tx.put(root.ino, replace(draft, ino=root.ino, nlink=2, size=root.size, dentries=1))
        known[inode.number] = record.root.dentry
        return
    if not inode.names or (kind == S_IFDIR and len(inode.names) > 1):
        raise Errno.EINVAL("names: a file has some, a directory one")
    ino = tx.new(InodeId)
    size = {S_IFDIR: dentries.EMPTY_SIZE, S_IFREG: inode.size}.get(kind, 0)
    size = len(inode.target.encode()) if kind == S_IFLNK else size
    links = 2 if kind == S_IFDIR else len(inode.names)
    tx.put(ino, replace(draft, ino=ino, nlink=links, size=size, dentries=len(inode.names)))
    for name in inode.names:
        known[inode.number] = _name(restart, known, ino, name, directory=kind == S_IFDIR)
    if kind == S_IFREG:
        content: pages.Pages = Map(inode.pages)
        dentries.count(tx, sb, len(content))
        tx.put(ino, replace(tx.get(Inode, ino), pages=content))
        data = dentries.data_of(tx.get(Superblock, sb))
        if data.limit and data.used > data.limit:
            raise Errno.ENOSPC(f"pages: the file system has no more than {data.limit}")


def _check(inode: InodeOf, kind: int) -> None:
    """EINVAL: it is no file that there could be."""
    if kind not in _TYPES or inode.mode & ~0o177777:
        raise Errno.EINVAL(f"mode: {inode.mode:o} is of no file")
    if not 0 <= inode.size <= pages.MAX_SIZE:
        raise Errno.EINVAL(f"size: a file has at most {pages.MAX_SIZE} bytes")
    most = -(-inode.size // pages.PAGE_SIZE)
    for index, page in inode.pages.items():
        if not 0 <= index < most or not 0 < len(page) <= pages.PAGE_SIZE:
            raise Errno.EINVAL(f"pages: {index} is none of a file of {inode.size} bytes")
    if (kind == S_IFLNK) != bool(inode.target):
        raise Errno.EINVAL("target: a symbolic link has one, and nothing else")


def _name(
    restart: Restart,
    known: dict[int, DentryId],
    ino: InodeId,
    name: tuple[int, str, int],
    *,
    directory: bool,
) -> DentryId:
    tx = restart.tx
    number, text, position = name
    above = known.get(number)
    node = None if above is None else DentryNode(above)
    if node is None or dentries.inode_of(tx, node).mode & S_IFMT != S_IFDIR:
        raise Errno.EINVAL(f"names: there is no directory {number} before this line")
    before = dentries.inode_of(tx, node)
    if text in ("", ".", "..") or set(text) & {"/", "\0"} or len(text.encode()) > NAME_MAX:
        raise Errno.EINVAL(f"names: {text!r} is none")
    if text in before.children:
        raise Errno.EINVAL(f"names: {text} is there already")
    key = tx.new(DentryId)
    if not 0 < position < key:
        raise Errno.EINVAL(f"names: {position} is no position")
    tx.put(key, Dentry(ino, dentries.key_of(node), text, position))
    dentries.enter(tx, node, text, key, int(directory))
    entered = dentries.inode_of(tx, node)
    tx.put(entered.ino, replace(entered, mtime=before.mtime))
    return key
