"""Which instance a master is opened in (fs/devpts/inode.c: devpts_acquire, devpts_mntget).

``/dev/ptmx`` means what is mounted on ``pts`` beside it; ``ptmx`` of an instance means that one.
Where a bind mount shows a lone ``/dev/ptmx`` elsewhere, there is no beside (ENOENT).
"""

from nsh.abi.errno import Errno
from nsh.kernel.fs import mount_tree
from nsh.kernel.fs.devpts_positions import TYPE, position
from nsh.kernel.fs.types import type_of
from nsh.kernel.fs.walk import Walk
from nsh.machine.context import Place
from nsh.machine.devpts import ROOT, DevPtsNode
from nsh.machine.files import Superblock, SuperblockId
from nsh.machine.ids import TaskId, TerminalId
from nsh.machine.mounts import Mount
from nsh.machine.value import Transaction


def instance_at(tx: Transaction, caller: TaskId, place: Place) -> SuperblockId:
    """The instance for a master that *caller* opens at *place*.  ENODEV, ENOENT."""
    sb = tx.get(Mount, place.mount).superblock
    if not _is_devpts(tx, sb):
        sb = tx.get(Mount, _beside(tx, caller, place).mount).superblock
    return position(tx).view(tx, caller, sb)


def slave_of(
    tx: Transaction, caller: TaskId, place: Place, sb: SuperblockId, terminal: TerminalId
) -> Place:
    """Where TIOCGPTPEER finds the slave of a master that was opened at *place*, in instance *sb*.

    ENOENT, and ENODEV where another instance is in its place by now.
    """
    mount = tx.get(Mount, place.mount)
    while mount.root == place.node and mount.point is not None:  # a bind mount of a single file
        place = mount.point
        mount = tx.get(Mount, place.mount)
    holds = position(tx)
    there = _is_devpts(tx, mount.superblock)
    if not there or holds.view(tx, caller, mount.superblock) != sb:
        place = _beside(tx, caller, place)
        if holds.view(tx, caller, tx.get(Mount, place.mount).superblock) != sb:
            raise Errno.ENODEV("another instance is mounted there now")
    return Place(place.mount, DevPtsNode(terminal))


def _beside(tx: Transaction, caller: TaskId, place: Place) -> Place:
    """The root of the instance that is mounted on ``pts`` in the directory of *place*."""
    mount = tx.get(Mount, place.mount)
    sb = mount.superblock
    kind = type_of(tx, sb)
    directory = kind.parent(tx, sb, place.node)
    if not mount_tree.is_below(tx, sb, directory, mount.root):
        raise Errno.ENOENT("the directory of the node is not to be seen on this mount")
    child = kind.lookup(tx, caller, sb, directory, "pts")
    if child is None:
        raise Errno.ENOENT("there is no pts beside it")
    found = Walk(tx, caller).down(Place(place.mount, child))
    below = tx.get(Mount, found.mount)
    if not _is_devpts(tx, below.superblock) or found.node != ROOT:
        raise Errno.ENODEV("the pts beside it is no devpts")
    return found


def _is_devpts(tx: Transaction, sb: SuperblockId) -> bool:
    return tx.get(Superblock, sb).type == TYPE
