"""How a lock on a range changes those that there are (posix_lock_inode in fs/locks.c).

All functions are of values: the locks on a file, in the order in which a request meets them.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from nsh.machine.locks import FLOCK, UNLOCK, WRITE, Held


def same_owner(one: Held, other: Held) -> bool:
    """Whether both are one descriptor table's, or one open file's."""
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

    Which lock grows, is replaced or is cut is as Linux has it, for those who wait for one that goes
    or shrinks are woken.  What is new is numbered 0; the lock that was asked for is older than what
    is left of an old one before it.
    """
    new = list(locks)
    start, end = wanted.start, wanted.end
    at = left = right = -1
    added = False
    place = next((i for i, held in enumerate(new) if same_owner(held, wanted)), len(new))
    while place < len(new) and same_owner(new[place], wanted):
        held = new[place]
        alike = held.type == wanted.type
        if held.end < start - alike:
            place += 1
            continue
        if held.start - alike > end:
            break
        if alike:
            start, end = min(start, held.start), max(end, held.end)
            if added:
                new[at] = replace(new[at], start=start, end=end)
                del new[place]
                continue
            new[place] = replace(held, start=start, end=end)
            at, added = place, True
        else:
            added = added or wanted.type == UNLOCK
            if held.start < start:
                left = place
            if held.end > end:
                right = place
                break
            if held.start >= start:
                if added:
                    del new[place]
                    continue
                new[place] = replace(wanted, start=start, end=end, number=0)
                at, added = place, True
        place += 1
    if not added:
        if wanted.type == UNLOCK:
            return tuple(new)
        new.insert(place, replace(wanted, start=start, end=end, number=0))
        right += right >= place
        left += left >= place
    if right >= 0:
        if left == right:
            new.insert(place, replace(new[right], number=0))
            left, right = place, right + 1
        new[right] = replace(new[right], start=end + 1)
    if left >= 0:
        new[left] = replace(new[left], end=start - 1)
    return tuple(new)
