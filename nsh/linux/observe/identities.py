"""Ids that outlast a look: whoever is seen again is who they were."""

from collections.abc import Hashable
from typing import Final

from nsh.machine.ids import FIRST_ID

FIRST_TASK: Final = 10
"""The id of the root space's pid 1, on every machine."""
FIRST_SPACE: Final = 1
"""The id of the root space."""


class Identities:
    """Gives out ids; those of one kind rise in the order in which they are first asked for."""

    def __init__(self) -> None:
        self.serial = FIRST_ID
        self._known: dict[tuple[Hashable, ...], int] = {}
        self._seen: dict[tuple[Hashable, ...], int] = {}
        self._numbers: dict[int, int] = {}

    def of(self, *who: Hashable) -> int:
        """The id of whoever *who* names: the same for the same, for ever."""
        found = self._known.get(who)
        if found is None:
            self.serial += 1
            found = self._known[who] = self.serial
        self._seen[who] = found
        return found

    def number(self, key: int) -> int:
        """A small number for the id *key*, as people name a space: 1, 2, …, never given again."""
        return self._numbers.setdefault(key, len(self._numbers) + 1)

    def name(self, number: int, *who: Hashable) -> None:
        """Give *who* an id that is fixed."""
        self._known[who] = self._seen[who] = number

    def forget(self) -> None:
        """Forget whoever was not asked for since the last time, if they are many by now: a long
        watch would grow without end."""
        if len(self._known) > 2 * len(self._seen) + 1000:
            self._known = self._seen
        self._seen = {}
