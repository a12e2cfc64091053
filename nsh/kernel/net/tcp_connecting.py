"""connect(2) of tcp: the three steps of the handshake, all at once if they find a way.

As long as they do not, a timer of the socket's own runs, be there somebody who waits for it or not.
"""

from typing import Final

from msgspec.structs import replace

from nsh.abi.errno import Errno, KernelError
from nsh.abi.request import Failure
from nsh.abi.signals import PollCode
from nsh.kernel import hooks, ipv4, waiting
from nsh.kernel.net import inet, ports, routing, sockets, tcp_states
from nsh.kernel.net.routing import Unreachable
from nsh.machine.ids import NamespaceId, TaskId
from nsh.machine.net import SocketId
from nsh.machine.sockets import Inet, Socket, SocketState, Stage, UnixName
from nsh.machine.value import Transaction

_NS: Final = 10**9
LEFT: Final = (SocketState.TIME_WAIT, SocketState.FIN_WAIT2)
"""States of a connection that only its end is left of, when nobody has its socket."""
NO_ANSWER: Final = 131 * _NS
"""After how long a connect gives up (tcp_syn_retries, ip-sysctl.rst)."""
_PATIENCE: Final = {
    None: NO_ANSWER,
    Unreachable.HOST: 3 * _NS,
    Unreachable.NET: _NS,
    Unreachable.TIME: _NS,
}
"""Till when one has heard: a router that asks for a neighbour gives up after three times
(mcast_solicit), and what comes back at once is believed the second time (TCP_TIMEOUT_INIT)."""
_ERRNO: Final = {
    None: Errno.ETIMEDOUT,
    Unreachable.HOST: Errno.EHOSTUNREACH,
    Unreachable.NET: Errno.ENETUNREACH,
    Unreachable.TIME: Errno.EHOSTUNREACH,
}
"""What a connect is told (tcp_v4_err)."""


def connect(
    tx: Transaction, caller: TaskId, key: SocketId, address: Inet | UnixName, *, nonblock: bool
) -> Failure | None:
    """Make a connection, or go on waiting for it (inet_stream_connect)."""
    socket = tx.get(Socket, key)
    if socket.stage is Stage.CONNECTED:
        raise Errno.EISCONN("the socket is, or has been, connected")
    if socket.stage is Stage.DISCONNECTING:
        raise Errno.EINVAL("the socket was shut down before it was connected")
    before, begun = socket, socket.stage is Stage.UNCONNECTED
    if begun:
        if socket.state is not SocketState.CLOSE:
            raise Errno.EISCONN("the socket listens")
        _begin(tx, caller, key, inet.internet(address))
        attempt(tx, key)
        _be_patient(tx, key)
    socket = tx.get(Socket, key)
    if begun and nonblock:
        return Failure(Errno.EINPROGRESS, "the connection is being made: poll tells when it is")
    if socket.state is SocketState.SYN_SENT:
        return _pending(tx, caller, key, nonblock=nonblock)
    if socket.state is SocketState.CLOSE:
        _undo(tx, key)
        if not socket.error:
            return Failure(Errno.ECONNABORTED, "the connection failed, as was told before")
        assert isinstance(socket.remote, Inet)
        if begun:  # nothing is left of it but what was told
            tx.put(key, replace(before, local=socket.local, source="") if before.source else before)
        return Failure(Errno(socket.error), _why(socket.error, socket.remote))
    tx.put(key, replace(socket, stage=Stage.CONNECTED))
    return None


