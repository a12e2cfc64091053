"""Unix sockets that are connected: streams, and sequences of packets (unix(7))."""

from typing import ClassVar, Final

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.poll import PollEvent
from nsh.abi.request import Failure
from nsh.abi.signals import PollCode
from nsh.abi.sockets import Family, SocketType
from nsh.kernel.fs import files, pipes
from nsh.kernel.net import credentials, sockets, streams, unix_names
from nsh.kernel.net.protocols import protocol
from nsh.kernel.net.sockets import (
    BUFFER,
    NOTHING,
    RCV_SHUTDOWN,
    SEND_SHUTDOWN,
    Received,
    Receiving,
    Sending,
)
from nsh.kernel.net.unix_datagrams import packet_room
from nsh.kernel.net.unix_sockets import UnixProtocol, deliver, page_align, truesize
from nsh.machine.ids import FileId, TaskId
from nsh.machine.net import SocketId
from nsh.machine.sockets import Inet, Packet, Socket, SocketState, UnixName
from nsh.machine.value import Transaction

_HEAD: Final = 3776
"""SKB_MAX_HEAD(0): bytes of a packet that fit into its first page."""
_PIECE: Final = _HEAD + 32768
"""How much of a stream one packet takes at most."""


class Connected(UnixProtocol):
    """Connecting, which both have in common."""

    connected: ClassVar[bool] = True

    def listen(self, tx: Transaction, caller: TaskId, key: SocketId, backlog: int) -> None:
        """EINVAL without a name, or when it is connected."""
        socket = tx.get(Socket, key)
        if socket.local is None:
            raise Errno.EINVAL("the socket has no name to be found by")
        if socket.state not in (SocketState.CLOSE, SocketState.LISTEN):
            raise Errno.EINVAL("the socket is connected")
        me = credentials.effective(tx, caller)
        grown = backlog > socket.backlog
        socket = replace(socket, state=SocketState.LISTEN, backlog=backlog, me=me, them=me)
        tx.put(key, socket)
        if grown:
            sockets.wake(tx, key)

    def accept(self, tx: Transaction, caller: TaskId, key: SocketId, *, nonblock: bool) -> SocketId:
        """The connection that has waited longest.  EAGAIN, EINVAL."""
        socket = tx.get(Socket, key)
        if socket.state is not SocketState.LISTEN:
            raise Errno.EINVAL("the socket does not listen")
        if not socket.waiting:
            if nonblock:
                raise Errno.EAGAIN("nobody has connected")
            if socket.shut & RCV_SHUTDOWN:
                raise Errno.EINVAL("the socket has been shut down")
            sockets.interrupted(tx, caller, "anybody connected")
            sockets.wait(key, reason="until somebody connects")
        tx.put(key, replace(socket, waiting=socket.waiting[1:]))
        sockets.wake(tx, key)
        return socket.waiting[0]

    def connect(
        self,
        tx: Transaction,
        caller: TaskId,
        key: SocketId,
        address: Inet | UnixName | None,
        *,
        nonblock: bool,
    ) -> Failure | None:
        """Both ends are connected at once, before anybody accepts (unix_stream_connect)."""
        if address is None:
            raise Errno.EINVAL("a Unix stream is not disconnected")
        unix_names.autobind_if_asked(tx, key)
        return sockets.standing(lambda: self._connect(tx, caller, key, address, nonblock))

    def _connect(
        self,
        tx: Transaction,
        caller: TaskId,
        key: SocketId,
        address: Inet | UnixName,
        nonblock: bool,
    ) -> None:
        other = unix_names.find(tx, caller, key, address)
        listener = tx.get(Socket, other)
        name = unix_names.told(listener.local)
        if listener.state is not SocketState.LISTEN or listener.shut & RCV_SHUTDOWN:
            raise Errno.ECONNREFUSED(f"the socket {name} does not listen")
        if len(listener.waiting) > listener.backlog:
            if nonblock:
                raise Errno.EAGAIN(f"{len(listener.waiting)} connections wait at {name} already")
            sockets.interrupted(tx, caller, f"there was room in the queue of {name}")
            sockets.wait(other, reason=f"until {name} accepts one of those who wait")
        socket = tx.get(Socket, key)
        if socket.state is SocketState.ESTABLISHED:
            raise Errno.EISCONN("the socket is connected")
        if socket.state is not SocketState.CLOSE:
            raise Errno.EINVAL("the socket listens itself")
        self._join(tx, caller, key, other)

    def _join(self, tx: Transaction, caller: TaskId, key: SocketId, other: SocketId) -> None:
        socket, listener = tx.get(Socket, key), tx.get(Socket, other)
        me = credentials.effective(tx, caller)
        new = sockets.make(
            tx,
            replace(
                Socket(socket.net, socket.family, socket.type, socket.protocol, socket.uid),
                state=SocketState.ESTABLISHED,
                local=listener.local,
                place=listener.place,
                peer=key,
                me=listener.me,
                them=me,
                passcred=listener.passcred,
                passpidfd=listener.passpidfd,
            ),
        )
        if listener.place is not None:
            files.hold_place(tx, listener.place)
        state = SocketState.ESTABLISHED
        tx.put(key, replace(socket, peer=new, state=state, me=me, them=listener.me))
        tx.put(other, replace(listener, waiting=(*listener.waiting, new)))
        sockets.news(tx, other, PollCode.POLL_IN)

    def poll(self, tx: Transaction, key: SocketId, socket: Socket) -> int:
        """unix_poll()."""
        found = sockets.datagram_poll(socket)
        if socket.waiting:
            found |= PollEvent.POLLIN
        if socket.state is SocketState.CLOSE:
            found |= PollEvent.POLLHUP
        if socket.state is SocketState.LISTEN:
            found &= ~PollEvent.POLLOUT
        return found

    def queued(self, tx: Transaction, socket: Socket) -> int:
        """All of it (unix_inq_len)."""
        return streams.unread(socket)


