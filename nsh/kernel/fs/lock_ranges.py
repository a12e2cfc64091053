"""How a lock on a range changes those that there are (posix_lock_inode in fs/locks.c).

All functions are of values: the locks on a file, in the order in which a request meets them.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from nsh.machine.locks import FLOCK, UNLOCK, WRITE, Held


def same_owner(one: Held, other: Held) -> bool:
    """Whether both are one process's, or one open file's."""
    return one.kind == other.kind and one.owner == other.owner


def conflict(locks: Sequence[Held], wanted: Held) -> Held | None:
    """The first that is in the way of *wanted*."""
    for held in locks:
        apart = wanted.kind != FLOCK and (wanted.end < held.start or held.end < wanted.start)
        if not apart and not same_owner(held, wanted) and WRITE in (held.type, wanted.type):
            return held
    return None


def own(locks: Sequence[Held], wanted: Held) -> Held | None:
    """The first of the same owner on any of the bytes (F_OFD_GETLK with F_UNLCK)."""
    for held in locks:
        if same_owner(held, wanted) and held.start <= wanted.end and wanted.start <= held.end:
            return held
    return None


def changed(locks: Sequence[Held], wanted: Held) -> tuple[Held, ...]:
    """The locks once *wanted*, which nothing is in the way of, has been granted, or has unlocked.

    What it adds is numbered 0, in the order of the kernel's making: the new lock is older than what
    it leaves of an old one to its left.
    """
    first = next((i for i, held in enumerate(locks) if same_owner(held, wanted)), len(locks))
    last = first
    while last < len(locks) and same_owner(locks[last], wanted):
        last += 1
    mine = locks[first:last]
    left = [held for held in mine if held.end < wanted.start]
    right = [held for held in mine if held.start > wanted.end]
    over = [held for held in mine if held.end >= wanted.start and held.start <= wanted.end]
    start, end = wanted.start, wanted.end
    kept: Held | None = None
    """The lock that grows into the new one, if one is alike: the first, as the kernel has it."""
    if wanted.type != UNLOCK:
        touching = [
            held
            for held in mine
            if held.type == wanted.type and held.end >= start - 1 and held.start - 1 <= end
        ]
        if touching:
            kept = touching[0]
            start = min(start, *(held.start for held in touching))
            end = max(end, *(held.end for held in touching))
            left = [held for held in left if held not in touching]
            right = [held for held in right if held not in touching]
            over = [held for held in over if held not in touching]
    pieces: list[Held] = []
    for held in over:
        if held.start < wanted.start:
            # of one that is cut in two the right part is the old one
            cut = held.end > wanted.end
            pieces.append(replace(held, end=wanted.start - 1, number=0 if cut else held.number))
    if wanted.type != UNLOCK:
        if kept is not None:
            pieces.append(replace(kept, start=start, end=end))
        else:
            pieces.append(replace(wanted, number=0))
    pieces += [replace(held, start=wanted.end + 1) for held in over if held.end > wanted.end]
    return (*locks[:first], *left, *pieces, *right, *locks[last:])
