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
    Getpeername,
    Getsockname,
    Getsockopt,
    Listen,
    Message,
    MessageFlag,
    Recvmsg,
    Sendmsg,
    Setsockopt,
    Shutdown,
    Socket,
    SocketOption,
    Socketpair,
    SocketType,
    Ucred,
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
from nsh.userland.streams import decode, encode, write

FAMILIES: Final = {"unix": Family.AF_UNIX, "inet": Family.AF_INET}
TYPES: Final = {
    "stream": SocketType.SOCK_STREAM,
    "dgram": SocketType.SOCK_DGRAM,
    "seqpacket": SocketType.SOCK_SEQPACKET,
    "raw": SocketType.SOCK_RAW,
}
ENDS: Final = {"rd": SHUT_RD, "wr": SHUT_WR, "rdwr": SHUT_RDWR}
OPTIONS: Final = {each.name.removeprefix("SO_").lower(): each for each in SocketOption}
_TYPE: Final = required("TYPE", Kind.NAME)
_FD: Final = required("FD", Kind.FD)
_ADDRESS: Final = required("ADDRESS")
_GAP: Final = "performs the call, on the calling task's own descriptors"
_WRITTEN: Final = "ADDRESS is /path, @abstract or HOST:PORT"
_SEE: Final = ("socket", "nc", "ss", "ip")
_ROWS: Final = ("N6", "N5")
_NONBLOCK: Final = option("-n, --nonblock", "SOCK_NONBLOCK: calls on it do not wait")


def _chosen(word: str, known: Mapping[str, int], what: str) -> int:
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
    operands=(required("FAMILY", Kind.NAME), _TYPE),
    man="socket(2)",
    gap=f"{_GAP}; FAMILY is unix or inet; raw sockets are of ICMP",
    examples=("socket unix stream; bind 3 @here; listen 3; ss -xl",),
    see=("bind", "connect", "socketpair", "nc"),
    rows=_ROWS,
)
def socket(call: Invocation, given: Given) -> Running:
    """In the network namespace that the caller is in."""
    del call
    family = _chosen(given.operand(0), FAMILIES, "family")
    kind = _chosen(given.operand(1), TYPES, "type")
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
    gap=_GAP,
    examples=("socketpair stream; send 3 hello; recv 4",),
    see=_SEE,
    rows=_ROWS,
)
def socketpair(call: Invocation, given: Given) -> Running:
    """Of AF_UNIX: others are not made in pairs."""
    del call
    kind = _chosen(given.operand(0), TYPES, "type")
    one, other = yield Socketpair(int(Family.AF_UNIX), kind | _flags(given))
    yield from write(1, f"{one} {other}\n")
    return 0


@command(
    "bind",
    "give a socket a name",
    Topic.NETWORK,
    operands=(_FD, _ADDRESS),
    man="bind(2)",
    gap=f"{_GAP}; {_WRITTEN}; an empty one is chosen",
    examples=("socket inet dgram; bind 3 0.0.0.0:5353; getsockname 3",),
    see=("listen", "getsockname", *_SEE),
    rows=_ROWS,
)
def bind(call: Invocation, given: Given) -> Running:
    """EADDRINUSE, EADDRNOTAVAIL, EACCES, EINVAL."""
    del call
    yield Bind(_fd(given), socket_address(given.operand(1)))
    return 0


def _fd(given: Given, index: int = 0) -> int:
    return whole_number(given.operand(index), "descriptor")


@command(
    "listen",
    "let others connect to a socket",
    Topic.NETWORK,
    operands=(_FD, optional("BACKLOG", Kind.NUMBER)),
    man="listen(2)",
    gap=_GAP,
    examples=("socket inet stream; bind 3 :8080; listen 3; ss -tln",),
    see=("accept", *_SEE),
    rows=_ROWS,
)
def listen(call: Invocation, given: Given) -> Running:
    """BACKLOG connections, and one more, may wait."""
    del call
    backlog = whole_number(given.operand(1), "backlog") if len(given.operands) > 1 else SOMAXCONN
    yield Listen(_fd(given), backlog)
    return 0


