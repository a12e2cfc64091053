"""What mounts tell: namespaces that are bind-mounted, and the instances of devpts.

Mounts are read once per mount namespace, through the first process in it that lets us.
"""

import os
from collections.abc import Iterator
from typing import Final, NamedTuple

from nsh.linux.observe import parsing
from nsh.linux.observe.facts import KINDS, Devpts, Holder, Process, Snapshot
from nsh.linux.observe.process import slurp

_MNT: Final = KINDS.index("mnt")
_TRIES: Final = 4
"""Processes that are asked for the mounts of one namespace."""
_LIMIT: Final = 1 << 24


class Line(NamedTuple):
    """One line of /proc/PID/mountinfo (proc_pid_mountinfo(5))."""

    device: str
    root: bytes
    point: bytes
    type: bytes


def lines(data: bytes) -> Iterator[Line]:
    """The lines that are sound."""
    for text in data.split(b"\n"):
        head, dash, tail = text.partition(b" - ")
        words = head.split(b" ")
        if not dash or len(words) < 6 or not words[2].replace(b":", b"").isdigit():
            continue
        device = words[2].decode("ascii")
        yield Line(device, unescaped(words[3]), unescaped(words[4]), tail.split(b" ")[0])


def unescaped(path: bytes) -> bytes:
    """A path whose blanks, newlines and backslashes stand there in octal, as it is."""
    if b"\\" not in path:
        return path
    first, *rest = path.split(b"\\")
    out = first
    for piece in rest:
        digits = piece[:3]
        if len(digits) == 3 and digits.isdigit() and max(digits) < 56 and digits[0] < 52:
            out += bytes((int(digits, 8),)) + piece[3:]
        else:
            out += b"\\" + piece
    return out


def read(snapshot: Snapshot, top: int) -> None:
    """Add to *snapshot* what the mounts of every mount namespace in it tell."""
    members: dict[int, list[Process]] = {}
    for one in snapshot.processes:
        mnt = one.links[_MNT]
        if mnt > 0:
            some = members.setdefault(mnt, [])
            if len(some) < _TRIES:
                some.append(one)
    for mnt, some in members.items():
        for one in some:
            try:
                data = slurp(b"%d/mountinfo" % one.pid, top, _LIMIT)
                still = parsing.link(os.readlink(b"%d/ns/mnt" % one.pid, dir_fd=top))
            except OSError:
                continue
            if still == ("mnt", mnt):
                _take(snapshot, top, mnt, one.pid, data)
                break
        else:
            snapshot.unseen_mounts += 1


def _take(snapshot: Snapshot, top: int, mnt: int, pid: int, data: bytes) -> None:
    for line in lines(data):
        if line.type == b"nsfs":
            link = parsing.link(line.root)
            if link is not None:
                snapshot.holders.append(Holder(*link, pid, -1, line.point))
        elif line.type == b"devpts":
            snapshot.devpts.append(_devpts(top, mnt, pid, line))
        elif line.type == b"proc" and line.point == b"/proc":
            snapshot.proc_mounts[mnt] = line.device  # the last one covers those before


def _devpts(top: int, mnt: int, pid: int, line: Line) -> Devpts:
    """An instance as it is mounted there.  What is covered by another mount cannot be listed."""
    path = b"%d/root" % pid + line.point
    try:
        folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=top)
    except OSError:
        return Devpts(line.device, mnt, line.point, (), True)
    try:
        device = os.fstat(folder).st_dev
        if f"{os.major(device)}:{os.minor(device)}" != line.device:
            return Devpts(line.device, mnt, line.point, (), True)
        names = [int(name) for name in os.listdir(folder) if name.isdecimal() and len(name) < 8]
        names.sort()
        uids = tuple(_owner(folder, name) for name in names)
        return Devpts(line.device, mnt, line.point, tuple(names), uids=uids)
    except OSError:
        return Devpts(line.device, mnt, line.point, (), True)
    finally:
        os.close(folder)


def _owner(folder: int, index: int) -> int:
    """Whose the file of a slave is; -1 if it is gone."""
    try:
        return os.stat(b"%d" % index, dir_fd=folder, follow_symlinks=False).st_uid
    except OSError:
        return -1
