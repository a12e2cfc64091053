"""``members``: who is in a class, by container and pid (S0: Helsley, "made minimally consistent
with containers using a few small modifications").

"Then pids in container 0 would show up as cid:pid. [...] Processes listing members in container n
would only see the pid and only pids in that container"; and whoever writes there from inside a
container says ``:pid`` or ``pid``, and names no container.
"""

from nsh.abi.errno import Errno
from nsh.kernel import pids, refs
from nsh.kernel.cgroup import attaching, cftypes, members, population
from nsh.kernel.cgroup.cftypes import By, Cftype, cftype
from nsh.kernel.spaces import ROOT
from nsh.machine.ids import CgroupId, TaskId
from nsh.machine.pids import PidSpace
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction


@cftype("members", cftypes.CLASSES)
class Members(Cftype):
    """Tasks: threads are by themselves."""

    def show(self, tx: Transaction, reader: TaskId, cgroup: CgroupId) -> str:
        """``cid:pid`` a line outside of containers, the pids of its own inside."""
        space = tx.get(Task, reader).space
        tasks = [tx.get(Task, key) for key in population.members(tx, cgroup)]
        if space == ROOT:
            told = sorted((tx.get(PidSpace, task.space).number, task.pids[-1]) for task in tasks)
            return "".join(f"{cid}:{nr}\n" for cid, nr in told)
        seen = sorted({pids.number(tx, task, space) for task in tasks} - {0})
        return "".join(f"{nr}\n" for nr in seen)

    def write(self, tx: Transaction, by: By, cgroup: CgroupId, text: str) -> None:
        """Classify one task.  EINVAL for what names none, also ``cid:pid`` inside a container;
        ESRCH; EACCES of another user's."""
        cid, colon, number = text.rpartition(":")
        if not refs.is_number(number):
            raise Errno.EINVAL("one task at a time: pid, :pid or, outside of containers, cid:pid")
        if cid and tx.get(Task, by.caller).space != ROOT:
            own = refs.cid_of(tx, tx.get(Task, by.caller).space)
            raise Errno.EINVAL(f"inside container {own} none is named: {colon}{number} is enough")
        found = refs.find(tx, by.caller, f"{cid}:{number}")
        attaching.check_living(tx, by.caller, found)
        members.put_into(tx, found, cgroup)
