"""A line shell on a pseudo-terminal of our own, without a terminal emulator in between."""

from __future__ import annotations

import os
import pty
import re
import select
import sys
import termios
import time
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATIENCE = 30.0
_CURSOR = b"\x1b[6n"


class Line:
    """One run of `nsh repl`."""

    def __init__(
        self,
        state: Path,
        *arguments: str,
        code: str = "",
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self.output = b""
        self._asked = 0
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(ROOT)
            wanted = {**os.environ, "XDG_STATE_HOME": str(state), "TERM": "xterm-256color"}
            command = [sys.executable, "-m", "nsh", "repl", *arguments]
            if code:
                command = [sys.executable, "-c", code]
            os.execve(sys.executable, command, {**wanted, **(environ or {})})
        self.settings = termios.tcgetattr(self.fd)

    def send(self, keys: bytes) -> None:
        while keys:
            written = os.write(self.fd, keys[:1024])
            keys = keys[written:]
            self.read(0.0)

    def read(self, seconds: float) -> None:
        """Take in what is printed for so long, and answer where the cursor is."""
        end = time.monotonic() + seconds
        while True:
            left = max(0.0, end - time.monotonic())
            ready, _, _ = select.select([self.fd], [], [], left)
            if not ready:
                return
            try:
                got = os.read(self.fd, 65536)
            except OSError:
                return
            if not got:
                return
            self.output += got
            while self.output.count(_CURSOR) > self._asked:
                self._asked += 1
                os.write(self.fd, b"\x1b[1;1R")

    def wait(self, wanted: bytes, since: int = 0) -> None:
        """Until *wanted* has been printed behind offset *since*."""
        end = time.monotonic() + PATIENCE
        while wanted not in self.output[since:]:
            assert time.monotonic() < end, f"{wanted!r} never came: {self.text[-3000:]}"
            self.read(0.05)

    @property
    def text(self) -> str:
        """The output without what moves the cursor."""
        plain = re.sub(rb"\x1b(\[[0-9;?]*[a-zA-Z]|[=>78])", b"", self.output)
        return plain.decode("utf-8", "replace")

    def leave(self) -> int:
        """^D at an empty prompt; the exit status."""
        return self.end(b"\x04")

    def end(self, keys: bytes = b"") -> int:
        """Wait for the end, with *keys* pressed again and again; the exit status."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            self.send(keys)
            self.read(0.2)
            done, status = os.waitpid(self.pid, os.WNOHANG)
            if done:
                self.after = termios.tcgetattr(self.fd)
                return os.waitstatus_to_exitcode(status)
        raise AssertionError(f"it does not leave: {self.text[-3000:]}")

    def close(self) -> None:
        os.close(self.fd)
