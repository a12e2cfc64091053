"""Containers that go: by rmdir under either policy, or by themselves (S1).

"We'll want to be able to hook things like rmdir, so that we can rm -rf /containers/vserver1 to kill
all processes in that container and all child containers" (Hallyn); "an auto_delete option for
containers - similar to notify_on_exit, but rather than invoking a userspace program, simply deletes
the container from within the kernel" (Menage).
"""

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.signals import Sig
from nsh.kernel import death, policies
from nsh.kernel.cgroup import population, tree
from nsh.kernel.subsystems import registry
from nsh.machine.cgroups import Cgroup, Hierarchy, dead
from nsh.machine.ids import CgroupId, TaskId
from nsh.machine.pids import PidSpace
from nsh.machine.tasks import Flag, Task
from nsh.machine.value import Transaction


def kills(tx: Transaction) -> bool:
    """Whether who removes a container means its tasks too."""
    return policies.value(tx, policies.CONTAINER_RMDIR) == "kill"


def rmdir(tx: Transaction, caller: TaskId, container: CgroupId) -> None:
    """EBUSY with tasks or containers in it, or while a subsystem refers to it.  Under the policy
    ``kill`` they die first and go with it: EBUSY then, if the caller would die of that."""
    if kills(tx):
        going = list(tree.below(tx, container))
        _check_outside(tx, caller, going)
        for each in going:
            _empty(tx, each)
        for each in reversed(going):
            _remove(tx, each)
        return
    _remove(tx, container)


def _check_outside(tx: Transaction, caller: TaskId, going: list[CgroupId]) -> None:
    """EBUSY: the caller is in one of those that go, or an init of it is; or a thread of the kernel,
    which nobody kills."""
    own = tx.get(Task, caller)
    inits = {tx.get(PidSpace, space).init for space in tx.get(PidSpace, own.space).path}
    for container in going:
        for key in population.members(tx, container):
            task = tx.get(Task, key)
            if task.leader == own.leader or task.leader in inits:
                raise Errno.EBUSY("who removes the container is in it, and would die of that")
            if task.flags & Flag.KTHREAD:
                raise Errno.EBUSY("a thread of the kernel is in it, and cannot be killed")


def _empty(tx: Transaction, container: CgroupId) -> None:
    for key in population.members(tx, container):
        task = tx.find(Task, key)
        if task is not None and not dead(task):  # it may have died with one before
            death.kill(tx, task.leader, int(Sig.SIGKILL))


def _remove(tx: Transaction, container: CgroupId) -> None:
    record = tx.find(Cgroup, container)
    if record is None or record.removed:  # it has gone with its last task (auto_delete)
        return
    busy = len(population.members(tx, container))
    kept = registry.references(tx, container)
    if kept and not busy:
        raise Errno.EBUSY(kept)
    _forget(tx, container)
    tree.remove(tx, container, busy)


def _forget(tx: Transaction, container: CgroupId) -> None:
    for each in registry.of(tx, tx.get(Cgroup, container).hierarchy):
        each.destroy(tx, container)


def by_itself(tx: Transaction, container: CgroupId) -> bool:
    """*container*, with nobody in it, has something to decide; whether it has gone or is kept."""
    if registry.references(tx, container):
        return True
    if not tx.get(Cgroup, container).auto_delete:
        return False
    _forget(tx, container)
    tree.remove(tx, container, 0)
    return True


def unlink(tx: Transaction, caller: TaskId, container: CgroupId, name: str) -> None:
    """Take one file away, as rm -r begins: so under the policy ``kill``.  EPERM; EBUSY, where the
    caller could not remove the container."""
    if not kills(tx):
        raise Errno.EPERM("the files of a container go with it")
    record = tx.get(Cgroup, container)
    if tx.get(Hierarchy, record.hierarchy).root == container:
        raise Errno.EPERM("the root of a hierarchy stays, and its files with it")
    _check_outside(tx, caller, list(tree.below(tx, container)))
    tx.put(container, replace(record, files=record.files.delete(name)))
