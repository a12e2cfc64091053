"""Making, sharing, entering and ending namespaces of any kind (namespaces(7)).

A kind registers itself with :func:`nsh.kernel.kinds.namespace`: its name in /proc/PID/ns, its
CLONE flag, its record type, and what to do to copy one and to end one.  Nothing here knows
the kinds.
"""

from typing import Final

from immutables import Map
from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.namespaces import Setns, Unshare
from nsh.abi.process import CloneFlag
from nsh.kernel import contexts, hooks
from nsh.kernel.dispatch import handles
from nsh.kernel.fs import nsfs
from nsh.kernel.kinds import kind_called, kinds, registered
from nsh.machine.ids import NamespaceId, ProxyId, TaskId
from nsh.machine.namespaces import Inums, Namespace, Proxy
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction

FIRST_INUM: Final = 4026532000
"""Below it are the numbers of the first namespaces, which Linux fixes in proc_ns.h."""


def fresh_inum(tx: Transaction) -> int:
    """A new namespace inode number."""
    row = tx.find(Inums, 0) or Inums(FIRST_INUM)
    tx.put(0, Inums(row.next + 1))
    return row.next


def get(tx: Transaction, kind: str, space: NamespaceId) -> Namespace:
    """The record of a namespace of *kind*; ``KeyError`` if it has ended."""
    return tx.get(registered(kind).record, space)


def hold(tx: Transaction, kind: str, space: NamespaceId) -> None:
    """Count one more user of a namespace."""
    record = get(tx, kind, space)
    tx.put(space, replace(record, users=record.users + 1))


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


def put_unused(tx: Transaction, kind: str, space: NamespaceId) -> None:
    """End a namespace that was made and found no user."""
    if get(tx, kind, space).users == 0:
        hold(tx, kind, space)
        put(tx, kind, space)


ALL_NEW: Final = (
    CloneFlag.CLONE_NEWNS
    | CloneFlag.CLONE_NEWUTS
    | CloneFlag.CLONE_NEWIPC
    | CloneFlag.CLONE_NEWUSER
    | CloneFlag.CLONE_NEWPID
    | CloneFlag.CLONE_NEWNET
    | CloneFlag.CLONE_NEWCGROUP
    | CloneFlag.CLONE_NEWTIME
    | CloneFlag.CLONE_NEWPTS
    | CloneFlag.CLONE_NEWDEV
    | CloneFlag.CLONE_NEWTTY
)


def check_known(tx: Transaction, flags: int) -> None:
    """EINVAL, as a kernel built without them answers, for namespaces this machine has not."""
    known = 0
    for kind in kinds():
        if kind.offered(tx):
            known |= kind.flag
    missing = CloneFlag(flags & ALL_NEW & ~known)
    if missing:
        names = ", ".join(flag.name or "" for flag in missing)
        raise Errno.EINVAL(f"this machine has no such namespaces: {names}")


def copy_proxy(tx: Transaction, caller: TaskId, old: ProxyId, flags: int) -> ProxyId:
    """A proxy like *old* with new namespaces for *flags*; ``users`` is 1.

    Kinds are copied in order of name; the record *old* is left as it is.
    """
    before = tx.get(Proxy, old).kinds
    after = before
    for kind in kinds():
        space = before[kind.entry]
        if flags & kind.flag:
            assert kind.copy is not None
            after = after.set(kind.entry, kind.copy(tx, caller, space))
        else:
            hold(tx, kind.name, space)
    key = ProxyId(tx.fresh())
    tx.put(key, Proxy(1, after))
    return key


@handles(Unshare)
def unshare(tx: Transaction, caller: TaskId, request: Unshare) -> int:
    """unshare(2).  Order of refusals as ksys_unshare has it."""
    flags = request.flags
    if flags & CloneFlag.CLONE_NEWUSER:
        flags |= CloneFlag.CLONE_THREAD | CloneFlag.CLONE_FS
    if flags & CloneFlag.CLONE_VM:
        flags |= CloneFlag.CLONE_SIGHAND
    if flags & CloneFlag.CLONE_SIGHAND:
        flags |= CloneFlag.CLONE_THREAD
    if flags & CloneFlag.CLONE_NEWNS:
        flags |= CloneFlag.CLONE_FS
    allowed = (
        ALL_NEW
        | CloneFlag.CLONE_THREAD
        | CloneFlag.CLONE_FS
        | CloneFlag.CLONE_FILES
        | CloneFlag.CLONE_SIGHAND
        | CloneFlag.CLONE_VM
        | CloneFlag.CLONE_SYSVSEM
    )
    if flags & ~int(allowed):
        raise Errno.EINVAL(f"unshare does not take {CloneFlag(flags & ~int(allowed))!r}")
    task = tx.get(Task, caller)
    alone = {CloneFlag.CLONE_THREAD, CloneFlag.CLONE_SIGHAND, CloneFlag.CLONE_VM}
    threaded = task.leader != caller or bool(tx.get(Task, task.leader).threads)
    if threaded and any(flags & flag for flag in alone):
        raise Errno.EINVAL("the process has other threads")
    check_known(tx, flags)
    contexts.unshare(tx, caller, flags)
    if flags & ALL_NEW:
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
    if kind.check_enter is not None:
        kind.check_enter(tx, caller, space)
    old = contexts.proxy_id(tx, caller)
    before = tx.get(Proxy, old).kinds
    if before[kind.entry] != space:
        after = before.set(kind.entry, space)
        for other in kinds():
            hold(tx, other.name, after[other.entry])
        key = ProxyId(tx.fresh())
        tx.put(key, Proxy(1, after))
        contexts.release_proxy(tx, contexts.set_proxy(tx, caller, key))
    if kind.entered is not None:
        kind.entered(tx, caller, space)
    return 0


def first_proxy(tx: Transaction, spaces: dict[str, NamespaceId]) -> ProxyId:
    """The proxy of the first task, over the namespaces made at boot (each has one user)."""
    key = ProxyId(tx.fresh())
    tx.put(key, Proxy(1, Map(spaces)))
    return key
