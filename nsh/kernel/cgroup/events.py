"""What poll(2) is told of the files of cgroups (kernfs_generic_poll, cgroup_file_notify).

Each can be read at any time.  POLLPRI says that it has something new: it has not been read since
it was opened, or since a file that tells of changes has changed.
"""

from typing import Final

from msgspec.structs import replace

from nsh.kernel import waiting
from nsh.kernel.cgroup import freezing, population, tree
from nsh.machine.cgroups import Cgroup, OpenNode, above
from nsh.machine.ids import NOBODY, CgroupId, TaskId
from nsh.machine.tasks import State, Task
from nsh.machine.value import Transaction
from nsh.machine.waiting import On, channel

EVENTS: Final = "cgroup.events"
FIRST: Final = 1
"""The number of the event that no reader has seen who has just opened a file."""


def text(tx: Transaction, cgroup: CgroupId, besides: TaskId = NOBODY) -> str:
    """What ``cgroup.events`` of *cgroup*, no root, says of those that are there, but for the dying
    *besides*."""
    populated = int(population.populated(tx, cgroup, besides))
    return f"populated {populated}\nfrozen {int(_is_frozen(tx, cgroup, besides))}\n"


def _is_frozen(tx: Transaction, cgroup: CgroupId, besides: TaskId) -> bool:
    if not freezing.to_freeze(tx, cgroup):
        return False
    states = (
        tx.get(Task, key).state
        for each in tree.below(tx, cgroup)
        for key in population.members(tx, each)
        if key != besides
    )
    return State.ALIVE not in states


def opened(tx: Transaction, cgroup: CgroupId, name: str) -> None:
    """Somebody has opened a file that tells of its changes."""
    inode = tx.get(Cgroup, cgroup).files[name].ino
    node = tx.find(OpenNode, inode)
    if node is not None:
        tx.put(inode, replace(node, files=node.files + 1))
    else:
        tx.put(inode, OpenNode(1, FIRST, text(tx, cgroup) if name == EVENTS else ""))


def closed(tx: Transaction, inode: int) -> None:
    """An open file is gone; the last takes along what was told of it."""
    node = tx.find(OpenNode, inode)
    if node is None:
        return
    if node.files > 1:
        tx.put(inode, replace(node, files=node.files - 1))
    else:
        tx.drop(OpenNode, inode)


def latest(tx: Transaction, inode: int) -> int:
    """The number of a file's last event."""
    node = tx.find(OpenNode, inode)
    return FIRST if node is None else node.event


def update(tx: Transaction, cgroup: CgroupId, besides: TaskId = NOBODY) -> None:
    """Somebody has come to *cgroup* or left it, or *besides* is dying there, or it is to freeze:
    tell of what that changes here and above."""
    if not tx.has(OpenNode):
        return
    for each in above(tx, cgroup):
        file = tx.get(Cgroup, each).files.get(EVENTS)
        node = None if file is None else tx.find(OpenNode, file.ino)
        if file is not None and node is not None:
            said = text(tx, each, besides)
            if said != node.said:
                tx.put(file.ino, replace(node, said=said))
                _notify(tx, file.ino)


def pass_through(tx: Transaction, cgroup: CgroupId) -> None:
    """Somebody runs in *cgroup*, which is frozen, for a moment: it and those above that are so
    have not been, and are again."""
    if tx.has(OpenNode) and freezing.to_freeze(tx, cgroup):
        for each in above(tx, cgroup):
            if freezing.to_freeze(tx, each):
                notify(tx, each, EVENTS)


def notify(tx: Transaction, cgroup: CgroupId, name: str) -> None:
    """Tell who has the file *name* of *cgroup* open that it has changed."""
    file = tx.get(Cgroup, cgroup).files.get(name)
    if file is not None:
        _notify(tx, file.ino)


def _notify(tx: Transaction, inode: int) -> None:
    node = tx.find(OpenNode, inode)
    if node is not None:
        tx.put(inode, replace(node, event=node.event + 1))
        waiting.wake(tx, channel(On.CGROUP, inode))
