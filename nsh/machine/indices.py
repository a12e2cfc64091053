"""Sets of small numbers whose lowest absent one is found at once (lib/idr.c: the IDA)."""

from collections.abc import Iterator
from typing import Final

from immutables import Map

from nsh.machine.record import Record

LEAF: Final = 1024
"""Numbers in a leaf.  So many leaves are covered in turn, which is NR_UNIX98_PTY_MAX numbers."""
_FULL: Final = (1 << LEAF) - 1


class Indices(Record):
    """A set of numbers from 0 on."""

    leaves: Map[int, int] = Map()
    """Bit N of leaf L: the number L * 1024 + N is in the set.  No leaf is 0."""
    full: int = 0
    """Bit L: leaf L has no room."""
    count: int = 0

    def __contains__(self, number: object) -> bool:
        if not isinstance(number, int) or number < 0:
            return False
        return bool(self.leaves.get(number // LEAF, 0) >> number % LEAF & 1)

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[int]:
        """Rising."""
        for leaf, bits in sorted(self.leaves.items()):
            rest = bits
            while rest:
                yield leaf * LEAF + _lowest(rest)
                rest &= rest - 1

    def lowest_free(self) -> int:
        """The lowest number that is not in the set."""
        leaf = _lowest(~self.full)
        return leaf * LEAF + _lowest(~self.leaves.get(leaf, 0))

    def with_(self, number: int) -> "Indices":
        """The set with *number*, which is not in it."""
        leaf = number // LEAF
        bits = self.leaves.get(leaf, 0) | 1 << number % LEAF
        full = self.full | 1 << leaf if bits == _FULL else self.full
        return Indices(self.leaves.set(leaf, bits), full, self.count + 1)

    def without(self, number: int) -> "Indices":
        """The set without *number*, which is in it."""
        leaf = number // LEAF
        bits = self.leaves[leaf] & ~(1 << number % LEAF)
        leaves = self.leaves.set(leaf, bits) if bits else self.leaves.delete(leaf)
        return Indices(leaves, self.full & ~(1 << leaf), self.count - 1)


def _lowest(bits: int) -> int:
    """The number of the lowest bit that is set."""
    return (bits & -bits).bit_length() - 1
