"""What numbers of users and groups mean (user_namespaces(7), "User and group ID mappings").

The kernel knows everybody by their numbers in the first user namespace.  What crosses its boundary
is in the caller's: it is translated there, by these, and nowhere else.  Who has no number inside
is shown as 65534; a number that means nobody is refused on the way in (EINVAL).
"""

from typing import Final

from nsh.abi.errno import Errno
from nsh.machine.crossing import UserCrossing
from nsh.machine.ids import FIRST_USER, NOBODY, NamespaceId, SpaceId
from nsh.machine.users import Extent, UserSpace, overflow, up
from nsh.machine.value import Machine, Transaction

INVALID: Final = (1 << 32) - 1
"""-1, which is nobody anywhere, and "leave it" to some calls."""

Map = tuple[Extent, ...]
Base = Transaction | Machine


def down(extents: Map, first: int, count: int = 1) -> int | None:
    """What the numbers from *first* on, inside, are called in the first namespace; None where they
    are not all of one line (map_id_range_down)."""
    for extent in extents:
        if extent.first <= first and first + count <= extent.first + extent.count:
            return first - extent.first + extent.lower
    return None


def uid_inside(tx: Base, space: NamespaceId, uid: int) -> int:
    """What the user *uid* is called in *space*; overflowuid if nothing (from_kuid_munged)."""
    if space == FIRST_USER:
        return uid
    found = up(tx.get(UserSpace, space).uid_map, uid)
    return overflow(tx).uid if found is None else found


def gid_inside(tx: Base, space: NamespaceId, gid: int) -> int:
    """The same of a group."""
    if space == FIRST_USER:
        return gid
    found = up(tx.get(UserSpace, space).gid_map, gid)
    return overflow(tx).gid if found is None else found


def find_uid(tx: Base, space: NamespaceId, number: int) -> int | None:
    """Whom *number* means in *space*; None: nobody (make_kuid)."""
    if space == FIRST_USER:
        return number if 0 <= number < INVALID else None
    return down(tx.get(UserSpace, space).uid_map, number)


def find_gid(tx: Base, space: NamespaceId, number: int) -> int | None:
    """The same of a group."""
    if space == FIRST_USER:
        return number if 0 <= number < INVALID else None
    return down(tx.get(UserSpace, space).gid_map, number)


def uid_of(tx: Base, space: NamespaceId, number: int) -> int:
    """Whom *number* means in *space*.  EINVAL: nobody."""
    found = find_uid(tx, space, number)
    _crosses(tx, space, "uid", number, found, inward=True)
    if found is None:
        raise Errno.EINVAL(f"uid {number} is mapped to nobody in the caller's user namespace")
    return found


def gid_of(tx: Base, space: NamespaceId, number: int) -> int:
    """The same of a group."""
    found = find_gid(tx, space, number)
    _crosses(tx, space, "gid", number, found, inward=True)
    if found is None:
        raise Errno.EINVAL(f"gid {number} is mapped to no group in the caller's user namespace")
    return found


def tell_uid(tx: Transaction, space: NamespaceId, uid: int) -> int:
    """:func:`uid_inside`, for a reply: the crossing is noted."""
    number = uid_inside(tx, space, uid)
    _crosses(tx, space, "uid", number, uid, inward=False)
    return number


def tell_gid(tx: Transaction, space: NamespaceId, gid: int) -> int:
    """:func:`gid_inside`, for a reply: the crossing is noted."""
    number = gid_inside(tx, space, gid)
    _crosses(tx, space, "gid", number, gid, inward=False)
    return number


def _crosses(
    tx: Base, space: NamespaceId, what: str, number: int, outside: int | None, *, inward: bool
) -> None:
    """Note that an id was translated; in the first user namespace there is nothing to it."""
    if space == FIRST_USER or not isinstance(tx, Transaction):
        return
    whom = -1 if outside is None else outside
    crossing = UserCrossing(inward, what, number, SpaceId(0), NOBODY, whom, userns=space)
    if crossing not in tx.crossings:
        tx.crossings.append(crossing)


def knows_uid(tx: Base, space: NamespaceId, uid: int) -> bool:
    """Whether the user *uid* has a number in *space* (kuid_has_mapping)."""
    return space == FIRST_USER or up(tx.get(UserSpace, space).uid_map, uid) is not None


def knows_gid(tx: Base, space: NamespaceId, gid: int) -> bool:
    """The same of a group."""
    return space == FIRST_USER or up(tx.get(UserSpace, space).gid_map, gid) is not None


def root_of(tx: Base, space: NamespaceId) -> int:
    """Who is uid 0 in *space*; -1, which nobody is, while nobody is mapped to it."""
    found = find_uid(tx, space, 0)
    return -1 if found is None else found
