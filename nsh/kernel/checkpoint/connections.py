"""What is between sockets: who is connected to whom, who waits to be accepted, and what has been
sent and not received, with open files on their way (C4).

A socket that is connected to one which is nobody's inside cannot be saved.  What somebody outside
has sent, or has yet to be told of, is what it is inside: a message whose sender is gone.
"""

from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.sockets import Family, SocketType
from nsh.kernel.checkpoint import addresses, parts, peers, ports
from nsh.kernel.checkpoint import sockets as saved_sockets
from nsh.kernel.checkpoint.addresses import Name
from nsh.kernel.checkpoint.image import Object
from nsh.kernel.checkpoint.peers import Who
from nsh.kernel.checkpoint.sockets import SocketOf
from nsh.kernel.checkpoint.state import Dump, Restart
from nsh.kernel.fs import files
from nsh.kernel.net import protocols, sockets, tcp_connecting, tcp_states
from nsh.machine.ids import FileId, NamespaceId
from nsh.machine.net import NO_SOCKET, SocketId
from nsh.machine.sockets import Packet, Socket, SocketState
from nsh.machine.tasks import Task

_GONE = -1


class Ends(Object, frozen=True, tag="connection"):
    """With whom a socket has to do."""

    number: int
    peer: int = 0
    """-1: one that is gone, which it is yet to find out."""
    waiting: tuple[int, ...] = ()
    """Connections that nobody has accepted."""
    pending: tuple[int, ...] = ()
    """Who wants to connect and finds no room."""


