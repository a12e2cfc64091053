"""Where an instance of a file system is mounted, by the paths of somebody who looks."""

from collections import defaultdict
from collections.abc import Iterator

from immutables import Map

from nsh.machine.context import Context, Fs, Place
from nsh.machine.ids import MountId, SpaceId
from nsh.machine.mounts import Mount
from nsh.machine.namespaces import Proxy
from nsh.machine.pids import PidSpace
from nsh.machine.record import Record
from nsh.machine.tasks import Task
from nsh.machine.tmpfs import Dentry, DentryNode
from nsh.machine.value import Machine

_UNNAMED = "…"
"""A part of a path in a file system that keeps no names."""


def paths(machine: Machine, superblock: int, viewer: SpaceId) -> tuple[str, ...]:
    """The paths, the oldest mount's first, by which the first task of *viewer* gets there: of the
    mounts in its own mount namespace, below its root.  None where it is dead, or gets there not."""
    found = (path(machine, key, viewer) for key in mounts(machine, superblock))
    return tuple(each for each in found if each)


_last: tuple[Map[int, Mount] | None, dict[int, tuple[MountId, ...]]] = None, {}
"""The mounts that were asked for last, by their file system.  Only a cache."""


def mounts(machine: Machine, superblock: int) -> tuple[MountId, ...]:
    """The mounts of a file system, the oldest first.  O(mounts of the machine), once for a machine
    on which they are as they are."""
    global _last  # noqa: PLW0603  # each row of a table asks
    rows = machine.rows(Mount)
    known, found = _last
    if known is not rows:
        listed: defaultdict[int, list[MountId]] = defaultdict(list)
        for key, mount in machine.items(Mount):
            listed[mount.superblock].append(MountId(key))
        found = {sb: tuple(keys) for sb, keys in listed.items()}
        _last = rows, found
    return found.get(superblock, ())


def path(machine: Machine, mount: MountId, viewer: SpaceId) -> str:
    """The path by which the first task of *viewer* gets to what a mount shows: if it is one of
    its own mount namespace, below its root.  "" where it is dead, or gets there not."""
    space = machine.find(PidSpace, viewer)
    init = None if space is None else machine.find(Task, space.init)
    context = None if init is None else machine.find(Context, init.context)
    if context is None:
        return ""
    proxy = machine.find(Proxy, context.proxy)
    own = 0 if proxy is None else proxy.kinds.get("mnt", 0)
    if context.fs_at:
        context = machine.get(Context, context.fs_at)
    found = own and machine.get(Mount, mount).space == own
    return _path(machine, mount, context.fs) if found else ""


def _path(machine: Machine, key: MountId, fs: Fs) -> str:
    """From the root of *fs* down to what the mount *key* shows; "" where it is not below."""
    names: list[str] = []
    place = Place(key, machine.get(Mount, key).root)
    for step in _up(machine, place):
        if step == fs.root:
            return "/" + "/".join(reversed(names))
        if isinstance(step, str):
            names.append(step)
    return ""


def _up(machine: Machine, place: Place) -> Iterator[Place | str]:
    """The places on the way to the top of the tree, and the names between them."""
    while True:
        yield place
        mount = machine.get(Mount, place.mount)
        if place.node == mount.root:
            if mount.point is None:
                return
            place = mount.point
            continue
        found = _parent(machine, place.node)
        if found is None:
            yield _UNNAMED
            place = Place(place.mount, mount.root)
        else:
            name, above = found
            yield name
            place = Place(place.mount, above)


def _parent(machine: Machine, node: Record) -> tuple[str, Record] | None:
    """The name of *node*, and the directory it is in, where its file system keeps that."""
    if not isinstance(node, DentryNode):
        return None
    dentry = machine.get(Dentry, node.dentry)
    return (dentry.name, DentryNode(dentry.parent)) if dentry.parent else None
