"""Sockets: what they are bound to, whom they are connected to, what they hold (socket(7), unix(7)).

A socket is made in a network namespace and stays there, whoever holds it (N6).
"""

from collections import Counter
from collections.abc import Iterator
from enum import IntEnum
from typing import Final

from nsh.machine.context import Place
from nsh.machine.files import File, InodeId, Opened, holds_files, holds_places
from nsh.machine.ids import NOBODY, FileId, NamespaceId, SpaceId, TaskId
from nsh.machine.invariants import invariant
from nsh.machine.namespaces import keeps
from nsh.machine.net import NO_SOCKET, Net, SocketId
from nsh.machine.record import Record, table
from nsh.machine.tasks import Task
from nsh.machine.value import Machine


class Inet(Record):
    """``struct sockaddr_in``."""

    host: str = "0.0.0.0"
    port: int = 0


class UnixName(Record):
    """``struct sockaddr_un``: a path; a NUL in front: an abstract name; empty: no name."""

    path: str = ""


SocketAddress = Inet | UnixName


class Told(Record):
    """Who somebody was at some moment: credentials, to be told in the numbers of whoever asks."""

    path: tuple[SpaceId, ...]
    """The pid spaces in which the process has a number, outermost first."""
    pids: tuple[int, ...]
    uid: int
    gid: int
    task: TaskId = NOBODY
    """The process itself."""
    exit_code: int | None = None
    """How it ended, as wait(2) encodes it, once it has been reaped (pidfs_register_pid)."""


class SocketState(IntEnum):
    """The kernel's numbers (include/net/tcp_states.h), which Unix sockets use too."""

    ESTABLISHED = 1
    SYN_SENT = 2
    SYN_RECV = 3
    FIN_WAIT1 = 4
    FIN_WAIT2 = 5
    TIME_WAIT = 6
    CLOSE = 7
    CLOSE_WAIT = 8
    LAST_ACK = 9
    LISTEN = 10
    CLOSING = 11


class Stage(IntEnum):
    """How far connect(2) has come, as far as the caller knows (``socket_state``)."""

    UNCONNECTED = 1
    CONNECTING = 2
    CONNECTED = 3
    DISCONNECTING = 4


class Packet(Record):
    """A message, or a piece of a stream, in the queue of who is to receive it (``sk_buff``)."""

    data: bytes
    room: int
    """What it takes of the sender's buffer until it is gone, in bytes."""
    sender: SocketId
    source: Inet | UnixName | None = None
    who: Told | None = None
    files: tuple[FileId, ...] = ()
    """Open files on their way (SCM_RIGHTS), which it holds."""


class OpenSocket(Opened):
    """An open socket."""

    socket: SocketId


@table
class SocketFile(Record):
    """The socket that a socket file leads to, keyed by the file's inode."""

    socket: SocketId


@table
class Socket(Record):
    """``struct sock``, keyed by its inode number."""

    net: NamespaceId
    family: int
    type: int
    protocol: int
    uid: int = 0
    file: FileId = FileId(0)
    """The open file that it is; 0: nobody has accepted it yet, or its owner has closed it."""
    gid: int = 0
    mode: int = 0o777
    """Of the socket as a file of its own, which has no name."""
    state: SocketState = SocketState.CLOSE
    local: Inet | UnixName | None = None
    port: int = 0
    """The Internet port that it holds; ``local`` goes on telling one that it has given up."""
    locked: bool = False
    """bind(2) gave it that port, so that it keeps it without a connection."""
    fixed: bool = False
    """bind(2) gave it its host."""
    source: str = ""
    """What it sends from, where that is not its local host: bound to many, 0.0.0.0 until a route
    has chosen (``inet_saddr``)."""
    remote: Inet | UnixName | None = None
    peer: SocketId = NO_SOCKET
    """The other end, as long as that is there and takes part."""
    held: tuple[Packet, ...] = ()
    """Segments that found no way to it, and will be sent again; empty data: the end (FIN)."""
    queue: tuple[Packet, ...] = ()
    used: int = 0
    """How much of its sending buffer is in others' queues."""
    shut: int = 0
    """RCV_SHUTDOWN (1) and SEND_SHUTDOWN (2)."""
    finished: bool = False
    """The other side has sent its end (SOCK_DONE)."""
    error: int = 0
    """An errno for the next call to tell."""
    backlog: int = 0
    waiting: tuple[SocketId, ...] = ()
    """Connections that nobody has accepted."""
    pending: tuple[SocketId, ...] = ()
    """Who wants to connect and finds no room there."""
    me: Told | None = None
    """Who bound it, made it listen or connected it."""
    them: Told | None = None
    """Who is at the other end (SO_PEERCRED)."""
    passcred: bool = False
    passpidfd: bool = False
    reuse: bool = False
    reuse_port: bool = False
    ino: InodeId = InodeId(0)
    """The socket file it is bound to."""
    place: Place | None = None
    """That file, or the one of who has accepted it, which it keeps, and whose mount is busy."""
    until: int = 0
    """Virtual time at which TIME_WAIT and FIN_WAIT2 of a closed one, or SYN_SENT, are over."""
    stage: Stage = Stage.UNCONNECTED
    orphaned: bool = False
    """Its owner has closed it, and it lingers for the protocol's sake, keeping no namespace."""

    @property
    def asks_who(self) -> bool:
        """Whether messages are to tell it who has sent them (unix_may_passcred)."""
        return self.passcred or self.passpidfd


