"""Links as such: made, moved between namespaces, joined and destroyed (net/core/dev.c, veth(4))."""

from collections.abc import Iterator
from itertools import count
from typing import Final

from immutables import Map
from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.kernel import ipv4
from nsh.machine.ids import NamespaceId
from nsh.machine.net import LOOPBACK, NO_LINK, VETH, Address, Link, LinkId, Net
from nsh.machine.value import Transaction

IFNAMSIZ: Final = 16
LEAST_MTU: Final = 68
"""With less there is no IP on a link (IPV4_MIN_MTU)."""
_MTU: Final = {LOOPBACK: 65536, VETH: 1500}
_NUMBERS: Final = 32768
"""So many links may be told from each other by numbers in their names."""
_NO_LINKS: Map[int, LinkId] = Map()
_NO_NAMES: Map[str, LinkId] = Map()
_NO_MAC: Final = "00:00:00:00:00:00"


def valid_name(tx: Transaction, net: NamespaceId, name: str) -> str:
    """What a link of *net* is called that is to be called *name*: ``%d`` in it stands for the
    lowest number that is free (dev_get_valid_name).  EEXIST, EINVAL, ENFILE, ERANGE."""
    check_length(name)
    if not name or name in (".", ".."):
        raise Errno.EINVAL(f"a link's name has 1 to {IFNAMSIZ - 1} bytes")
    if any(each in "/:" or each.isspace() for each in name):
        raise Errno.EINVAL(f"{name!r} is no name for a link")
    if "%" in name:
        return _numbered(tx, net, name)
    check_free(tx, net, name)
    return name


def _numbered(tx: Transaction, net: NamespaceId, name: str) -> str:
    """The first of a numbered kind of names (__dev_alloc_name)."""
    if name.count("%") > 1 or "%d" not in name:
        raise Errno.EINVAL(f"the one % in a link's name stands before a d, unlike in {name!r}")
    for number in range(_NUMBERS):
        found = name.replace("%d", str(number))[: IFNAMSIZ - 1]
        if named(tx, net, found) is None:
            return found
    raise Errno.ENFILE(f"all links from {name.replace('%d', '0')} on are there")


def check_length(name: str) -> None:
    """ERANGE for a name that no attribute of a message is long enough for."""
    if len(name.encode("utf-8", "surrogateescape")) >= IFNAMSIZ:
        raise Errno.ERANGE(f"a link's name has at most {IFNAMSIZ - 1} bytes")


def check_free(tx: Transaction, net: NamespaceId, name: str) -> None:
    """EEXIST for the name of another link of *net*."""
    if named(tx, net, name) is not None:
        raise Errno.EEXIST(f"this network namespace has a link {name}")


def named(tx: Transaction, net: NamespaceId, name: str) -> LinkId | None:
    """The link of *net* that is called *name*."""
    return tx.get(Net, net).by_name.get(name)


def make(
    tx: Transaction, net: NamespaceId, name: str, peer: LinkId = NO_LINK, index: int = 0
) -> LinkId:
    """A new end of a link between two, which is down, with the *index* if that is free."""
    key = tx.new(LinkId)
    _register(tx, net, key, Link(net, index, name, VETH, _mac(key), _MTU[VETH], peer=peer))
    return key


def with_loopback(
    tx: Transaction, net: NamespaceId, inum: int, owner: NamespaceId, creator: int = -1
) -> Net:
    """The record of the new namespace *net*, with its loopback, which is down."""
    key = tx.new(LinkId)
    tx.put(key, Link(net, 1, "lo", LOOPBACK, _NO_MAC, _MTU[LOOPBACK]))
    links, names = _NO_LINKS.set(1, key), _NO_NAMES.set("lo", key)
    return Net(1, inum, owner, links, names, 1, creator=creator)


def _mac(key: LinkId) -> str:
    """An address that no other link has: locally administered, the rest its number."""
    return ":".join(f"{byte:02x}" for byte in b"\x02" + (key & (1 << 40) - 1).to_bytes(5, "big"))


def _register(tx: Transaction, net: NamespaceId, key: LinkId, link: Link) -> None:
    """Give the link an index there: its own if that is free, else the next (dev_index_reserve)."""
    record = tx.get(Net, net)
    index, last = link.index, record.last_index
    if not index or index in record.links:
        index = last = next(n for n in count(last + 1) if n not in record.links)
    links, names = record.links.set(index, key), record.by_name.set(link.name, key)
    tx.put(net, replace(record, links=links, by_name=names, last_index=last))
    tx.put(key, replace(link, net=net, index=index))


def tell(tx: Transaction, key: LinkId) -> int:
    """What the namespace of a link calls that of its other end, from the first time on that
    somebody is told of the link; -1: they are in the same (rtnl_fill_link_netnsid)."""
    link = tx.get(Link, key)
    other = tx.find(Link, link.peer)
    if other is None or other.net == link.net:
        return -1
    return _number(tx, link.net, other.net)


