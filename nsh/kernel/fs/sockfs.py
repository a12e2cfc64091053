"""sockfs: where sockets are, for who looks at a descriptor (net/socket.c)."""

from typing import ClassVar

from nsh.abi.files import S_IFSOCK
from nsh.kernel.fs.types import FileSystem, file_system, new_superblock
from nsh.machine.files import Attributes, SuperblockId
from nsh.machine.ids import TaskId
from nsh.machine.net import NO_SOCKET, SocketNode
from nsh.machine.record import Record
from nsh.machine.value import Transaction


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
        from nsh.machine.sockets import Socket

        assert isinstance(node, SocketNode)
        socket = tx.get(Socket, node.ino)
        return Attributes(node.ino, S_IFSOCK | 0o777, uid=socket.uid, gid=socket.gid)
