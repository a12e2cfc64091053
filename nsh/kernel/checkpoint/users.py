"""User namespaces: whom the numbers mean in them, and whose they are (user_namespaces(7); N4, C4).

What is outside is told in the numbers of who takes the checkpoint, and means whom they mean to who
restarts it; that one has to have the right to map them (newuidmap(1) and the like take part in
nothing here).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NoReturn

import msgspec
from immutables import Map
from msgspec.structs import replace

from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno
from nsh.kernel import capabilities, idmaps, ucounts, users
from nsh.kernel.checkpoint import parts
from nsh.kernel.checkpoint.image import Object
from nsh.kernel.checkpoint.state import Dump, Restart
from nsh.kernel.fs.proc import id_maps
from nsh.machine.ids import NamespaceId, TaskId
from nsh.machine.limits import INFINITY
from nsh.machine.tasks import Creds, Task
from nsh.machine.users import Extent, MapFile, UserSpace, up

KIND: Final = "user"
_MAPS: Final = ("uid_map", "gid_map", "projid_map")

Lines = tuple[tuple[int, int, int], ...]
"""Of a map: the first number inside, what it is in the namespace around, and how many follow."""

parts.saves_namespaces(KIND)


class UsersOf(Object, frozen=True, tag="users"):
    """Of one namespace."""

    namespace: int
    owner: int = 0
    """Whose it is, by uid and gid in the namespace around it."""
    group: int = 0
    uid_map: Lines = ()
    gid_map: Lines = ()
    projid_map: Lines = ()
    setgroups: bool = True
    setfcap: bool = True
    limits: dict[str, int] = msgspec.field(default_factory=dict)
    """``/proc/sys/user/max_*_namespaces`` that have been set, by kind."""
    sigpending: int = INFINITY


def number(dump: Dump, space: NamespaceId) -> int:
    """What an image calls a user namespace; 0: that around the container.

    ENOTSUP: it is not within that.
    """
    around = dump.outside.kinds[KIND]
    if space == around:
        return 0
    record = dump.tx.get(UserSpace, space)
    if around not in record.path:
        reason = f"user:[{record.inum}] is not within that of who takes the checkpoint"
        dump.refuse(reason, Errno.ENOTSUP)
    return dump.namespaces.of(space)


def parent(dump: Dump, space: NamespaceId) -> NamespaceId:
    """The one around a user namespace."""
    return dump.tx.get(UserSpace, space).path[-2]


def space(restart: Restart, named: int) -> NamespaceId:
    """The user namespace of that number; of 0: the caller's.  EINVAL."""
    if named:
        return restart.namespace(named, KIND)
    return restart.tx.get(Task, restart.caller).creds.userns


def creds(restart: Restart, named: int) -> Creds:
    """By what credentials things are made in it: the caller's own, or those of who has made it."""
    own = restart.tx.get(Task, restart.caller).creds
    return users.inside(own, restart.namespace(named, KIND)) if named else own


@parts.saves(UsersOf, 25)
def _save(dump: Dump) -> Iterator[UsersOf]:
    tx = dump.tx
    for key in dump.namespaces:
        record = tx.find(UserSpace, key)
        if record is None:
            continue
        above = NamespaceId(record.path[-2])
        around = tx.get(UserSpace, above)
        maps = [_lines(dump, record, around, field) for field in _MAPS]
        uid, gid = up(around.uid_map, record.creator), up(around.gid_map, record.gid)
        if uid is None or gid is None:
            _unknown(dump, record)
        yield UsersOf(
            dump.namespaces.of(key),
            uid,
            gid,
            maps[0],
            maps[1],
            maps[2],
            setgroups=record.setgroups,
            setfcap=record.setfcap,
            limits=dict(sorted(record.limits.items())),
            sigpending=record.sigpending,
        )


