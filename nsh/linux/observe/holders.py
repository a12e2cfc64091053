"""Namespaces that open files keep alive (/proc/PID/fd, namespaces(7))."""

import os
from typing import Final

from nsh.linux.observe import parsing, terminals
from nsh.linux.observe.facts import Holder, PtyHolder
from nsh.linux.observe.sockets import PREFIX, Sockets

_OTHERS: Final = frozenset({"pipe:", "socke", "anon_"})


def open_files(
    folder: int, pid: int, net: int, sockets: Sockets | None = None
) -> tuple[list[Holder], list[PtyHolder], bool]:
    """What the process open as *folder* has open that keeps a namespace: files of namespaces, and
    *sockets* of another network namespace than its own, *net*; its ends of pseudo terminals; and
    whether a socket was hidden.

    ``PermissionError`` if its files cannot be listed; who is gone has none.
    """
    try:
        files = os.open(b"fd", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=folder)
    except PermissionError:
        raise
    except OSError:
        return [], [], False
    found = []
    ptys = []
    hidden = False
    readlink = os.readlink
    try:
        for name in os.listdir(files):
            try:
                target = readlink(name, dir_fd=files)
            except OSError:  # closed meanwhile
                continue
            if sockets is not None and target.startswith(PREFIX) and name.isdecimal():
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
    return found, ptys, hidden
