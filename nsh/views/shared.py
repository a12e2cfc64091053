"""Which namespaces containers share with the host, of an observed machine.

A container is what nobody can see from outside; a pid space below the host's own is what one sees
of it, and who is in one is a guest here.
"""

from collections.abc import Mapping

from immutables import Map

from nsh.machine.ids import NamespaceId, SpaceId, TaskId
from nsh.machine.observed import Sighting, Vantage
from nsh.machine.pids import PidSpace
from nsh.machine.tasks import Task
from nsh.machine.value import Machine
from nsh.views import ids
from nsh.views.inside import namespaces_of


def of_host(machine: Machine) -> Mapping[str, NamespaceId]:
    """The host's own namespaces by kind: those of the first task that can be seen; where that
    hides them, the observer's.  None of a machine that was not observed."""
    vantage = machine.find(Vantage, 0)
    if vantage is None:
        return {}
    root = machine.get(PidSpace, vantage.root)
    observer = root.task_of.get(vantage.pid, root.init)
    return namespaces_of(machine, root.init) or namespaces_of(machine, observer)


def guests(machine: Machine) -> Map[NamespaceId, int]:
    """How many tasks of inner pid spaces are in each of the host's namespaces.  O(tasks)."""
    host = of_host(machine)
    found: dict[NamespaceId, int] = {}
    root = ids.root(machine) if host else SpaceId(0)
    for key in machine.rows(Sighting) if host else ():
        task = machine.find(Task, key)
        if task is None or task.space == root:
            continue
        for kind, namespace in machine.get(Sighting, key).namespaces.items():
            if host.get(kind) == namespace:
                found[namespace] = found.get(namespace, 0) + 1
    return Map(found)


def with_host(machine: Machine, task: TaskId) -> tuple[str, ...]:
    """The kinds of which *task* of an inner pid space is in the host's own namespace, by name; ()
    of one that is the host's itself."""
    whom = machine.find(Task, task)
    if whom is None or whom.space == ids.root(machine):
        return ()
    host = of_host(machine)
    own = namespaces_of(machine, task)
    return tuple(sorted(kind for kind, key in own.items() if host.get(kind) == key))
