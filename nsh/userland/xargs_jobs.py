"""What xargs starts: jobs, one after the other or several at a time, and what becomes of them."""

from collections.abc import Iterator
from typing import Final

from nsh.abi import Errno, KernelError
from nsh.abi.files import Close, Dup2, Open, OpenFlag, Pipe
from nsh.abi.invocation import Invocation, Running
from nsh.abi.process import Execve, ExitGroup, Fork, Wait4, WaitOption, WaitResult
from nsh.userland.children import NOT_EXECUTABLE, NOT_FOUND
from nsh.userland.options import UsageError
from nsh.userland.streams import READING, Asking, complain, read, say, write

_WRONG: Final = 1
_FAILED: Final = 123
_STOPS: Final = 124
_KILLED: Final = 125
_LAST_WORD: Final = 255
"""The status by which a job has xargs stop."""


class _Stop(Exception):
    """No further job is to be started."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Jobs:
    """Those that run, at most *most* of them (0: any number), and what became of the others."""

    __slots__ = ("_call", "_most", "_names", "_status", "_verbose")

    def __init__(self, call: Invocation, most: int, *, verbose: bool) -> None:
        self._call = call
        self._most = most
        self._verbose = verbose
        self._names: dict[int, str] = {}
        self._status = 0

    def perform(self, lines: Iterator[list[str]]) -> Running:
        """Perform each of *lines* and wait for all: 0, or 123 if one failed.

        124 if a job ended with 255, 125 if it was killed, 126 or 127 if it could not be executed:
        no other is started then.  Those that run are waited for, and may yet make it 123, unless
        none was left to start.
        """
        try:
            while True:
                argv = next(lines, None)
                if argv is None:
                    break
                yield from self._make_room()
                if self._verbose:
                    yield from write(2, " ".join(argv) + "\n")
                yield from self._start(argv)
        except (_Stop, UsageError) as stop:
            status = stop.status if isinstance(stop, _Stop) else _WRONG
            if isinstance(stop, UsageError):
                yield from say(self._call, str(stop))
            before = self._status
            try:
                yield from self._wait_for_all()
            except _Stop as another:
                return another.status
            return status if self._status == before else self._status
        try:
            yield from self._wait_for_all()
        except _Stop as stop:
            return stop.status
        return self._status

    def _wait_for_all(self) -> Asking[None]:
        while self._names:
            yield from self._reap(block=True)

    def _make_room(self) -> Asking[None]:
        while self._most and len(self._names) >= self._most:
            yield from self._reap(block=True)
        while self._names and (yield from self._reap(block=False)):
            pass

    def _reap(self, *, block: bool) -> Asking[bool]:
        """Take in a job's end; whether there was one.  _Stop if it has us stop."""
        pid = -1 if self._most != 1 else next(iter(self._names))  # others may be the caller's own
        try:
            found: WaitResult = yield Wait4(pid, 0 if block else int(WaitOption.WNOHANG))
        except KernelError as error:
            if error.errno is not Errno.EINTR:
                raise
            return True
        if not found.pid:
            return False
        name = self._names.pop(found.pid, "")
        signo, status = found.status & 0x7F, found.status >> 8 & 0xFF
        if signo:
            yield from say(self._call, f"{name}: terminated by signal {signo}")
            raise _Stop(_KILLED)
        if status == _LAST_WORD:
            yield from say(self._call, f"{name}: exited with status {status}; aborting")
            raise _Stop(_STOPS)
        if status:
            self._status = _FAILED
        return True

    def _start(self, argv: list[str]) -> Asking[None]:
        """Fork a job, which says through a pipe that it could not become what it should."""
        hears, tells = yield Pipe(int(OpenFlag.O_CLOEXEC))
        pid = yield Fork()
        if pid == 0:
            yield Close(hears)
            yield from self._become(argv, tells)
        yield Close(tells)
        trouble = yield from read(hears, 1)
        yield Close(hears)
        self._names[pid] = argv[0]
        if trouble:
            yield Wait4(pid)
            del self._names[pid]
            raise _Stop(trouble[0])

    def _become(self, argv: list[str], tells: int) -> Asking[None]:
        """In the child, which does not read on where we left off.  Does not return."""
        status = NOT_EXECUTABLE
        try:
            fd = yield Open("/dev/null", READING)
            yield Dup2(fd, 0)
            yield Close(fd)
            yield Execve(argv[0], tuple(argv))
        except KernelError as error:
            yield from complain(self._call, argv[0], error)
            status = NOT_FOUND if error.errno is Errno.ENOENT else NOT_EXECUTABLE
        yield from write(tells, bytes([status]))
        yield ExitGroup(status)
