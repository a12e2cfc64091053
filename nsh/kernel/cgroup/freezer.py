"""The freezer of the first version (freezer-subsystem.rst; kernel/cgroup/legacy_freezer.c).

Whom it freezes nothing reaches, SIGKILL no more than others: that waits until it is let go.
"""

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.kernel import printk
from nsh.kernel.cgroup import cftypes, controllers, freezing, population, tree
from nsh.kernel.cgroup.cftypes import By, Cftype, cftype
from nsh.machine.cgroups import Cgroup, FreezerCgroup, Hierarchies, is_freezing
from nsh.machine.ids import CgroupId, TaskId
from nsh.machine.tasks import Flag, State, Task
from nsh.machine.value import Transaction

NAME = "freezer"
_WARNING = "Freezing with imperfect legacy cgroup freezer. See cgroup.freeze of cgroup v2"
_ours = controllers.controller(NAME, unified=False)


@_ours.ends
def _end(tx: Transaction, cgroup: CgroupId) -> None:
    tx.drop(FreezerCgroup, cgroup)


class _File(Cftype):
    controller = NAME
    on_root = False


@cftype("freezer.state", cftypes.LEGACY)
class FreezerState(_File):
    """FROZEN, once nobody in it or below runs; FREEZING till then; THAWED."""

    def show(self, tx: Transaction, reader: TaskId, cgroup: CgroupId) -> str:
        """Who reads it in there is running."""
        if not is_freezing(tx, cgroup):
            return "THAWED\n"
        states = (
            task.state
            for each in tree.below(tx, cgroup)
            for task in (tx.get(Task, key) for key in population.members(tx, each))
            if not task.flags & Flag.KTHREAD
        )
        return "FREEZING\n" if State.ALIVE in states else "FROZEN\n"

    def write(self, tx: Transaction, by: By, cgroup: CgroupId, text: str) -> None:
        """EINVAL."""
        match text:
            case "FROZEN":
                _warn(tx)
                tx.put(cgroup, FreezerCgroup())
            case "THAWED":
                tx.drop(FreezerCgroup, cgroup)
            case _:
                raise Errno.EINVAL("FROZEN freezes, THAWED lets go")
        for each in tree.below(tx, cgroup):
            for task in population.members(tx, each):
                freezing.settle(tx, task)


def _warn(tx: Transaction) -> None:
    """Once (pr_warn_once)."""
    row = tx.get(Hierarchies, 0)
    if not row.warned:
        tx.put(0, replace(row, warned=True))
        printk.printk(tx, printk.KERN_WARNING, _WARNING)


@cftype("freezer.self_freezing", cftypes.LEGACY)
class SelfFreezing(_File):
    """Whether it was frozen itself."""

    mode = 0o444

    def show(self, tx: Transaction, reader: TaskId, cgroup: CgroupId) -> str:
        """1 or 0."""
        return f"{int(tx.find(FreezerCgroup, cgroup) is not None)}\n"


@cftype("freezer.parent_freezing", cftypes.LEGACY)
class ParentFreezing(_File):
    """Whether one above was."""

    mode = 0o444

    def show(self, tx: Transaction, reader: TaskId, cgroup: CgroupId) -> str:
        """1 or 0."""
        return f"{int(is_freezing(tx, tx.get(Cgroup, cgroup).parent))}\n"