def _lines(dump: Dump, record: UserSpace, around: UserSpace, field: str) -> Lines:
    found = []
    extents: tuple[Extent, ...] = getattr(record, field)
    for extent in extents:
        lower = up(getattr(around, field), extent.lower)
        if lower is None:
            _unknown(dump, record)
        found.append((extent.first, lower, extent.count))
    return tuple(found)


def _unknown(dump: Dump, record: UserSpace) -> NoReturn:
    reason = f"user:[{record.inum}] is of users that are nobody around it"
    dump.refuse(reason, Errno.ENOTSUP)


@parts.makes(UsersOf, "namespace")
def _make(restart: Restart, saved: UsersOf) -> None:
    """EINVAL: there is no such namespace, or that is of another kind."""
    if restart.kinds.get(saved.namespace) != KIND:
        raise Errno.EINVAL(f"namespace: there is no user namespace {saved.namespace}")
    restart.keep(saved)


def saved_of(restart: Restart, named: int) -> UsersOf:
    """What the image says of the user namespace *named*.  EINVAL: nothing."""
    found = [each for each in restart.kept(UsersOf) if each.namespace == named]
    if not found:
        raise Errno.EINVAL(f"namespaces: nothing before this line tells of users in {named}")
    return found[0]


@contextmanager
def maker(restart: Restart, task: TaskId, named: int) -> Iterator[None]:
    """Have *task* be the user meanwhile whose the user namespace *named*, which it is to make, will
    be.  EPERM: the caller could not become that one."""
    tx = restart.tx
    saved = saved_of(restart, named)
    around = space(restart, restart.owners[named])
    before = tx.get(Task, task).creds
    uid = idmaps.find_uid(tx, around, saved.owner)
    gid = idmaps.find_gid(tx, around, saved.group)
    if uid is None or gid is None:
        raise Errno.EINVAL(f"owner: {saved.owner} or group {saved.group} is nobody around it")
    mine = tx.get(Task, restart.caller).creds
    for became, own, cap in (
        (uid, {mine.uid, mine.euid, mine.suid}, Cap.CAP_SETUID),
        (gid, {mine.gid, mine.egid, mine.sgid}, Cap.CAP_SETGID),
    ):
        if not restart.owners[named] and became not in own:
            doing = f"making a user namespace that is uid {saved.owner}'s, gid {saved.group}"
            capabilities.need(tx, restart.caller, around, cap, doing)
    tx.put(task, replace(tx.get(Task, task), creds=replace(before, euid=uid, egid=gid)))
    yield
    if task == restart.caller:
        tx.put(task, replace(tx.get(Task, task), creds=before))


@parts.begins(KIND)
def _begin(restart: Restart, named: int, key: NamespaceId) -> None:
    """It is there: its maps are written at once, before anybody is to be somebody in it.

    EPERM: the caller could not have written them; EINVAL.
    """
    tx = restart.tx
    saved = saved_of(restart, named)
    record = tx.get(UserSpace, key)
    known = {*ucounts.SETTINGS}
    if not known.issuperset(saved.limits):
        raise Errno.EINVAL(f"limits: of {sorted(saved.limits.keys() - known)[0]} there are none")
    if saved.setgroups and not record.setgroups:
        raise Errno.EPERM("setgroups: it is denied around it, and so inside")
    record = replace(
        record,
        setgroups=saved.setgroups,
        setfcap=saved.setfcap and record.setfcap,
        limits=Map(saved.limits),
        sigpending=min(saved.sigpending, record.sigpending),
    )
    tx.put(key, record)
    # who makes it as somebody else has the right to, and maps no more than that
    opener = replace(creds(restart, restart.owners[named]), euid=record.creator, egid=record.gid)
    held = MapFile(key, opener)
    actor = restart.caller if not restart.owners[named] else None
    for field in _MAPS:
        lines: Lines = getattr(saved, field)
        if lines:
            data = "".join(f"{first} {lower} {count}\n" for first, lower, count in lines)
            mapped = id_maps.mapped(tx, actor, held, field, data.encode())
            tx.put(key, replace(tx.get(UserSpace, key), **{field: mapped}))
