"""Locks on files: fcntl(2) with a ``struct flock``, flock(2)."""

from __future__ import annotations

import ctypes
import struct

from nsh.linux.puppet.gate import call
from nsh.linux.puppet.packing import packed
from nsh.linux.puppet.table import performs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from nsh.linux.puppet.actor import Actor

_FLOCK: Final = "hhqqi4x"
_GET: Final = (5, 36)
_KNOWN: Final = (5, 6, 7, 36, 37, 38)


@performs("FcntlLock")
def fcntl_lock(
    actor: Actor, fd: int, command: int, type: int, start: int, length: int, whence: int, pid: int
) -> int | tuple[int, int, int, int, int]:
    """fcntl(2).  Replies 0, or for F_GETLK type, start, length, whence and pid."""
    if command not in _KNOWN:
        raise OSError(22, "EINVAL")
    data = packed(_FLOCK, type, whence, start, length, pid)
    where = ctypes.create_string_buffer(data, len(data))
    call("fcntl", fd, command, where, mask=actor.mask)
    if command not in _GET:
        return 0
    kind, counted, first, size, owner = struct.unpack(_FLOCK, where.raw)
    return kind, first, size, counted, owner


@performs("Flock")
def flock(actor: Actor, fd: int, operation: int) -> int:
    """flock(2)."""
    return call("flock", fd, operation, mask=actor.mask)
