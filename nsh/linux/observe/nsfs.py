"""Asking namespaces about each other (ioctl_nsfs(2)): each once, through whoever is in it.

A namespace that nobody is in is asked through the file that holds it; parents and owners that
are only found this way are added, and asked as well.
"""

import os
from contextlib import suppress
from fcntl import ioctl
from typing import Final

from nsh.linux.observe import sockets
from nsh.linux.observe.facts import KINDS, Holder, Relation, Snapshot

NS_GET_USERNS: Final = 0xB701
NS_GET_PARENT: Final = 0xB702
NS_GET_NSTYPE: Final = 0xB703
NS_GET_OWNER_UID: Final = 0xB704

TYPES: Final = {
    0x0200_0000: "cgroup",
    0x0400_0000: "uts",
    0x0800_0000: "ipc",
    0x1000_0000: "user",
    0x2000_0000: "pid",
    0x4000_0000: "net",
    0x0002_0000: "mnt",
    0x0000_0080: "time",
}
"""The kinds by their CLONE flags, which NS_GET_NSTYPE replies."""

_TRIES: Final = 4
_NESTED: Final = frozenset({"pid", "user"})


def relate(snapshot: Snapshot, top: int) -> None:
    """Fill in the relations of every namespace that *snapshot* knows of."""
    doors: dict[tuple[str, int], list[bytes | Holder]] = {}
    alike: dict[tuple[int, ...], int] = {}
    for one in snapshot.processes:
        count = alike[one.links] = alike.get(one.links, 0) + 1
        if count > _TRIES and one.children_in == one.links[0]:
            continue
        for kind, inum in zip(KINDS, one.links, strict=True):
            if inum > 0:
                paths = doors.setdefault((kind, inum), [])
                if len(paths) < _TRIES:
                    paths.append(b"%d/ns/%b" % (one.pid, kind.encode()))
        if one.children_in > 0 and one.children_in != one.links[0]:
            paths = doors.setdefault(("pid", one.children_in), [])
            paths.append(b"%d/ns/pid_for_children" % one.pid)
    for held in snapshot.holders:
        where = b"fd/%d" % held.fd if held.fd >= 0 else b"root" + held.path
        door = held if held.socket else b"%d/%b" % (held.pid, where)
        doors.setdefault((held.kind, held.inum), []).append(door)
    for (kind, inum), behind in doors.items():
        if (kind, inum) not in snapshot.relations:
            snapshot.relations[kind, inum] = Relation(kind, inum)
        if not snapshot.relations[kind, inum].asked:
            for door in behind:
                if _ask(snapshot, top, door, kind, inum):
                    break


def _ask(snapshot: Snapshot, top: int, door: bytes | Holder, kind: str, inum: int) -> bool:
    """Whether the namespace behind *door* is still the one that was seen there."""
    try:
        if isinstance(door, Holder):
            fd = sockets.namespace(door.pid, door.fd)
        else:
            fd = os.open(door, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK, dir_fd=top)
    except OSError:
        return False
    try:
        if os.fstat(fd).st_ino != inum or TYPES.get(ioctl(fd, NS_GET_NSTYPE)) != kind:
            return False
        _relations(snapshot, fd, snapshot.relations[kind, inum])
        return True
    except OSError:
        return False
    finally:
        os.close(fd)


def _relations(snapshot: Snapshot, fd: int, relation: Relation) -> None:
    """What the namespace open as *fd* says; EPERM: its relative is out of sight."""
    relation.asked = True
    if relation.kind in _NESTED:
        relation.parent = _relative(snapshot, fd, NS_GET_PARENT, relation.kind)
    relation.owner = _relative(snapshot, fd, NS_GET_USERNS, "user")
    if relation.kind == "user":
        with suppress(OSError):
            told = ioctl(fd, NS_GET_OWNER_UID, b"\xff" * 4)
            relation.uid = int.from_bytes(told, "little" if _LITTLE else "big")


_LITTLE: Final = memoryview(b"\1\0").cast("H")[0] == 1


def _relative(snapshot: Snapshot, fd: int, request: int, kind: str) -> int:
    try:
        other = ioctl(fd, request)
    except OSError:
        return 0
    try:
        inum = os.fstat(other).st_ino
        known = snapshot.relations.get((kind, inum))
        if known is None:
            known = snapshot.relations[kind, inum] = Relation(kind, inum)
        if not known.asked:
            _relations(snapshot, other, known)
        return inum
    finally:
        os.close(other)
