"""Files that keep a new namespace: what unshare(1) does for ``--uts=FILE``.

A namespace's file in /proc is mounted on FILE, and keeps the namespace though nobody is in it.
The task that is in it does that; but if it is in a new mount namespace too, where nobody else would
see the mount, a child that stayed outside.
"""

from nsh.abi import KernelError
from nsh.abi.files import Close, Mount, MountFlag, Pipe
from nsh.abi.invocation import Invocation, Running
from nsh.abi.process import CloneFlag, Fork, Getpid
from nsh.userland.children import end_with, status_of
from nsh.userland.kinds import KINDS
from nsh.userland.options import Given
from nsh.userland.streams import Asking, complain, read, write

_FOR_CHILDREN = ("pid", "time")
"""Kinds that the caller itself does not enter: it makes them for its children."""


class Keeper:
    """Mounts the files of a task's namespaces once they are there."""

    def __init__(self, call: Invocation, wanted: list[tuple[str, str]]) -> None:
        self._call = call
        self._wanted = wanted
        """The file in /proc/PID/ns, and on which to mount it."""
        self._child = 0
        """Who stayed outside, and waits for a word on ``_word``."""
        self._word = -1

    @classmethod
    def of(cls, call: Invocation, given: Given, flags: int) -> "Asking[Keeper]":
        """For the FILEs that the command line names, before anything is unshared."""
        wanted = []
        for kind in KINDS:
            if given.get(kind.word):
                suffix = "_for_children" if kind.file in _FOR_CHILDREN else ""
                wanted.append((kind.file + suffix, given.get(kind.word)))
        keeper = cls(call, wanted)
        if wanted and flags & CloneFlag.CLONE_NEWNS:
            yield from keeper._leave_outside()
        return keeper

    def _leave_outside(self) -> Asking[None]:
        whose = yield Getpid()
        reading, writing = yield Pipe()
        pid = yield Fork()
        if pid == 0:

            def work() -> Running:
                yield Close(writing)
                told = yield from read(reading, 1)
                return 0 if not told or (yield from self._mount(whose)) else 1

            yield from end_with(self._call, work)
        yield Close(reading)
        self._child, self._word = pid, writing

    def keep(self) -> Asking[bool]:
        """The namespaces are there: mount their files.  False: one could not be, which was told."""
        if not self._child:
            return not self._wanted or (yield from self._mount((yield Getpid())))
        yield from write(self._word, "!")
        yield Close(self._word)
        return (yield from status_of(self._child)) == 0

    def forget(self) -> Asking[None]:
        """Nothing is to be mounted: whoever waits outside hears the end of the pipe."""
        if self._child:
            yield Close(self._word)

    def _mount(self, pid: int) -> Asking[bool]:
        for name, path in self._wanted:
            source = f"/proc/{pid}/ns/{name}"
            try:
                yield Mount(source, path, "", MountFlag.MS_BIND)
            except KernelError as error:
                yield from complain(self._call, f"mount {source} on {path} failed", error)
                return False
        return True
