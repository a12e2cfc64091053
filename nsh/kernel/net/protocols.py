"""What the types of sockets do: a class each on :class:`Protocol` (``struct proto_ops``).

Registered by :func:`protocol` for a family and a type; one object serves all its sockets and keeps
nothing itself.
"""

from collections.abc import Callable
from typing import ClassVar, TypeVar

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.request import Failure
from nsh.kernel import waiting
from nsh.kernel.net import sockets
from nsh.kernel.net.sockets import Received, Receiving, Sending
from nsh.machine.ids import TaskId
from nsh.machine.net import SocketId
from nsh.machine.sockets import Inet, Socket, UnixName
from nsh.machine.value import Transaction


class Protocol:
    """What a family and type of sockets do (``struct proto_ops``); the defaults refuse."""

    connected: ClassVar[bool] = False
    """A stream or sequence of packets between two, which has to be connected first."""

    def bind(
        self, tx: Transaction, caller: TaskId, key: SocketId, address: Inet | UnixName
    ) -> Failure | None:
        """bind(2)."""
        raise Errno.ENOTSUP("this type of socket has no names")

    def listen(self, tx: Transaction, caller: TaskId, key: SocketId, backlog: int) -> None:
        """listen(2)."""
        raise Errno.ENOTSUP("this type of socket does not listen")

    def accept(self, tx: Transaction, caller: TaskId, key: SocketId, *, nonblock: bool) -> SocketId:
        """accept(2): a connection that waited."""
        raise Errno.ENOTSUP("this type of socket does not listen")

    def connect(
        self,
        tx: Transaction,
        caller: TaskId,
        key: SocketId,
        address: Inet | UnixName | None,
        *,
        nonblock: bool,
    ) -> Failure | None:
        """connect(2).  A failure is replied where what was done before it has to stand."""
        raise Errno.ENOTSUP("this type of socket does not connect")

    def pair(self, tx: Transaction, caller: TaskId, one: SocketId, other: SocketId) -> None:
        """socketpair(2)."""
        raise Errno.ENOTSUP("there are pairs of Unix sockets only")

    def send(self, tx: Transaction, caller: TaskId, key: SocketId, call: Sending) -> int | Failure:
        """sendmsg(2)."""
        raise Errno.ENOTSUP("this type of socket does not send")

    def receive(
        self, tx: Transaction, caller: TaskId, key: SocketId, call: Receiving
    ) -> Received | Failure:
        """recvmsg(2)."""
        raise Errno.ENOTSUP("this type of socket does not receive")

    def shutdown(self, tx: Transaction, caller: TaskId, key: SocketId, how: int) -> Failure | None:
        """shutdown(2); *how* in bits, of RCV_SHUTDOWN and SEND_SHUTDOWN."""
        raise Errno.ENOTSUP("this type of socket has no ends to shut")

    def poll(self, tx: Transaction, key: SocketId, socket: Socket) -> int:
        """What poll(2) finds."""
        return sockets.datagram_poll(socket)

    def minds_room(self, socket: Socket, asked: int) -> bool:
        """Whether who *asked* poll(2) and found no room is told of some by SIGIO."""
        return True

    def queued(self, tx: Transaction, socket: Socket) -> int:
        """FIONREAD."""
        return len(socket.queue[0].data) if socket.queue else 0

    def unsent(self, tx: Transaction, socket: Socket) -> int:
        """SIOCOUTQ: how much of its sending buffer is in use."""
        return socket.used

    def name(self, tx: Transaction, socket: Socket) -> Inet | UnixName:
        """getsockname(2)."""
        return socket.local or Inet()

    def peer_name(self, tx: Transaction, socket: Socket) -> Inet | UnixName:
        """getpeername(2).  ENOTCONN."""
        if socket.remote is None:
            raise Errno.ENOTCONN("the socket is not connected")
        return socket.remote

    def set_error(self, tx: Transaction, key: SocketId) -> int:
        """SO_ERROR: what it is, once."""
        socket = tx.get(Socket, key)
        if socket.error:
            tx.put(key, replace(socket, error=0))
        return socket.error

    def release(self, tx: Transaction, key: SocketId) -> None:
        """The last descriptor is gone."""
        sockets.drop(tx, key)


P = TypeVar("P", bound=Protocol)
_protocols: dict[tuple[int, int], Protocol] = {}


def protocol(family: int, *types: int) -> Callable[[type[P]], type[P]]:
    """Register the decorated class for the *types* of sockets of *family*."""

    def register(cls: type[P]) -> type[P]:
        for type_ in types:
            _protocols[family, type_] = cls()
        return cls

    return register


def of(socket: Socket) -> Protocol:
    """The operations of a socket."""
    return _protocols[socket.family, socket.type]


def receive(tx: Transaction, caller: TaskId, key: SocketId, call: Receiving) -> Received | Failure:
    """What the socket's protocol has for *call*.  EINTR before anything else that came too late."""
    if waiting.in_vain(tx, caller):
        sockets.interrupted(tx, caller, "there was something to read")
    return of(tx.get(Socket, key)).receive(tx, caller, key, call)
