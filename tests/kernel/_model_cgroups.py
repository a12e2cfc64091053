"""The same workers as tasks of the model, for `tests.kernel.test_cgroup_programs`."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import Any

import nsh
from nsh.abi import KernelError
from nsh.abi.attributes import Chown
from nsh.abi.credentials import Setgroups, Setresgid, Setresuid
from nsh.abi.files import Close, Mount, Open, Read, Readlink, Umount, Write
from nsh.abi.names import Mkdir, Rename, Rmdir
from nsh.abi.namespaces import Setns, Unshare
from nsh.abi.prctl import Prctl, PrctlOption
from tests.kernel._linux_cgroups import (
    CONTAINER,
    NEWCGROUP,
    ORDINARY,
    PLACES,
    TOP,
    WORKERS,
    Step,
    maps,
)


class Tasks:
    """The same on the model."""

    def __init__(self, hierarchy: str) -> None:
        self.hierarchy = hierarchy
        self.session = nsh.boot("mainline")
        for place in PLACES:
            self.session.run(f"mkdir -m 777 {TOP}{place}")
        made = self.session.run(f"mount -t cgroup -o none,name={hierarchy} none {TOP}/m")
        assert made.ok, made.output
        self.tasks = []
        self.pids = []
        self.kept = [-1] * WORKERS
        self.contained: set[int] = set()
        for number in range(WORKERS):
            self.session.run(f"spawn w{number}")
            self.pids.append(number + 2)
            self.tasks.append(self.session.task(f"w{number}"))
        for request in (Setgroups(()), Setresgid(1000, 1000, 1000), Setresuid(1000, 1000, 1000)):
            self._call(ORDINARY, request)
        self._call(ORDINARY, Prctl(PrctlOption.PR_SET_DUMPABLE, 1))

    def ask(self, who: int, step: Step) -> Any:
        name, *arguments = step
        try:
            return getattr(self, f"_{name}")(who, *arguments)
        except KernelError as error:
            return error.errno.name

    def _call(self, who: int, request: Any) -> Any:
        return self.tasks[who].perform(request)

    def _unshare(self, who: int) -> Any:
        return self._call(who, Unshare(NEWCGROUP))

    @contextlib.contextmanager
    def _opened(self, who: int, path: str, flags: int) -> Iterator[int]:
        fd = self._call(who, Open(path, flags))
        try:
            yield fd
        finally:
            self._call(who, Close(fd))

    def _contain(self, who: int) -> Any:
        uid = 1000 if who == ORDINARY and who not in self.contained else 0
        got = self._call(who, Unshare(CONTAINER))
        self.contained.add(who)
        for name, text in maps(uid, uid):
            self._attach(who, f"/proc/self/{name}", text)
        return got

    def _setns(self, who: int, pid: int) -> Any:
        with self._opened(who, f"/proc/{pid}/ns/cgroup", os.O_RDONLY) as fd:
            return self._call(who, Setns(fd, NEWCGROUP))

    def _mkdir(self, who: int, path: str) -> Any:
        return self._call(who, Mkdir(path, 0o777))

    def _rmdir(self, who: int, path: str) -> Any:
        return self._call(who, Rmdir(path))

    def _rename(self, who: int, old: str, new: str) -> Any:
        return self._call(who, Rename(old, new))

    def _chown(self, who: int, path: str, uid: int) -> Any:
        return self._call(who, Chown(path, uid, uid))

    def _attach(self, who: int, path: str, text: str) -> Any:
        with self._opened(who, path, os.O_WRONLY) as fd:
            self._call(who, Write(fd, text.encode()))
        return 0

    def _text(self, who: int, path: str) -> Any:
        with self._opened(who, path, os.O_RDONLY) as fd:
            return self._call(who, Read(fd, 1 << 16)).decode()

    def _members(self, who: int, path: str) -> Any:
        return self._text(who, path)

    def _marked(self, who: int, path: str) -> Any:
        return self._text(who, f"{path}/notify_on_release")

    def _where(self, who: int, pid: int) -> Any:
        return self._text(who, f"/proc/{pid}/cgroup")

    def _mounts(self, who: int) -> Any:
        return self._text(who, "/proc/self/mountinfo")

    def _mount(self, who: int, where: str) -> Any:
        return self._call(who, Mount("none", where, "cgroup", 0, f"none,name={self.hierarchy}"))

    def _umount(self, who: int, where: str) -> Any:
        return self._call(who, Umount(where))

    def _keep(self, who: int, path: str) -> Any:
        fd = self._call(who, Open(path, os.O_RDWR))
        if self.kept[who] >= 0:
            self._call(who, Close(self.kept[who]))
        self.kept[who] = fd
        return 0

    def _write_kept(self, who: int, text: str) -> Any:
        if self.kept[who] < 0:
            return "EBADF"
        return 0 * self._call(who, Write(self.kept[who], text.encode()))

    def _same(self, who: int, pid: int) -> Any:
        theirs = self._call(who, Readlink(f"/proc/{pid}/ns/cgroup"))
        return bool(theirs == self._call(who, Readlink("/proc/self/ns/cgroup")))
