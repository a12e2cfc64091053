"""Files whose mode or capabilities an execve(2) is to see, though they hold no program.

What puppets execute is an interpreter that lies outside of their root.  For the kernel to take
credentials from a file of theirs, that file itself has to be executed: the dynamic loader, which
starts the interpreter, is put into a nameless one on the same mount, of the same owner, mode and
capabilities, and that is executed.
"""

import errno
import os
from typing import Final

_CAPABILITY: Final = "security.capability"
_CHUNK: Final = 1 << 20


def stand_in(given: list[int], loader: str) -> list[int]:
    """A descriptor of a file like the one that is *given*, and the directory that it is in, with
    the *loader* in it; [] if nothing is.  Both are closed.  ``OSError`` where there can be none."""
    if not given:
        return []
    file, directory = given
    try:
        if _mount(file) != _mount(directory):
            raise OSError(errno.EXDEV, "the file itself is a mount point")
        return [_made(f"/proc/self/fd/{file}", f"/proc/self/fd/{directory}", loader)]
    finally:
        for fd in given:
            os.close(fd)


def _made(path: str, directory: str, loader: str) -> int:
    found = os.stat(path)
    made = os.open(directory, os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        with open(loader, "rb") as source:
            while data := source.read(_CHUNK):
                _write(made, data)
        os.fchown(made, found.st_uid, found.st_gid)
        os.fchmod(made, found.st_mode & 0o7777)
        value = _capability(path)
        if value is not None:
            os.setxattr(made, _CAPABILITY, value)
        return os.open(f"/proc/self/fd/{made}", os.O_RDONLY | os.O_CLOEXEC)  # none may write it
    finally:
        os.close(made)


def _write(fd: int, data: bytes) -> None:
    """All of it; a file system that is nearly full takes a part at first."""
    while data:
        data = data[os.write(fd, data) :]


def _mount(fd: int) -> str:
    with open(f"/proc/self/fdinfo/{fd}", encoding="ascii") as file:
        return next(line for line in file if line.startswith("mnt_id:"))


def _capability(path: str) -> bytes | None:
    """What it has; anything at all where there is something that means nothing, which execve(2)
    refuses too."""
    if _CAPABILITY not in os.listxattr(path):
        return None
    try:
        return os.getxattr(path, _CAPABILITY)
    except OSError:
        return b""
