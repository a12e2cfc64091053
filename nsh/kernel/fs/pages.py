"""A file's content as a map of pages: index -> at most :data:`PAGE_SIZE` bytes.

What is absent, and what lies between a page's bytes and its end, reads as zeros; the file's
size is kept beside.  Pure functions on values.
"""

from typing import Final

from immutables import Map

PAGE_SIZE: Final = 4096
MAX_SIZE: Final = 64 << 20
"""The most bytes a file may have, so that no script can exhaust the host."""

Pages = Map[int, bytes]


def read(content: Pages, start: int, end: int) -> bytes:
    """The bytes from *start* up to *end*."""
    parts = []
    while start < end:
        index, inside = divmod(start, PAGE_SIZE)
        stop = min(inside + end - start, PAGE_SIZE)
        parts.append(content.get(index, b"")[inside:stop].ljust(stop - inside, b"\0"))
        start += stop - inside
    return b"".join(parts)


def write(content: Pages, start: int, data: bytes) -> Pages:
    """*content* with *data* at *start*."""
    draft = content.mutate()
    taken = 0
    while taken < len(data):
        index, inside = divmod(start + taken, PAGE_SIZE)
        part = data[taken : taken + PAGE_SIZE - inside]
        if len(part) < PAGE_SIZE:
            old = content.get(index, b"")
            part = old[:inside].ljust(inside, b"\0") + part + old[inside + len(part) :]
        draft[index] = part
        taken += min(len(data) - taken, PAGE_SIZE - inside)
    return draft.finish()


def truncate(content: Pages, size: int) -> Pages:
    """*content* without what lies behind *size*."""
    whole, inside = divmod(size, PAGE_SIZE)
    draft = content.mutate()
    for index in content:
        if index > whole or (index == whole and not inside):
            del draft[index]
    if whole in draft:
        draft[whole] = draft[whole][:inside]
    return draft.finish()
