"""Credentials and capabilities: setuid(2) and its like, capget(2), capset(2), chown(2)."""

import ctypes
import struct
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from nsh.linux.puppet.files import _ours
from nsh.linux.puppet.gate import call, text
from nsh.linux.puppet.table import performs

if TYPE_CHECKING:
    from nsh.linux.puppet.actor import Actor

_VERSION_3: Final = 0x20080522
"""_LINUX_CAPABILITY_VERSION_3: sets of 64 bits, in two halves."""
_LOW: Final = 0xFFFFFFFF
_SET_IDS: Final = (
    *("setuid", "setreuid", "setresuid", "setfsuid"),
    *("setgid", "setregid", "setresgid", "setfsgid"),
)


def _setter(name: str) -> Callable[..., int]:
    def set_ids(actor: "Actor", *ids: int) -> int:
        """The system call of that name, of this thread alone, with 32-bit ids."""
        del actor
        return call(name, *(number & _LOW for number in ids))

    return set_ids


for _name in _SET_IDS:
    performs(_name.capitalize())(_setter(_name))


@performs("Setgroups")
def setgroups(actor: "Actor", groups: tuple[int, ...]) -> int:
    """setgroups(2)."""
    del actor
    data = struct.pack(f"{len(groups)}I", *(gid & _LOW for gid in groups))
    return call("setgroups", len(groups), data)


@performs("Capget")
def capget(actor: "Actor", pid: int) -> tuple[int, int, int]:
    """capget(2): effective, permitted, inheritable."""
    del actor
    sets = (ctypes.c_uint32 * 6)()
    call("capget", struct.pack("Ii", _VERSION_3, pid), sets)
    low_e, low_p, low_i, high_e, high_p, high_i = sets
    return low_e | high_e << 32, low_p | high_p << 32, low_i | high_i << 32


@performs("Capset")
def capset(actor: "Actor", effective: int, permitted: int, inheritable: int) -> int:
    """capset(2) of this thread."""
    del actor
    sets = (effective, permitted, inheritable)
    halves = [each & _LOW for each in sets] + [each >> 32 & _LOW for each in sets]
    return call("capset", struct.pack("Ii", _VERSION_3, 0), struct.pack("6I", *halves))


@performs("Chown")
def chown(actor: "Actor", path: str, uid: int, gid: int, follow: bool) -> int:
    """chown(2), lchown(2)."""
    del actor
    return call("chown" if follow else "lchown", text(path), uid & _LOW, gid & _LOW)


@performs("Fchown")
def fchown(actor: "Actor", fd: int, uid: int, gid: int) -> int:
    """fchown(2)."""
    _ours(actor, fd)
    return call("fchown", fd, uid & _LOW, gid & _LOW)
