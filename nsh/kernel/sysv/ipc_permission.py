"""Who may do what with a SysV object, and who did (ipcperms() in ipc/util.c; sysvipc(7))."""

from typing import Final, TypeVar

from msgspec.structs import replace

from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno
from nsh.abi.ipc import IpcPerm
from nsh.kernel import capabilities, clock, idmaps, pids
from nsh.machine.ids import NamespaceId, SpaceId, TaskId
from nsh.machine.ipc import NEVER, Ipc, IpcObject, Who
from nsh.machine.pids import PidSpace
from nsh.machine.tasks import Creds, Task
from nsh.machine.value import Transaction

READ: Final = 0o444
WRITE: Final = 0o222

O = TypeVar("O", bound=IpcObject)  # noqa: E741  # an object


def check(tx: Transaction, caller: TaskId, record: IpcObject, wanted: int, what: str) -> None:
    """EACCES unless the mode, or CAP_IPC_OWNER, grants *wanted*: bits of owner, group or others,
    as people give them, all of which are asked for."""
    creds = tx.get(Task, caller).creds
    asked = (wanted >> 6 | wanted >> 3 | wanted) & 7
    if asked & ~_granted(creds, record):
        owner = tx.get(Ipc, record.namespace).owner
        if not capabilities.capable(tx, caller, owner, Cap.CAP_IPC_OWNER):
            own, other = (
                idmaps.uid_inside(tx, creds.userns, uid) for uid in (creds.euid, record.uid)
            )
            raise Errno.EACCES(
                f"uid {own} may not do that with {what} (mode {record.mode & 0o777:03o}, "
                f"owner {other})"
            )


def _granted(creds: Creds, record: IpcObject) -> int:
    if creds.euid in (record.cuid, record.uid):
        return record.mode >> 6
    groups = (creds.egid, *creds.groups)
    if record.cgid in groups or record.gid in groups:
        return record.mode >> 3
    return record.mode


def check_owner(tx: Transaction, caller: TaskId, record: IpcObject, doing: str) -> None:
    """EPERM for whoever is neither owner nor creator, and has no CAP_SYS_ADMIN."""
    creds = tx.get(Task, caller).creds
    if creds.euid not in (record.cuid, record.uid):
        owner = tx.get(Ipc, record.namespace).owner
        capabilities.need(tx, caller, owner, Cap.CAP_SYS_ADMIN, f"to {doing} (not one's own)")


def changed(tx: Transaction, caller: TaskId, record: O, uid: int, gid: int, mode: int) -> O:
    """IPC_SET: another owner and mode.  EINVAL for ids that nobody has in the caller's user
    namespace."""
    users = tx.get(Task, caller).creds.userns
    uid, gid = idmaps.uid_of(tx, users, uid), idmaps.gid_of(tx, users, gid)
    kept = record.mode & ~0o777
    return replace(record, uid=uid, gid=gid, mode=kept | mode & 0o777, ctime=tx.clock)


def who(tx: Transaction, task: TaskId, *, thread: bool = False) -> Who:
    """The process of *task*, or it itself, for :func:`told`."""
    key = task if thread else tx.get(Task, task).leader
    record = tx.get(Task, key)
    return Who(key, tx.get(PidSpace, record.space).path, record.pids)


def told(tx: Transaction, viewer: TaskId, whom: Who | None) -> int:
    """The pid by which *viewer* knows *whom*; 0 for nobody it sees."""
    space = tx.get(Task, viewer).space
    if whom is None:
        return 0
    return pids.tell_number(tx, space, whom.task, whom.path, whom.pids)


def number(space: SpaceId, whom: Who | None) -> int:
    """As :func:`told`, in a file that shows the numbers of *space*."""
    return whom.pids[whom.path.index(space)] if whom is not None and space in whom.path else 0


def owners(tx: Transaction, users: NamespaceId, record: IpcObject) -> tuple[int, int, int, int]:
    """uid, gid, cuid and cgid of an object, in the numbers of the user namespace *users*."""
    return (
        idmaps.uid_inside(tx, users, record.uid),
        idmaps.gid_inside(tx, users, record.gid),
        idmaps.uid_inside(tx, users, record.cuid),
        idmaps.gid_inside(tx, users, record.cgid),
    )


def perm(tx: Transaction, viewer: TaskId, record: IpcObject) -> IpcPerm:
    """``struct ipc_perm`` of an object, as *viewer* is told it."""
    users = tx.get(Task, viewer).creds.userns
    return IpcPerm(record.key, *owners(tx, users, record), record.mode)


def seconds(time: int) -> int:
    """A time as it is told: seconds since 1970, 0 for never."""
    return 0 if time == NEVER else (clock.EPOCH + time) // 10**9
