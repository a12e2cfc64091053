"""The network namespaces: their links, and who listens in them, a row each (N6)."""

from collections.abc import Collection
from typing import Final

from nsh.machine.ids import SpaceId, TaskId
from nsh.machine.net import LOOPBACK, VETH, Link, LinkId, Net, SocketId
from nsh.machine.observed import NetSighting
from nsh.machine.pids import PidSpace
from nsh.machine.sockets import Inet, Socket, SocketState
from nsh.machine.tasks import Task
from nsh.machine.value import Machine
from nsh.views import ids, order, seen_net
from nsh.views.nested import Nested
from nsh.views.net_rows import PLACES, NetRow
from nsh.views.whose import Whose

_PORTS: Final = 1 << 23
"""From here on they are sockets."""
_TCP: Final = 6
_NAMES: Final = {6: "tcp", 17: "udp"}


def network(
    machine: Machine,
    viewer: SpaceId | TaskId | None = None,
    *,
    at: int = 0,
    skip: int = 0,
    count: int | None = None,
    whose: Whose | None = None,
) -> tuple[NetRow, ...]:
    """Rows of the namespaces by age: links by index, then ports; the window is that of
    :func:`~nsh.views.order.window`, from the row of *at* or the next one on.

    O(namespaces), and what a row says only for those in the window; of an observed machine
    O(links + ports).
    """
    if machine.count(NetSighting):
        seen = seen_net.rows(machine, ids.eyes(machine, viewer), whose or Whose())
        return order.keyed(seen, [row.key for row in seen], at, skip, count)
    rows = Nested(machine.rows(Net), lambda net: _places(machine, net), PLACES)
    found = order.walked(rows, at, skip, count)
    space = ids.eyes(machine, viewer)
    names = whose or Whose()
    return tuple(_row(machine, key, space, names) for key in found)


def networks(machine: Machine) -> Collection[int]:
    """The namespaces that have rows."""
    return machine.rows(NetSighting if machine.count(NetSighting) else Net)


def place(namespace: int) -> int:
    """Where the rows of a namespace begin."""
    return namespace * PLACES


def _places(machine: Machine, key: int) -> list[int]:
    """Of its rows: the index of each link, then the slot of each port that somebody listens at."""
    net = machine.get(Net, key)
    slots = (slot for slot in net.ports if _listening(machine, net, slot) is not None)
    return sorted(net.links) + [_PORTS + slot for slot in sorted(slots)]


def _listening(machine: Machine, net: Net, slot: int) -> SocketId | None:
    """Who listens at a port: of tcp who says so, of udp who is connected to nobody."""
    wanted = SocketState.LISTEN if slot >> 16 == _TCP else SocketState.CLOSE
    for key in net.ports.get(slot, ()):
        if machine.get(Socket, key).state is wanted:
            return key
    return None


def _row(machine: Machine, key: int, space: SpaceId, whose: Whose) -> NetRow:
    namespace, place = divmod(key, PLACES)
    net = machine.get(Net, namespace)
    container = whose.name(machine, "net", namespace) or f"#{namespace}"
    first = place == _places(machine, namespace)[0]
    if place < _PORTS:
        link = machine.get(Link, net.links[place])
        what, state = _link(machine, link, whose), _state(machine, link)
        hosts = tuple(f"{each.host}/{each.prefix}" for each in link.addresses)
        return NetRow(
            *(key, namespace, container, first, what, state, hosts), record=net.links[place]
        )
    slot = place - _PORTS
    found = _listening(machine, net, slot)
    assert found is not None
    socket = machine.get(Socket, found)
    host = socket.local.host if isinstance(socket.local, Inet) else "?"
    state = "LISTEN" if socket.state is SocketState.LISTEN else "UNCONN"
    end = (f"{host}:{slot & 0xFFFF}",)
    task = _owner(machine, socket)
    record = machine.find(Task, task)
    owner = "" if record is None else record.comm
    pid = 0 if record is None else ids.number(machine, record, space)
    kind = _NAMES.get(slot >> 16, "?")
    row = (key, namespace, container, first, kind, state, end, owner, task, pid)
    return NetRow(*row, record=found)


def _link(machine: Machine, link: Link, whose: Whose) -> str:
    """``eth0@v0``, or with the other end's container in front: ``eth0@0:v0``."""
    other = machine.find(Link, LinkId(link.peer))
    if link.kind != VETH or other is None:
        return link.name
    if other.net == link.net:
        return f"{link.name}@{other.name}"
    there = whose.name(machine, "net", other.net) or f"#{other.net}"
    return f"{link.name}@{there}:{other.name}"


def _state(machine: Machine, link: Link) -> str:
    if not link.up:
        return "DOWN"
    other = machine.find(Link, LinkId(link.peer))
    return "UP" if link.kind == LOOPBACK or (other is not None and other.up) else "NO-CARRIER"


def _owner(machine: Machine, socket: Socket) -> TaskId:
    """The process that let it listen, if its number is still its own."""
    if socket.me is None:
        return TaskId(0)
    space = machine.find(PidSpace, SpaceId(socket.me.path[0]))
    found = None if space is None else space.task_of.get(socket.me.pids[0])
    return TaskId(0) if found is None else found
