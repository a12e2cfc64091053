"""sockfs: where sockets are, for who looks at a descriptor (net/socket.c)."""

from typing import ClassVar

from msgspec.structs import replace

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
        return Attributes(node.ino, S_IFSOCK | socket.mode, uid=socket.uid, gid=socket.gid)

    def chown(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record, owner: Attributes
    ) -> None:
        """The socket itself is theirs then, as far as its user counts (sockfs_setattr)."""
        from nsh.machine.sockets import Socket

        assert isinstance(node, SocketNode)
        kept = {"uid": owner.uid, "gid": owner.gid, "mode": owner.mode & 0o7777}
        tx.put(node.ino, replace(tx.get(Socket, node.ino), **kept))

    def chmod(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record, mode: int
    ) -> None:
        """Of the nameless file: the one that a socket is bound to has a mode of its own."""
        from nsh.machine.sockets import Socket

        assert isinstance(node, SocketNode)
        tx.put(node.ino, replace(tx.get(Socket, node.ino), mode=mode))
