"""Whose files are, and what goes with an owner (fs/attr.c, fs/open.c)."""

from typing import Final, TypeVar

from msgspec.structs import replace

from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno
from nsh.abi.files import S_IFDIR, S_IFMT, S_IFREG
from nsh.kernel import idmaps
from nsh.kernel.capabilities import has, over_file
from nsh.kernel.fs.permission import in_group
from nsh.machine.devpts import DevPts
from nsh.machine.files import Attributes, Superblock, SuperblockId
from nsh.machine.ids import FIRST_USER, NamespaceId
from nsh.machine.tasks import Creds
from nsh.machine.tmpfs import Tmpfs
from nsh.machine.users import overflow
from nsh.machine.value import Transaction

S_ISUID: Final = 0o4000
S_ISGID: Final = 0o2000
_S_IXGRP: Final = 0o0010


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


def check_known(tx: Transaction, space: NamespaceId, data: Ided, options: str) -> None:
    """EINVAL where an owner that *options* gave *data* is nobody in the user namespace *space*."""
    given = {option.partition("=")[0] for option in options.split(",")}
    strange_uid = "uid" in given and not idmaps.knows_uid(tx, space, data.uid or 0)
    if strange_uid or ("gid" in given and not idmaps.knows_gid(tx, space, data.gid or 0)):
        raise Errno.EINVAL("the owner is nobody in the user namespace of the file system")


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


def dropped(tx: Transaction, creds: Creds, file: Attributes) -> int:
    """The set-id bits that go with a new owner (setattr_should_drop_suidgid)."""
    if file.mode & S_IFMT == S_IFDIR:
        return 0
    member = in_group(tx, creds, file.gid) or over_file(tx, creds, file, Cap.CAP_FSETID)
    return S_ISUID if member and not file.mode & _S_IXGRP else S_ISUID | S_ISGID


def dropped_by_writing(tx: Transaction, creds: Creds, file: Attributes) -> int:
    """Those that go when *creds* change the content: all the same, unless they have CAP_FSETID in
    the first user namespace."""
    if file.mode & S_IFMT != S_IFREG or has(tx, creds, FIRST_USER, Cap.CAP_FSETID):
        return 0
    return dropped(tx, creds, file)


def kept_mode(tx: Transaction, creds: Creds, file: Attributes, mode: int) -> int:
    """*mode* as *creds* can give it to *file*: set-group-ID is for members (setattr_prepare)."""
    if not mode & S_ISGID or in_group(tx, creds, file.gid):
        return mode
    return mode if over_file(tx, creds, file, Cap.CAP_FSETID) else mode & ~S_ISGID
