"""``cpuset``: which processors a container's tasks may use (S1; cpusets(7); G7)."""

from typing import Final

from nsh.kernel.cgroup import cftypes
from nsh.kernel.cgroup.cftypes import cftype
from nsh.kernel.fs.proc import hardware
from nsh.kernel.subsystems.masks import MaskExclusive, MaskList, MaskSubsystem
from nsh.kernel.subsystems.registry import subsystem
from nsh.machine.cpusets import Cpuset

NAME: Final = "cpuset"


@subsystem(NAME)
class CpusetSubsystem(MaskSubsystem):
    """``/proc/PID/status`` tells of it."""

    kind = Cpuset
    everything = (1 << hardware.CPUS) - 1


@cftype("cpuset.cpus", cftypes.CONTAINERS)
class Cpus(MaskList):
    """Which."""

    controller = NAME
    of = CpusetSubsystem


@cftype("cpuset.cpu_exclusive", cftypes.CONTAINERS)
class CpuExclusive(MaskExclusive):
    """Whether siblings keep off."""

    controller = NAME
    of = CpusetSubsystem
