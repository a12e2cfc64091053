"""``ns_container``: a container is entered by one task, from the one around it (S1: Hallyn's
namespace container subsystem; ns_can_attach)."""

from nsh.abi.errno import Errno
from nsh.kernel import cgroupns, printk
from nsh.kernel.cgroup import population
from nsh.kernel.subsystems.registry import Subsystem, subsystem
from nsh.machine.cgroups import Cgroup
from nsh.machine.ids import CgroupId, TaskId
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction

NAME = "ns_container"


@subsystem(NAME)
class NsContainer(Subsystem):
    """It keeps nothing but who is where: children are born in it, and nobody else comes."""

    def can_attach(
        self, tx: Transaction, task: TaskId, source: CgroupId, container: CgroupId
    ) -> None:
        """EPERM if there is somebody in it, or the task is not in the one around it."""
        there = [each for each in population.members(tx, container) if each != task]
        if there:
            raise Errno.EPERM(f"{NAME}: somebody is in the container already")
        parent = tx.get(Cgroup, container).parent
        if source != parent:
            raise Errno.EPERM(
                f"{NAME}: the task is in {cgroupns.whole_path(tx, source)}, not around it"
            )
        names = (tx.get(Cgroup, each).name or "/" for each in (source, container, parent))
        said = "ns_can_attach: task {} in container {}, attaching to {}, parent {}"
        number = tx.get(Task, task).pids[0]
        printk.printk(tx, printk.KERN_NOTICE, said.format(number, *names))
