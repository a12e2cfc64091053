"""Namespaces of every kind, a row each, as lsns(8) lists them: who is in them, what keeps them."""

from typing import Final

from nsh.machine.ids import NamespaceId, SpaceId, TaskId
from nsh.machine.namespaces import Namespace, Nested
from nsh.machine.observed import Evidence, NamespaceSighting
from nsh.machine.pids import PidSpace
from nsh.machine.record import Record, records
from nsh.machine.tasks import Task
from nsh.machine.value import Machine
from nsh.views import ids, order
from nsh.views.census import Census
from nsh.views.kept import keepers
from nsh.views.whose import Whose

_PLACES: Final = 1 << 48
"""Namespaces of a kind that a machine could have."""


class NamespaceRow(Record):
    """One namespace."""

    key: int
    """Its place in the order."""
    namespace: NamespaceId
    kind: str
    """As in ``kind:[inum]``."""
    inum: int
    """0 where it is hidden."""
    whose: str
    """The container that it is of, "" where it is no container's."""
    tasks: int
    """Tasks that are in it themselves; 0 if only something else keeps it."""
    task: TaskId
    """Whom to name for them."""
    number: int
    """That task's pid as the viewer sees it, 0 where it does not."""
    comm: str
    above: int
    """Inode number of the one that it nests in; 0: its kind does not nest, or it is the first."""
    owner: int
    """Inode number of the owning user namespace; 0: none, or hidden."""
    kept: tuple[str, ...]
    """What keeps it besides its tasks."""
    guests: int
    """Of a namespace of the host's own: how many tasks of inner pid spaces are in it."""
    evidence: Evidence
    """The weakest of its values'."""


def namespaces(
    machine: Machine,
    viewer: SpaceId | TaskId | None = None,
    *,
    at: int = 0,
    skip: int = 0,
    count: int | None = None,
    whose: Whose | None = None,
    census: Census | None = None,
) -> tuple[NamespaceRow, ...]:
    """Rows by kind, then age; the window is that of :func:`~nsh.views.order.window`, from the row
    of *at* or the next one on.

    O(namespaces) to order them and to learn what keeps them, and what *census* has to count anew.
    """
    counted = census or Census()
    kinds = counted.kinds(machine)
    keys = sorted(place(kind, namespace) for namespace, (kind, _record) in kinds.items())
    found = order.keyed(keys, keys, at, skip, count)
    space = ids.eyes(machine, viewer)
    keeping = keepers(machine)
    names = whose or Whose()
    rows = []
    for key in found:
        namespace = NamespaceId(key % _PLACES)
        kind, record = kinds[namespace]
        tid = counted.first(machine, namespace)
        task = machine.find(Task, tid)
        seen = machine.find(NamespaceSighting, namespace)
        rows.append(
            NamespaceRow(
                key,
                namespace,
                kind,
                record.inum,
                names.name(machine, kind, namespace),
                counted.members(machine, namespace),
                tid,
                0 if task is None else ids.number(machine, task, space),
                "" if task is None else task.comm,
                _inum(machine, above(machine, namespace, record)),
                _inum(machine, record.owner),
                keeping.get(namespace, ()),
                counted.guests(machine, namespace),
                Evidence.FACT
                if seen is None
                else max(seen.evidence.values(), default=Evidence.FACT),
            )
        )
    return tuple(rows)


def place(kind: str, namespace: NamespaceId) -> int:
    """Where in the order of :func:`namespaces` a namespace stands: by its kind's name, then age."""
    return int.from_bytes(kind.encode()[:8].ljust(8, b"\0"), "big") * _PLACES + namespace


def above(machine: Machine, namespace: NamespaceId, record: Namespace) -> NamespaceId:
    """The namespace that one nests in; 0 for none."""
    seen = machine.find(NamespaceSighting, namespace)
    if seen is not None:
        return seen.parent
    if isinstance(record, Nested | PidSpace) and len(record.path) > 1:
        return NamespaceId(record.path[-2])
    return NamespaceId(0)


def find(machine: Machine, namespace: int) -> Namespace | None:
    """The record of a namespace of whatever kind."""
    for kind in records():
        if issubclass(kind, Namespace):
            found = machine.find(kind, namespace)
            if found is not None:
                return found
    return None


def _inum(machine: Machine, namespace: NamespaceId) -> int:
    found = find(machine, namespace) if namespace else None
    return 0 if found is None else found.inum
