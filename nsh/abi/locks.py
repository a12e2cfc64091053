"""Requests about locks on files: F_SETLK and its family (fcntl_locking(2)), flock(2)."""

from enum import IntEnum, IntFlag

from nsh.abi.request import Request


class LockCommand(IntEnum):
    """Commands of fcntl(2) that take a ``struct flock``."""

    F_GETLK = 5
    F_SETLK = 6
    F_SETLKW = 7
    F_OFD_GETLK = 36
    F_OFD_SETLK = 37
    F_OFD_SETLKW = 38


class LockType(IntEnum):
    """``l_type``."""

    F_RDLCK = 0
    F_WRLCK = 1
    F_UNLCK = 2


class FlockOperation(IntFlag):
    """Second argument of flock(2)."""

    LOCK_SH = 1
    LOCK_EX = 2
    LOCK_NB = 4
    LOCK_UN = 8
    LOCK_MAND = 32
    """Does nothing since Linux 5.5."""


class FcntlLock(Request, frozen=True, gc=False):
    """fcntl(2) with a ``struct flock``.  ``length`` 0: to the end, however far that goes.

    F_SETLK, F_SETLKW and OFD's reply 0; F_GETLK and F_OFD_GETLK a :class:`LockFound`.  EAGAIN,
    EBADF, EDEADLK, EINTR, EINVAL, EOVERFLOW.
    """

    fd: int
    command: int
    type: int
    start: int = 0
    length: int = 0
    whence: int = 0
    pid: int = 0


class LockFound(Request, frozen=True, gc=False):
    """What F_GETLK tells: the lock that is in the way, or what was asked with F_UNLCK as type.

    ``pid``: whose, in the caller's numbers; 0: out of sight, -1: an open file description's.
    """

    type: int
    start: int
    length: int
    whence: int
    pid: int


class Flock(Request, frozen=True, gc=False):
    """flock(2).  Replies 0; EAGAIN, EBADF, EINTR, EINVAL."""

    fd: int
    operation: int
