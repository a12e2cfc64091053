"""Network namespaces: links, addresses, routes (network_namespaces(7), rtnetlink(7), veth(4); N6).

A packet is never in flight on this machine: whatever one namespace sends has reached another, or
is lost, when the call is over.  What stays is here: which links there are, how they are joined, and
who listens where (:mod:`nsh.machine.sockets`).
"""

from collections import Counter
from collections.abc import Iterator
from typing import Final, NewType

from immutables import Map

from nsh.machine.files import File, Opened
from nsh.machine.ids import NamespaceId
from nsh.machine.invariants import invariant
from nsh.machine.namespaces import Namespace, keeps
from nsh.machine.record import Record, table
from nsh.machine.value import Machine

LinkId = NewType("LinkId", int)
"""One end of a link, wherever it is moved.  Its ``ifindex`` is a number in a namespace."""

SocketId = NewType("SocketId", int)
"""One socket; it is also its inode number."""

NO_LINK: Final = LinkId(0)
NO_SOCKET: Final = SocketId(0)
LOOPBACK: Final = "loopback"
VETH: Final = "veth"


class SocketNode(Record):
    """The node of a socket in sockfs; 0: the root, which nobody sees."""

    ino: SocketId


class Address(Record):
    """An IPv4 address of a link."""

    host: str
    prefix: int
    label: str = ""
    secondary: bool = False
    """Another one of the same subnet was there before."""
    routed: bool = True
    """Whether there is a route to its subnet: there is while the link is up, unless somebody has
    removed it; to that of the loopback also when that is down again (fib_add_ifaddr)."""
    added: int = 0
    """Which one was first, of those that several links have."""
    since: int = 0
    """Of which the route to its subnet was first, of several links'."""


class Route(Record):
    """A route that somebody added; those to a link's own subnets follow from its addresses."""

    network: str
    prefix: int
    link: LinkId
    via: str = ""
    metric: int = 0
    protocol: str = "boot"
    """Who added it, as ip-route(8) has it."""
    own: bool = False
    """The gateway is this namespace's own: nothing is sent by way of it (``nhc_scope`` host)."""


@table
class Link(Record):
    """``struct net_device``: one interface."""

    net: NamespaceId
    index: int
    name: str
    kind: str
    mac: str
    mtu: int
    up: bool = False
    """IFF_UP: it was set up (LOWER_UP besides that its other end is)."""
    peer: LinkId = NO_LINK
    """The other end of a veth pair."""
    addresses: tuple[Address, ...] = ()


class Sharing(Record):
    """Who may have a tcp port too without a look at those who have it (SO_REUSEPORT)."""

    uid: int
    host: str
    """There, or anywhere if it is 0.0.0.0."""


@table
class Net(Namespace):
    """One network namespace."""

    links: Map[int, LinkId] = Map()
    """By ifindex; 1 is ``lo``."""
    by_name: Map[str, LinkId] = Map()
    last_index: int = 0
    """The index that was chosen last; a link that moves in may bring a higher one."""
    routes: tuple[Route, ...] = ()
    tables: bool = False
    """Whether an address or a route was ever wanted here, for which tables are made."""
    addressed: bool = False
    """Whether an address was, for which there is a table of what is local."""
    ids: Map[NamespaceId, int] = Map()
    """What this one calls others that its links lead to (``link-netnsid``)."""
    ports: Map[int, tuple[SocketId, ...]] = Map()
    """Who has a port: ``protocol << 16 | port`` -> sockets, the first that took it first."""
    shared: Map[int, Sharing] = Map()
    """Tcp ports that the last who was bound to them, or listened there, was ready to share, as long
    as somebody has them (``fastreuseport``)."""
    names: Map[str, SocketId] = Map()
    """Abstract names of Unix sockets, without the NUL in front."""
    forwarding: int = 0
    """``net.ipv4.ip_forward``: anything but 0 is yes."""
    unprivileged_port: int = 1024
    """``net.ipv4.ip_unprivileged_port_start``."""
    local_ports: tuple[int, int] = (32768, 60999)
    """``net.ipv4.ip_local_port_range``."""


@table
class NetFilter(Record):
    """The addresses that the filter allots to containers (one row, key 0)."""

    addresses: Map[int, str] = Map()
    """By pid space."""


class NetFile(Opened):
    """What an open file of /proc/PID/net keeps."""

    namespace: NamespaceId
    """The network namespace that the task was in when it was opened."""
    users: NamespaceId
    """The user namespace of who opened it."""
    said: bytes = b""
    """What it said to who reads it from its beginning."""


@keeps
def _kept(machine: Machine) -> Iterator[int]:
    """Those of open files of /proc/PID/net."""
    opened = (file.opened for _key, file in machine.items(File))
    for each in opened:
        if isinstance(each, NetFile):
            yield from (each.namespace, each.users)


@invariant
def _links(machine: Machine) -> Iterator[str]:
    """A link is known to its namespace by its index, has a name of its own there, and two ends."""
    names: Counter[tuple[int, str]] = Counter()
    for key, link in machine.items(Link):
        net = machine.find(Net, link.net)
        names[link.net, link.name] += 1
        if net is None or net.links.get(link.index) != key:
            yield f"link {key} ({link.name}) is unknown to its namespace {link.net}"
        if link.kind == VETH:
            other = machine.find(Link, link.peer)
            if other is None or other.peer != key:
                yield f"link {key} ({link.name}) has no other end"
    for (space, name), count in sorted(names.items()):
        if count > 1:
            yield f"{count} links of namespace {space} are called {name}"
    for key, net in machine.items(Net):
        for index, link_key in sorted(net.links.items()):
            found = machine.find(Link, link_key)
            if found is None:
                yield f"namespace {key} knows a link {index} that is not there"
            elif net.by_name.get(found.name) != link_key:
                yield f"namespace {key} does not know link {index} as {found.name}"
        if len(net.by_name) != len(net.links):
            yield f"namespace {key} has {len(net.by_name)} names for {len(net.links)} links"
        for route in net.routes:
            over = machine.find(Link, route.link)
            if over is None or over.net != key:
                yield f"namespace {key} has a route over link {route.link}, which is not in it"
