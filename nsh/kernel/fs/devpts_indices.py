"""The indices of an instance's pseudo terminals (drivers: devpts_new_index, devpts_pty_new, …).

An index is taken when a master is opened and free again when neither side is open any more; the
slave's name is gone as soon as the master is closed.
"""

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.terminals import PTY_MAX
from nsh.machine.devpts import DevPts
from nsh.machine.files import Superblock, SuperblockId
from nsh.machine.ids import TerminalId
from nsh.machine.value import Transaction


def data_of(tx: Transaction, sb: SuperblockId) -> DevPts:
    """What the instance keeps."""
    data = tx.get(Superblock, sb).data
    assert isinstance(data, DevPts)
    return data


def _set(tx: Transaction, sb: SuperblockId, data: DevPts) -> None:
    tx.put(sb, replace(tx.get(Superblock, sb), data=data))


def allocate(tx: Transaction, sb: SuperblockId) -> int:
    """Take the lowest free index.  ENOSPC."""
    data = data_of(tx, sb)
    limit = PTY_MAX if data.most is None else data.most
    index = 0
    while index in data.used:
        index += 1
    if index >= limit:
        raise Errno.ENOSPC(f"the instance has {limit} pseudo terminals at most")
    _set(tx, sb, replace(data, used=data.used.set(index, None)))
    return index


def show(tx: Transaction, sb: SuperblockId, index: int, terminal: TerminalId) -> None:
    """Give the slave its name."""
    data = data_of(tx, sb)
    _set(tx, sb, replace(data, shown=data.shown.set(index, terminal)))


def hide(tx: Transaction, sb: SuperblockId, index: int) -> None:
    """The master is closed: the slave's name goes."""
    data = data_of(tx, sb)
    _set(tx, sb, replace(data, shown=data.shown.delete(index)))


def free(tx: Transaction, sb: SuperblockId, index: int) -> None:
    """Neither side is open any more."""
    data = data_of(tx, sb)
    _set(tx, sb, replace(data, used=data.used.delete(index)))
