"""The request about the kernel's log (syslog(2); N11)."""

from enum import IntEnum

from nsh.abi.request import Request


class SyslogAction(IntEnum):
    """What syslog(2) is asked to do."""

    CLOSE = 0
    OPEN = 1
    READ = 2
    READ_ALL = 3
    READ_CLEAR = 4
    CLEAR = 5
    CONSOLE_OFF = 6
    CONSOLE_ON = 7
    CONSOLE_LEVEL = 8
    SIZE_UNREAD = 9
    SIZE_BUFFER = 10


class Syslog(Request, frozen=True, gc=False):
    """syslog(2).  ``size`` is the buffer's, or for CONSOLE_LEVEL the level.

    READ, READ_ALL and READ_CLEAR reply bytes, the others a number; EINTR, EINVAL, EPERM.
    """

    action: int
    size: int = 0
