"""What a puppet of the stage can do with locks; see `tests.kernel._linux_puppet`."""

from __future__ import annotations

import ctypes
import errno
import os
import struct
from typing import Any

libc = ctypes.CDLL(None, use_errno=True)
FLOCK = "hhqqi4x"
GETLK = (5, 36)


def _tried(got: int) -> Any:
    if got != -1:
        return got
    name = errno.errorcode[ctypes.get_errno()]
    return "EDEADLK" if name == "EDEADLOCK" else name


class Locks:
    """Methods of their names in `tests.kernel._model_locks`."""

    def memory(self, fd: int) -> Any:
        """A file without a name, open as *fd*."""
        return self._known_as(fd, _tried(libc.memfd_create(b"locked", 0)))

    def reopen(self, fd: int, old: int, flags: int) -> Any:
        """The same file once more."""
        return self._known_as(fd, _tried(libc.open(b"/proc/self/fd/%d" % old, flags)))

    def _known_as(self, fd: int, got: Any) -> Any:
        if isinstance(got, str):
            return got
        if got != fd:
            os.dup2(got, fd)
            os.close(got)
        return 0

    def close_file(self, fd: int) -> Any:
        return _tried(libc.close(fd))

    def dup_file(self, old: int, new: int) -> Any:
        got = _tried(libc.dup2(old, new))
        return got if isinstance(got, str) else 0

    def record_lock(
        self, fd: int, command: int, kind: int, start: int, length: int, whence: int
    ) -> Any:
        data = ctypes.create_string_buffer(struct.pack(FLOCK, kind, whence, start, length, 0), 32)
        got = _tried(libc.fcntl(fd, command, data))
        if isinstance(got, str) or command not in GETLK:
            return got
        found, counted, first, size, owner = struct.unpack(FLOCK, data.raw)
        return [found, first, size, counted, owner]

    def flock(self, fd: int, operation: int) -> Any:
        return _tried(libc.flock(fd, operation))
