"""A container for each new namespace (S1; container_clone, G5).

"A container_clone() function that essentially creates a new child container of the current
container (in the specified subsystem's hierarchy) and moves the current process into the new
container"; it duplicates the current one's properties, and goes when nobody is in it.
"""

from msgspec.structs import replace

from nsh.kernel import cgroupns, hooks, kinds, policies
from nsh.kernel.cgroup import controllers, tree
from nsh.kernel.subsystems import attaching, registry
from nsh.kernel.subsystems.namespaces import NAME
from nsh.machine.cgroups import Cgroup
from nsh.machine.ids import TaskId
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction

_MODE = 0o755


@hooks.on_unshare
def _unshared(tx: Transaction, caller: TaskId, flags: int) -> None:
    _clone(tx, caller, caller, flags)


@hooks.on_clone
def _cloned(tx: Transaction, parent: TaskId, child: TaskId, flags: int) -> None:
    _clone(tx, parent, child, flags)


def _clone(tx: Transaction, caller: TaskId, task: TaskId, flags: int) -> None:
    """*task*, made by *caller* with new namespaces or put into such, is to have a container."""
    number = registry.hierarchy(tx, NAME)
    wanted = (
        flags & kinds.new_flags() and policies.value(tx, policies.CONTAINER_CREATE) == "on-unshare"
    )
    if number is None or not wanted:
        return
    source = cgroupns.of(tx, task, number)
    record = tx.get(Task, task)
    creds = tx.get(Task, caller).creds
    name = _unused(tx.get(Cgroup, source), record.pids[0])
    made = tree.make(tx, source, name, _MODE, creds.fsuid, creds.fsgid)
    tx.put(made, replace(tx.get(Cgroup, made), auto_delete=True))
    bound = registry.of(tx, number)
    controllers.begin(tx, made, [each.name for each in bound], creds.fsuid, creds.fsgid)
    for each in bound:
        each.duplicate(tx, source, made)
    attaching.attach(tx, task, made)


def _unused(above: Cgroup, number: int) -> str:
    """The kernel's number of the task, with another behind it if there is such a container."""
    name, again = f"node_{number}", 1
    while name in above.children or name in above.files:
        again += 1
        name = f"node_{number}_{again}"
    return name
