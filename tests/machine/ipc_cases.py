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
from nsh.machine import Transaction
from nsh.machine.files import Superblock
from nsh.machine.ids import NOBODY, NamespaceId, TaskId
from nsh.machine.ipc import Ids, Ipc, Sleeper
from nsh.machine.mqueue import Mqueue, MqueueFs, MqueueUse, Notified
from nsh.machine.msg import MsgQueue
from nsh.machine.sem import Adjustment, SemSet, Undo, UndoList
from nsh.machine.shm import DEST, Made, Memory, ShmSegment
from tests.machine.breaking import GONE, NOBODY_AT_ALL, Corrupt, last, more, row, some, without_last


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


def _without_keys(ids: Ids) -> Ids:
    return replace(ids, keys=Map())


def _dangling(ids: Ids) -> Ids:
    return replace(ids, objects=ids.objects.set(5, GONE), keys=ids.keys.set(99, GONE + 1))


def _instance(**changes: Any) -> Corrupt:
    def corrupt(tx: Transaction) -> None:
        for key, record in list(tx.items(Superblock)):
            if isinstance(record.data, MqueueFs):
                tx.put(key, replace(record, data=replace(record.data, **changes)))

    return corrupt


def _awake(tx: Transaction) -> None:
    for key, _row in list(tx.items(Sleeper)):
        tx.drop(Sleeper, key)


CASES: dict[str, list[Corrupt]] = {
    "_ids": [
        some(MsgQueue, id=more),
        some(SemSet, key=more),
        row(Ipc, FIRST, shm=_without_keys),
        row(Ipc, FIRST, msg=_dangling),
        row(Ipc, FIRST, sem=Ids()),
    ],
    "_attachments": [
        some(ShmSegment, nattch=more),
        some(ShmSegment, nattch=0, mode=DEST),
        some(ShmSegment, creator=NOBODY_AT_ALL),
        some(ShmSegment, creator=NOBODY),
        row(Ipc, FIRST, shm_pages=more),
        some(Memory, attached=()),
        some(Memory, attached=lambda all_: (*all_, *all_)),
        some(Made, segments=(GONE,)),
        lambda tx: tx.put(GONE, list(tx.items(Memory))[-1][1]),
        lambda tx: tx.put(NOBODY_AT_ALL, Memory((replace(_attachment(tx), segment=GONE),))),
    ],
    "_sets": [
        some(SemSet, values=(32768, 0)),
        some(SemSet, pids=()),
        some(SemSet, undoers=()),
        some(SemSet, undoers=(GONE,)),
        some(UndoList, users=more),
        some(UndoList, adjustments=(Adjustment(GONE, (1,)),)),
        lambda tx: tx.put(GONE, Undo(last(tx, UndoList))),
        row(Ipc, FIRST, semaphores=more),
        _awake,
    ],
    "_queues": [
        some(MsgQueue, cbytes=more),
        _awake,
    ],
    "_mqueues": [
        some(Mqueue, users=more),
        some(Mqueue, nlink=0),
        some(Mqueue, charged=more),
        some(Mqueue, receivers=(NOBODY_AT_ALL,)),
        some(MqueueUse, bytes=more),
        without_last(Notified),
        without_last(Mqueue),
        row(Ipc, FIRST, mqueues=more),
        _instance(namespace=NamespaceId(0)),
        _instance(names=Map()),
    ],
}


def _attachment(tx: Transaction) -> Any:
    return list(tx.items(Memory))[-1][1].attached[0]
