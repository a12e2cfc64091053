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
from nsh.abi.process import CloneFlag
from nsh.kernel import capabilities, ucounts, users
from nsh.kernel.kinds import kinds, new_flags, registered
from nsh.machine.ids import FIRST_USER, NamespaceId, ProxyId, TaskId
from nsh.machine.namespaces import Inums, Namespace, Proxy
from nsh.machine.tasks import Creds, Task
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
    known = 0
    for kind in kinds():
        if kind.offered(tx):
            known |= kind.flag
    missing = CloneFlag(flags & new_flags() & ~known)
    if missing:
        names = ", ".join(flag.name or "" for flag in missing)
        raise Errno.EINVAL(f"this machine has no such namespaces: {names}")


def hold_owner(tx: Transaction, owner: NamespaceId) -> None:
    """A namespace keeps the user namespace that owns it; the first one stays anyway."""
    if owner != FIRST_USER:
        hold(tx, "user", owner)


def give(tx: Transaction, kind: str, space: NamespaceId, creds: Creds) -> None:
    """A new namespace of *kind* is of the user namespace of *creds*, and counts for their user.

    ENOSPC: that one, in that namespace, may have no more of them.
    """
    ucounts.charge(tx, creds.userns, creds.euid, kind)
    hold_owner(tx, creds.userns)
    tx.put(space, replace(get(tx, kind, space), owner=creds.userns, creator=creds.euid))


def admitted(tx: Transaction, caller: TaskId, flags: int) -> Creds:
    """The credentials for who will be in new namespaces for *flags*: the caller's, or those in a
    new user namespace, which comes first and owns the others.

    EPERM without CAP_SYS_ADMIN there; ENOSPC.
    """
    creds = tx.get(Task, caller).creds
    if flags & CloneFlag.CLONE_NEWUSER:
        creds = users.make(tx, caller)
    others = CloneFlag(flags & new_flags() & ~CloneFlag.CLONE_NEWUSER)
    if others:
        capabilities.need(tx, caller, creds.userns, Cap.CAP_SYS_ADMIN, "a new namespace")
    return creds


def copy_proxy(tx: Transaction, caller: TaskId, old: ProxyId, flags: int) -> ProxyId:
    """A proxy like *old* with new namespaces for *flags*; ``users`` is 1.

    Kinds are copied in order of name; the record *old* is left as it is.  The credentials of
    *caller* are those that were :func:`admitted`.
    """
    creds = tx.get(Task, caller).creds
    before = tx.get(Proxy, old).kinds
    after = before
    for kind in kinds():
        space = before[kind.entry]
        if flags & kind.flag:
            assert kind.copy is not None
            made = kind.copy(tx, caller, space)
            if kind.flag != CloneFlag.CLONE_NEWUSER:
                give(tx, kind.name, made, creds)
            after = after.set(kind.entry, made)
        else:
            hold(tx, kind.name, space)
        if kind.own:
            hold(tx, kind.name, before[kind.own])
    key = ProxyId(tx.fresh())
    tx.put(key, Proxy(1, after))
    return key


def first_proxy(tx: Transaction, spaces: dict[str, NamespaceId]) -> ProxyId:
    """The proxy of the first task, over the namespaces made at boot (each has one user)."""
    key = ProxyId(tx.fresh())
    tx.put(key, Proxy(1, Map(spaces)))
    return key
