"""POSIX message queues (mq_overview(7)); what can sleep is called with the program's own mask."""

from __future__ import annotations

import ctypes
import struct

from nsh.linux.puppet.gate import call, text
from nsh.linux.puppet.packing import packed
from nsh.linux.puppet.table import performs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from nsh.linux.puppet.actor import Actor

_ATTR: Final = "4q32x"
"""``struct mq_attr``: flags, maxmsg, msgsize, curmsgs."""
_SIGEVENT: Final = 64
_LONGEST: Final = 1 << 24
"""HARD_MSGSIZEMAX: no message is longer."""


def _timespec(deadline: int | None) -> bytes | None:
    return None if deadline is None else packed("qq", *divmod(deadline, 1_000_000_000))


@performs("MqOpen")
def mq_open(
    actor: Actor, name: str, flags: int, mode: int, maxmsg: int | None, msgsize: int | None
) -> int:
    """mq_open(2)."""
    del actor
    attributes = None
    if maxmsg is not None and msgsize is not None:
        attributes = packed(_ATTR, 0, maxmsg, msgsize, 0)
    return call("mq_open", text(name), flags, mode, attributes)


@performs("MqUnlink")
def mq_unlink(actor: Actor, name: str) -> int:
    """mq_unlink(2)."""
    del actor
    return call("mq_unlink", text(name))


@performs("MqTimedsend")
def mq_timedsend(actor: Actor, fd: int, data: bytes, priority: int, deadline: int | None) -> int:
    """mq_timedsend(2)."""
    limit = _timespec(deadline)
    return call("mq_timedsend", fd, data, len(data), priority, limit, mask=actor.mask)


@performs("MqTimedreceive")
def mq_timedreceive(actor: Actor, fd: int, size: int, deadline: int | None) -> tuple[int, bytes]:
    """mq_timedreceive(2).  Replies priority and message."""
    size = max(0, min(size, _LONGEST))
    buffer = ctypes.create_string_buffer(max(size, 1))
    priority = ctypes.c_uint()
    limit = _timespec(deadline)
    got = call("mq_timedreceive", fd, buffer, size, priority, limit, mask=actor.mask)
    return priority.value, buffer.raw[:got]


@performs("MqNotify")
def mq_notify(actor: Actor, fd: int, how: int | None, signo: int, value: int) -> int:
    """mq_notify(2)."""
    del actor
    if how is None:
        return call("mq_notify", fd, None)
    event = packed("qii", value, signo, how).ljust(_SIGEVENT, b"\0")
    return call("mq_notify", fd, event)


@performs("MqGetsetattr")
def mq_getsetattr(actor: Actor, fd: int, flags: int | None) -> tuple[int, ...]:
    """mq_getsetattr(2).  Replies flags, maxmsg, msgsize, curmsgs."""
    del actor
    old = ctypes.create_string_buffer(struct.calcsize(_ATTR))
    new = None if flags is None else packed(_ATTR, flags, 0, 0, 0)
    call("mq_getsetattr", fd, new, old)
    return struct.unpack(_ATTR, old.raw)
