"""Which way a packet goes: addresses that are a namespace's own, routes, the links between
namespaces (net/ipv4/fib_frontend.c, net/ipv4/arp.c).

All follows from what is configured; there are no tables beside it.
"""

from enum import Enum
from typing import Final, NamedTuple

from nsh.abi.errno import Errno, KernelError
from nsh.kernel import interfaces, ipv4
from nsh.machine.ids import NamespaceId
from nsh.machine.net import LOOPBACK, NO_LINK, Address, Link, LinkId, Net, Route
from nsh.machine.value import Transaction

HOPS: Final = 64
"""``net.ipv4.ip_default_ttl``."""


_POINT_TO_POINT: Final = 31
"""Subnets of so many bits have no broadcast address."""


class Unreachable(Enum):
    """What ICMP tells of a packet that did not arrive: its type and code."""

    NET = (3, 0)
    HOST = (3, 1)
    TIME = (11, 0)


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

    @property
    def gateway(self) -> str:
        """As it is listed: also one that nothing is sent by way of, for it is oneself."""
        return self.via if self.route is None else self.route.via


class Loss(NamedTuple):
    """Why a packet did not arrive, where somebody tells."""

    why: Unreachable
    teller: NamespaceId
    """Whose router has it, or where it began."""
    hops: int
    """Routers it has passed when it is quoted."""


class Arrival(NamedTuple):
    """Where a packet ends up."""

    net: NamespaceId | None
    """Whose address it was for; None: nobody's, it is lost."""
    hops: int = 0
    """Routers it has passed."""
    loss: Loss | None = None
    """Why it is lost, if anybody tells."""
    mute: bool = False
    """Nobody answers it there, for the address is not one host's there."""


def local(tx: Transaction, net: NamespaceId, host: str) -> bool:
    """Whether *host* is this namespace's own: an address, or in a subnet of the loopback's, and
    no route leads nearer to it."""
    near = nearness(tx, net, host)
    if near in (None, ipv4.BITS):
        return near is not None
    best = _best(tx, net, host)
    return best is None or near >= best.prefix


def bindable(tx: Transaction, net: NamespaceId, host: str) -> bool:
    """Whether a socket may be bound to *host*: any at all while there is no table to ask
    (inet_addr_valid_or_nonlocal, __inet_dev_addr_type)."""
    if host == ipv4.ANY or ipv4.is_multicast(host) or not tx.get(Net, net).addressed:
        return True
    return broadcast(tx, net, host) or local(tx, net, host)


def broadcast(tx: Transaction, net: NamespaceId, host: str) -> bool:
    """Whether *host* means everybody in a subnet of a link that is up, or on any link."""
    return host == ipv4.BROADCAST or bool(everybody_at(tx, net, host))


def everybody_at(tx: Transaction, net: NamespaceId, host: str) -> list[LinkId]:
    """The links that are up, with a subnet in which *host* means everybody."""
    return [
        key
        for key, link in _links(tx, net)
        for address in link.addresses
        if link.up
        and _known(address)
        and address.prefix < _POINT_TO_POINT
        and host == ipv4.last(address.host, address.prefix)
    ]


def _known(address: Address) -> bool:
    """Whether an address makes its subnet known: not that of 0.0.0.0, nor one whose packets would
    come from many (fib_add_ifaddr, fib_valid_prefsrc)."""
    nobody = ipv4.is_zero(ipv4.network(address.host, address.prefix))
    of_many = ipv4.is_multicast(address.host) or ipv4.is_zero(address.host)
    return not (address.secondary or nobody or of_many)


def many(tx: Transaction, net: NamespaceId, host: str) -> bool:
    """Whether *host* is no single one: a group, or everybody in a subnet or on a link."""
    return ipv4.is_multicast(host) or broadcast(tx, net, host)


def nearness(tx: Transaction, net: NamespaceId, host: str) -> int | None:
    """How many bits the nearest of the routes has that make *host* local; None: none does."""
    owned = _owned(tx, net, host)
    bits = (ipv4.BITS if each.host == host else each.prefix for _key, each in owned)
    return max(bits, default=None)


def owner(tx: Transaction, net: NamespaceId, host: str, key: LinkId | None = None) -> LinkId | None:
    """The link, or only *key*, that *host* is local by."""
    owned = _owned(tx, net, host)
    return next((each for each, _address in owned if key in (None, each)), None)


