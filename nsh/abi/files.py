"""Requests about files, directories, pipes and mounts.  Data is bytes, names are text."""

from enum import IntEnum, IntFlag
from typing import ClassVar, Final

from nsh.abi.request import Request


class OpenFlag(IntFlag):
    """Flags of open(2)."""

    O_RDONLY = 0
    O_WRONLY = 1
    O_RDWR = 2
    O_CREAT = 0o100
    O_EXCL = 0o200
    O_NOCTTY = 0o400
    O_TRUNC = 0o1000
    O_APPEND = 0o2000
    O_NONBLOCK = 0o4000
    O_ASYNC = 0o20000
    O_LARGEFILE = 0o100000
    """Set in whatever open(2) opens on a 64-bit kernel, but with O_PATH."""
    O_DIRECTORY = 0o200000
    O_NOFOLLOW = 0o400000
    O_CLOEXEC = 0o2000000
    O_PATH = 0o10000000


class MountFlag(IntFlag):
    """Flags of mount(2) and umount2(2)."""

    MS_RDONLY = 1
    MS_NOSUID = 2
    MS_NODEV = 4
    MS_NOEXEC = 8
    MS_SYNCHRONOUS = 16
    MS_REMOUNT = 32
    MS_MANDLOCK = 64
    MS_DIRSYNC = 128
    MS_NOSYMFOLLOW = 256
    MS_NOATIME = 1024
    MS_NODIRATIME = 2048
    MS_BIND = 4096
    MS_MOVE = 8192
    MS_REC = 16384
    MS_SILENT = 1 << 15
    MS_UNBINDABLE = 1 << 17
    MS_PRIVATE = 1 << 18
    MS_SLAVE = 1 << 19
    MS_SHARED = 1 << 20
    MS_RELATIME = 1 << 21
    MS_STRICTATIME = 1 << 24
    MS_LAZYTIME = 1 << 25


MNT_FORCE: Final = 1
MNT_DETACH: Final = 2

AT_FDCWD: Final = -100
PATH_MAX: Final = 4096
NAME_MAX: Final = 255
PIPE_BUF: Final = 4096

S_IFMT: Final = 0o170000
S_IFSOCK: Final = 0o140000
S_IFLNK: Final = 0o120000
S_IFREG: Final = 0o100000
S_IFBLK: Final = 0o060000
S_IFDIR: Final = 0o040000
S_IFCHR: Final = 0o020000
S_IFIFO: Final = 0o010000


class Open(Request, frozen=True, gc=False):
    """open(2).  Replies a descriptor."""

    path: str
    flags: int = 0
    mode: int = 0o666


class Close(Request, frozen=True, gc=False):
    """close(2).  Replies 0; EBADF."""

    fd: int


class Read(Request, frozen=True, gc=False):
    """read(2).  Replies bytes, empty at the end; EAGAIN, EBADF, EINTR, EIO, EISDIR."""

    fd: int
    size: int = 65536
    shows: ClassVar[bool] = True


class Write(Request, frozen=True, gc=False):
    """write(2).  Replies the number of bytes taken; EAGAIN, EBADF, EINTR, EPIPE, ENOSPC, …"""

    fd: int
    data: bytes
    shows: ClassVar[bool] = True


class Lseek(Request, frozen=True, gc=False):
    """lseek(2); whence 0 set, 1 current, 2 end, 3 data, 4 hole.

    Replies the offset; EBADF, EINVAL, ESPIPE.
    """

    fd: int
    offset: int
    whence: int = 0


class Dup(Request, frozen=True, gc=False):
    """dup(2), or fcntl(F_DUPFD, ``least``): the lowest free descriptor >= least."""

    fd: int
    least: int = 0
    cloexec: bool = False


class Dup2(Request, frozen=True, gc=False):
    """dup3(2); equal numbers reply as dup2(2) does."""

    old: int
    new: int
    cloexec: bool = False


class FcntlCommand(IntEnum):
    """Commands of fcntl(2) that nsh has."""

    F_DUPFD = 0
    F_GETFD = 1
    F_SETFD = 2
    F_GETFL = 3
    F_SETFL = 4
    F_SETOWN = 8
    F_GETOWN = 9
    F_SETSIG = 10
    F_GETSIG = 11
    F_DUPFD_CLOEXEC = 1030


FD_CLOEXEC: Final = 1


class Fcntl(Request, frozen=True, gc=False):
    """fcntl(2).  Replies an integer, 0 for the setters; EBADF, EINVAL, EMFILE, ESRCH.

    Groups that own a file (F_SETOWN, F_GETOWN) are negative numbers.
    """

    fd: int
    command: int
    argument: int = 0


class OwnerType(IntEnum):
    """Whom the number means that F_SETOWN_EX is given."""

    F_OWNER_TID = 0
    F_OWNER_PID = 1
    F_OWNER_PGRP = 2


class FcntlSetownEx(Request, frozen=True, gc=False):
    """fcntl(F_SETOWN_EX).  Replies 0; EBADF, EINVAL, ESRCH."""

    fd: int
    type: int
    pid: int


class FcntlGetownEx(Request, frozen=True, gc=False):
    """fcntl(F_GETOWN_EX).  Replies an :class:`OwnerEx`; EBADF."""

    fd: int


class OwnerEx(Request, frozen=True, gc=False):
    """``struct f_owner_ex``; ``pid`` is 0 for nobody, for the dead, and for who is out of sight."""

    type: int
    pid: int


class Pipe(Request, frozen=True, gc=False):
    """pipe2(2).  Replies (read end, write end); EMFILE."""

    flags: int = 0


class MemfdCreate(Request, frozen=True, gc=False):
    """memfd_create(2): an unlinked file in memory.  Replies a descriptor."""

    name: str


class Getdents(Request, frozen=True, gc=False):
    """getdents(2), all at once.  Replies a tuple of :class:`Dirent` in the kernel's order, with
    "." and ".."; ENOTDIR, EBADF."""

    fd: int


class Dirent(Request, frozen=True, gc=False):
    """One directory entry; ``kind`` is the S_IFMT part of its mode."""

    name: str
    ino: int
    kind: int


class Readlink(Request, frozen=True, gc=False):
    """readlink(2).  Replies the text; EINVAL if not a link."""

    path: str


class Mount(Request, frozen=True, gc=False):
    """mount(2).  Replies 0; EBUSY, EINVAL, ENODEV, ENOENT, ENOTDIR, EPERM."""

    source: str
    target: str
    fstype: str = ""
    flags: int = 0
    data: str = ""


class Umount(Request, frozen=True, gc=False):
    """umount2(2).  Replies 0; EBUSY, EINVAL, ENOENT, EPERM."""

    target: str
    flags: int = 0


class PivotRoot(Request, frozen=True, gc=False):
    """pivot_root(2).  Replies 0; EBUSY, EINVAL, ENOENT, ENOTDIR, EPERM."""

    new_root: str
    put_old: str
