"""Paths without symbolic links, ``.`` and ``..`` in them (realpath(3)), found by asking."""

from enum import Enum, auto

from nsh.abi import Errno, KernelError
from nsh.abi.attributes import Stat, StatResult
from nsh.abi.files import Readlink
from nsh.abi.names import Getcwd
from nsh.userland import modes
from nsh.userland.paths import joined
from nsh.userland.streams import Asking

_MOST_LINKS = 40
"""As many as the kernel follows (path_resolution(7))."""


class Missing(Enum):
    """How much of a path need not exist."""

    NOTHING = auto()
    """``-e``: all of it must."""
    LAST = auto()
    """``-f``: all but its last part must."""
    ANYTHING = auto()
    """``-m``: nothing must."""


def canonical(path: str, missing: Missing, *, links: bool = True) -> Asking[str]:
    """The absolute path of *path*; without *links*, symbolic links are left in it (``-s``).

    Errors of readlink(2): ENOENT, ENOTDIR, ELOOP, EACCES.
    """
    if not path:
        raise Errno.ENOENT("an empty path names nothing")
    here: str = "/" if path.startswith("/") else (yield Getcwd())
    parts = path.split("/")[::-1]
    followed = 0
    while parts:
        name = parts.pop()
        if name in ("", "."):
            continue
        if name == "..":
            here = here.rpartition("/")[0] or "/"
            continue
        step = joined(here, name)
        try:
            target = yield from _looked_at(step, links, parts)
            if target and (followed := followed + 1) > _MOST_LINKS:
                raise Errno.ELOOP()
        except KernelError as error:
            absent = missing is Missing.LAST and error.errno is Errno.ENOENT
            last = not any(parts) or (not links and parts[-1] not in ("", ".", ".."))
            if not (absent and last) and missing is not Missing.ANYTHING:
                raise
            target = ""
        if not target:
            here = step
            continue
        parts += target.split("/")[::-1]
        if target.startswith("/"):
            here = "/"
    return here


def _looked_at(path: str, links: bool, rest: list[str]) -> Asking[str]:
    """Where the link at *path* leads, "" if it is none; ENOTDIR if *rest* wants a directory."""
    if links:
        try:
            target: str = yield Readlink(path)
        except KernelError as error:
            if error.errno is not Errno.EINVAL:
                raise
        else:
            return target
    if not links or (rest and rest[-1] in ("", ".", "..")):
        found: StatResult = yield Stat(path)
        if rest and not modes.is_dir(found.mode):
            raise Errno.ENOTDIR()
    return ""
