"""Messages of rtnetlink(7), packed and taken apart: links, addresses and routes of IPv4."""

from __future__ import annotations

import struct
from _socket import AF_NETLINK, SOCK_CLOEXEC, SOCK_RAW, socket

from nsh.linux.puppet import packing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Final

AF_INET: Final = 2
NEWLINK, DELLINK, GETLINK = 16, 17, 18
NEWADDR, DELADDR, GETADDR = 20, 21, 22
NEWROUTE, DELROUTE, GETROUTE = 24, 25, 26
REQUEST: Final = 1
ACK: Final = 4
DUMP: Final = 0x300
MAKE: Final = 0x600
"""NLM_F_CREATE | NLM_F_EXCL."""
_ERROR: Final = 2
_DONE: Final = 3
_MULTI: Final = 2
_SIZE: Final = 1 << 16

Attributes = dict[int, bytes]


class Netlink:
    """A conversation with the kernel, about the caller's network namespace."""

    def __init__(self) -> None:
        self._socket = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0)
        self._number = 0

    @property
    def fd(self) -> int:
        """The socket's descriptor."""
        return self._socket.fileno()

    def close(self) -> None:
        """End it."""
        self._socket.close()

    def ask(self, kind: int, flags: int, body: bytes) -> list[bytes]:
        """The messages' bodies in answer to one message.  ``OSError``."""
        self._number += 1
        head = struct.pack("IHHII", 16 + len(body), kind, flags | REQUEST, self._number, 0)
        self._socket.send(head + body)
        found: list[bytes] = []
        while True:
            data = self._socket.recv(_SIZE)
            for answer, several, content in _messages(data):
                if answer == _DONE:
                    return found
                if answer == _ERROR:
                    code = struct.unpack_from("i", content)[0]
                    if code:
                        raise OSError(-code, "")
                    return found
                found.append(content)
                if not several and not flags & ACK:
                    return found


def _messages(data: bytes) -> Iterator[tuple[int, bool, bytes]]:
    start = 0
    while start + 16 <= len(data):
        length, kind, flags = struct.unpack_from("IHH", data, start)
        yield kind, bool(flags & _MULTI), data[start + 16 : start + length]
        start += (length + 3) & ~3


def attribute(kind: int, data: bytes) -> bytes:
    """One attribute, padded."""
    length = 4 + len(data)
    return struct.pack("HH", length, kind) + data + bytes(-length % 4)


def attributes(data: bytes) -> Attributes:
    """The attributes in the rest of a message, by kind."""
    found: Attributes = {}
    start = 0
    while start + 4 <= len(data):
        length, kind = struct.unpack_from("HH", data, start)
        if length < 4:
            break
        found[kind & 0x3FFF] = data[start + 4 : start + length]
        start += (length + 3) & ~3
    return found


def link_message(index: int = 0, flags: int = 0, change: int = 0) -> bytes:
    """``struct ifinfomsg``."""
    return packing.packed("BxHiII", 0, 0, index, flags, change)


def address_message(index: int, prefix: int, scope: int = 0) -> bytes:
    """``struct ifaddrmsg``."""
    return packing.packed("BBBBI", AF_INET, prefix, 0, scope, index)


def route_message(prefix: int = 0, table: int = 0, protocol: int = 0, scope: int = 0) -> bytes:
    """``struct rtmsg`` of a unicast route."""
    unicast = int(bool(table))
    return struct.pack("8BI", AF_INET, prefix, 0, 0, table, protocol, scope, unicast, 0)


def host(data: bytes) -> str:
    """An address as text."""
    return ".".join(map(str, data))


def packed(text: str) -> bytes:
    """An address as the kernel takes it.  ``OSError`` (EINVAL)."""
    parts = text.split(".")
    if len(parts) != 4 or not all(part.isdigit() and int(part) < 256 for part in parts):
        raise OSError(22, "EINVAL")
    return bytes(map(int, parts))


def word(found: Attributes, kind: int, default: int = 0) -> int:
    """A number among the attributes."""
    return struct.unpack_from("i", found[kind])[0] if kind in found else default


def name(found: Attributes, kind: int) -> str:
    """Text among them."""
    return found.get(kind, b"").split(b"\0", 1)[0].decode("utf-8", "surrogateescape")
