"""Pseudo terminals without a file system that would name them: their seam, as requests."""

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.request import Request
from nsh.kernel import contexts, ptys
from nsh.kernel.dispatch import handles
from nsh.kernel.fs import files
from nsh.kernel.fs.descriptors import install
from nsh.kernel.fs.devpts_indices import data_of
from nsh.kernel.fs.mount_tree import internal_mount
from nsh.machine.devpts import DevPts
from nsh.machine.files import File, Opened, Superblock, SuperblockId
from nsh.machine.ids import FileId, TaskId
from nsh.machine.mounts import Mount
from nsh.machine.value import Transaction


class OpenMaster(Request, frozen=True, gc=False):
    """posix_openpt(3), in an instance of its own that all masters share.  Replies a descriptor."""

    flags: int = 2


class OpenSlave(Request, frozen=True, gc=False):
    """open(2) of the slave ``index``.  ENOENT."""

    index: int
    flags: int = 2


def _instance(tx: Transaction) -> SuperblockId:
    """An internal superblock that keeps the indices, for want of a devpts."""
    sb = tx.get(Mount, internal_mount(tx, "memfd")).superblock
    record = tx.get(Superblock, sb)
    if not isinstance(record.data, DevPts):
        tx.put(sb, replace(record, data=DevPts()))
    return sb


def _install(tx: Transaction, caller: TaskId, driver: str, flags: int, opened: Opened) -> int:
    place = contexts.fs(tx, caller).cwd
    key = FileId(tx.fresh())
    tx.put(key, File(place, flags & ~0o400, driver=driver, opened=opened))
    files.hold_place(tx, place)
    return install(tx, caller, key)


@handles(OpenMaster)
def open_master(tx: Transaction, caller: TaskId, request: OpenMaster) -> int:
    """A new pair."""
    opened = ptys.open_master(tx, caller, _instance(tx), request.flags)
    return _install(tx, caller, "ptm", request.flags, opened)


@handles(OpenSlave)
def open_slave(tx: Transaction, caller: TaskId, request: OpenSlave) -> int:
    """The slave, as its name would open it."""
    terminal = data_of(tx, _instance(tx)).shown.get(request.index)
    if terminal is None:
        raise Errno.ENOENT("no slave has that name")
    opened = ptys.open_slave(tx, caller, terminal, request.flags)
    return _install(tx, caller, "pts", request.flags, opened)
