"""The kinds of namespace, as their files register them (namespaces(7)).

A leaf module, so that a kind can register itself whatever is imported first.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from nsh.abi.process import CloneFlag
from nsh.machine.ids import NamespaceId, TaskId
from nsh.machine.namespaces import Namespace
from nsh.machine.value import Transaction

Copy = Callable[[Transaction, TaskId, NamespaceId], NamespaceId]
Hook = Callable[[Transaction, TaskId, NamespaceId], None]
End = Callable[[Transaction, NamespaceId, Any], None]
Present = Callable[[Transaction], bool]
C = TypeVar("C", bound=Copy)


class Kind:
    """One kind of namespace, as registered."""

    def __init__(self, name: str, flag: int, record: type[Namespace], first_inum: int) -> None:
        self.name = name
        self.flag = int(flag)
        self.record = record
        self.first_inum = first_inum
        """The inode number of the first one (include/linux/proc_ns.h)."""
        self.entry = name
        """Its key in a proxy."""
        self.own = ""
        """A second key: where the task itself is, if unshare moves only its children."""
        self.copy: Copy | None = None
        self.check_enter: Hook | None = None
        """Raises the errno if the caller may not setns into one."""
        self.entered: Hook | None = None
        """Told after a setns."""
        self.end: End | None = None
        """Told when the last user is gone, with the record."""
        self.present: Present | None = None
        """Whether this machine offers the kind at all; None: always."""

    def offered(self, tx: Transaction) -> bool:
        """Whether new ones can be made, and /proc/PID/ns shows them."""
        return self.present is None or self.present(tx)


_new_flags = sum(int(flag) for flag in CloneFlag if (flag.name or "").startswith("CLONE_NEW"))
_kinds: list[Kind] = []
_called: dict[str, Kind] = {}
"""By name, and by what the name of a choice for children is."""


def new_flags() -> int:
    """The flags of clone and unshare that ask for new namespaces, whether or not there is such a
    kind here."""
    return _new_flags


def kinds() -> Sequence[Kind]:
    """The registered kinds, by name."""
    return _kinds


def kind_called(name: str) -> Kind | None:
    """The kind whose links in /proc/PID/ns say *name*; ``X_for_children`` is kind X."""
    return _called.get(name)


def registered(name: str) -> Kind:
    """The kind called *name*, or *name* less "_for_children"; ``KeyError`` if there is none."""
    return _called[name]


def namespace(
    name: str,
    flag: int,
    record: type[Namespace],
    first_inum: int,
    *,
    entry: str | None = None,
    own: str = "",
    check_enter: Hook | None = None,
    entered: Hook | None = None,
    end: End | None = None,
    present: Present | None = None,
) -> Callable[[C], C]:
    """Register a kind of namespace; the decorated function copies one for unshare and clone.

    It is called with (transaction, caller, old id) and replies the new id, whose record has
    ``users`` 1.  ``entry`` is its key in proxies where that is not its name, ``own`` a second one.
    """

    def register(copy: C) -> C:
        global _new_flags  # noqa: PLW0603  # as the table of kinds, but read at every clone
        kind = Kind(name, flag, record, first_inum)
        kind.entry = entry or name
        kind.own = own
        kind.copy = copy
        kind.check_enter = check_enter
        kind.entered = entered
        kind.end = end
        kind.present = present
        _called[name] = _called[f"{name}_for_children"] = kind
        _new_flags |= kind.flag
        _kinds.append(kind)
        _kinds.sort(key=lambda each: each.name)
        return copy

    return register
