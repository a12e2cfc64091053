"""The end of tcp connections: FIN and RST, and what lingers (tcp(7), net/ipv4/tcp.c).

A segment that finds no way is held, and sent again when something about the network changes.
"""

from typing import Final

from msgspec.structs import replace

from nsh.abi.errno import Errno, KernelError
from nsh.abi.signals import PollCode
from nsh.kernel import namespaces, waiting
from nsh.kernel.net import ports, routing, sockets
from nsh.kernel.net.sockets import RCV_SHUTDOWN
from nsh.machine.ids import FileId, NamespaceId
from nsh.machine.net import NO_SOCKET, SocketId
from nsh.machine.sockets import Inet, Packet, Socket, SocketState, Stage
from nsh.machine.value import Transaction

LINGER: Final = 60 * 10**9
"""TCP_TIMEWAIT_LEN, and tcp_fin_timeout, in ns."""
_FINISHED: Final = (PollCode.POLL_IN, PollCode.POLL_IN)
"""What SIGIO tells of a FIN: that, and that there is something to read (tcp_data_queue)."""
_HUNG_UP: Final = (PollCode.POLL_HUP, PollCode.POLL_IN)
"""The same, when both ends are shut."""
_FINISHING: Final = (SocketState.FIN_WAIT1, SocketState.FIN_WAIT2)
_RESET_BY_LEAVING: Final = (
    *(SocketState.SYN_SENT, SocketState.ESTABLISHED, SocketState.CLOSE_WAIT),
    *_FINISHING,
)
"""Who undoes a connection in one of these has an error by that (tcp_need_reset)."""


def way(tx: Transaction, socket: Socket) -> bool:
    """Whether segments find the way to the peer, and back."""
    peer = tx.find(Socket, socket.peer)
    return peer is not None and _destination(tx, socket) == peer.net


def _destination(tx: Transaction, socket: Socket) -> NamespaceId | None:
    """Who is asked and can answer where segments go."""
    assert isinstance(socket.local, Inet)
    assert isinstance(socket.remote, Inet)
    try:
        return routing.round_trip(tx, socket.net, socket.local.host, socket.remote.host).net
    except KernelError:
        return None


def transmit(tx: Transaction, key: SocketId, packet: Packet) -> None:
    """Send a segment; empty data: a FIN."""
    socket = tx.get(Socket, key)
    socket = replace(socket, used=socket.used + packet.room)
    if socket.held or not way(tx, socket):
        tx.put(key, replace(socket, held=(*socket.held, packet)))
        _go_astray(tx, key)
        return
    tx.put(key, socket)
    _arrive(tx, key, packet)


def _go_astray(tx: Transaction, key: SocketId) -> None:
    """What arrives where nobody knows of the connection, as its address is another's now, is
    answered by a reset (tcp_v4_send_reset)."""
    socket = tx.get(Socket, key)
    there = _destination(tx, socket)
    if there is None or way(tx, socket):
        return
    _part(tx, socket)
    if socket.orphaned:
        vanish(tx, key)
    else:
        reset(tx, key)


def _arrive(tx: Transaction, key: SocketId, packet: Packet) -> None:
    peer_key = tx.get(Socket, key).peer
    peer = tx.get(Socket, peer_key)
    if not packet.data:
        _finished(tx, key, peer_key)
    elif peer.orphaned or (peer.state in _FINISHING and peer.shut & RCV_SHUTDOWN):
        sockets.charge(tx, key, -packet.room)  # it takes nothing any more (tcp_rcv_state_process)
        if peer.orphaned:
            vanish(tx, peer_key)
        else:
            reset(tx, peer_key)
        reset(tx, key)
    else:
        sockets.put(tx, peer_key, packet)


def resend(tx: Transaction, key: SocketId) -> None:
    """Send again what is held, as far as it finds a way by now."""
    while (found := tx.find(Socket, key)) is not None and found.held and way(tx, found):
        tx.put(key, replace(found, held=found.held[1:]))
        _arrive(tx, key, found.held[0])
    if (found := tx.find(Socket, key)) is not None and found.held:
        _go_astray(tx, key)


