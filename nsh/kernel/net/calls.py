"""The calls about sockets: arguments, descriptors and flags; the rest is each protocol's."""

from typing import Final

from msgspec.structs import replace

from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno
from nsh.abi.files import OpenFlag
from nsh.abi.request import Failure
from nsh.abi.sockets import (
    IPPROTO_ICMP,
    IPPROTO_TCP,
    IPPROTO_UDP,
    SHUT_RD,
    SHUT_RDWR,
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
    Setsockopt,
    Shutdown,
    SocketOption,
    Socketpair,
    SocketType,
    Ucred,
)
from nsh.abi.sockets import Socket as SocketRequest
from nsh.kernel import capabilities, contexts
from nsh.kernel.dispatch import handles
from nsh.kernel.fs.descriptors import install, lowest_free, open_file
from nsh.kernel.net import credentials, protocols, sockets
from nsh.machine.ids import TaskId
from nsh.machine.net import Net, SocketId
from nsh.machine.sockets import Socket, SocketAddress, SocketState, UnixName
from nsh.machine.value import Transaction

_ADDED: Final = SOCK_NONBLOCK | SOCK_CLOEXEC
_TYPES: Final = 11
"""SOCK_MAX."""
_PROTOCOLS: Final = {
    (Family.AF_INET, SocketType.SOCK_STREAM): IPPROTO_TCP,
    (Family.AF_INET, SocketType.SOCK_DGRAM): IPPROTO_UDP,
    (Family.AF_INET, SocketType.SOCK_RAW): IPPROTO_ICMP,
}
_UNIX: Final = (SocketType.SOCK_STREAM, SocketType.SOCK_DGRAM, SocketType.SOCK_SEQPACKET)


def _new(tx: Transaction, caller: TaskId, family: int, flags: int, number: int) -> Socket:
    """A socket as asked for (sock_create).  EAFNOSUPPORT, EINVAL, EPERM, EPROTONOSUPPORT, …"""
    kind = flags & ~_ADDED
    if not 0 <= kind < _TYPES:
        raise Errno.EINVAL(f"there is no type of socket {kind}")
    if family == Family.AF_UNIX:
        if number not in (0, Family.AF_UNIX):
            raise Errno.EPROTONOSUPPORT("Unix sockets have no protocols")
        if kind == SocketType.SOCK_RAW:
            kind = SocketType.SOCK_DGRAM
        if kind not in _UNIX:
            raise Errno.ESOCKTNOSUPPORT(f"there are no Unix sockets of type {kind}")
        return sockets.of_caller(tx, caller, family, kind, 0)
    if family != Family.AF_INET:
        raise Errno.EAFNOSUPPORT(f"this machine has no sockets of family {family}")
    wanted = next((_PROTOCOLS[key] for key in _PROTOCOLS if key[1] == kind), None)
    if wanted is None:
        raise Errno.ESOCKTNOSUPPORT(f"there are no Internet sockets of type {kind}")
    if kind == SocketType.SOCK_RAW:
        if number != IPPROTO_ICMP:
            raise Errno.EPROTONOSUPPORT("a raw socket is one of ICMP here")
        owner = tx.get(Net, contexts.namespace(tx, caller, "net")).owner
        capabilities.need(tx, caller, owner, Cap.CAP_NET_RAW, "a raw socket")
    elif kind == SocketType.SOCK_DGRAM and number == IPPROTO_ICMP:
        raise Errno.EACCES("net.ipv4.ping_group_range lets nobody have such a socket")
    elif number not in (0, wanted):
        raise Errno.EPROTONOSUPPORT(f"protocol {number} is not one of that type")
    made = sockets.of_caller(tx, caller, family, kind, wanted)
    return replace(made, reuse=kind == SocketType.SOCK_RAW)  # INET_PROTOSW_REUSE


def _install(tx: Transaction, caller: TaskId, record: Socket, flags: int) -> tuple[int, int]:
    key = sockets.make(tx, record)
    status = OpenFlag.O_RDWR | (flags & SOCK_NONBLOCK)
    file = sockets.open_as_file(tx, key, int(status))
    return key, install(tx, caller, file, cloexec=bool(flags & SOCK_CLOEXEC))


