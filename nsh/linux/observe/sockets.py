"""Network namespaces that sockets keep alive: each stays in the one that it was made in.

A socket cannot be opened through /proc, so a copy of its descriptor is taken (pidfd_getfd(2)),
asked (SIOCGSKNS) and closed.  Both need privileges over the other process and over the namespace.
"""

import os
from errno import ENOENT
from fcntl import ioctl
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_SIOCGSKNS: Final = 0x894C
_PIDFD_GETFD: Final = 438
"""The same number on every architecture that Python runs on but alpha."""
PREFIX: Final = "socket:["
"""What the link of a socket in /proc/PID/fd begins with; its inode number follows."""

_syscall: "Callable[..., int] | None" = None


def namespace(pid: int, fd: int, inode: int = 0) -> int:
    """A descriptor of the network namespace of socket *fd* of process *pid*.

    ``OSError``, also if it is not the socket of that *inode*: pids and descriptors come again.
    """
    copy = _copy(pid, fd)
    try:
        if inode and os.fstat(copy).st_ino != inode:
            raise FileNotFoundError(ENOENT, "another socket")
        return ioctl(copy, _SIOCGSKNS)
    finally:
        os.close(copy)


def _copy(pid: int, fd: int) -> int:
    process = os.pidfd_open(pid)
    try:
        return _getfd(process, fd)
    finally:
        os.close(process)


def _getfd(process: int, fd: int) -> int:
    import ctypes  # noqa: PLC0415  # costs as much as a hundred sockets

    global _syscall  # noqa: PLW0603  # one C library per process
    if _syscall is None:
        _syscall = ctypes.CDLL(None, use_errno=True).syscall
    copy = _syscall(_PIDFD_GETFD, process, fd, 0)
    if copy < 0:
        raise OSError(ctypes.get_errno(), "pidfd_getfd")
    return copy


class Sockets:
    """Which namespace each socket is in, as far as one look has asked: many processes have the
    same ones open."""

    def __init__(self) -> None:
        self._of: dict[str, int] = {}

    def inum(self, link: str, pid: int, fd: int) -> int:
        """The inode number of the namespace of the socket that *link* of /proc names.

        ``PermissionError`` where it is hidden; other ``OSError`` if there is no such socket now.
        """
        known = self._of.get(link)
        if known is None:
            space = namespace(pid, fd, int(link[len(PREFIX) : -1]))
            try:
                known = self._of[link] = os.fstat(space).st_ino
            finally:
                os.close(space)
        return known
