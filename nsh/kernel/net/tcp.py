"""tcp(7): connections as whoever uses them sees them; segments arrive at once or not at all."""

from typing import ClassVar, Final

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.poll import PollEvent
from nsh.abi.request import Failure
from nsh.abi.sockets import Family, SocketType
from nsh.kernel.fs import pipes
from nsh.kernel.net import (
    credentials,
    inet,
    ports,
    sockets,
    streams,
    tcp_connecting,
    tcp_states,
)
from nsh.kernel.net.inet import InetProtocol
from nsh.kernel.net.protocols import protocol
from nsh.kernel.net.sockets import (
    NOTHING,
    RCV_SHUTDOWN,
    SEND_SHUTDOWN,
    Received,
    Receiving,
    Sending,
)
from nsh.machine.ids import TaskId
from nsh.machine.net import SocketId
from nsh.machine.sockets import Inet, Packet, Socket, SocketState, Stage, UnixName
from nsh.machine.value import Transaction

ROOM: Final = 131072
"""Bytes that may be on their way to a reader.  Linux finds a size as it goes."""
_SENDING: Final = (SocketState.ESTABLISHED, SocketState.CLOSE_WAIT)


@protocol(Family.AF_INET, SocketType.SOCK_STREAM)
class Tcp(InetProtocol):
    """A tcp socket."""

    connected: ClassVar[bool] = True

    def conflict(self, one: Socket, other: Socket) -> bool:
        """SO_REUSEADDR of both lets them share, unless one listens (inet_csk_bind_conflict)."""
        shared = one.reuse and other.reuse and other.state is not SocketState.LISTEN
        return not shared and super().conflict(one, other)

    def listen(self, tx: Transaction, caller: TaskId, key: SocketId, backlog: int) -> None:
        """EINVAL when it is connected; EADDRINUSE where another listens by now."""
        socket = tx.get(Socket, key)
        if socket.state is not SocketState.LISTEN:
            if socket.state is not SocketState.CLOSE or socket.stage is not Stage.UNCONNECTED:
                raise Errno.EINVAL("the socket is connected")
            inet.choose_port(tx, caller, key)
            me = credentials.effective(tx, caller)
            socket = replace(tx.get(Socket, key), state=SocketState.LISTEN, me=me)
            ports.check(tx, key, socket, self.conflict)
            ports.keep(tx, socket)
        tx.put(key, replace(socket, backlog=backlog))
        sockets.wake(tx, key)

    def accept(self, tx: Transaction, caller: TaskId, key: SocketId, *, nonblock: bool) -> SocketId:
        """The connection that has waited longest.  EAGAIN, EINVAL."""
        socket = tx.get(Socket, key)
        if socket.state is not SocketState.LISTEN:
            raise Errno.EINVAL("the socket does not listen")
        if not socket.waiting:
            if nonblock:
                raise Errno.EAGAIN("nobody has connected")
            sockets.interrupted(tx, caller, "anybody connected")
            sockets.wait(key, reason="until somebody connects")
        pending = socket.pending
        tx.put(key, replace(socket, waiting=socket.waiting[1:], pending=()))
        for each in pending:
            tcp_connecting.attempt(tx, each)
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
        """connect(2)."""
        if address is None:
            tcp_states.disconnect(tx, key)
            return None
        return tcp_connecting.connect(tx, caller, key, address, nonblock=nonblock)

    def send(self, tx: Transaction, caller: TaskId, key: SocketId, call: Sending) -> int | Failure:
        """As much as there is room for, waiting (tcp_sendmsg); an address is not looked at."""
        progress = pipes.resumed(tx, caller)
        done = 0 if progress is None else progress.done
        socket = tx.get(Socket, key)
        if socket.state is SocketState.SYN_SENT:
            if call.nonblock:
                raise Errno.EAGAIN("the connection is not made yet")
            sockets.interrupted(tx, caller, "the connection was made")
            sockets.wait(key, reason="until the connection is made", keep=True)
        unable = socket.state not in _SENDING or socket.shut & SEND_SHUTDOWN
        if unable or socket.error:
            pipes.abandon(tx, caller)
            return done or _broken(tx, caller, key, call)
        room = ROOM - socket.used
        data = call.data[done : done + max(0, room)]
        if data:
            done += len(data)
            tcp_states.transmit(tx, key, Packet(data, len(data), key))
        if done < len(call.data):
            return streams.full(tx, caller, key, call, done)
        pipes.abandon(tx, caller)
        return done

    def receive(
        self, tx: Transaction, caller: TaskId, key: SocketId, call: Receiving
    ) -> Received | Failure:
        """What is there; then the end, an error, or more (tcp_recvmsg)."""
        socket = tx.get(Socket, key)
        if socket.state is SocketState.LISTEN:
            raise Errno.ENOTCONN("a socket that listens receives nothing")
        if not socket.queue:
            if socket.finished:
                return NOTHING
            sockets.raise_error(tx, key)
            if socket.shut & RCV_SHUTDOWN:
                return NOTHING
            if socket.state is SocketState.CLOSE:
                raise Errno.ENOTCONN("the socket is not connected")
            if call.nonblock:
                raise Errno.EAGAIN("there is nothing to read")
            sockets.interrupted(tx, caller, "there was something to read")
            sockets.wait(key, reason="until there is something to read")
        parts: list[bytes] = []
        left = call.size
        for packet in socket.queue:
            if not left:
                break
            part = packet.data[:left]
            parts.append(part)
            left -= len(part)
            if not call.peek:
                _consume(tx, key, packet, len(part))
        return Received(b"".join(parts))

    def shutdown(self, tx: Transaction, caller: TaskId, key: SocketId, how: int) -> Failure | None:
        """The end to send is shut by a FIN; that to receive by itself."""
        socket = tx.get(Socket, key)
        listens = socket.state is SocketState.LISTEN and how & RCV_SHUTDOWN
        if listens or socket.state is SocketState.SYN_SENT:
            tcp_states.disconnect(tx, key)
            return None
        if socket.stage is Stage.CONNECTING:
            early = socket.state in (SocketState.SYN_SENT, SocketState.CLOSE)
            stage = Stage.DISCONNECTING if early else Stage.CONNECTED
            tx.put(key, replace(socket, stage=stage))
        sent = socket.shut & SEND_SHUTDOWN
        failed = super().shutdown(tx, caller, key, how)
        if how & SEND_SHUTDOWN and not sent and socket.state in _SENDING:
            tcp_states.finish(tx, key)
        return failed

    def poll(self, tx: Transaction, key: SocketId, socket: Socket) -> int:
        """tcp_poll()."""
        if socket.state is SocketState.LISTEN:
            return PollEvent.POLLIN if socket.waiting else 0
        found = PollEvent.POLLERR if socket.error else 0
        if socket.shut == sockets.BOTH or socket.state is SocketState.CLOSE:
            found |= PollEvent.POLLHUP
        if socket.shut & RCV_SHUTDOWN:
            found |= PollEvent.POLLIN | PollEvent.POLLRDHUP
        if socket.state is not SocketState.SYN_SENT:
            found |= PollEvent.POLLIN if socket.queue else 0
            room = socket.used <= ROOM * 2 // 3 or socket.shut & SEND_SHUTDOWN
            found |= PollEvent.POLLOUT if room else 0
        return found

    def minds_room(self, socket: Socket, asked: int) -> bool:
        """Of a connection (tcp_poll)."""
        return socket.state not in (SocketState.LISTEN, SocketState.SYN_SENT)

    def unsent(self, tx: Transaction, socket: Socket) -> int:
        """What has not found its way yet: what has, is acknowledged at once.  EINVAL."""
        if socket.state is SocketState.LISTEN:
            raise Errno.EINVAL("there is nothing to send where connections are accepted")
        return sum(len(packet.data) for packet in socket.held)

    def queued(self, tx: Transaction, socket: Socket) -> int:
        """All of it."""
        return streams.unread(socket)

    def release(self, tx: Transaction, key: SocketId) -> None:
        """close(2): a FIN, or a reset where something was left unread (tcp_close)."""
        pending = tx.get(Socket, key).pending
        tcp_states.close(tx, key)
        for each in pending:  # who waited for room is refused
            tcp_connecting.attempt(tx, each)


def _broken(tx: Transaction, caller: TaskId, key: SocketId, call: Sending) -> Failure:
    """What the socket has met with, or EPIPE; with SIGPIPE for the latter (sk_stream_error)."""
    socket = tx.get(Socket, key)
    tx.put(key, replace(socket, error=0))
    if socket.error and socket.error != Errno.EPIPE:
        return Failure(Errno(socket.error), "it had befallen the socket before")
    return sockets.broken_pipe(tx, caller, call.flags, "the connection takes nothing more")


def _consume(tx: Transaction, key: SocketId, packet: Packet, size: int) -> None:
    if size == len(packet.data):
        sockets.take(tx, key)
        return
    socket = tx.get(Socket, key)
    rest = replace(packet, data=packet.data[size:], room=packet.room - size)
    tx.put(key, replace(socket, queue=(rest, *socket.queue[1:])))
    sockets.charge(tx, packet.sender, -size)
