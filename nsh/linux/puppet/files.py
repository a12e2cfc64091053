"""Files and descriptors, raw: os.open and its like would mark descriptors closed on exec.

What can sleep (a fifo's open, read, write) is called with the program's own mask.
"""

from __future__ import annotations

import ctypes
import os
import stat as modes

from nsh.linux.puppet.gate import call, text
from nsh.linux.puppet.hosts import guard
from nsh.linux.puppet.numbers import AT_FDCWD
from nsh.linux.puppet.table import performs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from nsh.linux.puppet.actor import Actor

_LONGEST: Final = 1 << 20
"""Bytes that one read asks for at most."""
_F_DUPFD: Final = 0
_F_DUPFD_CLOEXEC: Final = 1030
_F_GETOWN: Final = 9
_F_SETOWN_EX: Final = 15
_F_GETOWN_EX: Final = 16
_F_OWNER_PGRP: Final = 2
_O_CLOEXEC: Final = 0o2000000
_TERMINAL_MAJORS: Final = (5, *range(136, 144))

Dirent = tuple[str, int, int]


@performs("Open")
def open_(actor: Actor, path: str, flags: int, mode: int) -> int:
    """open(2)."""
    guard(path, flags)
    fd = call("openat", AT_FDCWD, text(path), flags, mode, mask=actor.mask)
    actor.harmless = _is_plain(fd)
    return fd


def _is_plain(fd: int) -> bool:
    """Whether nobody can be waiting at the other end: a file or a directory."""
    try:
        mode = os.fstat(fd).st_mode
    except OSError:
        return False
    return modes.S_ISREG(mode) or modes.S_ISDIR(mode)


@performs("Close")
def close(actor: Actor, fd: int) -> int:
    """close(2); the control socket is not the program's to close."""
    _ours(actor, fd)
    actor.harmless = _is_plain(fd)
    return call("close", fd)


def _ours(actor: Actor, fd: int) -> None:
    if any(fd == other.channel.fd for other in actor.process.actors.values()):
        raise OSError(9, "EBADF")


@performs("Read")
def read(actor: Actor, fd: int, size: int) -> bytes:
    """read(2)."""
    _ours(actor, fd)
    if size < 0:
        size = _LONGEST
    buffer = ctypes.create_string_buffer(max(1, min(size, _LONGEST)))
    got = call("read", fd, buffer, min(size, _LONGEST), mask=actor.mask)
    actor.harmless = _is_plain(fd)
    return buffer.raw[:got]


@performs("Write")
def write(actor: Actor, fd: int, data: bytes) -> tuple[int, tuple[int, ...]]:
    """write(2).  Replies how many bytes were taken, and which terminal shows them, if one does."""
    _ours(actor, fd)
    got = call("write", fd, data, len(data), mask=actor.mask)
    return got, which_terminal(fd)


def which_terminal(fd: int) -> tuple[int, ...]:
    """File system, inode and number of the device, if it is a terminal's; else ()."""
    try:
        found = os.fstat(fd)
    except OSError:
        return ()
    if modes.S_ISCHR(found.st_mode) and os.major(found.st_rdev) in _TERMINAL_MAJORS:
        return found.st_dev, found.st_ino, found.st_rdev
    return ()


@performs("Lseek")
def lseek(actor: Actor, fd: int, offset: int, whence: int) -> int:
    """lseek(2)."""
    _ours(actor, fd)
    return call("lseek", fd, offset, whence)


@performs("Dup")
def dup(actor: Actor, fd: int, least: int, cloexec: bool) -> int:
    """fcntl(F_DUPFD)."""
    _ours(actor, fd)
    return call("fcntl", fd, _F_DUPFD_CLOEXEC if cloexec else _F_DUPFD, least)


@performs("Dup2")
def dup2(actor: Actor, old: int, new: int, cloexec: bool) -> int:
    """dup3(2); for equal numbers dup2(2)."""
    _ours(actor, old)
    _ours(actor, new)
    if old == new:
        call("fcntl", old, 1)
        return new
    return call("dup3", old, new, _O_CLOEXEC if cloexec else 0)


@performs("Fcntl")
def fcntl_(actor: Actor, fd: int, command: int, argument: int) -> int:
    """fcntl(2)."""
    _ours(actor, fd)
    if command == _F_GETOWN:  # whose negative answers look like errors
        kind, owner = _owner(fd)
        return -owner if kind == _F_OWNER_PGRP else owner
    return call("fcntl", fd, command, argument)


