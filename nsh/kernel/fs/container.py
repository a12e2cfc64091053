"""container: a hierarchy of process containers, with the subsystems that it was mounted with (S1:
"The patch as it stands allows you to mount a container hierarchy as a filesystem, and at that point
select a set of subsystems to be bound to that hierarchy")."""

from typing import ClassVar

from nsh.abi.errno import Errno
from nsh.kernel.cgroup import tree
from nsh.kernel.fs.cgroupfs import CgroupFileSystem, found, hierarchy_of
from nsh.kernel.fs.types import Name, file_system
from nsh.kernel.subsystems import binding, registry, removal
from nsh.machine.cgroups import CgroupNode, Hierarchy
from nsh.machine.files import Superblock, SuperblockId
from nsh.machine.ids import FIRST_USER, NamespaceId, TaskId
from nsh.machine.record import Record
from nsh.machine.settings import on_mainline
from nsh.machine.value import Transaction


@file_system("container")
class ContainerType(CgroupFileSystem):
    """It is the same for all who see it: cgroup namespaces came later."""

    userns_mount: ClassVar[bool] = False

    def present(self, tx: Transaction) -> bool:
        """Mainline renamed it before it took it."""
        return not on_mainline(tx)

    # ---- instances ----

    def user_space(self, tx: Transaction, caller: TaskId) -> NamespaceId:
        """The whole machine's."""
        return FIRST_USER

    def mount(self, tx: Transaction, caller: TaskId, source: str, options: str) -> SuperblockId:
        """The hierarchy of those subsystems, or a new one; all of them, if none is named.  EBUSY:
        another has one of them."""
        return self.shown(tx, binding.mounted(tx, _parse(options)))

    def check_options(self, options: str) -> None:
        """EINVAL for what is no subsystem."""
        _parse(options)

    def reconfigure(self, tx: Transaction, caller: TaskId, sb: SuperblockId, options: str) -> None:
        """It is to have those subsystems, as far as the policy goes.  EBUSY, and what a subsystem
        says."""
        binding.rebind(tx, hierarchy_of(tx, sb), _parse(options))

    def show_options(self, tx: Transaction, sb: SuperblockId) -> str:
        """Its subsystems."""
        return "".join(f",{name}" for name in tx.get(Hierarchy, hierarchy_of(tx, sb)).controllers)

    def top(self, tx: Transaction, caller: TaskId, sb: SuperblockId) -> Record:
        """The root."""
        return tx.get(Superblock, sb).root

    def show_root(self, tx: Transaction, reader: TaskId, sb: SuperblockId, node: Record) -> str:
        """Its path in the hierarchy."""
        assert isinstance(node, CgroupNode)
        where = registry.path(tx, node.cgroup)
        return f"{where.rstrip('/')}/{node.file}" if node.file else where

    def kill(self, tx: Transaction, sb: SuperblockId) -> None:
        """The hierarchy ends, if there are no containers in it."""
        binding.ended(tx, hierarchy_of(tx, sb))

    # ---- changes ----

    def rmdir(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, at: Name, node: Record
    ) -> None:
        """EBUSY with tasks or containers in it, or its tasks die, as the policy has it."""
        removal.rmdir(tx, caller, found(tx, node)[0])

    def unlink(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, at: Name, node: Record
    ) -> None:
        """EPERM, but where who removes a container means its tasks too."""
        removal.unlink(tx, found(tx, node)[0], at.name)

    def rename(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, old: Name, new: Name
    ) -> None:
        """A container, where it is: ENOTDIR of files, EIO to another one, EEXIST
        (container_rename)."""
        key, record = found(tx, old.directory)
        if old.name not in record.children:
            raise Errno.ENOTDIR("the files of a container keep their names")
        if found(tx, new.directory)[0] != key:
            raise Errno.EIO("a container stays in the one that it was made in")
        if new.name in record.children or new.name in record.files:
            raise Errno.EEXIST(f"there is a {new.name} already")
        tree.rename(tx, key, old.name, new.name)


def _parse(options: str) -> tuple[str, ...]:
    known = registry.names()
    asked = {*filter(None, options.split(","))} - {"all"}
    for name in sorted(asked):
        if name not in known:
            raise Errno.EINVAL(f"there is no subsystem {name!r}; there are {', '.join(known)}")
    return tuple(name for name in known if name in asked or not asked)
