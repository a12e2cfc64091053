"""What ``/proc/locks`` says, and fdinfo about locks (proc_locks(5); fs/locks.c)."""

from collections.abc import Iterator
from typing import Final

from nsh.abi.locks import LockType
from nsh.kernel import contexts
from nsh.kernel.fs.locking import lock_table, lock_waits
from nsh.kernel.fs.proc import descriptors
from nsh.kernel.fs.proc.nodes import TaskNode
from nsh.machine.files import dev_major, dev_minor
from nsh.machine.ids import FileId, SpaceId
from nsh.machine.locks import FLOCK, LAST, OFD, POSIX, FileLocks, Held, Inode, LockWait
from nsh.machine.value import Transaction

_KINDS: Final = {
    POSIX: "POSIX  ADVISORY  ",
    OFD: "OFDLCK ADVISORY  ",
    FLOCK: "FLOCK  ADVISORY  ",
}
_TYPES: Final = {LockType.F_RDLCK: "READ", LockType.F_WRLCK: "WRITE", LockType.F_UNLCK: "UNLCK"}


def line(tx: Transaction, inode: Inode, held: Held, number: int, pid: int, level: int = 0) -> str:
    """A lock, or what waits for one: *level* below it."""
    del tx
    arrow = f"{'-> ':>{level + 2}}" if level else ""
    device = f"{dev_major(inode.superblock):02x}:{dev_minor(inode.superblock):02x}"
    end = "EOF" if held.end == LAST else str(held.end)
    return (
        f"{number}: {arrow}{_KINDS[held.kind]}{_TYPES[LockType(held.type)]} "
        f"{pid} {device}:{inode.ino} {held.start} {end}\n"
    )


def locks(tx: Transaction, space: SpaceId) -> str:
    """The newest lock first, and below each those who wait for it; locks of processes that the
    space does not see are passed over, but counted."""
    found = [
        (held, kept.inode)
        for _key, kept in tx.items(FileLocks)
        for held in (*kept.ranges, *kept.whole)
    ]
    found.sort(key=lambda entry: -entry[0].since)
    waits = lock_waits.waits(tx)
    lines = []
    for number, (held, inode) in enumerate(found, 1):
        pid = lock_table.number(tx, held, space)
        if not pid:
            continue
        lines.append(line(tx, inode, held, number, pid))
        for level, waiting in _tree(waits, held.number):
            whose = lock_table.number(tx, waiting, space)
            lines.append(line(tx, inode, waiting, number, whose, level))
    return "".join(lines)


def _tree(waits: list[LockWait], above: int, level: int = 1) -> Iterator[tuple[int, Held]]:
    """Who waits, with how deep: below the lock, or below another who waits."""
    for wait in waits:
        if wait.above == above:
            yield level, wait.wanted
            yield from _tree(waits, wait.wanted.number, level + 1)


@descriptors.detail
def of_descriptor(tx: Transaction, node: TaskNode, key: FileId) -> str:
    """The lines of ``fdinfo``: locks that were asked for by that open file, and are the file's or
    the descriptor table's."""
    lines: list[str] = []
    table = contexts.table_of(tx, node.task)
    for _place, kept in tx.items(FileLocks):
        for held in (*kept.whole, *kept.ranges):
            if held.file == key and (held.kind != POSIX or held.table == table):
                pid = lock_table.number(tx, held, node.space)
                lines.append("lock:\t" + line(tx, kept.inode, held, len(lines) + 1, pid))
    return "".join(lines)
