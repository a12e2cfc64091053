"""Opening files, and making pipes and files in memory: open(2), pipe2(2), memfd_create(2)."""

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from nsh._modules import late
from nsh.abi.errno import Errno
from nsh.abi.files import (
    S_IFBLK,
    S_IFCHR,
    S_IFDIR,
    S_IFIFO,
    S_IFLNK,
    S_IFMT,
    S_IFREG,
    MemfdCreate,
    MountFlag,
    Open,
    OpenFlag,
)
from nsh.abi.files import Pipe as PipeRequest
from nsh.abi.request import Failure
from nsh.kernel import contexts, devices, hooks
from nsh.kernel.dispatch import handles
from nsh.kernel.fs import files, pipes, tmpfs
from nsh.kernel.fs.drivers import driver_name, find_device
from nsh.kernel.fs.mount_tree import check_writable, internal_mount
from nsh.kernel.fs.owners import check_maker, devices_count
from nsh.kernel.fs.permission import MAY_EXEC, MAY_READ, MAY_WRITE
from nsh.kernel.fs.types import Name, type_of
from nsh.kernel.fs.walk import Target, Walk, bytes_in, checked
from nsh.machine.context import Descriptor, Place
from nsh.machine.files import Attributes, File, InodeId
from nsh.machine.ids import FileId, TaskId
from nsh.machine.mounts import Mount
from nsh.machine.pipes import PipeNode
from nsh.machine.timerfd import AnonymousNode
from nsh.machine.value import Transaction

if TYPE_CHECKING:
    from nsh.kernel.fs import descriptors
else:  # no boot needs it
    late(globals(), "nsh.kernel.fs", "descriptors")

MEMFD_NAME_MAX: Final = 249

_ACCMODE: Final = 3
_CREATION: Final = (
    OpenFlag.O_CREAT | OpenFlag.O_EXCL | OpenFlag.O_NOCTTY | OpenFlag.O_TRUNC | OpenFlag.O_CLOEXEC
)
"""Flags of the call alone, which the open file does not keep."""
_PATH_FLAGS: Final = (
    OpenFlag.O_PATH | OpenFlag.O_DIRECTORY | OpenFlag.O_NOFOLLOW | OpenFlag.O_CLOEXEC
)
_PIPE_FLAGS: Final = int(OpenFlag.O_CLOEXEC | OpenFlag.O_NONBLOCK)
_WANTED: Final = (MAY_READ, MAY_WRITE, MAY_READ | MAY_WRITE, MAY_READ | MAY_WRITE)
"""What each access mode asks of the permission bits."""


@handles(Open)
def open_(tx: Transaction, caller: TaskId, request: Open) -> int | Failure:
    """open(2)."""
    flags = request.flags
    if flags & OpenFlag.O_PATH:
        flags &= _PATH_FLAGS
    elif flags & OpenFlag.O_CREAT and flags & OpenFlag.O_DIRECTORY:
        raise Errno.EINVAL("open makes no directories")
    path = checked(request.path)
    descriptors.lowest_free(contexts.files(tx, caller))
    progress = pipes.resumed(tx, caller)
    if progress is None:
        opened, alone = _find_and_open(tx, caller, path, flags, request.mode)
        if alone:
            pipes.await_partner(tx, caller, opened)
    else:
        came = pipes.partner_came(tx, caller, progress)
        if isinstance(came, Failure):
            return came
        opened = came
    return descriptors.install(tx, caller, opened, cloexec=bool(flags & OpenFlag.O_CLOEXEC))


def open_path(tx: Transaction, caller: TaskId, path: str, flags: int) -> FileId:
    """Open *path*, no fifo, without giving it a descriptor; the open file is counted once."""
    return _find_and_open(tx, caller, path, flags, 0)[0]


def _find_and_open(
    tx: Transaction, caller: TaskId, path: str, flags: int, mode: int
) -> tuple[FileId, bool]:
    """The open file, and whether it is an end of a fifo that has to wait for the other."""
    if not flags & OpenFlag.O_PATH:
        flags |= OpenFlag.O_LARGEFILE
    walk = Walk(tx, caller)
    made = False
    if flags & OpenFlag.O_CREAT:
        place, made = _find_or_make(walk, path, flags, mode)
    else:
        names_directory = path + "/" if flags & OpenFlag.O_DIRECTORY else path
        follow = not flags & OpenFlag.O_NOFOLLOW
        if names_directory != path and not follow:
            place = walk.lookup(path, follow=False)
            if walk.stat(place).mode & S_IFMT != S_IFDIR:
                raise Errno.ENOTDIR(f"{path} is no directory")
        else:
            place = walk.lookup(names_directory, follow)
    return _open_place(walk, place, flags, made=made)


