"""The files of every process container but those of subsystems (S1; Documentation/containers.txt).

``notify_on_release`` and ``release_agent``, which the root alone has, are those of cgroups, which
have them from here.
"""

from nsh.abi.errno import Errno
from nsh.kernel.cgroup import attaching as cgroup_attaching
from nsh.kernel.cgroup import cftypes, legacy
from nsh.kernel.cgroup.cftypes import By, cftype
from nsh.kernel.fs import parameters
from nsh.kernel.subsystems import attaching
from nsh.machine.ids import CgroupId
from nsh.machine.value import Transaction


@cftype("tasks", cftypes.CONTAINERS)
class Tasks(legacy.Tasks):
    """Who is in it, in the reader's numbers; one write attaches one task."""

    def write(self, tx: Transaction, by: By, cgroup: CgroupId, text: str) -> None:
        """EIO for what is no number, ESRCH, EACCES of somebody else's, and what subsystems say
        (attach_task)."""
        number = parameters.number(text)
        if number is None:
            raise Errno.EIO("one pid at a time, of who is to be in it; 0 is the writer")
        found = cgroup_attaching.wanted(tx, by.caller, number, threads=True)
        cgroup_attaching.check_living(tx, by.caller, found)
        attaching.attach(tx, found, cgroup)


@cftype("auto_delete", cftypes.CONTAINERS)
class AutoDelete(legacy.Mark):
    """1: the kernel removes it when the last task or container in it has gone; for those made in it
    to begin with too."""

    field = "auto_delete"
    on_root = False