def check_kind(family: int, kind: int, number: int) -> None:
    """EINVAL for what no socket is that has been made."""
    known = (family, kind) in _PROTOCOLS or (family == Family.AF_UNIX and kind in _UNIX)
    if not known or number != _PROTOCOLS.get((Family(family), SocketType(kind)), 0):
        raise Errno.EINVAL(f"there are no sockets of family {family}, type {kind} and {number}")


@handles(SocketRequest)
def socket(tx: Transaction, caller: TaskId, request: SocketRequest) -> int:
    """socket(2)."""
    record = _new(tx, caller, request.family, request.type, request.protocol)
    return _install(tx, caller, record, request.type)[1]


@handles(Socketpair)
def socketpair(tx: Transaction, caller: TaskId, request: Socketpair) -> tuple[int, int]:
    """socketpair(2)."""
    record = _new(tx, caller, request.family, request.type, request.protocol)
    if request.family != Family.AF_UNIX:
        raise Errno.ENOTSUP("there are pairs of Unix sockets only")
    one, first = _install(tx, caller, record, request.type)
    other, second = _install(tx, caller, record, request.type)
    protocols.of(record).pair(tx, caller, SocketId(one), SocketId(other))
    return first, second


def check_family(record: Socket, address: SocketAddress) -> None:
    """Whether *address* is one for a Unix socket (unix_validate_addr); those of the Internet look
    for themselves, each at its time.  EINVAL."""
    if record.family == Family.AF_UNIX and not isinstance(address, UnixName):
        raise Errno.EINVAL("a Unix socket has a path, or an abstract name")


@handles(Bind)
def bind(tx: Transaction, caller: TaskId, request: Bind) -> int | Failure:
    """bind(2)."""
    key, _file = sockets.of_file(tx, caller, request.fd)
    record = tx.get(Socket, key)
    check_family(record, request.address)
    failed = protocols.of(record).bind(tx, caller, key, request.address)
    return 0 if failed is None else failed


@handles(Listen)
def listen(tx: Transaction, caller: TaskId, request: Listen) -> int:
    """listen(2)."""
    key, _file = sockets.of_file(tx, caller, request.fd)
    backlog = request.backlog if 0 <= request.backlog <= SOMAXCONN else SOMAXCONN
    protocols.of(tx.get(Socket, key)).listen(tx, caller, key, backlog)
    return 0


@handles(Accept)
def accept(tx: Transaction, caller: TaskId, request: Accept) -> Accepted:
    """accept4(2)."""
    open_file(tx, caller, request.fd)
    if request.flags & ~_ADDED:
        raise Errno.EINVAL("accept takes SOCK_NONBLOCK and SOCK_CLOEXEC")
    key, file = sockets.of_file(tx, caller, request.fd)
    lowest_free(contexts.files(tx, caller))
    operations = protocols.of(tx.get(Socket, key))
    nonblock = bool(file.flags & OpenFlag.O_NONBLOCK)
    new = operations.accept(tx, caller, key, nonblock=nonblock)
    status = OpenFlag.O_RDWR | (request.flags & SOCK_NONBLOCK)
    tx.put(new, sockets.owned(tx, caller, tx.get(Socket, new)))
    opened = sockets.open_as_file(tx, new, int(status))
    fd = install(tx, caller, opened, cloexec=bool(request.flags & SOCK_CLOEXEC))
    return Accepted(fd, operations.peer_name(tx, tx.get(Socket, new)))


@handles(Connect)
def connect(tx: Transaction, caller: TaskId, request: Connect) -> int | Failure:
    """connect(2)."""
    key, file = sockets.of_file(tx, caller, request.fd)
    record = tx.get(Socket, key)
    if request.address is not None:
        check_family(record, request.address)
    nonblock = bool(file.flags & OpenFlag.O_NONBLOCK)
    operations = protocols.of(record)
    try:
        failed = operations.connect(tx, caller, key, request.address, nonblock=nonblock)
    except sockets.SocketError as error:
        return error.failure
    return 0 if failed is None else failed


