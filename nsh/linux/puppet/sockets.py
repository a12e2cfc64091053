"""Sockets (socket(2), unix(7), ip(7)); what can sleep is called with the program's own mask.

An address crosses as data: a tuple of one text (Unix) or of a host and a port (Internet).
"""

from __future__ import annotations

import ctypes
import os
import struct

from nsh.linux.puppet.files import _ours
from nsh.linux.puppet.gate import call
from nsh.linux.puppet.hosts import guard_network
from nsh.linux.puppet.packing import packed
from nsh.linux.puppet.table import Refusal, performs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

    from nsh.linux.puppet.actor import Actor

    Address = tuple[Any, ...]

_AF_UNIX: Final = 1
_AF_INET: Final = 2
_SOL_SOCKET: Final = 1
_SCM_RIGHTS: Final = 1
_SCM_CREDENTIALS: Final = 2
_SCM_PIDFD: Final = 4
_SO_PASSCRED: Final = 16
_SO_PASSPIDFD: Final = 76
_SO_PEERCRED: Final = 17
_SUN_PATH: Final = 108
_MOST: Final = 1 << 20
"""Bytes that one call receives at most."""
_ROOM: Final = 256


def _packed(address: Address) -> bytes:
    """``struct sockaddr``; a path that is too long is told as the kernel would (EINVAL)."""
    if len(address) == 1:
        path = os.fsencode(address[0])
        if path and not path.startswith(b"\0") and len(path) < _SUN_PATH:
            path += b"\0"
        return struct.pack("H", _AF_UNIX) + path
    host, port = address
    parts = [int(part) for part in str(host).split(".")]
    if len(parts) != 4 or not 0 <= port < 65536:
        raise OSError(22, "EINVAL")
    return struct.pack("H", _AF_INET) + struct.pack(">H", port) + bytes(parts) + bytes(8)


def _address(data: bytes) -> Address:
    """What a ``struct sockaddr`` says; () for none."""
    if len(data) < 2:
        return ()
    if struct.unpack_from("H", data)[0] == _AF_INET:
        return ".".join(map(str, data[4:8])), int.from_bytes(data[2:4], "big")
    path = data[2:]
    if path[:1] != b"\0":
        path = path.split(b"\0", 1)[0]
    return (os.fsdecode(path),)


@performs("Socket")
def socket(actor: Actor, family: int, type: int, protocol: int) -> int:  # the request's
    """socket(2)."""
    del actor
    fd = call("socket", family, type, protocol)
    if family == _AF_INET:
        try:
            guard_network(fd)
        except Refusal:
            call("close", fd)
            raise
    return fd


@performs("Socketpair")
def socketpair(actor: Actor, family: int, type: int, protocol: int) -> tuple[int, int]:
    """socketpair(2)."""
    del actor
    ends = (ctypes.c_int * 2)()
    call("socketpair", family, type, protocol, ends)
    return ends[0], ends[1]


@performs("Bind")
def bind(actor: Actor, fd: int, address: Address) -> int:
    """bind(2)."""
    _ours(actor, fd)
    data = _packed(address)
    return call("bind", fd, data, len(data))


@performs("Listen")
def listen(actor: Actor, fd: int, backlog: int) -> int:
    """listen(2)."""
    _ours(actor, fd)
    return call("listen", fd, backlog)


@performs("Accept")
def accept(actor: Actor, fd: int, flags: int) -> tuple[int, Address]:
    """accept4(2)."""
    _ours(actor, fd)
    buffer, size = ctypes.create_string_buffer(_ROOM), ctypes.c_uint32(_ROOM)
    new = call("accept4", fd, buffer, size, flags, mask=actor.mask)
    found = _address(buffer.raw[: size.value])
    return new, found


@performs("Connect")
def connect(actor: Actor, fd: int, address: Address | None) -> int:
    """connect(2); without an address AF_UNSPEC, which undoes it."""
    _ours(actor, fd)
    data = bytes(16) if address is None else _packed(address)
    return call("connect", fd, data, len(data), mask=actor.mask)


def _name(name: str, fd: int) -> Address:
    buffer, size = ctypes.create_string_buffer(_ROOM), ctypes.c_uint32(_ROOM)
    call(name, fd, buffer, size)
    return _address(buffer.raw[: size.value])


@performs("Getsockname")
def getsockname(actor: Actor, fd: int) -> Address:
    """getsockname(2)."""
    _ours(actor, fd)
    return _name("getsockname", fd)


@performs("Getpeername")
def getpeername(actor: Actor, fd: int) -> Address:
    """getpeername(2)."""
    _ours(actor, fd)
    return _name("getpeername", fd)


@performs("Shutdown")
def shutdown(actor: Actor, fd: int, how: int) -> int:
    """shutdown(2)."""
    _ours(actor, fd)
    return call("shutdown", fd, how)


@performs("Getsockopt")
def getsockopt(actor: Actor, fd: int, option: int) -> int | tuple[int, int, int]:
    """getsockopt(2); pid, uid and gid for SO_PEERCRED."""
    _ours(actor, fd)
    words, size = (ctypes.c_uint32 * 3)(), ctypes.c_uint32(12)
    call("getsockopt", fd, _SOL_SOCKET, option, words, size)
    return (words[0], words[1], words[2]) if option == _SO_PEERCRED else words[0]


