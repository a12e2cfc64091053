"""The devices of pseudo terminals: /dev/ptmx, ptmx of an instance, and slaves (pts(4)).

A slave is found by its file in devpts; a node of its number elsewhere leads nowhere (EIO), for the
number alone does not say of which instance it is.
"""

from nsh.abi.errno import Errno
from nsh.kernel import masters, ptys, terminal_devices
from nsh.kernel.fs import devpts_ptmx
from nsh.kernel.fs.devpts_indices import SLAVE_MAJOR
from nsh.kernel.fs.devpts_positions import position
from nsh.kernel.fs.drivers import Device, device, whole_major
from nsh.machine.context import Place
from nsh.machine.devpts import DevPtsNode, PtsFile
from nsh.machine.files import Opened
from nsh.machine.ids import TaskId, TerminalId
from nsh.machine.value import Transaction

_MASTER_MAJOR = 128
"""UNIX98_PTY_MASTER_MAJOR, by which no master can be opened."""


@device(5, 2, "ptmx", 0o666)
class Ptmx(masters.MasterDevice):
    """Each opening makes a pair."""

    def open(self, tx: Transaction, caller: TaskId, place: Place, rdev: int, flags: int) -> Opened:
        """The master of a new pair.  ENODEV and ENOENT: there is no instance; ENOSPC."""
        del rdev
        sb = devpts_ptmx.instance_at(tx, caller, place)
        return ptys.open_master(tx, caller, sb, flags)


@whole_major(SLAVE_MAJOR)
class Slave(terminal_devices.SlaveDevice):
    """The slaves of all instances."""

    def open(self, tx: Transaction, caller: TaskId, place: Place, rdev: int, flags: int) -> Opened:
        """EIO: it is no file of devpts, or locked, or its master is closed.  ENXIO: to the caller
        it does not exist (policy ``devpts whitelist``)."""
        del rdev
        node = place.node
        if not isinstance(node, DevPtsNode):
            raise Errno.EIO("the node is of no instance of devpts, so that it means no terminal")
        file = tx.get(PtsFile, node.slave)
        if not file.nlink:
            raise Errno.EIO("its master is closed")
        if not position(tx).sees(tx, caller, file):
            raise Errno.ENXIO("the slave is not on the white list of the device namespace")
        return ptys.open_slave(tx, caller, TerminalId(node.slave), flags)


@whole_major(_MASTER_MAJOR)
class Master(Device):
    """Masters have numbers, and are opened by ptmx alone."""

    def open(self, tx: Transaction, caller: TaskId, place: Place, rdev: int, flags: int) -> Opened:
        """EIO."""
        raise Errno.EIO("masters are opened by way of ptmx")