def _number(tx: Transaction, here: NamespaceId, there: NamespaceId) -> int:
    """What *here* calls *there* (peernet2id_alloc)."""
    net = tx.get(Net, here)
    number = net.ids.get(there)
    if number is None:
        taken = set(net.ids.values())
        number = next(n for n in range(len(taken) + 1) if n not in taken)
        tx.put(here, replace(net, ids=net.ids.set(there, number)))
    return number


def unregister(tx: Transaction, key: LinkId) -> None:
    """Take the link out of its namespace, with its routes."""
    link = tx.get(Link, key)
    net = tx.get(Net, link.net)
    routes = tuple(route for route in net.routes if route.link != key)
    links, names = net.links.delete(link.index), net.by_name.delete(link.name)
    tx.put(link.net, replace(net, links=links, by_name=names, routes=routes))


def rename(tx: Transaction, key: LinkId, name: str) -> None:
    """Give a link another name.  EEXIST, EINVAL, ERANGE."""
    link = tx.get(Link, key)
    if name == link.name:
        return
    name = valid_name(tx, link.net, name)
    net = tx.get(Net, link.net)
    tx.put(link.net, replace(net, by_name=net.by_name.delete(link.name).set(name, key)))
    tx.put(key, replace(link, name=name, addresses=tuple(_relabelled(link, name))))


def _relabelled(link: Link, name: str) -> Iterator[Address]:
    """Labels go with the name, numbered from the second on (inetdev_changename)."""
    for number, address in enumerate(link.addresses, 1):
        colon = address.label.find(":")
        tail = address.label[colon:] if colon >= 0 else f":{number}"
        label = name if number == 1 else name[: IFNAMSIZ - 1 - len(tail)] + tail
        yield replace(address, label=label)


def move(tx: Transaction, key: LinkId, target: NamespaceId, name: str) -> None:
    """Move a link: it arrives down and without addresses (dev_change_net_namespace).

    *name* is what it is called there if its own name is taken: EEXIST without one, or if that is
    taken too.
    """
    link = tx.get(Link, key)
    if target == link.net:
        return
    if link.kind == LOOPBACK:
        raise Errno.EINVAL(f"{link.name} stays in its network namespace")
    if named(tx, target, link.name) is None:
        name = link.name
    _number(tx, link.net, target)
    name = valid_name(tx, target, name or link.name)
    unregister(tx, key)
    link = replace(tx.get(Link, key), up=False, addresses=(), name=name)
    _register(tx, target, key, link)
    tell(tx, key)


def destroy(tx: Transaction, key: LinkId) -> None:
    """The link is gone, and so is the other end of a pair."""
    for each in (key, tx.get(Link, key).peer):
        link = tx.find(Link, each)
        if link is None:
            continue
        if tx.find(Net, link.net) is not None:
            unregister(tx, each)
        tx.drop(Link, each)


def forget_namespace(tx: Transaction, key: NamespaceId, gone: NamespaceId) -> None:
    """The number of a namespace that has ended is free again."""
    net = tx.find(Net, key)
    if net is not None and gone in net.ids:
        tx.put(key, replace(net, ids=net.ids.delete(gone)))


def carrier(tx: Transaction, link: Link) -> bool:
    """Whether what is sent there goes anywhere: a veth's other end is up (veth_open)."""
    if link.kind != VETH:
        return link.up
    return link.up and tx.get(Link, link.peer).up


def need_tables(tx: Transaction, key: NamespaceId, *, addressed: bool) -> None:
    """There is something to route by, from now on; *addressed*: and to tell what is local by
    (fib_new_table)."""
    net = tx.get(Net, key)
    if not net.tables or (addressed and not net.addressed):
        tx.put(key, replace(net, tables=True, addressed=addressed or net.addressed))


def has_ip(link: Link) -> bool:
    """Whether there is IP on a link: its mtu decides (inetdev_valid_mtu)."""
    return link.mtu >= LEAST_MTU


def around(address: Address, host: str) -> bool:
    """Whether *host* is in the subnet of *address*."""
    return ipv4.inside(host, ipv4.network(address.host, address.prefix), address.prefix)


def of_subnet(link: Link, host: str, prefix: int) -> list[Address]:
    """The addresses of *link* that are of the subnet of *host*."""
    return [each for each in link.addresses if each.prefix == prefix and around(each, host)]


def with_address(tx: Transaction, link: Link, host: str, prefix: int) -> tuple[Address, ...]:
    """The addresses of *link* with one more, if it has not got that; a second one of a subnet is
    secondary (__inet_insert_ifa)."""
    same = of_subnet(link, host, prefix)
    if any(each.host == host for each in same):
        return link.addresses
    turn = next_turn(tx, link.net)
    added = Address(host, prefix, link.name, bool(same), link.up, tx.fresh(), turn)
    return tuple(sorted((*link.addresses, added), key=_place))


def next_turn(tx: Transaction, net: NamespaceId) -> int:
    """What routes to subnets that are made now come after (fib_magic)."""
    links = (tx.get(Link, key) for key in tx.get(Net, net).links.values())
    return 1 + max((address.since for link in links for address in link.addresses), default=0)


def _place(address: Address) -> tuple[bool, bool]:
    """Primary addresses by scope, that of the host first; then the secondary ones."""
    return address.secondary, address.secondary or not ipv4.is_loopback(address.host)
