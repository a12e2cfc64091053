"""The files of a machine just booted: a minimal root, and init's standard streams."""

from typing import Final

from immutables import Map
from msgspec.structs import replace

from nsh.abi.files import S_IFREG, MountFlag, OpenFlag
from nsh.kernel import contexts, hooks
from nsh.kernel.boot import INIT
from nsh.kernel.fs import (
    devpts_positions,
    devtmpfs,
    files,
    mount_space,
    mount_tree,
    opening,
    pages,
    tmpfs,
)
from nsh.kernel.fs.drivers import find_device
from nsh.kernel.fs.types import Name, find_type, internal_types
from nsh.machine.context import Descriptor, Fs, Place
from nsh.machine.files import Superblock, SuperblockId, makedev
from nsh.machine.ids import MountId, NamespaceId
from nsh.machine.mounts import InternalMounts, Mount, MountSpace
from nsh.machine.record import Record
from nsh.machine.tmpfs import DentryNode, Inode, Tmpfs
from nsh.machine.value import Transaction

DIRECTORIES: Final = {
    "bin": 0o755,
    "dev": 0o755,
    "etc": 0o755,
    "home": 0o755,
    "mnt": 0o755,
    "opt": 0o755,
    "opt/checkpoints": 0o755,
    "proc": 0o555,
    "root": 0o700,
    "run": 0o755,
    "sbin": 0o755,
    "sys": 0o555,
    "tmp": 0o1777,
    "usr": 0o755,
    "usr/bin": 0o755,
    "usr/sbin": 0o755,
    "var": 0o755,
}
"""What a root file system has at least (hier(7)), and where /opt/checkpoints/… go (S2)."""

FILES: Final = {
    "etc/group": "root:x:0:\ntty:x:5:\nnogroup:x:65534:\n",
    "etc/passwd": (
        "root:x:0:0:root:/root:/bin/nsh\nnobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin\n"
    ),
}

CONSOLE: Final = makedev(5, 1)
DEVPTS_OPTIONS: Final = "gid=5,mode=620,ptmxmode=000"
DEVPTS_FLAGS: Final = int(MountFlag.MS_NOSUID | MountFlag.MS_NOEXEC)
"""As distributions mount /dev/pts: who opens a terminal owns it, and the group tty may write."""


@hooks.on_boot(10)
def _first_namespace(tx: Transaction) -> None:
    row = MountSpace(1, mount_space.INUM, NamespaceId(0), MountId(0))
    tx.put(mount_space.FIRST, row)


@hooks.on_boot(20)
def _root(tx: Transaction) -> None:
    """Mount the root, what the kernel keeps to itself, /dev and /proc."""
    internal: dict[str, MountId] = {}
    for kind in internal_types():
        sb = mount_tree.written(tx, kind.mount(tx, INIT, kind.name, ""))
        mount = mount_tree.make(tx, sb, tx.get(Superblock, sb).root, kind.name)
        internal[kind.name] = mount
        tx.put(mount, replace(tx.get(Mount, mount), internal=True))
    tx.put(0, InternalMounts(Map(internal)))
    sb = tmpfs.make_instance(tx, tmpfs.TmpfsType.name, Tmpfs(mode=0o755))
    root = mount_tree.make(tx, sb, tx.get(Superblock, sb).root, "rootfs")
    mount_space.first(tx, root)
    top = Place(root, tx.get(Superblock, sb).root)
    places = Fs(top, top)
    contexts.set_fs(tx, INIT, places)
    files.hold_fs(tx, places)
    _fill(tx, sb)
    dev = _hang(tx, top, "dev", devtmpfs.make(tx, INIT), "devtmpfs")
    pts = devpts_positions.first_instance(tx, DEVPTS_OPTIONS)
    _hang(tx, dev, "pts", pts, "devpts", DEVPTS_FLAGS)
    proc = find_type("proc")
    if proc is not None:
        _hang(tx, top, "proc", mount_tree.written(tx, proc.mount(tx, INIT, "proc", "")), "proc")


def _fill(tx: Transaction, sb: SuperblockId) -> None:
    kind = tmpfs.TmpfsType()
    for path, mode in DIRECTORIES.items():
        kind.mkdir(tx, INIT, sb, _name(tx, sb, path), mode)
    for path, text in FILES.items():
        node = kind.create(tx, INIT, sb, _name(tx, sb, path), S_IFREG | 0o644)
        inode = kind.stat(tx, INIT, sb, node)
        assert isinstance(inode, Inode)
        data = text.encode()
        content = pages.write(inode.pages, 0, data)
        tx.put(inode.ino, replace(inode, pages=content, size=len(data)))


def _name(tx: Transaction, sb: SuperblockId, path: str) -> Name:
    """The name at the end of *path*, whose directories exist."""
    kind = tmpfs.TmpfsType()
    node: Record = tx.get(Superblock, sb).root
    *above, last = path.split("/")
    for name in above:
        found = kind.lookup(tx, INIT, sb, node, name)
        assert isinstance(found, DentryNode)
        node = found
    return Name(node, last)


def _hang(
    tx: Transaction, top: Place, name: str, sb: SuperblockId, source: str, flags: int = 0
) -> Place:
    """Mount *sb* on the directory *name* of *top*, the top of a tmpfs; the new mount's top."""
    root = tx.get(Superblock, sb).root
    point = tmpfs.TmpfsType().lookup(tx, INIT, sb, top.node, name)
    assert point is not None
    key = mount_tree.make(tx, sb, root, source, flags)
    mount_tree.hang(tx, key, Place(top.mount, point))
    return Place(key, root)


@hooks.on_boot(40)
def _standard_streams(tx: Transaction) -> None:
    """Descriptors 0, 1 and 2 of init are the console, as console_on_rootfs() opens them."""
    if find_device(CONSOLE) is None:
        return
    key = opening.open_path(tx, INIT, "/dev/console", int(OpenFlag.O_RDWR))
    contexts.set_files(tx, INIT, Map({fd: Descriptor(key, errors=fd == 2) for fd in range(3)}))
    files.hold(tx, key, 2)
