"""Giving files away: chown(2) (fs/attr.c, fs/open.c)."""

from typing import Final

from msgspec.structs import replace

from nsh.abi.attributes import Chown, Fchown
from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno
from nsh.kernel import idmaps
from nsh.kernel.capabilities import over_file
from nsh.kernel.dispatch import handles
from nsh.kernel.fs import owners
from nsh.kernel.fs.descriptors import open_file
from nsh.kernel.fs.mount_tree import check_writable
from nsh.kernel.fs.owners import S_ISGID
from nsh.kernel.fs.permission import credentials, in_group, is_owner, owns
from nsh.kernel.fs.types import superblock_of, type_of
from nsh.kernel.fs.walk import Walk
from nsh.machine.context import Place
from nsh.machine.files import Attributes
from nsh.machine.ids import TaskId
from nsh.machine.tasks import Creds
from nsh.machine.value import Transaction

_KEEP: Final = (-1, idmaps.INVALID)


@handles(Chown)
def chown(tx: Transaction, caller: TaskId, request: Chown) -> int:
    """chown(2), lchown(2)."""
    place = Walk(tx, caller).lookup(request.path, request.follow)
    _change(tx, caller, place, request.uid, request.gid, request.path)
    return 0


@handles(Fchown)
def fchown(tx: Transaction, caller: TaskId, request: Fchown) -> int:
    """fchown(2)."""
    _key, file = open_file(tx, caller, request.fd)
    _change(tx, caller, file.place, request.uid, request.gid, f"descriptor {request.fd}")
    return 0


def _change(tx: Transaction, caller: TaskId, place: Place, uid: int, gid: int, path: str) -> None:
    """chown_common, and setattr_prepare."""
    check_writable(tx, place)
    creds = credentials(tx, caller)
    sb = superblock_of(tx, place)
    kind = type_of(tx, sb)
    file = kind.stat(tx, caller, sb, place.node)
    new = file
    if uid not in _KEEP:
        new = replace(new, uid=idmaps.uid_of(tx, creds.userns, uid))
    if gid not in _KEEP:
        new = replace(new, gid=idmaps.gid_of(tx, creds.userns, gid))
    if uid not in _KEEP and not _may_give(tx, creds, file, new.uid):
        raise Errno.EPERM(f"{owners.foreign(tx, creds, file, path)}, or not to be given away")
    if gid not in _KEEP and not _may_regroup(tx, creds, file, new.gid):
        raise Errno.EPERM(
            f"{owners.foreign(tx, creds, file, path)}, or the group is not one of its own"
        )
    mode = file.mode & ~owners.dropped(tx, creds, file)
    if mode != file.mode:
        if not owns(tx, creds, file):
            raise Errno.EPERM(owners.foreign(tx, creds, file, path))
        if not in_group(tx, creds, new.gid) and not over_file(tx, creds, file, Cap.CAP_FSETID):
            mode &= ~S_ISGID
    kind.chown(tx, caller, sb, place.node, replace(new, mode=mode))


def _may_give(tx: Transaction, creds: Creds, file: Attributes, uid: int) -> bool:
    """chown_ok."""
    own = is_owner(tx, creds, file) and uid == file.uid
    return own or over_file(tx, creds, file, Cap.CAP_CHOWN)


def _may_regroup(tx: Transaction, creds: Creds, file: Attributes, gid: int) -> bool:
    """chgrp_ok."""
    own = is_owner(tx, creds, file) and (gid == file.gid or in_group(tx, creds, gid))
    return own or over_file(tx, creds, file, Cap.CAP_CHOWN)
