"""The locks that there are: found by file and by owner, and given up when their owner ends."""

from collections.abc import Sequence

from immutables import Map
from msgspec.structs import replace

from nsh.kernel import hooks, pids, waiting
from nsh.kernel.fs.types import superblock_of, type_of
from nsh.machine.files import File
from nsh.machine.ids import FileId, SpaceId, TaskId
from nsh.machine.locks import OFD, POSIX, FileLocks, Held, Inode, LockIndex, LockWait
from nsh.machine.pids import PidSpace
from nsh.machine.tasks import State, Task
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
    by_inode, by_process = index.by_inode, index.by_process
    exists = bool(new.ranges or new.whole)
    if exists:
        by_inode = by_inode.set(new.inode, key)
    elif new.inode in by_inode:
        by_inode = by_inode.delete(new.inode)
    had = {held.process for held in old.ranges if held.kind == POSIX}
    has = {held.process for held in new.ranges if held.kind == POSIX}
    for process in sorted(had ^ has):
        files = by_process.get(process, _NONE)
        files = files.set(key, None) if process in has else files.delete(key)
        by_process = by_process.set(process, files) if files else by_process.delete(process)
    if by_inode:
        tx.put(0, LockIndex(by_inode, by_process))
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
    """A process that closes a file, by whichever descriptor, loses all its locks on it."""
    index = tx.find(LockIndex, 0)
    leader = tx.get(Task, caller).leader
    if index is None or leader not in index.by_process:
        return
    drop_own(tx, index.by_inode.get(inode_of(tx, caller, tx.get(File, key)), 0), leader)


def drop_own(tx: Transaction, key: int, leader: TaskId) -> None:
    """Drop the locks of a process on a file."""
    locks = tx.find(FileLocks, key)
    if locks is None:
        return
    kept = [held for held in locks.ranges if held.kind != POSIX or held.process != leader]
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


def end(tx: Transaction, tid: TaskId, task: Task) -> None:
    """The thread *tid* dies: with the last one of a process its files are closed."""
    index = tx.find(LockIndex, 0)
    if index is None or task.leader not in index.by_process:
        return
    process = tx.get(Task, task.leader)
    for other in (task.leader, *process.threads):
        if other != tid and tx.get(Task, other).state is not State.ZOMBIE:
            return
    for key in sorted(index.by_process[task.leader]):
        drop_own(tx, key, task.leader)


def numbered(tx: Transaction, locks: Sequence[Held], first: int = 0) -> tuple[Held, ...]:
    """*locks* with a number for each that is new.  That of a request is older than what is left of
    an old lock beside it, and called *first*, if others wait for it by that name."""
    new = sorted((held for held in locks if not held.number), key=lambda held: -held.start)
    given: dict[Held, Held] = {}
    for place, held in enumerate(new):
        since = tx.fresh()
        given[held] = replace(held, number=first if first and not place else since, since=since)
    return tuple(given.get(held, held) for held in locks)