def _find_or_make(walk: Walk, path: str, flags: int, mode: int) -> tuple[Place, bool]:
    """O_CREAT: the place at the end of *path*, through links; and whether it was just made."""
    exclusive = bool(flags & OpenFlag.O_EXCL)
    base = walk.fs.cwd
    while True:
        target = walk.parent_from(path, base)
        if not target.ordinary:
            if exclusive:
                raise Errno.EEXIST(f"{path} is a directory")
            raise Errno.EISDIR(f"{path} is a directory, not a name to make")
        if target.slash:
            raise Errno.EISDIR("open makes no directories: the path ends in a slash")
        node = walk.child(target)
        if node is None:
            return _make(walk, target, S_IFREG | mode & 0o7777), True
        if exclusive:
            raise Errno.EEXIST(f"{target.name} exists")
        place = walk.down(Place(target.directory.mount, node))
        attributes = walk.stat(place)
        if attributes.mode & S_IFMT != S_IFLNK or flags & OpenFlag.O_NOFOLLOW:
            return place, False
        leads = walk.jump(place)
        if isinstance(leads, Place):
            return leads, False
        path, base = leads, target.directory


def _make(walk: Walk, target: Target, mode: int) -> Place:
    tx, caller = walk.tx, walk.caller
    directory = target.directory
    sb = tx.get(Mount, directory.mount).superblock
    kind = type_of(tx, sb)
    if not kind.negative or kind.unlinked(tx, sb, directory.node):
        raise Errno.ENOENT(f"{target.name} cannot be made there")
    check_writable(tx, directory)
    walk.check(directory, walk.stat(directory), MAY_WRITE | MAY_EXEC, "the directory")
    check_maker(tx, walk.creds, sb)
    mode &= ~walk.fs.umask
    node = kind.create(tx, caller, sb, Name(directory.node, target.name), mode)
    place = Place(directory.mount, node)
    ino = walk.stat(place).ino
    for hook in hooks.made:
        hook(tx, caller, sb, ino)
    return place


def _open_place(walk: Walk, place: Place, flags: int, *, made: bool) -> tuple[FileId, bool]:
    """Open what has been found, or just made (which asks for no permission)."""
    tx, caller = walk.tx, walk.caller
    if flags & OpenFlag.O_PATH:
        kept = flags & ~(OpenFlag.O_CLOEXEC)
        return _file(tx, File(place, kept)), False
    attributes = walk.stat(place)
    kind = attributes.mode & S_IFMT
    if not made:
        _check_open(walk, place, attributes, flags)
    status = int(flags & ~_CREATION)
    if kind == S_IFIFO:
        return pipes.open_fifo(tx, InodeId(attributes.ino), place, status)
    if kind == S_IFCHR:
        return open_device(tx, caller, place, attributes.rdev, flags), False
    if kind not in (S_IFDIR, S_IFREG, 0):
        raise Errno.ENXIO("there is no such device or socket behind the name")
    sb = tx.get(Mount, place.mount).superblock
    writing = flags & _ACCMODE in (OpenFlag.O_WRONLY, OpenFlag.O_RDWR)
    if writing:
        check_writable(tx, place)
    operations = type_of(tx, sb)
    state = operations.open(tx, caller, sb, place.node, flags)
    if flags & OpenFlag.O_TRUNC and not made:
        check_writable(tx, place)
        operations.truncate(tx, caller, sb, place.node, 0)
    driver = place.node.kind if isinstance(place.node, AnonymousNode) else ""
    key = _file(tx, File(place, status, driver=driver, opened=state, write_access=writing))
    if writing:
        mount = tx.get(Mount, place.mount)
        tx.put(place.mount, replace(mount, writers=mount.writers + 1))
    return key, False


