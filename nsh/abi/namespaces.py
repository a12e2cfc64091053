"""Requests about namespaces and what is in the small ones (namespaces(7))."""

from nsh.abi.request import Request


class Unshare(Request, frozen=True, gc=False):
    """unshare(2).  Replies 0; EINVAL, ENOSPC, EPERM."""

    flags: int


class Setns(Request, frozen=True, gc=False):
    """setns(2) with a descriptor of ``/proc/PID/ns/*``, where ``nstype`` 0 takes any; or of a
    process (:mod:`nsh.abi.pidfds`), where ``nstype`` says which of its namespaces: all or none.

    Replies 0; EBADF, EINVAL, EPERM, ESRCH.
    """

    fd: int
    nstype: int = 0


class NsGet(Request, frozen=True, gc=False):
    """ioctl_nsfs(2) on a namespace descriptor: ``what`` is "parent", "userns", "nstype" or
    "owner_uid", or of a pid namespace "pid_from", "tgid_from", "pid_in" or "tgid_in" with a pid.

    Replies a new descriptor, for "nstype" the CLONE flag, for "owner_uid" the uid of who made a
    user namespace; the caller's number for whom the namespace calls *pid* ("from"), or the
    namespace's for whom the caller calls so ("in").  EINVAL, ENOTTY, EPERM, ESRCH.
    """

    fd: int
    what: str
    pid: int = 0


class Uname(Request, frozen=True, gc=False):
    """uname(2).  Replies a :class:`Utsname`."""


class Utsname(Request, frozen=True, gc=False):
    """``struct utsname``."""

    sysname: str
    nodename: str
    release: str
    version: str
    machine: str
    domainname: str


class Sethostname(Request, frozen=True, gc=False):
    """sethostname(2).  Replies 0; EINVAL when longer than 64 bytes, EPERM."""

    name: str


class Setdomainname(Request, frozen=True, gc=False):
    """setdomainname(2).  Replies 0; EINVAL when longer than 64 bytes, EPERM."""

    name: str
