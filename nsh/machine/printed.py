"""What a terminal was given to show: a bounded tail of it, in chunks, and when it was resized.

Nobody but the people in front of a terminal reads this; a count of all that was ever written tells
whoever looks again what is new.  A screen is computed from it, so what is dropped at the front goes
in large pieces: between two of them a screen goes on from where it was.
"""

from collections.abc import Iterator
from typing import Final

from immutables import Map
from msgspec.structs import replace

from nsh.machine.record import Record

KEPT: Final = 32768
"""Bytes that are kept at least, if so many were written; the last write always is."""
MOST: Final = 65536
"""When more than this is there, the front goes."""
CHUNK: Final = 512
"""A chunk shorter than this is added to rather than followed."""


class Printed(Record):
    """The tail of a terminal's output."""

    chunks: Map[int, bytes] = Map()
    """By running numbers ``first`` … ``last``."""
    first: int = 0
    last: int = -1
    kept: int = 0
    """Bytes in ``chunks``."""
    written: int = 0
    """Bytes ever written."""
    sizes: tuple[tuple[int, int, int], ...] = ((0, 24, 80),)
    """(bytes written before, rows, columns): the window's sizes, the oldest as at the front."""


def add(printed: Printed, data: bytes) -> Printed:
    """*printed* and then *data*.  Amortized O(data)."""
    if not data:
        return printed
    first, last, chunks = printed.first, printed.last, printed.chunks
    kept = printed.kept + len(data)
    tail = chunks.get(last, b"")
    if tail and len(tail) < CHUNK:
        chunks = chunks.set(last, tail + data)
    else:
        last += 1
        chunks = chunks.set(last, data)
    sizes = printed.sizes
    written = printed.written + len(data)
    if kept > MOST:
        while first < last and kept - len(chunks[first]) >= KEPT:
            kept -= len(chunks[first])
            chunks = chunks.delete(first)
            first += 1
        sizes = _since(sizes, written - kept)
    return Printed(chunks, first, last, kept, written, sizes)


def resized(printed: Printed, rows: int, columns: int) -> Printed:
    """*printed*, with a window of *rows* and *columns* from here on."""
    if printed.sizes[-1][1:] == (rows, columns):
        return printed
    sizes = (*printed.sizes, (printed.written, rows, columns))
    return replace(printed, sizes=_since(sizes, printed.written - printed.kept))


def _since(sizes: tuple[tuple[int, int, int], ...], front: int) -> tuple[tuple[int, int, int], ...]:
    """Those sizes that matter for what was written after *front* bytes; the last of those that a
    window had at one time is the one it had."""
    matter = [
        entry
        for entry, after in zip(sizes, (*sizes[1:], None), strict=True)
        if after is None or after[0] > max(front, entry[0])
    ]
    return tuple(matter)


def since(printed: Printed, seen: int) -> bytes:
    """What was written after the first *seen* bytes, as far as it is kept.  O(result)."""
    wanted = printed.written - seen
    parts: list[bytes] = []
    have = 0
    for index in range(printed.last, printed.first - 1, -1):
        if have >= wanted:
            break
        part = printed.chunks[index]
        parts.append(part)
        have += len(part)
    data = b"".join(reversed(parts))
    return data[max(0, have - wanted) :]


def mistakes(name: str, printed: Printed) -> Iterator[str]:
    """What is wrong with it: an invariant of the machine, for the terminal called *name*."""
    numbers = sorted(printed.chunks)
    if numbers != list(range(printed.first, printed.last + 1)):
        yield f"{name} keeps chunks {numbers}, not {printed.first}-{printed.last}"
    if not sum(map(len, printed.chunks.values())) == printed.kept <= printed.written:
        yield f"{name} miscounts its output"
    moments = [moment for moment, _rows, _columns in printed.sizes]
    if not moments or moments != sorted(set(moments)) or moments[-1] > printed.written:
        yield f"{name} was resized at {moments}"
