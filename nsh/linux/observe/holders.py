"""Namespaces that open files keep alive (/proc/PID/fd, namespaces(7))."""

import os
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
    readlink = os.readlink
    try:
        for name in os.listdir(files):
            try:
                target = readlink(name, dir_fd=files)
            except OSError:  # closed meanwhile
                continue
            if target.startswith(PREFIX):
                number = target[len(PREFIX) : -1]
                if not number.isdecimal() or not name.isdecimal():
                    continue
                inodes.append(int(number))
                if sockets is None:
                    continue
                try:
                    inum = sockets.inum(target, pid, int(name))
                except PermissionError:
                    hidden = True
                    continue
                except OSError:
                    continue
                if inum != net:
                    found.append(Holder("net", inum, pid, int(name), socket=True))
            elif target[0] == "/":
                last = target[target.rindex("/") + 1 :]
                if (last.isdigit() or last == "ptmx") and name.isdecimal():
                    end = terminals.end(files, name, pid)
                    if end is not None:
                        ptys.append(end)
            elif target[-1] == "]" and target[:5] not in _OTHERS:
                link = parsing.link(os.fsencode(target))
                if link is not None and name.isdecimal():
                    found.append(Holder(*link, pid, int(name)))
    except OSError:
        pass
    finally:
        os.close(files)
    return Opened(found, ptys, inodes, hidden)
