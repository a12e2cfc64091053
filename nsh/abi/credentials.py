"""Requests that change whom a task acts for (credentials(7)).  -1 leaves an id as it is."""

from typing import Final

from nsh.abi.request import Request

NGROUPS_MAX: Final = 65536
"""Supplementary groups that a task may be in."""


class Setuid(Request, frozen=True, gc=False):
    """setuid(2).  Replies 0; EINVAL, EPERM."""

    uid: int


class Setreuid(Request, frozen=True, gc=False):
    """setreuid(2).  Replies 0; EINVAL, EPERM."""

    ruid: int
    euid: int


class Setresuid(Request, frozen=True, gc=False):
    """setresuid(2).  Replies 0; EINVAL, EPERM."""

    ruid: int
    euid: int
    suid: int


class Setgid(Request, frozen=True, gc=False):
    """setgid(2).  Replies 0; EINVAL, EPERM."""

    gid: int


class Setregid(Request, frozen=True, gc=False):
    """setregid(2).  Replies 0; EINVAL, EPERM."""

    rgid: int
    egid: int


class Setresgid(Request, frozen=True, gc=False):
    """setresgid(2).  Replies 0; EINVAL, EPERM."""

    rgid: int
    egid: int
    sgid: int


class Setgroups(Request, frozen=True, gc=False):
    """setgroups(2).  Replies 0; EINVAL, EPERM."""

    groups: tuple[int, ...]


class Setfsuid(Request, frozen=True, gc=False):
    """setfsuid(2).  Replies the uid that files took the caller for before, whatever happens."""

    uid: int


class Setfsgid(Request, frozen=True, gc=False):
    """setfsgid(2).  Replies the gid that files took the caller for before, whatever happens."""

    gid: int
