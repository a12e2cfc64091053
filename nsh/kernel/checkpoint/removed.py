"""Files that are open and have no name (CRIU's ghost files): removed ones of a tmpfs, and those of
memfd_create(2).

Nobody but the container can reach them, so that what is in them is saved with it.  One that has
another name yet is found again by that.
"""

from collections.abc import Iterator
from typing import Final

import msgspec
from immutables import Map
from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.files import S_IFDIR, S_IFIFO, S_IFMT, S_IFREG, OpenFlag
from nsh.kernel import contexts
from nsh.kernel.checkpoint import ownership, parts, pipes, places
from nsh.kernel.checkpoint.image import Object
from nsh.kernel.checkpoint.state import Dump, Restart, Seen
from nsh.kernel.fs import dentries, opening, pages, tmpfs
from nsh.kernel.fs.mount_tree import internal_mount
from nsh.kernel.fs.types import superblock_of
from nsh.kernel.fs.walk import Walk
from nsh.machine.context import Place
from nsh.machine.files import File, InodeId, Superblock
from nsh.machine.ids import TaskId
from nsh.machine.pipes import FifoEnd, Pipe
from nsh.machine.tasks import Task
from nsh.machine.tmpfs import Dentry, DentryId, DentryNode, Inode
from nsh.machine.value import Transaction

_TYPES: Final = (S_IFREG, S_IFDIR, S_IFIFO)


class RemovedFile(Object, frozen=True, tag="removedfile"):
    """An open file of one."""

    number: int
    opener: int
    removed: int
    """Which."""
    name: str
    """What it was called there, or by memfd_create."""
    directory: str = ""
    """Where it was removed from; "": it is in no file system that has names."""
    link: str = ""
    """Another name that it has."""
    mode: int = S_IFREG | 0o777
    flags: int = 0
    offset: int = 0
    pipe: int = 0
    """The pipe that it is an end of, if it is a fifo."""
    unmet: bool = False


class Removed(Object, frozen=True):
    """What is in one, once it is open; not of those that have another name."""

    number: int
    opener: int
    size: int = 0
    pages: dict[int, bytes] = msgspec.field(default_factory=dict)
    """By number; what is not there is zeros."""
    uid: int = 0
    gid: int = 0
    age: int = 0
    """How many virtual nanoseconds before the checkpoint it was changed."""
    capability: bytes | None = None


@parts.describes(DentryNode)
def _described(dump: Dump, seen: Seen) -> RemovedFile | None:
    """ENOTSUP: it is a node, or its directory has been removed, too."""
    tx, place = dump.tx, seen.file.place
    dentry = dentries.dentry_of(tx, place.node)
    inode = dentries.inode_of(tx, place.node)
    if dentry.linked or inode.mode & S_IFMT not in _TYPES:
        return None
    directory = link = ""
    if place.mount != internal_mount(tx, "memfd"):
        above = Place(place.mount, DentryNode(dentry.parent))
        from_ = f"{seen.has} {dentry.name}, which has been removed from"
        directory = places.path(dump, seen.task, above, from_, around=True)
        if inode.nlink:
            link = _another(dump, seen, dentry)
    end = seen.file.opened
    return RemovedFile(
        number=seen.number,
        opener=dump.number(seen.task),
        removed=dump.removed.of(dentries.key_of(place.node)),
        name=dentry.name,
        directory=directory,
        link=link,
        mode=inode.mode,
        flags=seen.file.flags,
        offset=seen.file.offset,
        pipe=dump.pipes.of(end.pipe) if isinstance(end, FifoEnd) else 0,
        unmet=isinstance(end, FifoEnd) and end.before == tx.get(Pipe, end.pipe).write_opens,
    )


def _another(dump: Dump, seen: Seen, removed: Dentry) -> str:
    """The oldest name that is left of it, as a path."""
    names = (
        DentryNode(DentryId(key))
        for key, dentry in dump.tx.items(Dentry)
        if dentry.inode == removed.inode and dentry.linked
    )
    has = f"{seen.has} {removed.name}, which has been removed, but for"
    place = Place(seen.file.place.mount, next(names))
    return places.path(dump, seen.task, place, has, around=True)


@parts.saves(Removed, 51)
def _save(dump: Dump) -> Iterator[Removed]:
    """EBUSY: it is open outside, too."""
    tx = dump.tx
    for key in dump.removed:
        opener = _opener(dump, DentryId(key))
        inode = tx.get(Inode, tx.get(Dentry, key).inode)
        if inode.nlink:
            continue
        _check_alone(dump, DentryId(key), opener)
        space = tx.get(Task, opener).creds.userns
        yield Removed(
            number=dump.removed.of(key),
            opener=dump.number(opener),
            size=inode.size,
            pages=dict(sorted(inode.pages.items())),
            uid=ownership.uid(dump, space, inode.uid),
            gid=ownership.gid(dump, space, inode.gid),
            age=tx.clock - inode.mtime,
            capability=inode.capability,
        )


def _opener(dump: Dump, key: DentryId) -> TaskId:
    """Who inside has it open first."""
    tx, node = dump.tx, DentryNode(key)
    return next(dump.openers[each] for each in dump.files if tx.get(File, each).place.node == node)


