"""What ip shows of links, addresses and routes, as iproute2 lays it out."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from nsh.abi.net import AddressInfo, LinkFlag, LinkInfo, RouteInfo
from nsh.userland.options import Given
from nsh.userland.streams import Asking, write

_FLAGS: Final = (
    (LinkFlag.IFF_LOOPBACK, "LOOPBACK"),
    (LinkFlag.IFF_BROADCAST, "BROADCAST"),
    (LinkFlag.IFF_MULTICAST, "MULTICAST"),
    (LinkFlag.IFF_UP, "UP"),
    (LinkFlag.IFF_LOWER_UP, "LOWER_UP"),
)
_FOREVER: Final = 0xFFFFFFFF


def _flags(link: LinkInfo, links: Sequence[LinkInfo]) -> list[str]:
    found = [name for flag, name in _FLAGS if link.flags & flag]
    if link.flags & LinkFlag.IFF_UP and not link.flags & LinkFlag.IFF_RUNNING:
        found.insert(0, "NO-CARRIER")
    other = _other(link, links)
    if other is not None and not other.flags & LinkFlag.IFF_UP:
        found.append("M-DOWN")
    return found


def _other(link: LinkInfo, links: Sequence[LinkInfo]) -> LinkInfo | None:
    """The other end, if it is in the same namespace."""
    if not link.other or link.netnsid >= 0:
        return None
    return next((each for each in links if each.index == link.other), None)


def _name(link: LinkInfo, links: Sequence[LinkInfo]) -> str:
    """``eth0@v0``; ``eth0@if3`` where the other end is in another namespace."""
    if not link.other:
        return link.name
    other = _other(link, links)
    return f"{link.name}@{other.name if other is not None else f'if{link.other}'}"


def _qdisc(link: LinkInfo) -> str:
    return "noqueue" if link.flags & LinkFlag.IFF_UP else "noop"


def _sort(link: LinkInfo) -> tuple[str, str]:
    """What kind of hardware it would be, and everybody's address there."""
    if link.flags & LinkFlag.IFF_LOOPBACK:
        return "loopback", "00:00:00:00:00:00"
    return "ether", "ff:ff:ff:ff:ff:ff"


def _head(link: LinkInfo, links: Sequence[LinkInfo], mode: str) -> str:
    flags = ",".join(_flags(link, links))
    return (
        f"{link.index}: {_name(link, links)}: <{flags}> mtu {link.mtu} qdisc {_qdisc(link)} "
        f"state {link.state} {mode}group default qlen 1000"
    )


def _hardware(link: LinkInfo) -> str:
    kind, broadcast = _sort(link)
    where = f" link-netnsid {link.netnsid}" if link.netnsid >= 0 else ""
    return f"    link/{kind} {link.mac} brd {broadcast}{where}"


def _object(link: LinkInfo, links: Sequence[LinkInfo]) -> dict[str, Any]:
    found: dict[str, Any] = {"ifindex": link.index}
    other = _other(link, links)
    if other is not None:
        found["link"] = other.name
    elif link.other:
        found["link_index"] = link.other
    found["ifname"] = link.name
    found["flags"] = _flags(link, links)
    found |= {"mtu": link.mtu, "qdisc": _qdisc(link), "operstate": link.state}
    return found


def _hardware_object(link: LinkInfo) -> dict[str, Any]:
    kind, broadcast = _sort(link)
    found: dict[str, Any] = {"link_type": kind, "address": link.mac, "broadcast": broadcast}
    if link.netnsid >= 0:
        found["link_netnsid"] = link.netnsid
    return found


def _json(given: Given, found: list[Any]) -> Asking[None]:
    data = msgspec.json.encode(found)
    if given.has("pretty"):
        data = msgspec.json.format(data, indent=4)
    yield from write(1, data.decode() + "\n")


def _brief(link: LinkInfo, links: Sequence[LinkInfo], rest: str) -> Asking[None]:
    yield from write(1, f"{_name(link, links):<16} {link.state:<14} {rest} \n")


def _end(given: Given) -> str:
    """What parts the lines of one thing."""
    return "\\" if given.has("oneline") else "\n"


