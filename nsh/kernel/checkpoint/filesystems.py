"""File systems that a container's mounts show: those around it, found again where they are mounted
there ("assume that the file system state doesn't change", S3), and its own, which are made anew.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.kernel import contexts
from nsh.kernel.checkpoint import parts, tmpfs, users
from nsh.kernel.checkpoint.image import Object
from nsh.kernel.checkpoint.state import Dump, Numbers, Restart
from nsh.kernel.fs import mount_flags, mount_tree, mounters
from nsh.kernel.fs.paths import path_in, path_to
from nsh.kernel.fs.types import find_type, type_of
from nsh.kernel.fs.walk import Walk
from nsh.machine.context import Place
from nsh.machine.files import Superblock, SuperblockId
from nsh.machine.ids import MountId, NamespaceId, TaskId
from nsh.machine.mounts import Mount, MountSpace
from nsh.machine.mqueue import MqueueFs
from nsh.machine.nsfs import NsNode
from nsh.machine.proc import Mounter
from nsh.machine.tasks import Task
from nsh.machine.users import UserSpace, up
from nsh.machine.value import Transaction

_MADE: Final = frozenset(
    ("cgroup", "cgroup2", "container", "devpts", "devtmpfs", "mqueue", "proc", "rcfs", tmpfs.TYPE)
)
"""What mounting makes anew, or finds."""
_ALONE: Final = ("devpts", tmpfs.TYPE)
"""Those of which each has contents of its own, that would be in two places after a restart."""
_OF_CGROUPS: Final = ("cgroup", "cgroup2", "container", "rcfs")
_IPC: Final = "ipc"


class Outside(Object, frozen=True):
    """A mount around the container."""

    number: int
    path: str
    """Where it is, from the top of its namespace."""
    type: str
    root: str = "/"
    """What it shows of its file system."""
    below: int = 0
    """How many such mounts cover it there."""


class FileSystemOf(Object, frozen=True, tag="filesystem"):
    """A file system."""

    number: int
    type: str
    outside: int = 0
    """A mount of it; 0: it is the container's own."""
    owner: int = 0
    """The user namespace that it was mounted in."""
    options: str = ""
    flags: int = 0
    namespace: int = 0
    """Of an mqueue: the ipc namespace that it shows; 0: that around the container."""


class Around:
    """The mounts around a container, or around who restarts one."""

    def __init__(self, tx: Transaction, space: NamespaceId) -> None:
        self.tx: Final = tx
        self.space: Final = space
        record = tx.get(MountSpace, space)
        self.owner: Final = record.owner
        self._top: Final = Place(record.root, tx.get(Mount, record.root).root)
        self.mounts: Final = {
            key: tx.get(Mount, key) for key in sorted(record.mounts, reverse=True)
        }
        """The youngest first."""
        self._paths: Final[dict[MountId, str]] = {}

    def path(self, key: MountId) -> str:
        """Where a mount is."""
        if key not in self._paths:
            place = Place(key, self.mounts[key].root)
            self._paths[key] = path_to(self.tx, place, self._top).text
        return self._paths[key]

    def of(self, sb: SuperblockId) -> list[MountId]:
        """The mounts of a file system, whole ones first, the oldest of them first."""
        found = [key for key, mount in self.mounts.items() if mount.superblock == sb]
        root = self.tx.get(Superblock, sb).root
        return sorted(found, key=lambda key: (self.mounts[key].root != root, key))

    def like(self, type_: str, root: str, path: str) -> list[MountId]:
        """The mounts of a type at a path that show *root*, the topmost first."""
        return [
            key
            for key, mount in self.mounts.items()
            if type_of(self.tx, mount.superblock).name == type_
            and self.path(key) == path
            and self.shows(key) == root
        ]

    def shows(self, key: MountId) -> str:
        """What of its file system a mount shows; a namespace by its kind."""
        mount = self.mounts[key]
        if isinstance(mount.root, NsNode):
            return mount.root.kind
        return path_in(self.tx, mount.superblock, mount.root)


