"""From a path to a place (path_resolution(7), fs/namei.c).

A :class:`Walk` is one system call's way through the tree, as ``struct nameidata`` is: it counts
the symbolic links that it has followed.
"""

from typing import Final

from nsh.abi.errno import Errno
from nsh.abi.files import NAME_MAX, PATH_MAX, S_IFDIR, S_IFLNK, S_IFMT, MountFlag
from nsh.kernel import contexts
from nsh.kernel.fs.permission import MAY_EXEC, SEARCHES, check, may
from nsh.kernel.fs.types import FileSystem, type_of
from nsh.kernel.idmaps import uid_inside
from nsh.machine.context import Context, Place
from nsh.machine.files import Attributes, Superblock, SuperblockId
from nsh.machine.ids import FIRST_USER, MountId, TaskId
from nsh.machine.mounts import Mount
from nsh.machine.record import Record
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction

MAX_LINKS: Final = 40
"""MAXSYMLINKS: how many symbolic links one lookup follows."""
_NOWHERE: Final = MountId(0)


class Target(Record):
    """Where the last component of a path is to be looked up, or made."""

    directory: Place
    name: str
    """The last component; ``.``, ``..``, or "" for the root."""
    slash: bool
    """Slashes follow it: it can only be a directory."""

    @property
    def ordinary(self) -> bool:
        """Whether it is a name (LAST_NORM), which can be made, removed or renamed."""
        return self.name not in ("", ".", "..")


