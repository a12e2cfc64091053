"""Requests about terminals and pseudo terminals (termios(3), ioctl_tty(2), pts(4)).

All of them take a descriptor; EBADF where it is none, ENOTTY where it is no terminal's, EIO where
the terminal was hung up.
"""

from enum import IntEnum
from typing import ClassVar

from nsh.abi.request import Request
from nsh.machine.terminals import Termios, Winsize


class Tcgetpgrp(Request, frozen=True, gc=False):
    """tcgetpgrp(3).  Replies the group in the caller's numbers; EBADF, ENOTTY."""

    fd: int = 0


class Tcsetpgrp(Request, frozen=True, gc=False):
    """tcsetpgrp(3).  Replies 0; EBADF, EINVAL, EIO, ENOTTY, EPERM, ESRCH."""

    fd: int
    pgid: int


class Tcgetsid(Request, frozen=True, gc=False):
    """tcgetsid(3).  Replies the session in the caller's numbers; ENOTTY."""

    fd: int = 0


class SetControllingTty(Request, frozen=True, gc=False):
    """TIOCSCTTY (ioctl_tty(2)).  Replies 0; EPERM, ENOTTY."""

    fd: int
    steal: bool = False


class DropControllingTty(Request, frozen=True, gc=False):
    """TIOCNOTTY (ioctl_tty(2)).  Replies 0; ENOTTY."""

    fd: int = 0


class Ttyname(Request, frozen=True, gc=False):
    """ttyname(3).  Replies the path; EBADF, ENODEV, ENOENT, ENOTTY."""

    fd: int = 0


class When(IntEnum):
    """When tcsetattr(3) takes effect."""

    TCSANOW = 0
    TCSADRAIN = 1
    TCSAFLUSH = 2


class Tcgetattr(Request, frozen=True, gc=False):
    """tcgetattr(3).  Replies a :class:`~nsh.machine.terminals.Termios`."""

    fd: int = 0


class Tcsetattr(Request, frozen=True, gc=False):
    """tcsetattr(3).  Replies 0; EINTR, EINVAL, EIO; a background caller is sent SIGTTOU."""

    fd: int
    settings: Termios
    when: int = When.TCSANOW
    shows: ClassVar[bool] = True


class GetWinsize(Request, frozen=True, gc=False):
    """TIOCGWINSZ.  Replies a :class:`~nsh.machine.terminals.Winsize`."""

    fd: int = 0


class SetWinsize(Request, frozen=True, gc=False):
    """TIOCSWINSZ: the foreground group is sent SIGWINCH if it changes.  Replies 0."""

    fd: int
    size: Winsize


class Tcflush(Request, frozen=True, gc=False):
    """tcflush(3).  Replies 0; EINVAL."""

    fd: int
    queue: int


class Tcflow(Request, frozen=True, gc=False):
    """tcflow(3).  Replies 0; EINVAL."""

    fd: int
    action: int
    shows: ClassVar[bool] = True


class Tcdrain(Request, frozen=True, gc=False):
    """tcdrain(3).  Replies 0; EINTR."""

    fd: int


class Tcsendbreak(Request, frozen=True, gc=False):
    """tcsendbreak(3).  Replies 0."""

    fd: int
    duration: int = 0


class InputQueue(Request, frozen=True, gc=False):
    """TIOCINQ (FIONREAD).  Replies how many bytes could be read."""

    fd: int


class OutputQueue(Request, frozen=True, gc=False):
    """TIOCOUTQ.  Replies how many written bytes have not gone out."""

    fd: int


class Sti(Request, frozen=True, gc=False):
    """TIOCSTI: type a byte into the terminal.  Replies 0; EIO where dev.tty.legacy_tiocsti is 0."""

    fd: int
    byte: int
    shows: ClassVar[bool] = True


class SetExclusive(Request, frozen=True, gc=False):
    """TIOCEXCL, TIOCNXCL: whether only who has CAP_SYS_ADMIN can open the terminal anew (EBUSY).

    Replies 0.
    """

    fd: int
    on: bool


class Exclusive(Request, frozen=True, gc=False):
    """TIOCGEXCL.  Replies 0 or 1."""

    fd: int


class GetDiscipline(Request, frozen=True, gc=False):
    """TIOCGETD.  Replies the number of the line discipline."""

    fd: int


class SetDiscipline(Request, frozen=True, gc=False):
    """TIOCSETD.  Replies 0; EINVAL: there is none of that number; a background caller is sent
    SIGTTOU."""

    fd: int
    number: int


class GetLockedTermios(Request, frozen=True, gc=False):
    """TIOCGLCKTRMIOS.  Replies a :class:`~nsh.machine.terminals.Termios`: the bits and characters
    that are set in it cannot be changed; it has no speeds."""

    fd: int


class SetLockedTermios(Request, frozen=True, gc=False):
    """TIOCSLCKTRMIOS.  Replies 0; EPERM without CAP_SYS_ADMIN or CAP_CHECKPOINT_RESTORE."""

    fd: int
    locks: Termios
