"""What the files in ``/proc/PID/net`` say (proc_pid_net(5), net/*/proc.c)."""

from collections.abc import Callable, Iterator
from typing import Final, TypeVar

from msgspec.structs import replace

from nsh.kernel import idmaps, ipv4
from nsh.kernel.net import icmp, routing
from nsh.machine.net import Link, Net, NetFile
from nsh.machine.sockets import Inet, Socket, SocketState, UnixName
from nsh.machine.value import Transaction

Content = Callable[[Transaction, NetFile], str]
C = TypeVar("C", bound=Content)

CONTENTS: Final[dict[str, Content]] = {}
"""By name; called with the view of who reads it."""
_UNIX: Final = 1
_INET: Final = 2
_UDP: Final = 17
_TCP: Final = 6
_STAGES: Final = {(True, True): 3, (True, False): 1, (False, True): 2, (False, False): 4}
"""``enum socket_state``: by whether somebody has the socket, and whether it is connected."""
_ACCEPTS: Final = 0x10000
_ROUTE_UP, _ROUTE_GATEWAY, _ROUTE_HOST = 1, 2, 4


def net_file(name: str) -> Callable[[C], C]:
    """Register the content of ``/proc/PID/net/NAME``."""

    def register(content: C) -> C:
        CONTENTS[name] = content
        return content

    return register


@net_file("dev")
def dev(tx: Transaction, view: NetFile) -> str:
    """A line for each link; nothing is counted."""
    lines = [
        "Inter-|   Receive                                                |  Transmit",
        " face |bytes    packets errs drop fifo frame compressed multicast|"
        "bytes    packets errs drop fifo colls carrier compressed",
    ]
    zeros = f"{0:8d} {0:7d} {0:4d} {0:4d} {0:4d} {0:5d} {0:10d} {0:9d} "
    zeros += f"{0:8d} {0:7d} {0:4d} {0:4d} {0:4d} {0:5d} {0:7d} {0:10d}"
    for _index, key in sorted(tx.get(Net, view.namespace).links.items()):
        lines.append(f"{tx.get(Link, key).name:>6}: {zeros.removeprefix(' ')}")
    return "".join(line + "\n" for line in lines)


def _hex(host: str) -> str:
    """An address as these files have it: in the machine's byte order."""
    return f"{int.from_bytes(ipv4.number(host).to_bytes(4, 'big'), 'little'):08X}"


@net_file("route")
def route(tx: Transaction, view: NetFile) -> str:
    """The main table; the header comes with the first address or route that there ever was."""
    lines = []
    for way in routing.ways(tx, view.namespace):
        flags = _ROUTE_UP
        flags |= _ROUTE_GATEWAY if way.gateway else 0
        flags |= _ROUTE_HOST if way.prefix == ipv4.BITS else 0
        name = tx.get(Link, way.link).name
        gateway, mask = _hex(way.gateway or ipv4.ANY), _hex(ipv4.text(ipv4.mask(way.prefix)))
        fields = (name, _hex(way.network), gateway, f"{flags:04X}", 0, 0, way.metric, mask, 0, 0, 0)
        lines.append("\t".join(map(str, fields)))
    if not tx.get(Net, view.namespace).tables:
        return ""
    head = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT"
    return "".join(f"{line:<127}\n" for line in (head, *lines))


def _sockets(
    tx: Transaction, view: NetFile, family: int, protocol: int
) -> Iterator[tuple[int, Socket]]:
    for key, socket in tx.items(Socket):
        over = socket.orphaned and socket.until <= tx.clock
        mine = socket.net == view.namespace and not over
        if mine and (socket.family, socket.protocol) == (family, protocol):
            yield key, socket


def _end(name: Inet | UnixName | None) -> str:
    found = name if isinstance(name, Inet) else Inet()
    return f"{_hex(found.host)}:{found.port:04X}"


def _ends(socket: Socket) -> str:
    return f"{_end(socket.local)} {_end(socket.remote)}"


