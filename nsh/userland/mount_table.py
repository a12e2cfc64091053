"""The mounts that a task can see: /proc/self/mountinfo (proc_pid_mountinfo(5))."""

import re
from typing import Final, NamedTuple

from nsh.abi import KernelError
from nsh.userland.canonical import Missing, canonical
from nsh.userland.streams import Asking, decode, read_file

PATH: Final = "/proc/self/mountinfo"
_MARKS: Final = (("master", "slave"), ("unbindable", "unbindable"))
_ESCAPE: Final = re.compile(r"\\([0-7]{3})")


class MountPoint(NamedTuple):
    """One line of the table."""

    id: int
    parent: int
    device: str
    root: str
    """What of the file system is mounted: ``/``, or for a bind mount perhaps a part of it."""
    target: str
    own_options: str
    """Of this mount: ``rw,nosuid``."""
    marks: tuple[str, ...]
    """``shared:1``, ``unbindable``, …"""
    fstype: str
    source: str
    fs_options: str
    """Of the file system."""

    @property
    def options(self) -> str:
        """Both, as mount(8) shows them: read-only if either is."""
        own, other = self.own_options.split(","), self.fs_options.split(",")
        access = "ro" if "ro" in own + other else "rw"
        rest = [each for each in own + other if each and each not in ("ro", "rw")]
        return ",".join([access, *rest])

    @property
    def propagation(self) -> str:
        """As findmnt(8) tells it: ``private`` or ``shared``; ``,slave``; ``,unbindable``."""
        names = {mark.partition(":")[0] for mark in self.marks}
        words = ["shared" if "shared" in names else "private"]
        words += [word for mark, word in _MARKS if mark in names]
        return ",".join(words)


def mount_points(path: str = PATH) -> Asking[list[MountPoint]]:
    """All of them, the oldest first; *path* is another task's table.

    Errors of open(2) where there is no /proc.
    """
    text = decode((yield from read_file(path)))
    return [_parsed(line) for line in text.splitlines()]


def find(points: list[MountPoint], path: str) -> Asking[MountPoint | None]:
    """What is mounted last on *path*, which may be a way around to it."""
    try:
        target = yield from canonical(path, Missing.NOTHING)
    except KernelError:
        target = path
    return next((point for point in reversed(points) if point.target == target), None)


def of_types(points: list[MountPoint], types: str) -> list[MountPoint]:
    """Those of the types listed; all but those if the list begins with ``no``."""
    wanted = types.removeprefix("no").split(",")
    return [point for point in points if (point.fstype in wanted) != types.startswith("no")]


def _parsed(line: str) -> MountPoint:
    front, _, back = line.partition(" - ")
    number, parent, device, root, target, options, *marks = front.split(" ")
    fstype, source, fs_options = back.split(" ")
    return MountPoint(
        int(number),
        int(parent),
        device,
        _plain(root),
        _plain(target),
        options,
        tuple(marks),
        _plain(fstype),
        _plain(source),
        fs_options,
    )


def _plain(text: str) -> str:
    return _ESCAPE.sub(lambda match: chr(int(match[1], 8)), text)
