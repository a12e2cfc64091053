"""Making, moving and removing names: mkdir(2), unlink(2), rename(2), … (fs/namei.c)."""

from typing import Final, NamedTuple

from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno
from nsh.abi.files import PATH_MAX, S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFMT, S_IFREG, S_IFSOCK
from nsh.abi.names import Link, Mkdir, Mkfifo, Mknod, Rename, Rmdir, Symlink, Unlink
from nsh.kernel import contexts
from nsh.kernel.capabilities import need
from nsh.kernel.dispatch import handles
from nsh.kernel.fs import mount_tree
from nsh.kernel.fs.owners import check_maker
from nsh.kernel.fs.permission import MAY_EXEC, MAY_READ, MAY_WRITE, check_sticky, may, owns
from nsh.kernel.fs.types import FileSystem, Name, type_of
from nsh.kernel.fs.walk import Target, Walk, bytes_in
from nsh.machine.context import Place
from nsh.machine.files import Attributes, SuperblockId
from nsh.machine.ids import FIRST_USER, TaskId
from nsh.machine.mounts import Mount
from nsh.machine.record import Record
from nsh.machine.tasks import Creds
from nsh.machine.value import Transaction

S_ISUID: Final = 0o4000
_SGID_EXEC: Final = 0o2010
_NODES: Final = (S_IFREG, S_IFCHR, S_IFBLK, S_IFIFO, S_IFSOCK)
_DEV_MAX: Final = (1 << 32) - 1
"""Device numbers have 32 bits in system calls."""


class Slot(NamedTuple):
    """A name, found in its directory, with what is there."""

    target: Target
    sb: SuperblockId
    kind: FileSystem
    node: Record | None

    @property
    def name(self) -> Name:
        """As file systems are told it."""
        return Name(self.target.directory.node, self.target.name)


def _slot(walk: Walk, target: Target) -> Slot:
    sb = walk.tx.get(Mount, target.directory.mount).superblock
    return Slot(target, sb, type_of(walk.tx, sb), walk.child(target))


def _free_slot(walk: Walk, path: str, *, directory: bool = False) -> Slot:
    """The slot of *path* for something new (filename_create).

    EEXIST; ENOENT where only a directory could have the name, or the one around it is removed;
    EROFS.  What is made there needs :func:`_check_change`.
    """
    target = walk.parent(path)
    if not target.ordinary:
        raise Errno.EEXIST(f"{path} exists")
    slot = _slot(walk, target)
    if slot.node is not None:
        raise Errno.EEXIST(f"{target.name} exists")
    if not slot.kind.negative:
        raise Errno.ENOENT(f"{slot.kind.name} makes no names on demand")
    if target.slash and not directory:
        raise Errno.ENOENT("a name that ends in a slash can only be a directory's")
    _check_there(walk, slot)
    mount_tree.check_writable(walk.tx, target.directory)
    return slot


def _check_new(walk: Walk, slot: Slot) -> None:
    """Whether the caller may make something at *slot* (may_create).  EACCES, EOVERFLOW."""
    check_maker(walk.tx, walk.creds, slot.sb)
    _check_change(walk, slot)


def _check_there(walk: Walk, slot: Slot) -> None:
    if slot.kind.unlinked(walk.tx, slot.sb, slot.target.directory.node):
        raise Errno.ENOENT("the directory has been removed")


def _check_change(walk: Walk, slot: Slot) -> Attributes:
    """Whether the caller may change the directory of *slot*; replies its attributes."""
    directory = slot.target.directory
    _check_there(walk, slot)
    attributes = walk.stat(directory)
    walk.check(directory, attributes, MAY_WRITE | MAY_EXEC, "the directory")
    return attributes


def _attributes(walk: Walk, slot: Slot, node: Record) -> Attributes:
    return walk.stat(Place(slot.target.directory.mount, node))


def _check_victim(walk: Walk, slot: Slot, node: Record, *, directory: bool) -> None:
    """What may_delete() refuses of removing *node*, as a directory or as none."""
    above = _check_change(walk, slot)
    attributes = _attributes(walk, slot, node)
    check_sticky(walk.tx, walk.creds, above, attributes, slot.target.name)
    is_directory = attributes.mode & S_IFMT == S_IFDIR
    if directory and not is_directory:
        raise Errno.ENOTDIR(f"{slot.target.name} is no directory")
    if is_directory and not directory:
        raise Errno.EISDIR(f"{slot.target.name} is a directory")


def _check_able(slot: Slot, what: str) -> None:
    """EPERM where the file system cannot do *what*, whatever it is to be done to."""
    if not slot.kind.can(what):
        raise Errno.EPERM(f"{slot.kind.name} has no {what}")


