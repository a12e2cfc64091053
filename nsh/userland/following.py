"""What tail -f does once it has come to the end: look for more, again and again."""

from typing import NamedTuple

from nsh.abi import Errno, KernelError
from nsh.abi.attributes import Fstat, StatResult
from nsh.abi.files import S_IFCHR, S_IFIFO, S_IFMT, S_IFREG, S_IFSOCK, Close, Lseek, Open, OpenFlag
from nsh.abi.invocation import Invocation
from nsh.abi.poll import Poll, PollEvent
from nsh.abi.process import Getpid
from nsh.abi.signals import Kill, Sig
from nsh.userland.amounts import Headings
from nsh.userland.quoting import always, plain
from nsh.userland.sleep import until_elapsed
from nsh.userland.streams import READING, STDIN, Asking, complain, read, say, write

_WITH_END = (S_IFREG, S_IFIFO, S_IFSOCK, S_IFCHR)
"""What may grow."""
_GIVING_UP = "; giving up on this name"


class Way(NamedTuple):
    """How files are followed."""

    by_name: bool
    """Whatever bears the name, and not what was opened."""
    retries: bool
    """What cannot be opened may come yet."""
    interval: int
    """Nanoseconds from look to look."""
    pid: int
    """Until that process is gone; 0: until nothing is left."""
    alone: bool
    """It is one file, and nothing else to wait for."""


class Followed:
    """A file that is followed."""

    __slots__ = ("fd", "gone", "ignored", "name", "position", "stat", "strange")

    def __init__(self, name: str) -> None:
        self.name = name
        self.fd = -1
        """-1 while there is none."""
        self.gone = False
        """It could not be opened when that was last tried, which has been told."""
        self.ignored = False
        """It is not looked for any more."""
        self.strange = False
        """It is of a kind that has no end to follow."""
        self.position = 0
        """Bytes of a regular file that were read."""
        self.stat: StatResult | None = None

    @property
    def shown(self) -> str:
        """Its name in messages."""
        return "standard input" if self.name == STDIN else self.name

    @classmethod
    def begin(cls, call: Invocation, name: str, fd: int, way: Way) -> Asking["Followed"]:
        """Follow *name*, which is open as *fd* (-1: could not be opened) and has been read."""
        file = cls(name)
        if fd < 0:
            file.gone, file.ignored = True, not way.retries
            return file
        stat: StatResult = yield Fstat(fd)
        kind = stat.mode & S_IFMT
        if kind not in _WITH_END:
            file.strange, file.gone, file.ignored = True, True, not way.retries
            more = _GIVING_UP if file.ignored else ""
            yield from say(
                call, f"{plain(file.shown)}: cannot follow end of this type of file{more}"
            )
            yield Close(fd)
        elif name == STDIN and kind == S_IFIFO:  # POSIX: -f is not for pipes
            file.ignored = True
        else:
            file.fd, file.stat = fd, stat
            if kind == S_IFREG:
                file.position = yield Lseek(fd, 0, 1)
        return file

    def take(self, fd: int, stat: StatResult) -> None:
        """Follow another file from its beginning."""
        self.fd, self.stat, self.position, self.gone = fd, stat, 0, False


