"""Namespaces that open files keep alive (/proc/PID/fd, namespaces(7))."""

import os
from typing import Final

from nsh.linux.observe import parsing
from nsh.linux.observe.facts import Holder

_OTHERS: Final = frozenset({"pipe:", "socke", "anon_"})


def open_files(folder: int, pid: int) -> list[Holder]:
    """The namespace files that the process open as *folder* has open.

    ``PermissionError`` if its files cannot be listed; who is gone has none.
    """
    try:
        files = os.open(b"fd", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=folder)
    except PermissionError:
        raise
    except OSError:
        return []
    found = []
    readlink = os.readlink
    try:
        for name in os.listdir(files):
            try:
                target = readlink(name, dir_fd=files)
            except OSError:  # closed meanwhile
                continue
            if target[0] != "/" and target[-1] == "]" and target[:5] not in _OTHERS:
                link = parsing.link(os.fsencode(target))
                if link is not None and name.isdecimal():
                    found.append(Holder(*link, pid, int(name)))
    except OSError:
        pass
    finally:
        os.close(files)
    return found