@protocol(Family.AF_UNIX, SocketType.SOCK_STREAM)
class UnixStream(Connected):
    """A stream of bytes."""

    def send(self, tx: Transaction, caller: TaskId, key: SocketId, call: Sending) -> int | Failure:
        """In pieces, waiting for room (unix_stream_sendmsg)."""
        progress = pipes.resumed(tx, caller)
        done = 0 if progress is None else progress.done
        socket = tx.get(Socket, key)
        if call.address is not None:
            if socket.state is SocketState.ESTABLISHED:
                raise Errno.EISCONN("the socket is connected: there is no one else to send to")
            raise Errno.ENOTSUP("a stream is sent to whom it is connected to")
        if socket.state is not SocketState.ESTABLISHED:
            raise Errno.ENOTCONN("the socket is not connected")
        other = socket.peer
        if progress is None and not call.data:
            if socket.shut & SEND_SHUTDOWN:
                return sockets.broken_pipe(tx, caller, call.flags, "the end to send is shut")
            return 0
        while done < len(call.data):
            socket = tx.get(Socket, key)
            peer = tx.find(Socket, other)
            if socket.shut & SEND_SHUTDOWN or peer is None or peer.shut & RCV_SHUTDOWN:
                return self._broken(tx, caller, call, done)
            sockets.raise_error(tx, key)
            if socket.used >= BUFFER:
                return streams.full(tx, caller, key, call, done)
            data = call.data[done : done + _PIECE]
            deliver(tx, caller, key, other, call, data=data, room=_room(len(data)), bring=not done)
            done += len(data)
        pipes.abandon(tx, caller)
        return done

    def _broken(self, tx: Transaction, caller: TaskId, call: Sending, done: int) -> int | Failure:
        pipes.abandon(tx, caller)
        if done:
            return done
        return sockets.broken_pipe(tx, caller, call.flags, "nobody receives at the other end")

    def receive(
        self, tx: Transaction, caller: TaskId, key: SocketId, call: Receiving
    ) -> Received | Failure:
        """What is there, of one sender, up to what brings open files (unix_stream_read_generic)."""
        socket = tx.get(Socket, key)
        if socket.state is not SocketState.ESTABLISHED:
            raise Errno.EINVAL("the socket is not connected")
        if not socket.queue:
            sockets.raise_error(tx, key)
            if socket.shut & RCV_SHUTDOWN:
                return NOTHING
            if call.nonblock:
                raise Errno.EAGAIN("there is nothing to read")
            sockets.interrupted(tx, caller, "there was something to read")
            sockets.wait(key, reason="until there is something to read")
        first = socket.queue[0]
        source = sockets.source_of(tx, first)
        parts: list[bytes] = []
        left = call.size
        brought: tuple[FileId, ...] = ()
        for packet in socket.queue:
            if socket.asks_who and packet.who != first.who:
                break
            part = packet.data[:left]
            parts.append(part)
            left -= len(part)
            brought = packet.files
            if not call.peek:
                self._consume(tx, key, packet, len(part))
            if brought:
                break
            if not call.peek and (len(part) < len(packet.data) or not left):
                break  # a look goes on to the next open files, though there is no room for more
        return Received(b"".join(parts), source, brought, first.who)

    def _consume(self, tx: Transaction, key: SocketId, packet: Packet, size: int) -> None:
        """Take *size* bytes off the first packet; its room is free when all of it is read."""
        if size == len(packet.data):
            sockets.take(tx, key)
            return
        socket = tx.get(Socket, key)
        rest = replace(packet, data=packet.data[size:], files=())
        tx.put(key, replace(socket, queue=(rest, *socket.queue[1:])))


@protocol(Family.AF_UNIX, SocketType.SOCK_SEQPACKET)
class UnixSeqpacket(Connected):
    """A connection that keeps messages apart."""

    def send(self, tx: Transaction, caller: TaskId, key: SocketId, call: Sending) -> int | Failure:
        """A message as a whole; an address is not looked at (unix_seqpacket_sendmsg)."""
        sockets.raise_error(tx, key)
        socket = tx.get(Socket, key)
        if socket.state is not SocketState.ESTABLISHED:
            raise Errno.ENOTCONN("the socket is not connected")
        unix_names.autobind_if_asked(tx, key)
        return sockets.standing(lambda: self._send(tx, caller, key, call))

    def _send(self, tx: Transaction, caller: TaskId, key: SocketId, call: Sending) -> int | Failure:
        socket = tx.get(Socket, key)
        room = packet_room(tx, caller, key, call)
        if isinstance(room, Failure):
            return room
        other = tx.find(Socket, socket.peer)
        if other is None or other.shut & RCV_SHUTDOWN:
            return Failure(Errno.EPIPE, "nobody receives at the other end")
        deliver(tx, caller, key, socket.peer, call, data=call.data, room=room)
        return len(call.data)

    def receive(
        self, tx: Transaction, caller: TaskId, key: SocketId, call: Receiving
    ) -> Received | Failure:
        """The next message; nothing once the other end is shut."""
        socket = tx.get(Socket, key)
        if socket.state is not SocketState.ESTABLISHED:
            raise Errno.ENOTCONN("the socket is not connected")
        if not socket.queue and not socket.error and socket.shut & RCV_SHUTDOWN:
            return NOTHING
        return sockets.datagram(tx, caller, key, call)


def _room(size: int) -> int:
    pages = min(size, page_align(max(0, size - _HEAD)))
    return truesize(size - pages, page_align(pages))