class Follower:
    """The loop, of *files* whose ends have been printed."""

    def __init__(
        self, call: Invocation, headings: Headings, files: list[Followed], way: Way
    ) -> None:
        self._call = call
        self._headings = headings
        self._files = files
        self._way = way
        self._last = files[-1]
        """Whose contents were printed last."""

    def run(self, status: int) -> Asking[int]:
        """Replies *status* when the process that it is for has gone; 1 when nothing is left."""
        if all(file.ignored and not file.gone for file in self._files):
            return status  # pipes, at their ends
        piped = yield from _is_pipe(1)
        last_look = False
        while True:
            more = False
            for file in self._files:
                if not file.ignored and (file.fd < 0 or self._way.by_name):
                    yield from self._look_for(file)
                if file.fd >= 0:
                    more |= yield from self._read(file)
            if not any(self._lives(file) for file in self._files):
                yield from say(self._call, "no files remaining")
                return 1
            if piped:
                yield from _mind_the_reader()
            if more:
                continue
            if last_look:
                return status
            last_look = bool(self._way.pid) and (yield from _is_gone(self._way.pid))
            if not last_look:
                yield from until_elapsed(self._way.interval)

    def _lives(self, file: Followed) -> bool:
        return file.fd >= 0 or (self._way.retries and not file.ignored)

    def _read(self, file: Followed) -> Asking[bool]:
        """Print what has come; whether anything had."""
        stat: StatResult = yield Fstat(file.fd)
        if stat.mode & S_IFMT == S_IFREG:
            before, file.stat = file.stat, stat
            if before is not None and _alike(before, stat) and stat.size == file.position:
                return False
            if stat.size < file.position:
                yield from say(self._call, f"{plain(file.shown)}: file truncated")
                yield Lseek(file.fd, 0, 0)
                file.position = 0
        elif not self._way.alone and not (yield from _is_ready(file.fd)):
            return False
        found = False
        while data := (yield from read(file.fd)):
            if file is not self._last:
                yield from self._headings.print(file.name)
                self._last = file
            yield from write(1, data)
            file.position += len(data)
            found = True
            if stat.mode & S_IFMT != S_IFREG:
                break
        return found

    def _look_for(self, file: Followed) -> Asking[None]:
        """See what bears the name now."""
        name = always(file.shown)
        try:
            fd: int = yield Open(file.name, READING | OpenFlag.O_NONBLOCK)
            stat: StatResult = yield Fstat(fd)
        except KernelError as error:
            if not file.gone:
                how = f"{name} has become inaccessible" if self._way.retries else plain(file.name)
                yield from complain(self._call, how, error)
            yield from _drop(file)
            return
        if stat.mode & S_IFMT not in _WITH_END:
            yield Close(fd)
            if not file.strange:
                file.ignored = not (self._way.retries and self._way.by_name)
                more = _GIVING_UP if file.ignored else ""
                yield from say(
                    self._call, f"{name} has been replaced with an untailable file{more}"
                )
            yield from _drop(file)
            file.strange = True
            return
        before = file.stat
        if file.fd >= 0 and before is not None and (before.dev, before.ino) == (stat.dev, stat.ino):
            yield Close(fd)
            return
        if file.strange:
            what = "become accessible"
        elif file.fd < 0:
            what = "appeared;  following new file"
        else:
            what = "been replaced;  following new file"
        yield from say(self._call, f"{name} has {what}")
        yield from _drop(file)
        file.strange = False
        file.take(fd, stat)


def _drop(file: Followed) -> Asking[None]:
    fd, file.fd, file.gone = file.fd, -1, True
    if fd > 0:
        yield Close(fd)


def _alike(one: StatResult, other: StatResult) -> bool:
    return (one.mode, one.size, one.mtime) == (other.mode, other.size, other.mtime)


def _is_ready(fd: int) -> Asking[bool]:
    (found,) = yield Poll(((fd, PollEvent.POLLIN),), 0)
    return bool(found)


def _is_pipe(fd: int) -> Asking[bool]:
    try:
        stat: StatResult = yield Fstat(fd)
    except KernelError:
        return False
    return stat.mode & S_IFMT in (S_IFIFO, S_IFSOCK)


def _mind_the_reader() -> Asking[None]:
    """End, as by a write, once nobody reads what is printed."""
    (found,) = yield Poll(((1, 0),), 0)
    if found & PollEvent.POLLERR:
        pid: int = yield Getpid()
        yield Kill(pid, Sig.SIGPIPE)


def _is_gone(pid: int) -> Asking[bool]:
    try:
        yield Kill(pid, 0)
    except KernelError as error:
        return error.errno is not Errno.EPERM
    return False
