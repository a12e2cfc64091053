"""Peer groups, masters and slaves: who is told of mounts (fs/pnode.c, sharedsubtree.rst).

The order of rings and lists is Linux's, for it decides the order in which copies are made, and
mountinfo shows them by age.
"""

from collections.abc import Container, Iterator
from typing import Final

from msgspec.structs import replace

from nsh.abi.files import MountFlag
from nsh.machine.ids import MountId
from nsh.machine.mounts import Mount
from nsh.machine.propagation import PeerGroup, PeerGroupIds
from nsh.machine.value import Transaction

NOBODY: Final = MountId(0)

Related = tuple[int, MountId]
"""The peer group and the master of a mount."""


def are_peers(tx: Transaction, one: MountId, other: MountId) -> bool:
    """Whether two mounts are in one peer group."""
    group = tx.get(Mount, one).group
    return bool(group) and group == tx.get(Mount, other).group


def next_peer(tx: Transaction, key: MountId) -> MountId:
    """The next in the ring; the mount itself if it is alone."""
    group = tx.get(Mount, key).group
    if not group:
        return key
    members = tx.get(PeerGroup, group).members
    return members[(members.index(key) + 1) % len(members)]


# ---- becoming related ----


def share(tx: Transaction, key: MountId) -> None:
    """Make the mount shared, in a peer group of its own if it is in none (MS_SHARED)."""
    mount = tx.get(Mount, key)
    group = mount.group or group_of(tx, key)
    tx.put(key, replace(mount, group=group, flags=mount.flags & ~MountFlag.MS_UNBINDABLE))


def group_of(tx: Transaction, key: MountId) -> int:
    """A new peer group of the mount *key* alone."""
    group = _fresh_group(tx)
    tx.put(group, PeerGroup((key,)))
    return group


def join(tx: Transaction, key: MountId, old: MountId, source: Mount) -> Related:
    """What is to be true of the new mount *key*, a copy of *old*, for it to be told what *old* is
    told (clone_mnt); *source* is the record of *old*."""
    if source.group:
        group = tx.get(PeerGroup, source.group)
        tx.put(source.group, PeerGroup(_behind(group.members, old, key)))
    if source.master:
        master = tx.get(Mount, source.master)
        tx.put(source.master, replace(master, slaves=_behind(master.slaves, old, key)))
    return source.group, source.master


def enslave(tx: Transaction, key: MountId, old: MountId, source: Mount) -> Related:
    """The same for it to be the slave of *old*; if that tells nobody, it has *old*'s master."""
    if source.group:
        tx.put(old, replace(source, slaves=(key, *source.slaves)))
        return 0, old
    if source.master:
        master = tx.get(Mount, source.master)
        tx.put(source.master, replace(master, slaves=_behind(master.slaves, old, key)))
    return 0, source.master


def _behind(members: tuple[MountId, ...], old: MountId, key: MountId) -> tuple[MountId, ...]:
    at = members.index(old) + 1
    return (*members[:at], key, *members[at:])


def _put_first(tx: Transaction, key: MountId, master: MountId) -> None:
    record = tx.get(Mount, master)
    tx.put(master, replace(record, slaves=(key, *record.slaves)))
    tx.put(key, replace(tx.get(Mount, key), master=master))


# ---- and no longer ----


def change(tx: Transaction, key: MountId, kind: int, gone: Container[MountId] = ()) -> None:
    """MS_SHARED, MS_SLAVE, MS_PRIVATE or MS_UNBINDABLE (change_mnt_propagation).

    Who was told by this mount is told by its source from now on, which is none of *gone*.
    """
    if kind == MountFlag.MS_SHARED:
        share(tx, key)
        return
    mount = tx.get(Mount, key)
    master = mount.master
    if mount.group:
        master = _source(tx, key, gone)
        _leave_group(tx, key)
        _hand_on(tx, key, master)
    if mount.master:
        above = tx.get(Mount, mount.master)
        slaves = tuple(each for each in above.slaves if each != key)
        tx.put(mount.master, replace(above, slaves=slaves))
        tx.put(key, replace(tx.get(Mount, key), master=NOBODY))
    if kind == MountFlag.MS_SLAVE:
        if master:
            _put_first(tx, key, master)
        return
    record = tx.get(Mount, key)
    flags = record.flags & ~MountFlag.MS_UNBINDABLE | kind & MountFlag.MS_UNBINDABLE
    tx.put(key, replace(record, flags=flags))


