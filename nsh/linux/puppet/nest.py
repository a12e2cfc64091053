"""A cgroup of the stage's own, where this machine has cgroup2 and lets it be made.

Init is born in it, and sees it as the root of the hierarchy: so cgroup2 can be mounted on the
stage, and shows nobody else.  The stage removes it, and with it whatever was made below.
"""

from __future__ import annotations

import os
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

_PREFIX: Final = "nsh-stage-"
_PATIENCE: Final = 500
_PAUSE: Final = 0.01
"""Seconds between two tries to remove what somebody is still dying in."""


class Nest:
    """One, and where it was made."""

    def __init__(self, above: str) -> None:
        self.above = above
        self.path = f"{above}/{_PREFIX}{os.getpid()}"


def make() -> Nest | None:
    """Make one in the cgroup that this process is in; None where that cannot be."""
    try:
        above = _own()
        if above is None:
            return None
        _sweep(above)
        nest = Nest(above)
        os.mkdir(nest.path)
    except OSError:
        return None
    return nest


def enter(path: str) -> None:
    """Go to the cgroup *path*."""
    with open(f"{path}/cgroup.procs", "w", encoding="ascii") as file:
        file.write("0")


def remove(path: str) -> None:
    """Kill whoever is left in it, and remove it with all below."""
    for _ in range(_PATIENCE):
        try:
            with open(f"{path}/cgroup.kill", "w", encoding="ascii") as file:
                file.write("1")
        except OSError:
            pass  # before Linux 5.14 there is none: the namespaces' end has to do
        for each, _names, _files in os.walk(path, topdown=False):
            try:
                os.rmdir(each)
            except OSError:
                break
        if not os.path.isdir(path):
            return
        time.sleep(_PAUSE)


def _own() -> str | None:
    """The directory of this process's own cgroup, where cgroup2 is mounted."""
    with open("/proc/self/cgroup", encoding="utf-8") as file:
        here = [line[3:].rstrip("\n") for line in file if line.startswith("0::")]
    with open("/proc/self/mountinfo", encoding="utf-8") as file:
        mounts = [line.split(" ") for line in file if " - cgroup2 " in line]
    for path in here:
        for _id, _parent, _device, root, point, *_rest in mounts:
            if f"{path}/".startswith(f"{root}/".replace("//", "/")):
                below = path[len(root.rstrip("/")) :]
                return f"{point}{below}".rstrip("/").replace("\\040", " ")
    return None


def _sweep(above: str) -> None:
    """Remove those that a stage has left which was killed itself."""
    for name in os.listdir(above):
        if name.startswith(_PREFIX) and not os.path.exists(f"/proc/{name[len(_PREFIX) :]}"):
            with open(f"{above}/{name}/cgroup.events", encoding="ascii") as file:
                if "populated 1" in file.read():  # by a stage in another pid namespace
                    continue
            for each, _names, _files in os.walk(f"{above}/{name}", topdown=False):
                os.rmdir(each)
