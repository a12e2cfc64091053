"""The files of cgroups in hierarchies of the first version (kernel/cgroup/cgroup-v1.c)."""

from msgspec.structs import replace

from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno
from nsh.kernel import pids
from nsh.kernel.capabilities import has
from nsh.kernel.cgroup import attaching, cftypes, population
from nsh.kernel.cgroup.cftypes import By, Cftype, cftype
from nsh.kernel.fs import parameters
from nsh.machine.cgroups import Cgroup, CgroupSpace, Hierarchy
from nsh.machine.ids import FIRST_USER, CgroupId, NamespaceId, SpaceId, TaskId
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction


def numbers(tx: Transaction, cgroup: CgroupId, space: SpaceId, *, threads: bool) -> list[int]:
    """Who is in a cgroup, rising, by the numbers in a pid space; who is not seen there, is not
    here either (cgroup_pidlist)."""
    tasks = (tx.get(Task, key) for key in population.members(tx, cgroup))
    shown = tasks if threads else (tx.get(Task, task.leader) for task in tasks)
    return sorted({pids.number(tx, task, space) for task in shown} - {0})


def number(text: str) -> int:
    """The number that is written to say who is to move."""
    found = parameters.number(text)
    if found is None or not 0 <= found < 1 << 31:
        raise Errno.EINVAL("one number at a time, of who is to move there; 0 is the writer")
    return found


class _Pids(Cftype):
    threads = False

    def show(self, tx: Transaction, reader: TaskId, cgroup: CgroupId) -> str:
        space = tx.get(Task, reader).space
        return "".join(f"{nr}\n" for nr in numbers(tx, cgroup, space, threads=self.threads))

    def write(self, tx: Transaction, by: By, cgroup: CgroupId, text: str) -> None:
        """EACCES: neither root's nor the opener's own (__cgroup1_procs_write)."""
        found = attaching.wanted(tx, by.caller, number(text), threads=self.threads)
        task, opener = tx.get(Task, found), by.file.opener
        assert opener is not None
        if opener.euid not in (0, task.creds.uid, task.creds.suid):
            raise Errno.EACCES(f"{task.comm} is another user's")
        attaching.move(tx, attaching.company(tx, found, threads=self.threads), cgroup)


@cftype("cgroup.procs", cftypes.LEGACY)
class Procs(_Pids):
    """Processes: each that has a thread in it."""


class Mark(Cftype):
    """A mark of each, for children to begin with too."""

    strips = False
    field = ""

    def show(self, tx: Transaction, reader: TaskId, cgroup: CgroupId) -> str:
        """1 or 0."""
        return f"{int(getattr(tx.get(Cgroup, cgroup), self.field))}\n"

    def write(self, tx: Transaction, by: By, cgroup: CgroupId, text: str) -> None:
        """EINVAL, ERANGE (kstrtoull)."""
        found = parameters.number(text.removesuffix("\n"))
        if found is None or text.startswith("-"):
            raise Errno.EINVAL("a number, 0 or not")
        if found >= 1 << 64:
            raise Errno.ERANGE(f"{found} is more than a long holds")
        tx.put(cgroup, replace(tx.get(Cgroup, cgroup), **{self.field: bool(found)}))


@cftype("cgroup.clone_children", cftypes.LEGACY)
class CloneChildren(Mark):
    """A mark that children get too, and that means something to cpusets alone."""

    field = "clone_children"


@cftype("notify_on_release", cftypes.LEGACY, cftypes.CONTAINERS)
class NotifyOnRelease(Mark):
    """A mark that children get too: the release agent is run for it once it is empty."""

    field = "notify_on_release"


@cftype("release_agent", cftypes.LEGACY, cftypes.CONTAINERS)
class ReleaseAgent(Cftype):
    """The program that is run for those of the hierarchy that are empty."""

    on_root_alone = True
    longest = 4095

    def show(self, tx: Transaction, reader: TaskId, cgroup: CgroupId) -> str:
        """Its path."""
        return f"{_hierarchy(tx, cgroup).release_agent}\n"

    def write(self, tx: Transaction, by: By, cgroup: CgroupId, text: str) -> None:
        """EPERM unless who opened it might do anything on the machine, as the agent will
        (cgroup_release_agent_write)."""
        opener, space = by.file.opener, tx.find(CgroupSpace, by.file.space)
        assert opener is not None
        ours = space is None or space.owner in (NamespaceId(0), FIRST_USER)
        if not ours or not has(tx, opener, FIRST_USER, Cap.CAP_SYS_ADMIN):
            raise Errno.EPERM("whoever opened it has no CAP_SYS_ADMIN over the whole machine")
        number = tx.get(Cgroup, cgroup).hierarchy
        tx.put(number, replace(tx.get(Hierarchy, number), release_agent=text))


def _hierarchy(tx: Transaction, cgroup: CgroupId) -> Hierarchy:
    return tx.get(Hierarchy, tx.get(Cgroup, cgroup).hierarchy)


@cftype("cgroup.sane_behavior", cftypes.LEGACY)
class SaneBehavior(Cftype):
    """Whether it is of the second version, from a time when that was an option."""

    mode = 0o444
    on_root_alone = True

    def show(self, tx: Transaction, reader: TaskId, cgroup: CgroupId) -> str:
        """It is not."""
        return "0\n"


@cftype("tasks", cftypes.LEGACY)
class Tasks(_Pids):
    """Threads."""

    threads = True
