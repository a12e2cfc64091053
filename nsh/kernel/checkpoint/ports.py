"""The ports of Internet sockets: who took one first goes on being the first (C4, N6)."""

import msgspec
from msgspec.structs import replace

from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno
from nsh.abi.sockets import SocketType
from nsh.kernel import capabilities, ipv4
from nsh.kernel.checkpoint import ownership, peers
from nsh.kernel.checkpoint.state import Dump, Restart
from nsh.kernel.net import ports, protocols, routing, tcp_connecting
from nsh.kernel.net.inet import InetProtocol
from nsh.machine.ids import NamespaceId
from nsh.machine.net import Net, SocketId
from nsh.machine.sockets import Inet, Socket, SocketState
from nsh.machine.value import Transaction


class Shared(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Who may have a tcp port, too: whoever is this user, at that host or any (SO_REUSEPORT)."""

    host: str
    uid: int = 0


def shared(dump: Dump, users: NamespaceId, key: SocketId) -> Shared | None:
    """How the port of a socket is shared; the first who took it tells."""
    socket = dump.tx.get(Socket, key)
    found = ports.sharing(dump.tx, socket)
    if not socket.port or found is None or turn(dump.tx, key):
        return None
    return Shared(found.host, ownership.uid(dump, users, found.uid))


def occupy(restart: Restart, key: SocketId, users: NamespaceId, sharing: Shared | None) -> None:
    """Have a socket take its port, as shared as it was.  EINVAL, EPERM."""
    tx = restart.tx
    ports.occupy(tx, key)
    if sharing is not None:
        host = ipv4.text(ipv4.number(sharing.host))
        uid = peers.uid_of(restart, users, sharing.uid)
        socket = tx.get(Socket, key)
        ports.keep(tx, replace(socket, local=Inet(host, socket.port), uid=uid, reuse_port=True))


def turn(tx: Transaction, key: SocketId) -> int:
    """How many took its port before a socket did."""
    socket = tx.get(Socket, key)
    if not socket.port:
        return 0
    holders = ports.holders(tx, socket.net, socket.protocol, socket.port)
    return next((turn for turn, (each, _record) in enumerate(holders) if each == key), 0)


def check(restart: Restart, key: SocketId) -> None:
    """Whether an Internet socket can have its port and hosts in the network namespace of who
    restarts it.

    EADDRINUSE, EADDRNOTAVAIL, EACCES, EPERM.  What a killed container has left of the connection
    that goes on gives way.
    """
    tx = restart.tx
    socket = tx.get(Socket, key)
    net = tx.get(Net, socket.net)
    if socket.type == SocketType.SOCK_RAW:
        capabilities.need(tx, restart.caller, net.owner, Cap.CAP_NET_RAW, "a raw socket")
    local = socket.local.host if isinstance(socket.local, Inet) else ipv4.ANY
    for host in (local, socket.source or ipv4.ANY):
        if not routing.bindable(tx, socket.net, host):
            raise Errno.EADDRNOTAVAIL(f"local: {host} is no address of a link here that is up")
    if not socket.port:
        return
    if socket.port < net.unprivileged_port and not capabilities.capable(
        tx, restart.caller, net.owner, Cap.CAP_NET_BIND_SERVICE
    ):
        raise Errno.EACCES(f"port: {socket.port} takes CAP_NET_BIND_SERVICE")
    operations = protocols.of(socket)
    assert isinstance(operations, InetProtocol)
    ports.check(tx, key, socket, lambda one, other: _conflict(operations, one, other))
    live = socket.type == SocketType.SOCK_STREAM and socket.state is not SocketState.CLOSE
    if live and isinstance(socket.remote, Inet):
        assert isinstance(socket.local, Inet)
        tcp_connecting.check_alone(tx, socket, socket.local, socket.remote)


def _conflict(operations: InetProtocol, one: Socket, other: Socket) -> bool:
    """What is left of a connection stands in nobody's way: it may be that of who was killed."""
    left = other.orphaned and other.state in tcp_connecting.LEFT
    return not left and operations.conflict(one, other)
