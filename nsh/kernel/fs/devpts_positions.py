"""The debate about /dev/pts (S2; N8): four positions, one of which the policy ``devpts`` chooses.

*shared*: one instance, whoever mounts it wherever, as before Linux 2.6.29; there is no option
``newinstance`` (EINVAL), and the last mount's options hold for all.

*newpts*: "I previously sent a patch to implement CLONE_NEWPTS, which just intercepts /dev/pts/
access without multiple mounts": one mount, and what it shows is the instance of the pts namespace
of whoever looks.

*multimount*: "check that /dev/pts can be mounted multiple times".  Each mount is an instance, with
``newinstance`` or without; what Linux does since 4.7.

*whitelist*: "do we require a extra namespace for /dev/pts/* to handle its virtualization or can
this be done directly in a device namespace?"  One instance; a slave is there for those in the
device namespace of its opener, and above, whose white lists have ``pts/*``.  Indices remain the
machine's: a container sees holes in its numbers, and by them how busy others are.
"""

from typing import Final

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.process import CloneFlag
from nsh.kernel import contexts, devices, hooks, kinds, namespaces, policies
from nsh.kernel.fs import devpts_options, files, mount_tree, owners
from nsh.kernel.fs.mount_space import FIRST as FIRST_MOUNTS
from nsh.kernel.fs.permission import credentials
from nsh.kernel.fs.types import new_superblock
from nsh.kernel.kinds import New
from nsh.machine.devpts import ROOT, DevPts, PtsFile, PtsSpace
from nsh.machine.files import Superblock, SuperblockId
from nsh.machine.ids import MountId, NamespaceId, TaskId
from nsh.machine.mounts import Mount
from nsh.machine.value import Transaction

FIRST: Final = NamespaceId(20)
INUM: Final = 4026531831
TYPE: Final = "devpts"

DEVPTS: Final = policies.policy(
    "devpts",
    ("shared", "newpts", "multimount", "whitelist"),
    "which pseudo terminals /dev/pts shows to whom (S2)",
    default="multimount",
    profiles={"summit-2007": "newpts"},
)


class MultiMount:
    """Each mount of devpts is an instance."""

    def mounted(self, tx: Transaction, caller: TaskId, options: str) -> SuperblockId:
        """The instance for a new mount.  EINVAL."""
        creds = credentials(tx, caller)
        data = owners.translated(tx, creds, devpts_options.parse(options, DevPts()), options)
        ptmx = replace(data.ptmx, uid=creds.fsuid, gid=creds.fsgid)
        uid, gid = owners.root_inside(tx, creds)
        data = replace(data, ptmx=ptmx, root=replace(data.root, uid=uid, gid=gid))
        first = contexts.namespace(tx, caller, "mnt") == FIRST_MOUNTS
        return make_instance(tx, replace(data, reserve=first))

    def view(self, tx: Transaction, caller: TaskId, sb: SuperblockId) -> SuperblockId:
        """The instance that a mount of *sb* shows to *caller*."""
        del tx, caller
        return sb

    def sees(self, tx: Transaction, caller: TaskId, file: PtsFile) -> bool:
        """Whether the slave is there for *caller*."""
        del tx, caller, file
        return True


class Shared(MultiMount):
    """One instance for everybody."""

    def mounted(self, tx: Transaction, caller: TaskId, options: str) -> SuperblockId:
        """The first instance, with new options for all.  EINVAL."""
        if "newinstance" in devpts_options.names(options):
            raise Errno.EINVAL("there is one instance, and no option newinstance (before 2.6.29)")
        sb = tx.get(PtsSpace, FIRST).superblock
        configure(tx, caller, self.view(tx, caller, sb), options)
        return sb


