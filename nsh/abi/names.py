"""Requests about names: made, removed, moved, linked; and where paths begin."""

from nsh.abi.request import Request


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


class Chdir(Request, frozen=True, gc=False):
    """chdir(2)."""

    path: str


class Fchdir(Request, frozen=True, gc=False):
    """fchdir(2): to the open directory ``fd``, which no path need lead to.  EBADF, ENOTDIR."""

    fd: int


class Chroot(Request, frozen=True, gc=False):
    """chroot(2)."""

    path: str


class Getcwd(Request, frozen=True, gc=False):
    """getcwd(2).  Replies the path, with "(unreachable)" in front outside the root; ENOENT."""


class Umask(Request, frozen=True, gc=False):
    """umask(2).  Replies the old mask."""

    mask: int
