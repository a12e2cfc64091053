"""What every namespace has, and the proxy through which tasks hold them.

A namespace lives as long as something counts it: proxies, child namespaces, open files on
``/proc/PID/ns/*`` and bind mounts of those (namespaces(7)).  The record type of each kind
extends :class:`Namespace` and has its own table; a :class:`Proxy` maps the kind's name to
the namespace's id, so a new kind changes nothing here.
"""

from collections.abc import Callable, Iterable
from typing import Final

from immutables import Map

from nsh.machine.ids import NamespaceId
from nsh.machine.record import Record, table
from nsh.machine.value import Machine

Keeper = Callable[[Machine], Iterable[NamespaceId]]

KEEPERS: Final[list[Keeper]] = []
"""What else counts among the users of namespaces: a namespace for each user."""


def keepers(function: Keeper) -> Keeper:
    """Register what a mechanism keeps namespaces by, for the invariant that counts their users."""
    KEEPERS.append(function)
    return function


class Namespace(Record):
    """Common head of every namespace record."""

    users: int
    """How many proxies, children, open files and mounts keep it."""
    inum: int
    """The number in ``kind:[inum]``."""
    owner: NamespaceId
    """The user namespace that owns it (0 until user namespaces exist on the machine)."""


class Nested(Namespace):
    """Common head of the kinds that nest (but the pid namespace): those inside keep those above."""

    path: tuple[NamespaceId, ...]
    """The namespaces it is in, outermost first, itself last."""


@table
class Proxy(Record):
    """The set of namespaces of a task (``struct nsproxy``), shared by its forks.

    ``kinds`` maps a kind's name (``"uts"``, ``"mnt"``, …) to a namespace id.  The pid entry is
    called ``"pid_for_children"`` as in /proc: where *children* will be; where a task itself is
    stands in ``Task.space`` and never changes by unshare or setns.
    """

    users: int
    kinds: Map[str, NamespaceId]


@table
class Inums(Record):
    """The next free namespace inode number (one row, key 0)."""

    next: int