def _own_source(tx: Transaction, net: NamespaceId, host: str) -> str:
    """What is sent to *host*, which is local, comes from: the address that makes it so, or if that
    is secondary, the first of its subnet (fib_add_ifaddr)."""
    key, address = _owned(tx, net, host)[0]
    return interfaces.of_subnet(tx.get(Link, key), address.host, address.prefix)[0].host


def _owned(tx: Transaction, net: NamespaceId, host: str) -> list[tuple[LinkId, Address]]:
    """What makes *host* local, with its link: an address first of all, and the one that was added
    first; then the loopback's, with all of their subnets (fib_add_ifaddr)."""
    found = [
        (key, address)
        for key, link in _links(tx, net)
        for address in link.addresses
        if address.host == host
        or (link.kind == LOOPBACK and address.routed and interfaces.around(address, host))
    ]
    return sorted(found, key=lambda entry: (entry[1].host != host, entry[1].added))


def _links(tx: Transaction, net: NamespaceId) -> list[tuple[LinkId, Link]]:
    """The links of a namespace, by index."""
    return [(key, tx.get(Link, key)) for _index, key in sorted(tx.get(Net, net).links.items())]


def ways(tx: Transaction, net: NamespaceId) -> list[Way]:
    """The main table: subnets of links that are up, of one that several have the oldest first, and
    what was added; as ip-route(8) lists it."""
    subnets = [
        (address, key)
        for key, link in _links(tx, net)
        for address in link.addresses
        if link.kind != LOOPBACK and link.up
        if address.prefix < ipv4.BITS and address.routed and _known(address)
    ]
    found = [
        Way(ipv4.network(address.host, address.prefix), address.prefix, key, "", address.host)
        for address, key in sorted(subnets, key=lambda entry: entry[0].since)
    ]
    for route in tx.get(Net, net).routes:
        via = "" if route.own else route.via
        source = _select(tx, net, route.link, route.via)
        found.append(Way(route.network, route.prefix, route.link, via, source, route.metric, route))
    return sorted(
        found,
        key=lambda way: (ipv4.number(way.network), -way.prefix, way.metric, way.route is None),
    )


def _select(tx: Transaction, net: NamespaceId, key: LinkId, near: str) -> str:
    """The address of a link that has *near* in its subnet, or the first, or that of any link; none
    that means the host alone (inet_select_addr)."""
    own = [each for each in tx.get(Link, key).addresses if _goes_out(each)]
    for address in own:
        if near and interfaces.around(address, near):
            return address.host
    if not own:
        own = [each for _key, link in _links(tx, net) for each in link.addresses if _goes_out(each)]
    return own[0].host if own else ""


def _goes_out(address: Address) -> bool:
    return not address.secondary and not ipv4.is_loopback(address.host)


def lookup(tx: Transaction, net: NamespaceId, host: str) -> Way:
    """The route to *host* (fib_lookup).  ENETUNREACH."""
    if local(tx, net, host):
        return _inward(tx, net, host, _own_source(tx, net, host))
    for key in everybody_at(tx, net, host):
        return Way(host, ipv4.BITS, key, "", _select(tx, net, key, host))
    best = _best(tx, net, host)
    if best is None:
        raise Errno.ENETUNREACH(f"this network namespace has no route to {host}")
    if many(tx, net, host):
        return best._replace(via="", route=None)  # no gateway passes it on (__mkroute_output)
    return best


def _inward(tx: Transaction, net: NamespaceId, host: str, source: str) -> Way:
    """What is sent to oneself goes over the loopback.  EINVAL."""
    loopback = tx.get(Net, net).links[1]
    if not interfaces.has_ip(tx.get(Link, loopback)):
        raise Errno.EINVAL("there is no IP on lo, which what is sent to oneself goes over")
    return Way(host, ipv4.BITS, loopback, "", source)


def outward(tx: Transaction, net: NamespaceId, host: str, own: str = ipv4.ANY) -> tuple[str, Way]:
    """Where what begins here goes that is for *host*, or if that is 0.0.0.0 for oneself, and how;
    *own*: it is sent from there (ip_route_output_key_hash_rcu).  EINVAL, ENETUNREACH."""
    by = owner(tx, net, own) if own != ipv4.ANY and local(tx, net, own) else None
    if own != ipv4.ANY and by is None:
        raise Errno.ENETUNREACH(f"{own} is no address of a link here")
    if host == ipv4.ANY:
        host = own if by is not None else ipv4.LOOPBACK
        return host, _inward(tx, net, host, host)
    if by is not None and (host == ipv4.BROADCAST or ipv4.is_multicast(host)):
        return host, Way(host, ipv4.BITS, by, "", own)  # its link is the way
    way = lookup(tx, net, host)
    source = way.source if by is None else own
    if ipv4.is_loopback(source) and tx.get(Link, way.link).kind != LOOPBACK:
        raise Errno.EINVAL(f"nothing leaves for {host} from {source}")
    return host, way._replace(source=source)


