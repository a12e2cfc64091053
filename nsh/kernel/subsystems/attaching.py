"""Moving a task into a container (S1; attach_task)."""

from nsh.kernel import cgroupns
from nsh.kernel.cgroup import members
from nsh.kernel.subsystems import registry
from nsh.machine.cgroups import Cgroup
from nsh.machine.ids import CgroupId, TaskId
from nsh.machine.value import Transaction


def attach(tx: Transaction, task: TaskId, container: CgroupId) -> None:
    """Move one living task, if all subsystems of the hierarchy agree: each is asked before anything
    moves, and told afterwards (:func:`nsh.kernel.subsystems.registry.moved`)."""
    number = tx.get(Cgroup, container).hierarchy
    source = cgroupns.of(tx, task, number)
    if source == container:
        return
    for each in registry.of(tx, number):
        each.can_attach(tx, task, source, container)
    members.put_into(tx, task, container)
