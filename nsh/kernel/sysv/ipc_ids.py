"""Ids of SysV objects: how they are given out and found again (ipc/util.c; N1, S4)."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeVar

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.ipc import IPC_CREAT, IPC_EXCL, IPC_PRIVATE
from nsh.kernel import ipc, policies
from nsh.kernel.sysv import ipc_permission
from nsh.machine.ids import NamespaceId, TaskId
from nsh.machine.ipc import IPCMNI, Ids, Ipc, IpcObject
from nsh.machine.value import Transaction

SEQUENCES: Final = (1 << 31) // IPCMNI - 1
"""The highest sequence number: ids are positive ints."""
_LEAST_CYCLE: Final = 64
"""Places that are used in turn at least, before one comes again (ipc_min_cycle)."""

O = TypeVar("O", bound=IpcObject)  # noqa: E741  # an object


class Kind(NamedTuple):
    """One kind of object."""

    name: str
    """The field of :class:`Ipc` that has its ids."""
    record: type[Any]
    word: str
    """What people call one."""


def get(
    tx: Transaction,
    caller: TaskId,
    kind: Kind,
    key: int,
    flags: int,
    make: Callable[[], int],
    check: Callable[[Any], None] | None = None,
) -> int:
    """The id of the object with that key, or of a new one that *make* makes (ipcget).

    *check* may refuse the one that there is.  EACCES, EEXIST, ENOENT.
    """
    if key == IPC_PRIVATE:
        return make()
    found = getattr(ipc.of(tx, caller), kind.name).keys.get(key)
    if found is None:
        if not flags & IPC_CREAT:
            raise Errno.ENOENT(f"no {kind.word} has the key {key:#010x} in this ipc namespace")
        return make()
    record = tx.get(kind.record, found)
    if flags & IPC_CREAT and flags & IPC_EXCL:
        raise Errno.EEXIST(f"{kind.word} {record.id} has the key {key:#010x} already")
    if check is not None:
        check(record)
    ipc_permission.check(tx, caller, record, flags, f"{kind.word} {record.id}")
    return int(record.id)


def find(tx: Transaction, caller: TaskId, kind: Kind, number: int) -> tuple[int, Any]:
    """The key and record of the caller's object *number*; EINVAL where there is none."""
    found = None
    if number >= 0:
        ids: Ids = getattr(ipc.of(tx, caller), kind.name)
        found = ids.objects.get(number % IPCMNI)
    record = None if found is None else tx.get(kind.record, found)
    if found is None or record is None or record.id != number:
        raise Errno.EINVAL(f"there is no {kind.word} {number} in this ipc namespace")
    return found, record


def owned(tx: Transaction, caller: TaskId, kind: Kind, number: int, doing: str) -> tuple[int, Any]:
    """As :func:`find`, for its owner or creator; EPERM."""
    key, record = find(tx, caller, kind, number)
    ipc_permission.check_owner(tx, caller, record, f"{doing} {kind.word} {number}")
    return key, record


def give(tx: Transaction, space: NamespaceId, kind: Kind, limit: int, key: int, row: int) -> int:
    """An id for the new object that will be *row*, which has the IPC key *key*.  ENOSPC."""
    ids: Ids = getattr(tx.get(Ipc, space), kind.name)
    if len(ids.objects) >= min(limit, IPCMNI):
        raise Errno.ENOSPC(f"there are {len(ids.objects)} {kind.word}s, which is the limit")
    place, sequence, ids = _next(tx, ids, kind.word)
    keys = ids.keys.set(key, row) if key != IPC_PRIVATE else ids.keys
    lowest = place + 1 if place == ids.lowest else ids.lowest
    ids = replace(ids, objects=ids.objects.set(place, row), keys=keys, next_id=-1, lowest=lowest)
    ipc.change(tx, space, **{kind.name: ids})
    return sequence * IPCMNI + place


