"""Reading, writing and seeking in open files: read(2), write(2), lseek(2), getdents(2)."""

from typing import Final

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.files import S_IFDIR, S_IFMT, Dirent, Getdents, Lseek, OpenFlag, Read, Write
from nsh.abi.request import Failure
from nsh.kernel.dispatch import handles
from nsh.kernel.fs.descriptors import open_file
from nsh.kernel.fs.drivers import operations_of
from nsh.kernel.fs.operations import MAX_OFFSET
from nsh.kernel.fs.types import type_of
from nsh.machine.files import File
from nsh.machine.ids import TaskId
from nsh.machine.mounts import Mount
from nsh.machine.value import Transaction

MAX_COUNT: Final = 64 << 20
"""The most that one call transfers, as MAX_RW_COUNT is on Linux: no file here is larger."""

_ACCMODE: Final = 3
_SEEK_MAX: Final = 4


@handles(Read)
def read(tx: Transaction, caller: TaskId, request: Read) -> bytes | Failure:
    """read(2)."""
    key, file = open_file(tx, caller, request.fd)
    if file.flags & _ACCMODE not in (OpenFlag.O_RDONLY, OpenFlag.O_RDWR):
        raise Errno.EBADF(f"descriptor {request.fd} is not open for reading")
    if request.size < 0:
        raise Errno.EINVAL("a size is not negative")
    operations = operations_of(tx, file)
    if not request.size and file.driver and not operations.minds_empty_reads:
        return b""  # a stream gives nothing at once, however long it would take to give more
    data = operations.read(tx, caller, key, file, min(request.size, MAX_COUNT))
    if operations.positioned and isinstance(data, bytes) and data:
        tx.put(key, replace(tx.get(File, key), offset=file.offset + len(data)))
    return data


@handles(Write)
def write(tx: Transaction, caller: TaskId, request: Write) -> int | Failure:
    """write(2)."""
    key, file = open_file(tx, caller, request.fd)
    if file.flags & _ACCMODE not in (OpenFlag.O_WRONLY, OpenFlag.O_RDWR):
        raise Errno.EBADF(f"descriptor {request.fd} is not open for writing")
    operations = operations_of(tx, file)
    if file.flags & OpenFlag.O_APPEND and operations.positioned:
        file = replace(file, offset=operations.append_at(tx, file))
    taken = operations.write(tx, caller, key, file, request.data[:MAX_COUNT])
    if operations.positioned and not isinstance(taken, Failure) and taken:
        now = tx.find(File, key)
        if now is not None:  # what was written may have ended the writer
            tx.put(key, replace(now, offset=file.offset + taken))
    return taken


@handles(Lseek)
def lseek(tx: Transaction, caller: TaskId, request: Lseek) -> int:
    """lseek(2)."""
    key, file = open_file(tx, caller, request.fd)
    if not 0 <= request.whence <= _SEEK_MAX:
        raise Errno.EINVAL("whence is 0 (set), 1 (current), 2 (end), 3 (data) or 4 (hole)")
    offset = operations_of(tx, file).seek(tx, caller, key, file, request.offset, request.whence)
    if offset != file.offset:
        tx.put(key, replace(file, offset=offset))
    return offset


@handles(Getdents)
def getdents(tx: Transaction, caller: TaskId, request: Getdents) -> tuple[Dirent, ...]:
    """getdents(2): everything at once; then nothing, until lseek goes back to 0."""
    key, file = open_file(tx, caller, request.fd)
    place = file.place
    sb = tx.get(Mount, place.mount).superblock
    kind = type_of(tx, sb)
    here = kind.stat(tx, caller, sb, place.node)
    if file.driver or here.mode & S_IFMT != S_IFDIR:
        raise Errno.ENOTDIR(f"descriptor {request.fd} is no directory's")
    if kind.unlinked(tx, sb, place.node):
        raise Errno.ENOENT("the directory has been removed")
    if file.offset:
        return ()
    above = kind.stat(tx, caller, sb, kind.parent(tx, sb, place.node))
    dots = (Dirent(".", here.ino, S_IFDIR), Dirent("..", above.ino, S_IFDIR))
    tx.put(key, replace(file, offset=MAX_OFFSET))
    return (*dots, *kind.entries(tx, caller, sb, place.node))