def _check_open(walk: Walk, place: Place, attributes: Attributes, flags: int) -> None:
    """What may_open() and do_open() refuse."""
    kind = attributes.mode & S_IFMT
    writing = flags & _ACCMODE != OpenFlag.O_RDONLY or bool(flags & OpenFlag.O_TRUNC)
    if flags & OpenFlag.O_CREAT and kind == S_IFDIR:
        raise Errno.EISDIR("open makes no directories")
    if kind == S_IFLNK:
        raise Errno.ELOOP("the path ends at a symbolic link, and O_NOFOLLOW forbids to follow")
    if kind == S_IFDIR and writing:
        raise Errno.EISDIR("a directory is changed by making and removing names only")
    mount = walk.tx.get(Mount, place.mount)
    if kind in (S_IFCHR, S_IFBLK):
        if mount.flags & MountFlag.MS_NODEV:
            raise Errno.EACCES("the mount allows no devices (nodev)")
        if not devices_count(walk.tx, mount.superblock):
            raise Errno.EACCES("nobody makes devices by mounting in a user namespace")
    wanted = _WANTED[flags & _ACCMODE]
    if flags & OpenFlag.O_TRUNC:
        wanted |= MAY_WRITE
    walk.check(place, attributes, wanted, "the file")
    letters = "r" * bool(wanted & MAY_READ) + "w" * bool(wanted & MAY_WRITE)
    for hook in hooks.access:
        hook(walk.tx, walk.caller, mount.superblock, attributes.ino, letters)


def open_device(tx: Transaction, caller: TaskId, place: Place, rdev: int, flags: int) -> FileId:
    """Open the device *rdev*, whose node is at *place*, without asking for permission; the open
    file is counted once.  ENXIO, and what the device says."""
    devices.check_open(tx, caller, rdev)
    device = find_device(rdev)
    if device is None:
        raise Errno.ENXIO("there is no device of that number")
    state = device.open(tx, caller, place, rdev, flags)
    name = driver_name(rdev)
    return _file(tx, File(place, int(flags & ~_CREATION), driver=name, opened=state))


def open_place(tx: Transaction, place: Place) -> FileId:
    """Open *place* for reading by no path and without asking anybody; it is counted once."""
    return _file(tx, File(place, int(OpenFlag.O_RDONLY)))


def open_made(tx: Transaction, caller: TaskId, place: Place, flags: int) -> FileId:
    """Open *place*, no fifo, as who has just made it: that takes no permission.  The open file is
    counted once."""
    return _open_place(Walk(tx, caller), place, flags, made=True)[0]


def _file(tx: Transaction, file: File) -> FileId:
    key = tx.new(FileId)
    tx.put(key, file)
    files.hold_place(tx, file.place)
    return key


@handles(PipeRequest)
def pipe(tx: Transaction, caller: TaskId, request: PipeRequest) -> tuple[int, int]:
    """pipe2(2)."""
    if request.flags & ~_PIPE_FLAGS:
        raise Errno.EINVAL("pipe2 takes O_CLOEXEC and O_NONBLOCK")
    table = contexts.files(tx, caller)
    reader = descriptors.lowest_free(table)
    writer = descriptors.lowest_free(table, reader + 1)
    ino = pipes.make(tx, caller)
    place = Place(internal_mount(tx, "pipefs"), PipeNode(ino))
    status = request.flags & OpenFlag.O_NONBLOCK
    cloexec = bool(request.flags & OpenFlag.O_CLOEXEC)
    draft = table.mutate()
    for fd, access in ((reader, OpenFlag.O_RDONLY), (writer, OpenFlag.O_WRONLY)):
        draft[fd] = Descriptor(pipes.attach(tx, ino, place, access | status), cloexec)
    table = draft.finish()
    contexts.set_files(tx, caller, table)
    for fd in (reader, writer):
        for hook in hooks.installed:
            hook(tx, caller, table[fd].file)
    return reader, writer


@handles(MemfdCreate)
def memfd_create(tx: Transaction, caller: TaskId, request: MemfdCreate) -> int:
    """memfd_create(2)."""
    if bytes_in(request.name) > MEMFD_NAME_MAX:
        raise Errno.EINVAL(f"the name has more than {MEMFD_NAME_MAX} bytes")
    descriptors.lowest_free(contexts.files(tx, caller))
    place = Place(internal_mount(tx, "memfd"), tmpfs.make_unlinked(tx, caller, request.name))
    flags = int(OpenFlag.O_RDWR | OpenFlag.O_LARGEFILE)
    key = _file(tx, File(place, flags, write_access=True))
    mount = tx.get(Mount, place.mount)
    tx.put(place.mount, replace(mount, writers=mount.writers + 1))
    return descriptors.install(tx, caller, key)
