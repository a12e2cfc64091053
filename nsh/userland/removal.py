"""Removing files and trees of them, for rm, and for mv between file systems."""

from nsh.abi import Errno, KernelError
from nsh.abi.attributes import Stat, StatResult
from nsh.abi.invocation import Invocation
from nsh.abi.names import Rmdir, Unlink
from nsh.userland import modes
from nsh.userland.paths import entries_of, joined, last_part
from nsh.userland.quoting import always
from nsh.userland.streams import Asking, complain, say, write


class Removal:
    """What may be removed, and whether all of it went."""

    __slots__ = (
        "_call",
        "_directories",
        "_force",
        "_recursive",
        "_root_too",
        "_verbose",
        "status",
    )

    def __init__(
        self,
        call: Invocation,
        *,
        recursive: bool = True,
        force: bool = False,
        directories: bool = False,
        verbose: bool = False,
        root_too: bool = False,
    ) -> None:
        self._call = call
        self._recursive = recursive
        self._force = force
        self._directories = directories
        self._verbose = verbose
        self._root_too = root_too
        self.status = 0

    def operand(self, path: str) -> Asking[None]:
        """Remove what was named on the command line."""
        if self._recursive:
            if last_part(path) in (".", ".."):
                yield from self._refuse(
                    f"refusing to remove '.' or '..' directory: skipping {always(path)}"
                )
                return
            if not self._root_too and (yield from _is_root(path)):
                yield from self._refuse(
                    f"it is dangerous to operate recursively on {_root_named(path)}"
                )
                yield from self._refuse("use --no-preserve-root to override this failsafe")
                return
        try:
            found: StatResult = yield Stat(path, follow=False)
        except KernelError as error:
            yield from self._failed(path, error)
            return
        if not modes.is_dir(found.mode):
            yield from self._unlink(path)
        elif self._recursive:
            yield from self.tree(path)
        elif self._directories:
            yield from self._rmdir(path)
        else:
            yield from self._failed(path, Errno.EISDIR())

    def tree(self, top: str) -> Asking[None]:
        """Remove a directory with all that is in it, from the bottom."""
        queue = [(top, False)]
        while queue:
            path, emptied = queue.pop()
            if emptied:
                yield from self._rmdir(path)
                continue
            try:
                found = yield from entries_of(path)
            except KernelError as error:
                yield from self._failed(path, error)
                continue
            queue.append((path, True))
            for entry in found:
                full = joined(path, entry.name)
                if modes.is_dir(entry.kind):
                    queue.append((full, False))
                else:
                    yield from self._unlink(full)

    def _unlink(self, path: str) -> Asking[None]:
        try:
            yield Unlink(path)
        except KernelError as error:
            yield from self._failed(path, error)
        else:
            yield from self._tell(f"removed {always(path)}\n")

    def _rmdir(self, path: str) -> Asking[None]:
        try:
            yield Rmdir(path)
        except KernelError as error:
            yield from self._failed(path, error)
        else:
            yield from self._tell(f"removed directory {always(path)}\n")

    def _tell(self, text: str) -> Asking[None]:
        if self._verbose:
            yield from write(1, text)

    def _failed(self, path: str, error: KernelError) -> Asking[None]:
        if self._force and error.errno in (Errno.ENOENT, Errno.ENOTDIR):
            return
        self.status = 1
        yield from complain(self._call, f"cannot remove {always(path)}", error)

    def _refuse(self, text: str) -> Asking[None]:
        self.status = 1
        yield from say(self._call, text)


def _root_named(path: str) -> str:
    return "'/'" if path == "/" else f"{always(path)} (same as '/')"


def _is_root(path: str) -> Asking[bool]:
    try:
        found: StatResult = yield Stat(path, follow=False)
        root: StatResult = yield Stat("/")
    except KernelError:
        return False
    return (found.dev, found.ino) == (root.dev, root.ino)
