"""``memset``: which memory nodes a container's tasks may use (S1; cpusets(7); G7)."""

from typing import Final

from nsh.kernel.cgroup import cftypes
from nsh.kernel.cgroup.cftypes import cftype
from nsh.kernel.fs.proc import hardware
from nsh.kernel.subsystems.masks import MaskExclusive, MaskList, MaskSubsystem
from nsh.kernel.subsystems.registry import subsystem
from nsh.machine.cpusets import Memset

NAME: Final = "memset"


@subsystem(NAME)
class MemsetSubsystem(MaskSubsystem):
    """``/proc/PID/status`` tells of it."""

    kind = Memset
    everything = (1 << hardware.MEMORY_NODES) - 1


@cftype("memset.mems", cftypes.CONTAINERS)
class Mems(MaskList):
    """Which."""

    controller = NAME
    of = MemsetSubsystem


@cftype("memset.mem_exclusive", cftypes.CONTAINERS)
class MemExclusive(MaskExclusive):
    """Whether siblings keep off."""

    controller = NAME
    of = MemsetSubsystem
