"""Who am I: getpid(2), gettid(2), getppid(2), credentials(7)."""

from nsh.abi.process import Getpid, Getppid, Gettid, Getuid, Ids
from nsh.kernel import pids
from nsh.kernel.dispatch import handles
from nsh.kernel.idmaps import tell_gid, tell_uid
from nsh.machine.ids import TaskId
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction


@handles(Getpid)
def getpid(tx: Transaction, caller: TaskId, request: Getpid) -> int:
    """getpid(2): the thread group's id."""
    del request
    leader = tx.get(Task, caller).leader
    pid = pids.leave(tx, caller, leader)
    pids.hold(tx, caller, pid, leader)
    return pid


@handles(Gettid)
def gettid(tx: Transaction, caller: TaskId, request: Gettid) -> int:
    """gettid(2)."""
    del request
    tid = pids.leave(tx, caller, caller, "tid")
    pids.hold(tx, caller, tid, caller)
    return tid


@handles(Getppid)
def getppid(tx: Transaction, caller: TaskId, request: Getppid) -> int:
    """getppid(2): 0 across the border of a pid space."""
    del request
    parent = tx.get(Task, tx.get(Task, caller).leader).parent
    pid = pids.leave(tx, caller, parent)
    pids.hold(tx, caller, pid, parent)
    return pid


@handles(Getuid)
def getuid(tx: Transaction, caller: TaskId, request: Getuid) -> Ids:
    """getresuid(2), getresgid(2) and getgroups(2) in one."""
    del request
    creds = tx.get(Task, caller).creds
    space = creds.userns
    return Ids(
        tell_uid(tx, space, creds.uid),
        tell_uid(tx, space, creds.euid),
        tell_uid(tx, space, creds.suid),
        tell_gid(tx, space, creds.gid),
        tell_gid(tx, space, creds.egid),
        tell_gid(tx, space, creds.sgid),
        tuple(tell_gid(tx, space, gid) for gid in creds.groups),
    )
