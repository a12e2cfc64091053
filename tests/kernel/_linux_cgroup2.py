"""Real processes that share a part of hierarchies, for `test_cgroup2_programs` and
`test_controller_programs`."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import socket
import threading
import time
from typing import Any, Final, NamedTuple

from tests.kernel._linux_cgroups import (
    NEWCGROUP,
    ORDINARY,
    PLACES,
    TOP,
    WORKERS,
    Real,
    _errno,
    _text,
    _umount,
    _write,
)
from tests.probes._calls import CLONE_NEWNS, libc, unshare

KEEPER: Final = WORKERS
"""Who makes and ends the others, and never goes anywhere."""
VICTIMS: Final = 2
THREADED: Final = (0, 1)
"""The workers that have another thread."""
HOST: Final = f"{TOP}/u"
"""Where the hierarchies are shown whole."""
_PATIENCE: Final = 200


class Hierarchy(NamedTuple):
    """A hierarchy of the machine, and where what is below its part is shown."""

    kind: str
    options: str
    place: str


UNIFIED: Final = (Hierarchy("cgroup2", "", "m"),)
CONTROLLERS: Final = (Hierarchy("cgroup", "pids", "m"), Hierarchy("cgroup", "freezer", "x"))


def _show(hierarchy: Hierarchy, where: str) -> int:
    kind, options = hierarchy.kind.encode(), hierarchy.options.encode()
    if libc.mount(b"none", where.encode(), kind, 0, options):
        raise OSError(ctypes.get_errno(), "mount")
    return 0


class Member(Real):
    """What one worker does."""

    def __init__(self, hierarchy: str) -> None:
        super().__init__(hierarchy)
        self.children: list[int] = []

    def mount(self, where: str) -> Any:
        return _show(UNIFIED[0], where)

    def fork(self) -> Any:
        """A child that sleeps."""
        pid = os.fork()
        if pid == 0:
            while True:
                signal.pause()
        self.children.append(pid)
        return 0

    def bury(self, whole: bool) -> Any:
        """The oldest child dies; and is reaped, if it is to be gone."""
        if not self.children:
            return "ECHILD"
        os.kill(self.children[0], signal.SIGKILL)
        os.waitid(os.P_PID, self.children[0], os.WEXITED | os.WNOWAIT)
        if whole:
            os.waitpid(self.children.pop(0), 0)
        return 0

    def read(self, path: str) -> Any:
        return _text(path)

    def put(self, path: str, text: str) -> Any:
        _write(path, text)
        return 0

    # ---- the keeper's

    def begin(self) -> Any:
        """A new victim, which sleeps."""
        pid = os.fork()
        if pid == 0:
            for signo in (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):
                signal.signal(signo, signal.SIG_DFL)
            while True:
                signal.pause()
        return pid

    def send(self, pid: int, signo: int) -> Any:
        os.kill(pid, signo)
        return 0

    def state(self, pid: int) -> Any:
        """State and what pends for the process."""
        lines = _text(f"/proc/{pid}/status").splitlines()
        told = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
        return [told["State"][:1].replace("R", "S"), told["ShdPnd"]]

    def reap(self, pid: int) -> Any:
        return list(os.waitpid(pid, os.WNOHANG | os.WUNTRACED | os.WCONTINUED))


def _serve(channel: socket.socket, number: int) -> None:
    tids = []
    if number in THREADED:
        ready = threading.Event()

        def body() -> None:
            tids.append(threading.get_native_id())
            ready.set()
            threading.Event().wait()

        threading.Thread(target=body, daemon=True).start()
        ready.wait()
    if number == ORDINARY:
        os.setgroups([])
        os.setresgid(1000, 1000, 1000)
        os.setresuid(1000, 1000, 1000)
        libc.prctl(4, 1, 0, 0, 0)  # PR_SET_DUMPABLE, or nobody of its own could look into it
    worker = Member("")
    file = channel.makefile("rw")
    print(json.dumps([os.getpid(), *tids]), file=file, flush=True)
    for line in file:
        print(json.dumps(worker.perform(json.loads(line))), file=file, flush=True)


class Processes:
    """The workers, and the keeper."""

    def __init__(self, name: str, hierarchies: tuple[Hierarchy, ...] = UNIFIED) -> None:
        pairs = [socket.socketpair() for _ in range(WORKERS + 1)]
        self._keeper = os.fork()
        if self._keeper == 0:
            with contextlib.suppress(BaseException):
                for ours, _theirs in pairs:
                    ours.close()
                _keep(name, hierarchies, [theirs for _ours, theirs in pairs])
            os._exit(0)
        self._files = []
        for ours, theirs in pairs:
            theirs.close()
            self._files.append(ours.makefile("rw"))
            ours.close()
        said = self._files[KEEPER].readline()
        hello = json.loads(said or '"it is dead"')
        self.missing: str = hello if isinstance(hello, str) else ""
        self.pids: list[int] = []
        """Of the workers, the keeper, the other threads of workers, and the victims."""
        if not self.missing:
            hellos = [json.loads(self._files[who].readline()) for who in range(WORKERS)]
            self.pids = [one[0] for one in hellos] + hello
            self.pids += [hellos[who][1] for who in THREADED]

    def ask(self, who: int, step: list[Any]) -> Any:
        print(json.dumps(step), file=self._files[who], flush=True)
        return json.loads(self._files[who].readline())

    def end(self) -> None:
        for file in self._files:
            file.close()
        os.waitpid(self._keeper, 0)


def _begin(name: str, hierarchies: tuple[Hierarchy, ...]) -> Any:
    """Make the cgroups; an errno's name where that cannot be."""
    for each in hierarchies:
        os.mkdir(f"{HOST}/{each.place}")
        got = _errno(_show, each, f"{HOST}/{each.place}")
        got = got or _errno(os.mkdir, f"{HOST}/{each.place}/{name}")
        if got:
            return got
    return 0


