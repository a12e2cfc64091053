"""Who tells whom of mounts: peer groups, masters and slaves (mount_namespaces(7)).

What is mounted on one of a peer group appears on all of it, and on their slaves; what is mounted
on a slave appears on that slave's own peers and slaves only.
"""

from collections.abc import Iterator

from nsh.machine.ids import MountId
from nsh.machine.invariants import invariant
from nsh.machine.mounts import Mount
from nsh.machine.record import Record, table
from nsh.machine.value import Machine


@table
class PeerGroup(Record):
    """The mounts that are shared with each other, in a ring.  Its key is the number that
    mountinfo shows."""

    members: tuple[MountId, ...]


@table
class PeerGroupIds(Record):
    """Which numbers are free for peer groups: the lowest is next (one row, key 0)."""

    next: int = 1
    freed: tuple[int, ...] = ()
    """Below ``next``, rising."""


@invariant
def _peer_groups(machine: Machine) -> Iterator[str]:
    """A shared mount is in its peer group, and a group has no one else."""
    members: dict[int, set[int]] = {}
    for key, mount in machine.items(Mount):
        if mount.group:
            members.setdefault(mount.group, set()).add(key)
            if not mount.space:
                yield f"mount {key} is shared, and in no namespace"
    for key, group in machine.items(PeerGroup):
        if sorted(group.members) != sorted(members.pop(key, ())):
            yield f"peer group {key} has other members than it knows"
        masters = {machine.get(Mount, member).master for member in group.members}
        if len(masters) > 1:
            yield f"the members of peer group {key} have several masters"
    for key in sorted(members):
        yield f"peer group {key} is unknown"


@invariant
def _peer_group_ids(machine: Machine) -> Iterator[str]:
    """Every number below ``next`` is taken or known to be free."""
    row = machine.find(PeerGroupIds, 0) or PeerGroupIds()
    taken = {key for key, _group in machine.items(PeerGroup)}
    if taken & set(row.freed) or taken | set(row.freed) != set(range(1, row.next)):
        yield f"peer groups {sorted(taken)} are taken, {row.freed} below {row.next} free"


@invariant
def _masters(machine: Machine) -> Iterator[str]:
    """A master knows its slaves, and is shared."""
    slaves: dict[int, set[int]] = {}
    for key, mount in machine.items(Mount):
        if mount.master:
            slaves.setdefault(mount.master, set()).add(key)
    for key, mount in machine.items(Mount):
        if sorted(mount.slaves) != sorted(slaves.pop(key, ())):
            yield f"mount {key} has other slaves than it knows"
        if mount.slaves and not mount.group:
            yield f"mount {key} has slaves and is not shared"
    for key in sorted(slaves):
        yield f"mount {key} is gone, and has slaves"
