"""Extended attributes of files: setxattr(2) and its family (fs/xattr.c).

There is one, which capabilities(7) calls file capabilities; to others no file system here says yes.
"""

from typing import Final

from nsh.abi.errno import Errno
from nsh.abi.xattrs import (
    CAPABILITY,
    XATTR_NAME_MAX,
    Getxattr,
    Listxattr,
    Removexattr,
    Setxattr,
    XattrFlag,
)
from nsh.kernel import file_caps
from nsh.kernel.dispatch import handles
from nsh.kernel.fs.mount_tree import check_writable
from nsh.kernel.fs.permission import credentials
from nsh.kernel.fs.types import FileSystem, superblock_of, type_of
from nsh.kernel.fs.walk import Walk, bytes_in
from nsh.machine.context import Place
from nsh.machine.files import Superblock, SuperblockId
from nsh.machine.ids import TaskId
from nsh.machine.value import Transaction

_SIZE_MAX: Final = 65536
_FLAGS: Final = int(XattrFlag.XATTR_CREATE | XattrFlag.XATTR_REPLACE)


@handles(Getxattr)
def getxattr(tx: Transaction, caller: TaskId, request: Getxattr) -> bytes:
    """getxattr(2), lgetxattr(2); anybody may read it."""
    _check_name(request.name)
    place = Walk(tx, caller).lookup(request.path, request.follow)
    sb, kind = _file_system(tx, place)
    _check_known(request.name)
    value = kind.capability(tx, sb, place.node)
    if value is None:
        raise Errno.ENODATA(f"{request.path} has no capabilities")
    return file_caps.told(tx, credentials(tx, caller), tx.get(Superblock, sb).owner, value)


@handles(Setxattr)
def setxattr(tx: Transaction, caller: TaskId, request: Setxattr) -> int:
    """setxattr(2), lsetxattr(2); an empty value, which means nothing, is anybody's to set."""
    if request.flags & ~_FLAGS:
        raise Errno.EINVAL("there are XATTR_CREATE and XATTR_REPLACE, and no other flags")
    _check_name(request.name)
    if len(request.value) > _SIZE_MAX:
        raise Errno.E2BIG(f"a value has at most {_SIZE_MAX} bytes")
    place = Walk(tx, caller).lookup(request.path, request.follow)
    check_writable(tx, place)
    sb, kind = _file_system(tx, place)
    value = request.value
    if value and request.name == CAPABILITY:
        file = kind.stat(tx, caller, sb, place.node)
        owner = tx.get(Superblock, sb).owner
        value = file_caps.stored(tx, credentials(tx, caller), owner, file, value)
    _check_mutable(tx, sb, kind, place)
    _check_known(request.name)
    there = kind.capability(tx, sb, place.node) is not None
    if there and request.flags & XattrFlag.XATTR_CREATE:
        raise Errno.EEXIST(f"{request.path} has capabilities")
    if not there and request.flags & XattrFlag.XATTR_REPLACE:
        raise Errno.ENODATA(f"{request.path} has no capabilities")
    kind.set_capability(tx, sb, place.node, value)
    return 0


@handles(Removexattr)
def removexattr(tx: Transaction, caller: TaskId, request: Removexattr) -> int:
    """removexattr(2), lremovexattr(2)."""
    _check_name(request.name)
    place = Walk(tx, caller).lookup(request.path, request.follow)
    check_writable(tx, place)
    sb, kind = _file_system(tx, place)
    _check_mutable(tx, sb, kind, place)
    _check_known(request.name)
    file_caps.check_setter(tx, credentials(tx, caller), kind.stat(tx, caller, sb, place.node))
    if kind.capability(tx, sb, place.node) is None:
        raise Errno.ENODATA(f"{request.path} has no capabilities")
    kind.set_capability(tx, sb, place.node, None)
    return 0


@handles(Listxattr)
def listxattr(tx: Transaction, caller: TaskId, request: Listxattr) -> tuple[str, ...]:
    """listxattr(2), llistxattr(2); a file system without attributes has none to list."""
    place = Walk(tx, caller).lookup(request.path, request.follow)
    sb, kind = _file_system(tx, place)
    if not kind.has_capabilities or kind.capability(tx, sb, place.node) is None:
        return ()
    return (CAPABILITY,)


def _check_mutable(tx: Transaction, sb: SuperblockId, kind: FileSystem, place: Place) -> None:
    if kind.immutable(tx, sb, place.node):
        raise Errno.EPERM("the file is immutable")


def _file_system(tx: Transaction, place: Place) -> tuple[SuperblockId, FileSystem]:
    sb = superblock_of(tx, place)
    return sb, type_of(tx, sb)


def _check_name(name: str) -> None:
    """import_xattr_name."""
    if not 0 < bytes_in(name) <= XATTR_NAME_MAX:
        raise Errno.ERANGE(f"a name of an attribute has 1 to {XATTR_NAME_MAX} bytes")


def _check_known(name: str) -> None:
    if name != CAPABILITY:
        raise Errno.ENOTSUP(f"of extended attributes files here have {CAPABILITY} alone")
