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
_NONE: Map[str, NamespaceId] = Map()
_NEWUSER: Final = int(CloneFlag.CLONE_NEWUSER)


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


def first_proxy(tx: Transaction, spaces: dict[str, NamespaceId]) -> ProxyId:
    """The proxy of the first task, over the namespaces made at boot (each has one user)."""
    key = ProxyId(tx.fresh())
    tx.put(key, Proxy(1, Map(spaces)))
    return key
