"""Links, addresses and routes of a puppet's network namespace, by way of rtnetlink(7)."""

from __future__ import annotations

import struct

from nsh.linux.puppet import rtnetlink as nl
from nsh.linux.puppet.hosts import guard_network
from nsh.linux.puppet.packing import packed
from nsh.linux.puppet.table import performs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Final, TypeVar

    from nsh.linux.puppet.actor import Actor

    T = TypeVar("T")

_IFLA_ADDRESS, _IFLA_IFNAME, _IFLA_MTU, _IFLA_LINK = 1, 3, 4, 5
_IFLA_OPERSTATE, _IFLA_LINKINFO, _IFLA_NET_NS_PID, _IFLA_NET_NS_FD = 16, 18, 19, 28
_IFLA_LINK_NETNSID = 37
_INFO_KIND, _INFO_DATA, _VETH_PEER = 1, 2, 1
_IFA_ADDRESS, _IFA_LOCAL, _IFA_LABEL = 1, 2, 3
_RTA_DST, _RTA_OIF, _RTA_GATEWAY, _RTA_PRIORITY, _RTA_PREFSRC = 1, 4, 5, 6, 7
_IFF_UP: Final = 1
_MAIN: Final = 254
_UNICAST: Final = 1
_LINKDOWN: Final = 16
_SECONDARY: Final = 1
_STATES: Final = ("UNKNOWN", "NOTPRESENT", "DOWN", "LOWERLAYERDOWN", "TESTING", "DORMANT", "UP")
_PROTOCOLS: Final = {2: "kernel", 3: "boot", 4: "static"}
_HOST: Final = 254
_SCOPES: Final = {0: "global", 253: "link", _HOST: "host"}
_LOOPBACK: Final = 127


def _asking(work: Callable[[nl.Netlink], T], *, changes: bool = False) -> T:
    """Do *work* in a conversation; what would change the machine's own network is refused."""
    netlink = nl.Netlink()
    try:
        if changes:
            guard_network(netlink.fd)
        return work(netlink)
    finally:
        netlink.close()


def _change(kind: int, body: bytes, flags: int = 0) -> int:
    _asking(lambda netlink: netlink.ask(kind, nl.ACK | flags, body), changes=True)
    return 0


def _text(value: str) -> bytes:
    return value.encode("utf-8", "surrogateescape") + b"\0"


def _dump(kind: int, body: bytes) -> list[bytes]:
    return _asking(lambda netlink: netlink.ask(kind, nl.DUMP, body))


@performs("Getlink")
def getlink(actor: Actor) -> tuple[tuple[Any, ...], ...]:
    """RTM_GETLINK."""
    del actor
    found = []
    for body in _dump(nl.GETLINK, nl.link_message()):
        _family, _type, index, flags, _mask = struct.unpack_from("BxHiII", body)
        told = nl.attributes(body[16:])
        info = nl.attributes(told.get(_IFLA_LINKINFO, b""))
        state = told.get(_IFLA_OPERSTATE, b"\0")[0]
        found.append(
            (
                index,
                nl.name(told, _IFLA_IFNAME),
                flags,
                nl.word(told, _IFLA_MTU),
                ":".join(f"{byte:02x}" for byte in told.get(_IFLA_ADDRESS, b"")),
                _STATES[state],
                nl.name(info, _INFO_KIND),
                nl.word(told, _IFLA_LINK),
                nl.word(told, _IFLA_LINK_NETNSID, -1),
            )
        )
    return tuple(sorted(found))


def _where(pid: int, fd: int) -> bytes:
    if fd >= 0:
        return nl.attribute(_IFLA_NET_NS_FD, packed("i", fd))
    return nl.attribute(_IFLA_NET_NS_PID, packed("i", pid)) if pid else b""


@performs("Newlink")
def newlink(actor: Actor, name: str, kind: str, peer: str, peer_pid: int, peer_fd: int) -> int:
    """RTM_NEWLINK of a new one."""
    del actor
    other = nl.link_message() + _where(peer_pid, peer_fd)
    if peer:
        other += nl.attribute(_IFLA_IFNAME, _text(peer))
    info = nl.attribute(_INFO_KIND, kind.encode())
    if kind == "veth":
        info += nl.attribute(_INFO_DATA, nl.attribute(_VETH_PEER, other))
    body = nl.attribute(_IFLA_IFNAME, _text(name)) + nl.attribute(_IFLA_LINKINFO, info)
    return _change(nl.NEWLINK, nl.link_message() + body, nl.MAKE)


