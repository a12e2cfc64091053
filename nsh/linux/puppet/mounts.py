"""mount(2), umount2(2) and pivot_root(2)."""

from __future__ import annotations

from nsh.linux.puppet import numbers as nr
from nsh.linux.puppet.gate import call, text
from nsh.linux.puppet.hosts import guard_mount
from nsh.linux.puppet.table import performs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from nsh.linux.puppet.actor import Actor

_NO_NEW: Final = nr.MS_REMOUNT | nr.MS_BIND | nr.MS_MOVE | nr.MS_PROPAGATION
"""With any of these mount(2) mounts no other file system than there is."""


@performs("Mount")
def mount(
    actor: Actor, source: str, target: str, fstype: str, flags: int, data: str, nested: bool
) -> int:
    """mount(2).  *nested*: the stage is in a cgroup of its own, and sees that as the root."""
    del actor
    if not flags & _NO_NEW and not (nested and fstype == "cgroup2"):
        guard_mount(source, fstype)
    options = text(data) if data else None
    return call("mount", text(source), text(target), text(fstype), flags, options)


@performs("Umount")
def umount(actor: Actor, target: str, flags: int) -> int:
    """umount2(2)."""
    del actor
    return call("umount2", text(target), flags)


@performs("PivotRoot")
def pivot_root(actor: Actor, new_root: str, put_old: str) -> int:
    """pivot_root(2)."""
    del actor
    return call("pivot_root", text(new_root), text(put_old))
