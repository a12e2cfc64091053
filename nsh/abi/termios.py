"""The bits and control characters of ``struct termios`` (termios(3), <asm-generic/termbits.h>)."""

from enum import IntEnum, IntFlag
from typing import Final


class Iflag(IntFlag):
    """``c_iflag``: what becomes of input."""

    IGNBRK = 0o1
    BRKINT = 0o2
    IGNPAR = 0o4
    PARMRK = 0o10
    INPCK = 0o20
    ISTRIP = 0o40
    INLCR = 0o100
    IGNCR = 0o200
    ICRNL = 0o400
    IUCLC = 0o1000
    IXON = 0o2000
    IXANY = 0o4000
    IXOFF = 0o10000
    IMAXBEL = 0o20000
    IUTF8 = 0o40000


class Oflag(IntFlag):
    """``c_oflag``: what becomes of output."""

    OPOST = 0o1
    OLCUC = 0o2
    ONLCR = 0o4
    OCRNL = 0o10
    ONOCR = 0o20
    ONLRET = 0o40
    OFILL = 0o100
    OFDEL = 0o200
    NLDLY = 0o400
    CRDLY = 0o3000
    TABDLY = 0o14000
    BSDLY = 0o20000
    VTDLY = 0o40000
    FFDLY = 0o100000


XTABS: Final = 0o14000
"""TAB3: the value of TABDLY that makes spaces of tabs."""


class Cflag(IntFlag):
    """``c_cflag``: the line; of a pseudo terminal nobody heeds it."""

    CBAUD = 0o10017
    CSIZE = 0o60
    CS8 = 0o60
    CSTOPB = 0o100
    CREAD = 0o200
    PARENB = 0o400
    PARODD = 0o1000
    HUPCL = 0o2000
    CLOCAL = 0o4000
    CBAUDEX = 0o10000
    ADDRB = 0o4000000000
    CMSPAR = 0o10000000000
    CRTSCTS = 0o20000000000


class Lflag(IntFlag):
    """``c_lflag``: the line discipline."""

    ISIG = 0o1
    ICANON = 0o2
    XCASE = 0o4
    ECHO = 0o10
    ECHOE = 0o20
    ECHOK = 0o40
    ECHONL = 0o100
    NOFLSH = 0o200
    TOSTOP = 0o400
    ECHOCTL = 0o1000
    ECHOPRT = 0o2000
    ECHOKE = 0o4000
    FLUSHO = 0o10000
    PENDIN = 0o40000
    IEXTEN = 0o100000
    EXTPROC = 0o200000


class Cc(IntEnum):
    """Which control character is where in ``c_cc``."""

    VINTR = 0
    VQUIT = 1
    VERASE = 2
    VKILL = 3
    VEOF = 4
    VTIME = 5
    VMIN = 6
    VSWTC = 7
    VSTART = 8
    VSTOP = 9
    VSUSP = 10
    VEOL = 11
    VREPRINT = 12
    VDISCARD = 13
    VWERASE = 14
    VLNEXT = 15
    VEOL2 = 16


VDISABLE: Final = 0
"""_POSIX_VDISABLE: no control character."""

SPEEDS: Final = (
    *(0, 50, 75, 110, 134, 150, 200, 300, 600, 1200, 1800, 2400, 4800, 9600, 19200, 38400),
    *(57600, 115200, 230400, 460800, 500000, 576000, 921600, 1000000, 1152000, 1500000),
    *(2000000, 2500000, 3000000, 3500000, 4000000),
)
"""Bits per second, by the numbers B0 …; those from 57600 on have CBAUDEX."""


class Queue(IntEnum):
    """What tcflush(3) forgets."""

    TCIFLUSH = 0
    TCOFLUSH = 1
    TCIOFLUSH = 2


class Flow(IntEnum):
    """What tcflow(3) does."""

    TCOOFF = 0
    TCOON = 1
    TCIOFF = 2
    TCION = 3
