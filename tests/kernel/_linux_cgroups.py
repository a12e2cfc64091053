"""Real processes that share a hierarchy of cgroups, for `tests.kernel.test_cgroup_programs`."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import os
import socket
import time
from collections.abc import Callable
from typing import Any, Final

from nsh.abi.process import CloneFlag
from tests.probes._calls import CLONE_NEWNS, libc, setns, unshare

WORKERS: Final = 4
ORDINARY: Final = 3
"""Whose worker is uid 1000."""
NEWCGROUP: Final = int(CloneFlag.CLONE_NEWCGROUP)
CONTAINER: Final = int(CloneFlag.CLONE_NEWUSER | CloneFlag.CLONE_NEWCGROUP | CloneFlag.CLONE_NEWNS)
TOP: Final = "/tmp/cgroup-programs"
PLACES: Final = ("", "/m", "/x", "/y")
Step = list[Any]


def _errno(call: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return call(*arguments)
    except OSError as error:
        return errno.errorcode[error.errno or 0]


def _write(path: str, text: str) -> None:
    fd = os.open(path, os.O_WRONLY)
    try:
        os.write(fd, text.encode())
    finally:
        os.close(fd)


def _text(path: str) -> str:
    fd = os.open(path, os.O_RDONLY)
    try:
        return os.read(fd, 1 << 16).decode()
    finally:
        os.close(fd)


def _mount(hierarchy: str, where: str) -> None:
    kind, options = b"cgroup", f"none,name={hierarchy}".encode()
    if libc.mount(b"none", where.encode(), kind, 0, options):
        raise OSError(ctypes.get_errno(), "mount")


def _umount(where: str) -> None:
    if libc.umount2(where.encode(), 0):
        raise OSError(ctypes.get_errno(), "umount2")


class Real:
    """What one worker does, in a process of its own."""

    def __init__(self, hierarchy: str) -> None:
        self.hierarchy = hierarchy
        self.kept = -1

    def perform(self, step: Step) -> Any:
        name, *arguments = step
        return _errno(getattr(self, name), *arguments)

    def unshare(self) -> Any:
        return unshare(NEWCGROUP)

    def contain(self) -> Any:
        uid, gid = os.geteuid(), os.getegid()
        got = unshare(CONTAINER)
        if got == 0:
            for name, text in maps(uid, gid):
                _write(f"/proc/self/{name}", text)
        return got

    def setns(self, pid: int) -> Any:
        fd = os.open(f"/proc/{pid}/ns/cgroup", os.O_RDONLY)
        try:
            return setns(fd, NEWCGROUP)
        finally:
            os.close(fd)

    def mkdir(self, path: str) -> Any:
        os.mkdir(path)
        return 0

    def rmdir(self, path: str) -> Any:
        os.rmdir(path)
        return 0

    def rename(self, old: str, new: str) -> Any:
        os.rename(old, new)
        return 0

    def chown(self, path: str, uid: int) -> Any:
        os.chown(path, uid, uid)
        return 0

    def attach(self, path: str, text: str) -> Any:
        _write(path, text)
        return 0

    def members(self, path: str) -> Any:
        return _text(path)

    def marked(self, path: str) -> Any:
        return _text(f"{path}/notify_on_release")

    def where(self, pid: int) -> Any:
        return _text(f"/proc/{pid}/cgroup")

    def mounts(self) -> Any:
        return _text("/proc/thread-self/mountinfo")

    def mount(self, where: str) -> Any:
        _mount(self.hierarchy, where)
        return 0

    def umount(self, where: str) -> Any:
        _umount(where)
        return 0

    def keep(self, path: str) -> Any:
        fd = os.open(path, os.O_RDWR)
        if self.kept >= 0:
            os.close(self.kept)
        self.kept = fd
        return 0

    def write_kept(self, text: str) -> Any:
        os.write(self.kept, text.encode())
        return 0

    def same(self, pid: int) -> Any:
        return os.readlink(f"/proc/{pid}/ns/cgroup") == os.readlink("/proc/self/ns/cgroup")


def maps(uid: int, gid: int) -> list[tuple[str, str]]:
    """What makes somebody root in a user namespace of their own."""
    return [("setgroups", "deny"), ("uid_map", f"0 {uid} 1"), ("gid_map", f"0 {gid} 1")]


def _serve(channel: socket.socket, hierarchy: str, number: int) -> None:
    if number == ORDINARY:
        os.setgroups([])
        os.setresgid(1000, 1000, 1000)
        os.setresuid(1000, 1000, 1000)
        libc.prctl(4, 1, 0, 0, 0)  # PR_SET_DUMPABLE, or nobody of its own could look into it
    worker = Real(hierarchy)
    file = channel.makefile("rw")
    for line in file:
        print(json.dumps(worker.perform(json.loads(line))), file=file, flush=True)


class Processes:
    """The workers, and the hierarchy: it is mounted where they alone see it."""

    def __init__(self, hierarchy: str) -> None:
        pairs = [socket.socketpair() for _ in range(WORKERS)]
        self._channel, theirs = socket.socketpair()
        self._keeper = os.fork()
        if self._keeper == 0:
            with contextlib.suppress(BaseException):
                self._channel.close()
                for ours, _theirs in pairs:
                    ours.close()
                _keep(theirs, hierarchy, [worker for _ours, worker in pairs])
            os._exit(0)
        theirs.close()
        self._files = []
        for ours, worker in pairs:
            worker.close()
            self._files.append(ours.makefile("rw"))
            ours.close()
        said = json.loads(self._channel.makefile().readline() or '"it is dead"')
        self.missing: str = said if isinstance(said, str) else ""
        self.pids: list[int] = [] if self.missing else said

    def ask(self, who: int, step: Step) -> Any:
        print(json.dumps(step), file=self._files[who], flush=True)
        return json.loads(self._files[who].readline())

    def end(self) -> None:
        for file in self._files:
            file.close()
        self._channel.close()
        os.waitpid(self._keeper, 0)


def _keep(channel: socket.socket, hierarchy: str, workers: list[socket.socket]) -> None:
    """Keep the hierarchy until the workers are gone; then remove all of it."""
    unshare(CLONE_NEWNS)
    libc.mount(b"none", b"/", None, 1 << 18 | 1 << 14, None)  # MS_PRIVATE, MS_REC
    libc.mount(b"none", b"/tmp", b"tmpfs", 0, None)
    os.umask(0)
    for place in PLACES:
        os.mkdir(TOP + place)
    os.umask(0o022)
    got = _errno(_mount, hierarchy, f"{TOP}/m")
    pids = []
    for number, worker in enumerate([] if got else workers):
        pid = os.fork()
        if pid == 0:
            with contextlib.suppress(BaseException):
                for other in (channel, *workers):
                    if other is not worker:
                        other.close()
                _serve(worker, hierarchy, number)
            os._exit(0)
        pids.append(pid)
    for worker in workers:
        worker.close()
    channel.send(json.dumps(got or pids).encode() + b"\n")
    for pid in pids:
        os.waitpid(pid, 0)
    if not got:
        _remove(hierarchy)


def _remove(hierarchy: str) -> None:
    """A hierarchy ends with its last mount, if it has no cgroups; and removed ones count until the
    kernel has got round to them."""
    for above, names, _files in sorted(os.walk(f"{TOP}/m"), reverse=True):
        for each in names:
            os.rmdir(f"{above}/{each}")
    for place in "xy":
        _errno(_umount, f"{TOP}/{place}")
    for _ in range(20):
        _umount(f"{TOP}/m")
        for _ in range(20):
            if f":name={hierarchy}:" not in _text("/proc/self/cgroup"):
                return
            time.sleep(0.01)
        _mount(hierarchy, f"{TOP}/m")
