"""Processes by descriptor (pidfd_open(2))."""

from __future__ import annotations

import ctypes
import struct

from nsh.linux.puppet import numbers as nr
from nsh.linux.puppet.gate import call
from nsh.linux.puppet.table import performs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from nsh.linux.puppet.actor import Actor

_OWN: Final = 512
"""From here on a puppet has what its program knows nothing of."""
_PID: Final = 1
_CREDS: Final = 2
_EXIT: Final = 8


@performs("PidfdOpen")
def pidfd_open(actor: Actor, pid: int, flags: int) -> int:
    """pidfd_open(2)."""
    del actor
    return call("pidfd_open", pid, flags)


@performs("PidfdSendSignal")
def pidfd_send_signal(actor: Actor, fd: int, signo: int, flags: int) -> int:
    """pidfd_send_signal(2)."""
    del actor
    return call("pidfd_send_signal", fd, signo, None, flags)


@performs("PidfdGetfd")
def pidfd_getfd(actor: Actor, fd: int, target: int, flags: int) -> int:
    """pidfd_getfd(2), of what the other one's program has."""
    del actor
    return call("pidfd_getfd", fd, -1 if target >= _OWN else target, flags)


@performs("PidfdGetNamespace")
def pidfd_get_namespace(actor: Actor, fd: int, kind: str) -> int:
    """PIDFD_GET_UTS_NAMESPACE and its like."""
    del actor
    if kind not in nr.PIDFD_GET_NAMESPACE:
        raise OSError(25, "ENOTTY")
    return call("ioctl", fd, nr.PIDFD_GET_NAMESPACE[kind], 0)


@performs("PidfdGetInfo")
def pidfd_get_info(actor: Actor, fd: int, exit: bool) -> tuple[int | None, ...]:
    """PIDFD_GET_INFO: pid, tgid, ppid, the uids and gids, real and effective, and how it ended."""
    del actor
    wanted = _PID | _CREDS | (_EXIT if exit else 0)
    info = ctypes.create_string_buffer(struct.pack("Q", wanted), 64)
    call("ioctl", fd, nr.PIDFD_GET_INFO, info)
    told, numbers = struct.unpack_from("Q", info.raw)[0], struct.unpack_from("7I", info.raw, 16)
    return (*numbers, struct.unpack_from("i", info.raw, 60)[0] if told & _EXIT else None)
