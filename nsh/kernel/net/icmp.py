"""icmp(7): raw sockets, over which ping asks and is answered (raw(7), RFC 792)."""

from typing import Final

from msgspec.structs import replace

from nsh.abi.errno import Errno, KernelError
from nsh.abi.request import Failure
from nsh.abi.sockets import Family, SocketType
from nsh.kernel import ipv4
from nsh.kernel.net import inet, ports, routing, sockets
from nsh.kernel.net.inet import InetProtocol
from nsh.kernel.net.protocols import protocol
from nsh.kernel.net.sockets import Received, Receiving, Sending
from nsh.machine.ids import NamespaceId, TaskId
from nsh.machine.net import NO_SOCKET, SocketId
from nsh.machine.sockets import Inet, Packet, Socket, SocketState, UnixName
from nsh.machine.value import Transaction

ECHO_REPLY: Final = 0
ECHO: Final = 8
_HEADER: Final = 8
SENT: Final = b"\0\x40\0"
"""Type of service, flags and offset of what a program sends: not to be cut in pieces (DF)."""
REPLY: Final = b"\0\0\0"
"""Of what the kernel answers."""
ERROR: Final = b"\xc0\0\0"
"""Of what the kernel tells of an error."""
_ASKING: Final = (ECHO_REPLY, ECHO, *range(13, 19))
"""Types of messages that are no errors."""
_QUOTED: Final = 548
"""Bytes that an error tells of the packet that it is about."""
PROTOCOL: Final = 1
_PROBED: Final = 2
"""Bytes of a message that the kernel looks at before it finds a way (raw_probe_proto_opt)."""
_AS_A_HOST: Final = 14
"""So long is the path of a Unix address that is as long as one of the Internet."""
_OVERHEAD: Final = 576


def checksum(data: bytes) -> int:
    """The Internet checksum (RFC 1071)."""
    padded = data + b"\0" * (len(data) % 2)
    total = sum(int.from_bytes(padded[at : at + 2], "big") for at in range(0, len(padded), 2))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def message(kind: int, code: int, rest: bytes) -> bytes:
    """An ICMP message, its checksum filled in; *rest* is what stands behind that."""
    head = bytes((kind, code))
    return head + checksum(head + b"\0\0" + rest).to_bytes(2, "big") + rest


def _datagram(source: str, target: str, hops: int, data: bytes, kind: bytes = SENT) -> bytes:
    """*data* behind an IP header of a *kind*."""
    size = (20 + len(data)).to_bytes(2, "big")
    ends = b"".join(ipv4.number(host).to_bytes(4, "big") for host in (source, target))
    ttl = bytes((routing.HOPS - hops, PROTOCOL))
    head = b"\x45" + kind[:1] + size + b"\0\0" + kind[1:] + ttl + b"\0\0" + ends
    return head[:10] + checksum(head).to_bytes(2, "big") + head[12:] + data


