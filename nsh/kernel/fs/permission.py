"""Who may do what to a file: mode bits, ownership, capabilities (path_resolution(7)).

Of two user namespaces that look at one file each sees its owner in its own numbers; who that is to
them, the policy ``user.checks`` says (see :mod:`nsh.kernel.capabilities`).
"""

from typing import Final

from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno
from nsh.kernel import policies
from nsh.kernel.capabilities import CHECKS, over_file, over_owner
from nsh.kernel.idmaps import gid_inside, uid_inside
from nsh.machine.files import Attributes
from nsh.machine.ids import FIRST_USER, TaskId
from nsh.machine.tasks import Creds, Task
from nsh.machine.value import Transaction

MAY_EXEC: Final = 1
MAY_WRITE: Final = 2
MAY_READ: Final = 4

SEARCHES: Final = 1 << Cap.CAP_DAC_OVERRIDE | 1 << Cap.CAP_DAC_READ_SEARCH
"""With any of these every directory can be searched."""

_S_IFMT: Final = 0o170000
_S_IFDIR: Final = 0o040000
_S_ISVTX: Final = 0o1000


def credentials(tx: Transaction, task: TaskId) -> Creds:
    """The credentials of *task*."""
    return tx.get(Task, task).creds


def is_owner(tx: Transaction, creds: Creds, file: Attributes) -> bool:
    """Whether *file* belongs to the user that *creds* are for."""
    if creds.userns == FIRST_USER:
        return creds.fsuid == file.uid
    match policies.value(tx, CHECKS):
        case "numbers":
            return uid_inside(tx, creds.userns, creds.fsuid) == file.uid
        case "pairs":
            return False
        case _:
            return creds.fsuid == file.uid


def in_group(tx: Transaction, creds: Creds, gid: int) -> bool:
    """Whether *creds* are of the group *gid*, as a file has it (in_group_p)."""
    known = (creds.fsgid, *creds.groups)
    if creds.userns == FIRST_USER:
        return gid in known
    match policies.value(tx, CHECKS):
        case "numbers":
            return gid in {gid_inside(tx, creds.userns, one) for one in known}
        case "pairs":
            return False
        case _:
            return gid in known


def may(tx: Transaction, creds: Creds, file: Attributes, wanted: int) -> bool:
    """Whether mode bits or capabilities grant the bits of *wanted* (``MAY_…``)."""
    mode = file.mode
    if wanted & mode & mode >> 3 & mode >> 6 == wanted:  # everybody may, whose it is or not
        return True
    if is_owner(tx, creds, file):
        granted = mode >> 6
    elif wanted & (mode ^ mode >> 3) and in_group(tx, creds, file.gid):
        granted = mode >> 3
    else:
        granted = mode
    if granted & wanted == wanted:
        return True
    if mode & _S_IFMT == _S_IFDIR:
        spared = not wanted & MAY_WRITE
    else:
        spared = wanted == MAY_READ
        if wanted & MAY_EXEC and not mode & 0o111:
            return False
    if spared and over_file(tx, creds, file, Cap.CAP_DAC_READ_SEARCH):
        return True
    return over_file(tx, creds, file, Cap.CAP_DAC_OVERRIDE)


def check(tx: Transaction, creds: Creds, file: Attributes, wanted: int, what: str) -> None:
    """EACCES unless *creds* may do *wanted* to the file that people know as *what*."""
    if may(tx, creds, file, wanted):
        return
    words = {MAY_EXEC: "search", MAY_WRITE: "write", MAY_READ: "read"}
    doing = " and ".join(word for bit, word in words.items() if wanted & bit)
    uid = uid_inside(tx, creds.userns, creds.fsuid)
    whose = "" if creds.userns == FIRST_USER else _whose(tx, creds, file)
    raise Errno.EACCES(f"uid {uid} may not {doing} {what} (mode {file.mode & 0o7777:04o}{whose})")


def _whose(tx: Transaction, creds: Creds, file: Attributes) -> str:
    return f", of uid {uid_inside(tx, creds.userns, file.uid)} as seen from its user namespace"


def owns(tx: Transaction, creds: Creds, file: Attributes) -> bool:
    """Whether the file is the caller's own to change, or anybody's is whom it knows (CAP_FOWNER,
    inode_owner_or_capable)."""
    return is_owner(tx, creds, file) or over_owner(tx, creds, file, Cap.CAP_FOWNER)


def check_sticky(
    tx: Transaction, creds: Creds, directory: Attributes, victim: Attributes, name: str
) -> None:
    """EPERM for removing another's file from a directory with the sticky bit (check_sticky)."""
    if not directory.mode & _S_ISVTX or is_owner(tx, creds, victim):
        return
    if is_owner(tx, creds, directory) or over_file(tx, creds, victim, Cap.CAP_FOWNER):
        return
    uid = uid_inside(tx, creds.userns, creds.fsuid)
    raise Errno.EPERM(f"{name} is not uid {uid}'s, and its directory is sticky")
