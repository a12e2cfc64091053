"""rtnetlink(7) about links, addresses and routes: who may, and what is told."""

from typing import Final

from msgspec.structs import replace

from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno
from nsh.abi.net import (
    AddressInfo,
    Deladdr,
    Dellink,
    Delroute,
    Getaddr,
    Getlink,
    Getroute,
    LinkInfo,
    Newaddr,
    Newlink,
    Newroute,
    RouteInfo,
    Setlink,
)
from nsh.kernel import capabilities, contexts, pids
from nsh.kernel.dispatch import handles
from nsh.kernel.fs import nsfs
from nsh.kernel.net import interfaces, ipv4, routing, tcp_states
from nsh.kernel.net.namespaces import of
from nsh.machine.ids import NamespaceId, TaskId
from nsh.machine.net import LOOPBACK, VETH, Address, Link, LinkId, Net, Route
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction

_SMALLEST: Final = 68
_LARGEST: Final = 65535
_LO_ADDRESS: Final = Address(ipv4.LOOPBACK, 8, "lo")


def _admin(tx: Transaction, caller: TaskId, net: NamespaceId, doing: str) -> None:
    capabilities.need(tx, caller, tx.get(Net, net).owner, Cap.CAP_NET_ADMIN, doing)


def _link(tx: Transaction, net: Net, index: int) -> LinkId:
    """The link of an index.  ENODEV."""
    key = net.links.get(index)
    if key is None:
        raise Errno.ENODEV(f"this network namespace has no link {index}")
    return key


def _named_namespace(
    tx: Transaction, caller: TaskId, pid: int, fd: int, doing: str
) -> NamespaceId | None:
    """The namespace of a process, or of an open file; None where neither is given.

    ESRCH, EINVAL, EBADF, EPERM.
    """
    if fd >= 0:
        kind, found = nsfs.namespace_of(tx, caller, fd)
        if kind != "net":
            raise Errno.EINVAL(f"descriptor {fd} is of a {kind} namespace")
    elif pid:
        task = pids.lookup(tx, tx.get(Task, caller).space, pid)
        if task is None or tx.find(Task, task) is None or contexts.proxy(tx, task) is None:
            raise Errno.ESRCH(f"there is no process {pid} here")
        found = contexts.namespace(tx, task, "net")
    else:
        return None
    _admin(tx, caller, found, doing)
    return found


# ---- links


@handles(Getlink)
def getlink(tx: Transaction, caller: TaskId, request: Getlink) -> tuple[LinkInfo, ...]:
    """Of all links, by index."""
    del request
    _key, net = of(tx, caller)
    return tuple(_told(tx, net, tx.get(Link, key)) for _index, key in sorted(net.links.items()))


def _told(tx: Transaction, net: Net, link: Link) -> LinkInfo:
    other = tx.find(Link, link.peer)
    netnsid = -1
    if other is not None and other.net != link.net:
        netnsid = net.ids.get(other.net, -1)
    return LinkInfo(
        link.index,
        link.name,
        interfaces.flags(tx, link),
        link.mtu,
        link.mac,
        interfaces.state(tx, link),
        "" if link.kind == LOOPBACK else link.kind,
        0 if other is None else other.index,
        netnsid,
    )


@handles(Newlink)
def newlink(tx: Transaction, caller: TaskId, request: Newlink) -> int:
    """A pair of veth; the other end is made first (veth_newlink)."""
    here, _net = of(tx, caller)
    _admin(tx, caller, here, "making a link")
    if request.kind != VETH:
        raise Errno.ENOTSUP(f"this machine makes links of type veth only, not {request.kind}")
    doing = "putting a link into another network namespace"
    given = _named_namespace(tx, caller, request.peer_pid, request.peer_fd, doing)
    there = here if given is None else given
    interfaces.check_name(tx, here, request.name)
    peer_name = request.peer or _free_name(tx, there)
    interfaces.check_name(tx, there, peer_name)
    peer = interfaces.make(tx, there, peer_name, VETH)
    interfaces.check_name(tx, here, request.name)
    link = interfaces.make(tx, here, request.name, VETH, peer)
    tx.put(peer, replace(tx.get(Link, peer), peer=link))
    interfaces.introduce(tx, link)
    return 0


def _free_name(tx: Transaction, net: NamespaceId) -> str:
    number = 0
    while interfaces.named(tx, net, f"veth{number}") is not None:
        number += 1
    return f"veth{number}"


