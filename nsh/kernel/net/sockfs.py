"""sockfs: sockets as files (net/socket.c), read and written as streams, polled, closed."""

from typing import ClassVar

from nsh.abi.files import S_IFSOCK, OpenFlag
from nsh.abi.request import Failure
from nsh.kernel.fs import files
from nsh.kernel.fs.drivers import driver
from nsh.kernel.fs.types import FileOperations, FileSystem, Ready, file_system, new_superblock
from nsh.kernel.net import sockets
from nsh.kernel.net.sockets import DRIVER, Receiving, Sending
from nsh.machine.files import Attributes, File, SuperblockId
from nsh.machine.ids import FileId, TaskId
from nsh.machine.net import NO_SOCKET, SocketId
from nsh.machine.record import Record
from nsh.machine.sockets import OpenSocket, Socket, SocketNode
from nsh.machine.value import Transaction
from nsh.machine.waiting import On, channel


@file_system("sockfs")
class SockFs(FileSystem):
    """Where sockets are; its nodes are :class:`SocketNode`."""

    internal: ClassVar[bool] = True

    def mount(self, tx: Transaction, caller: TaskId, source: str, options: str) -> SuperblockId:
        """The kernel's own instance."""
        return new_superblock(tx, self.name, SocketNode(NO_SOCKET))

    def dname(self, tx: Transaction, sb: SuperblockId, node: Record) -> str | None:
        """``socket:[INO]``."""
        assert isinstance(node, SocketNode)
        return f"socket:[{node.ino}]"

    def stat(self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record) -> Attributes:
        """A socket that its maker owns."""
        assert isinstance(node, SocketNode)
        return Attributes(node.ino, S_IFSOCK | 0o777, uid=tx.get(Socket, node.ino).uid)


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
            found = sockets.protocol_of(tx.get(Socket, socket)).receive(tx, caller, socket, call)
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
            return sockets.protocol_of(tx.get(Socket, socket)).send(tx, caller, socket, call)
        except sockets.SocketError as error:
            return error.failure

    def poll(self, tx: Transaction, caller: TaskId, file: File) -> Ready:
        """As its protocol has it."""
        key = _socket(file)
        socket = tx.get(Socket, key)
        events = sockets.protocol_of(socket).poll(tx, key, socket)
        channels = [channel(On.FILE, key)]
        if socket.peer:  # a datagram socket can be written to when its peer has room
            channels.append(channel(On.FILE, socket.peer))
        return Ready(events, tuple(channels))

    def queued(self, tx: Transaction, caller: TaskId, file: File) -> int:
        """The next message's bytes, or a stream's."""
        socket = tx.get(Socket, _socket(file))
        return sockets.protocol_of(socket).queued(tx, socket)

    def close(self, tx: Transaction, file: File) -> None:
        """The socket ends, as its protocol has it."""
        key = _socket(file)
        sockets.protocol_of(tx.get(Socket, key)).release(tx, key)


def _socket(file: File) -> SocketId:
    assert isinstance(file.opened, OpenSocket)
    return file.opened.socket