@keeps
def _namespaces(machine: Machine) -> Iterator[int]:
    """A socket keeps its namespace, as long as somebody has it, or could accept it."""
    for _key, socket in machine.items(Socket):
        if not socket.orphaned:
            yield socket.net


_DATAGRAM: Final = 2
"""A datagram's peer may have been closed, which it finds out when it sends."""


@holds_places
def _bound_to(machine: Machine) -> Iterator[Place]:
    """A socket stands on the file that is its name."""
    for _key, socket in machine.items(Socket):
        if socket.place is not None:
            yield socket.place


@holds_files
def _passed(machine: Machine) -> Iterator[FileId]:
    """Open files on their way hold themselves."""
    for _key, socket in machine.items(Socket):
        for packet in socket.queue:
            yield from packet.files


@invariant
def _sockets(machine: Machine) -> Iterator[str]:
    """Files and sockets, and the two ends of a connection know each other."""
    for key, socket in machine.items(Socket):
        if socket.file:
            file = machine.find(File, socket.file)
            if file is None or file.opened != OpenSocket(SocketId(key)):
                yield f"socket {key} is file {socket.file}, which is not its"
        peer = machine.find(Socket, socket.peer)
        if socket.peer and peer is None and socket.type != _DATAGRAM:
            yield f"socket {key} has a peer {socket.peer}, which is gone"
        for waiting in (*socket.waiting, *socket.pending):
            if machine.find(Socket, waiting) is None:
                yield f"socket {key} has a connection {waiting} waiting, which is gone"
    for key, file in machine.items(File):
        if isinstance(file.opened, OpenSocket) and machine.find(Socket, file.opened.socket) is None:
            yield f"file {key} is of socket {file.opened.socket}, which is gone"


def told(socket: Socket) -> Iterator[Told]:
    """Of whom a socket knows, and the messages in its queue."""
    for who in (socket.me, socket.them, *(packet.who for packet in socket.queue)):
        if who is not None:
            yield who


@invariant
def _ended(machine: Machine) -> Iterator[str]:
    """Of whom sockets know, they know how he has ended."""
    for key, socket in machine.items(Socket):
        for who in told(socket):
            if (who.exit_code is None) != (machine.find(Task, who.task) is not None):
                yield f"socket {key} knows of task {who.task}, but not whether it has ended"


@invariant
def _packets(machine: Machine) -> Iterator[str]:
    """Senders count what of theirs is on its way, and the files of messages are there."""
    used: Counter[int] = Counter()
    for key, socket in machine.items(Socket):
        for packet in (*socket.queue, *socket.held):
            used[packet.sender] += packet.room
            for passed in packet.files:
                if machine.find(File, passed) is None:
                    yield f"a message to socket {key} brings file {passed}, which is gone"
    for key, socket in machine.items(Socket):
        if socket.used != used[key]:
            yield f"socket {key} counts {socket.used} bytes on their way, there are {used[key]}"


@invariant
def _bound(machine: Machine) -> Iterator[str]:
    """A name, a port or a file leads to a socket that has it."""
    for key, entry in machine.items(SocketFile):
        bound = machine.find(Socket, entry.socket)
        if bound is None or bound.ino != key:
            yield f"inode {key} leads to socket {entry.socket}, which is not bound to it"
    for key, net in machine.items(Net):
        for slot in sorted({*net.shared} - {*net.ports}):
            yield f"namespace {key} has nobody at port {slot & 0xFFFF}, who shares it"
        bound_here = [*net.names.values(), *(one for all_ in net.ports.values() for one in all_)]
        for one in sorted(bound_here):
            holder = machine.find(Socket, one)
            if holder is None or holder.net != key:
                yield f"namespace {key} has a name or port of socket {one}, which is not in it"