@command(
    "accept",
    "take the oldest waiting connection; print its descriptor",
    Topic.NETWORK,
    options=(_NONBLOCK, option("-a, --address", "print where it comes from, too")),
    operands=(_FD,),
    man="accept(2)",
    gap=_GAP,
    examples=(
        "socket unix stream; bind 3 @s; listen 3; socket unix stream; connect 4 @s; accept 3",
    ),
    see=("listen", *_SEE),
    rows=_ROWS,
)
def accept(call: Invocation, given: Given) -> Running:
    """Waits until there is one."""
    del call
    found: Accepted = yield Accept(_fd(given), _flags(given))
    behind = f" {told(found.address)}" if given.has("address") else ""
    yield from write(1, f"{found.fd}{behind}\n")
    return 0


@command(
    "connect",
    "connect a socket to whoever has a name",
    Topic.NETWORK,
    options=(option("-u, --unspec", "undo it (AF_UNSPEC)"),),
    operands=(_FD, optional("ADDRESS")),
    man="connect(2)",
    gap=f"{_GAP}; {_WRITTEN}",
    examples=("socketpair dgram; connect -u 3; getsockname 3",),
    see=("accept", "getpeername", *_SEE),
    rows=_ROWS,
)
def connect(call: Invocation, given: Given) -> Running:
    """ECONNREFUSED, ENETUNREACH, ETIMEDOUT, …"""
    del call
    if given.has("unspec"):
        yield Connect(_fd(given), None)
        return 0
    if len(given.operands) < 2:
        raise UsageError("missing operand: ADDRESS")
    yield Connect(_fd(given), socket_address(given.operand(1)))
    return 0


@command(
    "send",
    "send TEXT over a socket, with descriptors and credentials",
    Topic.NETWORK,
    options=(
        option("-t, --to=ADDRESS", "to ADDRESS, over a datagram socket"),
        option("-f, --fd=FD", "with the open file FD (SCM_RIGHTS); may be repeated", Kind.FD),
        option("-c, --creds=PID,UID,GID", "claim to be that one (SCM_CREDENTIALS)"),
        option("-n, --nonblock", "do not wait for room"),
        option("-s, --nosignal", "no SIGPIPE"),
    ),
    operands=(_FD, optional("TEXT")),
    man="sendmsg(2)",
    gap=f"{_GAP}; {_WRITTEN}",
    examples=("socketpair dgram; send 3 hello -f 1; recv -f 1 4",),
    see=("recv", *_SEE),
    rows=_ROWS,
)
def send(call: Invocation, given: Given) -> Running:
    """No newline is added."""
    del call
    address = socket_address(given.get("to")) if given.has("to") else None
    fds = tuple(whole_number(each, "descriptor") for each in given.all("fd"))
    creds: tuple[int, ...] = ()
    if given.has("creds"):
        creds = tuple(whole_number(each) for each in given.get("creds").split(","))
        if len(creds) != 3:
            raise UsageError("credentials are PID,UID,GID")
    flags = MessageFlag.MSG_NOSIGNAL if given.has("nosignal") else 0
    flags |= MessageFlag.MSG_DONTWAIT if given.has("nonblock") else 0
    yield Sendmsg(_fd(given), encode(given.operand(1)), address, fds, creds, int(flags))
    return 0


@command(
    "recv",
    "receive from a socket: print data, and what came beside it",
    Topic.NETWORK,
    options=(
        option("-a, --address", "where it comes from, on a line of its own"),
        option("-f, --files=COUNT", "room for COUNT descriptors; a line with their numbers"),
        option("-c, --creds", "pid, uid and gid of the sender, if SO_PASSCRED is set"),
        option("-p, --peek", "leave it there"),
        option("-n, --nonblock", "do not wait"),
        option("-s, --size=SIZE", "at most SIZE bytes (65536)", Kind.NUMBER),
    ),
    operands=(_FD,),
    man="recvmsg(2)",
    gap=_GAP,
    examples=("socketpair seqpacket; setsockopt 4 passcred 1; send 3 hi; recv -c 4",),
    see=("send", *_SEE),
    rows=_ROWS,
)
def recv(call: Invocation, given: Given) -> Running:
    """Status 1 where nothing was received: the other end has finished."""
    del call
    flags = MessageFlag.MSG_PEEK if given.has("peek") else 0
    flags |= MessageFlag.MSG_DONTWAIT if given.has("nonblock") else 0
    room = whole_number(given.get("files", "0"), "count")
    size = whole_number(given.get("size", "65536"), "size")
    found: Message = yield Recvmsg(_fd(given), size, int(flags), room)
    lines = [decode(found.data)] if found.data else []
    if given.has("address"):
        lines.append(told(found.address))
    if given.has("files"):
        lines.append(" ".join(map(str, found.fds)) or "-")
    if given.has("creds"):
        lines.append(" ".join(map(str, found.creds)) or "-")
    yield from write(1, "".join(line + "\n" for line in lines))
    return 0 if found.data else 1


