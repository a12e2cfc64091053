"""What files are like, and changing that: stat(2), chmod(2), truncate(2), …"""

from nsh.abi.attributes import Chmod, Fstat, Stat, StatResult, Truncate, Utimens
from nsh.abi.errno import Errno
from nsh.abi.files import S_IFDIR, S_IFMT, S_IFREG
from nsh.kernel.clock import EPOCH
from nsh.kernel.dispatch import handles
from nsh.kernel.fs import owners
from nsh.kernel.fs.descriptors import descriptor
from nsh.kernel.fs.mount_tree import check_writable
from nsh.kernel.fs.permission import MAY_WRITE, may, owns
from nsh.kernel.fs.types import superblock_of, type_of
from nsh.kernel.fs.walk import Walk
from nsh.kernel.idmaps import tell_gid, tell_uid
from nsh.machine.context import Place
from nsh.machine.files import File, makedev
from nsh.machine.ids import TaskId
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction


def stat_place(tx: Transaction, caller: TaskId, place: Place) -> StatResult:
    """``struct stat`` of the file at *place*."""
    sb = superblock_of(tx, place)
    kind = type_of(tx, sb)
    found = kind.stat(tx, caller, sb, place.node)
    space = tx.get(Task, caller).creds.userns
    return StatResult(
        makedev(0, kind.device(tx, caller, sb, place.node)),
        found.ino,
        found.mode,
        found.nlink,
        tell_uid(tx, space, found.uid),
        tell_gid(tx, space, found.gid),
        found.rdev,
        found.size,
        EPOCH + found.mtime,
    )


@handles(Stat)
def stat(tx: Transaction, caller: TaskId, request: Stat) -> StatResult:
    """stat(2), lstat(2)."""
    return stat_place(tx, caller, Walk(tx, caller).lookup(request.path, request.follow))


@handles(Fstat)
def fstat(tx: Transaction, caller: TaskId, request: Fstat) -> StatResult:
    """fstat(2)."""
    key = descriptor(tx, caller, request.fd).file
    return stat_place(tx, caller, tx.get(File, key).place)


@handles(Truncate)
def truncate(tx: Transaction, caller: TaskId, request: Truncate) -> int:
    """truncate(2)."""
    if request.size < 0:
        raise Errno.EINVAL("no file has less than no bytes")
    walk = Walk(tx, caller)
    place = walk.lookup(request.path)
    attributes = walk.stat(place)
    kind = attributes.mode & S_IFMT
    if kind == S_IFDIR:
        raise Errno.EISDIR(f"{request.path} is a directory")
    if kind not in (S_IFREG, 0):
        raise Errno.EINVAL(f"{request.path} is no regular file")
    check_writable(tx, place)
    walk.check(place, attributes, MAY_WRITE, request.path)
    sb = superblock_of(tx, place)
    type_of(tx, sb).truncate(tx, caller, sb, place.node, request.size)
    return 0


@handles(Chmod)
def chmod(tx: Transaction, caller: TaskId, request: Chmod) -> int:
    """chmod(2)."""
    walk = Walk(tx, caller)
    place = walk.lookup(request.path)
    check_writable(tx, place)
    attributes = walk.stat(place)
    if not owns(tx, walk.creds, attributes):
        raise Errno.EPERM(owners.foreign(tx, walk.creds, attributes, request.path))
    sb = superblock_of(tx, place)
    mode = owners.kept_mode(tx, walk.creds, attributes, request.mode & 0o7777)
    type_of(tx, sb).chmod(tx, caller, sb, place.node, mode)
    return 0


@handles(Utimens)
def utimens(tx: Transaction, caller: TaskId, request: Utimens) -> int:
    """utimensat(2) with the current time: the owner's, or whoever's may write."""
    walk = Walk(tx, caller)
    place = walk.lookup(request.path)
    check_writable(tx, place)
    attributes = walk.stat(place)
    sb, operations = walk.type_at(place)
    if not owns(tx, walk.creds, attributes):
        said = operations.permission(tx, caller, sb, place.node, MAY_WRITE)
        if not (may(tx, walk.creds, attributes, MAY_WRITE) if said is None else said):
            foreign = owners.foreign(tx, walk.creds, attributes, request.path)
            raise Errno.EACCES(f"{foreign}, and cannot be written")
    operations.touch(tx, caller, sb, place.node)
    return 0
