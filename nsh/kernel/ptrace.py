"""Who may look into whom (ptrace(2), "Ptrace access mode checking")."""

from collections.abc import Callable

from nsh.abi.capabilities import Cap
from nsh.kernel import capabilities
from nsh.kernel.idmaps import gid_inside, uid_inside
from nsh.machine.ids import FIRST_USER, NamespaceId, TaskId
from nsh.machine.tasks import Flag, State, Task
from nsh.machine.value import Transaction

Inside = Callable[[Transaction, NamespaceId, int], int]


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
    if not over:
        unlike = _unlike(tx, mine.userns, uid_inside, uid, (its.uid, its.euid, its.suid))
        unlike = unlike or _unlike(tx, mine.userns, gid_inside, gid, (its.gid, its.egid, its.sgid))
        if unlike:
            return unlike
    process = other if other.leader == tid else tx.get(Task, other.leader)
    dead = process.state is State.ZOMBIE and not process.threads
    loaded = FIRST_USER if dead else process.image.userns
    if process.flags & Flag.NOT_DUMPABLE and not capabilities.has(
        tx, mine, loaded, Cap.CAP_SYS_PTRACE
    ):
        return "it may do more than when its program was loaded (PR_SET_DUMPABLE)"
    own = mine.permitted if real else mine.effective
    beside = mine.userns == its.userns and not its.permitted & ~own
    if not over and mine.userns != its.userns:
        return "it is in another user namespace, over which the reader has no CAP_SYS_PTRACE"
    if not beside and not over:
        return "it has capabilities that the reader has not"
    return ""


def _unlike(
    tx: Transaction, space: NamespaceId, inside: Inside, own: int, others: tuple[int, ...]
) -> str:
    """Why *own* may not look into a process that has *others*, in the numbers of *space*."""
    other = next((each for each in others if each != own), None)
    if other is None:
        return ""
    kind = "uid" if inside is uid_inside else "gid"
    seen, whose = inside(tx, space, own), inside(tx, space, other)
    told = f"{kind} {seen} may not look into a process of {kind} {whose}"
    return told if seen != whose else f"{told}, which stands for another outside"
