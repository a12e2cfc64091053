"""tmpfs: files in memory (tmpfs(5)), and the nameless ones of memfd_create(2).

Directories list the newest name first, as Linux's simple_offset directories do.
"""

from collections.abc import Iterable
from typing import ClassVar

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.files import S_IFDIR, S_IFLNK, S_IFMT, S_IFREG, Dirent
from nsh.kernel.fs import dentries, owners, pages, parameters, tmpfs_options
from nsh.kernel.fs.permission import credentials
from nsh.kernel.fs.types import FileSystem, Name, file_system, new_superblock, superblock_of
from nsh.machine.files import Attributes, File, InodeId, Superblock, SuperblockId
from nsh.machine.ids import FileId, TaskId
from nsh.machine.record import Record
from nsh.machine.tmpfs import DEFAULT_LIMIT, NO_DENTRY, Dentry, DentryId, DentryNode, Inode, Tmpfs
from nsh.machine.value import Transaction


@file_system("tmpfs")
class TmpfsType(FileSystem):
    """The type itself.  Its nodes are :class:`DentryNode`."""

    userns_mount = True
    has_capabilities = True

    # ---- instances ----

    def mount(self, tx: Transaction, caller: TaskId, source: str, options: str) -> SuperblockId:
        """A new, empty instance with the options size, mode, uid and gid, which is the caller's
        unless they say otherwise."""
        creds = credentials(tx, caller)
        data = tmpfs_options.parse(Tmpfs(uid=creds.fsuid, gid=creds.fsgid), options)
        return make_instance(tx, self.name, owners.translated(tx, creds, data, options))

    def check_options(self, options: str) -> None:
        """Size, mode, uid and gid are known."""
        tmpfs_options.parse(Tmpfs(), options)

    def reconfigure(self, tx: Transaction, caller: TaskId, sb: SuperblockId, options: str) -> None:
        """Change the size, which cannot fall below what is used, nor be given to an instance that
        has been without; other options are fixed, but owners have to be somebody to the caller and
        to whose instance it is (shmem_parse_one, shmem_reconfigure)."""
        record = tx.get(Superblock, sb)
        old = dentries.data_of(record)
        new = tmpfs_options.parse(old, options)
        owners.check_known(
            tx, record.owner, owners.translated(tx, credentials(tx, caller), new, options), options
        )
        if new.limit != old.limit:
            if not old.limit:
                reason = "an instance without a size cannot be given one"
                parameters.refuse("tmpfs: Cannot retroactively limit size", reason)
            if new.limit and new.limit < old.used:
                reason = f"{old.used} pages are in use"
                parameters.refuse("tmpfs: Too small a size for current use", reason)
        tx.put(sb, replace(record, data=replace(old, limit=new.limit)))

    def show_options(self, tx: Transaction, sb: SuperblockId) -> str:
        """What differs from the defaults."""
        data = dentries.data_of(tx.get(Superblock, sb))
        parts = []
        if data.limit != DEFAULT_LIMIT:
            parts.append(f",size={data.limit * pages.PAGE_SIZE // 1024}k")
        if data.mode != 0o1777:
            parts.append(f",mode={data.mode:03o}")
        if data.uid:
            parts.append(f",uid={data.uid}")
        if data.gid:
            parts.append(f",gid={data.gid}")
        return "".join(parts)

    def kill(self, tx: Transaction, sb: SuperblockId) -> None:
        """Drop the whole tree."""
        root = tx.get(Superblock, sb).root
        assert isinstance(root, DentryNode)
        stack = [root.dentry]
        while stack:
            key = stack.pop()
            dentry = tx.get(Dentry, key)
            inode = tx.get(Inode, dentry.inode)
            stack.extend(inode.children.values())
            tx.drop(Dentry, key)
            if inode.dentries > 1:
                tx.put(dentry.inode, replace(inode, dentries=inode.dentries - 1))
            else:
                tx.drop(Inode, dentry.inode)

    # ---- names ----

    def lookup(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record, name: str
    ) -> Record | None:
        """The dentry of that name."""
        child = dentries.inode_of(tx, node).children.get(name)
        return None if child is None else DentryNode(child)

    def parent(self, tx: Transaction, sb: SuperblockId, node: Record) -> Record:
        """The dentry above, also of a removed name."""
        above = dentries.dentry_of(tx, node).parent
        return node if above == NO_DENTRY else DentryNode(above)

    def name_of(self, tx: Transaction, sb: SuperblockId, node: Record) -> str:
        """The dentry's name."""
        return dentries.dentry_of(tx, node).name

    def unlinked(self, tx: Transaction, sb: SuperblockId, node: Record) -> bool:
        """Whether the name has been removed."""
        return not dentries.dentry_of(tx, node).linked

    def entries(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record
    ) -> Iterable[Dirent]:
        """Newest name first."""
        rows = [tx.get(Dentry, child) for child in dentries.inode_of(tx, node).children.values()]
        rows.sort(key=lambda dentry: -dentry.position)
        for dentry in rows:
            mode = tx.get(Inode, dentry.inode).mode
            yield Dirent(dentry.name, dentry.inode, mode & S_IFMT)

    def stat(self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record) -> Attributes:
        """The inode, which is its own description."""
        return dentries.inode_of(tx, node)

    def readlink(self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record) -> str:
        """The link's text."""
        return dentries.inode_of(tx, node).target

    # ---- extended attributes ----

    def capability(self, tx: Transaction, sb: SuperblockId, node: Record) -> bytes | None:
        """The inode's."""
        return dentries.inode_of(tx, node).capability

    def set_capability(
        self, tx: Transaction, sb: SuperblockId, node: Record, value: bytes | None
    ) -> None:
        """Give it to the inode."""
        inode = dentries.inode_of(tx, node)
        tx.put(inode.ino, replace(inode, capability=value))

    # ---- references ----

    def hold(self, tx: Transaction, sb: SuperblockId, node: Record, count: int = 1) -> None:
        """Count users of the dentry."""
        assert isinstance(node, DentryNode)
        dentry = tx.get(Dentry, node.dentry)
        tx.put(node.dentry, replace(dentry, users=dentry.users + count))

    def release(self, tx: Transaction, sb: SuperblockId, node: Record) -> None:
        """Uncount a user; the last one of a removed name ends it, and lets go of the directory
        that it was in."""
        assert isinstance(node, DentryNode)
        key = node.dentry
        while key != NO_DENTRY:
            dentry = tx.get(Dentry, key)
            if dentry.users > 1 or dentry.linked:
                tx.put(key, replace(dentry, users=dentry.users - 1))
                return
            dentries.free(tx, sb, key, dentry)
            key = dentry.parent

    # ---- open files ----

    def read(self, tx: Transaction, caller: TaskId, key: FileId, file: File, size: int) -> bytes:
        """The content, zeros in holes."""
        inode = dentries.inode_of(tx, file.place.node)
        if inode.mode & S_IFMT == S_IFDIR:
            raise Errno.EISDIR("a directory is read with getdents")
        end = min(file.offset + size, inode.size)
        return pages.read(inode.pages, file.offset, end)

    def write(self, tx: Transaction, caller: TaskId, key: FileId, file: File, data: bytes) -> int:
        """Store *data*; less of it where the file or the file system is full."""
        if not data:
            return 0
        place = file.place
        inode = dentries.inode_of(tx, place.node)
        room = pages.MAX_SIZE - file.offset
        if room <= 0:
            raise Errno.EFBIG(f"a file of this machine has {pages.MAX_SIZE >> 20} MiB at most")
        data = data[:room]
        sb = superblock_of(tx, place)
        data = data[: dentries.charge(tx, sb, inode, file.offset, len(data))]
        content = pages.write(inode.pages, file.offset, data)
        size = max(inode.size, file.offset + len(data))
        inode = _unprivileged(tx, caller, inode)
        tx.put(inode.ino, replace(inode, pages=content, size=size, mtime=tx.clock))
        return len(data)

    def seek_end(self, tx: Transaction, caller: TaskId, file: File) -> int:
        """The size; EINVAL for a directory."""
        inode = dentries.inode_of(tx, file.place.node)
        if inode.mode & S_IFMT == S_IFDIR:
            raise Errno.EINVAL("a directory has no end to seek from")
        return inode.size

    def append_at(self, tx: Transaction, file: File) -> int:
        """The size."""
        return dentries.inode_of(tx, file.place.node).size

    # ---- changes ----

    def truncate(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record, size: int
    ) -> None:
        """Cut the content, or let it read as zeros from its end on."""
        inode = dentries.inode_of(tx, node)
        if size > pages.MAX_SIZE:
            raise Errno.EFBIG(f"a file of this machine has {pages.MAX_SIZE >> 20} MiB at most")
        content = pages.truncate(inode.pages, size) if size < inode.size else inode.pages
        dentries.count(tx, sb, len(content) - len(inode.pages))
        inode = _unprivileged(tx, caller, inode)
        tx.put(inode.ino, replace(inode, pages=content, size=size, mtime=tx.clock))

    def chmod(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record, mode: int
    ) -> None:
        """Set the permission bits."""
        inode = dentries.inode_of(tx, node)
        tx.put(inode.ino, replace(inode, mode=inode.mode & S_IFMT | mode & 0o7777))

    def chown(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record, owner: Attributes
    ) -> None:
        """Give it to somebody else, with what its mode is then; capabilities go, but for a
        directory's (ATTR_KILL_PRIV)."""
        inode = dentries.inode_of(tx, node)
        if inode.capability and inode.mode & S_IFMT != S_IFDIR:
            inode = replace(inode, capability=None)
        tx.put(inode.ino, replace(inode, uid=owner.uid, gid=owner.gid, mode=owner.mode))

    def touch(self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record) -> None:
        """Set the time of modification."""
        inode = dentries.inode_of(tx, node)
        tx.put(inode.ino, replace(inode, mtime=tx.clock))

    def create(
        self,
        tx: Transaction,
        caller: TaskId,
        sb: SuperblockId,
        at: Name,
        mode: int,
        *,
        rdev: int = 0,
    ) -> Record:
        """A file, fifo or device node."""
        return dentries.add(tx, caller, at, Inode(0, mode, rdev=rdev))

    def mkdir(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, at: Name, mode: int
    ) -> Record:
        """A directory; it inherits the set-group-ID bit."""
        mode |= dentries.inode_of(tx, at.directory).mode & dentries.S_ISGID
        return dentries.add(tx, caller, at, Inode(0, S_IFDIR | mode, 2, size=dentries.EMPTY_SIZE))

    def symlink(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, at: Name, target: str
    ) -> None:
        """A symbolic link."""
        size = len(target.encode("utf-8", "surrogateescape"))
        dentries.add(tx, caller, at, Inode(0, S_IFLNK | 0o777, size=size, target=target))

    def link(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, at: Name, node: Record
    ) -> None:
        """Another name for the same inode."""
        inode = dentries.inode_of(tx, node)
        more = replace(inode, nlink=inode.nlink + 1, dentries=inode.dentries + 1)
        tx.put(inode.ino, more)
        key = tx.new(DentryId)
        above = dentries.key_of(at.directory)
        tx.put(key, Dentry(InodeId(inode.ino), above, at.name, key))
        dentries.enter(tx, at.directory, at.name, key, 0)

    def unlink(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, at: Name, node: Record
    ) -> None:
        """Remove the name; the inode goes with its last name and user."""
        dentries.remove(tx, sb, at, dentries.key_of(node))

    def rmdir(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, at: Name, node: Record
    ) -> None:
        """Remove an empty directory."""
        if dentries.inode_of(tx, node).children:
            raise Errno.ENOTEMPTY(f"{at.name} has entries")
        dentries.remove(tx, sb, at, dentries.key_of(node))

    def rename(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, old: Name, new: Name
    ) -> None:
        """Move the dentry, so that who stands on it moves along."""
        moving = dentries.inode_of(tx, old.directory).children[old.name]
        replaced = dentries.inode_of(tx, new.directory).children.get(new.name)
        if replaced is not None:
            if dentries.inode_of(tx, DentryNode(replaced)).children:
                raise Errno.ENOTEMPTY(f"{new.name} has entries")
            dentries.remove(tx, sb, new, replaced)
        dentry = tx.get(Dentry, moving)
        subdirectory = int(tx.get(Inode, dentry.inode).mode & S_IFMT == S_IFDIR)
        dentries.leave(tx, old.directory, old.name, subdirectory)
        dentries.enter(tx, new.directory, new.name, moving, subdirectory)
        above = dentries.key_of(new.directory)
        moved = replace(dentry, parent=above, name=new.name, position=tx.fresh())
        tx.put(moving, moved)


