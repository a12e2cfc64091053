"""Ipc namespaces: limits, which ids come next, and what their objects have in common (C4, I2).

An object has after a restart the id that it had, whatever other namespaces have by then: no call
is asked to give it that, nor announced anything to (S4).
"""

from collections.abc import Iterator
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.kernel import ipc, policies
from nsh.kernel.checkpoint import ownership, parts
from nsh.kernel.checkpoint.image import Object
from nsh.kernel.checkpoint.state import Dump, Restart
from nsh.kernel.sysv import ipc_ids, ipc_permission
from nsh.kernel.sysv.ipc_ids import SEQUENCES, Kind
from nsh.machine.ids import NOBODY, NamespaceId, TaskId
from nsh.machine.ipc import IPCMNI, Ids, Ipc, IpcObject, Who
from nsh.machine.pids import PidSpace
from nsh.machine.tasks import Task

KIND: Final = "ipc"
_INT: Final = (-(1 << 31), (1 << 31) - 1)
_LONG: Final = (0, (1 << 64) - 1)
_LIMITS: Final = {
    "shmmax": _LONG,
    "shmall": _LONG,
    "shmmni": (0, IPCMNI),
    "shm_rmid_forced": (0, 1),
    "semmsl": _INT,
    "semmns": _INT,
    "semopm": _INT,
    "semmni": (0, IPCMNI),
    "msgmax": (0, _INT[1]),
    "msgmnb": (0, _INT[1]),
    "msgmni": (0, IPCMNI),
    "queues_max": _INT,
    "msg_max": (1, 65536),
    "msg_default": (1, 65536),
    "msgsize_max": (128, 16 << 20),
    "msgsize_default": (128, 16 << 20),
}
"""What can be set in /proc/sys/kernel and /proc/sys/fs/mqueue, and from what to what."""

parts.saves_namespaces(KIND)


