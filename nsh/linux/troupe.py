"""Who is on the stage: every puppet, with its numbers in each pid namespace (pid_namespaces(7)).

Read once from /proc when it says hello; a pid namespace is known by its inode.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterable
from typing import Final

from nsh.abi.request import Request
from nsh.linux.puppet.wire import Channel

_NS_GET_PARENT: Final = 0xB702
_FROZEN_IN: Final = ("get_signal", "do_freezer_trap")
"""Where in the kernel who is frozen sleeps: the one is part of the other, or is not."""
_PAGE: Final = 4096
_LONGEST: Final = 1 << 20
"""Bytes of a status with NGROUPS_MAX groups."""
_MASKS: Final = (b"SigBlk:", b"SigIgn:", b"SigCgt:")


class Puppet:
    """One thread of a puppet process, as nsh sees it."""

    def __init__(self, key: int, channel: Channel) -> None:
        self.key = key
        """In order of birth, from 1; never given twice."""
        self.channel = channel
        self.tgid = 0
        """In nsh's own numbers, as `tid` is."""
        self.tid = 0
        self.pids: tuple[int, ...] = ()
        """Its numbers, in init's namespace first, in its own last."""
        self.spaces: tuple[int, ...] = ()
        """The inodes of those namespaces."""
        self.status = -1
        """Its status file, kept open."""
        self.state = "S"
        """As /proc has it; "Z" dead and not yet waited for, "" gone."""
        self.closed = False
        """It has let go of its control socket: it is dying, though perhaps not dead as yet."""
        self.emptied = 0.0
        """When it was first seen to be a dying init with nobody else in its namespace."""
        self.exit_code: int | None = None
        """The wait status that a dead one left, where it could be read."""
        self.asked: list[Request | None] = [None]
        """What it was asked and has not answered: the program's request, and those of trap
        blocks on top; None while there is none."""
        self.blocked_at = 0
        """When it fell asleep over it, by the conductor's count of such events."""

    @property
    def alive(self) -> bool:
        """Whether it can still do anything."""
        return not self.closed and self.state not in ("Z", "")

    @property
    def leader(self) -> bool:
        """Whether it is a process's first thread."""
        return self.tid == self.tgid

    def directory(self) -> str:
        """Its directory in nsh's own /proc."""
        return f"/proc/{self.tgid}/task/{self.tid}"

    def comm(self) -> str:
        """Its name, "?" once it is gone."""
        try:
            with open(f"{self.directory()}/comm", encoding="utf-8", errors="replace") as file:
                return file.read().removesuffix("\n")
        except OSError:
            return "?"

    def frozen(self) -> bool:
        """Whether its cgroup is frozen, and it with that; False where that is not told."""
        try:
            with open(f"{self.directory()}/wchan", encoding="ascii") as file:
                return file.read() in _FROZEN_IN
        except OSError:
            return False

    def told(self) -> bytes:
        """Its status, whole: a second look is for those who are in a great many groups.  ESRCH."""
        data = os.pread(self.status, _PAGE, 0)
        return data if len(data) < _PAGE else os.pread(self.status, _LONGEST, 0)

    def minds(self, signo: int) -> bool:
        """Whether it handles, ignores or blocks that signal."""
        with contextlib.suppress(OSError), open(f"{self.directory()}/status", "rb") as file:
            masks = (line.split() for line in file if line.startswith(_MASKS))
            return any(int(mask, 16) >> signo - 1 & 1 for _name, mask in masks)
        return False

    def shut(self) -> None:
        """Let go of all that is open for it."""
        self.channel.close()
        if self.status >= 0:
            os.close(self.status)
            self.status = -1


def leader_of(puppet: Puppet, others: Iterable[Puppet]) -> Puppet:
    """Whoever leads the process of *puppet*, or has led it; itself if nobody is known."""
    of_process = (other for other in others if other.tgid == puppet.tgid)
    return next((other for other in of_process if other.leader and other.status >= 0), puppet)


class Spaces:
    """The pid namespaces there are, by inode: their ancestors, numbers and names."""

    def __init__(self) -> None:
        self._paths: dict[int, tuple[int, ...]] = {}
        self._names: dict[int, str] = {}
        self._hidden = 0
        """How many of a puppet's numbers belong to namespaces around the stage."""

    def introduce(self, puppet: Puppet, tgid: int, own: int, name: str = "") -> None:
        """Find out who *puppet* is: its process is *tgid* here, its own number is *own*.

        *name*: what to call its pid namespace, should that be new.  ``OSError`` if it has gone.
        """
        puppet.tgid = tgid
        puppet.tid = next(
            tid for tid in _threads(tgid) if _numbers(f"/proc/{tgid}/task/{tid}/status")[-1] == own
        )
        if puppet.status >= 0:
            os.close(puppet.status)
        puppet.status = os.open(f"{puppet.directory()}/status", os.O_RDONLY | os.O_CLOEXEC)
        numbers = _numbers(f"{puppet.directory()}/status")
        if not self._paths:
            self._hidden = len(numbers) - 1
        puppet.pids = tuple(numbers[self._hidden :])
        puppet.spaces = self._path(f"{puppet.directory()}/ns/pid", name)

    def _path(self, file: str, name: str) -> tuple[int, ...]:
        fd = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
        try:
            inode = os.fstat(fd).st_ino
            if inode in self._paths:
                return self._paths[inode]
            above = () if not self._paths else self._above(fd)
        finally:
            os.close(fd)
        self._names[inode] = name if name and name not in self._names.values() else ""
        self._paths[inode] = (*above, inode)
        return self._paths[inode]

    def _above(self, fd: int) -> tuple[int, ...]:
        parent = fcntl.ioctl(fd, _NS_GET_PARENT)
        try:
            inode = os.fstat(parent).st_ino
            if inode in self._paths:
                return self._paths[inode]
            path = (*self._above(parent), inode)
        finally:
            os.close(parent)
        self._paths[inode], self._names[inode] = path, ""
        return path

    def label(self, inode: int) -> str:
        """What a namespace is called in ``cid:pid``: its name, or else its number."""
        return self._names[inode] or str(list(self._paths).index(inode))

    def find(self, cid: str) -> int | None:
        """The namespace of that name or number."""
        for inode, name in self._names.items():
            if name and name == cid:
                return inode
        if cid.isascii() and cid.isdigit() and int(cid) < len(self._paths):
            return list(self._paths)[int(cid)]
        return None


def _threads(tgid: int) -> list[int]:
    return sorted(int(name) for name in os.listdir(f"/proc/{tgid}/task"))


def _numbers(status: str) -> list[int]:
    """The NSpid line of a status file; [0] if the thread has gone."""
    with contextlib.suppress(OSError), open(status, "rb") as file:
        for line in file:
            if line.startswith(b"NSpid:"):
                return [int(word) for word in line.split()[1:]]
    return [0]
