"""devtmpfs: one tmpfs for the whole machine, with a node for each device that has a name.

Those in a device namespace (N7) see the nodes of the devices that they have.
"""

from collections.abc import Iterable

from nsh.abi.errno import Errno
from nsh.abi.files import S_IFBLK, S_IFCHR, S_IFMT, Dirent
from nsh.kernel import contexts, devices
from nsh.kernel.fs import dentries, tmpfs
from nsh.kernel.fs.drivers import device_names
from nsh.kernel.fs.types import Name, file_system
from nsh.machine.files import Superblock, SuperblockId
from nsh.machine.ids import TaskId
from nsh.machine.record import Record
from nsh.machine.tmpfs import DevTmpfs, Tmpfs
from nsh.machine.value import Transaction


@file_system("devtmpfs")
class DevTmpfsType(tmpfs.TmpfsType):
    """A tmpfs that is the same wherever it is mounted."""

    userns_mount = False

    def mount(self, tx: Transaction, caller: TaskId, source: str, options: str) -> SuperblockId:
        """The instance that boot made."""
        return tx.get(DevTmpfs, 0).superblock

    def lookup(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record, name: str
    ) -> Record | None:
        """The dentry of that name, unless it is of a device that the caller does not have."""
        found = super().lookup(tx, caller, sb, node, name)
        return found if found is None or _sees(tx, caller, found) else None

    def entries(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record
    ) -> Iterable[Dirent]:
        """The same ones, newest name first."""
        for entry in super().entries(tx, caller, sb, node):
            found = super().lookup(tx, caller, sb, node, entry.name)
            if found is not None and _sees(tx, caller, found):
                yield entry

    def create(
        self,
        tx: Transaction,
        caller: TaskId,
        sb: SuperblockId,
        at: Name,
        mode: int,
        *,
        rdev: int = 0,
    ) -> Record:
        """A file, fifo or device node.  EEXIST also for a name that the caller does not see."""
        _check_free(tx, at)
        return super().create(tx, caller, sb, at, mode, rdev=rdev)

    def mkdir(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, at: Name, mode: int
    ) -> Record:
        """A directory.  EEXIST."""
        _check_free(tx, at)
        return super().mkdir(tx, caller, sb, at, mode)

    def symlink(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, at: Name, target: str
    ) -> None:
        """A symbolic link.  EEXIST."""
        _check_free(tx, at)
        super().symlink(tx, caller, sb, at, target)

    def link(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, at: Name, node: Record
    ) -> None:
        """Another name.  EEXIST."""
        _check_free(tx, at)
        super().link(tx, caller, sb, at, node)

    def rename(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, old: Name, new: Name
    ) -> None:
        """Move a name.  EEXIST for one that the caller does not see: it is not his to replace."""
        if super().lookup(tx, caller, sb, new.directory, new.name) != self.lookup(
            tx, caller, sb, new.directory, new.name
        ):
            _check_free(tx, new)
        super().rename(tx, caller, sb, old, new)


def _sees(tx: Transaction, caller: TaskId, node: Record) -> bool:
    """Whether *node* is no device, or one that *caller* has; the dead do not look."""
    inode = dentries.inode_of(tx, node)
    kind = inode.mode & S_IFMT
    if kind not in (S_IFCHR, S_IFBLK) or contexts.proxy(tx, caller) is None:
        return True
    return devices.lists(tx, caller, inode.rdev, block=kind == S_IFBLK)


def _check_free(tx: Transaction, at: Name) -> None:
    if at.name in dentries.inode_of(tx, at.directory).children:
        raise Errno.EEXIST(f"{at.name} exists")


def make(tx: Transaction, owner: TaskId) -> SuperblockId:
    """The instance, with the nodes of all devices and the links that every /dev has."""
    sb = tmpfs.make_instance(tx, DevTmpfsType.name, Tmpfs(mode=0o755))
    tx.put(0, DevTmpfs(sb))
    kind = DevTmpfsType()
    root = tx.get(Superblock, sb).root
    for device in device_names():
        kind.create(tx, owner, sb, Name(root, device.name), device.mode, rdev=device.rdev)
    for name in ("pts", "shm"):
        kind.mkdir(tx, owner, sb, Name(root, name), 0o755)
    links = {
        "fd": "/proc/self/fd",
        "stdin": "/proc/self/fd/0",
        "stdout": "/proc/self/fd/1",
        "stderr": "/proc/self/fd/2",
    }
    for name, target in links.items():
        kind.symlink(tx, owner, sb, Name(root, name), target)
    return sb
