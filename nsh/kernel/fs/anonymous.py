"""anon_inodefs: files that are nothing but a descriptor (fs/anon_inodes.c)."""

from collections.abc import Callable
from typing import Any, ClassVar, Final

from nsh.abi.errno import Errno
from nsh.kernel.fs.types import FileSystem, file_system, new_superblock
from nsh.machine.files import Attributes, Opened, SuperblockId
from nsh.machine.ids import TaskId
from nsh.machine.record import Record
from nsh.machine.timerfd import AnonymousNode
from nsh.machine.value import Transaction

counted: Final[dict[str, Callable[[Transaction, Any, int], None]]] = {}
"""For a kind of node that counts who stands on it: called with (transaction, node, how many more).
"""


@file_system("anon_inodefs")
class AnonymousInodes(FileSystem):
    """Files without a name or a place; their nodes are :class:`AnonymousNode` of all sorts."""

    internal: ClassVar[bool] = True
    registered: ClassVar[bool] = False

    def mount(self, tx: Transaction, caller: TaskId, source: str, options: str) -> SuperblockId:
        """The kernel's own instance."""
        return new_superblock(tx, self.name, AnonymousNode(""))

    def dname(self, tx: Transaction, sb: SuperblockId, node: Record) -> str | None:
        """``anon_inode:[timerfd]``."""
        assert isinstance(node, AnonymousNode)
        return f"anon_inode:[{node.kind}]"

    def stat(self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record) -> Attributes:
        """Most of them are one inode; and none has a type."""
        assert isinstance(node, AnonymousNode)
        return Attributes(node.number or sb, node.mode)

    def open(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record, flags: int
    ) -> Opened | None:
        """Most can be opened once only, by the call that makes them."""
        assert isinstance(node, AnonymousNode)
        if not node.by_path:
            raise Errno.ENXIO("the file is a descriptor and no more")
        return None

    def truncate(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record, size: int
    ) -> None:
        """They have no length, whatever they are."""
        assert isinstance(node, AnonymousNode)
        if not node.by_path:
            raise Errno.EINVAL("the file is no regular one")
        raise Errno.ENOTSUP("a file that is a descriptor and no more has no length")

    def chmod(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record, mode: int
    ) -> None:
        """Nobody can (anon_inode_setattr)."""
        raise Errno.ENOTSUP("a file that is a descriptor and no more keeps no mode")

    def chown(
        self,
        tx: Transaction,
        caller: TaskId,
        sb: SuperblockId,
        node: Record,
        owner: Attributes,
    ) -> None:
        """Nobody can."""
        raise Errno.ENOTSUP("a file that is a descriptor and no more keeps no owner")

    def touch(self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record) -> None:
        """Nobody can."""
        raise Errno.ENOTSUP("a file that is a descriptor and no more keeps no times")

    def hold(self, tx: Transaction, sb: SuperblockId, node: Record, count: int = 1) -> None:
        """Count them, where that matters."""
        assert isinstance(node, AnonymousNode)
        if node.kind in counted:
            counted[node.kind](tx, node, count)

    def release(self, tx: Transaction, sb: SuperblockId, node: Record) -> None:
        """Uncount one."""
        self.hold(tx, sb, node, -1)
