"""PNG files whose bytes do not depend on anybody's version of a compressor.

zlib and its successors agree on what they can read, not on what they write.  A screen of cells is
easy to compress: the same few rows of dots come again and again, a whole number of cells apart.
See RFC 1950, RFC 1951 (the codes that are fixed) and the PNG specification.
"""

import struct
import zlib
from collections.abc import Iterator, Sequence
from typing import Final

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_REACH: Final = 32768
"""How far back a copy may be taken from."""
_COPIED: Final = 258
"""Bytes that are copied at once, at the most."""
_LENGTHS: Final = (
    *((3, 0), (4, 0), (5, 0), (6, 0), (7, 0), (8, 0), (9, 0), (10, 0), (11, 1), (13, 1), (15, 1)),
    *((17, 1), (19, 2), (23, 2), (27, 2), (31, 2), (35, 3), (43, 3), (51, 3), (59, 3), (67, 4)),
    *((83, 4), (99, 4), (115, 4), (131, 5), (163, 5), (195, 5), (227, 5), (258, 0)),
)
"""The shortest copy of each code from 257 on, and how many bits say how much longer it is."""
_DISTANCES: Final = tuple(
    (1 + sum(1 << max(0, n // 2 - 1) for n in range(code)), max(0, code // 2 - 1))
    for code in range(30)
)
"""Likewise the nearest of each code for how far back."""


def png(width: int, rows: Sequence[bytes], colours: Sequence[str], cell: int) -> bytes:
    """A PNG of *rows* of dots, a byte each: the number of one of *colours* (``#rrggbb``, at most
    256).  Patterns are looked for *cell* dots at a time."""
    header = struct.pack(">IIBBBBB", width, len(rows), 8, 3, 0, 0, 0)
    palette = b"".join(bytes.fromhex(colour[1:]) for colour in colours)
    data = b"".join(b"\0" + row for row in rows)
    packed = b"\x78\x01" + deflated(data, width + 1, cell) + zlib.adler32(data).to_bytes(4, "big")
    chunks = ((b"IHDR", header), (b"PLTE", palette), (b"IDAT", packed), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(kind, content) for kind, content in chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)


def deflated(data: bytes, stride: int, cell: int) -> bytes:
    """*data* compressed; lines of *stride* bytes, of which the first tells how to read it and the
    others come in groups of *cell*."""
    bits = "1" + "10" + "".join(_codes(data, stride, cell)) + "0000000"  # last block, fixed codes
    bits += "0" * (-len(bits) % 8)
    return int(bits[::-1], 2).to_bytes(len(bits) // 8, "little")


def _codes(data: bytes, stride: int, cell: int) -> Iterator[str]:
    known: dict[bytes, int] = {}
    copied = 0
    """Up to where everything has been written."""
    for start in range(0, len(data), stride):
        end = min(start + stride, len(data))
        if copied <= start:
            yield _LITERALS[data[start]]
        for place in range(start + 1, end, cell):
            group = data[place : min(place + cell, end)]
            if place >= copied:
                source = known.get(group, -_REACH)
                above = place - stride
                if above > 0 and data[above : above + len(group)] == group:
                    source = above
                near = place - source < _REACH
                length = _same(data, source, place, end, cell) if near else 0
                if length >= _LENGTHS[0][0]:
                    copied = place + length
                    yield _copy(length, place - source)
                else:
                    yield from map(_LITERALS.__getitem__, group)
            known[group] = place


def _same(data: bytes, source: int, place: int, end: int, cell: int) -> int:
    """How many bytes from *source* on are the same as those from *place* on: whole groups, and
    the last of the line even if it is short."""
    length = 0
    while place + length < end and length + cell <= _COPIED:
        group = data[place + length : min(place + length + cell, end)]
        if data[source + length : source + length + len(group)] != group:
            break
        length += len(group)
    return length


def _literal(symbol: int) -> str:
    """The fixed code of a literal or a length."""
    if symbol < 144:
        return f"{0x30 + symbol:08b}"
    if symbol < 256:
        return f"{0x190 + symbol - 144:09b}"
    if symbol < 280:
        return f"{symbol - 256:07b}"
    return f"{0xC0 + symbol - 280:08b}"


_LITERALS: Final = tuple(_literal(symbol) for symbol in range(288))


def _copy(length: int, distance: int) -> str:
    return _LITERALS[257 + _index(_LENGTHS, length)] + _more(_LENGTHS, length) + _far(distance)


def _far(distance: int) -> str:
    return f"{_index(_DISTANCES, distance):05b}" + _more(_DISTANCES, distance)


def _index(table: Sequence[tuple[int, int]], value: int) -> int:
    return max(code for code, (least, _) in enumerate(table) if least <= value)


def _more(table: Sequence[tuple[int, int]], value: int) -> str:
    """The bits that say how much more than its code's least a value is, the lowest first."""
    least, bits = table[_index(table, value)]
    return f"{value - least:0{bits}b}"[::-1] if bits else ""