@performs("FcntlSetownEx")
def setown_ex(actor: Actor, fd: int, type: int, pid: int) -> int:
    """fcntl(F_SETOWN_EX)."""
    _ours(actor, fd)
    return call("fcntl", fd, _F_SETOWN_EX, (ctypes.c_int * 2)(type, pid))


@performs("FcntlGetownEx")
def getown_ex(actor: Actor, fd: int) -> tuple[int, int]:
    """fcntl(F_GETOWN_EX).  Replies type and pid."""
    _ours(actor, fd)
    return _owner(fd)


def _owner(fd: int) -> tuple[int, int]:
    owner = (ctypes.c_int * 2)()
    call("fcntl", fd, _F_GETOWN_EX, owner)
    return owner[0], owner[1]


@performs("Pipe")
def pipe(actor: Actor, flags: int) -> tuple[int, int]:
    """pipe2(2)."""
    del actor
    ends = (ctypes.c_int * 2)()
    call("pipe2", ends, flags)
    return ends[0], ends[1]


@performs("MemfdCreate")
def memfd_create(actor: Actor, name: str) -> int:
    """memfd_create(2)."""
    del actor
    return call("memfd_create", text(name), 0)


_CONTROLS: Final = 64
"""No more control sockets than that are in one table of descriptors."""


@performs("Getdents")
def getdents(actor: Actor, fd: int) -> tuple[Dirent, ...]:
    """getdents(2), until nothing is left.  Of /proc/PID/fd the control sockets are left out."""
    _ours(actor, fd)
    buffer = ctypes.create_string_buffer(65536)
    found: list[Dirent] = []
    while True:
        got = call("getdents64", fd, buffer, len(buffer))
        if not got:
            break
        found += _entries(buffer.raw[:got])
    place = _descriptors(fd)
    if not place:
        return tuple(found)
    least = actor.process.top - _CONTROLS
    return tuple(entry for entry in found if not _controls(place, entry[0], least))


def _entries(data: bytes) -> list[Dirent]:
    entries = []
    start = 0
    while start < len(data):
        ino = int.from_bytes(data[start : start + 8], "little")
        length = int.from_bytes(data[start + 16 : start + 18], "little")
        name = data[start + 19 : start + length].split(b"\0", 1)[0]
        entries.append((os.fsdecode(name), ino, data[start + 18] << 12))
        start += length
    return entries


def _descriptors(fd: int) -> str:
    """The directory of a process's open files, if *fd* is that, or tells of them; else ""."""
    try:
        where = os.readlink(f"/proc/self/fd/{fd}")
    except OSError:
        return ""
    if where.startswith("/proc/") and where.endswith(("/fd", "/fdinfo")):
        return where.removesuffix("info")
    return ""


def _controls(place: str, name: str, least: int) -> bool:
    """Whether *name* is a control socket's: those are the highest, of all who share a table."""
    if not name.isdecimal() or int(name) <= least:
        return False
    try:
        return modes.S_ISSOCK(os.stat(f"{place}/{name}").st_mode)
    except OSError:
        return True


StatResult = tuple[int, int, int, int, int, int, int, int, int]


def _stat(found: os.stat_result) -> StatResult:
    return (
        found.st_dev,
        found.st_ino,
        found.st_mode,
        found.st_nlink,
        found.st_uid,
        found.st_gid,
        found.st_rdev,
        found.st_size,
        found.st_mtime_ns,
    )


@performs("Stat")
def stat(actor: Actor, path: str, follow: bool) -> StatResult:
    """stat(2), lstat(2)."""
    del actor
    return _stat(os.stat(text(path), follow_symlinks=follow))


@performs("Fstat")
def fstat(actor: Actor, fd: int) -> StatResult:
    """fstat(2)."""
    _ours(actor, fd)
    return _stat(os.fstat(fd))


@performs("Fchdir")
def fchdir(actor: Actor, fd: int) -> int:
    """fchdir(2)."""
    _ours(actor, fd)
    return call("fchdir", fd)


@performs("Truncate")
def truncate(actor: Actor, path: str, size: int) -> int:
    """truncate(2)."""
    del actor
    return call("truncate", text(path), size)


@performs("Utimens")
def utimens(actor: Actor, path: str) -> int:
    """utimensat(2) with the time of now."""
    del actor
    return call("utimensat", AT_FDCWD, text(path), None, 0)
