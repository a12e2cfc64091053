"""Whether a task may do what takes a capability, and over what (capabilities(7)).

A resource belongs to a user namespace, by way of the namespace it is in: its ``owner``.  In its
own user namespace a task has what is effective; over those inside it the same, and everything over
those that its effective user has made; over those outside nothing (cap_capable).
"""

from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno
from nsh.kernel import policies
from nsh.kernel.idmaps import knows_gid, knows_uid, uid_inside
from nsh.machine.files import Attributes
from nsh.machine.ids import FIRST_USER, NamespaceId, TaskId
from nsh.machine.tasks import Creds, Task
from nsh.machine.users import UserSpace
from nsh.machine.value import Machine, Transaction

CHECKS = policies.policy(
    "user.checks",
    ("mapped", "pairs", "numbers"),
    "whether ids of another user namespace are mapped, nobody's, or taken for one's own (S2)",
    profiles={"summit-2007": "numbers", "summit-2008": "pairs"},
)
"""S2: "(uid, userns) checks must be completed to be integrated with filesystems".

*numbers*: nobody checks, as when user namespaces were merged: who is uid 0 inside has whatever is
uid 0's.  *pairs*: "it kind of looks like having an 'initial' userns which is special-cased": files
are that one's, and to everybody in another they are somebody else's; so are processes of another
one (Linux 2.6.39).  *mapped*: what a number means outside decides, and capabilities count over who
is mapped (since Linux 3.8).
"""


def capable(tx: Transaction, task: TaskId, owner: NamespaceId, cap: Cap) -> bool:
    """Whether *task* has *cap* over what belongs to the user namespace *owner*."""
    return has(tx, tx.get(Task, task).creds, owner, cap)


def has(tx: Transaction | Machine, creds: Creds, owner: NamespaceId, cap: Cap) -> bool:
    """The same of credentials, as those of who opened a file (file_ns_capable)."""
    space = owner or FIRST_USER
    if creds.userns == space:
        return bool(creds.effective >> cap & 1)
    record = tx.get(UserSpace, space)
    if creds.userns not in record.path:
        return False
    below = tx.get(UserSpace, record.path[record.path.index(creds.userns) + 1])
    return below.creator == creds.euid or bool(creds.effective >> cap & 1)


def need(tx: Transaction, task: TaskId, owner: NamespaceId, cap: Cap, doing: str) -> None:
    """EPERM unless *task* is :func:`capable`; *doing* begins the reason, as "sethostname"."""
    require(tx, tx.get(Task, task).creds, owner, cap, doing)


def require(tx: Transaction, creds: Creds, owner: NamespaceId, cap: Cap, doing: str) -> None:
    """The same of credentials: EPERM unless they have it."""
    if has(tx, creds, owner, cap):
        return
    who = f"uid {uid_inside(tx, creds.userns, creds.euid)}"
    where = ""
    if creds.userns != (owner or FIRST_USER) and creds.effective >> cap & 1:
        owning = tx.get(UserSpace, owner or FIRST_USER)
        where = f" in its own user namespace only, not in user:[{owning.inum}]"
    has_it = f"{who} has it{where}" if where else f"{who} has it not"
    raise Errno.EPERM(f"{doing} takes {cap.name}; {has_it}")


def may_signal(tx: Transaction, mine: Creds, other: Creds) -> bool:
    """Whether *mine* may send a signal to a process of *other* (kill_ok_by_cred)."""
    same = bool({mine.euid, mine.uid} & {other.suid, other.uid})
    match policies.value(tx, CHECKS):
        case "numbers" if mine.userns != other.userns:
            numbers = {uid_inside(tx, mine.userns, uid) for uid in (mine.euid, mine.uid)}
            theirs = {uid_inside(tx, other.userns, uid) for uid in (other.suid, other.uid)}
            same = bool(numbers & theirs) or bool(mine.effective >> Cap.CAP_KILL & 1)
        case "pairs":
            same = same and mine.userns == other.userns
        case _:
            pass
    return same or has(tx, mine, other.userns, Cap.CAP_KILL)


# ---- files


def over_file(tx: Transaction, creds: Creds, file: Attributes, cap: Cap) -> bool:
    """Whether *cap* counts for *file*: who has it has it over the files of those who are mapped in
    their user namespace, owner and group, and no others (capable_wrt_inode_uidgid)."""
    found = over_owner(tx, creds, file, cap)
    if not found or creds.userns == FIRST_USER or policies.value(tx, CHECKS) == "numbers":
        return found
    return knows_gid(tx, creds.userns, file.gid)


def over_owner(tx: Transaction, creds: Creds, file: Attributes, cap: Cap) -> bool:
    """The same where the file's group does not matter (inode_owner_or_capable)."""
    if not creds.effective >> cap & 1:
        return False
    if creds.userns == FIRST_USER:
        return True
    match policies.value(tx, CHECKS):
        case "numbers":
            return True
        case "pairs":
            return False
        case _:
            return knows_uid(tx, creds.userns, file.uid)