def finish(tx: Transaction, key: SocketId) -> None:
    """Send a FIN, after which nothing is sent any more."""
    socket = tx.get(Socket, key)
    last = socket.state is SocketState.CLOSE_WAIT
    tx.put(key, replace(socket, state=SocketState.LAST_ACK if last else SocketState.FIN_WAIT1))
    transmit(tx, key, Packet(b"", 0, key))


def _finished(tx: Transaction, key: SocketId, peer_key: SocketId) -> None:
    """The FIN of *key* has arrived at its peer, and has been acknowledged."""
    socket, peer = tx.get(Socket, key), tx.get(Socket, peer_key)
    if peer_key == key:  # connected to itself: both have finished
        _leave_behind(tx, key)
        _over(tx, key, *_HUNG_UP)
        return
    if socket.state is SocketState.LAST_ACK:
        if peer.orphaned:
            later = tx.clock + LINGER
            state = SocketState.TIME_WAIT
            tx.put(peer_key, replace(peer, state=state, until=later, peer=NO_SOCKET))
        else:
            _leave_behind(tx, peer_key)
            _over(tx, peer_key, *_HUNG_UP)
        _over(tx, key)
        return
    tx.put(key, replace(socket, state=SocketState.FIN_WAIT2))
    state = SocketState.CLOSE_WAIT
    shut = peer.shut | RCV_SHUTDOWN
    tx.put(peer_key, replace(peer, state=state, finished=True, shut=shut))
    sockets.news(tx, peer_key, *(_HUNG_UP if shut == sockets.BOTH else _FINISHED))


def _leave_behind(tx: Transaction, key: SocketId) -> None:
    """What keeps the port of a connection for a minute when both sides have finished."""
    socket = tx.get(Socket, key)
    left = tx.new(SocketId)
    tx.put(
        left,
        Socket(
            socket.net,
            socket.family,
            socket.type,
            socket.protocol,
            socket.uid,
            state=SocketState.TIME_WAIT,
            local=socket.local,
            port=socket.port,
            remote=socket.remote,
            reuse=socket.reuse,
            reuse_port=socket.reuse_port,
            until=tx.clock + LINGER,
            orphaned=True,
        ),
    )
    ports.occupy(tx, left)


def _over(tx: Transaction, key: SocketId, *codes: PollCode) -> None:
    """The connection is no more: the socket is closed, though its owner has it (tcp_done), and is
    told *codes* by SIGIO."""
    ports.leave_unless_bound(tx, key)
    socket = tx.get(Socket, key)
    state, shut = SocketState.CLOSE, sockets.BOTH
    tx.put(key, replace(socket, state=state, shut=shut, finished=True, peer=NO_SOCKET))
    sockets.news(tx, key, *codes)


def failed(tx: Transaction, key: SocketId, errno: Errno) -> None:
    """The connection is refused, reset, or given up: the socket has an error and is closed."""
    waiting.stop(tx, key)
    ports.leave_unless_bound(tx, key)
    socket = tx.get(Socket, key)
    state = SocketState.CLOSE
    tx.put(key, replace(socket, state=state, error=int(errno), shut=sockets.BOTH, peer=SocketId(0)))
    sockets.news(tx, key, PollCode.POLL_ERR)


def reset(tx: Transaction, key: SocketId) -> None:
    """A RST has come (tcp_reset)."""
    socket = tx.get(Socket, key)
    waited = socket.state is SocketState.CLOSE_WAIT
    for packet in socket.held:
        sockets.charge(tx, key, -packet.room)
    tx.put(key, replace(tx.get(Socket, key), held=()))
    failed(tx, key, Errno.EPIPE if waited else Errno.ECONNRESET)


