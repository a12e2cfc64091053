"""What a puppet of the stage can do with terminals; see `tests.kernel._linux_puppet`.

A terminal is known by the descriptor that the program asks for, in every process that has it.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import struct
from collections.abc import Callable
from typing import Any

TCGETS2, TCSETS2 = 0x802C542A, 0x402C542B
TERMIOS, WINSIZE = "4IB19s2I", "4H"
TIOCSCTTY, TIOCGPGRP, TIOCSPGRP, TIOCNOTTY, TIOCGSID = 0x540E, 0x540F, 0x5410, 0x5422, 0x5429
TIOCOUTQ, TIOCSTI, TIOCGWINSZ, TIOCSWINSZ, FIONREAD = 0x5411, 0x5412, 0x5413, 0x5414, 0x541B
TCSBRK, TCXONC, TCFLSH, TIOCPKT, TCSBRKP = 0x5409, 0x540A, 0x540B, 0x5420, 0x5425
TIOCEXCL, TIOCNXCL, TIOCGEXCL, TIOCSETD, TIOCGETD = 0x540C, 0x540D, 0x80045440, 0x5423, 0x5424
TIOCGLCKTRMIOS, TIOCSLCKTRMIOS, LOCKS = 0x5456, 0x5457, "4IB19s"
F_SETOWN, F_GETOWN_EX, F_OWNER_PGRP = 8, 16, 2
TIOCGPTN, TIOCSPTLCK, TIOCGPTLCK, TIOCGPTPEER = 0x80045430, 0x40045431, 0x80045439, 0x5441
libc = ctypes.CDLL(None, use_errno=True)


def _tried(function: Callable[..., Any], *arguments: Any) -> Any:
    """No second try after EINTR, as `os` would make."""
    got = function(*arguments)
    return errno.errorcode[ctypes.get_errno()] if got == -1 else got


def _ioctl(fd: int, request: int, argument: Any = 0) -> Any:
    word = ctypes.c_ulong(argument) if isinstance(argument, int) else argument
    return _tried(libc.ioctl, fd, ctypes.c_ulong(request), word)


def _asked(fd: int, request: int) -> Any:
    number = ctypes.c_int()
    got = _ioctl(fd, request, ctypes.byref(number))
    return got if isinstance(got, str) else number.value


class Terminals:
    """Methods of their names in `tests.kernel._model_terminals`."""

    def _at(self, fd: int, got: Any) -> Any:
        """Have what was opened as *got* be known as *fd*."""
        if isinstance(got, str):
            return got
        os.dup2(got, fd)
        os.close(got)
        return 0

    def open_tty(self, fd: int, path: str, flags: int) -> Any:
        return self._at(fd, _tried(libc.open, path.encode(), flags))

    def peer(self, fd: int, master: int, flags: int) -> Any:
        return self._at(fd, _ioctl(master, TIOCGPTPEER, flags))

    def close_tty(self, fd: int) -> Any:
        return _tried(libc.close, fd)

    def dup_tty(self, fd: int, other: int) -> Any:
        got = _tried(libc.dup2, fd, other)
        return got if isinstance(got, str) else 0

    def read_tty(self, fd: int, size: int) -> Any:
        buffer = ctypes.create_string_buffer(size + 1)
        got = _tried(libc.read, fd, buffer, size)
        return got if isinstance(got, str) else ["read", buffer.raw[:got].decode("latin-1")]

    def write_tty(self, fd: int, data: str) -> Any:
        return _tried(libc.write, fd, data.encode("latin-1"), len(data))

    def nonblock(self, fd: int, on: bool) -> Any:
        try:
            old = fcntl.fcntl(fd, fcntl.F_GETFL)
            new = old | os.O_NONBLOCK if on else old & ~os.O_NONBLOCK
            return fcntl.fcntl(fd, fcntl.F_SETFL, new)
        except OSError as problem:
            return errno.errorcode[problem.errno or 0]

    def tcgetattr(self, fd: int) -> Any:
        buffer = ctypes.create_string_buffer(struct.calcsize(TERMIOS))
        got = _ioctl(fd, TCGETS2, buffer)
        if isinstance(got, str):
            return got
        *flags, cc, ispeed, ospeed = struct.unpack(TERMIOS, buffer.raw)
        return [*flags, cc.hex(), ispeed, ospeed]

    def tcsetattr(self, fd: int, when: int, flags: list[int], cc: str) -> Any:
        data = struct.pack(TERMIOS, *flags, 0, bytes.fromhex(cc), 0, 0)
        return _ioctl(fd, TCSETS2 + when, data)

    def tcgetpgrp(self, fd: int) -> Any:
        return _asked(fd, TIOCGPGRP)

    def tcsetpgrp(self, fd: int, pgid: int) -> Any:
        return _ioctl(fd, TIOCSPGRP, ctypes.byref(ctypes.c_int(pgid)))

    def tcgetsid(self, fd: int) -> Any:
        return _asked(fd, TIOCGSID)

    def sctty(self, fd: int, steal: int) -> Any:
        return _ioctl(fd, TIOCSCTTY, steal)

    def notty(self, fd: int) -> Any:
        return _ioctl(fd, TIOCNOTTY)

    def winsize(self, fd: int) -> Any:
        buffer = ctypes.create_string_buffer(struct.calcsize(WINSIZE))
        got = _ioctl(fd, TIOCGWINSZ, buffer)
        return got if isinstance(got, str) else list(struct.unpack(WINSIZE, buffer.raw))

    def set_winsize(self, fd: int, size: list[int]) -> Any:
        return _ioctl(fd, TIOCSWINSZ, struct.pack(WINSIZE, *size))

    def tcflush(self, fd: int, queue: int) -> Any:
        return _ioctl(fd, TCFLSH, queue)

    def tcflow(self, fd: int, action: int) -> Any:
        return _ioctl(fd, TCXONC, action)

    def tcdrain(self, fd: int) -> Any:
        return _ioctl(fd, TCSBRK, 1)

    def tcsendbreak(self, fd: int, duration: int) -> Any:
        return _ioctl(fd, TCSBRKP if duration else TCSBRK, duration)

    def inq(self, fd: int) -> Any:
        return _asked(fd, FIONREAD)

    def outq(self, fd: int) -> Any:
        return _asked(fd, TIOCOUTQ)

    def sti(self, fd: int, byte: int) -> Any:
        return _ioctl(fd, TIOCSTI, bytes((byte,)))

    def exclusive(self, fd: int, on: int) -> Any:
        return _ioctl(fd, TIOCEXCL if on else TIOCNXCL)

    def is_exclusive(self, fd: int) -> Any:
        return _asked(fd, TIOCGEXCL)

    def getd(self, fd: int) -> Any:
        return _asked(fd, TIOCGETD)

    def setd(self, fd: int, number: int) -> Any:
        return _ioctl(fd, TIOCSETD, ctypes.byref(ctypes.c_int(number)))

    def lock_modes(self, fd: int, flags: list[int], line: int, cc: str) -> Any:
        return _ioctl(fd, TIOCSLCKTRMIOS, struct.pack(LOCKS, *flags, line, bytes.fromhex(cc)))

    def locked_modes(self, fd: int) -> Any:
        buffer = ctypes.create_string_buffer(struct.calcsize(LOCKS))
        got = _ioctl(fd, TIOCGLCKTRMIOS, buffer)
        if isinstance(got, str):
            return got
        *flags, cc = struct.unpack(LOCKS, buffer.raw)
        return [*flags, cc.hex(), 0, 0]

    def sigio(self, fd: int, on: bool) -> Any:
        try:
            old = fcntl.fcntl(fd, fcntl.F_GETFL)
        except OSError as problem:
            return errno.errorcode[problem.errno or 0]
        new = old | os.O_ASYNC if on else old & ~os.O_ASYNC
        got = _tried(libc.fcntl, fd, fcntl.F_SETFL, new)
        return got if isinstance(got, str) else bool(fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_ASYNC)

    def setown(self, fd: int, whom: int) -> Any:
        return _tried(libc.fcntl, fd, F_SETOWN, whom)

    def getown(self, fd: int) -> Any:
        owner = (ctypes.c_int * 2)()
        got = _tried(libc.fcntl, fd, F_GETOWN_EX, owner)
        if isinstance(got, str):
            return got
        return -owner[1] if owner[0] == F_OWNER_PGRP else owner[1]

    def gptn(self, fd: int) -> Any:
        return _asked(fd, TIOCGPTN)

    def lock(self, fd: int, on: int) -> Any:
        return _ioctl(fd, TIOCSPTLCK, ctypes.byref(ctypes.c_int(on)))

    def locked(self, fd: int) -> Any:
        return _asked(fd, TIOCGPTLCK)

    def packet(self, fd: int, on: int) -> Any:
        return _ioctl(fd, TIOCPKT, ctypes.byref(ctypes.c_int(on)))

    def poll_tty(self, fds: list[list[int]]) -> Any:
        data = b"".join(struct.pack("ihh", fd, events, 0) for fd, events in fds)
        buffer = ctypes.create_string_buffer(data, len(data))
        got = _tried(libc.poll, buffer, len(fds), 0)
        if isinstance(got, str):
            return got
        return [told for _fd, _events, told in struct.iter_unpack("ihh", buffer.raw)]
