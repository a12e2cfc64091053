"""Mounts and mount namespaces (mount_namespaces(7))."""

from collections import Counter
from collections.abc import Iterator

from immutables import Map

from nsh.machine.context import Place
from nsh.machine.files import File, MountsFile, Superblock, SuperblockId, places
from nsh.machine.ids import FIRST_ID, MountId, NamespaceId
from nsh.machine.invariants import invariant
from nsh.machine.namespaces import Namespace, Nested, Proxy, keepers, keeps, kept_above
from nsh.machine.nsfs import NsNode
from nsh.machine.pids import PidSpace
from nsh.machine.proc import Mounter
from nsh.machine.record import Record, records, table
from nsh.machine.value import Machine


@table
class Mount(Record):
    """``struct mount``: (part of) a superblock as it hangs in a tree of mounts."""

    superblock: SuperblockId
    root: Record
    """The node of the superblock that it shows at its top (not the whole for a bind mount)."""
    source: str
    """What was mounted, as /proc/mounts tells it."""
    flags: int = 0
    """MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_NOATIME, MS_NODIRATIME, MS_STRICTATIME,
    MS_NOSYMFOLLOW, MS_UNBINDABLE of this mount (not of the superblock)."""
    space: NamespaceId = NamespaceId(0)
    """The mount namespace whose tree it is in; 0: none (detached, or the kernel's own)."""
    point: Place | None = None
    """Where it hangs: a node of its parent mount.  None at the top of a tree."""
    over: Map[Record, MountId] = Map()
    """The mounts that hang on this one, by the node they cover."""
    hung: int = 0
    """When it was hung where it is now; 0: when it was made."""
    group: int = 0
    """The peer group that it is shared in; 0: none."""
    master: MountId = MountId(0)
    """Whose slave it is; 0: nobody's."""
    slaves: tuple[MountId, ...] = ()
    """Its own slaves, in the order in which they are told."""
    users: int = 0
    """Places on it that are in use: open files, roots and working directories, names of sockets."""
    writers: int = 0
    """Open files that could change its files: while there are any it cannot become read-only."""
    internal: bool = False
    """The kernel's own (pipefs, nsfs, …), which no path leads to and which stays for ever."""
    locked: bool = False
    """It was copied for another user namespace (MNT_LOCKED): it is not taken off alone."""
    locks: int = 0
    """Which of ``flags`` came from another user namespace, and cannot be taken off; MS_RELATIME:
    nor can those change that are about times."""


@table
class MountSpace(Namespace):
    """A mount namespace.  Its id is its key."""

    root: MountId
    mounts: Map[MountId, None] = Map()
    """All mounts of its tree; older ones have lower ids, which is the order of mountinfo."""
    event: int = 0
    """How often something was mounted, unmounted or remounted in it."""


@table
class InternalMounts(Record):
    """The kernel's own mounts by the name of their file system (one row, key 0)."""

    by_type: Map[str, MountId] = Map()


@keeps
def _kept(machine: Machine) -> Iterator[int]:
    """Those of open files of /proc/PID/mounts and its like."""
    opened = (file.opened for _key, file in machine.items(File))
    yield from (each.namespace for each in opened if isinstance(each, MountsFile))


def nodes(machine: Machine) -> Iterator[object]:
    """The nodes that places are, and mounts show at their top, each as often as that; but for roots
    of superblocks, which those keep."""
    for place in places(machine):
        mount = machine.find(Mount, place.mount)
        if mount is not None and place.node != machine.get(Superblock, mount.superblock).root:
            yield place.node
    for _key, mount in machine.items(Mount):
        if mount.root != machine.get(Superblock, mount.superblock).root:
            yield mount.root


@invariant
def _mounts(machine: Machine) -> Iterator[str]:
    """A mount counts who stands on it, and hangs where its parent and its namespace say."""
    users: Counter[int] = Counter(place.mount for place in places(machine))
    users.pop(0, None)  # nowhere: before there are mounts, and where an observer knows of none
    writers: Counter[int] = Counter(
        file.place.mount for _key, file in machine.items(File) if file.write_access
    )
    for key, mount in machine.items(Mount):
        if (mount.users, mount.writers) != (users.pop(key, 0), writers[key]):
            yield f"mount {key} miscounts its {mount.users} users or {mount.writers} writers"
        space = machine.find(MountSpace, mount.space)
        if mount.space and (space is None or key not in space.mounts):
            yield f"mount {key} is unknown to its namespace {mount.space}"
        if not (mount.users or mount.space or mount.internal):
            yield f"mount {key} is nowhere and nobody's"
        if mount.point is None:
            if space is not None and space.root != key:
                yield f"mount {key} hangs nowhere in namespace {mount.space}"
        else:
            above = machine.find(Mount, mount.point.mount)
            if above is None or above.over.get(mount.point.node) != key:
                yield f"mount {key} hangs on {mount.point.mount}, which does not know it"
            elif above.space != mount.space:
                yield f"mount {key} hangs in another namespace than its own"
    for key in sorted(users):
        yield f"mount {key} is gone, and {users[key]} places are on it"


@invariant
def _superblocks(machine: Machine) -> Iterator[str]:
    """A superblock counts its mounts and what hangs on them, and lives while it has any, or
    pins."""
    mounts: Counter[int] = Counter(mount.superblock for _key, mount in machine.items(Mount))
    covered: dict[int, Counter[Record]] = {}
    for _key, mount in machine.items(Mount):
        if mount.point is not None:
            below = machine.get(Mount, mount.point.mount).superblock
            covered.setdefault(below, Counter())[mount.point.node] += 1
    for key, record in machine.items(Superblock):
        if not (record.mounts or record.pins) or record.mounts != mounts[key]:
            yield f"superblock {key} ({record.type}) miscounts its {record.mounts} mounts"
        if dict(record.covered.items()) != covered.get(key, {}):
            yield f"superblock {key} ({record.type}) is covered elsewhere than it knows"


@invariant
def _namespaces(machine: Machine) -> Iterator[str]:
    """A namespace of any kind counts who keeps it: proxies, its own below it, places of its file
    and proc mounts, whatever else registered, and a pid space in which a number is taken itself."""
    users: Counter[int] = Counter()
    for _key, proxy in machine.items(Proxy):
        users.update(proxy.kinds.values())
    for key, space in machine.items(PidSpace):
        users.update(kept_above(space.path))
        users[key] += bool(space.task_of)
    for kind in records():
        if issubclass(kind, Nested):
            for _key, nested in machine.items(kind):
                users.update(kept_above(nested.path))
    nodes = [place.node for place in places(machine)]
    nodes += [mount.root for _key, mount in machine.items(Mount)]
    users.update(node.namespace for node in nodes if isinstance(node, NsNode))
    superblocks = (record.data for _key, record in machine.items(Superblock))
    users.update(data.space for data in superblocks if isinstance(data, Mounter))
    for keeper in keepers:
        users.update(keeper(machine))
    for kind in records():
        if not issubclass(kind, Namespace):
            continue
        for key, record in machine.items(kind):
            if record.users != users.pop(key, 0) and key >= FIRST_ID:
                yield f"{kind.__name__} {key} miscounts its {record.users} users"
    users.pop(0, None)  # the node of nsfs itself
    for key in sorted(+users):
        yield f"namespace {key} is gone, and {users[key]} keep it"