@file_system("memfd")
class MemfdType(TmpfsType):
    """The tmpfs that holds the files of memfd_create(2), each without a name."""

    internal: ClassVar[bool] = True
    registered: ClassVar[bool] = False

    def dname(self, tx: Transaction, sb: SuperblockId, node: Record) -> str | None:
        """``/memfd:NAME (deleted)``."""
        return f"/memfd:{dentries.dentry_of(tx, node).name} (deleted)"


def _unprivileged(tx: Transaction, caller: TaskId, inode: Inode) -> Inode:
    """*inode* without what is not to outlive a change of its content by *caller*: capabilities, of
    which an empty value is none, and most often set-id bits (file_remove_privs)."""
    if inode.capability:
        inode = replace(inode, capability=None)
    if not inode.mode & (owners.S_ISUID | owners.S_ISGID):
        return inode
    mode = inode.mode & ~owners.dropped_by_writing(tx, credentials(tx, caller), inode)
    return replace(inode, mode=mode)


def make_instance(tx: Transaction, name: str, data: Tmpfs) -> SuperblockId:
    """A superblock of type *name* with nothing but a root directory."""
    ino = tx.new(InodeId)
    key = tx.new(DentryId)
    size = dentries.EMPTY_SIZE
    mode = S_IFDIR | data.mode
    tx.put(ino, Inode(ino, mode, 2, data.uid, data.gid, 0, size, tx.clock, dentries=1))
    tx.put(key, Dentry(ino, NO_DENTRY, ""))
    return new_superblock(tx, name, DentryNode(key), data)


def make_unlinked(
    tx: Transaction,
    caller: TaskId,
    name: str,
    mode: int = S_IFREG | 0o777,
    directory: DentryNode | None = None,
) -> DentryNode:
    """A new file without a name in any directory, or one that has lost the name *name* in
    *directory*; it lives while it is held."""
    creds = credentials(tx, caller)
    ino = tx.new(InodeId)
    key = tx.new(DentryId)
    above = NO_DENTRY
    if directory is not None:
        above = directory.dentry
        dentry = tx.get(Dentry, above)
        tx.put(above, replace(dentry, users=dentry.users + 1))
    tx.put(ino, Inode(ino, mode, 0, creds.fsuid, creds.fsgid, mtime=tx.clock, dentries=1))
    tx.put(key, Dentry(ino, above, name, linked=False))
    return DentryNode(key)
