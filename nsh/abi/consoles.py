"""Requests about virtual consoles and serial lines (ioctl_vt(2); N9, N10).

Those about virtual consoles take a descriptor of any of them: EBADF, and ENOTTY where it is none.
"""

from nsh.abi.request import Request


class VtGetState(Request, frozen=True, gc=False):
    """VT_GETSTATE.  Replies a :class:`VtState`."""

    fd: int


class VtState(Request, frozen=True, gc=False):
    """``struct vt_stat``, less its unused part."""

    active: int
    """The console in front."""
    state: int
    """Bit N: console N is open.  Bit 0 is always set."""


class VtOpenQuery(Request, frozen=True, gc=False):
    """VT_OPENQRY.  Replies the number of a console that nobody has open, -1 if there is none."""

    fd: int


class VtActivate(Request, frozen=True, gc=False):
    """VT_ACTIVATE: bring console ``number`` to the front.  Replies 0; ENXIO, EPERM."""

    fd: int
    number: int


class VtWaitActive(Request, frozen=True, gc=False):
    """VT_WAITACTIVE: wait until console ``number`` is in front.  Replies 0; EINTR, ENXIO, EPERM."""

    fd: int
    number: int


class AttachSerial(Request, frozen=True, gc=False):
    """The outer end of the serial line of a tty namespace, whose file is open as ``fd``.

    What is read from it is what the line keeps, then what is written on it; what is written is
    typed into the line.  Replies a descriptor; EBADF, EINVAL where ``fd`` is no tty namespace's,
    EMFILE, EPERM for a namespace that is not below the caller's.  Not a call of mainline Linux.
    """

    fd: int
