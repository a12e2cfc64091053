"""Ports: who has one, who may, and which is chosen (net/ipv4/inet_connection_sock.c).

Each network namespace has ports of its own, of tcp and of udp.
"""

from collections.abc import Callable, Iterator
from typing import Final

from msgspec.structs import replace

from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno, KernelError
from nsh.abi.request import Failure
from nsh.abi.sockets import SocketType
from nsh.kernel import capabilities, ipv4
from nsh.kernel.net import credentials, filtering, routing
from nsh.machine.ids import NamespaceId, TaskId
from nsh.machine.net import Net, Sharing, SocketId
from nsh.machine.sockets import Inet, Socket, SocketState, UnixName
from nsh.machine.value import Transaction

Conflict = Callable[[Socket, Socket], bool]
_PORTS: Final = 65536


def _slot(protocol: int, port: int) -> int:
    return protocol << 16 | port


def holders(
    tx: Transaction, net: NamespaceId, protocol: int, port: int
) -> Iterator[tuple[SocketId, Socket]]:
    """The sockets that have a port, the oldest first; those whose time is over are gone."""
    for key in tx.get(Net, net).ports.get(_slot(protocol, port), ()):
        socket = tx.get(Socket, key)
        if not (socket.orphaned and socket.until <= tx.clock):
            yield key, socket


def bind(
    tx: Transaction, caller: TaskId, key: SocketId, wanted: Inet, conflict: Conflict
) -> Failure | None:
    """bind(2) to a host and a port.  EADDRNOTAVAIL, EACCES, EINVAL, EADDRINUSE, in this order; with
    the last, a host that a connection had left in its name is gone."""
    socket = tx.get(Socket, key)
    net = tx.get(Net, socket.net)
    host = filtering.host_to_bind(tx, caller, ipv4.text(ipv4.number(wanted.host)))
    if not 0 <= wanted.port < _PORTS:
        raise Errno.EINVAL(f"there is no port {wanted.port}")
    if not routing.bindable(tx, socket.net, host):
        raise Errno.EADDRNOTAVAIL(f"{host} is no address of a link here that is up")
    first = net.unprivileged_port
    privileged = capabilities.capable(tx, caller, net.owner, Cap.CAP_NET_BIND_SERVICE)
    if 0 < wanted.port < first and not privileged:
        raise Errno.EACCES(f"ports below {first} take CAP_NET_BIND_SERVICE")
    if socket.state is not SocketState.CLOSE or socket.port:
        raise Errno.EINVAL("the socket is bound")
    tx.put(key, replace(socket, me=credentials.effective(tx, caller)))
    try:
        claim(tx, key, Inet(host, wanted.port), conflict)
    except KernelError as error:
        tx.put(key, replace(socket, local=without_host(replace(socket, fixed=False))))
        return Failure(error.errno, error.reason)
    return None


def source_of(tx: Transaction, net: NamespaceId, host: str) -> str:
    """What a socket bound to *host* sends from: that is "", or where it is many, or nobody knows
    as there is no table to ask, what a route chooses (__inet_bind)."""
    many = host != ipv4.ANY and (not tx.get(Net, net).addressed or routing.many(tx, net, host))
    return ipv4.ANY if many else ""


def claim(tx: Transaction, key: SocketId, wanted: Inet, conflict: Conflict) -> None:
    """Take a port, or with 0 the first that is free.  EADDRINUSE."""
    socket = tx.get(Socket, key)
    port = wanted.port or free(tx, socket)
    locked, fixed = bool(wanted.port), wanted.host != ipv4.ANY
    local = Inet(wanted.host, port)
    source = source_of(tx, socket.net, wanted.host)
    socket = replace(socket, local=local, port=port, locked=locked, fixed=fixed, source=source)
    check(tx, key, socket, conflict)
    tx.put(key, socket)
    occupy(tx, key)
    if socket.type == SocketType.SOCK_STREAM:
        keep(tx, socket)