def _check_not_mounted(walk: Walk, slot: Slot, node: Record) -> None:
    space = contexts.namespace(walk.tx, walk.caller, "mnt")
    if mount_tree.mounted_here(walk.tx, slot.sb, node, space):
        raise Errno.EBUSY(f"{slot.target.name} is a mount point")


@handles(Mkdir)
def mkdir(tx: Transaction, caller: TaskId, request: Mkdir) -> int:
    """mkdir(2)."""
    walk = Walk(tx, caller)
    slot = _free_slot(walk, request.path, directory=True)
    _check_new(walk, slot)
    mode = request.mode & 0o1777 & ~walk.fs.umask
    slot.kind.mkdir(tx, caller, slot.sb, slot.name, mode)
    return 0


@handles(Mkfifo)
def mkfifo(tx: Transaction, caller: TaskId, request: Mkfifo) -> int:
    """mkfifo(3)."""
    walk = Walk(tx, caller)
    slot = _free_slot(walk, request.path)
    _check_new(walk, slot)
    mode = S_IFIFO | request.mode & 0o7777 & ~walk.fs.umask
    slot.kind.create(tx, caller, slot.sb, slot.name, mode)
    return 0


@handles(Mknod)
def mknod(tx: Transaction, caller: TaskId, request: Mknod) -> int:
    """mknod(2), in the order of glibc, do_mknodat and vfs_mknod."""
    if not 0 <= request.rdev <= _DEV_MAX:
        raise Errno.EINVAL(f"{request.rdev:#x} does not fit a device number")
    kind = request.mode & S_IFMT or S_IFREG
    if kind == S_IFDIR:
        raise Errno.EPERM("mknod makes no directories")
    if kind not in _NODES:
        raise Errno.EINVAL(f"there are no files of type {kind:#o}")
    walk = Walk(tx, caller)
    slot = _free_slot(walk, request.path)
    _check_new(walk, slot)
    is_device = kind in (S_IFCHR, S_IFBLK)
    whiteout = kind == S_IFCHR and not request.rdev
    if is_device and not whiteout:
        need(tx, caller, FIRST_USER, Cap.CAP_MKNOD, "mknod of a device")
    mode = kind | request.mode & 0o7777 & ~walk.fs.umask
    rdev = request.rdev if is_device else 0
    slot.kind.create(tx, caller, slot.sb, slot.name, mode, rdev=rdev)
    return 0


@handles(Symlink)
def symlink(tx: Transaction, caller: TaskId, request: Symlink) -> int:
    """symlink(2)."""
    text = request.target.partition("\0")[0]
    if not text:
        raise Errno.ENOENT("a symbolic link leads somewhere")
    if bytes_in(text) >= PATH_MAX:
        raise Errno.ENAMETOOLONG(f"a path has less than {PATH_MAX} bytes")
    walk = Walk(tx, caller)
    slot = _free_slot(walk, request.path)
    _check_new(walk, slot)
    slot.kind.symlink(tx, caller, slot.sb, slot.name, text)
    return 0


@handles(Link)
def link(tx: Transaction, caller: TaskId, request: Link) -> int:
    """link(2): symbolic links are not followed."""
    walk = Walk(tx, caller)
    old = walk.lookup(request.old, follow=False)
    slot = _free_slot(Walk(tx, caller), request.new)
    if old.mount != slot.target.directory.mount:
        raise Errno.EXDEV("the two names are on different mounts")
    attributes = walk.stat(old)
    if not owns(tx, walk.creds, attributes) and not _safe_to_link(tx, walk.creds, attributes):
        raise Errno.EPERM("nobody may keep another's file by a link to it")
    _check_new(walk, slot)
    if attributes.mode & S_IFMT == S_IFDIR:
        raise Errno.EPERM("directories have one name")
    if slot.kind.unlinked(tx, slot.sb, old.node) and not attributes.nlink:
        raise Errno.ENOENT("the file has no name left")
    slot.kind.link(tx, caller, slot.sb, slot.name, old.node)
    return 0


def _safe_to_link(tx: Transaction, creds: Creds, attributes: Attributes) -> bool:
    """Whether another's file may be linked to, as with fs.protected_hardlinks = 1."""
    mode = attributes.mode
    if mode & S_IFMT != S_IFREG or mode & S_ISUID or mode & _SGID_EXEC == _SGID_EXEC:
        return False
    return may(tx, creds, attributes, MAY_READ | MAY_WRITE)


