"""Reaching a serial line from outside (see `nsh.kernel.serial`)."""

from nsh.abi.consoles import AttachSerial
from nsh.abi.errno import Errno
from nsh.abi.files import OpenFlag
from nsh.kernel import consoles, contexts, serial
from nsh.kernel.dispatch import handles
from nsh.kernel.fs import files, nsfs
from nsh.kernel.fs.descriptors import install, lowest_free
from nsh.kernel.fs.mount_tree import internal_mount
from nsh.machine.consoles import KIND, SERIAL, Consoles
from nsh.machine.context import Place
from nsh.machine.files import File, InodeId
from nsh.machine.ids import FileId, NamespaceId, TaskId
from nsh.machine.serial import SerialEnd, SerialLine, SerialNode
from nsh.machine.value import Transaction


@handles(AttachSerial)
def attach_serial(tx: Transaction, caller: TaskId, request: AttachSerial) -> int:
    """A new outer end, which begins with all that is kept."""
    kind, space = nsfs.namespace_of(tx, caller, request.fd)
    if kind != KIND:
        raise Errno.EINVAL(f"descriptor {request.fd} is of a {kind} namespace, not of a tty one")
    if consoles.own(tx, caller) not in tx.get(Consoles, space).path[:-1]:
        raise Errno.EPERM("a serial line is reached from the namespaces around its own only")
    lowest_free(contexts.files(tx, caller))
    return install(tx, caller, _attach(tx, space))


def _attach(tx: Transaction, space: NamespaceId) -> FileId:
    line = consoles.terminal(tx, space, SERIAL)
    before = tx.find(SerialLine, line)
    tx.put(line, SerialLine(1 if before is None else before.attached + 1))
    place = Place(internal_mount(tx, serial.SerialFs.name), SerialNode(InodeId(line)))
    key = tx.new(FileId)
    flags = int(OpenFlag.O_RDWR)
    tx.put(key, File(place, flags, driver=serial.DRIVER, opened=SerialEnd(line)))
    files.hold_place(tx, place)
    return key
