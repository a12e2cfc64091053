"""The way from one side of a terminal to the other (``struct tty_bufhead``, tty_buffer.c).

What is written waits in chunks until the other side's line discipline has room.  How much may
wait is limited by the size of the chunks, not by what is in them.
"""

from typing import Final

from nsh.machine.terminals import Arriving, Chunk

LIMIT: Final = 8192
"""Of a pseudo terminal, each way (pty_common_install)."""
_UNIT: Final = 256
_PAGE: Final = 1792
"""TTY_BUFFER_PAGE: what goes into a chunk at once, at most."""


class _Chunk:
    __slots__ = ("data", "size", "used")

    def __init__(self, size: int, used: int, data: bytes) -> None:
        self.size = size
        self.used = used
        self.data = data


class Way:
    """An :class:`~nsh.machine.terminals.Arriving` that is being changed."""

    __slots__ = ("_chunks", "_limit", "_spare")

    def __init__(self, arriving: Arriving, limit: int = LIMIT) -> None:
        self._chunks = [_Chunk(chunk.size, chunk.used, chunk.data) for chunk in arriving.chunks]
        self._spare = arriving.spare
        self._limit = limit

    def frozen(self) -> Arriving:
        """As a record."""
        chunks = tuple(Chunk(chunk.size, chunk.used, chunk.data) for chunk in self._chunks)
        return Arriving(chunks, self._spare)

    def room(self) -> int:
        """What tty_write_room tells: less than may really be put."""
        return max(0, self._limit - self._allocated())

    def _allocated(self) -> int:
        return sum(chunk.size for chunk in self._chunks)

    def put(self, data: bytes) -> int:
        """Append as much of *data* as there is room for; how much that is."""
        done = 0
        while done < len(data):
            goal = min(len(data) - done, _PAGE)
            space = self._request(goal)
            if not space:
                break
            last = self._chunks[-1]
            last.data += data[done : done + space]
            last.used += space
            done += space
        return done

    def _request(self, goal: int) -> int:
        """Make room in the last chunk for *goal* bytes; how many of them fit."""
        left = 2 * self._chunks[-1].size - self._chunks[-1].used if self._chunks else 0
        if left >= goal:
            return goal
        size = -(-goal // _UNIT) * _UNIT
        if size == _UNIT and self._spare:
            self._spare -= 1
        elif self._allocated() > self._limit:
            return left
        self._chunks.append(_Chunk(size, 0, b""))
        return goal

    def head(self) -> bytes:
        """What comes next, all that is in one chunk; empty if there is nothing."""
        while self._chunks:
            if self._chunks[0].data or len(self._chunks) == 1:
                return self._chunks[0].data
            self._free()
        return b""

    def _free(self) -> None:
        self._spare += self._chunks.pop(0).size == _UNIT

    def eat(self, count: int) -> None:
        """Take *count* bytes off what :meth:`head` tells."""
        if count:
            self._chunks[0].data = self._chunks[0].data[count:]

    def ahead(self, skip: int) -> bytes:
        """Everything that waits, but for the first *skip* bytes."""
        return b"".join(chunk.data for chunk in self._chunks)[skip:]

    def waiting(self) -> int:
        """How many bytes wait."""
        return sum(len(chunk.data) for chunk in self._chunks)

    def forget(self) -> None:
        """Drop all that waits (tty_buffer_flush)."""
        while len(self._chunks) > 1:
            self._free()
        for chunk in self._chunks:
            chunk.data = b""
