"""Credentials and capabilities: setuid(2) and its like, capget(2), capset(2), chown(2)."""

from __future__ import annotations

import ctypes
import struct

from nsh.linux.puppet.files import _ours
from nsh.linux.puppet.gate import call, text
from nsh.linux.puppet.hosts import guard_attributes
from nsh.linux.puppet.packing import packed
from nsh.linux.puppet.table import performs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from nsh.linux.puppet.actor import Actor

_VERSION_3: Final = 0x20080522
"""_LINUX_CAPABILITY_VERSION_3: sets of 64 bits, in two halves."""
_LOW: Final = 0xFFFFFFFF


def _set(name: str, *ids: int) -> int:
    """The system call of that name, of this thread alone, with 32-bit ids."""
    return call(name, *(number & _LOW for number in ids))


@performs("Setuid")
def setuid(actor: Actor, uid: int) -> int:
    """setuid(2)."""
    del actor
    return _set("setuid", uid)


@performs("Setreuid")
def setreuid(actor: Actor, ruid: int, euid: int) -> int:
    """setreuid(2)."""
    del actor
    return _set("setreuid", ruid, euid)


@performs("Setresuid")
def setresuid(actor: Actor, ruid: int, euid: int, suid: int) -> int:
    """setresuid(2)."""
    del actor
    return _set("setresuid", ruid, euid, suid)


@performs("Setfsuid")
def setfsuid(actor: Actor, uid: int) -> int:
    """setfsuid(2)."""
    del actor
    return _set("setfsuid", uid)


@performs("Setgid")
def setgid(actor: Actor, gid: int) -> int:
    """setgid(2)."""
    del actor
    return _set("setgid", gid)


@performs("Setregid")
def setregid(actor: Actor, rgid: int, egid: int) -> int:
    """setregid(2)."""
    del actor
    return _set("setregid", rgid, egid)


@performs("Setresgid")
def setresgid(actor: Actor, rgid: int, egid: int, sgid: int) -> int:
    """setresgid(2)."""
    del actor
    return _set("setresgid", rgid, egid, sgid)


@performs("Setfsgid")
def setfsgid(actor: Actor, gid: int) -> int:
    """setfsgid(2)."""
    del actor
    return _set("setfsgid", gid)


@performs("Setgroups")
def setgroups(actor: Actor, groups: tuple[int, ...]) -> int:
    """setgroups(2)."""
    del actor
    data = packed(f"{len(groups)}I", *groups)
    return call("setgroups", len(groups), data)


@performs("Capget")
def capget(actor: Actor, pid: int) -> tuple[int, int, int]:
    """capget(2): effective, permitted, inheritable."""
    del actor
    sets = (ctypes.c_uint32 * 6)()
    call("capget", packed("Ii", _VERSION_3, pid), sets)
    low_e, low_p, low_i, high_e, high_p, high_i = sets
    return low_e | high_e << 32, low_p | high_p << 32, low_i | high_i << 32


@performs("Capset")
def capset(actor: Actor, effective: int, permitted: int, inheritable: int) -> int:
    """capset(2) of this thread."""
    del actor
    sets = (effective, permitted, inheritable)
    halves = [each & _LOW for each in sets] + [each >> 32 & _LOW for each in sets]
    return call("capset", struct.pack("Ii", _VERSION_3, 0), struct.pack("6I", *halves))


@performs("Chown")
def chown(actor: Actor, path: str, uid: int, gid: int, follow: bool) -> int:
    """chown(2), lchown(2)."""
    del actor
    guard_attributes(path)
    return call("chown" if follow else "lchown", text(path), uid & _LOW, gid & _LOW)


@performs("Fchown")
def fchown(actor: Actor, fd: int, uid: int, gid: int) -> int:
    """fchown(2)."""
    _ours(actor, fd)
    guard_attributes(f"/proc/self/fd/{fd}")
    return call("fchown", fd, uid & _LOW, gid & _LOW)