class Next(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """How ids of one kind go on."""

    sequence: int = 0
    last: int = -1
    cursor: int = 0
    next_id: int = -1


class IpcOf(Object, frozen=True, tag="ipc"):
    """One namespace."""

    namespace: int
    ids: str
    """The policy ipc.ids."""
    limits: dict[str, int] = msgspec.field(default_factory=dict)
    shm: Next = Next()
    sem: Next = Next()
    msg: Next = Next()
    maker: tuple[int, int] = (0, 0)
    """User and group of who made it, by the numbers of the user namespace that owns it, as all
    users here; who has no number there is who restarts it: -1."""


class Owned(Object, frozen=True):
    """What segments, sets of semaphores and queues have in common."""

    namespace: int
    id: int
    mode: int
    ctime: int
    """Virtual nanoseconds since boot, as in the first line; so all times, -1 for never."""
    key: int = 0
    owner: tuple[int, int, int, int] = (0, 0, 0, 0)
    """uid and gid of its owner, and of its creator."""


# ---- namespaces


def spaces(dump: Dump) -> list[tuple[NamespaceId, Ipc]]:
    """The ipc namespaces of the container's own."""
    found = [(NamespaceId(key), dump.tx.find(Ipc, key)) for key in dump.namespaces]
    return [(key, record) for key, record in found if record is not None]


def is_around(dump: Dump, space: NamespaceId) -> bool:
    """Whether *space* is the one that those around the container have."""
    return dump.outside.kinds[KIND] == space


@parts.saves(IpcOf, 44)
def _save(dump: Dump) -> Iterator[IpcOf]:
    for key, record in spaces(dump):
        yield IpcOf(
            namespace=dump.namespaces.of(key),
            ids=policies.value(dump.tx, ipc.IDS),
            limits={name: getattr(record, name) for name in _LIMITS},
            shm=_next(record.shm),
            sem=_next(record.sem),
            msg=_next(record.msg),
            maker=owner(dump, record, *record.maker),
        )


def _next(ids: Ids) -> Next:
    return Next(ids.sequence, ids.last, ids.cursor, ids.next_id)


@parts.makes(IpcOf, "namespace")
def _make(restart: Restart, saved: IpcOf) -> None:
    """EINVAL: numbers are out of range, or would go on otherwise here."""
    tx = restart.tx
    key = restart.namespace(saved.namespace, KIND)
    here = policies.value(tx, ipc.IDS)
    if saved.ids != here:
        raise Errno.EINVAL(f"ids: policy ipc.ids is {here} here, and was {saved.ids}")
    for name, value in saved.limits.items():
        if name not in _LIMITS:
            raise Errno.EINVAL(f"limits: this kernel has no {name}")
        low, high = _LIMITS[name]
        if not low <= value <= high:
            raise Errno.EINVAL(f"limits: {name} is {low} to {high}, not {value}")
    maker = owner_of(restart, tx.get(Ipc, key), *saved.maker)
    before = tx.get(Ipc, key)
    ids = {
        name: _ids(name, getattr(before, name), getattr(saved, name))
        for name in ("shm", "sem", "msg")
    }
    ipc.change(tx, key, maker=maker, **saved.limits, **ids)


def _ids(name: str, before: Ids, saved: Next) -> Ids:
    in_range = (
        0 <= saved.sequence <= SEQUENCES
        and -1 <= saved.last < IPCMNI
        and 0 <= saved.cursor <= IPCMNI
        and -1 <= saved.next_id <= _INT[1]
    )
    if not in_range:
        raise Errno.EINVAL(f"{name}: there are no such ids")
    sequence, last, cursor, next_id = saved.sequence, saved.last, saved.cursor, saved.next_id
    return replace(before, sequence=sequence, last=last, cursor=cursor, next_id=next_id)


def owner(dump: Dump, space: Ipc, uid: int, gid: int) -> tuple[int, int]:
    """What a user and a group are called in an image."""
    users = space.owner
    return ownership.uid(dump, users, uid), ownership.gid(dump, users, gid)


def owner_of(restart: Restart, space: Ipc, uid: int, gid: int) -> tuple[int, int]:
    """And who that is.  EINVAL: nobody."""
    mine = restart.tx.get(Task, restart.caller).creds
    return (
        ownership.uid_of(restart, space.owner, uid, mine.euid),
        ownership.gid_of(restart, space.owner, gid, mine.egid),
    )


# ---- objects


def every(dump: Dump, kind: Kind) -> Iterator[tuple[int, Any, dict[str, Any]]]:
    """The objects of a kind in the container's own namespaces: key, record, and what they have in
    common of that, as an image has it."""
    for space, record in spaces(dump):
        for key, found in ipc_ids.every(dump.tx, record, kind):
            owners = owner(dump, record, found.uid, found.gid)
            creators = owner(dump, record, found.cuid, found.cgid)
            head = {
                "namespace": dump.namespaces.of(space),
                "id": found.id,
                "mode": found.mode,
                "ctime": found.ctime,
                "key": found.key,
                "owner": (*owners, *creators),
            }
            yield key, found, head


def head(
    restart: Restart, kind: Kind, saved: Owned, modes: int = 0o777
) -> tuple[int, dict[str, Any]]:
    """A key for an object that is made, by which its namespace has it under its id, and the first
    fields of its record.  EINVAL."""
    tx = restart.tx
    space = restart.namespace(saved.namespace, KIND)
    record = tx.get(Ipc, space)
    if saved.mode & ~modes:
        raise Errno.EINVAL(f"mode: {saved.mode:#o} has bits that mean nothing")
    uid, gid = owner_of(restart, record, *saved.owner[:2])
    cuid, cgid = owner_of(restart, record, *saved.owner[2:])
    key = tx.fresh()
    ipc_ids.claim(tx, space, kind, saved.id, saved.key, key)
    return key, {
        "namespace": space,
        "id": saved.id,
        "key": saved.key,
        "uid": uid,
        "gid": gid,
        "cuid": cuid,
        "cgid": cgid,
        "mode": saved.mode,
        "ctime": saved.ctime,
    }


def find(restart: Restart, kind: Kind, number: int, object_id: int) -> tuple[int, IpcObject]:
    """Key and record of an object that has been made.  EINVAL."""
    tx = restart.tx
    ids: Ids = getattr(tx.get(Ipc, restart.namespace(number, KIND)), kind.name)
    key = ids.objects.get(object_id % IPCMNI)
    record: Any = None if key is None else tx.get(kind.record, key)
    if key is None or record.id != object_id:
        raise Errno.EINVAL(f"id: namespace {number} has no {kind.word} {object_id}")
    return key, record


# ---- who did something


def number(dump: Dump, whom: Who | None) -> int:
    """What somebody is, or was, called inside; 0: nobody, or somebody outside."""
    return ipc_permission.number(dump.space, whom)


def somebody(restart: Restart, pid: int) -> Who:
    """Who is, or was, *pid* inside.  The dead have no number outside, where they never were."""
    tx = restart.tx
    task = restart.tasks.get(pid)
    if task is not None:
        return ipc_permission.who(tx, task, thread=True)
    path = tx.get(PidSpace, restart.space).path
    return Who(NOBODY, path, (0,) * (len(path) - 1) + (pid,))


def anybody(restart: Restart, pid: int) -> Who | None:
    """The same, or nobody for 0."""
    return somebody(restart, pid) if pid else None


def stranger(dump: Dump, tasks: "Iterator[TaskId]") -> str:
    """The first of *tasks* who is outside, for people; "" if there is none."""
    found = next((task for task in tasks if task not in dump), None)
    return "" if found is None else f"{dump.name(found)}, which is outside"
