"""Which way a packet goes: addresses that are a namespace's own, routes, the links between
namespaces (net/ipv4/fib_frontend.c, net/ipv4/arp.c).

All follows from what is configured; there are no tables beside it.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from nsh.abi.errno import Errno, KernelError
from nsh.kernel import interfaces, ipv4
from nsh.machine.ids import NamespaceId
from nsh.machine.net import LOOPBACK, NO_LINK, Link, LinkId, Net, Route
from nsh.machine.value import Transaction

HOPS: Final = 64
"""``net.ipv4.ip_default_ttl``."""


class Way(NamedTuple):
    """One route as it is looked up."""

    network: str
    prefix: int
    link: LinkId
    via: str
    """The gateway; "": the host itself is next."""
    source: str
    """The address that packets are sent from."""
    metric: int = 0
    route: Route | None = None
    """What somebody added; None: it follows from an address."""


class Arrival(NamedTuple):
    """Where a packet ends up."""

    net: NamespaceId | None
    """Whose address it was for; None: nobody's, it is lost."""
    neighbour: bool = True
    """Whether the first hop was there at all."""
    hops: int = 0
    """Routers it has passed."""


def links_up(tx: Transaction, net: NamespaceId) -> Iterator[tuple[LinkId, Link]]:
    """The links of a namespace that are up, by index."""
    for _index, key in sorted(tx.get(Net, net).links.items()):
        link = tx.get(Link, key)
        if link.up:
            yield key, link


def local(tx: Transaction, net: NamespaceId, host: str) -> bool:
    """Whether *host* is this namespace's own: the address of a link that is up, or one of the
    loopback's."""
    for _key, link in links_up(tx, net):
        if any(address.host == host for address in link.addresses):
            return True
        if link.kind == LOOPBACK and _in_loopback(link, host):
            return True
    return False


def _in_loopback(link: Link, host: str) -> bool:
    """All of the loopback's subnet is local (fib_add_ifaddr)."""
    return any(
        ipv4.inside(host, ipv4.network(address.host, address.prefix), address.prefix)
        for address in link.addresses
    )


def ways(tx: Transaction, net: NamespaceId) -> list[Way]:
    """The main table: subnets of links that are up, and what was added; as ip-route(8) lists it."""
    found = []
    for key, link in links_up(tx, net):
        if link.kind == LOOPBACK:
            continue
        for address in link.addresses:
            if address.prefix < ipv4.BITS and not address.secondary:
                subnet = ipv4.network(address.host, address.prefix)
                found.append(Way(subnet, address.prefix, key, "", address.host))
    for route in tx.get(Net, net).routes:
        link = tx.get(Link, route.link)
        source = _source(link, route)
        found.append(
            Way(route.network, route.prefix, route.link, route.via, source, route.metric, route)
        )
    return sorted(found, key=lambda way: (ipv4.number(way.network), way.prefix, way.metric))


def _source(link: Link, route: Route) -> str:
    """The link's address in the gateway's subnet, or its first."""
    for address in link.addresses:
        subnet = ipv4.network(address.host, address.prefix)
        if route.via and ipv4.inside(route.via, subnet, address.prefix):
            return address.host
    return link.addresses[0].host if link.addresses else ""


def lookup(tx: Transaction, net: NamespaceId, host: str) -> Way:
    """The route to *host* (fib_lookup).  ENETUNREACH."""
    if local(tx, net, host):
        loopback = tx.get(Net, net).links[1]
        return Way(host, ipv4.BITS, loopback, "", host)
    best = None
    for way in ways(tx, net):
        if ipv4.inside(host, way.network, way.prefix) and (
            best is None or (way.prefix, -way.metric) > (best.prefix, -best.metric)
        ):
            best = way
    if best is None:
        raise Errno.ENETUNREACH(f"this network namespace has no route to {host}")
    return best


def send(tx: Transaction, net: NamespaceId, host: str) -> Arrival:
    """Where a packet to *host* that starts in *net* ends up.  ENETUNREACH at the start only."""
    here = net
    for hop in range(HOPS):
        if local(tx, here, host):
            return Arrival(here, hops=max(0, hop - 1))  # only who passes it on counts it down
        if hop and not tx.get(Net, here).forwarding:
            return Arrival(None)
        try:
            way = lookup(tx, here, host)
        except KernelError:
            if hop:
                return Arrival(None)
            raise
        there = _across(tx, way.link, way.via or host)
        if there is None:
            return Arrival(None, neighbour=bool(hop))
        here = there
    return Arrival(None)


def _across(tx: Transaction, key: LinkId, neighbour: str) -> NamespaceId | None:
    """The namespace at the other end, if it answers for *neighbour* there (arp_process)."""
    link = tx.get(Link, key)
    if link.peer == NO_LINK or not interfaces.carrier(tx, link):
        return None
    there = tx.get(Link, link.peer).net
    answers = local(tx, there, neighbour) and not ipv4.is_loopback(neighbour)
    return there if answers else None


def round_trip(tx: Transaction, net: NamespaceId, source: str, host: str) -> Arrival:
    """As :func:`send`, but lost as well if the answer to *source* does not find back."""
    there = send(tx, net, host)
    if there.net is None or there.net == net:
        return there
    try:
        back = send(tx, there.net, source)
    except KernelError:
        return Arrival(None)
    return there if back.net == net else Arrival(None)
