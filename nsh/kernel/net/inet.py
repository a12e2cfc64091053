"""What tcp and udp share: names, ports, the way out (net/ipv4/af_inet.c)."""

from typing import Final

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.request import Failure
from nsh.kernel import ipv4
from nsh.kernel.net import filtering, ports, routing, sockets
from nsh.kernel.net.protocols import Protocol
from nsh.machine.ids import TaskId
from nsh.machine.net import SocketId
from nsh.machine.sockets import Inet, Socket, SocketState, UnixName
from nsh.machine.value import Transaction

_SIZE: Final = 16
"""Bytes of ``struct sockaddr_in``."""
_UN_PATH: Final = 2
"""Bytes of ``struct sockaddr_un`` before its path."""


class InetProtocol(Protocol):
    """The common part."""

    def conflict(self, one: Socket, other: Socket) -> bool:
        """Whether two sockets cannot have one port, that have it at hosts which overlap."""
        return not (one.reuse_port and other.reuse_port and one.uid == other.uid)

    def bind(
        self, tx: Transaction, caller: TaskId, key: SocketId, address: Inet | UnixName
    ) -> Failure | None:
        """bind(2)."""
        address = internet(address)
        return ports.bind(tx, caller, key, address, self.conflict)

    def peer_name(self, tx: Transaction, socket: Socket) -> Inet | UnixName:
        """ENOTCONN also once a tcp connection is over, and where no port is known of the peer
        (inet_getname)."""
        unconnected = (SocketState.CLOSE, SocketState.SYN_SENT, SocketState.LISTEN)
        remote = socket.remote
        if not isinstance(remote, Inet) or not remote.port or socket.state in unconnected:
            raise Errno.ENOTCONN("the socket is not connected to a port")
        return remote

    def shutdown(self, tx: Transaction, caller: TaskId, key: SocketId, how: int) -> Failure | None:
        """ENOTCONN where it is not connected, but the ends are shut all the same."""
        socket = tx.get(Socket, key)
        tx.put(key, replace(socket, shut=socket.shut | how))
        sockets.wake(tx, key)
        if socket.state is SocketState.CLOSE:
            return Failure(Errno.ENOTCONN, "the socket is not connected")
        return None


def internet(address: Inet | UnixName) -> Inet:
    """*address* of an Internet socket.  EINVAL where it is too short for one, EAFNOSUPPORT."""
    if isinstance(address, Inet):
        return address
    if _UN_PATH + unix_length(address) < _SIZE:
        raise Errno.EINVAL("the address is too short for one of the Internet")
    raise Errno.EAFNOSUPPORT("an Internet socket has a host and a port")


def unix_length(name: UnixName) -> int:
    """Bytes of ``sun_path``, with the NUL behind a path."""
    path = name.path.encode("utf-8", "surrogateescape")
    return len(path) + (path[:1] not in (b"", b"\0"))


def choose_port(tx: Transaction, caller: TaskId, key: SocketId) -> None:
    """A port for a socket that has none (inet_autobind).  EAGAIN where all are taken."""
    socket = tx.get(Socket, key)
    if not socket.port:
        host = socket.local.host if isinstance(socket.local, Inet) else ipv4.ANY
        if host == ipv4.ANY:
            host = filtering.allotted(tx, caller) or host
        port = ports.free(tx, socket)
        tx.put(key, replace(socket, local=Inet(host, port), port=port))
        ports.occupy(tx, key)


def outward(
    tx: Transaction, caller: TaskId, socket: Socket, host: str, *, connecting: bool = True
) -> tuple[str, str]:
    """Where a packet for *host* is sent, and from which address; *host* 0.0.0.0: to oneself.

    ENETUNREACH, EACCES for a broadcast, EPERM by the filter.  Who connects asks a second time, for
    a packet from the address that was found (ip_route_connect).
    """
    host = ipv4.text(ipv4.number(host))
    source = own(socket)
    target, way = routing.outward(tx, socket.net, host, source)
    filtering.check_target(tx, caller, target)
    if connecting and host == ipv4.ANY:
        routing.outward(tx, socket.net, target, way.source)
    if routing.broadcast(tx, socket.net, target):
        raise Errno.EACCES("the socket has no SO_BROADCAST")
    if source == ipv4.ANY:
        source = filtering.source(tx, caller, way.source or ipv4.ANY)
    return target, source


def own(socket: Socket) -> str:
    """The address that a socket sends from; 0.0.0.0: that of the route."""
    return socket.source or (socket.local.host if isinstance(socket.local, Inet) else ipv4.ANY)


def pointed(socket: Socket, source: str, port: int, remote: Inet) -> Socket:
    """*socket* as connect(2) leaves it where there are no connections: *source* is its host, or if
    it is bound to many, what it sends from (__ip4_datagram_connect)."""
    if socket.source:
        socket = replace(socket, source=source)
    else:
        socket = replace(socket, local=Inet(source, port))
    return replace(socket, remote=remote, state=SocketState.ESTABLISHED)


def refused(host: str, port: int) -> str:
    """Why a connection was refused, for people."""
    return f"nobody listens at {host}, port {port}"
