"""Requests about sockets (socket(2), unix(7), ip(7), tcp(7), udp(7))."""

from enum import IntEnum, IntFlag
from typing import Final

from nsh.abi.request import Request
from nsh.machine.sockets import SocketAddress


class Family(IntEnum):
    """Address families."""

    AF_UNIX = 1
    AF_INET = 2


class SocketType(IntEnum):
    """Types of socket; SOCK_NONBLOCK and SOCK_CLOEXEC may be added."""

    SOCK_STREAM = 1
    SOCK_DGRAM = 2
    SOCK_RAW = 3
    SOCK_SEQPACKET = 5


SOCK_NONBLOCK: Final = 0o4000
SOCK_CLOEXEC: Final = 0o2000000
IPPROTO_ICMP: Final = 1
IPPROTO_TCP: Final = 6
IPPROTO_UDP: Final = 17
SOL_SOCKET: Final = 1
SOMAXCONN: Final = 4096
SCM_MAX_FD: Final = 253
SHUT_RD: Final = 0
SHUT_WR: Final = 1
SHUT_RDWR: Final = 2


class SocketOption(IntEnum):
    """Options at the level SOL_SOCKET that nsh has."""

    SO_REUSEADDR = 2
    SO_TYPE = 3
    SO_ERROR = 4
    SO_SNDBUF = 7
    SO_RCVBUF = 8
    SO_REUSEPORT = 15
    SO_PASSCRED = 16
    SO_PEERCRED = 17
    SO_ACCEPTCONN = 30
    SO_PROTOCOL = 38
    SO_DOMAIN = 39
    SO_PASSPIDFD = 76
    SO_PEERPIDFD = 77


class MessageFlag(IntFlag):
    """Flags of send(2) and recv(2)."""

    MSG_PEEK = 2
    MSG_CTRUNC = 8
    MSG_TRUNC = 0x20
    MSG_DONTWAIT = 0x40
    MSG_EOR = 0x80
    MSG_WAITALL = 0x100
    MSG_NOSIGNAL = 0x4000
    MSG_CMSG_CLOEXEC = 0x40000000


class Ucred(Request, frozen=True, gc=False):
    """``struct ucred``: a process as whoever asks knows it; pid 0: out of sight."""

    pid: int
    uid: int
    gid: int


class Socket(Request, frozen=True, gc=False):
    """socket(2).  Replies a descriptor.

    EAFNOSUPPORT, EINVAL, ESOCKTNOSUPPORT, EPROTONOSUPPORT, EPERM (raw sockets), EMFILE.
    """

    family: int
    type: int
    protocol: int = 0


class Socketpair(Request, frozen=True, gc=False):
    """socketpair(2).  Replies two descriptors; EOPNOTSUPP, and what :class:`Socket` fails with."""

    family: int
    type: int
    protocol: int = 0


class Bind(Request, frozen=True, gc=False):
    """bind(2); of an empty Unix address: choose an abstract one.

    Replies 0; EACCES, EADDRINUSE, EADDRNOTAVAIL, EINVAL, ENOENT, ….
    """

    fd: int
    address: SocketAddress


class Listen(Request, frozen=True, gc=False):
    """listen(2).  Replies 0; EADDRINUSE, EINVAL, EOPNOTSUPP."""

    fd: int
    backlog: int = SOMAXCONN


class Accepted(Request, frozen=True, gc=False):
    """What accept(2) gives."""

    fd: int
    address: SocketAddress


class Accept(Request, frozen=True, gc=False):
    """accept4(2).  Replies :class:`Accepted`; EAGAIN, EINVAL, EMFILE, EOPNOTSUPP."""

    fd: int
    flags: int = 0


class Connect(Request, frozen=True, gc=False):
    """connect(2); no ``address``: AF_UNSPEC, which undoes it.

    Replies 0; EACCES, EAGAIN, EALREADY, ECONNREFUSED, EHOSTUNREACH, EINPROGRESS, EISCONN,
    ENETUNREACH, ENOENT, EPROTOTYPE, ETIMEDOUT.
    """

    fd: int
    address: SocketAddress | None


class Getsockname(Request, frozen=True, gc=False):
    """getsockname(2).  Replies an address."""

    fd: int


class Getpeername(Request, frozen=True, gc=False):
    """getpeername(2).  Replies an address; ENOTCONN."""

    fd: int


class Sendmsg(Request, frozen=True, gc=False):
    """sendmsg(2), with open files (SCM_RIGHTS) and credentials (SCM_CREDENTIALS) beside the data.

    Replies how many bytes were taken; EAGAIN, EBADF, ECONNREFUSED, ECONNRESET, EDESTADDRREQ,
    EISCONN, EMSGSIZE, ENOTCONN, EPERM, EPIPE (and SIGPIPE), ….
    """

    fd: int
    data: bytes
    address: SocketAddress | None = None
    fds: tuple[int, ...] = ()
    creds: tuple[int, ...] = ()
    """pid, uid and gid to tell; (): the kernel tells the true ones, if it is asked to."""
    flags: int = 0


class Message(Request, frozen=True, gc=False):
    """What recvmsg(2) gives."""

    data: bytes
    address: SocketAddress | None = None
    fds: tuple[int, ...] = ()
    creds: tuple[int, ...] = ()
    """pid, uid and gid of who has sent it, if SO_PASSCRED is set."""
    flags: int = 0
    """MSG_TRUNC, MSG_CTRUNC, MSG_EOR."""
    pidfd: int | None = None
    """A descriptor of the process that has sent it, if SO_PASSPIDFD is set (SCM_PIDFD); below 0:
    minus the errno for which there is none."""


class Recvmsg(Request, frozen=True, gc=False):
    """recvmsg(2) with room for ``files`` descriptors, and with SO_PASSPIDFD for that of a process,
    where open files that came find room as well.  Replies a :class:`Message`.

    EAGAIN, ECONNREFUSED, ECONNRESET, EINVAL, ENOTCONN.
    """

    fd: int
    size: int = 65536
    flags: int = 0
    files: int = 0


class Shutdown(Request, frozen=True, gc=False):
    """shutdown(2).  Replies 0; EINVAL, ENOTCONN."""

    fd: int
    how: int = SHUT_RDWR


class Getsockopt(Request, frozen=True, gc=False):
    """getsockopt(2) at the level SOL_SOCKET.  Replies a number, a descriptor, or a :class:`Ucred`;
    EMFILE, ENODATA, ENOPROTOOPT."""

    fd: int
    option: int


class Setsockopt(Request, frozen=True, gc=False):
    """setsockopt(2) at the level SOL_SOCKET with a number.  Replies 0; ENOPROTOOPT."""

    fd: int
    option: int
    value: int