def _keep(name: str, hierarchies: tuple[Hierarchy, ...], channels: list[socket.socket]) -> None:
    """Keep a cgroup in each, which is the root of all that anybody sees; then remove them."""
    unshare(CLONE_NEWNS)
    libc.mount(b"none", b"/", None, 1 << 18 | 1 << 14, None)  # MS_PRIVATE, MS_REC
    libc.mount(b"none", b"/tmp", b"tmpfs", 0, None)
    os.umask(0)
    for place in (*PLACES, "/u"):
        os.mkdir(TOP + place)
    os.umask(0o022)
    got = _begin(name, hierarchies)
    if got:
        channels[KEEPER].send(json.dumps(got).encode() + b"\n")
        return
    own = [f"{HOST}/{each.place}/{name}" for each in hierarchies]
    try:
        for top in own:
            _write(f"{top}/cgroup.procs", "0")
        unshare(NEWCGROUP)
        for each in hierarchies:
            _show(each, f"{TOP}/{each.place}")
        pids = []
        for number, channel in enumerate(channels[:WORKERS]):
            pid = os.fork()
            if pid == 0:
                with contextlib.suppress(BaseException):
                    for other in channels:
                        if other is not channel:
                            other.close()
                    _serve(channel, number)
                os._exit(0)
            pids.append(pid)
        for channel in channels[:WORKERS]:
            channel.close()
        with contextlib.suppress(BrokenPipeError):
            _serve(channels[KEEPER], KEEPER)
        for top in own:
            _thaw(top)
        for pid in pids:
            os.waitpid(pid, 0)
    finally:
        for top in own:
            _write(f"{os.path.dirname(top)}/cgroup.procs", "0")
            _remove(top)
        for place in "xym":
            _errno(_umount, f"{TOP}/{place}")


def _thaw(own: str) -> None:
    for above, names, _files in os.walk(own):
        for each in names:
            _errno(_write, f"{above}/{each}/cgroup.freeze", "0")
            _errno(_write, f"{above}/{each}/freezer.state", "THAWED")


def _remove(own: str) -> None:
    """Whoever is left in it is killed."""
    if _errno(_write, f"{own}/cgroup.kill", "1") == "ENOENT":
        for above, _names, _files in os.walk(own):
            for pid in map(int, _text(f"{above}/cgroup.procs").split()):
                _errno(os.kill, pid, signal.SIGKILL)
    for above, _names, _files in sorted(os.walk(own), reverse=True):
        for _ in range(_PATIENCE):
            if _errno(os.rmdir, above) != "EBUSY":
                break
            with contextlib.suppress(ChildProcessError):
                os.waitpid(-1, os.WNOHANG)
            time.sleep(0.01)
