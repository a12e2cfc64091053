"""Setting the limits of a process: prlimit(2) (kernel/sys.c).  What they are, /proc/PID/limits
tells.
"""

from typing import Final

from msgspec.structs import replace

from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno
from nsh.abi.limits import Resource, SetLimit
from nsh.kernel import capabilities, pids, refs
from nsh.kernel.dispatch import handles
from nsh.machine.ids import FIRST_USER, TaskId
from nsh.machine.limits import Limits
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction

_DOING: Final = "prlimit"


@handles(SetLimit)
def set_limit(tx: Transaction, caller: TaskId, request: SetLimit) -> int:
    """prlimit(2).  Whoever may not raise the hard limit of all processes can only lower it."""
    whom = pids.enter(tx, caller, request.pid) if request.pid else caller
    task = None if whom is None else tx.find(Task, whom)
    if whom is None or task is None:
        raise Errno.ESRCH(refs.unseen(tx, caller, request.pid))
    if whom != caller:
        _check(tx, caller, task)
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


def _check(tx: Transaction, caller: TaskId, task: Task) -> None:
    """EPERM unless all ids of *task* are the caller's, or it may do so in that one's user namespace
    (check_prlimit_permission)."""
    mine, theirs = tx.get(Task, caller).creds, task.creds
    users = {theirs.uid, theirs.euid, theirs.suid}
    groups = {theirs.gid, theirs.egid, theirs.sgid}
    if users != {mine.uid} or groups != {mine.gid}:
        capabilities.need(tx, caller, theirs.userns, Cap.CAP_SYS_RESOURCE, _DOING)
