"""Requests about files, directories, pipes and mounts.  Data is bytes, names are text."""

from enum import IntEnum, IntFlag
from typing import Final

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
    MS_REMOUNT = 32
    MS_BIND = 4096
    MS_MOVE = 8192
    MS_REC = 16384
    MS_UNBINDABLE = 1 << 17
    MS_PRIVATE = 1 << 18
    MS_SLAVE = 1 << 19
    MS_SHARED = 1 << 20


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


class Write(Request, frozen=True, gc=False):
    """write(2).  Replies the number of bytes taken; EAGAIN, EBADF, EINTR, EPIPE, ENOSPC, …"""

    fd: int
    data: bytes


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
    F_DUPFD_CLOEXEC = 1030


FD_CLOEXEC: Final = 1


class Fcntl(Request, frozen=True, gc=False):
    """fcntl(2).  Replies an integer, 0 for the setters; EBADF, EINVAL, EMFILE, ESRCH.

    Groups that own a file (F_SETOWN, F_GETOWN) are negative numbers.
    """

    fd: int
    command: int
    argument: int = 0


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


class Stat(Request, frozen=True, gc=False):
    """stat(2), or lstat(2) without ``follow``.  Replies a :class:`StatResult`."""

    path: str
    follow: bool = True


class Fstat(Request, frozen=True, gc=False):
    """fstat(2).  Replies a :class:`StatResult`; EBADF."""

    fd: int


class StatResult(Request, frozen=True, gc=False):
    """``struct stat``; times are nanoseconds since 1970, as CLOCK_REALTIME is."""

    dev: int
    ino: int
    mode: int
    nlink: int
    uid: int
    gid: int
    rdev: int
    size: int
    mtime: int


class Readlink(Request, frozen=True, gc=False):
    """readlink(2).  Replies the text; EINVAL if not a link."""

    path: str


class Mkdir(Request, frozen=True, gc=False):
    """mkdir(2)."""

    path: str
    mode: int = 0o777


class Rmdir(Request, frozen=True, gc=False):
    """rmdir(2).  EBUSY for a mount point, ENOTEMPTY."""

    path: str


class Unlink(Request, frozen=True, gc=False):
    """unlink(2).  EISDIR, EPERM, …"""

    path: str


class Rename(Request, frozen=True, gc=False):
    """rename(2)."""

    old: str
    new: str


class Link(Request, frozen=True, gc=False):
    """link(2)."""

    old: str
    new: str


class Symlink(Request, frozen=True, gc=False):
    """symlink(2)."""

    target: str
    path: str


class Mkfifo(Request, frozen=True, gc=False):
    """mkfifo(3)."""

    path: str
    mode: int = 0o666


class Mknod(Request, frozen=True, gc=False):
    """mknod(2): a file of the type in ``mode`` (none: a regular one); ``rdev`` as makedev(3) packs.

    Replies 0; EEXIST, EINVAL, and EPERM for directories, and for devices without CAP_MKNOD.
    """

    path: str
    mode: int
    rdev: int = 0


class Truncate(Request, frozen=True, gc=False):
    """truncate(2)."""

    path: str
    size: int = 0


class Chmod(Request, frozen=True, gc=False):
    """chmod(2)."""

    path: str
    mode: int


class Chown(Request, frozen=True, gc=False):
    """chown(2), without ``follow`` lchown(2); -1 leaves an id as it is.

    Replies 0; EACCES, EINVAL, ELOOP, ENAMETOOLONG, ENOENT, ENOTDIR, EPERM, EROFS.
    """

    path: str
    uid: int
    gid: int
    follow: bool = True


class Fchown(Request, frozen=True, gc=False):
    """fchown(2).  Replies 0; EBADF, EINVAL, EPERM, EROFS."""

    fd: int
    uid: int
    gid: int


class Utimens(Request, frozen=True, gc=False):
    """utimensat(2) with the current time (touch)."""

    path: str


class Chdir(Request, frozen=True, gc=False):
    """chdir(2)."""

    path: str


class Chroot(Request, frozen=True, gc=False):
    """chroot(2)."""

    path: str


class Getcwd(Request, frozen=True, gc=False):
    """getcwd(2).  Replies the path, with "(unreachable)" in front outside the root; ENOENT."""


class Umask(Request, frozen=True, gc=False):
    """umask(2).  Replies the old mask."""

    mask: int


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