def claim(tx: Transaction, space: NamespaceId, kind: Kind, number: int, key: int, row: int) -> None:
    """Have the new object *row* called *number* and no other (S4: "create with predefined ID").

    Only a restart does that, and no call: what is given out next is not asked, nor changed.
    EINVAL: that is no id; EBUSY: its place, or the IPC key, is taken.
    """
    ids: Ids = getattr(tx.get(Ipc, space), kind.name)
    place = number % IPCMNI
    if not 0 <= number < 1 << 31:
        raise Errno.EINVAL(f"id: {number} is none")
    if place in ids.objects:
        raise Errno.EBUSY(f"id: the place of {kind.word} {number} is taken")
    keys = ids.keys
    if key != IPC_PRIVATE:
        if key in keys:
            raise Errno.EBUSY(f"key: another {kind.word} than {number} has {key:#010x}")
        keys = keys.set(key, row)
    objects = ids.objects.set(place, row)
    lowest = ids.lowest
    while lowest in objects:
        lowest += 1
    ids = replace(ids, objects=objects, keys=keys, lowest=lowest)
    ipc.change(tx, space, **{kind.name: ids})


def _next(tx: Transaction, ids: Ids, word: str) -> tuple[int, int, Ids]:
    """Place and sequence number of the next object, and the ids after that (ipc_idr_alloc)."""
    if ids.next_id >= 0:
        place = _free(ids, ids.next_id % IPCMNI, IPCMNI)
        if place is None:
            raise Errno.ENOSPC(f"no place for a {word} is free from {ids.next_id % IPCMNI} on")
        return place, ids.next_id // IPCMNI, ids
    match policies.value(tx, ipc.IDS):
        case "cyclic":
            end = min(max(len(ids.objects) * 3 // 2, _LEAST_CYCLE), IPCMNI)
            place = _free(ids, ids.cursor, end)
            if place is None:
                place = _free(ids, 0, end)
            assert place is not None, "there are more places than objects"
            sequence = ids.sequence
            if place <= ids.last:
                sequence = (sequence + 1) % SEQUENCES
            return place, sequence, replace(ids, sequence=sequence, last=place, cursor=place + 1)
        case _:
            place = _free(ids, ids.lowest, IPCMNI)
            assert place is not None, "there are more places than objects"
            following = 0 if ids.sequence == SEQUENCES else ids.sequence + 1
            return place, ids.sequence, replace(ids, sequence=following, lowest=place)


def _free(ids: Ids, start: int, end: int) -> int | None:
    return next((place for place in range(start, end) if place not in ids.objects), None)


def release(tx: Transaction, kind: Kind, row: int, record: IpcObject) -> None:
    """The object *row* is gone: its id is free, and its key."""
    ids: Ids = getattr(tx.get(Ipc, record.namespace), kind.name)
    place = record.id % IPCMNI
    keys = ids.keys.delete(record.key) if record.key != IPC_PRIVATE else ids.keys
    lowest = min(ids.lowest, place)
    ids = replace(ids, objects=ids.objects.delete(place), keys=keys, lowest=lowest)
    ipc.change(tx, record.namespace, **{kind.name: ids})
    tx.drop(kind.record, row)


def forget_key(tx: Transaction, kind: Kind, record: O) -> O:
    """The record without its IPC key, by which nobody finds it any more (ipc_set_key_private)."""
    if record.key == IPC_PRIVATE:
        return record
    ids: Ids = getattr(tx.get(Ipc, record.namespace), kind.name)
    ipc.change(tx, record.namespace, **{kind.name: replace(ids, keys=ids.keys.delete(record.key))})
    return replace(record, key=IPC_PRIVATE)


def every(tx: Transaction, space: Ipc, kind: Kind) -> list[tuple[int, Any]]:
    """The objects of a namespace, by place: key and record."""
    ids: Ids = getattr(space, kind.name)
    return [(row, tx.get(kind.record, row)) for _place, row in sorted(ids.objects.items())]
