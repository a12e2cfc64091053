"""Requests about links, addresses and routes: one message of rtnetlink(7) each.

They act on the caller's network namespace.  Hosts and networks are text, ``10.0.0.1``; a link is
named by its index there.
"""

from enum import IntFlag

from nsh.abi.request import Request


class LinkFlag(IntFlag):
    """``ifi_flags`` (netdevice(7), include/uapi/linux/if.h)."""

    IFF_UP = 1
    IFF_BROADCAST = 2
    IFF_LOOPBACK = 8
    IFF_RUNNING = 64
    IFF_NOARP = 128
    IFF_MULTICAST = 4096
    IFF_LOWER_UP = 65536


class LinkInfo(Request, frozen=True, gc=False):
    """What is told of a link."""

    index: int
    name: str
    flags: int
    mtu: int
    mac: str
    state: str
    """IFLA_OPERSTATE: UP, DOWN, LOWERLAYERDOWN, UNKNOWN."""
    kind: str = ""
    """IFLA_INFO_KIND: ``veth``; "" for ``lo``."""
    other: int = 0
    """IFLA_LINK: the index of the other end, in its own namespace."""
    netnsid: int = -1
    """IFLA_LINK_NETNSID: the number of that namespace here; -1: it is the same one."""


class AddressInfo(Request, frozen=True, gc=False):
    """What is told of an address."""

    index: int
    host: str
    prefix: int
    scope: str
    """``global``, ``link`` or ``host``."""
    label: str = ""
    secondary: bool = False


class RouteInfo(Request, frozen=True, gc=False):
    """What is told of a route of the main table."""

    network: str
    """``0.0.0.0`` with prefix 0: the default route."""
    prefix: int
    index: int
    via: str = ""
    source: str = ""
    protocol: str = "boot"
    scope: str = "global"
    metric: int = 0
    dead: bool = False
    """RTNH_F_LINKDOWN."""


class Getlink(Request, frozen=True, gc=False):
    """RTM_GETLINK of all.  Replies a tuple of :class:`LinkInfo` by index."""


class Newlink(Request, frozen=True, gc=False):
    """RTM_NEWLINK: make a link of ``kind``; for veth with the other end ``peer``, in the namespace
    of ``peer_pid`` (0: here) or open as ``peer_fd`` (-1).

    Replies 0; EEXIST for a name in use, EINVAL, EOPNOTSUPP, EPERM, ESRCH.
    """

    name: str
    kind: str
    peer: str = ""
    peer_pid: int = 0
    peer_fd: int = -1


class Setlink(Request, frozen=True, gc=False):
    """RTM_NEWLINK for a link that is there: what is given is changed.

    ``up`` 1 or 0 (-1: as it is); ``pid``, ``fd``: the namespace to move it to, and ``name`` there.
    Replies 0; ENODEV, EBUSY, EEXIST, EINVAL, EPERM, ESRCH.
    """

    index: int
    up: int = -1
    name: str = ""
    mtu: int = 0
    pid: int = 0
    fd: int = -1


class Dellink(Request, frozen=True, gc=False):
    """RTM_DELLINK; the other end goes too.  Replies 0; ENODEV, EOPNOTSUPP, EPERM."""

    index: int


class Getaddr(Request, frozen=True, gc=False):
    """RTM_GETADDR.  Replies a tuple of :class:`AddressInfo` by link."""


class Newaddr(Request, frozen=True, gc=False):
    """RTM_NEWADDR.  Replies 0; EEXIST, EINVAL, ENODEV, EPERM."""

    index: int
    host: str
    prefix: int


class Deladdr(Request, frozen=True, gc=False):
    """RTM_DELADDR.  Replies 0; EADDRNOTAVAIL, ENODEV, EPERM."""

    index: int
    host: str
    prefix: int


class Getroute(Request, frozen=True, gc=False):
    """RTM_GETROUTE.  Replies a tuple of :class:`RouteInfo`: of all, or with ``to`` that one route
    which a packet there takes (its ``network`` is then that host); ENETUNREACH."""

    to: str = ""


class Newroute(Request, frozen=True, gc=False):
    """RTM_NEWROUTE; ``index`` 0: whatever ``via`` is reached over.

    Replies 0; EEXIST, EINVAL, ENETDOWN, ENETUNREACH, ENODEV, EPERM.
    """

    network: str
    prefix: int
    index: int = 0
    via: str = ""
    metric: int = 0


class Delroute(Request, frozen=True, gc=False):
    """RTM_DELROUTE.  Replies 0; ESRCH, EPERM."""

    network: str
    prefix: int
    index: int = 0
    via: str = ""