def close(tx: Transaction, key: SocketId) -> None:
    """The last descriptor of a socket is gone (tcp_close)."""
    socket = tx.get(Socket, key)
    tx.put(key, replace(socket, waiting=(), pending=(), file=FileId(0)))
    for each in socket.waiting:
        abort(tx, each)
    if not way(tx, socket):
        _part(tx, socket)
        vanish(tx, key)
    elif socket.peer == key:  # connected to itself
        finish(tx, key)
        vanish(tx, key)
    elif socket.queue:
        abort(tx, key)
    elif socket.state is SocketState.CLOSE_WAIT:
        finish(tx, key)
        vanish(tx, key)
    else:
        _orphan(tx, key)


def _orphan(tx: Transaction, key: SocketId) -> None:
    """Nobody has the socket any more, but its peer has not finished."""
    net = tx.get(Socket, key).net
    if tx.get(Socket, key).state is SocketState.ESTABLISHED:
        finish(tx, key)
    later = tx.clock + LINGER
    tx.put(key, replace(tx.get(Socket, key), until=later, orphaned=True))
    namespaces.put(tx, "net", net)


def abort(tx: Transaction, key: SocketId) -> None:
    """Reset the connection of a socket that is going (tcp_send_active_reset)."""
    socket = tx.get(Socket, key)
    peer = tx.find(Socket, socket.peer) if socket.peer else None
    if peer is not None:
        tx.put(key, replace(socket, peer=NO_SOCKET))
        if peer.orphaned:
            vanish(tx, socket.peer)
        else:
            reset(tx, socket.peer)
    vanish(tx, key)


def vanish(tx: Transaction, key: SocketId) -> None:
    """The socket leaves no trace."""
    socket = tx.get(Socket, key)
    ports.leave(tx, key)
    if socket.state is SocketState.SYN_SENT:
        _stop_waiting(tx, key)
    if socket.orphaned:
        tx.drop(Socket, key)
    else:
        sockets.drop(tx, key)


def _stop_waiting(tx: Transaction, key: SocketId) -> None:
    """Whoever was to hear of it, once there was room, hears nothing."""
    waiting.stop(tx, key)
    for number, listener in list(tx.items(Socket)):
        if key in listener.pending:
            rest = tuple(each for each in listener.pending if each != key)
            tx.put(number, replace(listener, pending=rest))


def forsake(tx: Transaction, key: SocketId) -> None:
    """The namespace of what was left of a connection is gone: its peer will hear no more."""
    _part(tx, tx.get(Socket, key))
    tx.drop(Socket, key)


def _part(tx: Transaction, socket: Socket) -> None:
    """The peer of *socket*, if there is one, will hear no more of it."""
    peer = tx.find(Socket, socket.peer)
    if peer is not None:
        tx.put(socket.peer, replace(peer, peer=NO_SOCKET))


def disconnect(tx: Transaction, key: SocketId) -> None:
    """Back to the beginning (tcp_disconnect)."""
    socket = tx.get(Socket, key)
    error = int(Errno.ECONNRESET) if socket.state in _RESET_BY_LEAVING else 0
    if socket.state is SocketState.SYN_SENT:
        _stop_waiting(tx, key)
    tx.put(key, replace(socket, waiting=(), pending=(), peer=NO_SOCKET))
    for each in socket.waiting:
        abort(tx, each)
    if socket.peer and tx.find(Socket, socket.peer) is not None:
        reset(tx, socket.peer)
    sockets.clear(tx, key)
    socket = tx.get(Socket, key)
    state, stage = SocketState.CLOSE, Stage.UNCONNECTED
    fresh = Socket(socket.net, socket.family, socket.type, socket.protocol, socket.uid)
    tx.put(
        key,
        replace(
            fresh,
            file=socket.file,
            gid=socket.gid,
            mode=socket.mode,
            state=state,
            stage=stage,
            local=ports.without_host(socket),
            port=socket.port,
            locked=socket.locked,
            fixed=socket.fixed,
            source=socket.source,
            used=socket.used,
            reuse=socket.reuse,
            reuse_port=socket.reuse_port,
            backlog=socket.backlog,
            error=error or socket.error,
        ),
    )
    ports.leave_unless_bound(tx, key)
    sockets.news(tx, key, PollCode.POLL_ERR)
