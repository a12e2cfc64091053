"""How many namespaces a user may have: /proc/sys/user (namespaces(7); kernel/ucount.c).

A namespace counts for the user who made it, in the user namespace that owns it, and for the one
who made that one, in the next further out, and so on.
"""

from typing import Final

from immutables import Map

from nsh.abi.errno import Errno
from nsh.machine.ids import FIRST_USER, NamespaceId
from nsh.machine.users import Ucounts, UserSpace, ucounts_key
from nsh.machine.value import Transaction

FIRST_LIMIT: Final = 127_000
"""Of the first namespace; Linux goes by half the threads that fit the machine's memory."""
LIMIT: Final = (1 << 31) - 1
"""Of others, until it is set."""
_NONE: Map[str, int] = Map()


def limit(tx: Transaction, space: NamespaceId, kind: str) -> int:
    """How many namespaces of *kind* a user may have in *space*."""
    return _most(tx.get(UserSpace, space), space, kind)


def _most(record: UserSpace, space: NamespaceId, kind: str) -> int:
    return record.limits.get(kind, FIRST_LIMIT if space == FIRST_USER else LIMIT)


def charge(tx: Transaction, space: NamespaceId, uid: int, *kinds: str) -> None:
    """One more of each of *kinds* for *uid* in *space*.  ENOSPC where that, or one around it, has
    its fill.

    Numbers are the first namespace's.
    """
    while space:
        key = ucounts_key(space, uid)
        row = tx.find(Ucounts, key)
        before = _NONE if row is None else row.counts
        counts = before.mutate()
        record = tx.get(UserSpace, space)
        for kind in kinds:
            had = before.get(kind, 0)
            if had >= _most(record, space, kind):
                raise Errno.ENOSPC(
                    f"its maker has {had} {kind} namespaces in user:[{record.inum}], where "
                    f"/proc/sys/user/{SETTINGS.get(kind, kind)} allows {limit(tx, space, kind)}"
                )
            counts[kind] = had + 1
        tx.put(key, Ucounts(counts.finish()))
        space, uid = record.owner, record.creator


def uncharge(tx: Transaction, space: NamespaceId, uid: int, kind: str) -> None:
    """One of them has ended."""
    while space:
        key = ucounts_key(space, uid)
        counts = tx.get(Ucounts, key).counts
        left = counts[kind] - 1
        counts = counts.set(kind, left) if left else counts.delete(kind)
        if counts:
            tx.put(key, Ucounts(counts))
        else:
            tx.drop(Ucounts, key)
        record = tx.get(UserSpace, space)
        space, uid = record.owner, record.creator


SETTINGS: Final = {
    "cgroup": "max_cgroup_namespaces",
    "ipc": "max_ipc_namespaces",
    "mnt": "max_mnt_namespaces",
    "net": "max_net_namespaces",
    "pid": "max_pid_namespaces",
    "time": "max_time_namespaces",
    "user": "max_user_namespaces",
    "uts": "max_uts_namespaces",
}
"""The file below /proc/sys/user, by kind."""
