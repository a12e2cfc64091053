"""Names: directories, links, the working directory and the root."""

from __future__ import annotations

import ctypes
import os

from nsh.linux.puppet.gate import call, text
from nsh.linux.puppet.hosts import guard_attributes
from nsh.linux.puppet.numbers import AT_EACCESS, AT_FDCWD
from nsh.linux.puppet.table import performs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from nsh.linux.puppet.actor import Actor

_S_IFIFO: Final = 0o010000
_PATH_MAX: Final = 4096


@performs("Readlink")
def readlink(actor: Actor, path: str) -> str:
    """readlink(2)."""
    del actor
    buffer = ctypes.create_string_buffer(_PATH_MAX)
    got = call("readlink", text(path), buffer, _PATH_MAX)
    return os.fsdecode(buffer.raw[:got])


@performs("Mkdir")
def mkdir(actor: Actor, path: str, mode: int) -> int:
    """mkdir(2)."""
    del actor
    return call("mkdir", text(path), mode)


@performs("Rmdir")
def rmdir(actor: Actor, path: str) -> int:
    """rmdir(2)."""
    del actor
    return call("rmdir", text(path))


@performs("Unlink")
def unlink(actor: Actor, path: str) -> int:
    """unlink(2)."""
    del actor
    return call("unlink", text(path))


@performs("Rename")
def rename(actor: Actor, old: str, new: str) -> int:
    """rename(2)."""
    del actor
    return call("rename", text(old), text(new))


@performs("Link")
def link(actor: Actor, old: str, new: str) -> int:
    """link(2)."""
    del actor
    return call("link", text(old), text(new))


@performs("Symlink")
def symlink(actor: Actor, target: str, path: str) -> int:
    """symlink(2)."""
    del actor
    return call("symlink", text(target), text(path))


@performs("Mknod")
def mknod(actor: Actor, path: str, mode: int, rdev: int) -> int:
    """mknod(2), which takes 32 bits of a device number and ignores others."""
    del actor
    if not 0 <= rdev < 1 << 32:
        raise OSError(22, "EINVAL")
    return call("mknod", text(path), mode, rdev)


@performs("Mkfifo")
def mkfifo(actor: Actor, path: str, mode: int) -> int:
    """mknod(2) of a fifo."""
    del actor
    return call("mknod", text(path), _S_IFIFO | mode & 0o7777, 0)


@performs("Chmod")
def chmod(actor: Actor, path: str, mode: int) -> int:
    """chmod(2)."""
    del actor
    guard_attributes(path)
    return call("chmod", text(path), mode)


@performs("Access")
def access(actor: Actor, path: str, mode: int, effective: bool) -> int:
    """faccessat2(2)."""
    del actor
    return call("faccessat2", AT_FDCWD, text(path), mode, AT_EACCESS if effective else 0)


@performs("Chdir")
def chdir(actor: Actor, path: str) -> int:
    """chdir(2)."""
    del actor
    return call("chdir", text(path))


@performs("Chroot")
def chroot(actor: Actor, path: str) -> int:
    """chroot(2)."""
    del actor
    return call("chroot", text(path))


@performs("Getcwd")
def getcwd(actor: Actor) -> str:
    """getcwd(2), with the kernel's "(unreachable)"."""
    del actor
    buffer = ctypes.create_string_buffer(_PATH_MAX)
    got = call("getcwd", buffer, _PATH_MAX)
    return os.fsdecode(buffer.raw[: got - 1])


@performs("Umask")
def umask(actor: Actor, mask: int) -> int:
    """umask(2)."""
    del actor
    return call("umask", mask)
