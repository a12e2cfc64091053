"""Network namespaces: links with their addresses, routes, settings (C4, N6).

A pair of veth is made again as a pair.  Where one end is outside, with those around the container,
a link of the same name is made among those around whoever restarts it, which is up if that was:
what addresses and routes it has there is theirs to say.
"""

from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.kernel import interfaces, ipv4, namespaces
from nsh.kernel.checkpoint import parts
from nsh.kernel.checkpoint.image import Object
from nsh.kernel.checkpoint.state import Dump, Restart
from nsh.kernel.net.rtnetlink import admin
from nsh.machine.ids import NamespaceId
from nsh.machine.net import LOOPBACK, NO_LINK, VETH, Address, Link, LinkId, Net, Route

parts.saves_namespaces("net")
_AROUND = 0


class AddressOf(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """An address of a link."""

    host: str
    prefix: int
    label: str = ""
    secondary: bool = False
    routed: bool = True
    added: int = 0
    """Which one of the container's was the first, of several links'; later ones have more."""
    since: int = 0


class End(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One end of a link."""

    name: str
    mtu: int
    namespace: int = _AROUND
    """0: that around the container."""
    up: bool = False
    index: int = 0
    """0: it is outside, and this does not matter."""
    mac: str = ""
    addresses: tuple[AddressOf, ...] = ()


class LinkOf(Object, frozen=True, tag="link"):
    """A link: a loopback with one end, a pair of veth with two."""

    ends: tuple[End, ...]


class RouteOf(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A route that somebody added."""

    network: str
    prefix: int
    link: int
    """By its index."""
    protocol: str
    via: str = ""
    metric: int = 0
    own: bool = False


class NetOf(Object, frozen=True, tag="network"):
    """A namespace, once its links are there."""

    namespace: int
    unprivileged_port: int
    local_ports: tuple[int, int]
    last_index: int = 1
    routes: tuple[RouteOf, ...] = ()
    tables: bool = False
    addressed: bool = False
    ids: tuple[tuple[int, int], ...] = ()
    """What it calls others that it knows of: the namespace, and its number here."""
    forwarding: int = 0


def namespace(dump: Dump, key: NamespaceId) -> int | None:
    """What a network namespace is called in the image; None: it is somebody else's."""
    if key in dump.namespaces:
        return dump.namespaces.of(key)
    return _AROUND if key == dump.outside.kinds["net"] else None


def found(restart: Restart, number: int) -> NamespaceId:
    """The network namespace that is called so.  EINVAL."""
    if number == _AROUND:
        return restart.around["net"]
    return restart.namespace(number, "net")


def _ours(dump: Dump) -> list[tuple[NamespaceId, Net]]:
    keys = [NamespaceId(key) for key in dump.namespaces]
    nets = [(key, dump.tx.find(Net, key)) for key in keys]
    return [(key, net) for key, net in nets if net is not None]


@parts.saves(LinkOf, 41)
def _save_links(dump: Dump) -> Iterator[LinkOf]:
    """EBUSY: one leads to a namespace that is neither the container's nor that around it."""
    tx = dump.tx
    mine = sorted(key for _net, net in _ours(dump) for key in net.links.values())
    every = (address.added for key in mine for address in tx.get(Link, key).addresses)
    turns = {added: turn for turn, added in enumerate(sorted(every), 1)}
    for key in mine:
        link = tx.get(Link, key)
        if link.peer in mine and link.peer < key:
            continue
        with dump.going_on():
            other = [_other(dump, link, turns)] if link.kind == VETH else []
            yield LinkOf((_end(dump, link, turns), *other))


def _end(dump: Dump, link: Link, turns: dict[int, int]) -> End:
    addresses = tuple(
        AddressOf(
            *(each.host, each.prefix, each.label, each.secondary, each.routed),
            *(turns[each.added], each.since),
        )
        for each in link.addresses
    )
    number = dump.namespaces.of(link.net)
    return End(link.name, link.mtu, number, link.up, link.index, link.mac, addresses)


def _other(dump: Dump, link: Link, turns: dict[int, int]) -> End:
    peer = dump.tx.get(Link, link.peer)
    where = namespace(dump, peer.net)
    if where is None:
        here, there = (namespaces.get(dump.tx, "net", each).inum for each in (link.net, peer.net))
        dump.refuse(f"{link.name} of net:[{here}] leads to net:[{there}], which is outside")
    return _end(dump, peer, turns) if where else End(peer.name, peer.mtu, where, peer.up)


@parts.saves(NetOf, 42)
def _save_networks(dump: Dump) -> Iterator[NetOf]:
    for key, net in _ours(dump):
        known = ((namespace(dump, each), number) for each, number in net.ids.items())
        yield NetOf(
            dump.namespaces.of(key),
            net.unprivileged_port,
            net.local_ports,
            net.last_index,
            tuple(_route(dump, each) for each in net.routes),
            net.tables,
            net.addressed,
            tuple(sorted((there, number) for there, number in known if there is not None)),
            net.forwarding,
        )


def _route(dump: Dump, route: Route) -> RouteOf:
    index = dump.tx.get(Link, route.link).index
    return RouteOf(
        *(route.network, route.prefix, index, route.protocol, route.via, route.metric, route.own)
    )


@parts.makes(LinkOf)
def _make_link(restart: Restart, saved: LinkOf) -> None:
    """EEXIST: whoever restarts it has a link that is called as the end outside; EPERM; EINVAL."""
    match len(saved.ends):
        case 1:
            _make_loopback(restart, saved.ends[0])
        case 2:
            one = _make_end(restart, saved.ends[0])
            other = _make_end(restart, saved.ends[1], one)
            restart.tx.put(one, replace(restart.tx.get(Link, one), peer=other))
        case count:
            raise Errno.EINVAL(f"ends: a link has one or two, and not {count}")


def _make_loopback(restart: Restart, end: End) -> None:
    tx = restart.tx
    net = tx.get(Net, found(restart, end.namespace))
    key = net.links.get(end.index)
    if end.namespace == _AROUND or key is None or tx.get(Link, key).kind != LOOPBACK:
        raise Errno.EINVAL(f"ends: link {end.index} of a new namespace is no loopback")
    interfaces.rename(tx, key, end.name)
    _set(restart, key, end)


def _make_end(restart: Restart, end: End, peer: LinkId = NO_LINK) -> LinkId:
    tx = restart.tx
    key = found(restart, end.namespace)
    if end.namespace == _AROUND:
        admin(tx, restart.caller, key, "making a link to the container")
    elif end.index in tx.get(Net, key).links or end.index < 1:
        raise Errno.EINVAL(f"index: the namespace has a link {end.index}, or cannot have one")
    name = interfaces.valid_name(tx, key, end.name)
    made = interfaces.make(tx, key, name, peer, end.index)
    _set(restart, made, end)
    return made


def _set(restart: Restart, key: LinkId, end: End) -> None:
    tx = restart.tx
    link = tx.get(Link, key)
    addresses = []
    for each in end.addresses:
        told = *_subnet(each.host, each.prefix), each.label, each.secondary, each.routed
        addresses.append(Address(*told, each.added, each.since))
    mac = end.mac or link.mac
    tx.put(key, replace(link, mtu=end.mtu, up=end.up, mac=mac, addresses=tuple(addresses)))


def _host(host: str) -> str:
    return ipv4.text(ipv4.number(host))


def _subnet(host: str, prefix: int) -> tuple[str, int]:
    if not 0 <= prefix <= ipv4.BITS:
        raise Errno.EINVAL(f"prefix: {prefix} is none")
    return _host(host), prefix


@parts.makes(NetOf, "namespace")
def _make_network(restart: Restart, saved: NetOf) -> None:
    tx = restart.tx
    key = found(restart, saved.namespace)
    if saved.namespace == _AROUND:
        raise Errno.EINVAL("namespace: that around the container is not its own")
    net = tx.get(Net, key)
    low, high = saved.local_ports
    if not 0 < low <= high < 1 << 16:
        raise Errno.EINVAL(f"local_ports: there are no ports from {low} to {high}")
    routes = []
    for each in saved.routes:
        link = net.links.get(each.link)
        if link is None:
            raise Errno.EINVAL(f"routes: the namespace has no link {each.link}")
        via = each.via and _host(each.via)
        told = *_subnet(each.network, each.prefix), link, via, each.metric, each.protocol, each.own
        routes.append(Route(*told))
    ids = net.ids
    for there, number in saved.ids:
        ids = ids.set(found(restart, there), number)
    tx.put(
        key,
        replace(
            net,
            routes=tuple(routes),
            last_index=saved.last_index,
            tables=saved.tables,
            addressed=saved.addressed,
            ids=ids,
            forwarding=saved.forwarding,
            unprivileged_port=saved.unprivileged_port,
            local_ports=saved.local_ports,
        ),
    )