@handles(Setlink)
def setlink(tx: Transaction, caller: TaskId, request: Setlink) -> int:
    """In the order of do_setlink: where it is, its size, its name, up or down."""
    here, net = of(tx, caller)
    _admin(tx, caller, here, "changing a link")
    key = _link(tx, net, request.index)
    doing = "putting a link into another network namespace"
    target = _named_namespace(tx, caller, request.pid, request.fd, doing)
    if target is not None:
        interfaces.move(tx, key, target, request.name)
    link = tx.get(Link, key)
    if request.mtu:
        if not _SMALLEST <= request.mtu <= (_LARGEST if link.kind == VETH else 1 << 31):
            raise Errno.EINVAL(f"an mtu is between {_SMALLEST} and {_LARGEST}")
        link = replace(link, mtu=request.mtu)
    if request.name and request.name != link.name:
        interfaces.check_name(tx, link.net, request.name)
        link = replace(link, name=request.name)
    tx.put(key, link)
    if request.up >= 0 and bool(request.up) != link.up:
        _set_up(tx, key, bool(request.up))
    tcp_states.retry(tx)
    return 0


def _set_up(tx: Transaction, key: LinkId, up: bool) -> None:
    """With lo comes 127.0.0.1/8; what goes down loses what was routed over it."""
    link = tx.get(Link, key)
    addresses = link.addresses
    if up and link.kind == LOOPBACK and not addresses:
        addresses = (replace(_LO_ADDRESS, label=link.name),)
    tx.put(key, replace(link, up=up, addresses=addresses))
    if not up:
        net = tx.get(Net, link.net)
        rest = tuple(route for route in net.routes if route.link != key)
        tx.put(link.net, replace(net, routes=rest))


@handles(Dellink)
def dellink(tx: Transaction, caller: TaskId, request: Dellink) -> int:
    """Only what was made can be removed."""
    here, net = of(tx, caller)
    _admin(tx, caller, here, "removing a link")
    key = _link(tx, net, request.index)
    if tx.get(Link, key).kind == LOOPBACK:
        raise Errno.ENOTSUP("a loopback stays as long as its network namespace")
    interfaces.destroy(tx, key)
    return 0


# ---- addresses


@handles(Getaddr)
def getaddr(tx: Transaction, caller: TaskId, request: Getaddr) -> tuple[AddressInfo, ...]:
    """Of all links, by index; of each in the order in which they were added."""
    del request
    _key, net = of(tx, caller)
    found = []
    for index, key in sorted(net.links.items()):
        for address in tx.get(Link, key).addresses:
            scope = "host" if ipv4.is_loopback(address.host) else "global"
            found.append(
                AddressInfo(
                    index, address.host, address.prefix, scope, address.label, address.secondary
                )
            )
    return tuple(found)


@handles(Newaddr)
def newaddr(tx: Transaction, caller: TaskId, request: Newaddr) -> int:
    """A second one of a subnet is secondary (__inet_insert_ifa)."""
    here, net = of(tx, caller)
    _admin(tx, caller, here, "adding an address")
    if not 0 <= request.prefix <= ipv4.BITS:
        raise Errno.EINVAL(f"a prefix has 0 to {ipv4.BITS} bits")
    host = ipv4.text(ipv4.number(request.host))
    key = _link(tx, net, request.index)
    link = tx.get(Link, key)
    subnet = ipv4.network(host, request.prefix)
    same = [
        each
        for each in link.addresses
        if each.prefix == request.prefix and ipv4.network(each.host, each.prefix) == subnet
    ]
    if any(each.host == host for each in same):
        raise Errno.EEXIST(f"{link.name} has the address {host}/{request.prefix}")
    added = Address(host, request.prefix, link.name, bool(same))
    tx.put(key, replace(link, addresses=_ordered((*link.addresses, added))))
    tcp_states.retry(tx)
    return 0


def _ordered(addresses: tuple[Address, ...]) -> tuple[Address, ...]:
    """Secondary ones stand behind all others."""
    return tuple(sorted(addresses, key=lambda each: each.secondary))


