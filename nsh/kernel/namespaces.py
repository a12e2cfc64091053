"""Making, sharing, entering and ending namespaces of any kind (namespaces(7)).

A kind registers itself with :func:`nsh.kernel.kinds.namespace`: its name in /proc/PID/ns, its
CLONE flag, its record type, and what to do to copy one and to end one.  Nothing here knows
the kinds.
"""

from typing import Final

from immutables import Map
from msgspec.structs import replace

from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno
from nsh.abi.namespaces import Setns, Unshare
from nsh.abi.process import CloneFlag
from nsh.kernel import capabilities, contexts, creds_commit, entering, hooks, ucounts, users
from nsh.kernel.dispatch import handles
from nsh.kernel.fs import nsfs
from nsh.kernel.kinds import kind_called, kinds, new_flags, registered
from nsh.machine.ids import FIRST_USER, NamespaceId, ProxyId, TaskId
from nsh.machine.namespaces import Inums, Namespace, Proxy
from nsh.machine.tasks import Creds, Task
from nsh.machine.value import Transaction

FIRST_INUM: Final = 4026532000
"""Below it are the numbers of the first namespaces, which Linux fixes in proc_ns.h."""
_NONE: Map[str, NamespaceId] = Map()
_NEWUSER: Final = int(CloneFlag.CLONE_NEWUSER)
_UNSHARED: Final = int(
    CloneFlag.CLONE_THREAD
    | CloneFlag.CLONE_FS
    | CloneFlag.CLONE_FILES
    | CloneFlag.CLONE_SIGHAND
    | CloneFlag.CLONE_VM
    | CloneFlag.CLONE_SYSVSEM
)
"""What unshare(2) takes besides."""


def fresh_inum(tx: Transaction) -> int:
    """A new namespace inode number."""
    row = tx.find(Inums, 0) or Inums(FIRST_INUM)
    tx.put(0, Inums(row.next + 1))
    return row.next


def get(tx: Transaction, kind: str, space: NamespaceId) -> Namespace:
    """The record of a namespace of *kind*; ``KeyError`` if it has ended."""
    return tx.get(registered(kind).record, space)


def hold(tx: Transaction, kind: str, space: NamespaceId, count: int = 1) -> None:
    """Count *count* more users of a namespace."""
    record = tx.get(registered(kind).record, space)
    tx.put(space, replace(record, users=record.users + count))


def put(tx: Transaction, kind: str, space: NamespaceId) -> None:
    """Count one user of a namespace down; the last one ends it."""
    found = registered(kind)
    record = tx.get(found.record, space)
    if record.users > 1:
        tx.put(space, replace(record, users=record.users - 1))
        return
    tx.drop(found.record, space)
    if found.end is not None:
        found.end(tx, space, record)
    if record.creator >= 0:
        ucounts.uncharge(tx, record.owner, record.creator, found.name)
    if record.owner not in (0, FIRST_USER):
        put(tx, "user", record.owner)


def put_unused(tx: Transaction, kind: str, space: NamespaceId) -> None:
    """End a namespace that was made and found no user."""
    if get(tx, kind, space).users == 0:
        hold(tx, kind, space)
        put(tx, kind, space)


def check_known(tx: Transaction, flags: int) -> None:
    """EINVAL, as a kernel built without them answers, for namespaces this machine has not."""
    missing = flags & new_flags()
    for kind in kinds():
        if missing & kind.flag and kind.offered(tx):
            missing &= ~kind.flag
    if missing:
        names = ", ".join(flag.name or "" for flag in CloneFlag(missing))
        raise Errno.EINVAL(f"this machine has no such namespaces: {names}")


def hold_owner(tx: Transaction, owner: NamespaceId, count: int = 1) -> None:
    """*count* namespaces keep the user namespace that owns them; the first one stays anyway."""
    if owner != FIRST_USER:
        hold(tx, "user", owner, count)


def give(tx: Transaction, made: dict[str, NamespaceId], creds: Creds) -> None:
    """New namespaces, by kind, are of the user namespace of *creds*, and count for their user.

    ENOSPC: that one, in that namespace, may have no more of them.
    """
    ucounts.charge(tx, creds.userns, creds.euid, *made)
    hold_owner(tx, creds.userns, len(made))
    for kind, space in made.items():
        tx.put(space, replace(get(tx, kind, space), owner=creds.userns, creator=creds.euid))


def admitted(tx: Transaction, caller: TaskId, flags: int) -> Creds:
    """The credentials for who will be in new namespaces for *flags*: the caller's, or those in a
    new user namespace, which comes first and owns the others.

    EPERM without CAP_SYS_ADMIN there; ENOSPC.
    """
    creds = tx.get(Task, caller).creds
    if flags & _NEWUSER:
        creds = users.make(tx, caller)
    if flags & new_flags() & ~_NEWUSER:
        capabilities.need(tx, caller, creds.userns, Cap.CAP_SYS_ADMIN, "a new namespace")
    return creds


