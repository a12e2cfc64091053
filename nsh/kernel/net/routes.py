"""rtnetlink(7) about routes (net/ipv4/fib_frontend.c)."""

from functools import partial

from msgspec.structs import replace

from nsh.abi.errno import Errno, KernelError
from nsh.abi.net import Delroute, Getroute, Newroute, RouteInfo
from nsh.kernel import interfaces, ipv4
from nsh.kernel.dispatch import LeavesTrace, handles
from nsh.kernel.net import routing, tcp_connecting
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
        _host, way = routing.outward(tx, key, ipv4.text(ipv4.number(request.to)))
        way = way._replace(network=request.to, prefix=ipv4.BITS)
        return (_told_route(tx, net, way, one=True),)
    return tuple(_told_route(tx, net, way) for way in routing.ways(tx, key))


def _told_route(tx: Transaction, net: Net, way: routing.Way, *, one: bool = False) -> RouteInfo:
    link = tx.get(Link, way.link)
    added = way.route
    if one:  # what a lookup finds is nobody's route (rt_fill_info)
        return RouteInfo(way.network, way.prefix, link.index, way.via, way.source, "0", "global")
    return RouteInfo(
        way.network,
        way.prefix,
        link.index,
        way.gateway,
        way.source if added is None else "",
        "kernel" if added is None else added.protocol,
        "link" if not way.gateway else "global",
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
    ipv4.number(request.network)
    try:
        added = _route(tx, here, net, request)
    except KernelError as error:
        trace = partial(interfaces.need_tables, key=here, addressed=False)
        raise LeavesTrace(error.errno, error.reason, trace) from None
    tx.put(here, replace(net, routes=(*net.routes, added), tables=True))
    tcp_connecting.retry(tx)
    return 0


def _route(tx: Transaction, here: NamespaceId, net: Net, request: Newroute) -> Route:
    network = ipv4.network(request.network, request.prefix)
    if network != ipv4.text(ipv4.number(request.network)):
        raise Errno.EINVAL(f"{request.network}/{request.prefix} is no network but a host in it")
    via = ipv4.text(ipv4.number(request.via or ipv4.ANY))
    via = "" if via == ipv4.ANY else via
    key = link_at(tx, net, request.index) if request.index else None
    if key is not None and not via:
        link = tx.get(Link, key)
        if not interfaces.has_ip(link):
            raise Errno.ENODEV(f"there is no IP on {link.name}: its mtu is {link.mtu}")
        if not link.up:
            raise Errno.ENETDOWN(f"{link.name} is down")
    own = False
    if via:
        key, own = _gateway(tx, here, via, key)
    if key is None:
        raise Errno.ENODEV("a route leads over a link, or by way of a gateway")
    for way in routing.ways(tx, here):
        if (way.network, way.prefix, way.metric) == (network, request.prefix, request.metric):
            raise Errno.EEXIST(f"there is a route to {network}/{request.prefix}")
    return Route(network, request.prefix, key, via, request.metric, own=own)


def _gateway(
    tx: Transaction, net: NamespaceId, via: str, key: LinkId | None
) -> tuple[LinkId, bool]:
    """The link that *via* is at the other end of, or on (True; fib_check_nh_v4_gw).  EINVAL,
    ENETDOWN, ENETUNREACH.

    Routes that have a gateway themselves are passed over: it has to be at a link (RT_SCOPE_LINK).
    """
    near = [way for way in routing.ways(tx, net) if not way.gateway and key in (None, way.link)]
    near = [way for way in near if ipv4.inside(via, way.network, way.prefix)]
    best = max(near, key=lambda way: (way.prefix, -way.metric), default=None)
    if any(key in (None, each) for each in routing.everybody_at(tx, net, via)):
        raise Errno.EINVAL(f"a gateway is one host, and {via} is everybody in a subnet")
    own, bits = routing.owner(tx, net, via, key), routing.nearness(tx, net, via)
    if own is not None and bits is not None and (key or best is None or bits >= best.prefix):
        if not tx.get(Link, own).up:
            raise Errno.ENETDOWN(f"{tx.get(Link, own).name}, which has {via}, is down")
        return own, True
    if best is not None:
        return best.link, False
    raise Errno.ENETUNREACH(f"the gateway {via} is at no link here")


@handles(Delroute)
def delroute(tx: Transaction, caller: TaskId, request: Delroute) -> int:
    """The first that fits."""
    here, _net = of(tx, caller)
    admin(tx, caller, here, "removing a route")
    for way in routing.ways(tx, here):
        fits = (way.network, way.prefix) == (request.network, request.prefix)
        over = not request.index or tx.get(Link, way.link).index == request.index
        if fits and over and request.via in ("", way.gateway):
            _remove(tx, here, way)
            return 0
    raise Errno.ESRCH(f"there is no such route to {request.network}/{request.prefix}")


def _remove(tx: Transaction, here: NamespaceId, way: routing.Way) -> None:
    if way.route is not None:
        net = tx.get(Net, here)
        rest = tuple(each for each in net.routes if each != way.route)
        tx.put(here, replace(net, routes=rest))
        return
    link = tx.get(Link, way.link)
    addresses = tuple(
        replace(each, routed=False)
        if (each.host, each.prefix) == (way.source, way.prefix)
        else each
        for each in link.addresses
    )
    tx.put(way.link, replace(link, addresses=addresses))
