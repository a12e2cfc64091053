"""Rows within owners, as slaves within instances: in the owners' order, then by place."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from immutables import Map

from nsh.views import order


class Nested:
    """The keys of rows: an owner's number times *width*, and a place below *width*.

    *places* tells an owner's, rising.  Only those that are walked over are asked for.
    """

    def __init__(
        self, owners: Map[int, Any], places: Callable[[int], Sequence[int]], width: int
    ) -> None:
        self._owners = owners
        self._places = places
        self._width = width

    def last(self) -> int:
        """A key that no row's is beyond."""
        return max(self._owners, default=0) * self._width + self._width - 1

    def up(self, start: int) -> Iterator[int]:
        """The keys from *start* on, rising."""
        first, place = divmod(start, self._width)
        for owner in order.ascending(self._owners, first):
            for each in self._places(owner):
                if owner > first or each >= place:
                    yield owner * self._width + each

    def down(self, start: int) -> Iterator[int]:
        """The keys from *start* down, falling."""
        first, place = divmod(start, self._width)
        for owner in order.descending(self._owners, first):
            for each in reversed(self._places(owner)):
                if owner < first or each <= place:
                    yield owner * self._width + each