class Systems:
    """The file systems of a checkpoint, and the mounts around it that it has to do with."""

    def __init__(self, dump: Dump, own: set[NamespaceId]) -> None:
        self.dump: Final = dump
        self.own: Final = own
        """Its mount namespaces."""
        self.around: Final = Around(dump.tx, dump.outside.kinds["mnt"])
        self.outside: Final = Numbers()
        self.numbers: Final = Numbers()

    def objects(self) -> Iterator[Object]:
        """All that have a number."""
        found = [each for sb in self.numbers for each in self._system(SuperblockId(sb))]
        for key in self.outside:
            yield self._outside(MountId(key))
        yield from found

    def _outside(self, key: MountId) -> Outside:
        around = self.around
        path, root = around.path(key), around.shows(key)
        kind = type_of(self.dump.tx, around.mounts[key].superblock).name
        below = around.like(kind, root, path).index(key)
        return Outside(self.outside.of(key), path, kind, root, below)

    def _system(self, sb: SuperblockId) -> Iterator[Object]:
        number = self.numbers.of(sb)
        record = self.dump.tx.get(Superblock, sb)
        found = self.around.of(sb)
        if found:
            yield FileSystemOf(number, record.type, self.outside.of(found[0]))
            return
        if record.type == "nsfs":
            yield FileSystemOf(number, record.type)
            return
        owner = users.number(self.dump, record.owner)
        namespace = self._check(sb, record)
        options = self._options(sb, record)
        flags = record.flags
        yield FileSystemOf(number, record.type, 0, owner, options, flags, namespace)
        if record.type == tmpfs.TYPE:
            yield from tmpfs.saved(self.dump, sb, number)

    def _check(self, sb: SuperblockId, record: Superblock) -> int:
        """EBUSY: it is mounted elsewhere, too; ENOTSUP: it cannot be made anew."""
        dump, tx = self.dump, self.dump.tx
        if record.type not in _MADE:
            dump.refuse(f"{record.type} is mounted in it, which cannot be saved", Errno.ENOTSUP)
        for _key, mount in mount_tree.mounts_of(tx, sb):
            if record.type in _ALONE and mount.space and mount.space not in self.own:
                inum = tx.get(MountSpace, mount.space).inum
                dump.refuse(f"its {record.type} is mounted outside, too, in mnt:[{inum}]")
        data = record.data
        if isinstance(data, Mounter) and data.space != dump.space:
            reason = f"{record.type} is mounted in it that shows another pid namespace"
            dump.refuse(reason, Errno.ENOTSUP)
        if not isinstance(data, MqueueFs) or data.namespace == dump.outside.kinds[_IPC]:
            return 0
        if data.namespace not in dump.namespaces:
            dump.refuse("mqueue is mounted in it of an ipc namespace without tasks", Errno.ENOTSUP)
        return dump.namespaces.of(data.namespace)

    def _options(self, sb: SuperblockId, record: Superblock) -> str:
        """As for mount(2), owners by the numbers of the user namespace that it was mounted in."""
        tx = self.dump.tx
        space = tx.get(UserSpace, record.owner)
        told = []
        for option in type_of(tx, sb).show_options(tx, sb).strip(",").split(","):
            name, _, value = option.partition("=")
            if name in ("uid", "gid"):
                number = up(space.uid_map if name == "uid" else space.gid_map, int(value))
                if number is None:
                    continue  # who has no number there, which is who restarts it
                option = f"{name}={number}"  # noqa: PLW2901  # translated
            told.append(option)
        return ",".join(told)


@parts.makes(Outside, "number")
def _find(restart: Restart, saved: Outside) -> None:
    """EINVAL: nothing like that is mounted there."""
    space = contexts.namespace(restart.tx, restart.caller, "mnt")
    found = Around(restart.tx, space).like(saved.type, saved.root, saved.path)
    if not 0 <= saved.below < len(found):
        raise Errno.EINVAL(
            f"path: there is no {saved.type} at {saved.path} that shows {saved.root}"
        )
    restart.outside[saved.number] = found[saved.below]


@parts.makes(FileSystemOf, "number")
def _make(restart: Restart, saved: FileSystemOf) -> None:
    """EINVAL; whatever mounting says."""
    tx = restart.tx
    if saved.outside:
        sb = tx.get(Mount, outside(restart, saved.outside)).superblock
        if type_of(tx, sb).name != saved.type:
            raise Errno.EINVAL(f"type: what is mounted there is no {saved.type}")
    elif saved.type == "nsfs":
        sb = tx.get(Mount, mount_tree.internal_mount(tx, "nsfs")).superblock
    else:
        sb = _mounted(restart, saved)
    restart.filesystems[saved.number] = sb


def outside(restart: Restart, number: int) -> MountId:
    """A mount around who restarts it.  EINVAL."""
    found = restart.outside.get(number)
    if found is None:
        raise Errno.EINVAL(f"outside: the image has no such mount {number} before this line")
    return found


def _mounted(restart: Restart, saved: FileSystemOf) -> SuperblockId:
    tx = restart.tx
    kind = find_type(saved.type)
    if saved.type not in _MADE or kind is None or not kind.present(tx):
        raise Errno.EINVAL(f"type: this kernel makes no {saved.type} anew")
    with _as_owner(restart, _sees(restart, saved), saved.owner) as task:
        owner = mounters.check_type(Walk(tx, task), kind)
        sb = mount_tree.written(tx, kind.mount(tx, task, saved.type, saved.options))
    record = mounters.owned(tx, tx.get(Superblock, sb), owner)
    if not record.mounts:
        record = replace(record, flags=mount_flags.asked("", saved.flags).flags)
    tx.put(sb, record)
    return sb


def _sees(restart: Restart, saved: FileSystemOf) -> TaskId:
    """By whom it is mounted.  EINVAL: nobody is in the ipc namespace that it shows."""
    init = restart.init
    if saved.type != "mqueue":
        return init
    space = restart.around[_IPC]
    if saved.namespace:
        space = restart.namespace(saved.namespace, _IPC)
    for task in restart.tasks.values():
        if contexts.namespace(restart.tx, task, _IPC) == space:
            return task
    raise Errno.EINVAL(f"namespace: nobody is in the ipc namespace {saved.namespace}")


@contextmanager
def _as_owner(restart: Restart, task: TaskId, owner: int) -> Iterator[TaskId]:
    """Have *task* the rights meanwhile that its owner has, or, where that is not the container's
    own, the caller."""
    tx = restart.tx
    before = tx.get(Task, task).creds
    tx.put(task, replace(tx.get(Task, task), creds=users.creds(restart, owner)))
    yield task
    tx.put(task, replace(tx.get(Task, task), creds=before))


@parts.finishes(5)
def _check_mounted(restart: Restart) -> None:
    """EINVAL: a file system that nothing shows."""
    for number, sb in restart.filesystems.items():
        if not restart.tx.get(Superblock, sb).mounts:
            raise Errno.EINVAL(f"filesystem {number}: no mount of the image shows it")


def in_reach(sb_type: str) -> bool:
    """Whether what somebody may mount of such a file system depends on where that one is."""
    return sb_type in _OF_CGROUPS
