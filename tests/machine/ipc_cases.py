"""What may go wrong with objects of ipc, for `tests.machine.test_invariants`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from immutables import Map
from msgspec.structs import replace

from nsh.abi import ipc, mqueue
from nsh.abi.files import OpenFlag
from nsh.abi.request import Request
from nsh.kernel.ipc import FIRST
from nsh.machine import Record, Transaction
from nsh.machine.files import Superblock
from nsh.machine.ids import NOBODY, NamespaceId, TaskId
from nsh.machine.ipc import Ids, Ipc, Sleeper
from nsh.machine.mqueue import Mqueue, MqueueFs, MqueueUse, Notified
from nsh.machine.msg import MsgQueue
from nsh.machine.sem import Adjustment, SemSet, Undo, UndoList
from nsh.machine.shm import DEST, Made, Memory, ShmSegment

Corrupt = Callable[[Transaction], None]
_GONE = 987654


def something_of_everything(
    ask: Callable[[TaskId, Request], Any], busy: TaskId, waiting: tuple[TaskId, ...]
) -> Iterator[tuple[TaskId, Request]]:
    """Let *busy* make one of each; replies what those who wait are to do."""
    ask(busy, ipc.Shmget(7, 5000, 0o1600))
    ask(busy, ipc.Shmat(0))
    ask(busy, ipc.Semget(7, 2, 0o1600))
    ask(busy, ipc.Semop(0, ((0, 1, ipc.SEM_UNDO),)))
    ask(busy, ipc.Msgget(7, 0o1600))
    fd = ask(busy, mqueue.MqOpen("q", int(OpenFlag.O_CREAT | OpenFlag.O_RDWR), 0o600))
    ask(busy, mqueue.MqTimedsend(fd, b"hello", 1))
    ask(busy, mqueue.MqNotify(fd, 0, 10))
    yield waiting[0], ipc.Msgrcv(0, 10, 5)
    yield waiting[1], ipc.Semop(0, ((1, -1, 0),))
    ask(busy, ipc.Msgsnd(0, 1, b"hello"))


def _some(kind: type[Record], **changes: Any) -> Corrupt:
    def corrupt(tx: Transaction) -> None:
        key, record = list(tx.items(kind))[-1]
        values = {
            name: value(getattr(record, name)) if callable(value) else value
            for name, value in changes.items()
        }
        tx.put(key, replace(record, **values))

    return corrupt


def _first(**changes: Any) -> Corrupt:
    def corrupt(tx: Transaction) -> None:
        record = tx.get(Ipc, FIRST)
        values = {
            name: value(getattr(record, name)) if callable(value) else value
            for name, value in changes.items()
        }
        tx.put(FIRST, replace(record, **values))

    return corrupt


def _more(value: int) -> int:
    return value + 1


def _without_keys(ids: Ids) -> Ids:
    return replace(ids, keys=Map())


def _dangling(ids: Ids) -> Ids:
    return replace(ids, objects=ids.objects.set(5, _GONE), keys=ids.keys.set(99, _GONE + 1))


def _instance(**changes: Any) -> Corrupt:
    def corrupt(tx: Transaction) -> None:
        for key, record in list(tx.items(Superblock)):
            if isinstance(record.data, MqueueFs):
                tx.put(key, replace(record, data=replace(record.data, **changes)))

    return corrupt


def _drop(kind: type[Record]) -> Corrupt:
    return lambda tx: tx.drop(kind, list(tx.items(kind))[-1][0])


def _awake(tx: Transaction) -> None:
    for key, _row in list(tx.items(Sleeper)):
        tx.drop(Sleeper, key)


CASES: dict[str, list[Corrupt]] = {
    "_ids": [
        _some(MsgQueue, id=_more),
        _some(SemSet, key=_more),
        _first(shm=_without_keys),
        _first(msg=_dangling),
        _first(sem=Ids()),
    ],
    "_attachments": [
        _some(ShmSegment, nattch=_more),
        _some(ShmSegment, nattch=0, mode=DEST),
        _some(ShmSegment, creator=TaskId(_GONE)),
        _some(ShmSegment, creator=NOBODY),
        _first(shm_pages=_more),
        _some(Memory, attached=()),
        _some(Memory, attached=lambda all_: (*all_, *all_)),
        _some(Made, segments=(_GONE,)),
        lambda tx: tx.put(_GONE, list(tx.items(Memory))[-1][1]),
        lambda tx: tx.put(TaskId(_GONE), Memory((replace(_attachment(tx), segment=_GONE),))),
    ],
    "_sets": [
        _some(SemSet, values=(32768, 0)),
        _some(SemSet, pids=()),
        _some(SemSet, undoers=()),
        _some(SemSet, undoers=(_GONE,)),
        _some(UndoList, users=_more),
        _some(UndoList, adjustments=(Adjustment(_GONE, (1,)),)),
        lambda tx: tx.put(_GONE, Undo(list(tx.items(UndoList))[-1][0])),
        _first(semaphores=_more),
        _awake,
    ],
    "_queues": [
        _some(MsgQueue, cbytes=_more),
        _awake,
    ],
    "_mqueues": [
        _some(Mqueue, users=_more),
        _some(Mqueue, nlink=0),
        _some(Mqueue, charged=_more),
        _some(Mqueue, receivers=(TaskId(_GONE),)),
        _some(MqueueUse, bytes=_more),
        _drop(Notified),
        _drop(Mqueue),
        _first(mqueues=_more),
        _instance(namespace=NamespaceId(0)),
        _instance(names=Map()),
    ],
}


def _attachment(tx: Transaction) -> Any:
    return list(tx.items(Memory))[-1][1].attached[0]
