"""What this machine's kernel says to requests about capabilities, of files and of this process."""

from __future__ import annotations

import os
from typing import Any

from nsh.abi.capabilities import Capget, CapSets
from nsh.abi.xattrs import Getxattr, Removexattr, Setxattr

ANSWERS: dict[type, Any] = {
    Capget: lambda r: CapSets(*map(_set, ("Eff", "Prm", "Inh"))),
    Getxattr: lambda r: os.getxattr(r.path, r.name, follow_symlinks=r.follow),
    Setxattr: lambda r: os.setxattr(r.path, r.name, r.value, r.flags, follow_symlinks=r.follow),
    Removexattr: lambda r: os.removexattr(r.path, r.name, follow_symlinks=r.follow),
}


def _set(name: str) -> int:
    """One of this process's sets."""
    with open("/proc/self/status", encoding="utf-8", errors="replace") as file:
        return next(int(line.split()[1], 16) for line in file if line.startswith(f"Cap{name}:"))