@performs("Setsockopt")
def setsockopt(actor: Actor, fd: int, option: int, value: int) -> int:
    """setsockopt(2)."""
    _ours(actor, fd)
    return call("setsockopt", fd, _SOL_SOCKET, option, ctypes.c_int(value), 4)


def _control(kind: int, data: bytes) -> bytes:
    """One piece of ancillary data (cmsg(3))."""
    length = 16 + len(data)
    return struct.pack("QII", length, _SOL_SOCKET, kind) + data + bytes(-length % 8)


_IOV: Final = 56
"""Where the ``struct iovec`` stands: behind ``struct msghdr``."""


class _Header(ctypes.Structure):
    """``struct msghdr`` with one ``struct iovec`` behind it."""

    _fields_ = (
        ("name", ctypes.c_void_p),
        ("namelen", ctypes.c_uint64),
        ("iov", ctypes.c_void_p),
        ("iovlen", ctypes.c_uint64),
        ("control", ctypes.c_void_p),
        ("controllen", ctypes.c_uint64),
        ("flags", ctypes.c_int64),
        ("base", ctypes.c_void_p),
        ("length", ctypes.c_uint64),
    )

    def point(self, name: Any, data: Any, size: int, control: Any) -> None:
        """Point to buffers, which have to be kept as long as this."""
        self.name = ctypes.addressof(name) if len(name) else None
        self.namelen = len(name)
        self.iov = ctypes.addressof(self) + _IOV
        self.iovlen = 1
        self.base, self.length = ctypes.addressof(data), size
        self.control = ctypes.addressof(control) if len(control) else None
        self.controllen = len(control)


def _buffer(data: bytes) -> Any:
    return (ctypes.c_char * len(data)).from_buffer_copy(data) if data else (ctypes.c_char * 0)()


@performs("Sendmsg")
def sendmsg(
    actor: Actor,
    fd: int,
    data: bytes,
    address: Address | None,
    fds: tuple[int, ...],
    creds: tuple[int, ...],
    flags: int,
) -> int:
    """sendmsg(2)."""
    _ours(actor, fd)
    for passed in fds:
        _ours(actor, passed)
    control = _control(_SCM_RIGHTS, packed(f"{len(fds)}i", *fds)) if fds else b""
    if creds:
        control += _control(_SCM_CREDENTIALS, packed("iII", *creds))
    name, beside = _buffer(_packed(address) if address is not None else b""), _buffer(control)
    body = ctypes.create_string_buffer(data, max(1, len(data)))
    header = _Header()
    header.point(name, body, len(data), beside)
    return call("sendmsg", fd, header, flags, mask=actor.mask)


@performs("Recvmsg")
def recvmsg(actor: Actor, fd: int, size: int, flags: int, files: int) -> tuple[Any, ...]:
    """recvmsg(2): data, address (or None), descriptors, credentials, flags, a process's descriptor
    (or None)."""
    _ours(actor, fd)
    if size < 0:
        raise OSError(22, "EINVAL")
    size = min(size, _MOST)
    body = ctypes.create_string_buffer(max(1, size))
    name = ctypes.create_string_buffer(_ROOM)
    room = 16 + 4 * files if files else 0
    room += 32 if getsockopt_or(fd, _SO_PASSCRED) else 0
    room += 24 if getsockopt_or(fd, _SO_PASSPIDFD) else 0
    beside = (ctypes.c_char * room)()
    header = _Header()
    header.point(name, body, size, beside)
    got = call("recvmsg", fd, header, flags, mask=actor.mask)
    found: Address | None = _address(name.raw[: header.namelen]) or None
    fds, creds, pidfd = _beside(bytes(beside)[: header.controllen])
    told = header.flags & 0xFFFFFFFF & ~0x40000000
    return body.raw[: min(got, size)], found, fds, creds, told, pidfd


def getsockopt_or(fd: int, option: int) -> int:
    """An option's value; 0 where there is none."""
    word, size = ctypes.c_uint32(0), ctypes.c_uint32(4)
    try:
        call("getsockopt", fd, _SOL_SOCKET, option, word, size)
    except OSError:
        return 0
    return word.value


def _beside(control: bytes) -> tuple[tuple[int, ...], tuple[int, ...], int | None]:
    """The descriptors, the credentials and a process's descriptor in ancillary data."""
    fds: tuple[int, ...] = ()
    creds: tuple[int, ...] = ()
    pidfd = None
    start = 0
    while start + 16 <= len(control):
        length, level, kind = struct.unpack_from("QII", control, start)
        data = control[start + 16 : start + length]
        if level == _SOL_SOCKET and kind == _SCM_RIGHTS:
            fds += struct.unpack(f"{len(data) // 4}i", data[: len(data) // 4 * 4])
        elif level == _SOL_SOCKET and kind == _SCM_CREDENTIALS:
            creds = struct.unpack("iII", data[:12])
        elif level == _SOL_SOCKET and kind == _SCM_PIDFD:
            (pidfd,) = struct.unpack("i", data[:4])
        start += (length + 7) & ~7
    return fds, creds, pidfd
