"""Locks on files: a process's, an open file's, and flock(2)'s (S2, N5).

They are taken again once their files are open.  Who waits for one asks for it anew, with the call.
"""

from collections.abc import Iterator
from typing import Final, Literal

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.files import OpenFlag
from nsh.abi.locks import FcntlLock, Flock
from nsh.kernel import contexts, waiting
from nsh.kernel.checkpoint import parts, state
from nsh.kernel.checkpoint.image import Object
from nsh.kernel.checkpoint.state import Dump, Restart
from nsh.kernel.fs.locking import lock_ranges, lock_table
from nsh.machine.files import File
from nsh.machine.ids import NOBODY, FileId, TaskId
from nsh.machine.locks import FLOCK, LAST, OFD, POSIX, READ, WRITE, FileLocks, Held, LockWait
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction

_KINDS: Final = {"posix": POSIX, "ofd": OFD, "flock": FLOCK}
_TYPES: Final = {"read": READ, "write": WRITE}
_CANNOT: Final = {READ: OpenFlag.O_WRONLY, WRITE: OpenFlag.O_RDONLY}
"""With which access mode there can be no lock of that type on a range."""
_ACCMODE: Final = 3


class LockOf(Object, frozen=True, tag="lock"):
    """One lock; those on one file stand in the order in which a request meets them."""

    kind: Literal["posix", "ofd", "flock"]
    type: Literal["read", "write"]
    file: int
    """The open file by which it was asked for."""
    pid: int = 0
    """Who asked for it; 0: somebody who is dead, or outside."""
    table: int = 0
    """Whose descriptors it belongs to, for those of the kind posix."""
    start: int = 0
    end: int = LAST
    age: int = 0
    """Which one it is by age (/proc/locks)."""


@parts.saves(LockOf, 53, LockWait)
def _save(dump: Dump) -> Iterator[LockOf]:
    """EBUSY: one of an open file that somebody outside has open, too."""
    tx = dump.tx
    _check_waits(dump)
    tables = {contexts.table_of(tx, task): task for task, _record in reversed(dump.living())}
    found = [
        held
        for _key, locks in tx.items(FileLocks)
        for held in (*locks.ranges, *locks.whole)
        if (held.table in tables if held.kind == POSIX else held.file in dump.files)
    ]
    ages = sorted(held.since for held in found)
    kinds = {kind: name for name, kind in _KINDS.items()}
    types = {type_: name for name, type_ in _TYPES.items()}
    for held in found:
        if held.kind != POSIX and (stranger := dump.holder(held.file)):
            dump.refuse(f"{_user(dump, held.file)} has a lock by a file that {stranger}, has, too")
        yield LockOf(
            kind=kinds[held.kind],  # type: ignore[arg-type]
            type=types[held.type],  # type: ignore[arg-type]
            file=dump.files.of(held.file),
            pid=dump.number(held.process) if held.process in dump else 0,
            table=dump.number(tables[held.table]) if held.kind == POSIX else 0,
            start=held.start,
            end=held.end,
            age=ages.index(held.since),
        )


def _user(dump: Dump, key: FileId) -> str:
    having = (task for task in dump.tasks if any(e.file == key for e in dump.table(task).values()))
    return next((dump.name(task) for task in having), "a task")


def _check_waits(dump: Dump) -> None:
    """ENOTSUP: somebody waits by a descriptor that is not the same file any more: the call cannot
    be made anew."""
    tx = dump.tx
    for task in dump.tasks:
        wait, waiter = tx.find(LockWait, task), waiting.waiter(tx, task)
        if wait is None or waiter is None or not isinstance(waiter.request, FcntlLock | Flock):
            continue
        fd = waiter.request.fd
        entry = contexts.files(tx, task).get(fd)
        if entry is None or entry.file != wait.wanted.file:
            reason = f"{dump.name(task)} waits for a lock on what its descriptor {fd} was before"
            dump.refuse(f"{reason}, which cannot be saved", Errno.ENOTSUP)


