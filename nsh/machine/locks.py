"""Locks on files: fcntl(2)'s of a process or an open file description, and flock(2)'s (S2, N5).

What is called a process's is its descriptor table's: who shares that shares the locks.
"""

from collections.abc import Iterator
from typing import Final

from immutables import Map

from nsh.machine.context import Context
from nsh.machine.files import File
from nsh.machine.ids import NOBODY, FileId, TaskId
from nsh.machine.invariants import invariant
from nsh.machine.record import Record, table
from nsh.machine.tasks import Task
from nsh.machine.value import Machine

POSIX: Final = 0
OFD: Final = 1
FLOCK: Final = 2
"""Kinds of lock: a process's on a range, an open file's on a range, an open file's on it all."""
LAST: Final = (1 << 63) - 1
"""OFFSET_MAX: the end of a range that has none."""
READ: Final = 0
WRITE: Final = 1
UNLOCK: Final = 2
"""``l_type``."""


class Inode(Record):
    """What locks are on: a file, by whatever name and mount it was opened."""

    superblock: int
    ino: int


class Held(Record):
    """A lock, on the bytes *start* to *end*."""

    kind: int
    type: int
    start: int
    end: int
    file: FileId
    """The open file by which it was asked for, whose it is but for POSIX."""
    process: TaskId
    """Who asked."""
    kpid: int
    """What the kernel calls that one, or called it."""
    table: int = 0
    """The descriptor table whose it is, for POSIX: a context that is shared in earnest, or else the
    task that alone has the table."""
    number: int = 0
    """Which one it is, to those who wait for it."""
    since: int = 0
    """Locks are told of the newest first (/proc/locks)."""

    @property
    def owner(self) -> int:
        """A descriptor table, or an open file."""
        return self.table if self.kind == POSIX else self.file


@table
class FileLocks(Record):
    """The locks on one file, in the order in which a request meets them: those of one owner
    stand together and rise."""

    inode: Inode
    ranges: tuple[Held, ...] = ()
    """POSIX and OFD locks, which know each other."""
    whole: tuple[Held, ...] = ()
    """Those of flock(2), which no other kind knows."""


@table
class LockIndex(Record):
    """Which files have locks (one row, key 0, while any has): their key in FileLocks."""

    by_inode: Map[Inode, int] = Map()
    by_table: Map[int, Map[int, None]] = Map()
    """Where each descriptor table has locks of its own."""


@table
class LockWait(Record):
    """A request for a lock that waits, keyed by its task.  It means something only while that
    task is blocked in it."""

    locks: int
    """Key in FileLocks."""
    wanted: Held
    above: int
    """The ``number`` of the lock in the way, or of a request in the way that waits for that."""
    followed: bool
    """Whether a circle is looked for by way of it: not if what is above is an open file's."""


@invariant
def _locks(machine: Machine) -> Iterator[str]:
    """Locks of different owners do not conflict; of one they neither overlap nor touch if alike."""
    for key, locks in machine.items(FileLocks):
        if not locks.ranges and not locks.whole:
            yield f"there are no locks in {key}"
        for place, one in enumerate(locks.ranges):
            if not 0 <= one.start <= one.end:
                yield f"a lock is on {one.start} to {one.end}"
            for other in locks.ranges[place + 1 :]:
                yield from _together(one, other)
        if len(locks.whole) > 1 and any(one.type == WRITE for one in locks.whole):
            yield f"an exclusive lock on {key} is one of several"


def _together(one: Held, other: Held) -> Iterator[str]:
    """What is wrong with two locks on ranges of one file, of which *one* stands first."""
    apart = one.end < other.start or other.end < one.start
    if (one.kind, one.owner) == (other.kind, other.owner):
        joined = one.type == other.type and one.end + 1 == other.start
        if not apart or one.start > other.start or joined:
            yield f"two locks of {one.owner} should be one, or in order"
    elif not apart and WRITE in (one.type, other.type):
        yield f"{one.owner} and {other.owner} have conflicting locks"


@invariant
def _lock_owners(machine: Machine) -> Iterator[str]:
    """Who has a lock is there: a descriptor table, or an open file."""
    kept = {wait.wanted.file for _task, wait in machine.items(LockWait)}
    for _key, locks in machine.items(FileLocks):
        for one in (*locks.whole, *locks.ranges):
            if one.kind == POSIX:
                if not _is_table(machine, one.table):
                    yield f"{one.table} is no descriptor table, and has a lock"
            elif machine.find(File, one.file) is None and one.file not in kept:
                yield f"file {one.file} is closed, and has a lock"


def _is_table(machine: Machine, table: int) -> bool:
    task = machine.find(Task, table)
    context = machine.find(Context, table if task is None else task.context)
    return context is not None and context.shared == (task is None) and not context.files_at


@invariant
def _lock_index(machine: Machine) -> Iterator[str]:
    """The index leads to every file with locks, and to those of each table, and to no others."""
    index = machine.find(LockIndex, 0) or LockIndex()
    owned: set[tuple[int, int]] = set()
    for key, locks in machine.items(FileLocks):
        if index.by_inode.get(locks.inode) != key:
            yield f"the index does not know the locks {key}"
        owned |= {(one.table, key) for one in locks.ranges if one.kind == POSIX}
    if owned != {(table, key) for table, keys in index.by_table.items() for key in keys}:
        yield "the index tells otherwise of descriptor tables with locks"
    if len(index.by_inode) != machine.count(FileLocks) or NOBODY in index.by_table:
        yield "the index tells of locks that are not"
