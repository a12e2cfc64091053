"""The request about the kernel's log (syslog(2); N11)."""

from typing import Final

from nsh.abi.request import Request


class SyslogAction:
    """What syslog(2) is asked to do."""

    CLOSE: Final = 0
    OPEN: Final = 1
    READ: Final = 2
    READ_ALL: Final = 3
    READ_CLEAR: Final = 4
    CLEAR: Final = 5
    CONSOLE_OFF: Final = 6
    CONSOLE_ON: Final = 7
    CONSOLE_LEVEL: Final = 8
    SIZE_UNREAD: Final = 9
    SIZE_BUFFER: Final = 10


class Syslog(Request, frozen=True, gc=False):
    """syslog(2).  ``size`` is the buffer's, or for CONSOLE_LEVEL the level.

    READ, READ_ALL and READ_CLEAR reply bytes, the others a number; EINTR, EINVAL, EPERM.
    """

    action: int
    size: int = 0