class NewPts(Shared):
    """One mount, which shows everybody the instance of his own namespace."""

    def view(self, tx: Transaction, caller: TaskId, sb: SuperblockId) -> SuperblockId:
        """Those of namespaces are reached by /proc/PID/pts, each by its own mount."""
        if sb != tx.get(PtsSpace, FIRST).superblock or contexts.proxy(tx, caller) is None:
            return sb
        return tx.get(PtsSpace, contexts.namespace(tx, caller, "pts")).superblock


class WhiteList(Shared):
    """One instance, in which each sees what his white list has."""

    def sees(self, tx: Transaction, caller: TaskId, file: PtsFile) -> bool:
        """The dead see what they like, for they do not look."""
        if contexts.proxy(tx, caller) is None:
            return True
        return devices.lists(tx, caller, file.rdev, seen_from=file.seen_from)


_SHARED: Final = Shared()
_NEWPTS: Final = NewPts()
_MULTIMOUNT: Final = MultiMount()
_WHITELIST: Final = WhiteList()


def position(tx: Transaction) -> MultiMount:
    """The position that holds."""
    match policies.value(tx, DEVPTS):
        case "shared":
            return _SHARED
        case "newpts":
            return _NEWPTS
        case "whitelist":
            return _WHITELIST
        case _:  # "multimount"
            return _MULTIMOUNT


def make_instance(tx: Transaction, data: DevPts) -> SuperblockId:
    """A new instance without terminals."""
    return new_superblock(tx, TYPE, ROOT, data)


def configure(tx: Transaction, caller: TaskId, sb: SuperblockId, options: str) -> None:
    """Give the instance other options, in the numbers of *caller*; what there is keeps its owners
    and modes.  EINVAL."""
    record = tx.get(Superblock, sb)
    assert isinstance(record.data, DevPts)
    data = devpts_options.parse(options, record.data)
    data = owners.translated(tx, credentials(tx, caller), data, options)
    tx.put(sb, replace(record, data=data))


# ---- the pts namespace ----


def _offered(tx: Transaction) -> bool:
    return position(tx) is _NEWPTS


def _end(tx: Transaction, space: NamespaceId, record: PtsSpace) -> None:
    """The instance lives on as long as a terminal of it is open."""
    del space
    tx.put(record.mount, replace(tx.get(Mount, record.mount), internal=False))
    files.drop_mount(tx, record.mount)
    namespaces.put_above(tx, "pts", record.path)


@kinds.namespace("pts", CloneFlag.CLONE_NEWPTS, PtsSpace, INUM, end=_end, present=_offered)
def _copy(tx: Transaction, old: NamespaceId, new: New) -> PtsSpace:
    """An instance of its own, with the options of the old one and none of its terminals."""
    above = tx.get(PtsSpace, old)
    data = tx.get(Superblock, above.superblock).data
    assert isinstance(data, DevPts)
    empty = DevPts()
    options = replace(data, root=empty.root, used=empty.used, shown=empty.shown)
    sb, mount = _own_instance(tx, options)
    namespaces.hold(tx, "pts", old)
    path = (*above.path, new.key)
    return PtsSpace(1, new.inum, new.owner, path, sb, mount, creator=new.creator)


def _own_instance(tx: Transaction, data: DevPts) -> tuple[SuperblockId, MountId]:
    sb = make_instance(tx, data)
    mount = mount_tree.make(tx, sb, ROOT, TYPE)
    tx.put(mount, replace(tx.get(Mount, mount), internal=True))
    return sb, mount


@hooks.on_boot(10)
def _boot(tx: Transaction) -> None:
    sb, mount = _own_instance(tx, DevPts())
    tx.put(FIRST, PtsSpace(1, INUM, NamespaceId(0), (FIRST,), sb, mount))


def first_instance(tx: Transaction, options: str) -> SuperblockId:
    """The machine's first instance, which boot mounts with *options*."""
    sb = tx.get(PtsSpace, FIRST).superblock
    record = tx.get(Superblock, sb)
    assert isinstance(record.data, DevPts)
    data = devpts_options.parse(options, record.data)
    tx.put(sb, replace(record, data=replace(data, reserve=True)))
    return sb
