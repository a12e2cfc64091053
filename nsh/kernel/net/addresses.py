"""rtnetlink(7) about addresses (net/ipv4/devinet.c)."""

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.net import AddressInfo, Deladdr, Getaddr, Newaddr
from nsh.kernel import interfaces, ipv4
from nsh.kernel.dispatch import handles
from nsh.kernel.net import tcp_connecting
from nsh.kernel.net.rtnetlink import admin, link_at
from nsh.kernel.netns import of
from nsh.machine.ids import NamespaceId, TaskId
from nsh.machine.net import Link, LinkId, Net
from nsh.machine.value import Transaction


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
    """A second one of a subnet is secondary, and 0.0.0.0 none (__inet_insert_ifa)."""
    here, net = of(tx, caller)
    admin(tx, caller, here, "adding an address")
    if not 0 <= request.prefix <= ipv4.BITS:
        raise Errno.EINVAL(f"a prefix has 0 to {ipv4.BITS} bits")
    host = ipv4.text(ipv4.number(request.host))
    key = link_at(tx, net, request.index)
    link = tx.get(Link, key)
    if not interfaces.has_ip(link):
        raise Errno.ENOBUFS(f"there is no IP on {link.name}: its mtu is {link.mtu}")
    if host == ipv4.ANY:
        return 0
    addresses = interfaces.with_address(tx, link, host, request.prefix)
    if addresses == link.addresses:
        raise Errno.EEXIST(f"{link.name} has the address {host}/{request.prefix}")
    tx.put(key, replace(link, addresses=addresses))
    interfaces.need_tables(tx, here, addressed=True)
    tcp_connecting.retry(tx)
    return 0


@handles(Deladdr)
def deladdr(tx: Transaction, caller: TaskId, request: Deladdr) -> int:
    """With a primary address go its secondary ones (promote_secondaries is off)."""
    here, net = of(tx, caller)
    admin(tx, caller, here, "removing an address")
    host = ipv4.text(ipv4.number(request.host))
    key = link_at(tx, net, request.index)
    link = tx.get(Link, key)
    if not interfaces.has_ip(link):
        raise Errno.ENODEV(f"there is no IP on {link.name}: its mtu is {link.mtu}")
    gone = [each for each in link.addresses if (each.host, each.prefix) == (host, request.prefix)]
    if not gone:
        raise Errno.EADDRNOTAVAIL(f"{link.name} has no address {host}/{request.prefix}")
    if not gone[0].secondary:
        gone += [
            each for each in interfaces.of_subnet(link, host, request.prefix) if each.secondary
        ]
    rest = tuple(each for each in link.addresses if each not in gone)
    tx.put(key, replace(link, addresses=rest))
    if not rest:
        _drop_routes(tx, here, key)
    return 0


def _drop_routes(tx: Transaction, net: NamespaceId, link: LinkId) -> None:
    """Routes over a link that has no address any more go with the last one (fib_disable_ip)."""
    record = tx.get(Net, net)
    rest = tuple(route for route in record.routes if route.link != link)
    tx.put(net, replace(record, routes=rest))
