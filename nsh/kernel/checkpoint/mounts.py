"""Mount namespaces: which file system hangs where, in which order, and who tells whom
(mount_namespaces(7); C4).

A restart makes the table anew, mount by mount, puts it in the place of the copy with which every
mount namespace begins, and has whoever is in it stand at the top until their places are found.
"""

from collections.abc import Iterator
from typing import Final

import msgspec
from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.files import S_IFDIR, S_IFMT, MountFlag
from nsh.kernel import contexts
from nsh.kernel.checkpoint import parts, places, propagation
from nsh.kernel.checkpoint.covers import Revealing
from nsh.kernel.checkpoint.filesystems import Systems
from nsh.kernel.checkpoint.image import Object
from nsh.kernel.checkpoint.state import Dump, Restart
from nsh.kernel.fs import mount_flags, mount_tree, nsfs
from nsh.kernel.fs.mount_space import change_fs
from nsh.kernel.fs.paths import path_in
from nsh.kernel.fs.types import type_of
from nsh.machine.context import Fs, Place
from nsh.machine.files import Superblock, SuperblockId
from nsh.machine.ids import MountId, NamespaceId, TaskId
from nsh.machine.mounts import Mount, MountSpace
from nsh.machine.nsfs import NsNode
from nsh.machine.record import Record

KIND: Final = "mnt"
_NSFS: Final = "nsfs"
_PIDS: Final = "pid"
_FLAGS: Final = mount_flags.KEPT | int(MountFlag.MS_UNBINDABLE)
_LOCKS: Final = mount_flags.RESTRICTING | mount_flags.TIMES_LOCKED

parts.saves_namespaces(KIND)


