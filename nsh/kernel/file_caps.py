"""Capabilities that files have (capabilities(7), "File capabilities"; security/commoncap.c).

A file keeps them as bytes, with the root user as the user namespace of its file system numbers him.
Who sets or reads them does so in the numbers of their own; they count for those in whose user
namespace, or one around it, that user is root.
"""

from msgspec.structs import replace

from nsh.abi.capabilities import ALL, Cap
from nsh.abi.errno import Errno
from nsh.abi.filecaps import FileCaps, pack, unpack
from nsh.kernel import idmaps
from nsh.kernel.capabilities import has, over_file
from nsh.machine.files import Attributes
from nsh.machine.ids import FIRST_USER, NamespaceId
from nsh.machine.tasks import Creds
from nsh.machine.users import UserSpace, up
from nsh.machine.value import Transaction


def stored(
    tx: Transaction, creds: Creds, owner: NamespaceId, file: Attributes, value: bytes
) -> bytes:
    """What *file*, on a file system of the user namespace *owner*, is to keep when *creds* set
    *value* (cap_convert_nscap).  EINVAL, EPERM."""
    caps = unpack(value)
    if caps is None:
        raise Errno.EINVAL("the value is in no format that capabilities of files have")
    check_setter(tx, creds, file)
    if caps.root is None and has(tx, creds, owner, Cap.CAP_SETFCAP):
        return value
    number = caps.root or 0
    root = idmaps.find_uid(tx, creds.userns, number)
    if root is None:
        raise Errno.EINVAL(f"uid {number}, whose root it would be for, is mapped to nobody")
    inside = _number(tx, owner, root)
    if inside is None:
        raise Errno.EINVAL("that root has no number where the file system was mounted")
    return pack(replace(caps, root=inside))


def check_setter(tx: Transaction, creds: Creds, file: Attributes) -> None:
    """EPERM unless *creds* may set or remove the capabilities of *file*."""
    if not over_file(tx, creds, file, Cap.CAP_SETFCAP):
        who = f"uid {idmaps.uid_inside(tx, creds.userns, creds.euid)}"
        raise Errno.EPERM(f"that takes CAP_SETFCAP over the file; {who} has it not")


def told(tx: Transaction, creds: Creds, owner: NamespaceId, value: bytes) -> bytes:
    """What *creds* are told of *value* (cap_inode_getsecurity).  EINVAL, EOVERFLOW."""
    caps = unpack(value)
    if caps is None:
        raise Errno.EINVAL("the file has something else in place of capabilities")
    root = idmaps.find_uid(tx, owner, caps.root or 0)
    number = None if root is None else _number(tx, creds.userns, root)
    if number:
        return pack(replace(caps, root=number))
    if root is None or not _is_root_around(tx, creds.userns, root):
        raise Errno.EOVERFLOW("they are for a root who has no number in the caller's namespace")
    return pack(replace(caps, root=None))


def counting(
    tx: Transaction, creds: Creds, owner: NamespaceId, value: bytes | None
) -> FileCaps | None:
    """What *value* gives to *creds*, who execute the file; None: nothing is set that counts for
    them (get_vfs_caps_from_disk).  EINVAL."""
    if value is None:
        return None
    caps = unpack(value)
    if caps is None:
        raise Errno.EINVAL("the file has something else in place of capabilities")
    root = idmaps.find_uid(tx, owner, caps.root or 0)
    if root is None or not _is_root_around(tx, creds.userns, root):
        return None
    return replace(caps, permitted=caps.permitted & ALL, inheritable=caps.inheritable & ALL)


def _number(tx: Transaction, space: NamespaceId, uid: int) -> int | None:
    """from_kuid."""
    return uid if space == FIRST_USER else up(tx.get(UserSpace, space).uid_map, uid)


def _is_root_around(tx: Transaction, space: NamespaceId, uid: int) -> bool:
    """Whether *uid* is root in *space* or in one around it (rootid_owns_currentns)."""
    return any(uid == idmaps.root_of(tx, one) for one in tx.get(UserSpace, space).path)
