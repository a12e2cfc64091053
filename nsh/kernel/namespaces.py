"""Making, sharing, entering and ending namespaces of any kind (namespaces(7)).

A kind registers itself with :func:`nsh.kernel.kinds.namespace`: its name in /proc/PID/ns, its
CLONE flag, its record type, and what to do to copy one and to end one.  Nothing here knows
the kinds.
"""

from collections.abc import Sequence
from typing import Final

from immutables import Map
from msgspec.structs import replace

from nsh.abi.capabilities import Cap
from nsh.abi.process import CloneFlag
from nsh.kernel import capabilities, ucounts, users
from nsh.kernel.kinds import Asked, New, registered
from nsh.machine.context import Fs
from nsh.machine.ids import FIRST_ID, NamespaceId, ProxyId, SpaceId, TaskId
from nsh.machine.namespaces import Inums, Namespace, Proxy, kept_above
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction

FIRST_INUM: Final = 4026532000
"""Below it are the numbers of the first namespaces, which Linux fixes in proc_ns.h."""
_NEWPID: Final = int(CloneFlag.CLONE_NEWPID)


def fresh_inums(tx: Transaction, count: int = 1) -> int:
    """The first of *count* new namespace inode numbers, which follow each other."""
    row = tx.find(Inums, 0) or Inums(FIRST_INUM)
    tx.put(0, Inums(row.next + count))
    return row.next


def get(tx: Transaction, kind: str, space: NamespaceId) -> Namespace:
    """The record of a namespace of *kind*; ``KeyError`` if it has ended."""
    return tx.get(registered(kind).record, space)


def hold(tx: Transaction, kind: str, space: NamespaceId | SpaceId, count: int = 1) -> None:
    """Count *count* more users of a namespace, unless it is a first one, which stays anyway."""
    if space >= FIRST_ID:
        record = tx.get(registered(kind).record, space)
        tx.put(space, replace(record, users=record.users + count))


def put(tx: Transaction, kind: str, space: NamespaceId) -> None:
    """Count one user of a namespace down; the last one ends it, but a first one."""
    if space < FIRST_ID:
        return
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
    put(tx, "user", record.owner)


def put_unused(tx: Transaction, kind: str, space: NamespaceId) -> None:
    """End a namespace that was made and found no user."""
    if get(tx, kind, space).users == 0:
        hold(tx, kind, space)
        put(tx, kind, space)


def put_above(tx: Transaction, kind: str, path: Sequence[int]) -> None:
    """One that had *path* has ended, and keeps the one around it no longer."""
    for above in kept_above(path):
        put(tx, kind, NamespaceId(above))


def begin(
    tx: Transaction,
    task: TaskId,
    caller: Task,
    fs: Fs,
    before: Map[str, NamespaceId],
    wanted: Asked,
) -> New:
    """The first of the new namespaces that are *wanted* in the stead of some of those *before*, for
    who stands at *fs* and has the credentials of *caller*, or those in a new user namespace, which
    comes first and owns the others.

    EPERM without CAP_SYS_ADMIN there; ENOSPC.
    """
    new = New(caller, fs, before, wanted, fresh_inums(tx, wanted.many))
    new.maker = task
    if wanted.user is not None:
        key = new.next(tx)
        tx.put(key, users.make(tx, new.owner, new))
    else:
        capabilities.need(tx, task, new.owner, Cap.CAP_SYS_ADMIN, "a new namespace")
    return new


def count(tx: Transaction, new: New, some: Asked) -> None:
    """Those of *some* are of their owner, and count for their creator.

    ENOSPC: that one, in that namespace, may have no more of them.
    """
    owned = some.owned
    if new.outside:
        ucounts.charge(tx, new.owner, new.creator, owned, outside=("user",))
    else:
        ucounts.charge(tx, new.owner, new.creator, owned)
        hold(tx, "user", new.owner, len(owned))


def copy_proxy(tx: Transaction, new: New) -> ProxyId:
    """A proxy with the new namespaces, and for the rest those there were before; ``users`` is 1.

    Those that have been made already it takes over with their count.  Kinds are copied in order of
    name.
    """
    before, wanted = new.before, new.wanted
    after = before.mutate()
    if wanted.user is not None:
        after[wanted.user.entry] = new.owner
    for kind in wanted.kinds:
        entry = kind.entry
        if kind.flag == _NEWPID and new.pid:
            after[entry] = new.pid
            continue
        key, copy = new.next(tx), kind.copy
        tx.put(key, copy(tx, before[entry], new))
        after[entry] = key
        if kind.own:
            if new.born:
                after[kind.own] = key
            else:
                hold(tx, kind.name, before[kind.own])
    for kind in wanted.rest:
        hold(tx, kind.name, before[kind.entry])
        if kind.own:
            hold(tx, kind.name, before[kind.own])
    proxy = tx.new(ProxyId)
    tx.put(proxy, Proxy(1, after.finish()))
    return proxy


def first_proxy(tx: Transaction, spaces: dict[str, NamespaceId]) -> ProxyId:
    """The proxy of the first task, over the namespaces made at boot (each has one user)."""
    key = tx.new(ProxyId)
    tx.put(key, Proxy(1, Map(spaces)))
    return key