class Walk:
    """One lookup by *caller*."""

    __slots__ = ("_ended", "_free", "_on", "_type", "caller", "creds", "fs", "links", "proxy", "tx")

    def __init__(self, tx: Transaction, caller: TaskId) -> None:
        self.tx = tx
        self.caller = caller
        task = tx.get(Task, caller)
        context = tx.get(Context, task.context)
        self.proxy = context.proxy
        self.fs = contexts.fs_of(tx, context)
        self.creds = creds = task.creds
        self._free = creds.userns == FIRST_USER and bool(creds.effective & SEARCHES)
        self.links = 0
        self._ended: tuple[Place | None, Attributes | None] = None, None
        self._on = _NOWHERE
        self._type: tuple[SuperblockId, FileSystem]

    def lookup(self, path: str, follow: bool = True) -> Place:
        """The place that *path* names; ``follow``: also through a symbolic link at its end.

        EACCES, ELOOP, ENAMETOOLONG, ENOENT, ENOTDIR.
        """
        path = checked(path)
        start = self.fs.root if path[0] == "/" else self.fs.cwd
        return self._along(start, components(path), follow)

    def parent(self, path: str) -> Target:
        """The directory that holds the last component of *path*; that one need not exist."""
        return self.parent_from(checked(path), self.fs.cwd)

    def parent_from(self, path: str, base: Place) -> Target:
        """As :meth:`parent`, with relative paths starting at *base* (a link's directory)."""
        start = self.fs.root if path.startswith("/") else base
        trimmed = path.rstrip("/")
        slash = len(trimmed) < len(path)
        if not trimmed:
            return Target(start, "", slash)
        head, _, name = trimmed.rpartition("/")
        directory = self._along(start, [".", *components(head)], True)
        return Target(directory, name, slash)

    def child(self, target: Target) -> Record | None:
        """The node in *target*'s directory under its name, as it is there (under whatever is
        mounted on it); None where there is none."""
        sb, kind = self.type_at(target.directory)
        return self._look(kind, sb, target.directory.node, target.name)

    def resolve(self, target: Target, follow: bool) -> Place:
        """The place that *target* names."""
        names = [target.name or "."]
        if target.slash:
            names.insert(0, "")
        return self._along(target.directory, names, follow)

    def stat(self, place: Place) -> Attributes:
        """The attributes of the file at *place*."""
        sb, operations = self.type_at(place)
        return operations.stat(self.tx, self.caller, sb, place.node)

    def attributes(self, place: Place) -> Attributes:
        """The same, as the walk has found them if that is where it has ended."""
        ended, known = self._ended
        return known if ended is place and known is not None else self.stat(place)

    def is_directory(self, place: Place) -> bool:
        """Whether there is a directory at *place*."""
        known = self.type_at(place)[1].directory == place.node
        return known or self.attributes(place).mode & S_IFMT == S_IFDIR

    def type_at(self, place: Place) -> tuple[SuperblockId, FileSystem]:
        """The superblock that *place* is on, and its type: remembered, for the next place that is
        asked for is mostly on the same mount."""
        mount = place.mount
        if mount != self._on:
            sb = self.tx.get(Mount, mount).superblock
            self._type = sb, type_of(self.tx, sb)
            self._on = mount
        return self._type

    def check(self, place: Place, attributes: Attributes, wanted: int, what: str = "") -> None:
        """EACCES unless the caller may do *wanted* (``MAY_…``) to the file at *place*, whose
        attributes are *attributes* and which people know as *what* (inode_permission)."""
        tx = self.tx
        sb, operations = self.type_at(place)
        said = operations.permission(tx, self.caller, sb, place.node, wanted)
        if said or (said is None and may(tx, self.creds, attributes, wanted)):
            return
        what = what or self._called(place)
        if said is None:
            check(tx, self.creds, attributes, wanted, what)
        uid = uid_inside(tx, self.creds.userns, self.creds.euid)
        raise Errno.EACCES(f"uid {uid} may not do that to {what}")

    def down(self, place: Place) -> Place:
        """What is mounted topmost on *place*, or itself."""
        mounts = self.tx.rows(Mount)
        mount = mounts[place.mount]
        while True:
            if place.node not in mount.over:  # get() wants a tuple made
                return place
            child = mount.over[place.node]
            mount = mounts[child]
            place = Place(child, mount.root)

    def jump(self, place: Place) -> str | Place:
        """Where the symbolic link at *place* leads; counts it.  ELOOP, ENOENT."""
        self.links += 1
        if self.links > MAX_LINKS:
            raise Errno.ELOOP(f"more than {MAX_LINKS} symbolic links in one path")
        if self.tx.get(Mount, place.mount).flags & MountFlag.MS_NOSYMFOLLOW:
            raise Errno.ELOOP("symbolic links on that mount are not followed (nosymfollow)")
        sb, operations = self.type_at(place)
        target = operations.readlink(self.tx, self.caller, sb, place.node)
        if target == "":
            raise Errno.ENOENT("a symbolic link leads nowhere")
        return target

    def _along(self, place: Place, names: list[str], follow: bool) -> Place:
        """Walk the components *names*, the next one last, from *place*."""
        tx, caller = self.tx, self.caller
        known: Attributes | None = None
        while names:
            sb, kind = self.type_at(place)
            attributes = kind.stat(tx, caller, sb, place.node) if known is None else known
            if attributes.mode & S_IFMT != S_IFDIR:
                raise Errno.ENOTDIR(f"{self._called(place)} is no directory")
            name = names.pop()
            if name and (not self._free or kind.permits):
                self.check(place, attributes, MAY_EXEC)
            if name in ("", "."):
                known = attributes
                continue
            if name == "..":
                place, known = self._up(place), None
                continue
            node = self._look(kind, sb, place.node, name)
            if node is None:
                raise Errno.ENOENT(f"there is no {name} in {self._called(place)}")
            found = self.down(Place(place.mount, node))
            sb, kind = self.type_at(found)
            if kind.directory is not None and kind.directory == found.node:
                place, known = found, None
                continue
            known = kind.stat(tx, caller, sb, found.node)
            if known.mode & S_IFMT == S_IFLNK and (names or follow):
                target = self.jump(found)
                if isinstance(target, Place):
                    place, known = target, None
                    continue
                names.extend(components(target))
                if target.startswith("/"):
                    place, known = self.fs.root, None
                else:
                    known = attributes
                continue
            place = found
        self._ended = place, known
        return place

    def _look(self, kind: FileSystem, sb: SuperblockId, node: Record, name: str) -> Record | None:
        if len(name) * 4 > NAME_MAX and bytes_in(name) > NAME_MAX:
            raise Errno.ENAMETOOLONG(f"{name[:16]}… has more than {NAME_MAX} bytes")
        return kind.lookup(self.tx, self.caller, sb, node, name)

    def _up(self, place: Place) -> Place:
        """``..``: the parent, out of a mount at its top, never out of the root."""
        tx = self.tx
        root = self.fs.root
        while place != root:
            mount = tx.get(Mount, place.mount)
            if place.node != mount.root:
                sb, operations = self.type_at(place)
                node = operations.parent(tx, sb, place.node)
                return self.down(Place(place.mount, node))
            if mount.point is None:
                break
            place = mount.point
        return self.down(place)

    def _called(self, place: Place) -> str:
        """What messages call the directory *place*."""
        tx = self.tx
        sb, operations = self.type_at(place)
        if place == self.fs.root:
            return "/"
        if place.node == tx.get(Superblock, sb).root:
            return f"the root of a {operations.name}"
        return operations.name_of(tx, sb, place.node)


def components(path: str) -> list[str]:
    """The components of *path*, first one last.  What is before several slashes, or the last ones,
    is an empty one after it: it has to be a directory, but need not be searched as with ``.``."""
    return path.lstrip("/").split("/")[::-1]


def checked(path: str) -> str:
    """*path* as the kernel copies it in (getname): up to a NUL; ENOENT, ENAMETOOLONG."""
    if "\0" in path:
        path = path[: path.index("\0")]
    if not path:
        raise Errno.ENOENT("an empty path names nothing")
    if len(path) * 4 >= PATH_MAX and bytes_in(path) >= PATH_MAX:
        raise Errno.ENAMETOOLONG(f"a path has less than {PATH_MAX} bytes")
    return path


def bytes_in(name: str) -> int:
    """How many bytes *name* has outside; EILSEQ for text that stands for no bytes at all."""
    try:
        return len(name) if name.isascii() else len(name.encode("utf-8", "surrogateescape"))
    except UnicodeEncodeError:
        raise Errno.EILSEQ("the name holds characters that no file name can have") from None
