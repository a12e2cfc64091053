"""Who may look into whom (ptrace(2), "Ptrace access mode checking")."""

from nsh.abi.capabilities import Cap
from nsh.kernel import capabilities
from nsh.kernel.idmaps import uid_inside
from nsh.machine.ids import FIRST_USER, TaskId
from nsh.machine.tasks import Flag, State, Task
from nsh.machine.value import Transaction


def why_not(tx: Transaction, reader: TaskId, tid: TaskId, *, real: bool = False) -> str:
    """Why *reader* may not look into *tid*; "": it may (__ptrace_may_access).

    It is taken for who it is to files and what it may do (PTRACE_MODE_FSCREDS), or for who it
    really is and what it could do (REALCREDS).
    """
    me, other = tx.get(Task, reader), tx.get(Task, tid)
    if me.leader == other.leader:
        return ""
    mine, its = me.creds, other.creds
    uid, gid = (mine.uid, mine.gid) if real else (mine.fsuid, mine.fsgid)
    over = capabilities.has(tx, mine, its.userns, Cap.CAP_SYS_PTRACE)
    users = {its.uid, its.euid, its.suid} == {uid}
    if not over and not (users and {its.gid, its.egid, its.sgid} == {gid}):
        seen = uid_inside(tx, mine.userns, uid)
        whose = uid_inside(tx, mine.userns, its.uid)
        return f"uid {seen} may not look into a process of uid {whose}"
    process = other if other.leader == tid else tx.get(Task, other.leader)
    dead = process.state is State.ZOMBIE and not process.threads
    loaded = FIRST_USER if dead else process.image.userns
    if process.flags & Flag.NOT_DUMPABLE and not capabilities.has(
        tx, mine, loaded, Cap.CAP_SYS_PTRACE
    ):
        return "it may do more than when its program was loaded (PR_SET_DUMPABLE)"
    own = mine.permitted if real else mine.effective
    beside = mine.userns == its.userns and not its.permitted & ~own
    if not beside and not over:
        return "it has capabilities that the reader has not"
    return ""
