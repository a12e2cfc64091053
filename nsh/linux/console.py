"""The stage's console: a pseudo terminal, of which the puppeteer holds the other end."""

import os
import select
import termios
import time
from typing import Final

_PATIENCE: Final = 0.05
"""Seconds without a byte until a terminal's output is taken to be all there."""
_NEWLINES: Final = termios.OPOST | termios.ONLCR
_DEV_TTY: Final = os.makedev(5, 0)


class Console:
    """What is typed and shown there.  ``device``: the console's own, as puppets tell of it."""

    def __init__(self, master: int, device: tuple[int, ...]) -> None:
        self._master = master
        self._device = device
        self._shown = b""
        self._owed = 0
        """Bytes that are known to have been written, and have not come out yet."""

    def type(self, data: bytes) -> None:
        """Type *data*."""
        os.write(self._master, data)

    def output(self) -> bytes:
        """What was shown since this was last asked, as it was written: a newline is shown as two
        characters."""
        data, self._shown = self._shown, b""
        if self._doubles_newlines():
            if self._owed > 0 and data.endswith(b"\r"):  # the newline is still to come
                data, self._shown = data[:-1], b"\r"
            data = data.replace(b"\r\n", b"\n")
        return data

    def read(self) -> bool:
        """Take in what is there to be seen; whether anything was."""
        try:
            data = os.read(self._master, 65536)
        except OSError:  # EAGAIN: nothing; EIO: nobody has it open
            return False
        self._shown += data
        self._owed -= len(data)
        return bool(data)

    def names(self, terminal: tuple[int, ...]) -> bool:
        """Whether *terminal* is the console, or /dev/tty, which mostly is."""
        return terminal[:2] == self._device or terminal[2:] == (_DEV_TTY,)

    def wait_for(self, written: bytes) -> None:
        """Terminals hand over what was written a little later, from a queue of the kernel's."""
        self._owed += len(written)
        if self._doubles_newlines():
            self._owed += written.count(b"\n")
        end = time.monotonic() + _PATIENCE
        waiting = select.poll()
        waiting.register(self._master, select.POLLIN)
        while self._owed > 0 and time.monotonic() < end:
            if self.read():
                end = time.monotonic() + _PATIENCE
            else:
                waiting.poll(_PATIENCE * 1000)
        self._owed = 0

    def _doubles_newlines(self) -> bool:
        try:
            oflag = termios.tcgetattr(self._master)[1]
        except termios.error:
            return False
        return bool(oflag & _NEWLINES == _NEWLINES)
