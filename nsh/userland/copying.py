"""Copying files and trees of them, for cp, and for mv between file systems."""

from typing import Final, NamedTuple

from nsh.abi import Errno, KernelError, Request
from nsh.abi.attributes import Chmod, Stat, StatResult
from nsh.abi.files import (
    S_IFBLK,
    S_IFCHR,
    S_IFDIR,
    S_IFIFO,
    S_IFLNK,
    S_IFMT,
    S_IFREG,
    Close,
    Open,
    OpenFlag,
    Readlink,
)
from nsh.abi.invocation import Invocation
from nsh.abi.names import Link, Mkdir, Mkfifo, Symlink, Unlink
from nsh.abi.xattrs import CAPABILITY, Getxattr, Setxattr
from nsh.userland import modes
from nsh.userland.destination import looked_at, same_file
from nsh.userland.paths import entries_of, joined
from nsh.userland.quoting import always
from nsh.userland.streams import READING, Asking, complain, read, say, write

_OWNER: Final = 0o700
_NEW: Final = int(OpenFlag.O_WRONLY | OpenFlag.O_CREAT | OpenFlag.O_EXCL | OpenFlag.O_CLOEXEC)
_OVER: Final = int(OpenFlag.O_WRONLY | OpenFlag.O_TRUNC | OpenFlag.O_CLOEXEC)


class How(NamedTuple):
    """What is wanted of copies."""

    recursive: bool = True
    follow: bool = False
    """Copy what symbolic links lead to."""
    modes: bool = True
    """Give copies the very mode of the original."""
    links: bool = True
    """Two names of one file become two names of one copy."""
    force: bool = False
    keep: bool = False
    """Leave what is already there."""
    attributes: bool = True
    """Give copies the capabilities of the original, if they can be given any."""
    verbose: bool = False
    verb: str = ""
    """What stands before each pair of names that is told (``copied``)."""


class _Finish(NamedTuple):
    """A directory that gets its mode when all that is in it has been copied."""

    path: str
    mode: int


class _Trouble(Exception):
    """One file cannot be copied: what to say, with the failed call if there was one."""

    def __init__(self, text: str, error: KernelError | None = None) -> None:
        super().__init__(text)
        self.text = text
        self.error = error


