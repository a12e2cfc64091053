"""What all sockets have in common: their beginning and end, queues, errors, and who waits for them
(net/socket.c, net/core/sock.c).

What each type of them does is in :mod:`~nsh.kernel.net.protocols`.
"""

from collections.abc import Callable
from typing import Final, NamedTuple, NoReturn, TypeVar

from msgspec.structs import replace

from nsh.abi.errno import Errno, KernelError
from nsh.abi.files import Read
from nsh.abi.poll import PollEvent
from nsh.abi.request import Failure
from nsh.abi.signals import PollCode, SiCode, Sig
from nsh.abi.sockets import Family, MessageFlag, Recvmsg, SocketType
from nsh.kernel import contexts, namespaces, pids, sigio, signals, waiting
from nsh.kernel.fs import files
from nsh.kernel.fs.descriptors import open_file
from nsh.kernel.fs.mount_tree import internal_mount
from nsh.kernel.waiting import WouldBlock
from nsh.machine.context import Place
from nsh.machine.files import File
from nsh.machine.ids import FileId, TaskId
from nsh.machine.net import SocketId, SocketNode
from nsh.machine.sigio import Asynchronous
from nsh.machine.signals import SigInfo
from nsh.machine.sockets import (
    Inet,
    OpenSocket,
    Packet,
    Socket,
    Told,
    UnixName,
)
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction
from nsh.machine.waiting import Channel, On, channel

RCV_SHUTDOWN: Final = 1
SEND_SHUTDOWN: Final = 2
BOTH: Final = RCV_SHUTDOWN | SEND_SHUTDOWN
BUFFER: Final = 212992
"""SO_SNDBUF and SO_RCVBUF as they are to begin with (net.core.wmem_default)."""
DRIVER: Final = "socket"
T = TypeVar("T")
_OF_READERS: Final = (PollCode.POLL_IN, PollCode.POLL_HUP)


class Sending(NamedTuple):
    """One call that sends."""

    data: bytes
    address: Inet | UnixName | None = None
    files: tuple[FileId, ...] = ()
    who: Told | None = None
    flags: int = 0
    nonblock: bool = False
    file: FileId = FileId(0)


class Receiving(NamedTuple):
    """One call that receives."""

    size: int
    flags: int = 0
    nonblock: bool = False

    @property
    def peek(self) -> bool:
        """Whether what is received stays where it is."""
        return bool(self.flags & MessageFlag.MSG_PEEK)


class Received(NamedTuple):
    """What was received; its files are still held by the packet if it was only a look."""

    data: bytes
    address: Inet | UnixName | None = None
    files: tuple[FileId, ...] = ()
    who: Told | None = None
    flags: int = 0


NOTHING: Final = Received(b"")


def of_file(tx: Transaction, caller: TaskId, fd: int) -> tuple[SocketId, File]:
    """The socket that is open as *fd*.  EBADF, ENOTSOCK."""
    _key, file = open_file(tx, caller, fd)
    if not isinstance(file.opened, OpenSocket):
        raise Errno.ENOTSOCK(f"descriptor {fd} is no socket")
    return file.opened.socket, file


def make(tx: Transaction, record: Socket) -> SocketId:
    """A new socket, which keeps its network namespace."""
    key = tx.new(SocketId)
    tx.put(key, record)
    namespaces.hold(tx, "net", record.net)
    return key


def open_as_file(tx: Transaction, key: SocketId, flags: int) -> FileId:
    """An open file for a socket that has none, with the status *flags*."""
    place = Place(internal_mount(tx, "sockfs"), SocketNode(key))
    file = tx.new(FileId)
    tx.put(file, File(place, flags, driver=DRIVER, opened=OpenSocket(key)))
    files.hold_place(tx, place)
    tx.put(key, replace(tx.get(Socket, key), file=file))
    return file


def of_caller(tx: Transaction, caller: TaskId, family: int, type_: int, number: int) -> Socket:
    """A socket for *caller*, in the network namespace that it is in now."""
    net = contexts.namespace(tx, caller, "net")
    return owned(tx, caller, Socket(net, family, type_, number))


def owned(tx: Transaction, caller: TaskId, record: Socket) -> Socket:
    """A socket that *caller* makes, or accepts, belongs to whom files take it for (sock_alloc)."""
    creds = tx.get(Task, caller).creds
    return replace(record, uid=creds.fsuid, gid=creds.fsgid)


def drop(tx: Transaction, key: SocketId) -> None:
    """The socket is gone, with what it holds; nobody refers to it any more."""
    clear(tx, key)
    net = tx.get(Socket, key).net
    tx.drop(Socket, key)
    namespaces.put(tx, "net", net)


def wake(tx: Transaction, key: SocketId) -> None:
    """Something about the socket is new."""
    waiting.wake(tx, channel(On.FILE, key))


def news(tx: Transaction, key: SocketId, *codes: PollCode) -> None:
    """The same, of which SIGIO tells, too (sock_wake_async): *codes*, one after the other."""
    if tx.find(Asynchronous, key) is None:
        wake(tx, key)
        return
    read = tx.get(Socket, key).type == SocketType.SOCK_STREAM and _is_waited_for(tx, key)
    wake(tx, key)
    for code in codes:
        if not (read and code in _OF_READERS):
            sigio.tell(tx, key, code)