class Message(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A message, or a piece of a stream."""

    data: bytes
    room: int = 0
    sender: int = 0
    """0: gone, or nobody that it counts for."""
    source: Name = None
    who: Who | None = None
    files: tuple[int, ...] = ()


class Queue(Object, frozen=True, tag="messages"):
    """What a socket has received and nobody has read, and what it could not send."""

    number: int
    queue: tuple[Message, ...] = ()
    held: tuple[Message, ...] = ()


@parts.saves(Ends, 53)
def _save_ends(dump: Dump) -> Iterator[Ends]:
    """EBUSY: it is connected to somebody outside."""
    for key in dump.sockets:
        socket = dump.tx.get(Socket, key)
        yours = [each for each in socket.pending if each in dump.sockets]
        with dump.going_on():
            found = Ends(
                dump.sockets.of(key),
                _peer(dump, SocketId(key), socket),
                tuple(dump.sockets.of(each) for each in socket.waiting),
                tuple(dump.sockets.of(each) for each in yours),
            )
            if found != Ends(found.number):
                yield found


def _peer(dump: Dump, key: SocketId, socket: Socket) -> int:
    if not socket.peer or socket.peer in dump.sockets:
        return dump.sockets.of(socket.peer) if socket.peer else 0
    if dump.tx.find(Socket, socket.peer) is None:
        return _GONE
    if socket.orphaned:
        return 0
    whom = saved_sockets.holder(dump, socket.peer)
    return dump.refuse(f"{dump.name(dump.having[key])} holds a socket to {whom} the container")


@parts.saves(Queue, 54)
def _save_queues(dump: Dump) -> Iterator[Queue]:
    """EBUSY: one of the container's open files is on its way to somebody outside, too."""
    tx = dump.tx
    for key in dump.sockets:
        socket = tx.get(Socket, key)
        queue = tuple(_message(dump, key, each) for each in socket.queue)
        held = tuple(_message(dump, key, each) for each in socket.held)
        if queue or held:
            yield Queue(dump.sockets.of(key), queue, held)
    for key, socket in sorted(tx.rows(Socket).items()):
        passed = {file for packet in socket.queue for file in packet.files}
        if key not in dump.sockets and any(file in dump.files for file in passed):
            whom = saved_sockets.holder(dump, SocketId(key))
            with dump.going_on():
                dump.refuse(f"an open file of the container is on its way to {whom}, too")


def _message(dump: Dump, key: int, packet: Packet) -> Message:
    tx = dump.tx
    users = tx.get(Task, dump.having[key]).creds.userns
    ours = packet.sender in dump.sockets
    return Message(
        packet.data,
        packet.room,
        dump.sockets.of(packet.sender) if ours else 0,
        addresses.name(packet.source if ours else sockets.source_of(tx, packet)),
        peers.who(dump, users, packet.who),
        tuple(dump.files.of(each) for each in packet.files),
    )


@parts.makes(Ends, "number")
def _make_ends(restart: Restart, saved: Ends) -> None:
    """EINVAL."""
    tx = restart.tx
    key = restart.socket(saved.number)
    socket = tx.get(Socket, key)
    peer = SocketId(tx.fresh()) if saved.peer == _GONE else NO_SOCKET
    if saved.peer not in (0, _GONE):
        peer = restart.socket(saved.peer)
    waiting = tuple(restart.socket(each) for each in saved.waiting)
    pending = tuple(restart.socket(each) for each in saved.pending)
    if (waiting or pending) and socket.state is not SocketState.LISTEN:
        raise Errno.EINVAL("waiting: nobody connects to a socket that does not listen")
    if any(tx.get(Socket, each).file for each in waiting):
        raise Errno.EINVAL("waiting: a connection has been accepted already")
    tx.put(key, replace(socket, peer=peer, waiting=waiting, pending=pending))
    restart.keep(saved)


@parts.makes(Queue, "number")
def _make_queue(restart: Restart, saved: Queue) -> None:
    """EINVAL."""
    tx = restart.tx
    key = restart.socket(saved.number)
    socket = tx.get(Socket, key)
    if saved.held and (socket.family, socket.type) != (Family.AF_INET, SocketType.SOCK_STREAM):
        raise Errno.EINVAL("held: such a socket sends at once, or not at all")
    users = tx.get(Task, restart.holders[saved.number]).creds.userns
    queue = tuple(_packet(restart, socket, users, each) for each in saved.queue)
    held = tuple(_packet(restart, socket, users, each) for each in saved.held)
    tx.put(key, replace(tx.get(Socket, key), queue=queue, held=held))
    for packet in (*queue, *held):
        sockets.charge(tx, packet.sender, packet.room)


def _packet(restart: Restart, socket: Socket, users: NamespaceId, saved: Message) -> Packet:
    passed: list[FileId] = []
    for number in saved.files:
        if socket.family != Family.AF_UNIX:
            raise Errno.EINVAL("files: open files go over Unix sockets only")
        passed.append(restart.file(number))
        files.hold(restart.tx, passed[-1])
    if saved.room < 0:
        raise Errno.EINVAL("room: a message takes some")
    return Packet(
        saved.data,
        saved.room,
        restart.socket(saved.sender) if saved.sender else NO_SOCKET,
        addresses.address(saved.source),
        peers.told(restart, users, saved.who),
        tuple(passed),
    )


@parts.finishes(12)
def _finish(restart: Restart) -> None:
    """Ports are taken, in their order; what was to be sent is sent again.  EINVAL: two sockets
    differ about who is connected to whom, or who could accept one."""
    tx = restart.tx
    _check_listeners(restart)
    found = sorted(restart.kept(SocketOf), key=lambda saved: saved.turn)
    for saved in found:
        key = restart.sockets[saved.number]
        _check_pair(restart, saved.number, key)
        if saved.port:
            users = tx.get(Task, restart.holders[saved.number]).creds.userns
            ports.occupy(restart, key, users, saved.shared)
    pending = {each for key in restart.sockets.values() for each in tx.get(Socket, key).pending}
    for saved in found:
        key = restart.sockets[saved.number]
        if saved.state is SocketState.SYN_SENT:
            tcp_connecting.resume(tx, key, again=key not in pending)
        if tx.find(Socket, key) is not None:
            tcp_states.resend(tx, key)


def _check_listeners(restart: Restart) -> None:
    met: set[int] = set()
    for saved in restart.kept(Ends):
        for number in (*saved.waiting, *saved.pending):
            if number in met:
                raise Errno.EINVAL(f"socket {number}: it waits to be accepted twice")
            met.add(number)


def _check_pair(restart: Restart, number: int, key: SocketId) -> None:
    socket = restart.tx.get(Socket, key)
    if not socket.peer or not protocols.of(socket).connected:
        return
    peer = restart.tx.find(Socket, socket.peer)
    if peer is None or peer.peer != key or (peer.family, peer.type) != (socket.family, socket.type):
        raise Errno.EINVAL(f"socket {number}: peer: that one is not connected to it")
