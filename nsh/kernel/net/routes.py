"""rtnetlink(7) about routes (net/ipv4/fib_frontend.c)."""

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.net import Delroute, Getroute, Newroute, RouteInfo
from nsh.kernel import interfaces, ipv4
from nsh.kernel.dispatch import handles
from nsh.kernel.net import routing, tcp_states
from nsh.kernel.net.rtnetlink import admin, link_at
from nsh.kernel.netns import of
from nsh.machine.ids import NamespaceId, TaskId
from nsh.machine.net import Link, LinkId, Net, Route
from nsh.machine.value import Transaction


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
    if one:  # what a lookup finds is nobody's route (rt_fill_info)
        return RouteInfo(
            way.network, way.prefix, link.index, way.via, way.source, "0", "global", way.metric
        )
    return RouteInfo(
        way.network,
        way.prefix,
        link.index,
        way.via,
        way.source if added is None else "",
        "kernel" if added is None else added.protocol,
        "link" if added is None or not way.via else "global",
        way.metric,
        link.up and not interfaces.carrier(tx, link),
    )


@handles(Newroute)
def newroute(tx: Transaction, caller: TaskId, request: Newroute) -> int:
    """A gateway has to be at a link (fib_check_nh)."""
    here, net = of(tx, caller)
    admin(tx, caller, here, "adding a route")
    if not 0 <= request.prefix <= ipv4.BITS:
        raise Errno.EINVAL(f"a prefix has 0 to {ipv4.BITS} bits")
    network = ipv4.network(request.network, request.prefix)
    if network != ipv4.text(ipv4.number(request.network)):
        raise Errno.EINVAL(f"{request.network}/{request.prefix} is no network but a host in it")
    via = ipv4.text(ipv4.number(request.via)) if request.via else ""
    key = link_at(tx, net, request.index) if request.index else None
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
    admin(tx, caller, here, "removing a route")
    for route in net.routes:
        fits = (route.network, route.prefix) == (request.network, request.prefix)
        over = not request.index or tx.get(Link, route.link).index == request.index
        if fits and over and request.via in ("", route.via):
            tx.put(here, replace(net, routes=tuple(each for each in net.routes if each != route)))
            return 0
    raise Errno.ESRCH(f"there is no such route to {request.network}/{request.prefix}")