class MountOf(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One mount."""

    number: int
    filesystem: int
    root: str = "/"
    """What it shows of that; a namespace as ``uts:2``, by its number."""
    above: int = 0
    """The mount that it hangs on; 0: it is the top."""
    point: str = "/"
    """Where, from the top of the file system of that."""
    source: str = "none"
    flags: int = 0
    locked: bool = False
    locks: int = 0
    place: int = 0
    """Where it stands among those that hang on the same mount, if that is not by age."""
    outside: int = 0
    """The mount outside that shows the same namespace, if that is none of the container's own."""


class Mounts(Object, frozen=True):
    """Those of one namespace, by age."""

    namespace: int
    table: tuple[MountOf, ...]


@parts.saves(Mounts, 40)
def _save(dump: Dump) -> Iterator[Object]:
    """EBUSY: one of its file systems is mounted outside, or its mounts tell somebody outside;
    ENOTSUP: one that cannot be made anew."""
    tx = dump.tx
    own = {key: tx.find(MountSpace, key) for key in dump.namespaces}
    spaces = {NamespaceId(key): record for key, record in own.items() if record is not None}
    if not spaces:
        return
    systems = Systems(dump, set(spaces))
    saving = _Saving(dump, systems)
    found: list[Object] = []
    for key, record in spaces.items():
        table = saving.table(key, record)
        found.append(Mounts(dump.namespaces.of(key), table))
    found += propagation.saved(dump, systems, saving.numbers)
    yield from systems.objects()
    yield from found


class _Saving:
    def __init__(self, dump: Dump, systems: Systems) -> None:
        self._dump = dump
        self._tx = dump.tx
        self._systems = systems
        self.numbers: dict[MountId, int] = {}

    def table(self, space: NamespaceId, record: MountSpace) -> tuple[MountOf, ...]:
        """The mounts of a namespace."""
        self._who = next(
            task
            for task, _record in self._dump.living()
            if contexts.namespace(self._tx, task, KIND) == space
        )
        keys = sorted(record.mounts)
        for key in keys:
            self.numbers[key] = len(self.numbers) + 1
        order: dict[MountId, int] = {}
        for key in keys:
            below = mount_tree.children(self._tx, key)
            if below != sorted(below):
                order.update((child, place) for place, child in enumerate(below, 1))
        return tuple(self._mount(key, order.get(key, 0)) for key in keys)

    def _mount(self, key: MountId, place: int) -> MountOf:
        mount = self._tx.get(Mount, key)
        sb = mount.superblock
        number = self._systems.numbers.of(sb)
        shown, outside = self._shown(mount)
        above, point = 0, "/"
        if mount.point is not None:
            above = self.numbers[mount.point.mount]
            below = self._tx.get(Mount, mount.point.mount).superblock
            point = self._path(below, mount.point.node)
        return MountOf(
            self.numbers[key],
            number,
            shown,
            above,
            point,
            mount.source,
            int(mount.flags),
            mount.locked,
            mount.locks,
            place,
            outside,
        )

    def _shown(self, mount: Mount) -> tuple[str, int]:
        """What it shows of its file system; of a namespace of others, the mount there."""
        node = mount.root
        if not isinstance(node, NsNode):
            return self._path(mount.superblock, node), 0
        if node.namespace in self._dump.namespaces:
            return f"{node.kind}:{self._dump.namespaces.of(node.namespace)}", 0
        if node.kind == _PIDS and node.namespace == self._dump.space:
            return f"{node.kind}:0", 0
        for key, other in self._systems.around.mounts.items():
            if other.root == node:
                return node.kind, self._systems.outside.of(key)
        what = f"{node.kind}:[{node.inum}] is mounted in it, in which nobody is"
        self._dump.refuse(f"{what}: that cannot be saved", Errno.ENOTSUP)

    def _path(self, sb: SuperblockId, node: Record) -> str:
        """From the top of the file system.  ENOTSUP: it cannot be found again by that."""
        tx, kind = self._tx, type_of(self._tx, sb)
        path = path_in(tx, sb, node)
        found: Record | None = tx.get(Superblock, sb).root
        for name in filter(None, path.split("/")):
            found = None if found is None else kind.lookup(tx, self._who, sb, found, name)
        if found != node:
            reason = f"{path} of {kind.name} is mounted in it, or mounted on, and not to be found"
            self._dump.refuse(reason, Errno.ENOTSUP)
        return path


@parts.makes(Mounts, "namespace")
def _make(restart: Restart, saved: Mounts) -> None:
    """EINVAL; EPERM: it would show what the caller has no right to see."""
    tx = restart.tx
    space = restart.namespace(saved.namespace, KIND)
    who = [task for task in everybody(restart) if contexts.namespace(tx, task, KIND) == space]
    tree = _Tree(restart, saved, space, who[0])
    top = tree.make()
    old = tx.get(MountSpace, space).root
    mount_tree.top(tx, top, space)
    tree.hang()
    place = mount_tree.topmost(tx, top)
    for task in who:
        change_fs(tx, task, Fs(place, place, contexts.fs(tx, task).umask))
    mount_tree.take_down(tx, old)


def everybody(restart: Restart) -> list[TaskId]:
    """Who has been made so far."""
    return [*restart.tasks.values(), *restart.helpers.values()]


class _Tree:
    """A tree of mounts as it is made."""

    def __init__(self, restart: Restart, saved: Mounts, space: NamespaceId, who: TaskId) -> None:
        self._restart = restart
        self._tx = restart.tx
        self._space = space
        self._who = who
        self._saved = {each.number: each for each in saved.table}
        self._below: dict[int, list[MountOf]] = {}
        for each in saved.table:
            self._below.setdefault(each.above, []).append(each)
        doubled = {*self._saved} & {*restart.mounts}
        if doubled or len(self._saved) < len(saved.table) or 0 in self._saved:
            raise Errno.EINVAL("table: each mount has a number of its own, and none has 0")
        if len(self._below.get(0, ())) != 1:
            raise Errno.EINVAL("table: a tree of mounts has one top")
        self._order: list[MountOf] = list(self._below[0])
        for each in self._order:
            self._order += sorted(self._below.get(each.number, ()), key=lambda one: one.place)
        if len(self._order) < len(self._saved):
            raise Errno.EINVAL("table: some mounts hang on none of them")

    def make(self) -> MountId:
        """All mounts, by age, that hang nowhere; the top."""
        tx = self._tx
        sbs = {number: self._filesystem(each) for number, each in self._saved.items()}
        nodes = {number: self._root(each, sbs[number]) for number, each in self._saved.items()}
        points = {
            each.number: self._node(sbs[each.above], each.point)
            for each in self._order
            if each.above
        }
        revealing = Revealing(self._restart, self._space)
        for each in self._order:
            tree = sbs[each.number], nodes[each.number]
            over = {
                points[one.number]: (one.number, sbs[one.number], nodes[one.number])
                for one in self._below.get(each.number, ())
            }
            if len(over) < len(self._below.get(each.number, ())):
                raise Errno.EINVAL(f"table: two mounts hang on mount {each.number} at one point")
            revealing.look(each.number, self._who, tree, each.flags, over)
        for number, each in self._saved.items():
            flags = each.flags & _FLAGS
            locks = revealing.locks.get(number, 0) | each.locks & _LOCKS
            key = mount_tree.make(tx, sbs[number], nodes[number], each.source, flags, locks=locks)
            locked = number in revealing.locked or (each.locked and bool(each.above))
            tx.put(key, replace(tx.get(Mount, key), locked=locked))
            self._restart.mounts[number] = key
        self._points = points
        return self._restart.mounts[self._order[0].number]

    def hang(self) -> None:
        """Hang them on each other."""
        tx = self._tx
        for each in self._order[1:]:
            key = self._restart.mounts[each.number]
            point = Place(self._restart.mounts[each.above], self._points[each.number])
            if self._is_directory(point) != self._is_directory(Place(key, tx.get(Mount, key).root)):
                reason = "a directory hangs on a directory, a file on a file"
                raise Errno.EINVAL(f"table: mount {each.number}: {reason}")
            mount_tree.hang(tx, key, point)
            if each.place:
                tx.put(key, replace(tx.get(Mount, key), hung=tx.fresh()))

    def _filesystem(self, each: MountOf) -> SuperblockId:
        found = self._restart.filesystems.get(each.filesystem)
        if found is None:
            raise Errno.EINVAL(f"table: there is no file system {each.filesystem}")
        return found

    def _root(self, each: MountOf, sb: SuperblockId) -> Record:
        if type_of(self._tx, sb).name == _NSFS:
            return self._namespace(each)
        return self._node(sb, each.root)

    def _namespace(self, each: MountOf) -> NsNode:
        """The file of a namespace."""
        restart = self._restart
        if each.outside:
            outside = restart.outside.get(each.outside, MountId(0))
            mount = self._tx.find(Mount, outside)
            if mount is None or not isinstance(mount.root, NsNode):
                raise Errno.EINVAL(f"table: the outside mount {each.outside} is no namespace's")
            return mount.root
        kind, _, number = each.root.partition(":")
        if not number.isdecimal():
            raise Errno.EINVAL(f"table: {each.root} is no namespace")
        if int(number):
            key = restart.namespace(int(number), kind)
        elif kind == _PIDS:
            key = NamespaceId(restart.space)
        else:
            raise Errno.EINVAL(f"table: {each.root} is no namespace")
        place = nsfs.place_of(self._tx, kind, key)
        assert isinstance(place.node, NsNode)
        return place.node

    def _node(self, sb: SuperblockId, path: str) -> Record:
        """What has that path in a file system.  ENOENT."""
        tx, kind = self._tx, type_of(self._tx, sb)
        node = tx.get(Superblock, sb).root
        with places.naming(f"{path} of {kind.name}"):
            for name in filter(None, path.split("/")):
                found = kind.lookup(tx, self._who, sb, node, name)
                if found is None:
                    raise Errno.ENOENT("there is no such file")
                node = found
        return node

    def _is_directory(self, place: Place) -> bool:
        tx = self._tx
        sb = tx.get(Mount, place.mount).superblock
        attributes = type_of(tx, sb).stat(tx, self._who, sb, place.node)
        return attributes.mode & S_IFMT == S_IFDIR