@command(
    "shutdown",
    "shut ends of a socket: rd, wr or rdwr",
    Topic.NETWORK,
    operands=(_FD, optional("HOW", Kind.NAME)),
    man="shutdown(2)",
    gap=f"{_GAP}; it shuts no machine down",
    examples=("socketpair stream; shutdown 3 wr; recv 4 || true",),
    see=_SEE,
    rows=_ROWS,
)
def shutdown(call: Invocation, given: Given) -> Running:
    """ENOTCONN, EINVAL."""
    del call
    yield Shutdown(_fd(given), _chosen(given.operand(1, "rdwr"), ENDS, "end"))
    return 0


@command(
    "getsockname",
    "print the name of a socket",
    Topic.NETWORK,
    operands=(_FD,),
    man="getsockname(2)",
    gap=_GAP,
    examples=("socket inet stream; listen 3; getsockname 3",),
    see=("getpeername", *_SEE),
    rows=_ROWS,
)
def getsockname(call: Invocation, given: Given) -> Running:
    """``-`` for a Unix socket without one."""
    del call
    name = yield Getsockname(_fd(given))
    yield from write(1, told(name) + "\n")
    return 0


@command(
    "getpeername",
    "print the name of whom a socket is connected to",
    Topic.NETWORK,
    operands=(_FD,),
    man="getpeername(2)",
    gap=_GAP,
    examples=("socketpair stream; getpeername 3",),
    see=("getsockname", *_SEE),
    rows=_ROWS,
)
def getpeername(call: Invocation, given: Given) -> Running:
    """ENOTCONN."""
    del call
    name = yield Getpeername(_fd(given))
    yield from write(1, told(name) + "\n")
    return 0


@command(
    "getsockopt",
    "print an option of a socket: peercred, error, passcred, …",
    Topic.NETWORK,
    operands=(_FD, required("NAME", Kind.NAME)),
    man="getsockopt(2)",
    gap=f"{_GAP}; of peercred it prints pid, uid and gid",
    examples=("socketpair stream; getsockopt 3 peercred",),
    see=("setsockopt", *_SEE),
    rows=_ROWS,
)
def getsockopt(call: Invocation, given: Given) -> Running:
    """At the level SOL_SOCKET."""
    del call
    found = yield Getsockopt(_fd(given), _chosen(given.operand(1), OPTIONS, "option"))
    if isinstance(found, Ucred):
        ids = (-1 if each == (1 << 32) - 1 else each for each in (found.uid, found.gid))
        found = " ".join(map(str, (found.pid, *ids)))
    yield from write(1, f"{found}\n")
    return 0


@command(
    "setsockopt",
    "set an option of a socket: reuseaddr, reuseport, passcred",
    Topic.NETWORK,
    operands=(_FD, required("NAME", Kind.NAME), required("VALUE", Kind.NUMBER)),
    man="setsockopt(2)",
    gap=_GAP,
    examples=("socketpair stream; setsockopt 3 passcred 1; getsockopt 3 passcred",),
    see=("getsockopt", *_SEE),
    rows=_ROWS,
)
def setsockopt(call: Invocation, given: Given) -> Running:
    """ENOPROTOOPT."""
    del call
    name = _chosen(given.operand(1), OPTIONS, "option")
    yield Setsockopt(_fd(given), name, whole_number(given.operand(2)))
    return 0