def copy_proxy(
    tx: Transaction,
    caller: TaskId,
    old: ProxyId,
    flags: int,
    ready: Map[str, NamespaceId] = _NONE,
) -> ProxyId:
    """A proxy like *old* with new namespaces for *flags*; ``users`` is 1.

    Those that are *ready*, by their entry, it takes over with their count.  Kinds are copied in
    order of name; the record *old* is left as it is.  The credentials of *caller* are those that
    were :func:`admitted`.
    """
    creds = tx.get(Task, caller).creds
    before = tx.get(Proxy, old).kinds
    after = before.mutate()
    made = {}
    for kind in kinds():
        space = before[kind.entry]
        if kind.entry in ready:
            after[kind.entry] = ready[kind.entry]
        elif flags & kind.flag:
            assert kind.copy is not None
            copied = kind.copy(tx, caller, space)
            after[kind.entry] = copied
            if kind.flag != _NEWUSER:
                made[kind.name] = copied
        else:
            hold(tx, kind.name, space)
        if kind.own:
            hold(tx, kind.name, before[kind.own])
    if made:
        give(tx, made, creds)
    key = ProxyId(tx.fresh())
    tx.put(key, Proxy(1, after.finish()))
    return key


@handles(Unshare)
def unshare(tx: Transaction, caller: TaskId, request: Unshare) -> int:
    """unshare(2).  Order of refusals as ksys_unshare has it."""
    flags = int(request.flags)
    if flags & _NEWUSER:
        flags |= CloneFlag.CLONE_THREAD | CloneFlag.CLONE_FS
    if flags & CloneFlag.CLONE_VM:
        flags |= CloneFlag.CLONE_SIGHAND
    if flags & CloneFlag.CLONE_SIGHAND:
        flags |= CloneFlag.CLONE_THREAD
    if flags & CloneFlag.CLONE_NEWNS:
        flags |= CloneFlag.CLONE_FS
    unknown = flags & ~(new_flags() | _UNSHARED)
    if unknown:
        raise Errno.EINVAL(f"unshare does not take {CloneFlag(unknown)!r}")
    task = tx.get(Task, caller)
    alone = {CloneFlag.CLONE_THREAD, CloneFlag.CLONE_SIGHAND, CloneFlag.CLONE_VM}
    threaded = task.leader != caller or bool(tx.get(Task, task.leader).threads)
    if threaded and any(flags & flag for flag in alone):
        raise Errno.EINVAL("the process has other threads")
    flags = int(flags)
    check_known(tx, flags)
    contexts.unshare(tx, caller, flags)
    if flags & new_flags():
        creds = admitted(tx, caller, flags)
        if flags & _NEWUSER:
            creds_commit.commit(tx, caller, creds)
        old = contexts.proxy_id(tx, caller)
        new = copy_proxy(tx, caller, old, flags)
        contexts.release_proxy(tx, contexts.set_proxy(tx, caller, new))
    for hook in hooks.unshare:
        hook(tx, caller, flags)
    return 0


@handles(Setns)
def setns(tx: Transaction, caller: TaskId, request: Setns) -> int:
    """setns(2) with a descriptor of a namespace file."""
    name, space = nsfs.namespace_of(tx, caller, request.fd)
    kind = kind_called(name)
    if kind is None:
        raise Errno.EINVAL(f"{name} is no kind of namespace")
    if request.nstype and request.nstype != kind.flag:
        wanted = CloneFlag(request.nstype)
        raise Errno.EINVAL(f"the descriptor is of a {name} namespace, not of {wanted!r}")
    entering.check_offered(tx, "setns")
    enter(tx, caller, name, space)
    return 0


def enter(tx: Transaction, caller: TaskId, name: str, space: NamespaceId) -> None:
    """Put *caller* into a namespace of the kind *name*; what the kind refuses, it raises."""
    kind = registered(name)
    if kind.flag != _NEWUSER:
        _check_admin(tx, caller, kind.name, get(tx, name, space).owner)
    if kind.check_enter is not None:
        kind.check_enter(tx, caller, space)
    before = tx.get(Proxy, contexts.proxy_id(tx, caller)).kinds
    if before[kind.entry] != space:
        contexts.change_proxy(tx, caller, Proxy(1, before.set(kind.entry, space)))
    if kind.entered is not None:
        kind.entered(tx, caller, space)


def _check_admin(tx: Transaction, caller: TaskId, kind: str, owner: NamespaceId) -> None:
    """EPERM without CAP_SYS_ADMIN over the namespace's owner, and in the caller's own user
    namespace, where a mount namespace takes CAP_SYS_CHROOT too (the kinds' install)."""
    own = tx.get(Task, caller).creds.userns
    doing = f"entering a {kind} namespace"
    capabilities.need(tx, caller, owner, Cap.CAP_SYS_ADMIN, doing)
    if kind == "mnt":
        capabilities.need(tx, caller, own, Cap.CAP_SYS_CHROOT, doing)
    capabilities.need(tx, caller, own, Cap.CAP_SYS_ADMIN, doing)


def first_proxy(tx: Transaction, spaces: dict[str, NamespaceId]) -> ProxyId:
    """The proxy of the first task, over the namespaces made at boot (each has one user)."""
    key = ProxyId(tx.fresh())
    tx.put(key, Proxy(1, Map(spaces)))
    return key
