"""nsfs: namespaces as files, which keep them alive (namespaces(7), ioctl_nsfs(2))."""

from typing import TYPE_CHECKING, ClassVar

from nsh._modules import late
from nsh.abi.errno import Errno
from nsh.abi.files import S_IFREG
from nsh.kernel import namespaces
from nsh.kernel.fs.mount_tree import internal_mount
from nsh.kernel.fs.permission import MAY_WRITE
from nsh.kernel.fs.types import FileSystem, file_system, new_superblock
from nsh.machine.context import Place
from nsh.machine.files import Attributes, File, SuperblockId
from nsh.machine.ids import FileId, NamespaceId, TaskId
from nsh.machine.nsfs import NsNode
from nsh.machine.record import Record
from nsh.machine.value import Transaction

if TYPE_CHECKING:
    from nsh.kernel.fs import descriptors
else:  # no boot needs it
    late(globals(), "nsh.kernel.fs", "descriptors")


@file_system("nsfs")
class NsFs(FileSystem):
    """Its nodes are :class:`NsNode`; whoever stands on one holds the namespace."""

    internal: ClassVar[bool] = True
    registered: ClassVar[bool] = False
    positioned: ClassVar[bool] = False

    def mount(self, tx: Transaction, caller: TaskId, source: str, options: str) -> SuperblockId:
        """The kernel's own instance."""
        return new_superblock(tx, self.name, NsNode("", 0, 0))

    def dname(self, tx: Transaction, sb: SuperblockId, node: Record) -> str | None:
        """``KIND:[INUM]``."""
        assert isinstance(node, NsNode)
        return f"{node.kind}:[{node.inum}]"

    def stat(self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record) -> Attributes:
        """A file that everybody may read, and nobody change."""
        assert isinstance(node, NsNode)
        return Attributes(node.inum, S_IFREG | 0o444)

    def permission(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record, wanted: int
    ) -> bool | None:
        """EPERM for writing, whoever asks: the files are immutable."""
        if wanted & MAY_WRITE:
            raise Errno.EPERM("the file of a namespace is opened for reading only")
        return None

    def immutable(self, tx: Transaction, sb: SuperblockId, node: Record) -> bool:
        """All of them."""
        return True

    def read(self, tx: Transaction, caller: TaskId, key: FileId, file: File, size: int) -> bytes:
        """There is nothing to read."""
        raise Errno.EINVAL("the file of a namespace has no content")

    def touch(self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record) -> None:
        """Nobody can."""
        raise Errno.EPERM("the file of a namespace is immutable")

    def hold(self, tx: Transaction, sb: SuperblockId, node: Record, count: int = 1) -> None:
        """Keep the namespace."""
        assert isinstance(node, NsNode)
        if node.kind:
            namespaces.hold(tx, node.kind, NamespaceId(node.namespace), count)

    def release(self, tx: Transaction, sb: SuperblockId, node: Record) -> None:
        """Let go of the namespace."""
        assert isinstance(node, NsNode)
        if node.kind:
            namespaces.put(tx, node.kind, NamespaceId(node.namespace))


def place_of(tx: Transaction, kind: str, namespace: NamespaceId) -> Place:
    """The file of a namespace, as /proc/PID/ns/KIND leads to it; ``KeyError`` if it has ended."""
    kind = kind.removesuffix("_for_children")
    inum = namespaces.get(tx, kind, namespace).inum
    return Place(internal_mount(tx, "nsfs"), NsNode(kind, namespace, inum))


def namespace_of(tx: Transaction, caller: TaskId, fd: int) -> tuple[str, NamespaceId]:
    """The kind and id of the namespace whose file is open as *fd*; EBADF, EINVAL."""
    _, file = descriptors.open_file(tx, caller, fd)
    node = file.place.node
    if not isinstance(node, NsNode):
        raise Errno.EINVAL(f"descriptor {fd} is no namespace's")
    return node.kind, NamespaceId(node.namespace)
