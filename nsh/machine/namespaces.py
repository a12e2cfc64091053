"""What every namespace has, and the proxy through which tasks hold them.

A namespace lives as long as something counts it: proxies, child namespaces, open files on
``/proc/PID/ns/*`` and bind mounts of those (namespaces(7)).  The record type of each kind
extends :class:`Namespace` and has its own table; a :class:`Proxy` maps the kind's name to
the namespace's id, so a new kind changes nothing here.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from immutables import Map

from nsh.machine.ids import NamespaceId
from nsh.machine.record import Record, table
from nsh.machine.value import Machine

Keeper = Callable[[Machine], Iterator[int]]
K = TypeVar("K", bound=Keeper)

keepers: list[Keeper] = []
"""Whatever keeps namespaces besides proxies, children, files and mounts."""


def keeps(keeper: K) -> K:
    """Register what yields a namespace for each time that a mechanism counts itself its user."""
    keepers.append(keeper)
    return keeper


class Charged(Record, kw_only=True):
    """What is charged to somebody (``struct ucounts``)."""

    creator: int = -1
    """Whose it is, in the first user namespace's numbers: against their limits it counts.  -1:
    nobody's, for the machine booted with it, or nobody knows."""


class Namespace(Charged):
    """Common head of every namespace record."""

    users: int
    """How many proxies, children, open files and mounts keep it.  The first ones stay anyway, and
    do not count them."""
    inum: int
    """The number in ``kind:[inum]``."""
    owner: NamespaceId
    """The user namespace that it was made in (of a user namespace: its parent; of the first: 0)."""


class Nested(Namespace):
    """Common head of the kinds that nest (but the pid namespace): those inside keep those above."""

    path: tuple[NamespaceId, ...]
    """The namespaces it is in, outermost first, itself last."""


def kept_above(path: Sequence[int]) -> Sequence[int]:
    """Which namespace one with that *path* keeps: that around it."""
    return path[-2:-1]


@table
class Proxy(Record):
    """The set of namespaces of a task (``struct nsproxy``), shared by its forks.

    ``kinds`` maps a kind's name (``"uts"``, ``"mnt"``, …) to a namespace id.  The pid entry is
    called ``"pid_for_children"`` as in /proc: where *children* will be; where a task itself is
    stands in ``Task.space`` and never changes by unshare or setns.
    """

    users: int
    kinds: Map[str, NamespaceId]
    container: int = 0
    """The container that it entered as a whole (:mod:`nsh.machine.ns_containers`); 0: none."""
    pending: Map[str, NamespaceId] = Map()
    """What is entered by the next execve; it keeps these too."""
    going: int = 0
    """The container that is entered as a whole with it."""


@table
class Inums(Record):
    """The next free namespace inode number (one row, key 0)."""

    next: int