def _has(tx: Transaction, task: TaskId, key: DentryId) -> bool:
    node = DentryNode(key)
    return any(
        tx.get(File, entry.file).place.node == node for entry in contexts.files(tx, task).values()
    )


def _check_alone(dump: Dump, key: DentryId, opener: TaskId) -> None:
    tx = dump.tx
    dentry = tx.get(Dentry, key)
    inside = sum(tx.get(File, file).place.node == DentryNode(key) for file in dump.files)
    if dentry.users == inside and tx.get(Inode, dentry.inode).dentries == 1:
        return
    everybody = (TaskId(task) for task in sorted(tx.rows(Task)) if task not in dump)
    others = (dump.name(task) for task in everybody if _has(tx, task, key))
    whom = next(others, "")
    what = f"{dump.name(opener)} has {dentry.name} open, which has been removed"
    if whom:
        dump.refuse(f"{what}, and {whom}, which is outside, has it, too")
    dump.refuse(f"{what}, and is in use otherwise: that cannot be saved", Errno.ENOTSUP)


@parts.makes(RemovedFile)
def _make_file(restart: Restart, saved: RemovedFile) -> None:
    tx = restart.tx
    task = restart.task(saved.opener)
    place = restart.removed.get(saved.removed)
    if place is None:
        place = _file(restart, task, saved)
        restart.removed[saved.removed] = place
    inode = dentries.inode_of(tx, place.node)
    if saved.pipe:
        if inode.mode & S_IFMT != S_IFIFO:
            raise Errno.EINVAL(f"pipe: removed file {saved.removed} is no fifo")
        restart.opens(saved.number, pipes.end_of(restart, saved, InodeId(inode.ino), place))
        return
    if inode.mode & S_IFMT == S_IFIFO and not saved.flags & OpenFlag.O_PATH:
        raise Errno.EINVAL("pipe: it is an end of none")
    key = opening.open_made(tx, task, place, saved.flags & ~OpenFlag.O_TRUNC)
    restart.opens(saved.number, key)
    tx.put(key, replace(tx.get(File, key), flags=saved.flags, offset=saved.offset))


def _file(restart: Restart, task: TaskId, saved: RemovedFile) -> Place:
    """One without a name.  EINVAL: it is none of these; ENOENT and more for the paths."""
    tx = restart.tx
    if saved.mode & S_IFMT not in _TYPES:
        raise Errno.EINVAL(f"mode: {saved.mode:o} is of no file, directory or fifo")
    if not saved.directory:
        node = tmpfs.make_unlinked(tx, task, saved.name, saved.mode)
        return Place(internal_mount(tx, "memfd"), node)
    with places.naming(saved.directory), places.at_top(restart, task, saved.directory):
        walk = Walk(tx, task)
        above = walk.lookup(saved.directory)
        kind = tx.get(Superblock, superblock_of(tx, above)).type
        if not walk.is_directory(above) or not isinstance(above.node, DentryNode):
            raise Errno.EINVAL(f"directory: {kind} has no removed files")
    node = tmpfs.make_unlinked(tx, task, saved.name, saved.mode, above.node)
    if saved.link:
        with places.naming(saved.link), places.at_top(restart, task, saved.link):
            other = Walk(tx, task).lookup(saved.link, follow=False)
        if superblock_of(tx, other) != superblock_of(tx, above):
            raise Errno.EINVAL("link: it is in another file system")
        dentries.become(tx, node.dentry, other.node)
    return Place(above.mount, node)


@parts.makes(Removed, "number")
def _make(restart: Restart, saved: Removed) -> None:
    """EINVAL: it cannot be in there; EPERM: the caller could make no such file; ENOSPC."""
    tx = restart.tx
    place = restart.removed.get(saved.number)
    if place is None:
        raise Errno.EINVAL(f"number: no file before this line is of removed file {saved.number}")
    inode = dentries.inode_of(tx, place.node)
    if not 0 <= saved.size <= pages.MAX_SIZE:
        raise Errno.EINVAL(f"size: a file of this machine has {pages.MAX_SIZE} bytes at most")
    if inode.nlink or (saved.pages and inode.mode & S_IFMT != S_IFREG):
        raise Errno.EINVAL(f"number: what is in removed file {saved.number} is not saved")
    for number, page in sorted(saved.pages.items()):
        start = number * pages.PAGE_SIZE
        if not (0 <= start < saved.size and len(page) <= pages.PAGE_SIZE):
            raise Errno.EINVAL(f"pages: there is no page {number} of {len(page)} bytes")
        dentries.charge(tx, superblock_of(tx, place), inode, start, pages.PAGE_SIZE)
    space = tx.get(Task, restart.task(saved.opener)).creds.userns
    uid, gid = ownership.of_file(
        restart,
        space,
        (saved.uid, saved.gid),
        inode.mode,
        capability=saved.capability is not None,
    )
    told = replace(
        inode,
        pages=Map(saved.pages),
        size=saved.size,
        uid=uid,
        gid=gid,
        mtime=tx.clock - saved.age,
        capability=saved.capability,
    )
    tx.put(inode.ino, told)