@handles(Deladdr)
def deladdr(tx: Transaction, caller: TaskId, request: Deladdr) -> int:
    """With a primary address go its secondary ones (promote_secondaries is off)."""
    here, net = of(tx, caller)
    _admin(tx, caller, here, "removing an address")
    host = ipv4.text(ipv4.number(request.host))
    key = _link(tx, net, request.index)
    link = tx.get(Link, key)
    gone = [each for each in link.addresses if (each.host, each.prefix) == (host, request.prefix)]
    if not gone:
        raise Errno.EADDRNOTAVAIL(f"{link.name} has no address {host}/{request.prefix}")
    subnet = ipv4.network(host, request.prefix)
    rest = tuple(
        each
        for each in link.addresses
        if each not in gone
        and not (
            each.secondary
            and not gone[0].secondary
            and each.prefix == request.prefix
            and ipv4.network(each.host, each.prefix) == subnet
        )
    )
    tx.put(key, replace(link, addresses=rest))
    _drop_unreachable(tx, here)
    return 0


def _drop_unreachable(tx: Transaction, net: NamespaceId) -> None:
    """Routes whose links have no address any more go with the last one (fib_disable_ip)."""
    record = tx.get(Net, net)
    rest = tuple(route for route in record.routes if tx.get(Link, route.link).addresses)
    tx.put(net, replace(record, routes=rest))


# ---- routes


@handles(Getroute)
def getroute(tx: Transaction, caller: TaskId, request: Getroute) -> tuple[RouteInfo, ...]:
    """The main table, or the one route to a host."""
    key, net = of(tx, caller)
    if request.to:
        way = routing.lookup(tx, key, ipv4.text(ipv4.number(request.to)))
        way = way._replace(network=request.to, prefix=ipv4.BITS)
        return (_told_route(tx, net, way, one=True),)
    return tuple(_told_route(tx, net, way) for way in routing.ways(tx, key))


def _told_route(tx: Transaction, net: Net, way: routing.Way, *, one: bool = False) -> RouteInfo:
    link = tx.get(Link, way.link)
    added = way.route
    return RouteInfo(
        way.network,
        way.prefix,
        link.index,
        way.via,
        way.source if added is None or one else "",
        "kernel" if added is None else added.protocol,
        "link" if added is None or not way.via else "global",
        way.metric,
        link.up and not interfaces.carrier(tx, link),
    )


@handles(Newroute)
def newroute(tx: Transaction, caller: TaskId, request: Newroute) -> int:
    """A gateway has to be at a link (fib_check_nh)."""
    here, net = of(tx, caller)
    _admin(tx, caller, here, "adding a route")
    if not 0 <= request.prefix <= ipv4.BITS:
        raise Errno.EINVAL(f"a prefix has 0 to {ipv4.BITS} bits")
    network = ipv4.network(request.network, request.prefix)
    if network != ipv4.text(ipv4.number(request.network)):
        raise Errno.EINVAL(f"{request.network}/{request.prefix} is no network but a host in it")
    via = ipv4.text(ipv4.number(request.via)) if request.via else ""
    key = _link(tx, net, request.index) if request.index else None
    if key is not None and not tx.get(Link, key).up:
        raise Errno.ENETDOWN(f"{tx.get(Link, key).name} is down")
    if via:
        key = _gateway(tx, here, via, key)
    if key is None:
        raise Errno.ENODEV("a route leads over a link, or by way of a gateway")
    for route in net.routes:
        if (route.network, route.prefix, route.metric) == (network, request.prefix, request.metric):
            raise Errno.EEXIST(f"there is a route to {network}/{request.prefix}")
    added = Route(network, request.prefix, key, via, request.metric)
    tx.put(here, replace(net, routes=(*net.routes, added)))
    tcp_states.retry(tx)
    return 0


def _gateway(tx: Transaction, net: NamespaceId, via: str, key: LinkId | None) -> LinkId:
    """The link that *via* is at the other end of.  EINVAL, ENETUNREACH."""
    if routing.local(tx, net, via):
        raise Errno.EINVAL(f"{via} is an address of this network namespace itself")
    for way in routing.ways(tx, net):
        at_link = not way.via and way.prefix and ipv4.inside(via, way.network, way.prefix)
        if at_link and key in (None, way.link):
            return way.link
    raise Errno.ENETUNREACH(f"the gateway {via} is at no link here")


@handles(Delroute)
def delroute(tx: Transaction, caller: TaskId, request: Delroute) -> int:
    """The first that fits."""
    here, net = of(tx, caller)
    _admin(tx, caller, here, "removing a route")
    for route in net.routes:
        fits = (route.network, route.prefix) == (request.network, request.prefix)
        over = not request.index or tx.get(Link, route.link).index == request.index
        if fits and over and request.via in ("", route.via):
            tx.put(here, replace(net, routes=tuple(each for each in net.routes if each != route)))
            return 0
    raise Errno.ESRCH(f"there is no such route to {request.network}/{request.prefix}")
