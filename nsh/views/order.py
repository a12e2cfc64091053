"""Walking a table in order without sorting all of it.

A pane shows twenty rows of a hundred thousand.  Pids are dense near each other, so the next
number is found by trying the ones that follow; only a sparse table is sorted as a whole.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final, Protocol, TypeVar

from immutables import Map

from nsh.machine.ids import TaskId

V = TypeVar("V")

LAST: Final = -1
"""As the place to start from: the last row."""

_PATIENCE = 256
"""Free numbers in a row after which sorting what is left is cheaper than trying on."""


def ascending(numbers: Map[int, V], start: int = 1) -> Iterator[int]:
    """The keys of *numbers* from *start* on, rising.  All keys are positive."""
    key = max(start, 1)
    missed = 0
    while missed < _PATIENCE:
        if key in numbers:
            yield key
            missed = 0
        else:
            missed += 1
        key += 1
    yield from sorted(nr for nr in numbers if nr >= key)


def descending(numbers: Map[int, V], start: int) -> Iterator[int]:
    """The keys of *numbers* from *start* down, falling."""
    key = start
    missed = 0
    while missed < _PATIENCE and key > 0:
        if key in numbers:
            yield key
            missed = 0
        else:
            missed += 1
        key -= 1
    yield from sorted((nr for nr in numbers if nr <= key), reverse=True)


@lru_cache(maxsize=512)
def eldest_first(children: Map[TaskId, int]) -> tuple[TaskId, ...]:
    """Children in order of birth.  Sorted once per map, however often it is shown."""
    return tuple(sorted(children))


def window(
    first: Iterable[V],
    back: Iterable[V],
    forward: Iterable[V],
    skip: int,
    count: int | None,
) -> list[V]:
    """*count* rows of an order that can be walked both ways from its anchor row.

    *first* is the anchor (empty if there is none), *back* and *forward* what lies before and
    after it, nearest first.  *skip* moves the window's start; where the order ends, the window
    is filled from the other side, so that it is only short if everything is shown.
    """
    before = iter(back)
    after = iter(forward)
    rows = list(first)
    for row in _take(before, max(0, -skip)):
        rows.insert(0, row)
    wanted = None if count is None else count + max(0, skip)
    while wanted is None or len(rows) < wanted:
        row_after = next(after, None)
        if row_after is None:
            break
        rows.append(row_after)
    if count is None:
        return rows[max(0, skip) :]
    drop = min(max(0, skip), max(0, len(rows) - count))
    rows = rows[drop : drop + count]
    if drop == 0:  # nothing was skipped at the front, so there may be more to show there
        for row in _take(before, count - len(rows)):
            rows.insert(0, row)
    return rows


class Walk(Protocol):
    """Rows with rising keys, which can be walked both ways."""

    def last(self) -> int:
        """A key that no row's is beyond."""
        ...

    def up(self, start: int) -> Iterator[int]:
        """The keys from *start* on, rising."""
        ...

    def down(self, start: int) -> Iterator[int]:
        """The keys from *start* down, falling."""
        ...


def walked(walk: Walk, at: int, skip: int, count: int | None) -> list[int]:
    """The window of keys from *at* or the next one on, or the last; LAST: from the last."""
    first = None if at == LAST else next(walk.up(at), None)
    if first is None:
        first = next(walk.down(walk.last()), None)
    if first is None:
        return []
    return window([first], walk.down(first - 1), walk.up(first + 1), skip, count)


def keyed(
    rows: Sequence[V], keys: Sequence[int], at: int, skip: int, count: int | None
) -> tuple[V, ...]:
    """The window of *rows* that are all there, by their rising *keys*: from that of *at* or the
    next one on; LAST: from the last."""
    if not rows:
        return ()
    last = len(rows) - 1
    first = last if at == LAST else min(bisect_left(keys, at), last)
    return tuple(window([rows[first]], reversed(rows[:first]), rows[first + 1 :], skip, count))


def _take(rows: Iterator[V], count: int) -> Iterator[V]:
    for _, row in zip(range(count), rows, strict=False):
        yield row
