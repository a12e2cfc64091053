"""The root that puppets live in: a tmpfs of its own, with nothing of the host in sight.

All of it happens in a mount namespace that is private to the stage.
"""

from __future__ import annotations

import ctypes
import os
import stat
import termios

from nsh.linux.puppet import numbers as nr
from nsh.linux.puppet.gate import call

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

Node = tuple[str, int, int]
"""Name below /dev, device number, permission bits."""

_CONSOLE: Final = "console"
_PTMX: Final = "ptmx"
_BASES: Final = ("/tmp", "/run", "/mnt", "/var")
"""Where the new root may hang until it is the root."""


def build(
    directories: tuple[tuple[str, int], ...],
    files: tuple[tuple[str, str], ...],
    devices: tuple[Node, ...],
    pts: tuple[str, int],
    links: tuple[tuple[str, str], ...],
) -> tuple[int, int, int]:
    """Make the root and go there.  Replies the descriptor of the console's other side, and the
    file system and inode of the console itself."""
    os.umask(0)
    call("mount", b"none", b"/", None, nr.MS_REC | nr.MS_PRIVATE, None)
    base = next(path for path in _BASES if os.path.isdir(path))
    _mount("rootfs", base, "tmpfs", "mode=755")
    for path, mode in directories:
        os.mkdir(f"{base}/{path}", mode)
    for path, text in files:
        with open(f"{base}/{path}", "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(f"{base}/{path}", 0o644)
    _mount("devtmpfs", f"{base}/dev", "tmpfs", "mode=755")
    for name in ("pts", "shm"):
        os.mkdir(f"{base}/dev/{name}", 0o755)
    for name, rdev, mode in devices:
        if name != _CONSOLE:
            _device(f"{base}/dev/{name}", f"/dev/{name}", rdev, mode)
    for name, target in links:
        os.symlink(target, f"{base}/dev/{name}")
    master = _console(f"{base}/dev/pts", f"{base}/dev/{_CONSOLE}")
    _terminals(f"{base}/dev", *pts)
    _mount("proc", f"{base}/proc", "proc", "")
    console = os.stat(f"{base}/dev/{_CONSOLE}")
    os.chdir(base)
    call("pivot_root", b".", b".")
    call("umount2", b".", nr.MNT_DETACH)
    os.chdir("/")
    return master, console.st_dev, console.st_ino


def _mount(source: str, target: str, fstype: str, options: str, flags: int = 0) -> None:
    try:
        call("mount", source.encode(), target.encode(), fstype.encode(), flags, options.encode())
    except OSError as error:
        raise OSError(error.errno, f"mounting {fstype}: {error.strerror}") from None


def _terminals(dev: str, options: str, flags: int) -> None:
    """What scripts find at /dev/pts.

    Who may make no nodes has no group tty either, and a /dev/ptmx from elsewhere would look for
    an instance there: the instance's own stands in.
    """
    try:
        _mount("devpts", f"{dev}/pts", "devpts", options, flags)
    except OSError:
        _mount("devpts", f"{dev}/pts", "devpts", "mode=620,ptmxmode=666", flags)
    if not stat.S_ISCHR(os.lstat(f"{dev}/{_PTMX}").st_mode):
        _bind(f"{dev}/pts/{_PTMX}", f"{dev}/{_PTMX}")


def _device(path: str, original: str, rdev: int, mode: int) -> None:
    """A device's node; the host's own in its place where no nodes may be made."""
    try:
        os.mknod(path, stat.S_IFCHR | mode, rdev)
    except PermissionError:
        if path.endswith(f"/{_PTMX}"):
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o644))  # see _terminals()
        else:
            _bind(original, path)


def _bind(original: str, path: str) -> None:
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o644))
    call("mount", original.encode(), path.encode(), None, nr.MS_BIND, None)


def _console(pts: str, path: str) -> int:
    """A pseudo terminal of an instance of its own; its slave is the console."""
    _mount("devpts", pts, "devpts", "newinstance,ptmxmode=0666,mode=600")
    master = os.open(f"{pts}/ptmx", os.O_RDWR | os.O_NOCTTY)
    call("ioctl", master, nr.TIOCSPTLCK, ctypes.c_int(0))
    number = ctypes.c_int()
    call("ioctl", master, nr.TIOCGPTN, number)
    _bind(f"{pts}/{number.value}", path)
    modes = termios.tcgetattr(master)
    modes[2] |= termios.HUPCL  # as of any terminal but a pseudo terminal
    termios.tcsetattr(master, termios.TCSANOW, modes)
    call("umount2", pts.encode(), nr.MNT_DETACH)
    return master