@parts.makes(LockOf)
def _make(restart: Restart, saved: LockOf) -> None:
    """EAGAIN: somebody has a lock that it conflicts with."""
    tx = restart.tx
    wanted = _wanted(restart, saved)
    place, locks = lock_table.on(tx, lock_table.inode_of(tx, restart.caller, _file(restart, saved)))
    like = locks.whole if wanted.kind == FLOCK else locks.ranges
    blocker = lock_ranges.conflict(like, wanted)
    if blocker is not None:
        if _is_own(restart, blocker):
            raise Errno.EINVAL("start: it conflicts with another lock of the image")
        raise Errno.EAGAIN(f"{_called(tx, blocker)} has a conflicting lock")
    if wanted.kind == FLOCK:
        whole = [held for held in locks.whole if held.file != wanted.file]
        lock_table.put(tx, place, locks, whole=lock_table.numbered(tx, (*whole, wanted)))
    else:
        changed = lock_ranges.changed(locks.ranges, wanted)
        lock_table.put(tx, place, locks, ranges=lock_table.numbered(tx, changed))
    restart.keep(saved)


def _file(restart: Restart, saved: LockOf) -> File:
    return restart.tx.get(File, restart.file(saved.file))


def _wanted(restart: Restart, saved: LockOf) -> Held:
    """EINVAL: there can be no such lock."""
    tx = restart.tx
    kind, type_ = _KINDS[saved.kind], _TYPES[saved.type]
    if not 0 <= saved.start <= saved.end <= LAST:
        raise Errno.EINVAL(f"end: there is no range from {saved.start} to {saved.end}")
    access = _file(restart, saved).flags & _ACCMODE
    if kind != FLOCK and access == _CANNOT[type_]:
        doing = "writing" if type_ == WRITE else "reading"
        raise Errno.EINVAL(f"type: file {saved.file} is not open for {doing}")
    process, kpid, table = NOBODY, 0, 0
    if saved.pid:
        process = restart.task(saved.pid)
        kpid = tx.get(Task, process).pids[0]
    if saved.table in restart.dead:
        raise Errno.EINVAL(f"table: {saved.table} is dead, and has no descriptors")
    if kind == POSIX:
        table = contexts.table_of(tx, restart.task(saved.table))
    return Held(kind, type_, saved.start, saved.end, restart.file(saved.file), process, kpid, table)


def _is_own(restart: Restart, held: Held) -> bool:
    """Whether a lock is one of the image's."""
    if held.kind != POSIX:
        return held.file in restart.files.values()
    return any(
        contexts.table_of(restart.tx, task) == held.table
        for task in restart.tasks.values()
        if restart.tx.get(Task, task).context
    )


def _called(tx: Transaction, held: Held) -> str:
    if held.kind == POSIX and tx.find(Task, held.process) is not None:
        return state.name(tx, held.process)
    for task in sorted(tx.rows(Task)):
        if any(entry.file == held.file for entry in contexts.files(tx, TaskId(task)).values()):
            return f"an open file of {state.name(tx, TaskId(task))}"
    return "an open file"


@parts.finishes(39)
def _by_age(restart: Restart) -> None:
    """Which of them is older is as it was."""
    tx = restart.tx
    for saved in sorted(restart.kept(LockOf), key=lambda each: each.age):
        inode = lock_table.inode_of(tx, restart.caller, _file(restart, saved))
        wanted = _wanted(restart, saved)
        key, locks = lock_table.on(tx, inode)
        since = tx.fresh()
        ranges, whole = (
            tuple(
                replace(held, since=since)
                if lock_ranges.same_owner(held, wanted) and held.start == wanted.start
                else held
                for held in found
            )
            for found in (locks.ranges, locks.whole)
        )
        tx.put(key, replace(locks, ranges=ranges, whole=whole))
