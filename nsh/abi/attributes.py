"""Requests about what is known of a file, or said of it: type, size, mode, owners, times."""

from nsh.abi.request import Request


class Stat(Request, frozen=True, gc=False):
    """stat(2), or lstat(2) without ``follow``.  Replies a :class:`StatResult`."""

    path: str
    follow: bool = True


class Fstat(Request, frozen=True, gc=False):
    """fstat(2).  Replies a :class:`StatResult`; EBADF."""

    fd: int


class Access(Request, frozen=True, gc=False):
    """access(2): whether the caller may read (4), write (2) and execute (1) a file, or whether it
    is there (0); as its real user, or with ``effective`` (AT_EACCESS) as it would open it.

    Replies 0; EACCES, EINVAL, ELOOP, ENAMETOOLONG, ENOENT, ENOTDIR, EPERM, EROFS.
    """

    path: str
    mode: int
    effective: bool = False


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