def _is_waited_for(tx: Transaction, key: SocketId) -> bool:
    """Whether somebody sleeps until there is more of a stream, and so knows without being told
    (SOCKWQ_ASYNC_WAITDATA)."""
    found = tx.find(Channel, channel(On.FILE, key))
    waiters = (waiting.waiter(tx, task) for task in (() if found is None else found.tasks))
    return any(each is not None and isinstance(each.request, Read | Recvmsg) for each in waiters)


def wait(*keys: SocketId, reason: str, keep: bool = False) -> NoReturn:
    """Wait until something about one of the sockets is new."""
    raise WouldBlock(tuple(channel(On.FILE, key) for key in keys), reason=reason, keep=keep)


def interrupted(tx: Transaction, caller: TaskId, doing: str) -> None:
    """EINTR where a signal's handler is due."""
    if waiting.interrupted(tx, caller):
        raise Errno.EINTR(f"a signal was handled before {doing}")


def put(tx: Transaction, key: SocketId, packet: Packet) -> None:
    """Append *packet*, whose room is counted for its sender already, to a queue."""
    socket = tx.get(Socket, key)
    tx.put(key, replace(socket, queue=(*socket.queue, packet)))
    news(tx, key, PollCode.POLL_IN)


def charge(tx: Transaction, sender: SocketId, room: int) -> None:
    """*room* bytes of the sender's buffer are taken, or free again if below 0."""
    socket = tx.find(Socket, sender)
    if socket is not None and room:
        socket = replace(socket, used=socket.used + room)
        tx.put(sender, socket)
        if room < 0 and writable(socket):
            wake(tx, sender)
            if socket.family == Family.AF_UNIX or not socket.shut & SEND_SHUTDOWN:
                sigio.tell_of_room(tx, sender)


def writable(socket: Socket) -> bool:
    """Whether a writer that waits is told (unix_writable, sock_writeable): much of it is free."""
    return socket.used << 2 <= BUFFER


def take(tx: Transaction, key: SocketId) -> Packet:
    """Take the first packet off a queue; its files are the caller's to release."""
    socket = tx.get(Socket, key)
    packet = socket.queue[0]
    tx.put(key, replace(socket, queue=socket.queue[1:]))
    charge(tx, packet.sender, -packet.room)
    return packet


def clear(tx: Transaction, key: SocketId) -> None:
    """Drop all that is in a queue: files of the last message first (``files.release_all``)."""
    dropped = []
    while tx.get(Socket, key).queue:
        dropped.append(take(tx, key).files)
    for came in reversed(dropped):
        for file in came:
            files.release(tx, file)


def datagram(tx: Transaction, caller: TaskId, key: SocketId, call: Receiving) -> Received:
    """The next packet as a whole; what does not fit is lost (skb_recv_datagram).

    An error comes before data, as the kernel has it.
    """
    socket = tx.get(Socket, key)
    raise_error(tx, key)
    if not socket.queue:
        if call.nonblock:
            raise Errno.EAGAIN("there is no message")
        if socket.shut & RCV_SHUTDOWN:
            return NOTHING
        interrupted(tx, caller, "there was a message")
        wait(key, reason="until there is a message")
    packet = socket.queue[0] if call.peek else take(tx, key)
    flags = int(MessageFlag.MSG_TRUNC) if len(packet.data) > call.size else 0
    data, source = packet.data[: call.size], source_of(tx, packet)
    return Received(data, source, packet.files, packet.who, flags)


def source_of(tx: Transaction, packet: Packet) -> Inet | UnixName | None:
    """Where a message comes from: a Unix socket's name is asked for when it is received."""
    sender = tx.find(Socket, packet.sender)
    return packet.source if sender is None or isinstance(packet.source, Inet) else sender.local


class SocketError(Exception):
    """An error that the socket kept for this call, and does not keep any longer."""

    def __init__(self, errno: Errno) -> None:
        super().__init__(errno)
        self.failure = Failure(errno, "it had befallen the socket before")


def raise_error(tx: Transaction, key: SocketId) -> None:
    """Tell of the error that the socket has, once (sock_error)."""
    socket = tx.get(Socket, key)
    if socket.error:
        tx.put(key, replace(socket, error=0))
        raise SocketError(Errno(socket.error))


def standing(work: Callable[[], T]) -> T | Failure:
    """Do *work*; if it fails, what was done before it stands."""
    try:
        return work()
    except KernelError as error:
        return Failure(error.errno, error.reason)


def datagram_poll(socket: Socket) -> int:
    """datagram_poll()."""
    found = PollEvent.POLLERR if socket.error else 0
    if socket.shut & RCV_SHUTDOWN:
        found |= PollEvent.POLLIN | PollEvent.POLLRDHUP
    if socket.shut == BOTH:
        found |= PollEvent.POLLHUP
    if socket.queue:
        found |= PollEvent.POLLIN
    if writable(socket):
        found |= PollEvent.POLLOUT
    return found


def broken_pipe(
    tx: Transaction, caller: TaskId, flags: int, reason: str, *, signal: bool = True
) -> Failure:
    """EPIPE, with SIGPIPE unless MSG_NOSIGNAL is given."""
    if signal and not flags & MessageFlag.MSG_NOSIGNAL:
        me = tx.get(Task, caller)
        number = pids.number(tx, me, me.space)
        info = SigInfo(int(Sig.SIGPIPE), int(SiCode.SI_USER), number, me.creds.uid)
        signals.send(tx, caller, info, thread=True)
    return Failure(Errno.EPIPE, reason)
