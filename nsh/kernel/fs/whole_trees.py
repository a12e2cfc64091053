"""What the file systems of process containers and of classes have in common (S1, S0): each tree is
the same for all who see it, for cgroup namespaces came later."""

from typing import ClassVar

from nsh.kernel import cgroupns
from nsh.kernel.fs.cgroupfs import CgroupFileSystem
from nsh.machine.cgroups import CgroupNode
from nsh.machine.files import Superblock, SuperblockId
from nsh.machine.ids import FIRST_USER, NamespaceId, TaskId
from nsh.machine.record import Record
from nsh.machine.settings import on_mainline
from nsh.machine.value import Transaction


class WholeTree(CgroupFileSystem):
    """Whoever mounts it does so for the whole machine."""

    userns_mount: ClassVar[bool] = False

    def present(self, tx: Transaction) -> bool:
        """Mainline took neither under that name."""
        return not on_mainline(tx)

    def user_space(self, tx: Transaction, caller: TaskId) -> NamespaceId:
        """The whole machine's."""
        return FIRST_USER

    def top(self, tx: Transaction, caller: TaskId, sb: SuperblockId) -> Record:
        """The root."""
        return tx.get(Superblock, sb).root

    def show_root(self, tx: Transaction, reader: TaskId, sb: SuperblockId, node: Record) -> str:
        """Its path in the tree."""
        assert isinstance(node, CgroupNode)
        where = cgroupns.whole_path(tx, node.cgroup)
        return f"{where.rstrip('/')}/{node.file}" if node.file else where
