"""Who may do what to a file: mode bits, ownership, what uid 0 is spared (path_resolution(7))."""

from typing import Final

from nsh.abi.errno import Errno
from nsh.machine.files import Attributes
from nsh.machine.ids import TaskId
from nsh.machine.tasks import Creds, Task
from nsh.machine.value import Transaction

MAY_EXEC: Final = 1
MAY_WRITE: Final = 2
MAY_READ: Final = 4

_S_ISVTX: Final = 0o1000


def credentials(tx: Transaction, task: TaskId) -> Creds:
    """The credentials of *task*."""
    return tx.get(Task, task).creds


def may(creds: Creds, attributes: Attributes, wanted: int) -> bool:
    """Whether the mode bits grant the bits of *wanted* (``MAY_…``); uid 0 needs none but an
    execute bit somewhere on a file that is to be executed."""
    mode = attributes.mode
    if creds.euid == 0:  # CAP_DAC_OVERRIDE
        return not wanted & MAY_EXEC or bool(mode & 0o111) or mode & 0o170000 == 0o040000
    if creds.euid == attributes.uid:
        granted = mode >> 6
    elif creds.egid == attributes.gid or attributes.gid in creds.groups:
        granted = mode >> 3
    else:
        granted = mode
    return granted & wanted == wanted


def check(creds: Creds, attributes: Attributes, wanted: int, what: str) -> None:
    """EACCES unless *creds* may do *wanted* to the file that people know as *what*."""
    if not may(creds, attributes, wanted):
        words = {MAY_EXEC: "search", MAY_WRITE: "write", MAY_READ: "read"}
        doing = " and ".join(word for bit, word in words.items() if wanted & bit)
        mode = attributes.mode & 0o7777
        raise Errno.EACCES(f"uid {creds.euid} may not {doing} {what} (mode {mode:04o})")


def owns(creds: Creds, attributes: Attributes) -> bool:
    """Whether the file is the caller's own to change, or anybody's is (CAP_FOWNER)."""
    return creds.euid in (0, attributes.uid)


def check_sticky(creds: Creds, directory: Attributes, victim: Attributes, name: str) -> None:
    """EPERM for removing another's file from a directory with the sticky bit."""
    if not directory.mode & _S_ISVTX or creds.euid in (0, victim.uid, directory.uid):
        return
    raise Errno.EPERM(f"{name} is not uid {creds.euid}'s, and its directory is sticky")


def check_admin(creds: Creds, doing: str) -> None:
    """EPERM unless *creds* has CAP_SYS_ADMIN, which only uid 0 has on this machine."""
    if creds.euid:
        raise Errno.EPERM(f"{doing} takes CAP_SYS_ADMIN; uid {creds.euid} has no capabilities")
