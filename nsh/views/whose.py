"""Which container a namespace is of."""

from collections.abc import Mapping

from nsh.machine.context import Context
from nsh.machine.ids import NOBODY, NamespaceId, SpaceId, TaskId
from nsh.machine.namespaces import Proxy
from nsh.machine.observed import Sighting
from nsh.machine.pids import PidSpace
from nsh.machine.tasks import Task
from nsh.machine.terminals import Terminal
from nsh.machine.value import Machine
from nsh.views import ids
from nsh.views.shared import of_host


class Whose:
    """Finds the oldest pid space whose first task is in a namespace.

    What it remembers is held against the machine each time: it saves time and changes nothing.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], SpaceId] = {}
        self._machine: Machine | None = None
        """The one that was searched last."""

    def space(self, machine: Machine, kind: str, namespace: int) -> SpaceId | None:
        """The pid space; None where no first task is in that namespace."""
        if kind == "pid":
            return SpaceId(namespace)
        found = self._known.get((kind, namespace))
        if found is not None and _home(machine, found).get(kind) == namespace:
            return found
        if machine is not self._machine:
            self._search(machine)
        return self._known.get((kind, namespace))

    def of(self, machine: Machine, namespace: int) -> SpaceId | None:
        """Likewise of a namespace of any kind but pid.  O(pid spaces)."""
        if machine is not self._machine:
            self._search(machine)
        found = (space for (_kind, key), space in self._known.items() if key == namespace)
        return next(found, None)

    def _search(self, machine: Machine) -> None:
        self._machine = machine
        self._known = {}
        for key in sorted(machine.rows(PidSpace)):
            for kind, namespace in _home(machine, SpaceId(key)).items():
                self._known.setdefault((kind, namespace), SpaceId(key))

    def name(self, machine: Machine, kind: str, namespace: int, session: TaskId = NOBODY) -> str:
        """What people call the namespace's container: its cid, else by the leader of a *session*
        there; "" if there is neither."""
        space = self.space(machine, kind, namespace)
        if space is not None:
            return ids.cid(machine, space)
        leader = machine.find(Task, session)
        return "" if leader is None else ids.label(machine, session) or leader.comm


def _home(machine: Machine, space: SpaceId) -> Mapping[str, NamespaceId]:
    """The namespaces that the first task of *space* is in, by kind, but for the pid namespace."""
    record = machine.find(PidSpace, space)
    init = None if record is None else machine.find(Task, record.init)
    if record is None or init is None:
        return {}
    seen = machine.find(Sighting, record.init)
    if seen is not None:  # hidden, those of the first one are as good as the observer's
        return seen.namespaces or (of_host(machine) if not record.level else {})
    context = machine.find(Context, init.context)
    proxy = None if context is None else machine.find(Proxy, context.proxy)
    return {} if proxy is None else proxy.kinds


def owner(machine: Machine, terminal: Terminal) -> str:
    """The leader of the session that a terminal controls, by name; "" if it is free."""
    leader = machine.find(Task, terminal.session) if terminal.session != NOBODY else None
    return "" if leader is None else leader.comm
