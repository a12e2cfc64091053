"""Names with version numbers in them, in order (gnulib's filevercmp)."""

import re
from functools import cmp_to_key
from typing import Final

_SUFFIXES: Final = re.compile(rb"(?:\.[A-Za-z~][A-Za-z0-9~]*)*\Z")
_SPECIAL: Final = (b"", b".", b"..")
_PIECE: Final = re.compile(rb"([^0-9]*)0*([0-9]*)")


def _compare(one: bytes, other: bytes) -> int:
    if one == other:
        return 0
    for special in _SPECIAL:
        if special in (one, other):
            return -1 if one == special else 1
    if one.startswith(b".") != other.startswith(b"."):  # hidden files come first
        return -1 if one.startswith(b".") else 1
    stems = _stem(one), _stem(other)
    return _in_order(*stems) or _in_order(one, other)


def _stem(name: bytes) -> bytes:
    """The name without ``.tar.gz``; nothing, if it is nothing else."""
    match = _SUFFIXES.search(name)
    return name[: match.start()] if match is not None else name


def _in_order(one: bytes, other: bytes) -> int:
    """Text and numbers by turns: text by its characters, numbers by their size."""
    at = at_other = 0
    while at < len(one) or at_other < len(other):
        mine, theirs = _PIECE.match(one, at), _PIECE.match(other, at_other)
        assert mine is not None
        assert theirs is not None
        if mine[1] != theirs[1]:
            ranks = _ranks(mine), _ranks(theirs)
            return -1 if ranks[0] < ranks[1] else 1
        numbers = int(mine[2] or b"0"), int(theirs[2] or b"0")
        if numbers[0] != numbers[1]:
            return -1 if numbers[0] < numbers[1] else 1
        at, at_other = mine.end(), theirs.end()
    return 0


def _ranks(piece: re.Match[bytes]) -> list[int]:
    """``~`` before the end, that before a digit, letters, and then all else."""
    text = piece[1]
    ranks = [-2 if byte == 0x7E else byte if _is_letter(byte) else byte + 256 for byte in text]
    return [*ranks, -1 if piece.end(1) == len(piece.string) else 0]


def _is_letter(byte: int) -> bool:
    return 0x41 <= byte <= 0x5A or 0x61 <= byte <= 0x7A


version = cmp_to_key(_compare)
"""A name as something to sort by."""