def keep(tx: Transaction, socket: Socket) -> None:
    """Remember of a tcp port whether who has it now is ready to share it, whatever its socket says
    later (inet_csk_update_fastreuse)."""
    net = tx.get(Net, socket.net)
    slot = _slot(socket.protocol, socket.port)
    if socket.reuse_port:
        if not _is_shared(tx, socket):
            assert isinstance(socket.local, Inet)
            shared = net.shared.set(slot, Sharing(socket.uid, socket.local.host))
            tx.put(socket.net, replace(net, shared=shared))
    elif slot in net.shared:
        tx.put(socket.net, replace(net, shared=net.shared.delete(slot)))


def sharing(tx: Transaction, socket: Socket) -> Sharing | None:
    """Who may have the port of *socket*, too, without another look."""
    return tx.get(Net, socket.net).shared.get(_slot(socket.protocol, socket.port))


def _is_shared(tx: Transaction, socket: Socket) -> bool:
    """Whether *socket* may have its port whoever else has it (sk_reuseport_match)."""
    shared = sharing(tx, socket)
    if shared is None or not socket.reuse_port or shared.uid != socket.uid:
        return False
    assert isinstance(socket.local, Inet)
    return shared.host in (ipv4.ANY, socket.local.host)


def check(tx: Transaction, key: SocketId, socket: Socket, conflict: Conflict) -> None:
    """EADDRINUSE if somebody has the port whom *socket* would come in the way of."""
    port = socket.port
    if _is_shared(tx, socket):
        return
    for other_key, other in holders(tx, socket.net, socket.protocol, port):
        if other_key != key and _overlap(socket, other) and conflict(socket, other):
            state = other.state.name.replace("_", "-")
            raise Errno.EADDRINUSE(f"port {port} is taken here, by a socket in {state}")


def _overlap(one: Socket, other: Socket) -> bool:
    assert isinstance(one.local, Inet)
    assert isinstance(other.local, Inet)
    hosts = {one.local.host, other.local.host}
    return len(hosts) == 1 or ipv4.ANY in hosts


def free(tx: Transaction, socket: Socket) -> int:
    """The lowest port of the local range that nobody has.  EADDRINUSE if there is none."""
    net = tx.get(Net, socket.net)
    low, high = net.local_ports
    for port in range(low, high + 1):
        if next(holders(tx, socket.net, socket.protocol, port), None) is None:
            return port
    raise Errno.EADDRINUSE(f"all ports from {low} to {high} are taken")


def occupy(tx: Transaction, key: SocketId) -> None:
    """Count the socket among those that have its port, as the last one."""
    socket = tx.get(Socket, key)
    net = tx.get(Net, socket.net)
    slot = _slot(socket.protocol, socket.port)
    holding = holders(tx, socket.net, *divmod(slot, _PORTS))
    live = tuple(each for each, _socket in holding if each != key)
    for each in net.ports.get(slot, ()):
        if each not in (key, *live):
            tx.drop(Socket, each)
    net = replace(net, ports=net.ports.set(slot, (*live, key)))
    tx.put(socket.net, net if live else _unshared(net, slot))


def leave(tx: Transaction, key: SocketId) -> None:
    """The socket has its port no more."""
    socket = tx.get(Socket, key)
    net = tx.find(Net, socket.net)
    slot = _slot(socket.protocol, socket.port)
    if net is None or key not in net.ports.get(slot, ()):
        return
    rest = tuple(each for each in net.ports[slot] if each != key)
    changed = net.ports.set(slot, rest) if rest else net.ports.delete(slot)
    net = replace(net, ports=changed)
    tx.put(socket.net, net if rest else _unshared(net, slot))
    tx.put(key, replace(socket, port=0))


def _unshared(net: Net, slot: int) -> Net:
    """*net* when nobody has a port, or had it before who has just come."""
    return replace(net, shared=net.shared.delete(slot)) if slot in net.shared else net


def without_host(socket: Socket) -> Inet | UnixName | None:
    """What its name is when it is disconnected: the host that a route chose is gone."""
    if isinstance(socket.local, Inet) and not socket.fixed:
        return Inet(ipv4.ANY, socket.local.port)
    return socket.local


def leave_unless_bound(tx: Transaction, key: SocketId) -> None:
    """A connection is over: a port that was chosen for it is free (inet_put_port)."""
    if not tx.get(Socket, key).locked:
        leave(tx, key)
