"""The calls about sockets, one command each, on the acting task's own descriptors."""

from collections.abc import Mapping
from typing import Final

from nsh.abi.invocation import Invocation, Running
from nsh.abi.sockets import (
    IPPROTO_ICMP,
    SHUT_RD,
    SHUT_RDWR,
    SHUT_WR,
    SOCK_CLOEXEC,
    SOCK_NONBLOCK,
    SOMAXCONN,
    Accept,
    Accepted,
    Bind,
    Connect,
    Family,
    Listen,
    Shutdown,
    Socket,
    Socketpair,
    SocketType,
)
from nsh.userland.addresses import socket_address, told
from nsh.userland.options import (
    Given,
    Kind,
    UsageError,
    option,
    optional,
    required,
    whole_number,
)
from nsh.userland.registry import Topic, command
from nsh.userland.streams import write

FAMILIES: Final = {"unix": Family.AF_UNIX, "inet": Family.AF_INET}
TYPES: Final = {
    "stream": SocketType.SOCK_STREAM,
    "dgram": SocketType.SOCK_DGRAM,
    "seqpacket": SocketType.SOCK_SEQPACKET,
    "raw": SocketType.SOCK_RAW,
}
ENDS: Final = {"rd": SHUT_RD, "wr": SHUT_WR, "rdwr": SHUT_RDWR}
_TYPE: Final = required("TYPE", Kind.NAME, choices=TYPES.keys())
FD: Final = required("FD", Kind.FD)
_ADDRESS: Final = required("ADDRESS")
GAP: Final = "performs the call, on the calling task's own descriptors"
WRITTEN: Final = "ADDRESS is /path, @abstract or HOST:PORT"
SEE: Final = ("socket", "nc", "ss", "ip")
ROWS: Final = ("N6", "N5")
_NONBLOCK: Final = option("-n, --nonblock", "SOCK_NONBLOCK: calls on it do not wait")


def chosen(word: str, known: Mapping[str, int], what: str) -> int:
    """The number that *word* stands for; :class:`UsageError`."""
    if word not in known:
        raise UsageError(f"unknown {what}: {word} (there are {', '.join(known)})")
    return int(known[word])


def _flags(given: Given) -> int:
    flags = SOCK_NONBLOCK if given.has("nonblock") else 0
    return flags | (SOCK_CLOEXEC if given.has("cloexec") else 0)


@command(
    "socket",
    "make a socket; print its descriptor",
    Topic.NETWORK,
    options=(_NONBLOCK, option("-c, --cloexec", "SOCK_CLOEXEC: closed by execve")),
    operands=(required("FAMILY", Kind.NAME, choices=FAMILIES.keys()), _TYPE),
    man="socket(2)",
    gap=f"{GAP}; FAMILY is unix or inet; raw sockets are of ICMP",
    examples=("socket unix stream; bind 3 @here; listen 3; ss -xl",),
    see=("bind", "connect", "socketpair", "nc"),
    rows=ROWS,
)
def socket(call: Invocation, given: Given) -> Running:
    """In the network namespace that the caller is in."""
    del call
    family = chosen(given.operand(0), FAMILIES, "family")
    kind = chosen(given.operand(1), TYPES, "type")
    number = IPPROTO_ICMP if kind == SocketType.SOCK_RAW else 0
    fd = yield Socket(family, kind | _flags(given), number)
    yield from write(1, f"{fd}\n")
    return 0


@command(
    "socketpair",
    "make two connected Unix sockets; print their descriptors",
    Topic.NETWORK,
    options=(_NONBLOCK,),
    operands=(_TYPE,),
    man="socketpair(2)",
    gap=GAP,
    examples=("socketpair stream; send 3 hello; recv 4",),
    see=SEE,
    rows=ROWS,
)
def socketpair(call: Invocation, given: Given) -> Running:
    """Of AF_UNIX: others are not made in pairs."""
    del call
    kind = chosen(given.operand(0), TYPES, "type")
    one, other = yield Socketpair(int(Family.AF_UNIX), kind | _flags(given))
    yield from write(1, f"{one} {other}\n")
    return 0


