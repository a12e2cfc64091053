"""udp(7): datagrams to an address, as far as one leads there."""

from typing import Final

from msgspec.structs import replace

from nsh.abi.errno import Errno, KernelError
from nsh.abi.request import Failure
from nsh.abi.signals import PollCode
from nsh.abi.sockets import Family, SocketType
from nsh.kernel import ipv4
from nsh.kernel.net import inet, ports, routing, sockets
from nsh.kernel.net.inet import InetProtocol
from nsh.kernel.net.protocols import protocol
from nsh.kernel.net.sockets import SEND_SHUTDOWN, Received, Receiving, Sending
from nsh.machine.ids import NamespaceId, TaskId
from nsh.machine.net import NO_SOCKET, SocketId
from nsh.machine.sockets import Inet, Packet, Socket, SocketState, UnixName
from nsh.machine.value import Transaction

LONGEST: Final = 65507
_OVERHEAD: Final = 576
"""What a datagram takes of a receiver's buffer beyond its data."""


@protocol(Family.AF_INET, SocketType.SOCK_DGRAM)
class Udp(InetProtocol):
    """A udp socket."""

    def conflict(self, one: Socket, other: Socket) -> bool:
        """SO_REUSEADDR of both lets them share; the last one receives."""
        return not (one.reuse and other.reuse) and super().conflict(one, other)

    def connect(
        self,
        tx: Transaction,
        caller: TaskId,
        key: SocketId,
        address: Inet | UnixName | None,
        *,
        nonblock: bool,
    ) -> Failure | None:
        """Choose whom to send to, and receive of; or nobody again."""
        if address is None:
            self._disconnect(tx, key)
            return None
        inet.choose_port(tx, caller, key)
        socket = tx.get(Socket, key)
        try:
            address = inet.internet(address)
            host, source = inet.outward(tx, caller, socket, address.host)
        except KernelError as error:
            return Failure(error.errno, error.reason)  # the port stays chosen
        tx.put(key, inet.pointed(socket, source, socket.port, Inet(host, address.port)))
        ports.occupy(tx, key)  # with another host it is the first to be found (udp_lib_rehash)
        return None

    def _disconnect(self, tx: Transaction, key: SocketId) -> None:
        """Only what bind(2) has said is left of its name (__udp_disconnect)."""
        socket = tx.get(Socket, key)
        local = ports.without_host(socket)
        tx.put(key, replace(socket, remote=None, local=local, state=SocketState.CLOSE))
        if socket.locked and not socket.fixed:
            ports.occupy(tx, key)
        elif not socket.locked:
            ports.leave(tx, key)
            assert not isinstance(local, UnixName)
            name = None if local is None else Inet(local.host)
            tx.put(key, replace(tx.get(Socket, key), local=name))

    def send(self, tx: Transaction, caller: TaskId, key: SocketId, call: Sending) -> int | Failure:
        """It has a port first of all; then EDESTADDRREQ, EINVAL, EMSGSIZE, ENETUNREACH, …"""
        inet.choose_port(tx, caller, key)
        return sockets.standing(lambda: self._send(tx, caller, key, call))

    def _send(self, tx: Transaction, caller: TaskId, key: SocketId, call: Sending) -> int | Failure:
        socket = tx.get(Socket, key)
        size = len(call.data)
        if size > LONGEST:
            raise Errno.EMSGSIZE(f"a datagram has at most {LONGEST} bytes")
        target = call.address or socket.remote
        if target is None:
            raise Errno.EDESTADDRREQ("the datagram has no address, and the socket no peer")
        target = inet.internet(target)
        if call.address is not None and not target.port:
            raise Errno.EINVAL("port 0 is nobody's")
        host, source = inet.outward(tx, caller, socket, target.host, connecting=False)
        sockets.raise_error(tx, key)
        if socket.shut & SEND_SHUTDOWN:
            return Failure(Errno.EPIPE, "the end to send is shut")
        there = routing.send(tx, socket.net, source, host, inward=target.host == ipv4.ANY)
        if there.net is not None:
            sender = Inet(source, socket.port)
            self._arrive(tx, key, there, sender, Inet(host, target.port), call.data)
        return size

    def _arrive(
        self,
        tx: Transaction,
        key: SocketId,
        there: routing.Arrival,
        sender: Inet,
        target: Inet,
        data: bytes,
    ) -> None:
        """Everybody receives what is for everybody, else the one who fits best."""
        net, number = there.net, tx.get(Socket, key).protocol
        assert net is not None
        found = receivers(tx, net, sender, target, number)
        if not routing.many(tx, net, target.host):
            found = found[-1:]
        if not (found or there.mute):
            self._unreachable(tx, key, net, sender, target)
        for each in found:
            room = len(data) + _OVERHEAD
            if sum(packet.room for packet in tx.get(Socket, each).queue) <= sockets.BUFFER:
                sockets.put(tx, each, Packet(data, room, NO_SOCKET, sender))

    def _unreachable(
        self, tx: Transaction, key: SocketId, net: NamespaceId, sender: Inet, target: Inet
    ) -> None:
        """ICMP says that nobody has the port; who is connected there is told."""
        socket = tx.get(Socket, key)
        home = socket.net
        if socket.remote == target and routing.finds(tx, net, target.host, sender.host, home):
            tx.put(key, replace(socket, error=int(Errno.ECONNREFUSED)))
            sockets.news(tx, key, PollCode.POLL_ERR)

    def receive(
        self, tx: Transaction, caller: TaskId, key: SocketId, call: Receiving
    ) -> Received | Failure:
        """The next datagram."""
        return sockets.datagram(tx, caller, key, call)

    def release(self, tx: Transaction, key: SocketId) -> None:
        """Its port is free."""
        ports.leave(tx, key)
        sockets.drop(tx, key)


def receivers(
    tx: Transaction, net: NamespaceId, sender: Inet, target: Inet, number: int
) -> list[SocketId]:
    """The sockets that fit, the best at the end, the last among equals (udp4_lib_lookup2)."""
    scores: dict[SocketId, int] = {}
    for key, socket in ports.holders(tx, net, number, target.port):
        assert isinstance(socket.local, Inet)
        if socket.local.host not in (ipv4.ANY, target.host):
            continue
        if socket.remote is not None and socket.remote != sender:
            continue
        scores[key] = (socket.local.host == target.host) + 2 * (socket.remote is not None)
    return sorted(scores, key=lambda key: scores[key])
