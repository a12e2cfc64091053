"""How many namespaces a user may have: /proc/sys/user (namespaces(7); kernel/ucount.c).

A namespace counts for the user who made it, in the user namespace that owns it, and for the one
who made that one, in the next further out, and so on.
"""

from collections.abc import Sequence
from functools import cache
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


def check(tx: Transaction, space: NamespaceId, uid: int, kind: str) -> None:
    """ENOSPC where *uid* in *space*, or whoever that counts for in one around it, has its fill.

    Numbers are the first namespace's.
    """
    while space:
        row = tx.find(Ucounts, ucounts_key(space, uid))
        record = tx.get(UserSpace, space)
        had = 0 if row is None else row.counts.get(kind, 0)
        if record.limits or had >= FIRST_LIMIT:
            _check_one(record, space, kind, had)
        space, uid = record.owner, record.creator


def _check_one(record: UserSpace, space: NamespaceId, kind: str, had: int) -> None:
    most = _most(record, space, kind)
    if had >= most:
        raise Errno.ENOSPC(
            f"its maker has {had} {kind} namespaces in user:[{record.inum}], where "
            f"/proc/sys/user/{SETTINGS.get(kind, kind)} allows {most}"
        )


def charge(
    tx: Transaction,
    space: NamespaceId,
    uid: int,
    kinds: Sequence[str],
    outside: Sequence[str] = (),
) -> None:
    """One more of each of *kinds* for *uid* in *space*, and of *outside* around that.  ENOSPC, as
    :func:`check` has it, for the first of them."""
    while space:
        record = tx.get(UserSpace, space)
        if kinds:
            key = ucounts_key(space, uid)
            row = tx.find(Ucounts, key)
            if row is None and not record.limits:
                tx.put(key, _one_of_each(tuple(kinds)))
            else:
                counts = _NONE if row is None else row.counts
                tx.put(key, Ucounts(_one_more(record, space, counts, kinds)))
        space, uid = record.owner, record.creator
        if outside:
            kinds, outside = (*kinds, *outside), ()


def _one_more(
    record: UserSpace, space: NamespaceId, counts: Map[str, int], kinds: Sequence[str]
) -> Map[str, int]:
    more = counts.mutate()
    harmless = 0 if record.limits else FIRST_LIMIT  # no limit that was not set is lower
    for kind in kinds:
        try:
            had = counts[kind]
        except KeyError:
            had = 0
        if had >= harmless:
            _check_one(record, space, kind, had)
        more[kind] = had + 1
    return more.finish()


@cache
def _one_of_each(kinds: tuple[str, ...]) -> Ucounts:
    """What whoever had nothing has then: the same for all, for it is made for every container."""
    return Ucounts(Map(dict.fromkeys(kinds, 1)))


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