def _begin(tx: Transaction, caller: TaskId, key: SocketId, address: Inet) -> None:
    """Choose addresses and a port (tcp_v4_connect).  ENETUNREACH, EADDRNOTAVAIL."""
    socket = tx.get(Socket, key)
    if routing.many(tx, socket.net, address.host):
        routing.outward(tx, socket.net, address.host, inet.own(socket))
        raise Errno.ENETUNREACH(f"a connection is to one host, and {address.host} is many")
    host, source = inet.outward(tx, caller, socket, address.host)
    port = socket.port
    if not port:
        try:
            port = ports.free(tx, socket)
        except KernelError as error:
            raise Errno.EADDRNOTAVAIL(error.reason) from None
    local, remote = Inet(source, port), Inet(host, address.port)
    if socket.port:
        check_alone(tx, socket, local, remote)
    state, stage = SocketState.SYN_SENT, Stage.CONNECTING
    begun = replace(socket, local=local, source="", port=port, remote=remote, error=0)
    tx.put(key, replace(begun, state=state, stage=stage))
    if not socket.port:
        ports.occupy(tx, key)


def check_alone(tx: Transaction, socket: Socket, local: Inet, remote: Inet) -> None:
    """EADDRNOTAVAIL where there is a connection between the same two ends; what is left of one
    gives way, and the peer it had is reset (__inet_check_established, tcp_twsk_unique)."""
    for key, other in list(ports.holders(tx, socket.net, socket.protocol, local.port)):
        ended = other.state is SocketState.CLOSE
        if ended or (other.local, other.remote) != (local, remote):
            continue
        if not other.orphaned or other.state not in LEFT:
            raise Errno.EADDRNOTAVAIL("there is a connection already between these two ends")
        tcp_states.abort(tx, key)


def _pending(tx: Transaction, caller: TaskId, key: SocketId, *, nonblock: bool) -> Failure | None:
    """Wait for a connection that is being made, until the time is over."""
    socket = tx.get(Socket, key)
    assert isinstance(socket.remote, Inet)
    if nonblock:
        raise Errno.EALREADY("the connection is being made")
    if waiting.interrupted(tx, caller):
        return Failure(Errno.EINTR, "a signal was handled before the connection was made")
    sockets.wait(key, reason=f"until {socket.remote.host} answers", keep=True)


def _be_patient(tx: Transaction, key: SocketId) -> None:
    """Give up at some time: soon, where somebody tells that nobody is there."""
    socket = tx.get(Socket, key)
    if socket.state is SocketState.SYN_SENT:
        tx.put(key, replace(socket, until=tx.clock + NO_ANSWER))
        waiting.wind(tx, key, tx.clock + _PATIENCE[_told(tx, socket)])


def resume(tx: Transaction, key: SocketId, *, again: bool) -> None:
    """Go on with a connection that is being made; *again*: send the SYN once more."""
    if again:
        attempt(tx, key)
    socket = tx.get(Socket, key)
    if socket.state is SocketState.SYN_SENT:
        waiting.wind(tx, key, min(socket.until, tx.clock + _PATIENCE[_told(tx, socket)]))


@hooks.on_expiry
def expire(tx: Transaction, key: int) -> None:
    """A connection was not made in time (tcp_write_timeout)."""
    socket = tx.find(Socket, key)
    if socket is None:
        return
    told = _told(tx, socket)
    if told is None and tx.clock < socket.until:
        waiting.wind(tx, key, socket.until)
    else:
        tcp_states.failed(tx, SocketId(key), _ERRNO[told])


def _undo(tx: Transaction, key: SocketId) -> None:
    """The caller knows that it has failed: the socket can try again (tcp_disconnect)."""
    socket = tx.get(Socket, key)
    local = ports.without_host(socket)
    tx.put(key, replace(socket, local=local, stage=Stage.UNCONNECTED, error=0, shut=0))
    sockets.news(tx, key, PollCode.POLL_ERR)


def _told(tx: Transaction, socket: Socket) -> Unreachable | None:
    """What somebody on the way there tells of a SYN that did not arrive."""
    assert isinstance(socket.local, Inet)
    assert isinstance(socket.remote, Inet)
    try:
        loss = routing.send(tx, socket.net, socket.local.host, socket.remote.host).loss
    except KernelError:
        return None
    if loss is None or routing.notice(tx, socket.net, socket.local.host, loss) is None:
        return None
    return loss.why


