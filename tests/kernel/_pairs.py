"""Pseudo terminals by short requests."""

from nsh.abi.files import Open
from nsh.abi.request import Request
from nsh.kernel.dispatch import handles
from nsh.kernel.fs import opening
from nsh.machine.ids import TaskId
from nsh.machine.value import Transaction


class OpenMaster(Request, frozen=True, gc=False):
    """posix_openpt(3).  Replies a descriptor."""

    flags: int = 2


class OpenSlave(Request, frozen=True, gc=False):
    """open(2) of the slave ``index``.  ENOENT."""

    index: int
    flags: int = 2


@handles(OpenMaster)
def open_master(tx: Transaction, caller: TaskId, request: OpenMaster) -> object:
    """A new pair."""
    return opening.open_(tx, caller, Open("/dev/ptmx", request.flags))


@handles(OpenSlave)
def open_slave(tx: Transaction, caller: TaskId, request: OpenSlave) -> object:
    """The slave, by its name."""
    return opening.open_(tx, caller, Open(f"/dev/pts/{request.index}", request.flags))