def _source(tx: Transaction, key: MountId, gone: Container[MountId]) -> MountId:
    """Who tells *key*: a peer, or else its master or a peer of that, and so on."""
    at = key
    while at:
        peer = next_peer(tx, at)
        while peer != at:
            if peer not in gone:
                return peer
            peer = next_peer(tx, peer)
        at = tx.get(Mount, at).master
        if at and at not in gone:
            return at
    return NOBODY


def _leave_group(tx: Transaction, key: MountId) -> None:
    mount = tx.get(Mount, key)
    members = tuple(each for each in tx.get(PeerGroup, mount.group).members if each != key)
    if members:
        tx.put(mount.group, PeerGroup(members))
    else:
        tx.drop(PeerGroup, mount.group)
        row = tx.get(PeerGroupIds, 0)
        tx.put(0, replace(row, freed=tuple(sorted((*row.freed, mount.group)))))
    tx.put(key, replace(mount, group=0))


def _hand_on(tx: Transaction, key: MountId, master: MountId) -> None:
    """The slaves of *key* are *master*'s, and the first of them, or nobody's."""
    mount = tx.get(Mount, key)
    for slave in mount.slaves:
        tx.put(slave, replace(tx.get(Mount, slave), master=master))
    if master and mount.slaves:
        record = tx.get(Mount, master)
        tx.put(master, replace(record, slaves=(*mount.slaves, *record.slaves)))
    tx.put(key, replace(tx.get(Mount, key), slaves=()))


def _fresh_group(tx: Transaction) -> int:
    """The lowest number that no peer group has."""
    row = tx.find(PeerGroupIds, 0) or PeerGroupIds()
    if row.freed:
        tx.put(0, replace(row, freed=row.freed[1:]))
        return row.freed[0]
    tx.put(0, replace(row, next=row.next + 1))
    return row.next


# ---- who is told ----


def told(tx: Transaction, origin: MountId) -> Iterator[MountId]:
    """All that are told of what happens on *origin*, in Linux's order (propagation_next).

    Copies that are not in a namespace yet tell nobody.
    """
    at = _told_next(tx, origin, origin)
    while at is not None:
        yield at
        at = _told_next(tx, at, origin)


def _told_next(tx: Transaction, at: MountId, origin: MountId) -> MountId | None:
    mount = tx.get(Mount, at)
    if mount.space and mount.slaves:
        return mount.slaves[0]
    top = tx.get(Mount, origin).master
    while True:
        master = tx.get(Mount, at).master
        if master == top:
            peer = next_peer(tx, at)
            return None if peer == origin else peer
        following = _next_slave(tx, at)
        if following is not None:
            return following
        at = master


def _next_slave(tx: Transaction, key: MountId) -> MountId | None:
    """What stands behind *key* among its master's slaves."""
    slaves = tx.get(Mount, tx.get(Mount, key).master).slaves
    at = slaves.index(key) + 1
    return slaves[at] if at < len(slaves) else None


def groups_told(tx: Transaction, origin: MountId) -> Iterator[MountId]:
    """One mount of each peer group (or a slave alone) that is told, *origin* first, depth first
    (next_group)."""
    at: MountId | None = origin
    while at is not None:
        yield at
        at = _next_group(tx, at, origin)


def _next_group(tx: Transaction, at: MountId, origin: MountId) -> MountId | None:
    own = tx.get(Mount, origin).group
    while True:
        while True:
            mount = tx.get(Mount, at)
            if mount.space and mount.slaves:
                return mount.slaves[0]
            peer = next_peer(tx, at)
            if mount.group == own:
                if peer == origin:
                    return None
            elif _next_slave(tx, at) != peer:
                break
            at = peer
        while True:  # *at* is the last of its group
            following = _next_slave(tx, at)
            if following is not None:
                return following
            master = tx.get(Mount, at).master
            above = next_peer(tx, master)
            if tx.get(Mount, master).group == own or _next_slave(tx, master) == above:
                at = above
                break
            at = master
        if at == origin:
            return None
