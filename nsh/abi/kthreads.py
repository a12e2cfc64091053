"""Requests about kernel threads: what a driver that is loaded does, and no program can (N5)."""

from nsh.abi.request import Request


class StartKthread(Request, frozen=True, gc=False):
    """Have the kernel start a thread of its own; ``signals``: SIGKILL ends it (allow_signal).

    Replies its pid, 0 if the caller does not see it; EINVAL, ENOSYS, EPERM.
    """

    name: str
    signals: bool = False


class StopKthread(Request, frozen=True, gc=False):
    """Have the kernel end a thread of its own.  Replies 0; EPERM, ESRCH."""

    name: str