def _inet(tx: Transaction, view: NetFile, number: str, key: int, ends: str) -> str:
    socket = tx.get(Socket, key)
    sent = 0 if socket.state is SocketState.LISTEN else socket.used
    received = sum(len(packet.data) for packet in socket.queue)
    if socket.state is SocketState.LISTEN:
        received = len(socket.waiting)
    inode = key if socket.file else 0
    references = 2 if socket.file else 1
    queues = f"{sent:08X}:{received:08X} 00:00000000 00000000"
    uid = idmaps.uid_inside(tx, view.users, socket.uid)
    owner = f"{uid:5d}        0 {inode} {references} {0:016x}"
    return f"{number}: {ends} {int(socket.state):02X} {queues} {owner}"


_RAW: Final = (
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid"
    "  timeout inode ref pointer drops"
)


@net_file("tcp")
def tcp(tx: Transaction, view: NetFile) -> str:
    """Sockets of tcp that listen, then those that are connected; one that is only bound is not
    told of."""
    head = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid"
    lines = [head + "  timeout inode"]
    closed = SocketState.CLOSE
    found = [row for row in _sockets(tx, view, _INET, _TCP) if row[1].state is not closed]
    found.sort(key=lambda row: row[1].state is not SocketState.LISTEN)
    for number, (key, socket) in enumerate(found):
        tail = " 100 0 0 10 0" if socket.state is SocketState.LISTEN else " 20 4 30 10 -1"
        lines.append(_inet(tx, view, f"{number:4d}", key, _ends(socket)) + tail)
    return "".join(f"{line:<149}\n" for line in lines)


@net_file("udp")
def udp(tx: Transaction, view: NetFile) -> str:
    """Sockets of udp that have a port."""
    head = "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid"
    lines = [head + "  timeout inode ref pointer drops"]
    found = [row for row in _sockets(tx, view, _INET, _UDP) if row[1].port]
    for number, (key, socket) in enumerate(found):
        lines.append(_inet(tx, view, f"{number:5d}", key, _ends(socket)) + " 0")
    return "".join(f"{line:<127}\n" for line in lines)


@net_file("raw")
def raw(tx: Transaction, view: NetFile) -> str:
    """Raw sockets, the newest first: in the place of a port their protocol, and of the peer its
    host alone."""
    lines = [_RAW]
    for key, socket in reversed(list(_sockets(tx, view, _INET, icmp.PROTOCOL))):
        if icmp.listed(socket):
            remote = replace(socket.remote, port=0) if isinstance(socket.remote, Inet) else None
            ends = f"{_end(icmp.own(socket))} {_end(remote)}"
            lines.append(_inet(tx, view, f"{icmp.PROTOCOL:4d}", key, ends) + " 0")
    return "".join(f"{line}\n" for line in lines)


@net_file("icmp")
def no_icmp(tx: Transaction, view: NetFile) -> str:
    """Sockets that only ping: there are none (``net.ipv4.ping_group_range`` allows them to no
    group)."""
    del tx, view
    return f"{_RAW:<127}\n"


@net_file("unix")
def unix(tx: Transaction, view: NetFile) -> str:
    """Unix sockets, whoever has them; one that nobody has accepted has no inode."""
    lines = ["Num       RefCount Protocol Flags    Type St Inode Path"]
    for key, socket in _sockets(tx, view, _UNIX, 0):
        listens = socket.state is SocketState.LISTEN
        connected = socket.state is SocketState.ESTABLISHED
        stage = _STAGES[bool(socket.file), connected]
        references = 3 if connected and socket.peer else 2
        flags = _ACCEPTS if listens else 0
        inode = key if socket.file else 0
        fields = f"{references:08X} {0:08X} {flags:08X} {socket.type:04X} {stage:02X} {inode:5d}"
        name = socket.local.path if isinstance(socket.local, UnixName) else ""
        shown = f" {name.replace(chr(0), '@')}" if name else ""
        lines.append(f"{key:016x}: {fields}{shown}")
    return "".join(line + "\n" for line in lines)
