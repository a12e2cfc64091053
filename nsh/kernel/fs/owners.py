"""Whose files are: chown(2), and what goes with an owner (fs/attr.c, fs/open.c)."""

from typing import Final, TypeVar

from msgspec.structs import replace

from nsh.abi.attributes import Chown, Fchown
from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno
from nsh.abi.files import S_IFDIR, S_IFMT
from nsh.kernel import idmaps
from nsh.kernel.capabilities import over_file
from nsh.kernel.dispatch import handles
from nsh.kernel.fs.descriptors import open_file
from nsh.kernel.fs.mount_tree import check_writable
from nsh.kernel.fs.permission import credentials, in_group, is_owner, owns
from nsh.kernel.fs.types import superblock_of, type_of
from nsh.kernel.fs.walk import Walk
from nsh.machine.context import Place
from nsh.machine.devpts import DevPts
from nsh.machine.files import Attributes, Superblock, SuperblockId
from nsh.machine.ids import FIRST_USER, TaskId
from nsh.machine.tasks import Creds
from nsh.machine.tmpfs import Tmpfs
from nsh.machine.users import overflow
from nsh.machine.value import Transaction

S_ISUID: Final = 0o4000
S_ISGID: Final = 0o2000
_S_IXGRP: Final = 0o0010
_KEEP: Final = (-1, idmaps.INVALID)


def check_maker(tx: Transaction, creds: Creds, sb: SuperblockId) -> None:
    """EOVERFLOW: a file that *creds* make would be nobody's in the user namespace that the file
    system was mounted in (fsuidgid_has_mapping)."""
    owner = tx.get(Superblock, sb).owner
    if owner == FIRST_USER:
        return
    if not idmaps.knows_uid(tx, owner, creds.fsuid) or not idmaps.knows_gid(tx, owner, creds.fsgid):
        raise Errno.EOVERFLOW("its owner has no number where the file system was mounted")


Ided = TypeVar("Ided", Tmpfs, DevPts)


def translated(tx: Transaction, creds: Creds, data: Ided, options: str) -> Ided:
    """*data*, whose ``uid`` and ``gid`` are as mount *options* have them, in the numbers of the
    first user namespace.  EINVAL: they are nobody's where *creds* are."""
    given = {option.partition("=")[0] for option in options.split(",")}
    if "uid" in given and data.uid is not None:
        data = replace(data, uid=idmaps.uid_of(tx, creds.userns, data.uid))
    if "gid" in given and data.gid is not None:
        data = replace(data, gid=idmaps.gid_of(tx, creds.userns, data.gid))
    return data


def root_inside(tx: Transaction, creds: Creds) -> tuple[int, int]:
    """User and group 0 of the user namespace of *creds*; nobody where those are not mapped."""
    nobody = overflow(tx)
    uid = idmaps.find_uid(tx, creds.userns, 0)
    gid = idmaps.find_gid(tx, creds.userns, 0)
    return nobody.uid if uid is None else uid, nobody.gid if gid is None else gid


def devices_count(tx: Transaction, sb: SuperblockId) -> bool:
    """Whether device nodes of the file system mean devices (SB_I_NODEV)."""
    record = tx.get(Superblock, sb)
    return record.owner == FIRST_USER or record.type == "devpts"


def foreign(tx: Transaction, creds: Creds, file: Attributes, path: str) -> str:
    """Why *creds* may not change *file*, in the numbers of their user namespace."""
    whose = idmaps.uid_inside(tx, creds.userns, file.uid)
    return f"{path} is uid {whose}'s, not uid {idmaps.uid_inside(tx, creds.userns, creds.fsuid)}'s"


def kept_mode(tx: Transaction, creds: Creds, file: Attributes, mode: int) -> int:
    """*mode* as *creds* can give it to *file*: set-group-ID is for members (setattr_prepare)."""
    if not mode & S_ISGID or in_group(tx, creds, file.gid):
        return mode
    return mode if over_file(tx, creds, file, Cap.CAP_FSETID) else mode & ~S_ISGID


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
        raise Errno.EPERM(f"{foreign(tx, creds, file, path)}, or not to be given away")
    if gid not in _KEEP and not _may_regroup(tx, creds, file, new.gid):
        raise Errno.EPERM(f"{foreign(tx, creds, file, path)}, or the group is not one of its own")
    mode = file.mode & ~_dropped(tx, creds, file)
    if mode != file.mode:
        if not owns(tx, creds, file):
            raise Errno.EPERM(foreign(tx, creds, file, path))
        if not in_group(tx, creds, new.gid) and not over_file(tx, creds, file, Cap.CAP_FSETID):
            mode &= ~S_ISGID
    kind.chown(tx, caller, sb, place.node, replace(new, mode=mode))


def _dropped(tx: Transaction, creds: Creds, file: Attributes) -> int:
    """The set-id bits that go with a new owner (setattr_should_drop_suidgid)."""
    if file.mode & S_IFMT == S_IFDIR:
        return 0
    member = in_group(tx, creds, file.gid) or over_file(tx, creds, file, Cap.CAP_FSETID)
    return S_ISUID if member and not file.mode & _S_IXGRP else S_ISUID | S_ISGID


def _may_give(tx: Transaction, creds: Creds, file: Attributes, uid: int) -> bool:
    """chown_ok."""
    own = is_owner(tx, creds, file) and uid == file.uid
    return own or over_file(tx, creds, file, Cap.CAP_CHOWN)


def _may_regroup(tx: Transaction, creds: Creds, file: Attributes, gid: int) -> bool:
    """chgrp_ok."""
    own = is_owner(tx, creds, file) and (gid == file.gid or in_group(tx, creds, gid))
    return own or over_file(tx, creds, file, Cap.CAP_CHOWN)
