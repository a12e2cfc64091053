"""mount(2) and umount2(2)."""

from typing import TYPE_CHECKING

from nsh.linux.puppet.gate import call, text
from nsh.linux.puppet.table import performs

if TYPE_CHECKING:
    from nsh.linux.puppet.actor import Actor


@performs("Mount")
def mount(actor: "Actor", source: str, target: str, fstype: str, flags: int, data: str) -> int:
    """mount(2)."""
    del actor
    options = text(data) if data else None
    return call("mount", text(source), text(target), text(fstype), flags, options)


@performs("Umount")
def umount(actor: "Actor", target: str, flags: int) -> int:
    """umount2(2)."""
    del actor
    return call("umount2", text(target), flags)
