"""Containers as directories of namespace files (S1: Hallyn's ns_container; G12)."""

from collections.abc import Iterator

from immutables import Map

from nsh.machine.ids import NamespaceId
from nsh.machine.invariants import invariant
from nsh.machine.namespaces import Proxy, keeps
from nsh.machine.record import Record, table
from nsh.machine.value import Machine


@table
class NsContainer(Record):
    """One directory: a named set of namespaces.  Proxies say which tasks are in it."""

    parent: int
    """Its own key for the root."""
    name: str
    mode: int
    uid: int = 0
    gid: int = 0
    mtime: int = 0
    """Virtual nanoseconds since boot."""
    children: Map[str, int] = Map()
    spaces: Map[str, NamespaceId] = Map()
    """Kind -> the namespace whose file is in it; it keeps that."""


class NsDirectory(Record):
    """The node of a container's directory."""

    container: int


class NsFile(Record):
    """The node of one namespace's file in a container's directory."""

    container: int
    kind: str


@keeps
def _kept(machine: Machine) -> Iterator[int]:
    """The files, and what tasks are to enter when they execute a program."""
    for _key, container in machine.items(NsContainer):
        yield from container.spaces.values()
    for _key, proxy in machine.items(Proxy):
        yield from proxy.pending.values()


@invariant
def _ns_containers(machine: Machine) -> Iterator[str]:
    """Each container is known to the one that it is in."""
    for key, container in machine.items(NsContainer):
        above = machine.find(NsContainer, container.parent)
        if container.parent != key and (above is None or above.children.get(container.name) != key):
            yield f"container {key} is unknown to {container.parent}, which it is in"
        for name, child in sorted(container.children.items()):
            below = machine.find(NsContainer, child)
            if below is None or (below.parent, below.name) != (key, name):
                yield f"container {key} has {name}, which is not in it"
