"""User namespaces: making, entering, ending (user_namespaces(7); N4).

Which one a task is in is part of its credentials; the proxy, where all other namespaces stand, has
it as well, and counts it.
"""

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from nsh._modules import late
from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno
from nsh.abi.process import CloneFlag
from nsh.kernel import capabilities, hooks, kinds, namespaces, sharing, ucounts
from nsh.kernel.fs import mount_tree
from nsh.kernel.idmaps import knows_gid, knows_uid
from nsh.kernel.kinds import New
from nsh.machine.ids import FIRST_USER, NamespaceId, TaskId
from nsh.machine.limits import Limits
from nsh.machine.mounts import MountSpace
from nsh.machine.namespaces import Namespace
from nsh.machine.record import records
from nsh.machine.tasks import ALL_CAPABILITIES, Creds, Task
from nsh.machine.users import Extent, UserSpace
from nsh.machine.value import Transaction

if TYPE_CHECKING:
    from nsh.kernel import creds_commit
else:  # no boot needs it
    late(globals(), "nsh.kernel", "creds_commit")

INUM: Final = 4026531837
MAX_LEVEL: Final = 33
"""How deep they nest below the first (create_user_ns: a parent's level is at most 32)."""
EVERYBODY: Final = (Extent(0, 0, (1 << 32) - 1),)
"""The maps of the first one."""
_LIMITS: Final = Limits()
_SETFCAP: Final = int(Cap.CAP_SETFCAP)


def inside(creds: Creds, space: NamespaceId) -> Creds:
    """*creds* in another user namespace: everything is allowed there (set_cred_user_ns)."""
    return replace(
        creds,
        userns=space,
        permitted=ALL_CAPABILITIES,
        effective=ALL_CAPABILITIES,
        inheritable=0,
        bounding=ALL_CAPABILITIES,
        ambient=0,
        securebits=0,
    )


def _chrooted(tx: Transaction, new: New) -> bool:
    """Whether the caller's root is below that of its mount namespace (current_chrooted)."""
    return new.fs.root != mount_tree.topmost(tx, tx.get(MountSpace, new.before["mnt"]).root)


def _check_enter(tx: Transaction, caller: TaskId, space: NamespaceId) -> None:
    """setns: into another than one's own, alone, and with its capabilities (userns_install)."""
    task = tx.get(Task, caller)
    if task.creds.userns == space:
        raise Errno.EINVAL("the caller is in it: entering it again would give it capabilities")
    if task.leader != caller or tx.get(Task, task.leader).threads:
        raise Errno.EINVAL("the process has other threads, which stay in one user namespace")
    if sharing.places(tx, caller):
        raise Errno.EINVAL("the caller shares its root and working directory (CLONE_FS)")
    capabilities.need(tx, caller, space, Cap.CAP_SYS_ADMIN, "entering a user namespace")


def _entered(tx: Transaction, caller: TaskId, space: NamespaceId) -> None:
    """setns: everything is allowed there."""
    creds_commit.commit(tx, caller, inside(tx.get(Task, caller).creds, space))


def _end(tx: Transaction, space: NamespaceId, record: UserSpace) -> None:
    """What was above it is kept no longer."""
    del space
    namespaces.put_above(tx, "user", record.path)


@kinds.namespace(
    "user",
    CloneFlag.CLONE_NEWUSER,
    UserSpace,
    INUM,
    check_enter=_check_enter,
    entered=_entered,
    end=_end,
)
def make(tx: Transaction, old: NamespaceId, new: New) -> UserSpace:
    """The first to be made: it owns the others, and whoever will be in them has credentials there.

    ENOSPC: 33 levels deep, or over a limit of /proc/sys/user; EPERM: in a root that is not its
    mount namespace's, or of a user or group that has no number there (create_user_ns).
    """
    creds = new.creds
    above = tx.get(UserSpace, old)
    if len(above.path) > MAX_LEVEL:
        raise Errno.ENOSPC(f"user namespaces nest {MAX_LEVEL} deep and no deeper")
    ucounts.check(tx, old, creds.euid, "user")
    if _chrooted(tx, new):
        raise Errno.EPERM("the caller's root is not that of its mount namespace (chroot)")
    if old != FIRST_USER and not (
        knows_uid(tx, old, creds.euid) and knows_gid(tx, old, creds.egid)
    ):
        raise Errno.EPERM("the caller has no uid or gid in its own user namespace")
    namespaces.hold(tx, "user", old, 2)  # who is below it keeps it, and so does what it owns
    new.creds = inside(creds, new.key)
    new.owner, new.outside = new.key, old
    return UserSpace(
        new.wanted.many,
        new.inum,
        old,
        (*above.path, new.key),
        gid=creds.egid,
        setgroups=above.setgroups,
        setfcap=bool(creds.effective >> _SETFCAP & 1),
        creator=creds.euid,
        sigpending=(tx.find(Limits, new.caller.leader) or _LIMITS).sigpending,
    )


@hooks.on_boot(10)
def _boot(tx: Transaction) -> None:
    maps = (EVERYBODY, EVERYBODY, EVERYBODY)
    tx.put(FIRST_USER, UserSpace(1, INUM, NamespaceId(0), (FIRST_USER,), 0, *maps, creator=0))


@hooks.on_boot(99)
def _own(tx: Transaction) -> None:
    """What the machine booted with is the first one's."""
    for kind in records():
        if issubclass(kind, Namespace) and kind is not UserSpace:
            for key, record in tx.items(kind):
                tx.put(key, replace(record, owner=FIRST_USER))


@hooks.on_exit()
def _keep(tx: Transaction, tid: TaskId, task: Task) -> None:
    """The dead have credentials until they are waited for."""
    del tid
    if task.creds.userns != FIRST_USER:
        namespaces.hold(tx, "user", task.creds.userns)


@hooks.on_reap()
def _let_go(tx: Transaction, tid: TaskId, task: Task) -> None:
    del tid
    if task.creds.userns != FIRST_USER:
        namespaces.put(tx, "user", task.creds.userns)
