"""devtmpfs: one tmpfs for the whole machine, with a node for each device that has a name."""

from nsh.kernel.fs import tmpfs
from nsh.kernel.fs.drivers import device_names
from nsh.kernel.fs.types import Name, file_system
from nsh.machine.files import Superblock, SuperblockId
from nsh.machine.ids import TaskId
from nsh.machine.tmpfs import DevTmpfs, Tmpfs
from nsh.machine.value import Transaction


@file_system("devtmpfs")
class DevTmpfsType(tmpfs.TmpfsType):
    """A tmpfs that is the same wherever it is mounted."""

    def mount(self, tx: Transaction, caller: TaskId, source: str, options: str) -> SuperblockId:
        """The instance that boot made."""
        return tx.get(DevTmpfs, 0).superblock


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
