"""Who tells whom of mounts: peer groups, masters and slaves (mount_namespaces(7); C4).

Groups that lie in the container are its own again.  Who was a peer or slave of a mount outside is
so of what is mounted there when it is restarted.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.kernel.checkpoint import parts
from nsh.kernel.checkpoint.covers import is_free
from nsh.kernel.checkpoint.filesystems import Systems, outside
from nsh.kernel.checkpoint.image import Object
from nsh.kernel.checkpoint.state import Dump, Restart
from nsh.kernel.fs import peers
from nsh.machine.ids import MountId
from nsh.machine.mounts import Mount, MountSpace
from nsh.machine.propagation import PeerGroup
from nsh.machine.value import Transaction

_NONE = MountId(0)


class Peers(Object, frozen=True):
    """A peer group, in the order in which its mounts are told."""

    members: tuple[int, ...]
    outside: int = 0
    """A mount outside that is in it, too; 0: there is none."""


class Slaves(Object, frozen=True):
    """Those of one mount, in the order in which they are told."""

    members: tuple[int, ...]
    master: int = 0
    outside: int = 0
    """A mount outside whose slaves they are."""


def saved(dump: Dump, systems: Systems, numbers: dict[MountId, int]) -> Iterator[Object]:
    """What there is of these among the mounts of an image.

    EBUSY: somebody outside is told of what is mounted in the container; ENOTSUP: its mounts are
    told by some that who takes the checkpoint does not see.
    """
    tx = dump.tx
    mounts = [tx.get(Mount, key) for key in numbers]
    joined: set[int] = set()
    for group in dict.fromkeys(mount.group for mount in mounts if mount.group):
        members = tx.get(PeerGroup, group).members
        seen = [key for key in members if key in systems.around.mounts]
        strange = [key for key in members if key not in numbers]
        if strange and not seen:
            _refuse_told(dump, strange[0])
        own = tuple(numbers[key] for key in members if key in numbers)
        if seen:
            joined.add(group)
        yield Peers(own, systems.outside.of(seen[0]) if seen else 0)
    masters = {mount.master: None for mount in mounts if mount.master and mount.group not in joined}
    for master in masters:
        slaves = tx.get(Mount, master).slaves
        own = tuple(numbers[key] for key in slaves if key in numbers)
        if master not in numbers:
            yield Slaves(own, outside=systems.outside.of(_seen(dump, systems, master)))
        else:
            yield Slaves(own, numbers[master])
    for mount in mounts:
        strange = [key for key in mount.slaves if key not in numbers]
        if strange and mount.group not in joined:
            _refuse_told(dump, strange[0])


def _seen(dump: Dump, systems: Systems, master: MountId) -> MountId:
    """A mount outside that tells the same as *master* does."""
    tx = dump.tx
    for key in (master, *tx.get(PeerGroup, tx.get(Mount, master).group).members):
        if key in systems.around.mounts:
            return key
    reason = "its mounts are slaves of some that who takes the checkpoint does not see"
    dump.refuse(reason, Errno.ENOTSUP)


def _refuse_told(dump: Dump, key: MountId) -> None:
    mount = dump.tx.get(Mount, key)
    where = f"in mnt:[{dump.tx.get(MountSpace, mount.space).inum}]"
    dump.refuse(f"what is mounted in it is mounted {where}, which is outside, too (shared mounts)")


@parts.makes(Peers)
def _make_peers(restart: Restart, found: Peers) -> None:
    """EINVAL; EPERM: the caller's mounts would be told of what is mounted in the container."""
    tx = restart.tx
    keys = _mounts(restart, found.members)
    if any(tx.get(Mount, key).group for key in keys):
        raise Errno.EINVAL("members: a mount is in one peer group")
    if not found.outside:
        group = peers.group_of(tx, keys[0])
        for key in keys:
            tx.put(key, replace(tx.get(Mount, key), group=group))
        tx.put(group, PeerGroup(tuple(keys)))
        return
    if not is_free(restart):
        raise Errno.EPERM("outside: who may mount nothing here cannot have others do so, either")
    source = _shared(restart, found.outside)
    for key in reversed(keys):
        group, master = peers.join(tx, key, source, tx.get(Mount, source))
        tx.put(key, replace(tx.get(Mount, key), group=group, master=master))


@parts.makes(Slaves)
def _make_slaves(restart: Restart, found: Slaves) -> None:
    tx = restart.tx
    keys = _mounts(restart, found.members)
    if any(tx.get(Mount, key).master for key in keys):
        raise Errno.EINVAL("members: a mount has one master")
    if found.outside:
        master = _shared(restart, found.outside)
    else:
        (master,) = _mounts(restart, (found.master,))
        if not tx.get(Mount, master).group:
            raise Errno.EINVAL(f"master: mount {found.master} is not shared")
    record = tx.get(Mount, master)
    tx.put(master, replace(record, slaves=(*keys, *record.slaves)))
    for key in keys:
        tx.put(key, replace(tx.get(Mount, key), master=master))


def _mounts(restart: Restart, numbers: tuple[int, ...]) -> list[MountId]:
    """EINVAL: there are no such mounts."""
    keys = [restart.mounts.get(number, _NONE) for number in numbers]
    if _NONE in keys or not keys or len({*keys}) < len(keys):
        raise Errno.EINVAL(f"members: {[*numbers]} are no mounts before this line")
    return keys


def _shared(restart: Restart, number: int) -> MountId:
    """A mount around who restarts it, that others are told by.  EINVAL."""
    key = outside(restart, number)
    if not restart.tx.get(Mount, key).group:
        raise Errno.EINVAL(f"outside: mount {number} is not shared here")
    return key


@parts.finishes(6)
def _check(restart: Restart) -> None:
    """EINVAL: mounts of one group have different masters, or one is its own."""
    tx = restart.tx
    for number, key in restart.mounts.items():
        mount = tx.get(Mount, key)
        group = tx.get(PeerGroup, mount.group).members if mount.group else (key,)
        if len({tx.get(Mount, each).master for each in group}) > 1:
            raise Errno.EINVAL(f"mount {number}: its peers have another master")
        seen = {key}
        while mount.master:
            above = tx.get(Mount, mount.master)
            if seen & {*_group(tx, mount.master, above)}:
                raise Errno.EINVAL(f"mount {number} is its own master")
            seen.add(mount.master)
            mount = above


def _group(tx: Transaction, key: MountId, mount: Mount) -> tuple[MountId, ...]:
    return tx.get(PeerGroup, mount.group).members if mount.group else (key,)
