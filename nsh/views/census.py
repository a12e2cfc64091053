"""How many tasks are in each namespace, and who of them is named for it."""

from collections import Counter

from immutables import Map

from nsh.machine.context import Context
from nsh.machine.ids import NOBODY, ContextId, NamespaceId, TaskId
from nsh.machine.namespaces import Namespace, Proxy
from nsh.machine.observed import ForeignNamespace, NamespaceSighting, Sighting
from nsh.machine.pids import PidSpace
from nsh.machine.record import Record, records
from nsh.machine.tasks import Task
from nsh.machine.value import Machine
from nsh.views import order, shared
from nsh.views.inside import CHILDREN, namespaces_of


class Census:
    """Counts one machine, and remembers what it counted until it is asked about another.

    O(namespaces + contexts) for what has changed since; whoever is named is looked for when
    somebody asks, which is O(pid spaces), and O(tasks) where no first task of one is in it.
    """

    def __init__(self) -> None:
        self._machine: Machine | None = None
        self._kinds: dict[NamespaceId, tuple[str, Namespace]] = {}
        self._members: Counter[NamespaceId] = Counter()
        self._first: dict[NamespaceId, TaskId] | None = None
        self._guests: Map[NamespaceId, int] | None = None

    def kinds(self, machine: Machine) -> dict[NamespaceId, tuple[str, Namespace]]:
        """Every namespace, with the name of its kind as in ``kind:[inum]``."""
        self._take(machine)
        return self._kinds

    def members(self, machine: Machine, namespace: NamespaceId) -> int:
        """How many tasks are in it themselves, those nested below it left out."""
        self._take(machine)
        return self._members[namespace]

    def guests(self, machine: Machine, namespace: NamespaceId) -> int:
        """How many tasks of inner pid spaces are in it, if it is the host's own; see
        :mod:`nsh.views.shared`."""
        self._take(machine)
        if self._guests is None:
            self._guests = shared.guests(machine)
        return self._guests.get(namespace, 0)

    def first(self, machine: Machine, namespace: NamespaceId) -> TaskId:
        """Whom to name for it: the first task of the oldest pid space whose first task is in it,
        else its oldest task; NOBODY if there is none."""
        self._take(machine)
        if self._first is None:
            self._first = _firsts(machine)
        if namespace not in self._first and self._members[namespace] > 0:
            missing = {key for key, tasks in self._members.items() if tasks > 0}
            _search(machine, self._first, missing - self._first.keys())
        return self._first.get(namespace, NOBODY)

    def _take(self, machine: Machine) -> None:
        before, self._machine = self._machine, machine
        if before is machine:
            return
        kinds: list[type[Record]] = [Proxy, Context, Task, Sighting, *_namespace_records()]
        if before is not None and all(machine.rows(k) is before.rows(k) for k in kinds):
            return
        self._kinds = _kinds(machine)
        self._members = _members(machine)
        self._first = None
        self._guests = None


def _namespace_records() -> list[type[Namespace]]:
    return [kind for kind in records() if issubclass(kind, Namespace)]


def _kinds(machine: Machine) -> dict[NamespaceId, tuple[str, Namespace]]:
    """A record type's kind is learnt from any of its namespaces that somebody is in."""
    named = {
        namespace: kind.removesuffix(CHILDREN)
        for _, proxy in machine.items(Proxy)
        for kind, namespace in sorted(proxy.kinds.items())
    }
    named.update((NamespaceId(key), seen.kind) for key, seen in machine.items(NamespaceSighting))
    found: dict[NamespaceId, tuple[str, Namespace]] = {}
    for record_type in _namespace_records():
        rows = machine.items(record_type)
        learnt = [named[NamespaceId(key)] for key, _ in rows if key in named]
        kind = learnt[0] if learnt else record_type.__name__.lower()
        if record_type is PidSpace:
            kind = "pid"  # whoever holds it
        for key, record in rows:
            own = record.kind if isinstance(record, ForeignNamespace) else kind
            found[NamespaceId(key)] = (own, record)
    return found


def _members(machine: Machine) -> Counter[NamespaceId]:
    """How many tasks are in each, from the counts of what they share."""
    members: Counter[NamespaceId] = Counter()
    for key, seen in machine.rows(NamespaceSighting).items():
        members[NamespaceId(key)] = seen.processes
    if members:
        return members
    contexts = machine.rows(Context)
    referred: Counter[ContextId] = Counter()
    for context in contexts.values():
        if context.files_at or context.fs_at:
            referred.update({context.files_at, context.fs_at} - {0})
    proxies: Counter[int] = Counter()
    for key, context in contexts.items():
        proxies[context.proxy] += context.users - referred[ContextId(key)]
    for key, tasks in proxies.items():
        for kind, namespace in machine.get(Proxy, key).kinds.items():
            if not kind.endswith(CHILDREN):
                members[namespace] += tasks
    for key, space in machine.rows(PidSpace).items():
        members[NamespaceId(key)] += space.live
        if space.level:
            members[NamespaceId(space.path[-2])] -= space.live
    return members


def _firsts(machine: Machine) -> dict[NamespaceId, TaskId]:
    """For each namespace that the first task of some pid space is in, the oldest space's."""
    first: dict[NamespaceId, TaskId] = {}
    for _key, space in machine.items(PidSpace):
        for namespace in namespaces_of(machine, space.init).values():
            first.setdefault(namespace, space.init)
    return first


def _search(machine: Machine, first: dict[NamespaceId, TaskId], missing: set[NamespaceId]) -> None:
    """Add the oldest task of each of *missing*."""
    for key in order.ascending(machine.rows(Task)):
        if not missing:
            return
        here = set(namespaces_of(machine, key).values()) & missing
        first.update((namespace, TaskId(key)) for namespace in here)
        missing -= here
