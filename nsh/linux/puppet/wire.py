"""What goes over a control socket: data alone, and descriptors beside it (unix(7)).

A message is a value made of integers, text, bytes, tuples and None, in marshal's form, cut into
packets of a SOCK_SEQPACKET socket: each begins with ``+`` if more follow, with ``.`` if not.
"""

from __future__ import annotations

import marshal
import os
import struct
from _socket import (
    AF_UNIX,
    CMSG_SPACE,
    SCM_CREDENTIALS,
    SCM_RIGHTS,
    SO_PASSCRED,
    SOCK_SEQPACKET,
    SOL_SOCKET,
    socket,
    socketpair,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Final

PACKET: Final = 96 * 1024
"""Bytes of a message in one packet: fits an unprivileged socket's buffer, and half again."""
_MSG_CMSG_CLOEXEC: Final = 0x40000000
_ROOM: Final = CMSG_SPACE(8 * 4) + CMSG_SPACE(12)


class Gone(Exception):
    """The other end is closed."""


class Packet:
    """One message as it came."""

    __slots__ = ("fds", "pid", "value")

    def __init__(self, value: Any, fds: list[int], pid: int) -> None:
        self.value = value
        self.fds = fds
        """Descriptors that came with it, now the receiver's."""
        self.pid = pid
        """The sender, in the receiver's numbers; 0 unless the socket asks for that."""


def pair() -> tuple[int, int]:
    """Two descriptors of a new channel, closed on exec: nsh's end, where each message tells who
    sent it, and the puppet's."""
    one, other = socketpair(AF_UNIX, SOCK_SEQPACKET)
    one.setsockopt(SOL_SOCKET, SO_PASSCRED, 1)
    return one.detach(), other.detach()


class Channel:
    """One end of a control socket."""

    def __init__(self, fd: int) -> None:
        self._socket = socket(fileno=fd)

    @property
    def fd(self) -> int:
        """Its descriptor."""
        return self._socket.fileno()

    def forget(self) -> None:
        """Let go of the descriptor without closing it: it is somebody else's now."""
        self._socket.detach()

    def close(self) -> None:
        """Close it."""
        self._socket.close()

    def send(self, value: Any, fds: Sequence[int] = ()) -> None:
        """Send a message.  ``OSError`` (EPIPE, ECONNRESET) if nobody is there."""
        data = marshal.dumps(value)
        start = 0
        while len(data) - start > PACKET:
            self._send(b"+" + data[start : start + PACKET], ())
            start += PACKET
        self._send(b"." + data[start:], fds)

    def _send(self, data: bytes, fds: Sequence[int]) -> None:
        rights = struct.pack(f"{len(fds)}i", *fds)
        ancillary = [(SOL_SOCKET, SCM_RIGHTS, rights)] if fds else []
        self._socket.sendmsg([data], ancillary, 0x4000)  # MSG_NOSIGNAL

    def receive(self) -> Packet:
        """The next message, once it is there.  Raises Gone."""
        pieces = []
        fds: list[int] = []
        pid = 0
        while True:
            try:
                data, ancillary, _flags, _from = self._socket.recvmsg(
                    PACKET + 1, _ROOM, _MSG_CMSG_CLOEXEC
                )
            except ConnectionResetError as error:
                raise Gone from error
            for level, kind, content in ancillary:
                if level == SOL_SOCKET and kind == SCM_RIGHTS:
                    fds += struct.unpack(f"{len(content) // 4}i", content)
                elif level == SOL_SOCKET and kind == SCM_CREDENTIALS:
                    pid = struct.unpack("iII", content)[0]
            if not data:
                for fd in fds:
                    os.close(fd)
                raise Gone
            pieces.append(data[1:])
            if data[:1] == b".":
                return Packet(marshal.loads(b"".join(pieces)), fds, pid)
