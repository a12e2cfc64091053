"""One process out of /proc: few system calls, all relative to its own directory.

The directory is opened first and pins the process: once it is gone, every read says so, even
when its pid has been given to somebody else (openat(2), ESRCH).
"""

import os
from typing import Final

from nsh.linux.observe import parsing
from nsh.linux.observe.facts import ABSENT, HIDDEN, KINDS, Process
from nsh.linux.observe.wanted import Wanted

_LINKS: Final = tuple(f"ns/{kind}".encode() for kind in KINDS)
_CHILDREN: Final = b"ns/pid_for_children"
_CHUNK: Final = 4096
_LIMIT: Final = 1 << 20
"""Bytes of one file that are read at most."""

_READ: Final = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK


class Vanished(Exception):
    """The process ended while it was read."""


def slurp(name: bytes, folder: int, limit: int = _LIMIT) -> bytes:
    """A file of /proc below the directory *folder*.  ``OSError`` as the kernel says."""
    fd = os.open(name, _READ, dir_fd=folder)
    try:
        data = os.read(fd, _CHUNK)
        if len(data) < _CHUNK:
            return data
        parts = [data]
        size = len(data)
        while size < limit and (data := os.read(fd, 1 << 16)):
            parts.append(data)
            size += len(data)
        return b"".join(parts)
    finally:
        os.close(fd)


def read(folder: int, pid: int, wanted: Wanted) -> Process:
    """The process whose directory is open as *folder* and was called *pid*.

    Raises :class:`Vanished`; ``PermissionError`` if not even its status can be read.
    """
    try:
        one = parsing.status(slurp(b"status", folder), pid)
        if wanted.stat:
            parsing.stat(slurp(b"stat", folder), one)
    except PermissionError:
        raise
    except OSError as problem:  # ENOENT, ESRCH; of anything else nothing better is known
        raise Vanished from problem
    one.links = links(folder)
    one.children_in = one.links[0]
    if one.children_in == HIDDEN:  # a dead one's are refused as well
        try:
            slurp(b"status", folder)
        except OSError as problem:
            raise Vanished from problem
    elif wanted.children:
        one.children_in = _children_in(folder) or one.children_in
    return one


def extras(folder: int, one: Process, wanted: Wanted) -> None:
    """Add what changes seldom.  Raises as :func:`read`."""
    try:
        if wanted.argv:
            one.argv = _argv(slurp(b"cmdline", folder))
        if wanted.cgroups:
            one.cgroups = slurp(b"cgroup", folder, 1 << 16)
    except PermissionError:
        raise
    except OSError as problem:
        raise Vanished from problem


class _Inums(dict[bytes, int]):
    """Targets of links -> inode numbers: many processes, few namespaces."""

    def __missing__(self, target: bytes) -> int:
        link = parsing.link(target)
        inum = HIDDEN if link is None else link[1]
        if len(self) < 1 << 16:
            self[target] = inum
        return inum


_inums = _Inums()


def links(folder: int) -> tuple[int, ...]:
    """The namespaces of the process open as *folder*.  Raises :class:`Vanished`.

    Who may not see one may see none (ptrace(2), access mode checking).
    """
    found: list[int] = []
    readlink = os.readlink
    while len(found) < len(_LINKS):
        try:
            for path in _LINKS[len(found) :]:
                found.append(_inums[readlink(path, dir_fd=folder)])  # noqa: PERF401  # kept so far
        except FileNotFoundError:
            found.append(ABSENT)
        except ProcessLookupError as problem:
            raise Vanished from problem
        except OSError:
            found += [HIDDEN] * (len(_LINKS) - len(found))
    return tuple(found)


def _children_in(folder: int) -> int:
    """Where its children will be born; 0 if nobody knows, as before the first of a new space."""
    try:
        return max(0, _inums[os.readlink(_CHILDREN, dir_fd=folder)])
    except OSError:
        return 0


def _argv(data: bytes) -> tuple[bytes, ...]:
    return tuple(data[:4096].rstrip(b"\0").split(b"\0")) if data.strip(b"\0") else ()
