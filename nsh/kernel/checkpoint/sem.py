"""Sets of semaphores, and what tasks have to undo of them at their end (C4)."""

from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.kernel import ipc as namespaces
from nsh.kernel.checkpoint import ipc, parts
from nsh.kernel.checkpoint.image import Object
from nsh.kernel.checkpoint.state import Dump, Restart
from nsh.kernel.sysv.semop import KIND
from nsh.machine.ids import TaskId
from nsh.machine.ipc import NEVER, Ipc
from nsh.machine.sem import SEMVMX, Adjustment, SemSet, Undo, UndoList


class SetOf(ipc.Owned, frozen=True, tag="sem"):
    """One set."""

    values: tuple[int, ...] = ()
    pids: tuple[int, ...] = ()
    """Who changed each last."""
    otime: int = NEVER
    sleepers: tuple[int, ...] = ()
    """Who waits, the longest first,"""
    blocking: tuple[int, ...] = ()
    """and which of the operations each could not do."""


class AdjustmentOf(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What is to be added to one set."""

    namespace: int
    id: int
    values: tuple[int, ...]


class UndoOf(Object, frozen=True, tag="undo"):
    """One list; several tasks have it that were made by CLONE_SYSVSEM."""

    pids: tuple[int, ...]
    adjustments: tuple[AdjustmentOf, ...] = ()


@parts.saves(SetOf, 45)
def _save(dump: Dump) -> Iterator[SetOf]:
    for _key, found, head in ipc.every(dump, KIND):
        yield SetOf(
            **head,
            values=found.values,
            pids=tuple(ipc.number(dump, whom) for whom in found.pids),
            otime=found.otime,
            sleepers=tuple(dump.number(each.task) for each in found.sleepers),
            blocking=tuple(each.blocking for each in found.sleepers),
        )


@parts.makes(SetOf)
def _make(restart: Restart, saved: SetOf) -> None:
    """Who sleeps on it is entered when all tasks have their calls."""
    tx = restart.tx
    if not saved.values or not all(0 <= value <= SEMVMX for value in saved.values):
        raise Errno.EINVAL(f"values: there is one at least, and each is 0 to {SEMVMX}")
    if len(saved.pids) != len(saved.values) or len(saved.blocking) != len(saved.sleepers):
        raise Errno.EINVAL("pids, blocking: one for each semaphore, and for each sleeper")
    key, fields = ipc.head(restart, KIND, saved)
    pids = tuple(ipc.anybody(restart, pid) for pid in saved.pids)
    tx.put(key, SemSet(**fields, values=saved.values, pids=pids, otime=saved.otime))
    space = fields["namespace"]
    many = tx.get(Ipc, space).semaphores + len(saved.values)
    namespaces.change(tx, space, semaphores=many)
    restart.keep(saved)


@parts.saves(UndoOf, 66, Undo)
def _save_undo(dump: Dump) -> Iterator[UndoOf]:
    """EBUSY: a task outside has the list too, or the set is outside, and something to be undone."""
    tx = dump.tx
    users: dict[int, list[TaskId]] = {}
    for key, row in sorted(tx.rows(Undo).items()):
        users.setdefault(row.list, []).append(TaskId(key))
    for number, tasks in users.items():
        inside = [task for task in tasks if task in dump]
        if not inside:
            continue
        if len(inside) < len(tasks):
            with dump.going_on():
                whom = ipc.stranger(dump, iter(tasks)), dump.name(inside[0])
                dump.refuse(f"{whom[0]}, has to undo the same of semaphores as {whom[1]}")
        adjustments: list[AdjustmentOf] = []
        for each in tx.get(UndoList, number).adjustments:
            with dump.going_on():
                adjustments.extend(_described(dump, inside[0], each))
        yield UndoOf(tuple(sorted(map(dump.number, inside))), tuple(adjustments))


def _described(dump: Dump, task: TaskId, each: Adjustment) -> Iterator[AdjustmentOf]:
    """None, if there is nothing to it."""
    found = dump.tx.get(SemSet, each.set)
    if found.namespace in dump.namespaces:
        yield AdjustmentOf(dump.namespaces.of(found.namespace), found.id, each.values)
    elif any(each.values):
        reason = f"{dump.name(task)} has to undo something in semaphore set {found.id}"
        dump.refuse(f"{reason}, which is outside")


@parts.makes(UndoOf)
def _make_undo(restart: Restart, saved: UndoOf) -> None:
    tx = restart.tx
    number = tx.fresh()
    for pid in saved.pids:
        task = restart.task(pid)
        if tx.find(Undo, task) is not None:
            raise Errno.EINVAL(f"pids: {pid} has two lists")
        tx.put(task, Undo(number))
    if not saved.pids:
        raise Errno.EINVAL("pids: it is nobody's")
    adjustments = []
    for each in saved.adjustments:
        key, found = ipc.find(restart, KIND, each.namespace, each.id)
        assert isinstance(found, SemSet)
        if len(each.values) != len(found.values) or number in found.undoers:
            raise Errno.EINVAL(f"adjustments: one for each semaphore of set {each.id}")
        if not all(-SEMVMX - 1 <= value <= SEMVMX for value in each.values):
            raise Errno.EINVAL(f"adjustments: one is {-SEMVMX - 1} to {SEMVMX}")
        tx.put(key, replace(found, undoers=(*found.undoers, number)))
        adjustments.append(Adjustment(key, each.values))
    tx.put(number, UndoList(len(saved.pids), tuple(adjustments)))
