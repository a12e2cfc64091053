"""The namespaces of a machine, as lsns(8) lists them."""

from collections import Counter
from collections.abc import Mapping

from nsh.machine.context import Context
from nsh.machine.ids import NOBODY, ContextId, NamespaceId, SpaceId, TaskId
from nsh.machine.namespaces import Namespace, Proxy
from nsh.machine.observed import ForeignNamespace
from nsh.machine.pids import PidSpace
from nsh.machine.record import Record, records
from nsh.machine.tasks import Task
from nsh.machine.value import Machine
from nsh.views import ids


class NamespaceRow(Record):
    """One namespace."""

    namespace: NamespaceId
    kind: str
    """As in ``kind:[inum]``."""
    inum: int
    tasks: int
    """Tasks that are in it; 0 if only a file, a mount or a nested namespace keeps it."""
    task: TaskId
    """The oldest of those."""
    number: int
    """That task's pid as the viewer sees it, 0 where it does not."""
    comm: str


def namespaces(
    machine: Machine, viewer: SpaceId | TaskId | None = None
) -> tuple[NamespaceRow, ...]:
    """All namespaces, by kind, then age.

    O(namespaces + contexts), and the tasks up to the youngest that is first in some namespace.
    """
    kinds = _kinds(machine)
    members = _members(machine, kinds)
    first = _first(machine, members)
    space = ids.eyes(machine, viewer)
    rows = []
    for namespace, (kind, record) in kinds.items():
        tid = first.get(namespace, NOBODY)
        task = machine.find(Task, tid)
        rows.append(
            NamespaceRow(
                namespace,
                kind,
                record.inum,
                members[namespace],
                tid,
                0 if task is None else ids.number(machine, task, space),
                "" if task is None else task.comm,
            )
        )
    return tuple(sorted(rows, key=lambda row: (row.kind, row.namespace)))


def _kinds(machine: Machine) -> dict[NamespaceId, tuple[str, Namespace]]:
    """Every namespace with its kind's name, which the proxies know: a record type is learnt
    from any of its namespaces that a task is in."""
    named = {
        namespace: kind
        for _, proxy in machine.items(Proxy)
        for kind, namespace in sorted(proxy.kinds.items())
    }
    found: dict[NamespaceId, tuple[str, Namespace]] = {}
    for record_type in records():
        if not issubclass(record_type, Namespace):
            continue
        rows = machine.items(record_type)
        learnt = [named[NamespaceId(key)] for key, _ in rows if key in named]
        kind = learnt[0] if learnt else record_type.__name__.lower()
        if record_type is PidSpace:
            kind = "pid"  # a proxy holds it for the children, under another name
        for key, record in rows:
            if isinstance(record, ForeignNamespace):
                kind = record.kind
            found[NamespaceId(key)] = (kind, record)
    return found


def _members(
    machine: Machine, kinds: Mapping[NamespaceId, tuple[str, Namespace]]
) -> Counter[NamespaceId]:
    """How many tasks are in each namespace, from the counts of what they share."""
    members: Counter[NamespaceId] = Counter()
    contexts = machine.rows(Context)
    referred: Counter[ContextId] = Counter()
    for context in contexts.values():
        referred.update({context.files_at, context.fs_at} - {0})
    for key, context in contexts.items():
        tasks = context.users - referred[ContextId(key)]
        for namespace in machine.get(Proxy, context.proxy).kinds.values():
            if kinds[namespace][0] != "pid":
                members[namespace] += tasks
    for key, space in machine.rows(PidSpace).items():
        members[NamespaceId(key)] += space.live
        if space.level:
            members[NamespaceId(space.path[-2])] -= space.live
    return members


def _first(machine: Machine, members: Counter[NamespaceId]) -> dict[NamespaceId, TaskId]:
    """The oldest task of each namespace that has one."""
    missing = {namespace for namespace, tasks in members.items() if tasks > 0}
    first: dict[NamespaceId, TaskId] = {}
    for key, task in machine.items(Task) if missing else ():
        context = machine.find(Context, task.context)
        here = set() if context is None else set(machine.get(Proxy, context.proxy).kinds.values())
        here = {ns for ns in here if machine.find(PidSpace, ns) is None}
        here.add(NamespaceId(task.space))
        for namespace in here & missing:
            first[namespace] = TaskId(key)
        missing -= here
        if not missing:
            break
    return first
