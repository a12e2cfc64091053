"""The limits of a process, and setting them: prlimit(2) (kernel/sys.c)."""

from typing import Final

from msgspec.structs import replace

from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno
from nsh.abi.limits import GetLimit, Resource, SetLimit
from nsh.kernel import capabilities, pids, refs
from nsh.kernel.dispatch import handles
from nsh.kernel.limits import limits_of
from nsh.machine.ids import FIRST_USER, TaskId
from nsh.machine.limits import Limits
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction

_DOING: Final = "prlimit"


@handles(GetLimit)
def get_limit(tx: Transaction, caller: TaskId, request: GetLimit) -> tuple[int, int]:
    """prlimit(2) that asks only, which takes the same rights: /proc/PID/limits tells everybody."""
    task = _whose(tx, caller, request.pid)
    if not 0 <= request.resource < len(Resource):
        raise Errno.EINVAL(f"there is no limit {request.resource}")
    return limits_of(tx, task.leader, request.resource)


@handles(SetLimit)
def set_limit(tx: Transaction, caller: TaskId, request: SetLimit) -> int:
    """prlimit(2).  Whoever may not raise the hard limit of all processes can only lower it."""
    task = _whose(tx, caller, request.pid)
    if request.resource != Resource.RLIMIT_SIGPENDING:
        raise Errno.EINVAL("of all limits, only that of pending signals is set here")
    if request.soft > request.hard:
        raise Errno.EINVAL("the soft limit is above the hard one")
    old = tx.find(Limits, task.leader) or Limits()
    if request.hard > old.sigpending_most:
        capabilities.need(tx, caller, FIRST_USER, Cap.CAP_SYS_RESOURCE, f"{_DOING} above the limit")
    new = replace(old, sigpending=request.soft, sigpending_most=request.hard)
    tx.put(task.leader, new)
    return 0


def _whose(tx: Transaction, caller: TaskId, pid: int) -> Task:
    """The process *pid*, or a thread of it.  ESRCH; EPERM if its limits are none of *caller*'s
    business."""
    whom = pids.enter(tx, caller, pid) if pid else caller
    task = None if whom is None else tx.find(Task, whom)
    if whom is None or task is None:
        raise Errno.ESRCH(refs.unseen(tx, caller, pid))
    if whom != caller:
        _check(tx, caller, task)
    return task


def _check(tx: Transaction, caller: TaskId, task: Task) -> None:
    """EPERM unless all ids of *task* are the caller's, or it may do so in that one's user namespace
    (check_prlimit_permission)."""
    mine, theirs = tx.get(Task, caller).creds, task.creds
    users = {theirs.uid, theirs.euid, theirs.suid}
    groups = {theirs.gid, theirs.egid, theirs.sgid}
    if users != {mine.uid} or groups != {mine.gid}:
        capabilities.need(tx, caller, theirs.userns, Cap.CAP_SYS_RESOURCE, _DOING)
