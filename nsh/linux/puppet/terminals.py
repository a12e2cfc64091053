"""Terminals and who controls them (ioctl_tty(2), tcsetpgrp(3)).

tcsetpgrp is made with the program's mask: who blocks or ignores SIGTTOU may do it from behind.
"""

from __future__ import annotations

import ctypes
import os
import struct

from nsh.linux.puppet import numbers as nr
from nsh.linux.puppet.gate import call
from nsh.linux.puppet.packing import packed
from nsh.linux.puppet.table import performs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nsh.linux.puppet.actor import Actor


def _ask(fd: int, request: int) -> int:
    number = ctypes.c_int()
    call("ioctl", fd, request, number)
    return number.value


@performs("Tcgetpgrp")
def tcgetpgrp(actor: Actor, fd: int) -> int:
    """tcgetpgrp(3)."""
    del actor
    return _ask(fd, nr.TIOCGPGRP)


@performs("Tcsetpgrp")
def tcsetpgrp(actor: Actor, fd: int, pgid: int) -> int:
    """tcsetpgrp(3)."""
    return call("ioctl", fd, nr.TIOCSPGRP, ctypes.c_int(pgid), mask=actor.mask)


@performs("Tcgetsid")
def tcgetsid(actor: Actor, fd: int) -> int:
    """tcgetsid(3)."""
    del actor
    return _ask(fd, nr.TIOCGSID)


@performs("SetControllingTty")
def set_controlling_tty(actor: Actor, fd: int, steal: bool) -> int:
    """TIOCSCTTY."""
    del actor
    return call("ioctl", fd, nr.TIOCSCTTY, int(steal))


@performs("DropControllingTty")
def drop_controlling_tty(actor: Actor, fd: int) -> int:
    """TIOCNOTTY."""
    del actor
    return call("ioctl", fd, nr.TIOCNOTTY, 0)


@performs("Ttyname")
def ttyname(actor: Actor, fd: int) -> str:
    """ttyname(3)."""
    del actor
    return os.ttyname(fd)


@performs("Poll")
def poll(actor: Actor, fds: tuple[tuple[int, int], ...], timeout: int) -> tuple[int, ...]:
    """poll(2); the control socket is not there for the program."""
    asked = b"".join(packed("ihh", _theirs(actor, fd), events, 0) for fd, events in fds)
    buffer = ctypes.create_string_buffer(asked, len(asked)) if asked else None
    end = None if timeout < 0 else packed("qq", *divmod(timeout, 1_000_000_000))
    call("ppoll", buffer, len(fds), end, None, 8, mask=actor.mask)
    found = struct.iter_unpack("ihh", b"" if buffer is None else buffer.raw)
    return tuple(told for _fd, _events, told in found)


def _theirs(actor: Actor, fd: int) -> int:
    """The descriptor as the program has it: one that is not its own is as good as closed."""
    hidden = any(fd == other.channel.fd for other in actor.process.actors.values())
    return 2**31 - 1 if hidden else fd