@handles(Getsockname)
def getsockname(tx: Transaction, caller: TaskId, request: Getsockname) -> SocketAddress:
    """getsockname(2)."""
    key, _file = sockets.of_file(tx, caller, request.fd)
    record = tx.get(Socket, key)
    return protocols.of(record).name(tx, record)


@handles(Getpeername)
def getpeername(tx: Transaction, caller: TaskId, request: Getpeername) -> SocketAddress:
    """getpeername(2)."""
    key, _file = sockets.of_file(tx, caller, request.fd)
    record = tx.get(Socket, key)
    return protocols.of(record).peer_name(tx, record)


@handles(Shutdown)
def shutdown(tx: Transaction, caller: TaskId, request: Shutdown) -> int | Failure:
    """shutdown(2)."""
    key, _file = sockets.of_file(tx, caller, request.fd)
    if not SHUT_RD <= request.how <= SHUT_RDWR:
        raise Errno.EINVAL("how is SHUT_RD (0), SHUT_WR (1) or SHUT_RDWR (2)")
    operations = protocols.of(tx.get(Socket, key))
    failed = operations.shutdown(tx, caller, key, request.how + 1)
    return 0 if failed is None else failed


def _check_unix(record: Socket) -> None:
    if record.family != Family.AF_UNIX:
        raise Errno.ENOTSUP("credentials are passed over Unix sockets")


@handles(Getsockopt)
def getsockopt(tx: Transaction, caller: TaskId, request: Getsockopt) -> int | Ucred:
    """getsockopt(2)."""
    key, _file = sockets.of_file(tx, caller, request.fd)
    found = tx.get(Socket, key)
    match request.option:
        case SocketOption.SO_REUSEADDR:
            return int(found.reuse)
        case SocketOption.SO_REUSEPORT:
            return int(found.reuse_port)
        case SocketOption.SO_TYPE:
            return found.type
        case SocketOption.SO_PROTOCOL:
            return found.protocol
        case SocketOption.SO_DOMAIN:
            return found.family
        case SocketOption.SO_SNDBUF | SocketOption.SO_RCVBUF:
            return sockets.BUFFER
        case SocketOption.SO_ERROR:
            return protocols.of(found).set_error(tx, key)
        case SocketOption.SO_PASSCRED:
            _check_unix(found)
            return int(found.passcred)
        case SocketOption.SO_PASSPIDFD:
            _check_unix(found)
            return int(found.passpidfd)
        case SocketOption.SO_ACCEPTCONN:
            return int(found.state is SocketState.LISTEN)
        case SocketOption.SO_PEERCRED:
            return credentials.of_peer(tx, caller, found.them)
        case SocketOption.SO_PEERPIDFD:
            return credentials.opened(tx, caller, found.them)
    raise Errno.ENOPROTOOPT(f"there is no option {request.option}")


@handles(Setsockopt)
def setsockopt(tx: Transaction, caller: TaskId, request: Setsockopt) -> int:
    """setsockopt(2)."""
    key, _file = sockets.of_file(tx, caller, request.fd)
    found = tx.get(Socket, key)
    on = bool(request.value)
    match request.option:
        case SocketOption.SO_REUSEADDR:
            found = replace(found, reuse=on)
        case SocketOption.SO_REUSEPORT:
            if on and found.family != Family.AF_INET:
                raise Errno.ENOTSUP("Unix sockets share no names")
            found = replace(found, reuse_port=on)
        case SocketOption.SO_PASSCRED:
            _check_unix(found)
            found = replace(found, passcred=on)
        case SocketOption.SO_PASSPIDFD:
            _check_unix(found)
            found = replace(found, passpidfd=on)
        case _:
            raise Errno.ENOPROTOOPT(f"option {request.option} cannot be set")
    tx.put(key, found)
    return 0
