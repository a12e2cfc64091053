"""The network namespaces of an observed machine, as the rows of :mod:`nsh.views.net`."""

from collections.abc import Iterator

from nsh.machine.ids import SpaceId, TaskId
from nsh.machine.observed import ForeignNamespace, NetSighting, PortSighting
from nsh.machine.tasks import Task
from nsh.machine.value import Machine
from nsh.views import ids
from nsh.views.net_rows import PLACES, NetRow
from nsh.views.whose import Whose


def rows(machine: Machine, space: SpaceId, whose: Whose) -> list[NetRow]:
    """By namespace: links, the addresses whose links are not told, ports."""
    found = []
    for key, seen in machine.items(NetSighting):
        record = machine.find(ForeignNamespace, key)
        inum = "?" if record is None else record.inum
        container = whose.name(machine, "net", key) or f"[{inum}]"
        for place, told in enumerate(_told(machine, seen, space)):
            what, state, addresses, owner, task, pid = told
            found.append(
                NetRow(
                    key * PLACES + place,
                    key,
                    container,
                    not place,
                    what,
                    state,
                    addresses,
                    owner,
                    task,
                    pid,
                )
            )
    return found


Told = tuple[str, str, tuple[str, ...], str, TaskId, int]


def _told(machine: Machine, seen: NetSighting, space: SpaceId) -> Iterator[Told]:
    for name, addresses in seen.links:
        yield name, "", addresses, "", TaskId(0), 0
    if seen.addresses:
        yield "IPv4", "", seen.addresses, "", TaskId(0), 0
    for port in seen.ports:
        yield _port(machine, port, space)


def _port(machine: Machine, port: PortSighting, space: SpaceId) -> Told:
    """A port with the oldest task that has it open."""
    state = "LISTEN" if port.kind.startswith("tcp") else "UNCONN"
    host = f"[{port.host}]" if ":" in port.host else port.host
    holder = min(port.holders, default=TaskId(0))
    task = machine.find(Task, holder)
    owner = "" if task is None else task.comm
    pid = 0 if task is None else ids.number(machine, task, space)
    shown = TaskId(0) if task is None else holder
    return port.kind, state, (f"{host}:{port.number}",), owner, shown, pid
