"""Requests about pseudo terminals, by their masters (ioctl_tty(2), pts(4))."""

from typing import Final

from nsh.abi.request import Request


class GetPtyNumber(Request, frozen=True, gc=False):
    """TIOCGPTN on a master: the index of its slave, as in ``/dev/pts/N``."""

    fd: int


class LockPty(Request, frozen=True, gc=False):
    """TIOCSPTLCK on a master: a locked slave cannot be opened (unlockpt(3)).  Replies 0."""

    fd: int
    locked: bool = False


class PtyLocked(Request, frozen=True, gc=False):
    """TIOCGPTLCK on a master.  Replies 0 or 1."""

    fd: int


class OpenPtyPeer(Request, frozen=True, gc=False):
    """TIOCGPTPEER on a master: open its slave, by whatever path.  Replies a descriptor."""

    fd: int
    flags: int = 0


class PacketMode(Request, frozen=True, gc=False):
    """TIOCPKT on a master: each read begins with a byte that tells what happened.  Replies 0."""

    fd: int
    on: bool


class Packet:
    """The first byte that a master reads in packet mode (ioctl_tty(2))."""

    TIOCPKT_FLUSHREAD: Final = 0x01
    TIOCPKT_FLUSHWRITE: Final = 0x02
    TIOCPKT_STOP: Final = 0x04
    TIOCPKT_START: Final = 0x08
    TIOCPKT_NOSTOP: Final = 0x10
    TIOCPKT_DOSTOP: Final = 0x20
    TIOCPKT_IOCTL: Final = 0x40