@command(
    "bind",
    "give a socket a name",
    Topic.NETWORK,
    operands=(FD, _ADDRESS),
    man="bind(2)",
    gap=f"{GAP}; {WRITTEN}; an empty one is chosen",
    examples=("socket inet dgram; bind 3 0.0.0.0:5353; getsockname 3",),
    see=("listen", "getsockname", *SEE),
    rows=ROWS,
)
def bind(call: Invocation, given: Given) -> Running:
    """EADDRINUSE, EADDRNOTAVAIL, EACCES, EINVAL."""
    del call
    yield Bind(fd_of(given), socket_address(given.operand(1)))
    return 0


def fd_of(given: Given, index: int = 0) -> int:
    """The descriptor that an operand names."""
    return whole_number(given.operand(index), "descriptor")


@command(
    "listen",
    "let others connect to a socket",
    Topic.NETWORK,
    operands=(FD, optional("BACKLOG", Kind.NUMBER)),
    man="listen(2)",
    gap=GAP,
    examples=("socket inet stream; bind 3 :8080; listen 3; ss -tln",),
    see=("accept", *SEE),
    rows=ROWS,
)
def listen(call: Invocation, given: Given) -> Running:
    """BACKLOG connections, and one more, may wait."""
    del call
    backlog = whole_number(given.operand(1), "backlog") if len(given.operands) > 1 else SOMAXCONN
    yield Listen(fd_of(given), backlog)
    return 0


@command(
    "accept",
    "take the oldest waiting connection; print its descriptor",
    Topic.NETWORK,
    options=(_NONBLOCK, option("-a, --address", "print where it comes from, too")),
    operands=(FD,),
    man="accept(2)",
    gap=GAP,
    examples=(
        "socket unix stream; bind 3 @s; listen 3; socket unix stream; connect 4 @s; accept 3",
    ),
    see=("listen", *SEE),
    rows=ROWS,
)
def accept(call: Invocation, given: Given) -> Running:
    """Waits until there is one."""
    del call
    found: Accepted = yield Accept(fd_of(given), _flags(given))
    behind = f" {told(found.address)}" if given.has("address") else ""
    yield from write(1, f"{found.fd}{behind}\n")
    return 0


@command(
    "connect",
    "connect a socket to whoever has a name",
    Topic.NETWORK,
    options=(option("-u, --unspec", "undo it (AF_UNSPEC)"),),
    operands=(FD, optional("ADDRESS")),
    man="connect(2)",
    gap=f"{GAP}; {WRITTEN}",
    examples=("socketpair dgram; connect -u 3; getsockname 3",),
    see=("accept", "getpeername", *SEE),
    rows=ROWS,
)
def connect(call: Invocation, given: Given) -> Running:
    """ECONNREFUSED, ENETUNREACH, ETIMEDOUT, …"""
    del call
    if given.has("unspec"):
        yield Connect(fd_of(given), None)
        return 0
    if len(given.operands) < 2:
        raise UsageError("missing operand: ADDRESS")
    yield Connect(fd_of(given), socket_address(given.operand(1)))
    return 0


@command(
    "shutdown",
    "shut ends of a socket: rd, wr or rdwr",
    Topic.NETWORK,
    operands=(FD, optional("HOW", Kind.NAME, choices=ENDS.keys())),
    man="shutdown(2)",
    gap=f"{GAP}; it shuts no machine down",
    examples=("socketpair stream; shutdown 3 wr; recv 4 || true",),
    see=SEE,
    rows=ROWS,
)
def shutdown(call: Invocation, given: Given) -> Running:
    """ENOTCONN, EINVAL."""
    del call
    yield Shutdown(fd_of(given), chosen(given.operand(1, "rdwr"), ENDS, "end"))
    return 0
