"""Requests about the limits of processes (getrlimit(2))."""

from enum import IntEnum
from typing import Final

from nsh.abi.request import Request

INFINITY: Final = (1 << 64) - 1
"""RLIM_INFINITY."""


class Resource(IntEnum):
    """What is limited."""

    RLIMIT_CPU = 0
    RLIMIT_FSIZE = 1
    RLIMIT_DATA = 2
    RLIMIT_STACK = 3
    RLIMIT_CORE = 4
    RLIMIT_RSS = 5
    RLIMIT_NPROC = 6
    RLIMIT_NOFILE = 7
    RLIMIT_MEMLOCK = 8
    RLIMIT_AS = 9
    RLIMIT_LOCKS = 10
    RLIMIT_SIGPENDING = 11
    RLIMIT_MSGQUEUE = 12
    RLIMIT_NICE = 13
    RLIMIT_RTPRIO = 14
    RLIMIT_RTTIME = 15


class GetLimit(Request, frozen=True, gc=False):
    """prlimit(2) with no new limits.  Replies the soft and the hard one; EINVAL, EPERM, ESRCH."""

    pid: int
    """0: the caller's own."""
    resource: int


class SetLimit(Request, frozen=True, gc=False):
    """prlimit(2) with new limits.  Replies 0; EINVAL, EPERM, ESRCH."""

    pid: int
    """0: the caller's own."""
    resource: int
    soft: int
    hard: int
