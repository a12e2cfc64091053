"""Sockets as files: read and written as streams, polled, closed (net/socket.c)."""

from typing import ClassVar

from nsh.abi.files import OpenFlag
from nsh.abi.poll import PollEvent
from nsh.abi.request import Failure
from nsh.kernel import sigio
from nsh.kernel.fs import files
from nsh.kernel.fs.drivers import driver
from nsh.kernel.fs.operations import FileOperations, Ready
from nsh.kernel.net import protocols, sockets
from nsh.kernel.net.sockets import DRIVER, Receiving, Sending
from nsh.machine.files import File
from nsh.machine.ids import FileId, TaskId
from nsh.machine.net import SocketId
from nsh.machine.sockets import OpenSocket, Socket
from nsh.machine.value import Transaction
from nsh.machine.waiting import On, channel


@driver(DRIVER)
class SocketOperations(FileOperations):
    """An open socket."""

    positioned: ClassVar[bool] = False

    def read(
        self, tx: Transaction, caller: TaskId, key: FileId, file: File, size: int
    ) -> bytes | Failure:
        """recvmsg(2) with nothing but room for data: descriptors that come with it are closed."""
        socket = _socket(file)
        call = Receiving(size, nonblock=bool(file.flags & OpenFlag.O_NONBLOCK))
        try:
            found = protocols.receive(tx, caller, socket, call)
        except sockets.SocketError as error:
            return error.failure
        if isinstance(found, Failure):
            return found
        for passed in found.files:
            files.release(tx, passed)
        return found.data

    def write(
        self, tx: Transaction, caller: TaskId, key: FileId, file: File, data: bytes
    ) -> int | Failure:
        """sendmsg(2) with nothing but data."""
        socket = _socket(file)
        call = Sending(data, nonblock=bool(file.flags & OpenFlag.O_NONBLOCK), file=key)
        try:
            return protocols.of(tx.get(Socket, socket)).send(tx, caller, socket, call)
        except sockets.SocketError as error:
            return error.failure

    def poll(self, tx: Transaction, caller: TaskId, key: FileId, file: File) -> Ready:
        """As its protocol has it."""
        number = _socket(file)
        socket = tx.get(Socket, number)
        events = protocols.of(socket).poll(tx, number, socket)
        channels = [channel(On.FILE, number)]
        if socket.peer:  # a datagram socket can be written to when its peer has room
            channels.append(channel(On.FILE, socket.peer))
        return Ready(events, tuple(channels))

    def polled(self, tx: Transaction, file: File, asked: int, found: int) -> None:
        """Who was told that there is no room is told when there is."""
        key = _socket(file)
        socket = tx.get(Socket, key)
        if not found & PollEvent.POLLOUT and protocols.of(socket).minds_room(socket, asked):
            sigio.await_room(tx, key)

    def asynchronous(
        self, tx: Transaction, caller: TaskId, key: FileId, file: File, fd: int, *, on: bool
    ) -> None:
        """The owner is told of what comes, of errors, of the end, and of room (sock_fasync)."""
        sigio.ask(tx, caller, key, fd, _socket(file), on=on, owned=False)

    def unsent(self, tx: Transaction, caller: TaskId, file: File) -> int:
        """As its protocol has it."""
        socket = tx.get(Socket, _socket(file))
        return protocols.of(socket).unsent(tx, socket)

    def queued(self, tx: Transaction, caller: TaskId, file: File) -> int:
        """The next message's bytes, or a stream's."""
        socket = tx.get(Socket, _socket(file))
        return protocols.of(socket).queued(tx, socket)

    def close(self, tx: Transaction, file: File) -> None:
        """The socket ends, as its protocol has it."""
        key = _socket(file)
        sigio.closed(tx, key, file)
        protocols.of(tx.get(Socket, key)).release(tx, key)


def _socket(file: File) -> SocketId:
    assert isinstance(file.opened, OpenSocket)
    return file.opened.socket