def _best(tx: Transaction, net: NamespaceId, host: str) -> Way | None:
    """Of the main table the most specific way there, and of such ways the first."""
    fitting = [way for way in ways(tx, net) if ipv4.inside(host, way.network, way.prefix)]
    return max(fitting, key=lambda way: (way.prefix, -way.metric), default=None)


def send(
    tx: Transaction, net: NamespaceId, source: str, host: str, *, inward: bool = False
) -> Arrival:
    """Where a packet of *source* to *host* that starts in *net* ends up.  ENETUNREACH at the start
    only.

    What is sent to a group reaches nobody; *inward*: it is for oneself, whoever has *host*.
    """
    if ipv4.is_multicast(host):
        return Arrival(None)
    here = net
    for hop in range(HOPS + 1):
        if inward or local(tx, here, host):
            if not hop and not tx.get(Link, tx.get(Net, here).links[1]).up:
                return Arrival(None)  # what is for oneself goes over lo, and is lost without
            return Arrival(here, max(0, hop - 1))  # only who passes it on counts it down
        if hop and everybody_at(tx, here, host):
            return Arrival(here, hop - 1, mute=True)
        if hop and not tx.get(Net, here).forwarding:
            return Arrival(None)
        try:
            way = lookup(tx, here, host)
        except KernelError:
            if hop:
                return _lost(Unreachable.NET, here, hop - 1)
            raise
        loops = tx.get(Link, way.link).kind == LOOPBACK
        if loops and not hop:  # what begins here and goes there is for oneself (__mkroute_output)
            return Arrival(here, mute=True)
        if loops or hop == HOPS:
            return _lost(Unreachable.TIME, here, HOPS - 1)
        there = _across(tx, here, way.link, way.via or host, source)
        if there is None:
            return _lost(Unreachable.HOST, here, hop)
        stranger = source in ("", ipv4.ANY) or _is_own(tx, there, source)
        if stranger or ipv4.is_loopback(host):
            return Arrival(None)
        here = there
    raise AssertionError


def _is_own(tx: Transaction, net: NamespaceId, source: str) -> bool:
    """Whether what comes from *source* is not believed there, for that is an address of its own
    (fib_validate_source)."""
    return nearness(tx, net, source) == ipv4.BITS


def _lost(why: Unreachable, teller: NamespaceId, hops: int) -> Arrival:
    return Arrival(None, loss=Loss(why, teller, hops))


def notice(tx: Transaction, net: NamespaceId, source: str, loss: Loss) -> tuple[str, int] | None:
    """From which address *net*, where a packet of *source* began, is told of its loss, and by how
    many routers; None: that is lost, too (icmp_send)."""
    if loss.teller == net:
        return source, 0
    try:
        by = lookup(tx, loss.teller, source).source
        back = send(tx, loss.teller, by, source)
        return (by, back.hops) if back.net == net else None
    except KernelError:
        return None


def _across(
    tx: Transaction, here: NamespaceId, key: LinkId, neighbour: str, source: str
) -> NamespaceId | None:
    """The namespace at the other end, if it answers for *neighbour* there (arp_process): not who
    asks from an address of its own, be it that of the packet or of the link (arp_solicit)."""
    link = tx.get(Link, key)
    if link.peer == NO_LINK or not interfaces.carrier(tx, link):
        return None
    there = tx.get(Link, link.peer).net
    asker = source if source and local(tx, here, source) else _select(tx, here, key, neighbour)
    answers = local(tx, there, neighbour) and not ipv4.is_loopback(neighbour)
    return there if answers and not _is_own(tx, there, asker) else None


def round_trip(tx: Transaction, net: NamespaceId, source: str, host: str) -> Arrival:
    """As :func:`send`, but lost as well if the answer to *source* does not find back."""
    there = send(tx, net, source, host)
    if there.mute:
        return Arrival(None)
    if there.net is None or there.net == net or finds(tx, there.net, host, source, net):
        return there
    return Arrival(None)


def finds(tx: Transaction, net: NamespaceId, source: str, host: str, home: NamespaceId) -> bool:
    """Whether a packet of *source* to *host* that starts in *net* ends up in *home*."""
    try:
        return send(tx, net, source, host).net == home
    except KernelError:
        return False
