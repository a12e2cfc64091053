"""Unix datagrams: messages to a name, or to a peer, kept in order (unix(7))."""

from typing import Final

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.poll import PollEvent
from nsh.abi.request import Failure
from nsh.abi.signals import PollCode
from nsh.abi.sockets import Family, SocketType
from nsh.kernel import sigio
from nsh.kernel.net import sockets, unix_names
from nsh.kernel.net.protocols import protocol
from nsh.kernel.net.sockets import (
    BUFFER,
    RCV_SHUTDOWN,
    SEND_SHUTDOWN,
    Received,
    Receiving,
    Sending,
)
from nsh.kernel.net.unix_sockets import UnixProtocol, deliver, page_align, truesize
from nsh.machine.ids import TaskId
from nsh.machine.net import NO_SOCKET, SocketId
from nsh.machine.sockets import Inet, Socket, SocketState, UnixName
from nsh.machine.value import Transaction

QUEUE: Final = 10
"""``net.unix.max_dgram_qlen``: one more than that many messages wait for who has not asked."""
_LINEAR: Final = 16064
"""SKB_MAX_ALLOC: bytes of a packet that are not in pages."""


def packet_room(tx: Transaction, caller: TaskId, key: SocketId, call: Sending) -> int | Failure:
    """What a message will take of the sender's buffer, once that has room for it.

    EMSGSIZE, EAGAIN, EINTR; EPIPE (replied) where the end to send is shut.  What was done before
    stands: that there was none is noted.
    """
    socket = tx.get(Socket, key)
    size = len(call.data)
    if size > BUFFER - 32:
        raise Errno.EMSGSIZE(f"a message has at most {BUFFER - 32} bytes")
    sockets.raise_error(tx, key)
    if socket.shut & SEND_SHUTDOWN:
        return Failure(Errno.EPIPE, "the end to send is shut")
    if socket.used >= BUFFER:
        sigio.await_room(tx, key)
        if call.nonblock:
            raise Errno.EAGAIN("the buffer is full: what was sent has not been received")
        sockets.interrupted(tx, caller, "there was room")
        sockets.wait(key, reason="until some of what was sent has been received")
    pages = page_align(max(0, size - _LINEAR))
    return truesize(size - pages, page_align(pages))


@protocol(Family.AF_UNIX, SocketType.SOCK_DGRAM)
class UnixDatagram(UnixProtocol):
    """Datagrams."""

    def connect(
        self,
        tx: Transaction,
        caller: TaskId,
        key: SocketId,
        address: Inet | UnixName | None,
        *,
        nonblock: bool,
    ) -> Failure | None:
        """Choose a peer, or none any more.  EPERM where it has another (unix_dgram_connect)."""
        if address is not None:
            unix_names.autobind_if_asked(tx, key)
        return sockets.standing(lambda: self._connect(tx, caller, key, address))

    def _connect(
        self, tx: Transaction, caller: TaskId, key: SocketId, address: Inet | UnixName | None
    ) -> None:
        if address is None:
            other, state = NO_SOCKET, SocketState.CLOSE
        else:
            other, state = unix_names.find(tx, caller, key, address), SocketState.ESTABLISHED
            _check_may_send(tx, key, other)
        socket = tx.get(Socket, key)
        old = socket.peer
        tx.put(key, replace(socket, peer=other, state=state, remote=None))
        if other:
            peer = replace(tx.get(Socket, other), state=state)
            tx.put(other, peer)
            tx.put(key, replace(tx.get(Socket, key), remote=peer.local or UnixName()))
        if old and old != other:
            _disconnected(tx, key, old)
        sockets.wake(tx, key)

    def send(self, tx: Transaction, caller: TaskId, key: SocketId, call: Sending) -> int | Failure:
        """To the address, or the peer (unix_dgram_sendmsg)."""
        unix_names.autobind_if_asked(tx, key)
        return sockets.standing(lambda: self._send(tx, caller, key, call))

    def _send(self, tx: Transaction, caller: TaskId, key: SocketId, call: Sending) -> int | Failure:
        socket = tx.get(Socket, key)
        room = packet_room(tx, caller, key, call)
        if isinstance(room, Failure):
            return room
        other = socket.peer
        if call.address is not None:
            other = unix_names.find(tx, caller, key, call.address)
        elif not other:
            raise Errno.ENOTCONN("the socket has no peer, and the message no address")
        elif tx.find(Socket, other) is None:
            return self._lost(tx, key)
        _check_may_send(tx, key, other)
        receiver = tx.get(Socket, other)
        if receiver.shut & RCV_SHUTDOWN:
            return Failure(Errno.EPIPE, "the other end does not receive any more")
        if key not in (other, receiver.peer) and len(receiver.queue) > QUEUE:
            if call.nonblock:
                raise Errno.EAGAIN(f"{len(receiver.queue)} messages wait there already")
            sockets.interrupted(tx, caller, "there was room")
            sockets.wait(other, reason="until one of the messages there is received")
        deliver(tx, caller, key, other, call, data=call.data, room=room)
        return len(call.data)

    def _lost(self, tx: Transaction, key: SocketId) -> Failure:
        """The peer has been closed: that is told once, and then there is none."""
        socket = tx.get(Socket, key)
        tx.put(key, replace(socket, peer=NO_SOCKET, remote=None, state=SocketState.CLOSE))
        sockets.clear(tx, key)
        return Failure(Errno.ECONNREFUSED, "the peer has been closed")

    def receive(
        self, tx: Transaction, caller: TaskId, key: SocketId, call: Receiving
    ) -> Received | Failure:
        """The next message; who waits for room in the queue is told."""
        found = sockets.datagram(tx, caller, key, call)
        sockets.wake(tx, key)
        return found

    def poll(self, tx: Transaction, key: SocketId, socket: Socket) -> int:
        """unix_dgram_poll(): it can be written to if its peer has room."""
        found = sockets.datagram_poll(socket)
        peer = tx.find(Socket, socket.peer) if socket.peer else None
        if peer is not None and peer.peer != key and len(peer.queue) > QUEUE:
            found &= ~PollEvent.POLLOUT
        return found


def _check_may_send(tx: Transaction, key: SocketId, other: SocketId) -> None:
    peer = tx.get(Socket, other).peer
    if peer not in (NO_SOCKET, key):
        raise Errno.EPERM("the socket has another peer, and receives of that one only")


def _disconnected(tx: Transaction, key: SocketId, old: SocketId) -> None:
    """What was received of another peer is dropped; if there was any, who has this one as its own
    is told."""
    if not tx.get(Socket, key).queue:
        return
    sockets.clear(tx, key)
    peer = tx.find(Socket, old)
    if peer is not None and peer.peer == key:
        tx.put(old, replace(peer, error=int(Errno.ECONNRESET)))
        sockets.news(tx, old, PollCode.POLL_ERR)