def links(given: Given, chosen: Sequence[LinkInfo], known: Sequence[LinkInfo]) -> Asking[None]:
    """``ip link``."""
    if given.has("json"):
        more = {"linkmode": "DEFAULT", "group": "default", "txqlen": 1000}
        objects = [_object(each, known) | more | _hardware_object(each) for each in chosen]
        yield from _json(given, objects)
        return
    for each in chosen:
        if given.has("brief"):
            yield from _brief(each, known, f"{each.mac} <{','.join(_flags(each, known))}>")
        else:
            lines = [_head(each, known, "mode DEFAULT "), _hardware(each)]
            yield from write(1, _end(given).join(lines) + "\n")


def addresses(
    given: Given,
    chosen: Sequence[LinkInfo],
    known: Sequence[AddressInfo],
    all_links: Sequence[LinkInfo],
) -> Asking[None]:
    """``ip addr``."""
    if given.has("json"):
        more = {"group": "default", "txqlen": 1000}
        objects = []
        for link in chosen:
            found = _object(link, all_links) | more
            if not given.has("inet"):
                found |= _hardware_object(link)
            own = [each for each in known if each.index == link.index]
            objects.append(found | {"addr_info": [_address_object(each) for each in own]})
        yield from _json(given, objects)
        return
    for link in chosen:
        own = [each for each in known if each.index == link.index]
        if given.has("brief"):
            yield from _brief(link, all_links, " ".join(f"{a.host}/{a.prefix}" for a in own))
            continue
        if given.has("oneline"):
            for each in own:
                start = f"{link.index}: {link.name}{_address_lines(each, _end(given))}"
                yield from write(1, start + "\n")
            continue
        lines = [_head(link, all_links, "")]
        if not given.has("inet"):
            lines.append(_hardware(link))
        lines += [_address_lines(each, "\n") for each in own]
        yield from write(1, "".join(line + "\n" for line in lines))


def _address_lines(address: AddressInfo, end: str) -> str:
    second = "secondary " if address.secondary else ""
    where = f"{address.host}/{address.prefix} scope {address.scope} {second}{address.label}"
    return f"    inet {where}{end}       valid_lft forever preferred_lft forever"


def _address_object(address: AddressInfo) -> dict[str, Any]:
    found: dict[str, Any] = {
        "family": "inet",
        "local": address.host,
        "prefixlen": address.prefix,
        "scope": address.scope,
    }
    if address.secondary:
        found["secondary"] = True
    life = {"valid_life_time": _FOREVER, "preferred_life_time": _FOREVER}
    return found | {"label": address.label} | life


def _to(route: RouteInfo) -> str:
    if not route.prefix:
        return "default"
    return route.network if route.prefix == 32 else f"{route.network}/{route.prefix}"


def routes(given: Given, known: Sequence[LinkInfo], found: Sequence[RouteInfo]) -> Asking[None]:
    """``ip route``."""
    names = {each.index: each.name for each in known}
    if given.has("json"):
        yield from _json(given, [_route_object(each, names) for each in found])
        return
    for each in found:
        words = [_to(each)]
        words += ["via", each.via] if each.via else []
        words += ["dev", names.get(each.index, f"if{each.index}")]
        words += ["proto", each.protocol] if each.protocol != "boot" else []
        words += ["scope", each.scope] if each.scope != "global" else []
        words += ["src", each.source] if each.source else []
        words += ["metric", str(each.metric)] if each.metric else []
        words += ["linkdown"] if each.dead else []
        yield from write(1, " ".join(words) + " \n")


def _route_object(route: RouteInfo, names: dict[int, str]) -> dict[str, Any]:
    found: dict[str, Any] = {"dst": _to(route)}
    if route.via:
        found["gateway"] = route.via
    found["dev"] = names.get(route.index, f"if{route.index}")
    if route.protocol != "boot":
        found["protocol"] = route.protocol
    if route.scope != "global":
        found["scope"] = route.scope
    if route.source:
        found["prefsrc"] = route.source
    if route.metric:
        found["metric"] = route.metric
    return found | {"flags": ["linkdown"] if route.dead else []}


def route_to(known: Sequence[LinkInfo], route: RouteInfo) -> Asking[None]:
    """``ip route get``: the one route that a packet takes."""
    link = next(each for each in known if each.index == route.index)
    local = bool(link.flags & LinkFlag.IFF_LOOPBACK)
    words = ["local"] if local else []
    words += [route.network, *(["via", route.via] if route.via else []), "dev", link.name]
    words += ["src", route.source, "uid", "0"]
    cache = "    cache <local> " if local else "    cache "
    yield from write(1, f"{' '.join(words)} \n{cache}\n")
