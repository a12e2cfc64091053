"""What a task is in and has open: its namespaces, its descriptors."""

from collections.abc import Mapping
from typing import Final

from immutables import Map

from nsh.machine.context import Context, Descriptor
from nsh.machine.ids import NamespaceId
from nsh.machine.namespaces import Proxy
from nsh.machine.observed import Sighting
from nsh.machine.tasks import Task
from nsh.machine.value import Machine

_NONE: Final[Map[int, Descriptor]] = Map()
CHILDREN: Final = "_for_children"
"""Ends the name by which a proxy has the namespace that children will be in."""


def namespaces_of(machine: Machine, task: int) -> Mapping[str, NamespaceId]:
    """The namespace of each kind that *task* itself is in; none where it is dead or unknown.

    A flat container stands as ``pid``, for it is a pid space.
    """
    whom = machine.find(Task, task)
    if whom is None:
        return {}
    seen = machine.find(Sighting, task)
    if seen is not None:
        return seen.namespaces
    context = machine.find(Context, whom.context)
    proxy = None if context is None else machine.find(Proxy, context.proxy)
    if proxy is None:
        return {}
    found = {kind: key for kind, key in proxy.kinds.items() if not kind.endswith(CHILDREN)}
    found["pid"] = NamespaceId(whom.space)
    return found


def descriptors(machine: Machine, task: int) -> Map[int, Descriptor]:
    """The open files of *task*, by descriptor; none where it is dead or they are unknown."""
    whom = machine.find(Task, task)
    context = None if whom is None else machine.find(Context, whom.context)
    if context is not None and context.files_at:
        context = machine.find(Context, context.files_at)
    return _NONE if context is None else context.files
