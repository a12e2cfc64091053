"""Ends of pseudo terminals among the open files of a process (pts(4), proc_pid_fd(5))."""

import os
import stat
from typing import Final

from nsh.linux.observe.facts import PtyHolder

_SLAVES: Final = range(136, 144)
"""Their major numbers (admin-guide/devices.rst); of those with great minor ones it is the first."""
_PTMX: Final = (5, 2)
_LIMIT: Final = 4096


def end(files: int, name: str, pid: int) -> PtyHolder | None:
    """The end that *name* of the open directory *files* (``/proc/PID/fd``) is; None if it is none,
    or was closed meanwhile.

    A slave's file is in its instance of devpts, and so is a master's that was opened through that
    one's ptmx.  /dev/ptmx on another file system does not tell which instance was meant.
    """
    try:
        seen = os.stat(name, dir_fd=files)
        if not stat.S_ISCHR(seen.st_mode):
            return None
        major, minor = os.major(seen.st_rdev), os.minor(seen.st_rdev)
        device = f"{os.major(seen.st_dev)}:{os.minor(seen.st_dev)}"
        if major in _SLAVES:
            index = (major - _SLAVES[0] << 8) + minor if minor < 256 else minor
            return PtyHolder(device, index, pid, int(name), master=False)
        if (major, minor) != _PTMX:
            return None
        index = _index(files, name)
        return None if index < 0 else PtyHolder(device, index, pid, int(name), master=True)
    except (OSError, ValueError):
        return None


def _index(files: int, name: str) -> int:
    """The number of the pseudo terminal whose master a file is, as its fdinfo has it; -1: not."""
    info = os.open(f"../fdinfo/{name}", os.O_RDONLY | os.O_CLOEXEC, dir_fd=files)
    try:
        for line in os.read(info, _LIMIT).splitlines():
            what, _, value = line.partition(b":")
            if what == b"tty-index":
                return int(value)
    finally:
        os.close(info)
    return -1
