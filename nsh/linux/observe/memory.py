"""What a watcher need not read at every look: command lines, control groups, open files, networks.

They change seldom and cost most.  Of a process that is still itself (same start, same name) they
are read again at every ``TURNS``-th look, each process in its turn, so that no look costs more than
the others; of a new one, or one that has done execve, at once.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

from nsh.linux.observe.facts import Holder, Network, Process, PtyHolder

TURNS: Final = 5


class Remembered(NamedTuple):
    """What was read of one process, and who it was then."""

    start: int
    name: bytes
    argv: tuple[bytes, ...]
    cgroups: bytes
    holders: tuple[Holder, ...]
    ptys: tuple[PtyHolder, ...]
    sockets: tuple[int, ...]
    unseen: bool
    """Its open files could not be listed."""
    unasked: bool
    """Some of its sockets could not be asked."""


class Memory:
    """What the looks before have read."""

    def __init__(self) -> None:
        self._look = 0
        self._before: dict[int, Remembered] = {}
        self._now: dict[int, Remembered] = {}
        self._networks: dict[int, Network] = {}

    def begin(self) -> None:
        """Another look begins; who was not seen in the last one is forgotten."""
        self._look += 1
        self._before, self._now = self._now, {}

    def recall(self, one: Process) -> Remembered | None:
        """What still holds for a process; None if it has to be read."""
        known = self._before.get(one.pid)
        due = one.pid % TURNS == self._look % TURNS
        if known is None or due or known.start != one.start or known.name != one.name:
            return None
        self._now[one.pid] = known
        return known

    def network(self, inum: int) -> Network | None:
        """What still holds for a network namespace, of which the kernel looks through all
        connections of the machine to tell who listens; None if it has to be read."""
        due = inum % TURNS == self._look % TURNS
        return None if due else self._networks.get(inum)

    def networks(self, seen: Iterable[Network]) -> None:
        """Remember these, and no others."""
        self._networks = {one.inum: one for one in seen}

    def keep(
        self,
        one: Process,
        holders: tuple[Holder, ...],
        ptys: tuple[PtyHolder, ...],
        sockets: tuple[int, ...],
        *,
        unseen: bool,
        unasked: bool,
    ) -> None:
        """Remember what was read of a process."""
        self._now[one.pid] = Remembered(
            one.start, one.name, one.argv, one.cgroups, holders, ptys, sockets, unseen, unasked
        )
