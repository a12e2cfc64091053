"""Modes, sizes and queues of terminals, and what masters of pseudo terminals are asked (termios(3),
ioctl_tty(2)).

What a background process may not do is asked with the program's mask, as tcsetpgrp is.
"""

from __future__ import annotations

import ctypes
import select
import struct

from nsh.linux.puppet import numbers as nr
from nsh.linux.puppet.gate import call
from nsh.linux.puppet.packing import packed
from nsh.linux.puppet.table import performs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from nsh.linux.puppet.actor import Actor

_TERMIOS: Final = "4IB19s2I"
"""``struct termios2``: four sets of flags, the discipline, NCCS characters, two speeds."""
_LOCKS: Final = "4IB19s"
"""``struct termios``, which has no speeds."""
_WINSIZE: Final = "4H"

Termios = tuple[int, int, int, int, int, bytes, int, int]
Winsize = tuple[int, int, int, int]


def _ask(fd: int, request: int) -> int:
    number = ctypes.c_int()
    call("ioctl", fd, request, number)
    return number.value


@performs("Tcgetattr")
def tcgetattr(actor: Actor, fd: int) -> Termios:
    """tcgetattr(3)."""
    del actor
    buffer = ctypes.create_string_buffer(struct.calcsize(_TERMIOS))
    call("ioctl", fd, nr.TCGETS2, buffer)
    iflag, oflag, cflag, lflag, line, cc, ispeed, ospeed = struct.unpack(_TERMIOS, buffer.raw)
    return iflag, oflag, cflag, lflag, line, cc, ispeed, ospeed


@performs("Tcsetattr")
def tcsetattr(actor: Actor, fd: int, settings: Termios, when: int) -> int:
    """tcsetattr(3)."""
    if when not in (0, 1, 2) or len(settings[5]) != nr.NCCS:
        raise OSError(22, "EINVAL")
    data = packed(_TERMIOS, *settings)
    return call("ioctl", fd, nr.TCSETS2 + when, data, mask=actor.mask)


@performs("GetWinsize")
def get_winsize(actor: Actor, fd: int) -> Winsize:
    """TIOCGWINSZ."""
    del actor
    buffer = ctypes.create_string_buffer(struct.calcsize(_WINSIZE))
    call("ioctl", fd, nr.TIOCGWINSZ, buffer)
    rows, columns, xpixel, ypixel = struct.unpack(_WINSIZE, buffer.raw)
    return rows, columns, xpixel, ypixel


@performs("SetWinsize")
def set_winsize(actor: Actor, fd: int, size: Winsize) -> int:
    """TIOCSWINSZ."""
    del actor
    data = packed(_WINSIZE, *size)
    return call("ioctl", fd, nr.TIOCSWINSZ, data)


@performs("Tcflush")
def tcflush(actor: Actor, fd: int, queue: int) -> int:
    """tcflush(3)."""
    return call("ioctl", fd, nr.TCFLSH, queue, mask=actor.mask)


@performs("Tcflow")
def tcflow(actor: Actor, fd: int, action: int) -> int:
    """tcflow(3)."""
    return call("ioctl", fd, nr.TCXONC, action, mask=actor.mask)


@performs("Tcdrain")
def tcdrain(actor: Actor, fd: int) -> int:
    """tcdrain(3)."""
    return call("ioctl", fd, nr.TCSBRK, 1, mask=actor.mask)


@performs("Tcsendbreak")
def tcsendbreak(actor: Actor, fd: int, duration: int) -> int:
    """tcsendbreak(3)."""
    return call("ioctl", fd, nr.TCSBRKP if duration else nr.TCSBRK, duration, mask=actor.mask)


@performs("InputQueue")
def input_queue(actor: Actor, fd: int) -> int:
    """TIOCINQ; poll(2) first has the line discipline take what is on its way (n_tty_poll), which
    a busy machine may leave lying for a while."""
    del actor
    if fd >= 0:
        waiting = select.poll()
        waiting.register(fd, select.POLLIN)
        waiting.poll(0)
    return _ask(fd, nr.TIOCINQ)


@performs("OutputQueue")
def output_queue(actor: Actor, fd: int) -> int:
    """TIOCOUTQ."""
    del actor
    return _ask(fd, nr.TIOCOUTQ)


@performs("Sti")
def sti(actor: Actor, fd: int, byte: int) -> int:
    """TIOCSTI."""
    del actor
    return call("ioctl", fd, nr.TIOCSTI, bytes((byte & 0xFF,)))


@performs("SetExclusive")
def set_exclusive(actor: Actor, fd: int, on: bool) -> int:
    """TIOCEXCL, TIOCNXCL."""
    del actor
    return call("ioctl", fd, nr.TIOCEXCL if on else nr.TIOCNXCL, 0)


@performs("Exclusive")
def exclusive(actor: Actor, fd: int) -> int:
    """TIOCGEXCL."""
    del actor
    return _ask(fd, nr.TIOCGEXCL)


@performs("GetDiscipline")
def get_discipline(actor: Actor, fd: int) -> int:
    """TIOCGETD."""
    del actor
    return _ask(fd, nr.TIOCGETD)


@performs("SetDiscipline")
def set_discipline(actor: Actor, fd: int, number: int) -> int:
    """TIOCSETD."""
    return call("ioctl", fd, nr.TIOCSETD, ctypes.c_int(number), mask=actor.mask)


@performs("GetLockedTermios")
def get_locked_termios(actor: Actor, fd: int) -> Termios:
    """TIOCGLCKTRMIOS."""
    del actor
    buffer = ctypes.create_string_buffer(struct.calcsize(_LOCKS))
    call("ioctl", fd, nr.TIOCGLCKTRMIOS, buffer)
    iflag, oflag, cflag, lflag, line, cc = struct.unpack(_LOCKS, buffer.raw)
    return iflag, oflag, cflag, lflag, line, cc, 0, 0


@performs("SetLockedTermios")
def set_locked_termios(actor: Actor, fd: int, locks: Termios) -> int:
    """TIOCSLCKTRMIOS."""
    del actor
    data = packed(_LOCKS, *locks[:6])
    return call("ioctl", fd, nr.TIOCSLCKTRMIOS, data)


@performs("GetPtyNumber")
def get_pty_number(actor: Actor, fd: int) -> int:
    """TIOCGPTN."""
    del actor
    return _ask(fd, nr.TIOCGPTN)


@performs("LockPty")
def lock_pty(actor: Actor, fd: int, locked: bool) -> int:
    """TIOCSPTLCK."""
    del actor
    return call("ioctl", fd, nr.TIOCSPTLCK, ctypes.c_int(locked))


@performs("PtyLocked")
def pty_locked(actor: Actor, fd: int) -> int:
    """TIOCGPTLCK."""
    del actor
    return _ask(fd, nr.TIOCGPTLCK)


@performs("OpenPtyPeer")
def open_pty_peer(actor: Actor, fd: int, flags: int) -> int:
    """TIOCGPTPEER."""
    return call("ioctl", fd, nr.TIOCGPTPEER, flags, mask=actor.mask)


@performs("PacketMode")
def packet_mode(actor: Actor, fd: int, on: bool) -> int:
    """TIOCPKT."""
    del actor
    return call("ioctl", fd, nr.TIOCPKT, ctypes.c_int(on))
