"""Counting references: open files, and the places they and working directories stand on.

Whoever stores a :class:`Place` or the id of an open file holds it, and releases it when the
store goes.  The last release of an open file closes it, of a removed file ends it, of a
detached mount drops it, and of a superblock's last mount kills that, unless it is pinned.
"""

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from nsh.kernel import hooks, namespaces
from nsh.kernel.fs.drivers import operations_of
from nsh.kernel.fs.types import type_named, type_of
from nsh.machine.context import Fs, Place
from nsh.machine.files import File, Superblock, SuperblockId
from nsh.machine.ids import FileId, MountId, TaskId
from nsh.machine.mounts import Mount
from nsh.machine.value import Transaction


def hold(tx: Transaction, file_id: FileId, count: int = 1) -> None:
    """*count* more descriptors refer to the open file."""
    file = tx.get(File, file_id)
    tx.put(file_id, replace(file, users=file.users + count))


def release(tx: Transaction, file_id: FileId, count: int = 1) -> None:
    """*count* descriptors less refer to the open file; the last one closes it."""
    file = tx.get(File, file_id)
    if file.users > count:
        tx.put(file_id, replace(file, users=file.users - count))
        return
    tx.drop(File, file_id)
    for hook in hooks.release:
        hook(tx, file_id, file)
    operations_of(tx, file).close(tx, file)
    if file.write_access:
        mount = tx.get(Mount, file.place.mount)
        tx.put(file.place.mount, replace(mount, writers=mount.writers - 1))
    release_place(tx, file.place)


def release_all(tx: Transaction, files: Iterable[FileId]) -> None:
    """The descriptors of *files* go in this order, and files that they were the last of are closed
    afterwards, the last first: so they were put on the list of what is to be done (fput)."""
    counts: dict[FileId, int] = {}
    for file_id in files:
        counts[file_id] = counts.pop(file_id, 0) + 1
    for file_id in reversed(counts):
        release(tx, file_id, counts[file_id])


def closed(tx: Transaction, task: TaskId, *files: FileId) -> None:
    """*task* has closed a descriptor of each of the open *files*, which may not be the last."""
    for file_id in files:
        file = tx.get(File, file_id)
        operations_of(tx, file).flush(tx, task, file)
    release_all(tx, files)


def hold_place(tx: Transaction, place: Place, count: int = 1) -> None:
    """*count* things stand on *place*: its mount is busy, its file outlives its name."""
    mount = tx.get(Mount, place.mount)
    tx.put(place.mount, replace(mount, users=mount.users + count))
    sb = tx.get(Superblock, mount.superblock)
    if place.node != sb.root:
        type_named(sb.type).hold(tx, mount.superblock, place.node, count)


def release_place(tx: Transaction, place: Place) -> None:
    """Nothing stands on *place* any more."""
    mount = tx.get(Mount, place.mount)
    tx.put(place.mount, replace(mount, users=mount.users - 1))
    sb = tx.get(Superblock, mount.superblock)
    if place.node != sb.root:
        type_named(sb.type).release(tx, mount.superblock, place.node)
    drop_mount(tx, place.mount)


def places_of(fs: Fs) -> Sequence[tuple[Place, int]]:
    """Root and working directory of *fs*, and how often it stands on each."""
    return ((fs.root, 2),) if fs.root == fs.cwd else ((fs.root, 1), (fs.cwd, 1))


def hold_fs(tx: Transaction, fs: Fs) -> None:
    """One more context refers to the root and working directory of *fs*."""
    for place, count in places_of(fs):
        hold_place(tx, place, count)


def release_fs(tx: Transaction, fs: Fs) -> None:
    """One context less does."""
    release_place(tx, fs.root)
    release_place(tx, fs.cwd)


def drop_mount(tx: Transaction, key: MountId) -> None:
    """Remove the mount *key* if it is in no tree and nothing stands on it; a superblock that
    has no mount left is killed."""
    mount = tx.get(Mount, key)
    if mount.users or mount.space or mount.internal:
        return
    tx.drop(Mount, key)
    sb = mount.superblock
    record = tx.get(Superblock, sb)
    operations = type_named(record.type)
    if mount.root != record.root:
        operations.release(tx, sb, mount.root)
        record = tx.get(Superblock, sb)
    if record.mounts > 1 or record.pins:
        tx.put(sb, replace(record, mounts=record.mounts - 1))
        return
    operations.kill(tx, sb)
    tx.drop(Superblock, sb)
    namespaces.put(tx, "user", record.owner)


def pin(tx: Transaction, sb: SuperblockId) -> None:
    """Something keeps the superblock, mounted or not."""
    record = tx.get(Superblock, sb)
    tx.put(sb, replace(record, pins=record.pins + 1))


def unpin(tx: Transaction, sb: SuperblockId) -> None:
    """It does no longer."""
    record = tx.get(Superblock, sb)
    if record.pins == 1 and not record.mounts:
        type_of(tx, sb).kill(tx, sb)
        tx.drop(Superblock, sb)
        namespaces.put(tx, "user", record.owner)
    else:
        tx.put(sb, replace(record, pins=record.pins - 1))
