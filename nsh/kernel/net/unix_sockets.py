"""What Unix sockets of all types share: buffers, pairs, credentials, names (net/unix/af_unix.c)."""

from typing import ClassVar, Final

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.poll import PollEvent
from nsh.abi.request import Failure
from nsh.abi.signals import PollCode
from nsh.abi.sockets import SocketType
from nsh.kernel.fs import files
from nsh.kernel.net import credentials, protocols, sockets, unix_garbage, unix_names
from nsh.kernel.net.protocols import Protocol
from nsh.kernel.net.sockets import Sending
from nsh.machine.ids import TaskId
from nsh.machine.net import NO_SOCKET, SocketId
from nsh.machine.sockets import Inet, Packet, Socket, SocketState, Told, UnixName
from nsh.machine.value import Transaction

_HEADS: Final = (512, 1024, 2048, 4096, 8192, 16384, 32768)
"""Sizes of what kmalloc gives for a packet's head."""
_SHARED: Final = 320
"""``struct skb_shared_info``, behind the data in the head."""
_PACKET: Final = 256
"""``struct sk_buff``."""
_PAGE: Final = 4096
_TOLD_OF_SHUT: Final = {
    sockets.RCV_SHUTDOWN: (PollCode.POLL_IN,),
    sockets.BOTH: (PollCode.POLL_HUP,),
}
"""What SIGIO tells whose ends were shut by the peer."""


def truesize(linear: int, pages: int = 0) -> int:
    """What a packet takes of its sender's buffer: a head of *linear* bytes, and others in pages."""
    head = next(size for size in _HEADS if linear + _SHARED <= size)
    return _PACKET + head + pages


def page_align(size: int) -> int:
    """*size* in whole pages, in bytes."""
    return -(-size // _PAGE) * _PAGE


class UnixProtocol(Protocol):
    """The common part."""

    type: ClassVar[int]

    def bind(
        self, tx: Transaction, caller: TaskId, key: SocketId, address: Inet | UnixName
    ) -> Failure | None:
        """bind(2)."""
        unix_names.bind(tx, caller, key, address)
        return None

    def pair(self, tx: Transaction, caller: TaskId, one: SocketId, other: SocketId) -> None:
        """Connect two new sockets."""
        me = credentials.effective(tx, caller)
        for here, there in ((one, other), (other, one)):
            record = tx.get(Socket, here)
            state = SocketState.ESTABLISHED
            record = replace(record, peer=there, remote=UnixName(), state=state, me=me, them=me)
            tx.put(here, record)

    def minds_room(self, socket: Socket, asked: int) -> bool:
        """Of messages, if that was asked (unix_dgram_poll); of a stream never (unix_poll)."""
        return socket.type != SocketType.SOCK_STREAM and bool(asked & PollEvent.POLLOUT)

    def name(self, tx: Transaction, socket: Socket) -> Inet | UnixName:
        """Its own name; empty: it has none."""
        return socket.local or UnixName()

    def peer_name(self, tx: Transaction, socket: Socket) -> Inet | UnixName:
        """The name that the other end has, or had when it was closed.  ENOTCONN."""
        peer = tx.find(Socket, socket.peer) if socket.peer else None
        if peer is not None:
            return peer.local or UnixName()
        if socket.remote is None:
            raise Errno.ENOTCONN("the socket is not connected")
        return socket.remote

    def shutdown(self, tx: Transaction, caller: TaskId, key: SocketId, how: int) -> Failure | None:
        """Shut ends of it, and the peer's that belong to them; nothing has to be connected."""
        socket = tx.get(Socket, key)
        tx.put(key, replace(socket, shut=socket.shut | how))
        peer = tx.find(Socket, socket.peer) if socket.peer else None
        if peer is not None and self.connected:
            theirs = (how & 1) << 1 | how >> 1
            tx.put(socket.peer, replace(peer, shut=peer.shut | theirs))
            sockets.news(tx, socket.peer, *_TOLD_OF_SHUT.get(theirs, ()))
        sockets.wake(tx, key)
        return None

    def release(self, tx: Transaction, key: SocketId) -> None:
        """A connection's other end is told; who else has it as peer keeps its name, and finds out
        when it sends.  Others may have been lost."""
        end(tx, key)
        unix_garbage.collect(tx)


def sender_of(
    tx: Transaction, caller: TaskId, key: SocketId, other: SocketId, call: Sending
) -> Told | None:
    """The credentials that go with a message: what is claimed, or the truth if either end asks."""
    if call.who is not None:
        return call.who
    asked = tx.get(Socket, key).asks_who or tx.get(Socket, other).asks_who
    return credentials.real(tx, caller) if asked else None


def deliver(
    tx: Transaction,
    caller: TaskId,
    key: SocketId,
    other: SocketId,
    call: Sending,
    *,
    data: bytes,
    room: int,
    bring: bool = True,
) -> None:
    """Put *data*, and with *bring* the files, into the queue of *other*."""
    me = tx.get(Socket, key)
    passed = call.files if bring else ()
    for file in passed:
        files.hold(tx, file)
    who = sender_of(tx, caller, key, other, call)
    sockets.charge(tx, key, room)
    sockets.put(tx, other, Packet(data, room, key, me.local, who, passed))


def end(tx: Transaction, key: SocketId, *, embryo: bool = False) -> None:
    """Close a socket: its peer is told, and whoever waits to be accepted (unix_release_sock)."""
    socket = tx.get(Socket, key)
    _leave_name(tx, key, socket)
    unix_names.unbind(tx, key)
    tx.put(key, replace(tx.get(Socket, key), waiting=(), peer=NO_SOCKET))
    peer = tx.find(Socket, socket.peer) if socket.peer else None
    if peer is not None and protocols.of(socket).connected:
        unread = embryo or _unread(socket)
        error = int(Errno.ECONNRESET) if unread else peer.error
        remote = socket.local or UnixName()
        peer = replace(peer, peer=NO_SOCKET, remote=remote, shut=sockets.BOTH, error=error)
        tx.put(socket.peer, peer)
        sockets.news(tx, socket.peer, PollCode.POLL_HUP)
    for embryo_key in socket.waiting:
        end(tx, embryo_key, embryo=True)
    sockets.wake(tx, key)
    sockets.drop(tx, key)
    if socket.place is not None:
        files.release_place(tx, socket.place)


def _unread(socket: Socket) -> bool:
    """Whether something is left to read; the kernel passes over one empty message at the front."""
    queue = socket.queue
    return bool(queue[1:] if queue and not queue[0].data else queue)


def _leave_name(tx: Transaction, key: SocketId, socket: Socket) -> None:
    """Its name goes on standing in what it has sent and nobody has received, and with those whose
    peer it is."""
    if socket.local is None or not (socket.used or socket.type == SocketType.SOCK_DGRAM):
        return
    for number, found in list(tx.items(Socket)):
        other = found
        if other.peer == key:
            other = replace(other, remote=socket.local)
            tx.put(number, other)
        if any(packet.sender == key and packet.source != socket.local for packet in other.queue):
            queue = tuple(
                replace(packet, source=socket.local) if packet.sender == key else packet
                for packet in other.queue
            )
            tx.put(number, replace(other, queue=queue))
