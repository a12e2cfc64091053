"""The limits of processes."""

from __future__ import annotations

import ctypes

from nsh.linux.puppet.gate import call
from nsh.linux.puppet.table import performs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nsh.linux.puppet.actor import Actor


@performs("GetLimit")
def get_limit(actor: Actor, pid: int, resource: int) -> tuple[int, int]:
    """prlimit(2) that asks only."""
    del actor
    found = (ctypes.c_uint64 * 2)()
    call("prlimit64", pid, resource, None, found)
    return found[0], found[1]


@performs("SetLimit")
def set_limit(actor: Actor, pid: int, resource: int, soft: int, hard: int) -> int:
    """prlimit(2)."""
    del actor
    return call("prlimit64", pid, resource, (ctypes.c_uint64 * 2)(soft, hard), None)