@handles(Unlink)
def unlink(tx: Transaction, caller: TaskId, request: Unlink) -> int:
    """unlink(2)."""
    walk = Walk(tx, caller)
    target = walk.parent(request.path)
    if not target.ordinary:
        raise Errno.EISDIR(f"{request.path} is a directory")
    mount_tree.check_writable(tx, target.directory)
    slot = _slot(walk, target)
    node = slot.node
    if node is None:
        raise Errno.ENOENT(f"there is no {target.name}")
    if target.slash:
        if _attributes(walk, slot, node).mode & S_IFMT == S_IFDIR:
            raise Errno.EISDIR(f"{target.name} is a directory")
        raise Errno.ENOTDIR(f"{target.name} is no directory")
    _check_victim(walk, slot, node, directory=False)
    _check_able(slot, "unlink")
    _check_not_mounted(walk, slot, node)
    slot.kind.unlink(tx, caller, slot.sb, slot.name, node)
    mount_tree.uncover(tx, slot.sb, node)
    return 0


@handles(Rmdir)
def rmdir(tx: Transaction, caller: TaskId, request: Rmdir) -> int:
    """rmdir(2)."""
    walk = Walk(tx, caller)
    target = walk.parent(request.path)
    match target.name:
        case "..":
            raise Errno.ENOTEMPTY("the parent directory has at least this entry")
        case ".":
            raise Errno.EINVAL("a directory is removed by its name")
        case "":
            raise Errno.EBUSY("the root stays")
    mount_tree.check_writable(tx, target.directory)
    slot = _slot(walk, target)
    node = slot.node
    if node is None:
        raise Errno.ENOENT(f"there is no {target.name}")
    _check_victim(walk, slot, node, directory=True)
    _check_able(slot, "rmdir")
    _check_not_mounted(walk, slot, node)
    slot.kind.rmdir(tx, caller, slot.sb, slot.name, node)
    mount_tree.uncover(tx, slot.sb, node)
    return 0


@handles(Rename)
def rename(tx: Transaction, caller: TaskId, request: Rename) -> int:
    """rename(2), in the order of do_renameat2 and vfs_rename."""
    walk = Walk(tx, caller)
    source = walk.parent(request.old)
    target = Walk(tx, caller).parent(request.new)
    if source.directory.mount != target.directory.mount:
        raise Errno.EXDEV("the two names are on different mounts")
    if not source.ordinary or not target.ordinary:
        raise Errno.EBUSY("one of the paths ends in no name")
    mount_tree.check_writable(tx, source.directory)
    old = _slot(walk, source)
    if old.node is None:
        raise Errno.ENOENT(f"there is no {source.name}")
    new = _slot(walk, target)
    if new.node is None and not new.kind.negative:
        raise Errno.ENOENT(f"{new.kind.name} makes no names on demand")
    directory = _attributes(walk, old, old.node).mode & S_IFMT == S_IFDIR
    if not directory and (source.slash or target.slash):
        raise Errno.ENOTDIR(f"{source.name} is no directory")
    if _is_above(tx, old, target.directory.node):
        raise Errno.EINVAL("a directory cannot be moved below itself")
    if new.node is not None and _is_above(tx, new, source.directory.node):
        raise Errno.ENOTEMPTY(f"{target.name} is above what would replace it")
    if old.node == new.node or _same_file(walk, old, new):
        return 0
    _check_victim(walk, old, old.node, directory=directory)
    if new.node is None:
        _check_new(walk, new)
    else:
        _check_victim(walk, new, new.node, directory=directory)
    _check_able(old, "rename")
    if directory and source.directory != target.directory:
        place = Place(source.directory.mount, old.node)
        walk.check(place, walk.stat(place), MAY_WRITE, "the directory to move")
    _check_not_mounted(walk, old, old.node)
    if new.node is not None:
        _check_not_mounted(walk, new, new.node)
    old.kind.rename(tx, caller, old.sb, old.name, new.name)
    if new.node is not None:
        mount_tree.uncover(tx, new.sb, new.node)
    return 0


def _same_file(walk: Walk, old: Slot, new: Slot) -> bool:
    """Whether both names are hard links to one file: then rename does nothing."""
    if old.node is None or new.node is None:
        return False
    return _attributes(walk, old, old.node).ino == _attributes(walk, new, new.node).ino


def _is_above(tx: Transaction, slot: Slot, node: Record) -> bool:
    """Whether the node of *slot* is *node* or above it."""
    while node != slot.node:
        above = slot.kind.parent(tx, slot.sb, node)
        if above == node:
            return False
        node = above
    return True
