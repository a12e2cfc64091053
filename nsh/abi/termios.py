"""The bits and control characters of ``struct termios`` (termios(3), <asm-generic/termbits.h>).

Plain numbers, as in C, for nobody asks for their names, and every start of nsh makes them.
"""

from typing import Final


class Iflag:
    """``c_iflag``: what becomes of input."""

    IGNBRK: Final = 0o1
    BRKINT: Final = 0o2
    IGNPAR: Final = 0o4
    PARMRK: Final = 0o10
    INPCK: Final = 0o20
    ISTRIP: Final = 0o40
    INLCR: Final = 0o100
    IGNCR: Final = 0o200
    ICRNL: Final = 0o400
    IUCLC: Final = 0o1000
    IXON: Final = 0o2000
    IXANY: Final = 0o4000
    IXOFF: Final = 0o10000
    IMAXBEL: Final = 0o20000
    IUTF8: Final = 0o40000


class Oflag:
    """``c_oflag``: what becomes of output."""

    OPOST: Final = 0o1
    OLCUC: Final = 0o2
    ONLCR: Final = 0o4
    OCRNL: Final = 0o10
    ONOCR: Final = 0o20
    ONLRET: Final = 0o40
    OFILL: Final = 0o100
    OFDEL: Final = 0o200
    NLDLY: Final = 0o400
    CRDLY: Final = 0o3000
    TABDLY: Final = 0o14000
    BSDLY: Final = 0o20000
    VTDLY: Final = 0o40000
    FFDLY: Final = 0o100000


XTABS: Final = 0o14000
"""TAB3: the value of TABDLY that makes spaces of tabs."""


class Cflag:
    """``c_cflag``: the line; of a pseudo terminal nobody heeds it."""

    CBAUD: Final = 0o10017
    CSIZE: Final = 0o60
    CS8: Final = 0o60
    CSTOPB: Final = 0o100
    CREAD: Final = 0o200
    PARENB: Final = 0o400
    PARODD: Final = 0o1000
    HUPCL: Final = 0o2000
    CLOCAL: Final = 0o4000
    CBAUDEX: Final = 0o10000
    ADDRB: Final = 0o4000000000
    CMSPAR: Final = 0o10000000000
    CRTSCTS: Final = 0o20000000000


class Lflag:
    """``c_lflag``: the line discipline."""

    ISIG: Final = 0o1
    ICANON: Final = 0o2
    XCASE: Final = 0o4
    ECHO: Final = 0o10
    ECHOE: Final = 0o20
    ECHOK: Final = 0o40
    ECHONL: Final = 0o100
    NOFLSH: Final = 0o200
    TOSTOP: Final = 0o400
    ECHOCTL: Final = 0o1000
    ECHOPRT: Final = 0o2000
    ECHOKE: Final = 0o4000
    FLUSHO: Final = 0o10000
    PENDIN: Final = 0o40000
    IEXTEN: Final = 0o100000
    EXTPROC: Final = 0o200000


class Cc:
    """Which control character is where in ``c_cc``."""

    VINTR: Final = 0
    VQUIT: Final = 1
    VERASE: Final = 2
    VKILL: Final = 3
    VEOF: Final = 4
    VTIME: Final = 5
    VMIN: Final = 6
    VSWTC: Final = 7
    VSTART: Final = 8
    VSTOP: Final = 9
    VSUSP: Final = 10
    VEOL: Final = 11
    VREPRINT: Final = 12
    VDISCARD: Final = 13
    VWERASE: Final = 14
    VLNEXT: Final = 15
    VEOL2: Final = 16


VDISABLE: Final = 0
"""_POSIX_VDISABLE: no control character."""

SPEEDS: Final = (
    *(0, 50, 75, 110, 134, 150, 200, 300, 600, 1200, 1800, 2400, 4800, 9600, 19200, 38400),
    *(57600, 115200, 230400, 460800, 500000, 576000, 921600, 1000000, 1152000, 1500000),
    *(2000000, 2500000, 3000000, 3500000, 4000000),
)
"""Bits per second, by the numbers B0 …; those from 57600 on have CBAUDEX."""


class Queue:
    """What tcflush(3) forgets."""

    TCIFLUSH: Final = 0
    TCOFLUSH: Final = 1
    TCIOFLUSH: Final = 2


class Flow:
    """What tcflow(3) does."""

    TCOOFF: Final = 0
    TCOON: Final = 1
    TCIOFF: Final = 2
    TCION: Final = 3
