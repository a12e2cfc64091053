"""Namespaces that open files keep alive (/proc/PID/fd, namespaces(7))."""

import os
from collections.abc import Iterator
from typing import Final, NamedTuple

from nsh.linux.observe import parsing, terminals
from nsh.linux.observe.facts import Holder, PtyHolder
from nsh.linux.observe.sockets import PREFIX, Sockets

_OTHERS: Final = frozenset({"pipe:", "socke", "anon_"})


class Opened(NamedTuple):
    """What a process has open, as far as it matters here."""

    holders: list[Holder]
    ptys: list[PtyHolder]
    sockets: list[int]
    """Their inode numbers."""
    hidden: bool = False
    """A socket could not be asked."""


def open_files(folder: int, pid: int, net: int, sockets: Sockets | None = None) -> Opened:
    """What the process open as *folder* has open that keeps a namespace: files of namespaces, and
    *sockets* of another network namespace than its own, *net*; its ends of pseudo terminals; its
    sockets; and whether a socket was hidden.

    ``PermissionError`` if its files cannot be listed; who is gone has none.
    """
    try:
        files = os.open(b"fd", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=folder)
    except PermissionError:
        raise
    except OSError:
        return Opened([], [], [])
    found: list[Holder] = []
    ptys: list[PtyHolder] = []
    inodes: list[int] = []
    hidden = False
    try:
        for name, target in _links(files):
            holder = None
            if target.startswith(PREFIX):
                number = target[len(PREFIX) : -1]
                if not number.isdecimal():
                    continue
                inodes.append(int(number))
                if sockets is not None:
                    try:
                        holder = _of_socket(sockets, target, pid, int(name), net)
                    except PermissionError:
                        hidden = True
            elif target[0] == "/":
                end = _terminal(files, name, target, pid)
                if end is not None:
                    ptys.append(end)
            elif target[-1] == "]" and target[:5] not in _OTHERS:
                link = parsing.link(os.fsencode(target))
                holder = None if link is None else Holder(*link, pid, int(name))
            if holder is not None:
                found.append(holder)
    except OSError:
        pass
    finally:
        os.close(files)
    return Opened(found, ptys, inodes, hidden)


def _links(files: int) -> Iterator[tuple[str, str]]:
    """The descriptors in the directory *files*, each with what it leads to."""
    readlink = os.readlink
    for name in os.listdir(files):
        if not name.isdecimal():
            continue
        try:
            target = readlink(name, dir_fd=files)
        except OSError:  # closed meanwhile
            continue
        yield name, target


def _of_socket(sockets: Sockets, target: str, pid: int, fd: int, net: int) -> Holder | None:
    """What the socket *fd* of process *pid* keeps: a network namespace other than *net*.

    ``PermissionError`` if it may not be asked; one that was closed meanwhile keeps none.
    """
    try:
        inum = sockets.inum(target, pid, fd)
    except PermissionError:
        raise
    except OSError:
        return None
    return None if inum == net else Holder("net", inum, pid, fd, socket=True)


def _terminal(files: int, name: str, target: str, pid: int) -> PtyHolder | None:
    last = target[target.rindex("/") + 1 :]
    return terminals.end(files, name, pid) if last.isdigit() or last == "ptmx" else None
