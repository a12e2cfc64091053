"""Requests about processes by descriptor (pidfd_open(2)).

A number is used again once its process is gone; a descriptor names that one process for good.
"""

from typing import Final

from nsh.abi.request import Request

PIDFD_NONBLOCK: Final = 0o4000
PIDFD_THREAD: Final = 0o200
PIDFD_SIGNAL_THREAD: Final = 1
PIDFD_SIGNAL_THREAD_GROUP: Final = 2
PIDFD_SIGNAL_PROCESS_GROUP: Final = 4
PIDFD_INFO_EXIT: Final = 8
PIDFD_SELF_THREAD: Final = -10000
PIDFD_SELF_THREAD_GROUP: Final = -10001
"""The caller, and its process, where pidfd_send_signal(2) takes a descriptor; nothing else does."""


class PidfdOpen(Request, frozen=True, gc=False):
    """pidfd_open(2) of a process, with PIDFD_THREAD of a single thread.

    Replies a descriptor; EINVAL, EMFILE, ENOENT (a thread that leads no process), ESRCH.
    """

    pid: int
    flags: int = 0


class PidfdSendSignal(Request, frozen=True, gc=False):
    """pidfd_send_signal(2); ``fd`` may be a directory ``/proc/PID`` as well, or a PIDFD_SELF_….

    Replies 0; EBADF, EINVAL (also: it is not below the caller's pid namespace), EPERM, ESRCH.
    """

    fd: int
    signo: int
    flags: int = 0


class PidfdGetfd(Request, frozen=True, gc=False):
    """pidfd_getfd(2): a copy of another process's descriptor.

    Replies a descriptor; EBADF, EINVAL, EMFILE, EPERM, ESRCH.
    """

    fd: int
    target: int
    flags: int = 0


class PidfdGetNamespace(Request, frozen=True, gc=False):
    """PIDFD_GET_UTS_NAMESPACE and its like (linux/pidfd.h); ``kind`` as in ``/proc/PID/ns``.

    Replies a descriptor; EACCES, EBADF, EMFILE, ENOTTY, ESRCH.
    """

    fd: int
    kind: str


class PidfdGetInfo(Request, frozen=True, gc=False):
    """PIDFD_GET_INFO, with ``exit`` also of who has been reaped (PIDFD_INFO_EXIT).  Replies
    :class:`PidfdInfo`; EBADF, ENOTTY, EREMOTE, ESRCH."""

    fd: int
    exit: bool = False


class PidfdInfo(Request, frozen=True, gc=False):
    """``struct pidfd_info``, in the caller's numbers: 0 is whom it does not see, and all of one who
    has been reaped."""

    pid: int = 0
    tgid: int = 0
    ppid: int = 0
    ruid: int = 0
    rgid: int = 0
    euid: int = 0
    egid: int = 0
    exit_code: int | None = None
    """How it ended, as wait(2) encodes it, once it has been reaped; None: not, or nobody knows."""
