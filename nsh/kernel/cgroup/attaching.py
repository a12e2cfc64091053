"""Moving tasks between cgroups of the unified hierarchy (cgroup_procs_write; clone(2)).

Whoever could write ``cgroup.procs`` of the next cgroup that both are in may move a task from one
to the other, whosever it is; with nsdelegate both have to be in the cgroup namespace besides.
"""

from collections.abc import Iterable

from nsh.abi.errno import Errno
from nsh.abi.process import CloneFlag
from nsh.kernel import cgroupns, contexts, hooks, kthreads, pids
from nsh.kernel.cgroup import domains, members, tree
from nsh.kernel.fs import permission
from nsh.kernel.fs.types import superblock_of
from nsh.machine.cgroups import UNIFIED, Cgroup, CgroupNode, Hierarchy, InCgroups, above, dead
from nsh.machine.files import File, Superblock
from nsh.machine.ids import CgroupId, NamespaceId, TaskId
from nsh.machine.tasks import Creds, Flag, Task
from nsh.machine.value import Transaction

PROCS = "cgroup.procs"


def wanted(tx: Transaction, caller: TaskId, nr: int, *, threads: bool) -> TaskId:
    """Whom *caller* calls *nr*, 0 being itself: a thread, or the first of a process.  ESRCH; EINVAL
    of kthreadd (cgroup_procs_write_start)."""
    found = pids.enter(tx, caller, nr) if nr else caller
    task = None if found is None else tx.find(Task, found)
    if found is None or task is None:
        raise Errno.ESRCH(f"there is no process {nr}")
    if not threads:
        found = task.leader
        task = tx.get(Task, found)
    if task.flags & Flag.KTHREAD and task.comm == kthreads.KTHREADD:
        raise Errno.EINVAL("kthreadd stays where it is")
    return found


def check_living(tx: Transaction, caller: TaskId, whom: TaskId) -> None:
    """Whether *caller* may move *whom*.  ESRCH of the dead; EACCES: neither root's nor its own
    (attach_task in kernel/cpuset.c, from which process containers and classes have it)."""
    task, own = tx.get(Task, whom), tx.get(Task, caller).creds
    if dead(task):
        raise Errno.ESRCH(f"{task.comm} is dead")
    if own.euid not in (0, task.creds.uid, task.creds.suid):
        raise Errno.EACCES(f"{task.comm} is another user's")


def company(tx: Transaction, task: TaskId, *, threads: bool) -> Iterable[TaskId]:
    """Who moves with *task*: the other threads of its process, unless it is asked for alone."""
    return (task,) if threads else (task, *tx.get(Task, task).threads)


def move(tx: Transaction, whom: Iterable[TaskId], cgroup: CgroupId) -> None:
    """The dying stay where they are."""
    for each in whom:
        if not dead(tx.get(Task, each)):
            members.put_into(tx, each, cgroup)


def check(
    tx: Transaction,
    opener: tuple[Creds, NamespaceId, CgroupId],
    source: CgroupId,
    cgroup: CgroupId,
    *,
    threads: bool,
) -> None:
    """Whether *opener*, by its credentials, its cgroup namespace and the root of that, may move
    somebody from *source* to *cgroup* (cgroup_attach_permissions).

    EACCES, ENOENT with nsdelegate, ENOTSUP.
    """
    creds, space, root = opener
    common = next(each for each in above(tx, source) if tree.is_below(tx, cgroup, each))
    check_write(tx, creds, common)
    if delegates(tx) and space != cgroupns.FIRST:
        for each in (source, cgroup):
            if not tree.is_below(tx, each, root):
                raise Errno.ENOENT("it is outside of the cgroup namespace (nsdelegate)")
    domains.check_destination(tx, cgroup)
    if threads and domains.domain(tx, source) != domains.domain(tx, cgroup):
        raise Errno.ENOTSUP("the threads of a process are in one domain")


def check_write(tx: Transaction, creds: Creds, cgroup: CgroupId) -> None:
    """EACCES unless ``cgroup.procs`` of *cgroup* could be written (cgroup_may_write)."""
    record = tx.get(Cgroup, cgroup)
    where = f"{PROCS} of {record.name or 'the root'}"
    permission.check(tx, creds, record.files[PROCS], permission.MAY_WRITE, where)


def delegates(tx: Transaction) -> bool:
    """Whether cgroup namespaces are boundaries of delegation."""
    return "nsdelegate" in tx.get(Hierarchy, UNIFIED).options


@hooks.on_into_cgroup
def into(tx: Transaction, caller: TaskId, child: TaskId, fd: int, flags: int) -> None:
    """CLONE_INTO_CGROUP: *child* begins in the cgroup whose directory *caller* has open as *fd*.

    EBADF: it is none of cgroup2; ENOENT: it has been removed (cgroup_css_set_fork).
    """
    entry = contexts.files(tx, caller).get(fd)
    file = None if entry is None else tx.get(File, entry.file)
    node = None if file is None else file.place.node
    if file is None or not isinstance(node, CgroupNode) or node.file:
        raise Errno.EBADF(f"{fd} is no directory of a cgroup")
    kind = tx.get(Superblock, superblock_of(tx, file.place)).type
    record = tx.get(Cgroup, node.cgroup)
    if kind != "cgroup2":
        raise Errno.EBADF(f"{fd} is a cgroup of another hierarchy than the unified one")
    if record.removed:
        raise Errno.ENOENT("the cgroup has been removed")
    creds = tx.get(Task, caller).creds
    source = cgroupns.of(tx, caller, UNIFIED)
    check_write(tx, creds, node.cgroup)
    space = contexts.namespace(tx, caller, "cgroup")
    opener = (creds, space, cgroupns.root_of(tx, caller, UNIFIED))
    thread = bool(flags & CloneFlag.CLONE_THREAD)
    check(tx, opener, source, node.cgroup, threads=thread)
    row = tx.find(InCgroups, caller)
    before = members.NOWHERE if row is None else row.cgroups
    tx.put(child, InCgroups(members.placed_in(tx, before, node.cgroup)))
