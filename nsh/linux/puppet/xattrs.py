"""Extended attributes: setxattr(2) and its family."""

from __future__ import annotations

import ctypes
import os

from nsh.linux.puppet.gate import call, text
from nsh.linux.puppet.table import performs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from nsh.linux.puppet.actor import Actor

_LONGEST: Final = 65536
"""XATTR_SIZE_MAX, and XATTR_LIST_MAX."""


@performs("Getxattr")
def getxattr(actor: Actor, path: str, name: str, follow: bool) -> bytes:
    """getxattr(2), lgetxattr(2)."""
    del actor
    buffer = ctypes.create_string_buffer(_LONGEST)
    call_name = "getxattr" if follow else "lgetxattr"
    got = call(call_name, text(path), text(name), buffer, _LONGEST)
    return buffer.raw[:got]


@performs("Setxattr")
def setxattr(actor: Actor, path: str, name: str, value: bytes, flags: int, follow: bool) -> int:
    """setxattr(2), lsetxattr(2)."""
    del actor
    call_name = "setxattr" if follow else "lsetxattr"
    return call(call_name, text(path), text(name), value, len(value), flags)


@performs("Removexattr")
def removexattr(actor: Actor, path: str, name: str, follow: bool) -> int:
    """removexattr(2), lremovexattr(2)."""
    del actor
    return call("removexattr" if follow else "lremovexattr", text(path), text(name))


@performs("Listxattr")
def listxattr(actor: Actor, path: str, follow: bool) -> tuple[str, ...]:
    """listxattr(2), llistxattr(2)."""
    del actor
    buffer = ctypes.create_string_buffer(_LONGEST)
    got = call("listxattr" if follow else "llistxattr", text(path), buffer, _LONGEST)
    return tuple(os.fsdecode(name) for name in buffer.raw[:got].split(b"\0")[:-1])