@performs("Setlink")
def setlink(actor: Actor, index: int, up: int, name: str, mtu: int, pid: int, fd: int) -> int:
    """RTM_NEWLINK of one that is there."""
    del actor
    body = nl.link_message(index, max(0, up) * _IFF_UP, _IFF_UP if up >= 0 else 0)
    body += _where(pid, fd)
    if name:
        body += nl.attribute(_IFLA_IFNAME, _text(name))
    if mtu:
        body += nl.attribute(_IFLA_MTU, packed("I", mtu))
    return _change(nl.NEWLINK, body)


@performs("Dellink")
def dellink(actor: Actor, index: int) -> int:
    """RTM_DELLINK."""
    del actor
    return _change(nl.DELLINK, nl.link_message(index))


@performs("Getaddr")
def getaddr(actor: Actor) -> tuple[tuple[Any, ...], ...]:
    """RTM_GETADDR."""
    del actor
    found = []
    for body in _dump(nl.GETADDR, nl.address_message(0, 0)):
        family, prefix, flags, scope, index = struct.unpack_from("BBBBI", body)
        told = nl.attributes(body[8:])
        if family == nl.AF_INET and _IFA_LOCAL in told:
            found.append(
                (
                    index,
                    nl.host(told[_IFA_LOCAL]),
                    prefix,
                    _SCOPES.get(scope, str(scope)),
                    nl.name(told, _IFA_LABEL),
                    bool(flags & _SECONDARY),
                )
            )
    return tuple(found)


def _address(index: int, host: str, prefix: int) -> bytes:
    if not 0 <= prefix < 256:
        raise OSError(22, "EINVAL")
    data = nl.packed(host)
    scope = _HOST if data[0] == _LOOPBACK else 0  # which ip(8) asks for, for one's own alone
    return (
        nl.address_message(index, prefix, scope)
        + nl.attribute(_IFA_LOCAL, data)
        + nl.attribute(_IFA_ADDRESS, data)
    )


@performs("Newaddr")
def newaddr(actor: Actor, index: int, host: str, prefix: int) -> int:
    """RTM_NEWADDR."""
    del actor
    return _change(nl.NEWADDR, _address(index, host, prefix), nl.MAKE)


@performs("Deladdr")
def deladdr(actor: Actor, index: int, host: str, prefix: int) -> int:
    """RTM_DELADDR."""
    del actor
    return _change(nl.DELADDR, _address(index, host, prefix))


@performs("Getroute")
def getroute(actor: Actor, to: str) -> tuple[tuple[Any, ...], ...]:
    """RTM_GETROUTE of all, or of one host."""
    del actor
    if to:
        body = nl.route_message(32) + nl.attribute(_RTA_DST, nl.packed(to))
        return tuple(_route(one) for one in _asking(lambda n: n.ask(nl.GETROUTE, 0, body)))
    found = _dump(nl.GETROUTE, nl.route_message())
    return tuple(_route(one) for one in found if one[4] == _MAIN and one[7] == _UNICAST)


def _route(body: bytes) -> tuple[Any, ...]:
    _family, prefix, _s, _tos, _table, protocol, scope, _type, flags = struct.unpack_from(
        "8BI", body
    )
    told = nl.attributes(body[12:])
    return (
        nl.host(told.get(_RTA_DST, bytes(4))),
        prefix,
        nl.word(told, _RTA_OIF),
        nl.host(told[_RTA_GATEWAY]) if _RTA_GATEWAY in told else "",
        nl.host(told[_RTA_PREFSRC]) if _RTA_PREFSRC in told else "",
        _PROTOCOLS.get(protocol, str(protocol)),
        _SCOPES.get(scope, str(scope)),
        nl.word(told, _RTA_PRIORITY),
        bool(flags & _LINKDOWN),
    )


def _route_body(prefix: int, network: str, index: int, via: str, metric: int, scope: int) -> bytes:
    if not 0 <= prefix < 256:
        raise OSError(22, "EINVAL")
    body = nl.route_message(prefix, _MAIN, 3 if scope != 255 else 0, scope)
    if prefix:
        body += nl.attribute(_RTA_DST, nl.packed(network))
    if index:
        body += nl.attribute(_RTA_OIF, packed("i", index))
    if via:
        body += nl.attribute(_RTA_GATEWAY, nl.packed(via))
    if metric:
        body += nl.attribute(_RTA_PRIORITY, packed("i", metric))
    return body


@performs("Newroute")
def newroute(actor: Actor, network: str, prefix: int, index: int, via: str, metric: int) -> int:
    """RTM_NEWROUTE."""
    del actor
    body = _route_body(prefix, network, index, via, metric, 0 if via else 253)
    return _change(nl.NEWROUTE, body, nl.MAKE)


@performs("Delroute")
def delroute(actor: Actor, network: str, prefix: int, index: int, via: str) -> int:
    """RTM_DELROUTE, of any scope (RT_SCOPE_NOWHERE)."""
    del actor
    return _change(nl.DELROUTE, _route_body(prefix, network, index, via, 0, 255))
