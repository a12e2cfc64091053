"""The kinds of namespace, as their files register them (namespaces(7)).

A leaf module, so that a kind can register itself whatever is imported first.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

import msgspec
from immutables import Map
from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.process import CloneFlag
from nsh.machine.context import Fs
from nsh.machine.ids import NOBODY, NamespaceId, TaskId
from nsh.machine.namespaces import Namespace
from nsh.machine.settings import Settings
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction

N = TypeVar("N", bound=Namespace)
_NOWHERE: Final = NamespaceId(0)


class New:
    """A namespace that is being made; all that one clone or unshare makes are so in turn."""

    __slots__ = (
        *("before", "born", "caller", "creator", "creds", "fs", "inum", "key", "leaves", "maker"),
        *("moved", "outside", "owner", "pid", "wanted"),
    )

    def __init__(
        self, caller: Task, fs: Fs, before: Map[str, NamespaceId], wanted: "Asked", inum: int
    ) -> None:
        self.caller = caller
        """Who asks for them."""
        self.fs = fs
        """Where who will be in them stands."""
        self.before = before
        """The namespaces in whose stead they are, by entry of the proxy."""
        self.wanted = wanted
        """Which are to be made."""
        self.inum = inum - 1
        self.key = _NOWHERE
        """Its id."""
        self.creds = creds = caller.creds
        """The credentials for who will be in them."""
        self.owner = creds.userns
        self.creator = creds.euid
        self.pid = _NOWHERE
        """The pid namespace of a child, which is made before it, and so before the others."""
        self.outside = _NOWHERE
        """The user namespace around their owner, if that is one of them, and so counts the others
        as its users from the start; 0: it is not."""
        self.moved = False
        """Whether ``fs`` is in a new mount namespace, and held there."""
        self.maker = NOBODY
        """Who makes them; nobody, if they are made for a machine."""
        self.leaves = NOBODY
        """Who leaves others for them; nobody, if they are for a child."""
        self.born = False
        """Whether they are for a new process with a memory of its own: where children are to be, it
        is itself."""

    def next(self, tx: Transaction) -> NamespaceId:
        """Go on to the next one; its id, as ``tx.new(NamespaceId)`` would be."""
        key: NamespaceId = tx.serial + 1  # type: ignore[assignment]  # without a call
        self.inum += 1
        self.key = tx.serial = key
        return key

    def like(self, record: N) -> N:
        """The record of one that is as *record* but for its head."""
        return replace(record, users=1, inum=self.inum, owner=self.owner, creator=self.creator)


Copy = Callable[[Transaction, NamespaceId, New], Namespace]
Hook = Callable[[Transaction, TaskId, NamespaceId], None]
End = Callable[[Transaction, NamespaceId, Any], None]
Present = Callable[[Transaction], bool]
C = TypeVar("C", bound=Copy)


class Kind:
    """One kind of namespace, as registered."""

    def __init__(
        self, name: str, flag: int, record: type[Namespace], first_inum: int, copy: Copy
    ) -> None:
        self.name = name
        self.flag = int(flag)
        self.record = record
        self.first_inum = first_inum
        """The inode number of the first one (include/linux/proc_ns.h)."""
        self.entry = name
        """Its key in a proxy."""
        self.own = ""
        """A second key: where the task itself is, if unshare moves only its children."""
        self.copy = copy
        self.check_enter: Hook | None = None
        """Raises the errno if the caller may not setns into one."""
        self.entered: Hook | None = None
        """Told after a setns."""
        self.end: End | None = None
        """Told when the last user is gone, with the record."""
        self.present: Present | None = None
        """Whether this machine offers the kind at all, by its settings; None: always."""

    def offered(self, tx: Transaction) -> bool:
        """Whether new ones can be made, and /proc/PID/ns shows them."""
        return self.present is None or self.present(tx)


class Asked(msgspec.Struct, frozen=True, gc=False):
    """What flags of clone or unshare ask for."""

    flags: int
    """Those for namespaces."""
    many: int
    """How many namespaces that is."""
    kinds: tuple[Kind, ...]
    """By name, but for user namespaces, which are made before these."""
    user: Kind | None
    """User namespaces, if they ask for one."""
    rest: tuple[Kind, ...]
    """The others."""
    doubtful: tuple[Kind, ...]
    """Those of them that not every machine offers."""
    unknown: int
    """The flags for namespaces of which there are none."""
    owned: tuple[str, ...]
    """The names of ``kinds``, which are of a user namespace."""


_NEWUSER: Final = int(CloneFlag.CLONE_NEWUSER)
_new_flags = sum(int(flag) for flag in CloneFlag if (flag.name or "").startswith("CLONE_NEW"))
_kinds: list[Kind] = []
_called: dict[str, Kind] = {}
"""By name, and by what the name of a choice for children is."""
_asked: dict[int, Asked] = {}
"""Only a cache."""
_missing: tuple[Settings | None, dict[int, int]] = None, {}
"""The settings that were asked last, and what is missing under them.  Only a cache."""


def new_flags() -> int:
    """The flags of clone and unshare that ask for new namespaces, whether or not there is such a
    kind here."""
    return _new_flags


def kinds() -> Sequence[Kind]:
    """The registered kinds, by name."""
    return _kinds


def asked(flags: int) -> Asked:
    """What namespaces *flags* ask for."""
    flags &= _new_flags
    found = _asked.get(flags)
    if found is None:
        wanted = [kind for kind in _kinds if flags & kind.flag]
        user = next((kind for kind in wanted if kind.flag == _NEWUSER), None)
        kinds = tuple(kind for kind in wanted if kind is not user)
        rest = tuple(kind for kind in _kinds if not flags & kind.flag)
        doubtful = tuple(kind for kind in wanted if kind.present is not None)
        unknown = flags & ~sum(kind.flag for kind in wanted)
        owned = tuple(kind.name for kind in kinds)
        found = Asked(flags, len(wanted), kinds, user, rest, doubtful, unknown, owned)
        _asked[flags] = found
    return found


def check_known(tx: Transaction, flags: int) -> None:
    """EINVAL, as a kernel built without them answers, for namespaces this machine has not."""
    global _missing  # noqa: PLW0603  # read at every clone
    settings = tx.find(Settings, 0)
    if settings is not _missing[0]:
        _missing = settings, {}
    flags &= _new_flags
    known = _missing[1]
    without = known.get(flags)
    if without is None:
        wanted = asked(flags)
        without = wanted.unknown
        for kind in wanted.doubtful:
            if not kind.offered(tx):
                without |= kind.flag
        known[flags] = without
    if without:
        names = ", ".join(flag.name or "" for flag in CloneFlag(without))
        raise Errno.EINVAL(f"this machine has no such namespaces: {names}")


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

    It is called with (transaction, old id, the new one) and replies the record of that, most often
    what :meth:`New.like` makes of the old one's.  ``entry`` is its key in proxies where that is not
    its name, ``own`` a second one.
    """

    def register(copy: C) -> C:
        global _new_flags  # noqa: PLW0603  # as the table of kinds, but read at every clone
        kind = Kind(name, flag, record, first_inum, copy)
        kind.entry = entry or name
        kind.own = own
        kind.check_enter = check_enter
        kind.entered = entered
        kind.end = end
        kind.present = present
        _called[name] = _called[f"{name}_for_children"] = kind
        _new_flags |= kind.flag
        _kinds.append(kind)
        _kinds.sort(key=lambda each: each.name)
        _asked.clear()
        _missing[1].clear()
        return copy

    return register
