"""The locks that there are: found by file and by owner, and given up when their owner ends."""

from collections.abc import Sequence

from immutables import Map
from msgspec.structs import replace

from nsh.kernel import contexts, hooks, pids, sharing, waiting
from nsh.kernel.fs.types import superblock_of, type_of
from nsh.machine.files import File
from nsh.machine.ids import FileId, SpaceId, TaskId
from nsh.machine.locks import OFD, POSIX, FileLocks, Held, Inode, LockIndex, LockWait
from nsh.machine.pids import PidSpace
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction
from nsh.machine.waiting import On, channel

_NONE: Map[int, None] = Map()


def inode_of(tx: Transaction, caller: TaskId, file: File) -> Inode:
    """The file that is open, by whatever name."""
    sb = superblock_of(tx, file.place)
    kind = type_of(tx, sb)
    ino = kind.stat(tx, caller, sb, file.place.node).ino
    return Inode(kind.device(tx, caller, sb, file.place.node), ino)


def on(tx: Transaction, inode: Inode) -> tuple[int, FileLocks]:
    """The locks on a file and their key; a new one if it has none yet."""
    index = tx.find(LockIndex, 0)
    key = 0 if index is None else index.by_inode.get(inode, 0)
    return (key, tx.get(FileLocks, key)) if key else (tx.fresh(), FileLocks(inode))


def put(
    tx: Transaction,
    key: int,
    old: FileLocks,
    *,
    ranges: Sequence[Held] | None = None,
    whole: Sequence[Held] | None = None,
) -> None:
    """Write the locks on a file, number those that are new, and let all who wait for one that is
    gone, or smaller, ask again."""
    new = FileLocks(
        old.inode,
        old.ranges if ranges is None else tuple(ranges),
        old.whole if whole is None else tuple(whole),
    )
    before = {held.number: held for held in (*old.ranges, *old.whole)}
    after = {held.number: held for held in (*new.ranges, *new.whole)}
    _index(tx, key, old, new)
    if new.ranges or new.whole:
        tx.put(key, new)
    else:
        tx.drop(FileLocks, key)
    gone = [number for number in before if number not in after]
    kept = [(held, after[number]) for number, held in before.items() if number in after]
    right = [held.number for held, left in kept if left.start > held.start]
    left = [held.number for held, left in kept if left.end < held.end and left.start == held.start]
    for number in (*gone, *right, *left):  # as posix_lock_inode goes about it
        waiting.wake(tx, channel(On.LOCK, number))


def _index(tx: Transaction, key: int, old: FileLocks, new: FileLocks) -> None:
    index = tx.find(LockIndex, 0) or LockIndex()
    by_inode, by_table = index.by_inode, index.by_table
    exists = bool(new.ranges or new.whole)
    if exists:
        by_inode = by_inode.set(new.inode, key)
    elif new.inode in by_inode:
        by_inode = by_inode.delete(new.inode)
    had = {held.table for held in old.ranges if held.kind == POSIX}
    has = {held.table for held in new.ranges if held.kind == POSIX}
    for table in sorted(had ^ has):
        files = by_table.get(table, _NONE)
        files = files.set(key, None) if table in has else files.delete(key)
        by_table = by_table.set(table, files) if files else by_table.delete(table)
    if by_inode:
        tx.put(0, LockIndex(by_inode, by_table))
    else:
        tx.drop(LockIndex, 0)


def number(tx: Transaction, held: Held, space: SpaceId) -> int:
    """What *space* calls who has a lock: -1 for an open file description's, 0 out of sight.  One
    who is dead and gone is still told of in the first space (locks_translate_pid)."""
    if held.kind == OFD:
        return -1
    task = tx.find(Task, held.process)
    if task is not None:
        return pids.number(tx, task, space)
    return 0 if len(tx.get(PidSpace, space).path) > 1 else held.kpid


# ---- ends


@hooks.on_close
def closed(tx: Transaction, caller: TaskId, key: FileId) -> None:
    """A file is closed, by whichever descriptor: the table loses all its locks on it, whoever of
    those that have it closes it and asked for them (locks_remove_posix)."""
    index = tx.find(LockIndex, 0)
    table = 0 if index is None else contexts.table_of(tx, caller)
    if index is None or table not in index.by_table:
        return
    drop_own(tx, index.by_inode.get(inode_of(tx, caller, tx.get(File, key)), 0), table)


def drop_own(tx: Transaction, key: int, table: int) -> None:
    """Drop the locks of a descriptor table on a file."""
    locks = tx.find(FileLocks, key)
    if locks is None:
        return
    kept = [held for held in locks.ranges if held.kind != POSIX or held.table != table]
    put(tx, key, locks, ranges=kept)


@hooks.on_release
def released(tx: Transaction, key: FileId, file: File) -> None:
    """The last descriptor of an open file is gone, and its locks go too."""
    del file
    drop_of_file(tx, key)


def drop_of_file(tx: Transaction, key: FileId) -> None:
    """Drop the locks of an open file that is closed, unless a request waits that was made of it:
    that keeps it."""
    if tx.find(LockIndex, 0) is None or tx.find(File, key) is not None:
        return
    if any(wait.wanted.file == key for _task, wait in tx.items(LockWait)):
        return
    for place, locks in list(tx.items(FileLocks)):
        ranges = [held for held in locks.ranges if held.kind != OFD or held.file != key]
        whole = [held for held in locks.whole if held.file != key]
        if len(ranges) != len(locks.ranges) or len(whole) != len(locks.whole):
            put(tx, place, locks, ranges=ranges, whole=whole)


def end(tx: Transaction, tid: TaskId) -> None:
    """The thread *tid* dies: with the last one that has a descriptor table its files are closed."""
    index = tx.find(LockIndex, 0)
    table = 0 if index is None else contexts.table_of(tx, tid)
    if index is None or table not in index.by_table or sharing.files(tx, tid):
        return
    for key in sorted(index.by_table[table]):
        drop_own(tx, key, table)


@hooks.on_table
def renamed(tx: Transaction, old: int, new: int) -> None:
    """Something else stands for a descriptor table."""
    index = tx.find(LockIndex, 0)
    if index is None:
        return
    for key in sorted(index.by_table.get(old, _NONE)):
        locks = tx.get(FileLocks, key)
        ranges = [replace(held, table=new) if held.table == old else held for held in locks.ranges]
        put(tx, key, locks, ranges=ranges)
    for task, wait in list(tx.items(LockWait)):
        if wait.wanted.table == old:
            tx.put(task, replace(wait, wanted=replace(wait.wanted, table=new)))


def numbered(tx: Transaction, locks: Sequence[Held], first: int = 0) -> tuple[Held, ...]:
    """*locks* with a number for each that is new.  That of a request is older than what is left of
    an old lock beside it, and called *first*, if others wait for it by that name."""
    new = sorted((held for held in locks if not held.number), key=lambda held: -held.start)
    given: dict[Held, Held] = {}
    for place, held in enumerate(new):
        since = tx.fresh()
        given[held] = replace(held, number=first if first and not place else since, since=since)
    return tuple(given.get(held, held) for held in locks)
