"""User namespaces: what the numbers of users and groups mean inside (user_namespaces(7); N4).

A map leads from the numbers inside to those of the first namespace, by which the kernel knows
everybody.  What counts a user namespace beside those in it: the namespaces that it owns (those
nested in it twice, for they also hang below it), file systems that were mounted in it, open map
files, and its dead who have not been waited for.  The first one stays, and is not counted so.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from immutables import Map

from nsh.machine.context import Context
from nsh.machine.files import File, Opened, Superblock
from nsh.machine.ids import FIRST_USER, NamespaceId
from nsh.machine.invariants import invariant
from nsh.machine.limits import INFINITY
from nsh.machine.namespaces import Namespace, Nested, Proxy, keeps
from nsh.machine.record import Record, records, table
from nsh.machine.tasks import Creds, Task
from nsh.machine.value import Machine, Transaction


class Extent(Record):
    """A line of a map: *count* numbers from *first* on are, outside, those from *lower* on."""

    first: int
    lower: int
    """In the first user namespace's numbers, whatever the parent calls it."""
    count: int


@table
class UserSpace(Nested):
    """A user namespace.  ``creator`` is its owner: in the parent, that user may do anything to it.

    Maps are in the order of /proc/PID/uid_map; without lines nobody is mapped yet.
    """

    gid: int = 0
    """The effective group of who made it."""
    uid_map: tuple[Extent, ...] = ()
    gid_map: tuple[Extent, ...] = ()
    projid_map: tuple[Extent, ...] = ()
    setgroups: bool = True
    """Whether /proc/PID/setgroups says allow."""
    setfcap: bool = True
    """Whether its maker had CAP_SETFCAP, and so may map the parent's root from inside."""
    limits: Map[str, int] = Map()
    """``/proc/sys/user/max_*_namespaces`` that have been set, by kind."""
    sigpending: int = INFINITY
    """RLIMIT_SIGPENDING of its maker when it was made, for all who are in it together."""


@table
class Ucounts(Record):
    """How much one user has in one user namespace, keyed by :func:`ucounts_key`."""

    counts: Map[str, int]
    """Namespaces by kind, those further inside included; none is 0."""


@table
class Overflow(Record):
    """Who is shown where nobody is mapped (one row, key 0): /proc/sys/kernel/overflow{u,g}id."""

    uid: int = 65534
    gid: int = 65534
    fs_uid: int = 65534
    """/proc/sys/fs/overflow{u,g}id: of file systems that have 16 bits for an owner, and so of none
    here."""
    fs_gid: int = 65534


_DEFAULT: Final = Overflow()


class MapFile(Opened):
    """What an open file of /proc/PID/{uid_map,gid_map,projid_map,setgroups} keeps."""

    namespace: NamespaceId
    opener: Creds


def up(extents: tuple[Extent, ...], number: int) -> int | None:
    """What the first namespace's *number* is called inside; None: nothing (map_id_up)."""
    for extent in extents:
        if extent.lower <= number < extent.lower + extent.count:
            return number - extent.lower + extent.first
    return None


def overflow(machine: Machine | Transaction) -> Overflow:
    """Who is shown where nobody is mapped."""
    return machine.find(Overflow, 0) or _DEFAULT


def ucounts_key(space: NamespaceId, uid: int) -> int:
    """The key of what *uid* has in *space*."""
    return space << 32 | uid


@keeps
def _kept(machine: Machine) -> Iterator[int]:
    """Each user namespace but the first, as often as it is kept otherwise than by proxies, files
    of itself and those nested in it."""
    users: Counter[int] = Counter()
    if not machine.count(UserSpace):  # it was observed, and not modelled
        return
    for kind in records():
        if issubclass(kind, Namespace):
            users.update(record.owner for _key, record in machine.items(kind))
    users.update(record.owner for _key, record in machine.items(Superblock))
    users.update(task.creds.userns for _key, task in machine.items(Task) if not task.context)
    users.pop(0, None)
    users.pop(FIRST_USER, None)
    yield from users.elements()
    opened = (file.opened for _key, file in machine.items(File))
    for kept in opened:
        if isinstance(kept, MapFile):
            yield from (kept.namespace, kept.opener.userns)


@invariant
def _credentials(machine: Machine) -> Iterator[str]:
    """A task's credentials are of the user namespace that it is in, and what is effective is
    permitted; what is ambient is permitted and inheritable."""
    modelled = machine.count(UserSpace)
    for key, task in machine.items(Task) if modelled else ():
        creds = task.creds
        if machine.find(UserSpace, creds.userns) is None:
            yield f"task {key} is of the user namespace {creds.userns}, which is gone"
        context = machine.find(Context, task.context)
        if context is not None:
            inside = machine.get(Proxy, context.proxy).kinds.get("user", creds.userns)
            if inside != creds.userns:
                yield f"task {key} is in user namespace {inside}, its credentials are not"
        if creds.effective & ~creds.permitted:
            yield f"task {key} has capabilities in effect that are not permitted"
        if creds.ambient & ~(creds.permitted & creds.inheritable):
            yield f"task {key} has ambient capabilities that it could not raise"


@invariant
def _charges(machine: Machine) -> Iterator[str]:
    """Every namespace counts for its creator, and for the owners of the namespaces around."""
    counted: Counter[int] = Counter()
    for kind in records():
        if not issubclass(kind, Namespace) or not machine.count(UserSpace):
            continue
        for _key, record in machine.items(kind):
            space, uid = record.owner, record.creator
            while space and uid >= 0:
                counted[ucounts_key(space, uid)] += 1
                above = machine.get(UserSpace, space)
                space, uid = above.owner, above.creator
    for key, row in machine.items(Ucounts):
        if sum(row.counts.values()) != counted.pop(key, 0) or not row.counts:
            yield f"user {key & 0xFFFFFFFF} of namespace {key >> 32} is charged otherwise"
    for key in sorted(counted):
        yield f"user {key & 0xFFFFFFFF} of namespace {key >> 32} is charged with nothing"