class Copier:
    """Copies one pair of paths after the other, and remembers what it did."""

    __slots__ = ("_call", "_copies", "_how", "_made", "_pair")

    def __init__(self, call: Invocation, how: How) -> None:
        self._call = call
        self._how = how
        self._copies: dict[tuple[int, int], str] = {}
        """Originals with several names -> the first copy."""
        self._made: set[tuple[int, int]] = set()
        """Directories that are copies: never to be copied in turn."""
        self._pair = ("", "")

    def copy(self, source: str, target: str) -> Asking[bool]:
        """Copy *source* to be *target*, complaining about what cannot be; whether all was."""
        self._pair = (source, target)
        done = True
        queue: list[tuple[str, str] | _Finish] = [(source, target)]
        while queue:
            step = queue.pop()
            try:
                if isinstance(step, _Finish):
                    yield from self._finish(step)
                else:
                    queue += yield from self._one(*step)
            except _Trouble as trouble:
                done = False
                if trouble.error is None:
                    yield from say(self._call, trouble.text)
                else:
                    yield from complain(self._call, trouble.text, trouble.error)
        return done

    def _one(self, source: str, target: str) -> Asking[list[tuple[str, str] | _Finish]]:
        """Copy one file, or begin with a directory; what is left to do for it, last thing first."""
        how = self._how
        try:
            found: StatResult = yield Stat(source, how.follow)
        except KernelError as error:
            raise _Trouble(f"cannot stat {always(source)}", error) from None
        kind = found.mode & S_IFMT
        if kind == S_IFDIR and not how.recursive:
            raise _Trouble(f"-r not specified; omitting directory {always(source)}")
        there = yield from looked_at(target)
        if there is not None and modes.is_link(there.mode) and (how.follow or kind != S_IFLNK):
            there = yield from self._behind(target)
        if there is not None:
            if how.keep:
                return []
            if same_file(found, there):
                raise _Trouble(f"{always(source)} and {always(target)} are the same file")
            self._check(kind, source, there, target)
        if kind == S_IFDIR:
            return (yield from self._directory(source, found, target, there))
        yield from self._tell(source, target)
        yield from self._other(source, found, target, there)
        return []

    @staticmethod
    def _behind(link: str) -> Asking[StatResult]:
        """What is to be overwritten where a symbolic link is in the way."""
        try:
            found: StatResult = yield Stat(link)
        except KernelError as error:
            if error.errno is Errno.ENOENT:
                raise _Trouble(f"not writing through dangling symlink {always(link)}") from None
            raise _Trouble(f"cannot stat {always(link)}", error) from None
        return found

    @staticmethod
    def _check(kind: int, source: str, there: StatResult, target: str) -> None:
        """A directory and something else cannot take each other's place."""
        if kind != S_IFDIR and modes.is_dir(there.mode):
            raise _Trouble(f"cannot overwrite directory {always(target)} with non-directory")
        if kind == S_IFDIR and not modes.is_dir(there.mode):
            what = f"non-directory {always(target)} with directory {always(source)}"
            raise _Trouble(f"cannot overwrite {what}")

    def _directory(
        self, source: str, found: StatResult, target: str, there: StatResult | None
    ) -> Asking[list[tuple[str, str] | _Finish]]:
        if (found.dev, found.ino) in self._made:
            one, other = map(always, self._pair)
            raise _Trouble(f"cannot copy a directory, {one}, into itself, {other}")
        steps: list[tuple[str, str] | _Finish] = []
        if there is None:
            yield from self._tell(source, target)
            try:
                yield Mkdir(target, found.mode & 0o777 | _OWNER)
                there = yield Stat(target)
            except KernelError as error:
                raise _Trouble(f"cannot create directory {always(target)}", error) from None
            kept = there.mode & ~_OWNER | there.mode & found.mode
            steps.append(_Finish(target, (found.mode if self._how.modes else kept) & 0o7777))
        elif self._how.modes:
            steps.append(_Finish(target, found.mode & 0o7777))
        self._made.add((there.dev, there.ino))
        try:
            entries = yield from entries_of(source)
        except KernelError as error:
            raise _Trouble(f"cannot access {always(source)}", error) from None
        names = [entry.name for entry in reversed(entries)]
        return steps + [(joined(source, name), joined(target, name)) for name in names]

    def _finish(self, step: _Finish) -> Asking[None]:
        yield from _attempt(
            Chmod(step.path, step.mode), f"setting permissions for {always(step.path)}"
        )

    def _other(
        self, source: str, found: StatResult, target: str, there: StatResult | None
    ) -> Asking[None]:
        """Copy what is no directory."""
        how, kind = self._how, found.mode & S_IFMT
        as_it_is = not how.follow and kind != S_IFREG
        if there is not None and (as_it_is or (how.links and there.nlink > 1)):
            yield from _attempt(Unlink(target), f"cannot remove {always(target)}")
            there = None
        key = (found.dev, found.ino)
        if how.links and found.nlink > 1:
            if key in self._copies:
                first = self._copies[key]
                text = f"cannot create hard link {always(target)} to {always(first)}"
                if there is not None:
                    yield from _attempt(Unlink(target), f"cannot remove {always(target)}")
                yield from _attempt(Link(first, target), text)
                return
            self._copies[key] = target
        if kind == S_IFLNK:
            try:
                path: str = yield Readlink(source)
            except KernelError as error:
                raise _Trouble(f"cannot read symbolic link {always(source)}", error) from None
            text = f"cannot create symbolic link {always(target)}"
            yield from _attempt(Symlink(path, target), text)
        elif kind == S_IFIFO and how.recursive:
            text = f"cannot create fifo {always(target)}"
            yield from _attempt(Mkfifo(target, found.mode & 0o777), text)
        elif kind in (S_IFCHR, S_IFBLK) and how.recursive:
            text = f"cannot create special file {always(target)}"
            raise _Trouble(text, Errno.EPERM("device nodes cannot be made here"))
        else:
            yield from self._contents(source, found, target, there)
            if how.attributes:
                yield from _copy_capability(source, target)
        if how.modes and kind != S_IFLNK:
            text = f"preserving permissions for {always(target)}"
            yield from _attempt(Chmod(target, found.mode & 0o7777), text)

    def _contents(
        self, source: str, found: StatResult, target: str, there: StatResult | None
    ) -> Asking[None]:
        try:
            reading: int = yield Open(source, READING)
        except KernelError as error:
            raise _Trouble(f"cannot open {always(source)} for reading", error) from None
        try:
            writing = yield from self._opened(target, found.mode & 0o777, there)
            yield from _pour(reading, source, writing, target)
        except _Trouble:
            yield Close(reading)
            raise
        yield Close(reading)

    def _opened(self, target: str, mode: int, there: StatResult | None) -> Asking[int]:
        fd: int
        if there is not None:
            try:
                fd = yield Open(target, _OVER)
            except KernelError as error:
                if not self._how.force:
                    raise _Trouble(f"cannot create regular file {always(target)}", error) from None
                yield from _attempt(Unlink(target), f"cannot remove {always(target)}")
            else:
                return fd
        try:
            fd = yield Open(target, _NEW, mode)
        except KernelError as error:
            if error.errno is Errno.EISDIR and target.endswith("/"):
                error = Errno.ENOTDIR(error.reason)
            raise _Trouble(f"cannot create regular file {always(target)}", error) from None
        return fd

    def _tell(self, source: str, target: str) -> Asking[None]:
        if self._how.verbose:
            verb = f"{self._how.verb} " if self._how.verb else ""
            yield from write(1, f"{verb}{always(source)} -> {always(target)}\n")


def _attempt(request: Request, text: str) -> Asking[None]:
    """Perform *request*; if it fails, that is trouble, called *text*."""
    try:
        yield request
    except KernelError as error:
        raise _Trouble(text, error) from None


def _copy_capability(source: str, target: str) -> Asking[None]:
    """Give *target* the capabilities of *source*; where they cannot be had, it goes without."""
    try:
        value: bytes = yield Getxattr(source, CAPABILITY)
        yield Setxattr(target, CAPABILITY, value)
    except KernelError:
        return


def _pour(reading: int, source: str, writing: int, target: str) -> Asking[None]:
    """Copy all bytes, and close *writing* either way."""
    trouble = f"error reading {always(source)}"
    try:
        while data := (yield from read(reading)):
            trouble = f"error writing {always(target)}"
            yield from write(writing, data)
            trouble = f"error reading {always(source)}"
    except KernelError as error:
        yield Close(writing)
        raise _Trouble(trouble, error) from None
    yield Close(writing)
