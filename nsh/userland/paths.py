"""Paths as text, and directories opened to be listed."""

from typing import Final

from nsh.abi import Errno, KernelError
from nsh.abi.files import Close, Dirent, Getdents, Open, OpenFlag
from nsh.userland.streams import Asking, encode

LISTING: Final = int(OpenFlag.O_RDONLY | OpenFlag.O_DIRECTORY | OpenFlag.O_CLOEXEC)


def joined(directory: str, name: str) -> str:
    """``directory/name``."""
    return directory + name if directory.endswith("/") else f"{directory}/{name}"


def last_part(path: str) -> str:
    """What a path is called in its directory: ``b`` for ``a/b/``, ``/`` for ``/``."""
    return path.rstrip("/").rpartition("/")[2] or path[:1]


def parent(path: str) -> str:
    """The directory that a path is in: ``a`` for ``a/b/``, ``.`` for ``b``, ``/`` for ``/``."""
    head, slash, _ = path.rstrip("/").rpartition("/")
    if slash:
        return head.rstrip("/") or "/"
    return "/" if path.startswith("/") else "."


def listed(path: str) -> Asking[list[Dirent]]:
    """What is in a directory but . and .., in the kernel's order.  Errors of open(2)."""
    fd = yield Open(path, LISTING)
    found = yield from read_and_close(fd)
    return [entry for entry in found if entry.name not in (".", "..")]


def read_directory(fd: int) -> Asking[tuple[Dirent, ...]]:
    """What is in an open directory; nothing if it has been removed (readdir(3)).  Errors of
    getdents(2)."""
    try:
        found: tuple[Dirent, ...] = yield Getdents(fd)
    except KernelError as error:
        if error.errno is not Errno.ENOENT:
            raise
        found = ()
    return found


def read_and_close(fd: int) -> Asking[tuple[Dirent, ...]]:
    """The same, and it is closed in any case."""
    try:
        found = yield from read_directory(fd)
    except KernelError:
        yield Close(fd)
        raise
    yield Close(fd)
    return found


def entries_of(path: str) -> Asking[list[Dirent]]:
    """The same, sorted by name."""
    found = yield from listed(path)
    return sorted(found, key=lambda entry: encode(entry.name))


def ancestors(path: str) -> list[str]:
    """The paths above *path*, from the top: ``a`` and ``a/b`` for ``a/b/c``; not ``/``."""
    found = []
    trimmed = path.rstrip("/")
    at = trimmed.find("/", len(trimmed) - len(trimmed.lstrip("/")))
    while at >= 0:
        if trimmed[at - 1] != "/":
            found.append(trimmed[:at])
        at = trimmed.find("/", at + 1)
    return found
