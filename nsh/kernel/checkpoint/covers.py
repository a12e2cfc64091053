"""What a restarted mount namespace may show of file systems around it: no more than who restarts it
could have had a new one show (mount_namespaces(7), "Restrictions on mount namespaces").

Who has CAP_SYS_ADMIN over the mount namespace around may take off what is mounted there, unless it
is locked; for anybody else the whole tree would have been copied, and locked.
"""

from typing import Final

from msgspec.structs import replace

from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno
from nsh.kernel import capabilities, contexts
from nsh.kernel.checkpoint.filesystems import Around, in_reach
from nsh.kernel.checkpoint.state import Restart
from nsh.kernel.fs import mount_flags, mount_tree, mounters
from nsh.kernel.fs.permission import MAY_EXEC
from nsh.kernel.fs.types import type_of
from nsh.kernel.fs.walk import Walk
from nsh.machine.context import Place
from nsh.machine.files import Superblock, SuperblockId
from nsh.machine.ids import MountId, NamespaceId, TaskId
from nsh.machine.mounts import Mount, MountSpace
from nsh.machine.nsfs import NsNode
from nsh.machine.record import Record

Shown = tuple[SuperblockId, Record]
"""A file system, and what a mount shows of it at its top."""


def is_free(restart: Restart) -> bool:
    """Whether the caller may change the mount namespace that it is in."""
    tx, caller = restart.tx, restart.caller
    around = Around(tx, contexts.namespace(tx, caller, "mnt"))
    return capabilities.capable(tx, caller, around.owner, Cap.CAP_SYS_ADMIN)


class Revealing:
    """The mounts of a new namespace, looked at from the top down."""

    def __init__(self, restart: Restart, space: NamespaceId) -> None:
        self._restart: Final = restart
        self._tx: Final = restart.tx
        self._space: Final = space
        self._around: Final = Around(
            restart.tx, contexts.namespace(restart.tx, restart.caller, "mnt")
        )
        self._free: Final = is_free(restart)
        self._same: Final[dict[int, MountId]] = {}
        """The mount around of which one is a copy."""
        self.locked: Final[set[int]] = set()
        """Those that must not be taken off."""
        self.locks: Final[dict[int, int]] = {}
        """What is to be locked of each."""

    def look(
        self,
        number: int,
        who: TaskId,
        shown: Shown,
        flags: int,
        over: dict[Record, tuple[int, SuperblockId, Record]],
    ) -> None:
        """Look at one, on which hangs what is *over* it.  EPERM; EACCES: the caller may not search
        a directory on the way to what it shows."""
        sb, node = shown
        tx = self._tx
        if isinstance(node, NsNode):
            return
        if not self._around.of(sb):
            self._own(number, who, shown, flags)
            return
        key = self._same.get(number) or self._counterpart(sb, node)
        mount = self._around.mounts[key]
        if node != mount.root:
            self._search(Place(key, node))
        locks = mount.locks if self._free else mount_flags.locks_of(mount)
        mount_flags.check_locks(replace(mount, locks=locks), flags)
        self.locks[number] = locks
        for point, child in sorted(mount.over.items(), key=lambda each: each[1]):
            other = tx.get(Mount, child)
            kept = other.locked or not self._free
            if not kept or mount_tree.shows_mounts(other):
                continue
            if mount_tree.is_below(tx, sb, point, node):
                self._keep(over.get(point), child, other)

    def _keep(
        self, found: tuple[int, SuperblockId, Record] | None, key: MountId, mount: Mount
    ) -> None:
        """EPERM: what is mounted there around it is not, and what it covers would be seen."""
        if found is None or found[1:] != (mount.superblock, mount.root):
            what = f"what is mounted at {self._around.path(key)} here"
            raise Errno.EPERM(f"table: without {what} it would show what that covers")
        self.locked.add(found[0])
        self._same[found[0]] = key

    def _counterpart(self, sb: SuperblockId, node: Record) -> MountId:
        """EINVAL: that part of the file system is nowhere to be seen."""
        mounts = self._around.mounts
        found = self._around.of(sb)
        exact = [key for key in found if mounts[key].root == node]
        around = [key for key in found if mount_tree.is_below(self._tx, sb, node, mounts[key].root)]
        if not around:
            name = type_of(self._tx, sb).name
            raise Errno.EINVAL(f"table: no mount here shows that part of the {name}")
        return (exact or around)[0]

    def _own(self, number: int, who: TaskId, shown: Shown, flags: int) -> None:
        tx = self._tx
        sb, node = shown
        record = tx.get(Superblock, sb)
        self.locks[number] = mounters.check_seen(tx, tx.get(MountSpace, self._space), record, flags)
        kind = type_of(tx, sb)
        if in_reach(kind.name) and not self._free:
            top = kind.top(tx, who, sb)
            if not mount_tree.is_below(tx, sb, node, top):
                raise Errno.EPERM(
                    f"table: who is in it could not mount that part of the {kind.name}"
                )

    def _search(self, place: Place) -> None:
        """EACCES: the caller may not search a directory above *place*."""
        tx, walk = self._tx, Walk(self._tx, self._restart.caller)
        while True:
            mount = tx.get(Mount, place.mount)
            if place.node == mount.root:
                if mount.point is None:
                    return
                place = mount.point
                continue
            sb, kind = walk.type_at(place)
            if place.node == tx.get(Superblock, sb).root:
                return
            place = Place(place.mount, kind.parent(tx, sb, place.node))
            walk.check(place, walk.stat(place), MAY_EXEC)
