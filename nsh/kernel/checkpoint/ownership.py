"""Users and groups in an image: by the numbers of a user namespace that goes with it (C4).

Who has none there is told as -1, and after a restart is who has asked for that.
"""

from typing import Final

from nsh.abi.capabilities import Cap
from nsh.abi.files import S_IFBLK, S_IFCHR, S_IFMT
from nsh.kernel import capabilities, idmaps
from nsh.kernel.checkpoint.state import Dump, Restart
from nsh.machine.ids import FIRST_USER, NamespaceId
from nsh.machine.tasks import Task

NOBODY: Final = -1
DEVICES: Final = (S_IFBLK, S_IFCHR)
_SET_ID: Final = 0o6000


def uid(dump: Dump, space: NamespaceId, number: int) -> int:
    """What a user is called in the user namespace *space*."""
    known = idmaps.knows_uid(dump.tx, space, number)
    return idmaps.uid_inside(dump.tx, space, number) if known else NOBODY


def gid(dump: Dump, space: NamespaceId, number: int) -> int:
    """The same of a group."""
    known = idmaps.knows_gid(dump.tx, space, number)
    return idmaps.gid_inside(dump.tx, space, number) if known else NOBODY


def uid_of(restart: Restart, space: NamespaceId, number: int, mine: int) -> int:
    """Who is called so there; *mine*, if that is nobody.  EINVAL: there is no such user."""
    return mine if number == NOBODY else idmaps.uid_of(restart.tx, space, number)


def gid_of(restart: Restart, space: NamespaceId, number: int, mine: int) -> int:
    """The same of a group."""
    return mine if number == NOBODY else idmaps.gid_of(restart.tx, space, number)


def of_file(
    restart: Restart,
    space: NamespaceId,
    owner: tuple[int, int],
    mode: int,
    *,
    capability: bool = False,
) -> tuple[int, int]:
    """Whose a file is that is made, of user and group *owner*.

    EPERM: the caller has not the right to make it so; EINVAL.
    """
    tx, caller = restart.tx, restart.caller
    mine = tx.get(Task, caller).creds
    found = (
        uid_of(restart, space, owner[0], mine.fsuid),
        gid_of(restart, space, owner[1], mine.fsgid),
    )
    if mode & S_IFMT in DEVICES:
        capabilities.need(tx, caller, FIRST_USER, Cap.CAP_MKNOD, "a device")
    if space == mine.userns:  # in another one, which is the container's own, it has every right
        if found != (mine.fsuid, mine.fsgid):
            capabilities.need(tx, caller, space, Cap.CAP_CHOWN, f"a file of uid {owner[0]}")
            if mode & _SET_ID:
                capabilities.need(tx, caller, space, Cap.CAP_FSETID, "a set-id file of another")
        if capability:
            capabilities.need(tx, caller, space, Cap.CAP_SETFCAP, "a file with capabilities")
    return found