def _why(error: int, remote: Inet) -> str:
    match Errno(error):
        case Errno.ECONNREFUSED:
            return inet.refused(remote.host, remote.port)
        case Errno.EHOSTUNREACH:
            return f"nobody answers for {remote.host} on the link that leads there"
        case Errno.ENETUNREACH:
            return f"a router on the way has no route to {remote.host}"
        case Errno.ETIMEDOUT:
            return f"no answer comes from {remote.host}"
        case _:
            return ""


def attempt(tx: Transaction, key: SocketId) -> None:
    """Send the SYN of a socket in SYN_SENT: it is answered, refused, or lost."""
    socket = tx.find(Socket, key)
    if socket is None or socket.state is not SocketState.SYN_SENT:
        return
    assert isinstance(socket.local, Inet)
    assert isinstance(socket.remote, Inet)
    try:
        there = routing.round_trip(tx, socket.net, socket.local.host, socket.remote.host).net
    except KernelError:
        return
    if there is None:
        return
    if there == socket.net and socket.local == socket.remote:  # before anybody who listens there
        tx.put(key, replace(socket, state=SocketState.ESTABLISHED, peer=key))
        waiting.stop(tx, key)
        sockets.news(tx, key, PollCode.POLL_OUT)
        return
    found = _listener(tx, there, socket)
    if found is None:
        tcp_states.failed(tx, key, Errno.ECONNREFUSED)
        return
    listener = tx.get(Socket, found)
    if len(listener.waiting) > listener.backlog:
        tx.put(found, replace(listener, pending=(*listener.pending, key)))
        return
    _establish(tx, key, found)


def _listener(tx: Transaction, net: NamespaceId, socket: Socket) -> SocketId | None:
    """Who listens there: at the very host first, then at any."""
    assert isinstance(socket.remote, Inet)
    best = None
    for key, other in ports.holders(tx, net, socket.protocol, socket.remote.port):
        assert isinstance(other.local, Inet)
        if other.state is SocketState.LISTEN:
            if other.local.host == socket.remote.host:
                return key
            if other.local.host == ipv4.ANY and best is None:
                best = key
    return best


def _establish(tx: Transaction, key: SocketId, found: SocketId) -> None:
    """A new socket at the other end, which waits to be accepted; this one is connected."""
    socket, listener = tx.get(Socket, key), tx.get(Socket, found)
    new = sockets.make(
        tx,
        Socket(
            listener.net,
            listener.family,
            listener.type,
            listener.protocol,
            listener.uid,
            state=SocketState.ESTABLISHED,
            stage=Stage.CONNECTED,
            local=socket.remote,
            port=socket.remote.port if isinstance(socket.remote, Inet) else 0,
            remote=socket.local,
            peer=key,
            reuse=listener.reuse,
            reuse_port=listener.reuse_port,
            shut=listener.shut,
        ),
    )
    ports.occupy(tx, new)
    listener = tx.get(Socket, found)
    tx.put(found, replace(listener, waiting=(*listener.waiting, new)))
    tx.put(key, replace(socket, state=SocketState.ESTABLISHED, peer=new))
    waiting.stop(tx, key)
    sockets.wake(tx, found)
    sockets.news(tx, key, PollCode.POLL_OUT)
    sockets.news(tx, found, PollCode.POLL_IN)
    if listener.shut & sockets.SEND_SHUTDOWN:  # the end was shut before it listened
        tcp_states.finish(tx, new)


def retry(tx: Transaction) -> None:
    """Something about the network is otherwise: send again what found no way."""
    for number, socket in list(tx.items(Socket)):
        key = SocketId(number)
        if socket.state is SocketState.SYN_SENT:
            attempt(tx, key)
        tcp_states.resend(tx, key)