@protocol(Family.AF_INET, SocketType.SOCK_RAW)
class Icmp(InetProtocol):
    """A raw socket of ICMP."""

    def bind(
        self, tx: Transaction, caller: TaskId, key: SocketId, address: Inet | UnixName
    ) -> Failure | None:
        """To a host.  Of another family's address it takes what is in the place of a host
        (raw_bind)."""
        if not isinstance(address, Inet) and inet.unix_length(address) >= _AS_A_HOST:
            told = address.path.encode("utf-8", "surrogateescape")[2:6]
            address = Inet(".".join(map(str, told)))
        address = inet.internet(address)
        socket = tx.get(Socket, key)
        if not routing.bindable(tx, socket.net, address.host):
            raise Errno.EADDRNOTAVAIL(f"{address.host} is no address of a link here that is up")
        local = Inet(address.host, own(socket).port)
        source = ports.source_of(tx, socket.net, address.host)
        tx.put(key, replace(socket, local=local, source=source))
        return None

    def connect(
        self,
        tx: Transaction,
        caller: TaskId,
        key: SocketId,
        address: Inet | UnixName | None,
        *,
        nonblock: bool,
    ) -> Failure | None:
        """Whom to send to, and receive of."""
        socket = tx.get(Socket, key)
        if address is None:
            state = SocketState.CLOSE
            tx.put(key, replace(socket, remote=None, local=Inet(), source="", state=state))
            return None
        address = inet.internet(address)
        host, source = inet.outward(tx, caller, socket, address.host)
        remote = Inet(host, address.port)
        tx.put(key, inet.pointed(socket, source, own(socket).port, remote))
        return None

    def name(self, tx: Transaction, socket: Socket) -> Inet:
        """getsockname(2)."""
        return own(socket)

    def send(self, tx: Transaction, caller: TaskId, key: SocketId, call: Sending) -> int | Failure:
        """EDESTADDRREQ, EFAULT for less than type and code, ENETUNREACH."""
        socket = tx.get(Socket, key)
        target = call.address or socket.remote
        if target is None:
            raise Errno.EDESTADDRREQ("the message has no address, and the socket no peer")
        target = inet.internet(target)
        if len(call.data) < _PROBED:
            raise Errno.EFAULT("type and code of the message are looked at, and are not there")
        host, source = inet.outward(tx, caller, socket, target.host, connecting=False)
        there = routing.send(tx, socket.net, source, host, inward=target.host == ipv4.ANY)
        if there.net is None:
            if there.loss is not None:
                _tell(tx, socket.net, source, host, there.loss, call.data)
            return len(call.data)
        if len(call.data) < _HEADER:  # which nobody is shown (icmp_filter)
            return len(call.data)
        _arrive(tx, there.net, source, host, there.hops, call.data)
        heard = not checksum(call.data) and not there.mute
        if call.data[0] == ECHO and heard:
            self._answer(tx, there.net, host, source, call.data)
        return len(call.data)

    def _answer(
        self, tx: Transaction, net: NamespaceId, here: str, back: str, asked: bytes
    ) -> None:
        """The kernel itself answers an echo request, whoever listens or does not."""
        try:
            there = routing.send(tx, net, here, back)
        except KernelError:
            return
        if there.net is not None:
            reply = message(ECHO_REPLY, asked[1], asked[4:])
            _arrive(tx, there.net, here, back, there.hops, reply, REPLY)

    def receive(
        self, tx: Transaction, caller: TaskId, key: SocketId, call: Receiving
    ) -> Received | Failure:
        """The next message with its IP header."""
        return sockets.datagram(tx, caller, key, call)


def _tell(
    tx: Transaction, net: NamespaceId, source: str, host: str, loss: routing.Loss, data: bytes
) -> None:
    """Tell *source* that its packet is lost, and how it began, unless that is an error itself
    (icmp_send)."""
    told = routing.notice(tx, net, source, loss)
    if told is not None and data[0] in _ASKING:
        quoted = _datagram(source, host, loss.hops, data)[:_QUOTED]
        error = message(*loss.why.value, b"\0\0\0\0" + quoted)
        _arrive(tx, net, told[0], source, told[1], error, ERROR)


def own(socket: Socket) -> Inet:
    """The name of a raw socket: there are no ports, and the protocol is told in the place of one,
    until it has been disconnected."""
    return socket.local if isinstance(socket.local, Inet) else Inet(ipv4.ANY, PROTOCOL)


def listed(socket: Socket) -> bool:
    """Whether a raw socket is found where messages arrive: not once it has been disconnected."""
    return own(socket).port != 0


def _arrive(
    tx: Transaction,
    net: NamespaceId,
    source: str,
    target: str,
    hops: int,
    data: bytes,
    kind: bytes = SENT,
) -> None:
    """Every raw socket there receives it that fits."""
    packet = _datagram(source, target, hops, data, kind)
    for number, socket in list(tx.items(Socket)):
        if (socket.net, socket.family, socket.protocol) != (net, Family.AF_INET, PROTOCOL):
            continue
        if not listed(socket):
            continue
        local, remote = socket.local, socket.remote
        fits = not isinstance(local, Inet) or local.host in (ipv4.ANY, target)
        of_peer = not isinstance(remote, Inet) or remote.host == source
        full = sum(each.room for each in socket.queue) > sockets.BUFFER
        if fits and of_peer and not full:
            room = len(packet) + _OVERHEAD
            sockets.put(tx, SocketId(number), Packet(packet, room, NO_SOCKET, Inet(source)))
