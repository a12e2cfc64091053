"""``cpuacct``: how much a container's tasks have done (S1: "a simple CPU accounting container
subsystem", G8).

No step takes time here, so steps are what is counted: a call of the kernel is one, whether it
fails, waits or returns.  It counts for the container of who makes it and for those around that, and
stays theirs when the task moves or the container is removed.
"""

from typing import Final

from nsh.abi.errno import Errno
from nsh.kernel import cgroupns, hooks
from nsh.kernel.cgroup import cftypes
from nsh.kernel.cgroup.cftypes import By, Cftype, cftype
from nsh.kernel.fs import parameters
from nsh.kernel.subsystems import registry
from nsh.kernel.subsystems.registry import Subsystem, subsystem
from nsh.machine.cgroups import above
from nsh.machine.cpuacct import CpuUsage
from nsh.machine.ids import CgroupId, TaskId
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction

NAME: Final = "cpuacct"


@subsystem(NAME)
class CpuAcct(Subsystem):
    """It counts, and refuses nobody."""

    def create(self, tx: Transaction, container: CgroupId) -> None:
        """From nothing."""
        tx.put(container, CpuUsage())

    def destroy(self, tx: Transaction, container: CgroupId) -> None:
        """Those around it have counted the same."""
        tx.drop(CpuUsage, container)


@hooks.on_called
def _called(tx: Transaction, caller: TaskId) -> None:
    number = registry.hierarchy(tx, NAME) if tx.has(CpuUsage) else None
    if number is None or tx.find(Task, caller) is None:
        return
    for each in above(tx, cgroupns.of(tx, caller, number)):
        usage = tx.find(CpuUsage, each)
        if usage is not None:  # it has died as the last in a container that went with it
            tx.put(each, CpuUsage(usage.steps + 1))


@cftype("cpuacct.usage", cftypes.CONTAINERS)
class Usage(Cftype):
    """Steps of those in it and below."""

    controller = NAME

    def show(self, tx: Transaction, reader: TaskId, cgroup: CgroupId) -> str:
        """Since it was made, or since somebody wrote 0."""
        return f"{tx.get(CpuUsage, cgroup).steps}\n"

    def write(self, tx: Transaction, by: By, cgroup: CgroupId, text: str) -> None:
        """0 alone, from which it goes on; EINVAL."""
        if parameters.number(text) != 0:
            raise Errno.EINVAL("0 begins anew; nothing else can be set")
        tx.put(cgroup, CpuUsage())
