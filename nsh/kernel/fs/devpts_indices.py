"""The indices of an instance's pseudo terminals (drivers: devpts_new_index, devpts_pty_new, …).

An index is taken when a master is opened and free again when neither side is open any more; the
slave's name is gone as soon as the master is closed.  An instance lives as long as an index of it
is taken, mounted or not.
"""

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.files import S_IFCHR
from nsh.kernel import devices, hooks
from nsh.kernel.fs import files
from nsh.kernel.fs.permission import credentials
from nsh.machine.devpts import FIRST_INO, PTY_LIMIT, DevPts, PtsFile, Ptys
from nsh.machine.files import Superblock, SuperblockId, makedev
from nsh.machine.ids import TaskId, TerminalId
from nsh.machine.value import Transaction

SLAVE_MAJOR = 136
"""UNIX98_PTY_SLAVE_MAJOR: since Linux 2.6.7 all slaves have it, their minor being the index."""


def data_of(tx: Transaction, sb: SuperblockId) -> DevPts:
    """What the instance keeps."""
    data = tx.get(Superblock, sb).data
    assert isinstance(data, DevPts)
    return data


def set_data(tx: Transaction, sb: SuperblockId, data: DevPts) -> None:
    """Let the instance keep *data*."""
    tx.put(sb, replace(tx.get(Superblock, sb), data=data))


def rdev_of(index: int) -> int:
    """The device number of slave *index*, of whatever instance."""
    return makedev(SLAVE_MAJOR, index)


def machine_wide(tx: Transaction) -> Ptys:
    """How many there are, and may be, on the whole machine."""
    return tx.find(Ptys, 0) or Ptys()


def allocate(tx: Transaction, sb: SuperblockId, wanted: int | None = None) -> int:
    """Take the lowest free index, or *wanted*.  ENOSPC: the instance, or the machine, has no more;
    EBUSY: that one is taken."""
    data, all_ = data_of(tx, sb), machine_wide(tx)
    limit = all_.limit - (0 if data.reserve else all_.reserve)
    if all_.count + 1 >= limit:
        kept = "" if data.reserve else f", {all_.reserve} of them kept for others"
        raise Errno.ENOSPC(
            f"{all_.count} are open on the machine; kernel.pty.max is {all_.limit}{kept},"
            " and the last one is never given out"
        )
    index = data.used.lowest_free() if wanted is None else wanted
    if index in data.used:
        raise Errno.EBUSY(f"pts/{index} is another pseudo terminal")
    if index >= (data.most or PTY_LIMIT):  # ida_alloc_max() takes 0 - 1 for no limit
        raise Errno.ENOSPC(f"the instance has {data.most} pseudo terminals at most")
    tx.put(0, replace(all_, count=all_.count + 1))
    set_data(tx, sb, replace(data, used=data.used.with_(index)))
    files.pin(tx, sb)
    return index


def show(
    tx: Transaction, caller: TaskId, sb: SuperblockId, index: int, terminal: TerminalId
) -> None:
    """Give the slave its name, and its owner: who opens the master, unless options say whom."""
    data = data_of(tx, sb)
    creds = credentials(tx, caller)
    uid = creds.fsuid if data.uid is None else data.uid
    gid = creds.fsgid if data.gid is None else data.gid
    rdev, seen_from = rdev_of(index), devices.path_of(tx, caller)
    file = PtsFile(
        FIRST_INO + index,
        S_IFCHR | data.mode,
        1,
        uid,
        gid,
        rdev,
        0,
        tx.clock,
        sb,
        index,
        0,
        seen_from,
    )
    tx.put(terminal, file)
    set_data(tx, sb, replace(data, shown=data.shown.set(index, terminal)))
    for hook in hooks.made:
        hook(tx, caller, sb, FIRST_INO + index)


def hide(tx: Transaction, sb: SuperblockId, index: int) -> None:
    """The master is closed: the slave's name goes."""
    data = data_of(tx, sb)
    terminal = data.shown[index]
    set_data(tx, sb, replace(data, shown=data.shown.delete(index)))
    file = tx.get(PtsFile, terminal)
    if file.users:
        tx.put(terminal, replace(file, nlink=0))
    else:
        tx.drop(PtsFile, terminal)


def free(tx: Transaction, sb: SuperblockId, index: int) -> None:
    """Neither side is open any more; the last one of an instance that is mounted nowhere ends
    it."""
    data, all_ = data_of(tx, sb), machine_wide(tx)
    tx.put(0, replace(all_, count=all_.count - 1))
    set_data(tx, sb, replace(data, used=data.used.without(index)))
    files.unpin(tx, sb)
