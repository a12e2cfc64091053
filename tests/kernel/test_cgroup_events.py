"""What poll(2) is told of cgroup.events, and by pids.events: on the model and on this machine's
kernel, which puts off what comes within ten milliseconds of the last."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
from typing import Any

import pytest

from nsh.abi.files import Lseek, Mount, Open, OpenFlag, Read, Write
from nsh.abi.names import Mkdir, Rmdir
from nsh.abi.poll import Poll, PollEvent
from nsh.abi.process import Fork
from nsh.abi.signals import Kill
from nsh.machine.cgroups import OpenNode
from tests.kernel.proc.computer import Computer
from tests.kernel.test_cgroup2 import Box
from tests.probes._calls import mount
from tests.probes._inside import spare, until_state
from tests.probes._real import need, trial

TOP = "/tmp/m"
PRI = PollEvent.POLLPRI
PLAY = (
    *("begin w", "begin v", "put w /b/cgroup.procs", "put v /b/cgroup.procs"),
    *("kill v", "begin v", "put 1 /b/cgroup.freeze", "put 1 /b/cgroup.freeze"),
    *("put v /b/cgroup.procs", "kill v", "put 1 /cgroup.freeze", "put 0 /b/cgroup.freeze"),
    *("put 1 /b/cgroup.freeze", "put w /cgroup.procs", "begin v", "put v /cgroup.procs"),
    *("stop v", "cont v", "put 0 /cgroup.freeze", "put 0 /b/cgroup.freeze"),
    *("stop v", "put 1 /cgroup.freeze", "cont v", "kill w", "kill v"),
    *("begin w", "put w /b/cgroup.procs", "put 1 /cgroup.kill", "put 0 /cgroup.freeze"),
    *("mkdir /c", "put 1 /c/cgroup.freeze", "rmdir /c", "put 1 /b/cgroup.freeze"),
    *("begin v", "put v /b/cgroup.procs", "put 0 /b/cgroup.freeze", "rmdir /b"),
    *("kill v", "rmdir /b"),
)
"""In a cgroup with another, ``/b``, in it."""
SIGNALS = {"kill": signal.SIGKILL, "stop": signal.SIGSTOP, "cont": signal.SIGCONT}


class Linux:
    """In a cgroup of its own."""

    def __init__(self, top: str) -> None:
        self.top = top
        self.pids: dict[str, int] = {}
        os.mkdir(f"{top}/b")
        self.files = [os.open(f"{top}{each}/cgroup.events", os.O_RDONLY) for each in ("", "/b")]

    def do(self, line: str) -> None:
        name, first, *rest = line.split()
        if name in SIGNALS:
            os.kill(self.pids[first], SIGNALS[name])
            if name == "kill":
                os.waitid(os.P_PID, self.pids[first], os.WEXITED | os.WNOWAIT)
        elif name == "begin":
            self.pids[first] = spare()
        elif name == "put":
            fd = os.open(self.top + rest[0], os.O_WRONLY)
            os.write(fd, str(self.pids.get(first, first)).encode())
            os.close(fd)
        else:
            with contextlib.suppress(OSError):
                (os.mkdir if name == "mkdir" else os.rmdir)(self.top + first)

    def told(self) -> list[Any]:
        """What poll and read say of each file, once everybody has come to rest."""
        for pid in self.pids.values():
            until_state(pid, "S", "T", "Z")
        time.sleep(0.03)
        return [(_polled(fd), _said(fd)) for fd in self.files]


def _polled(fd: int) -> int:
    asked = select.poll()
    asked.register(fd, PRI)
    return dict(asked.poll(0)).get(fd, 0)


def _said(fd: int) -> str:
    try:
        return os.pread(fd, 100, 0).decode()
    except OSError:
        return "ENODEV"


def _on_linux(name: str) -> Any:
    try:
        mount("none", "/tmp", "tmpfs", 0, "")
        os.mkdir(TOP)
        mount("none", TOP, "cgroup2", 0, "")
        os.mkdir(f"{TOP}/{name}")
    except OSError as problem:
        return str(problem)
    try:
        real = Linux(f"{TOP}/{name}")
        told = [real.told()]
        for line in PLAY:
            real.do(line)
            told.append(real.told())
        return told
    finally:
        for pid in real.pids.values():
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        for each in ("/b", ""):
            with contextlib.suppress(OSError):
                os.rmdir(f"{TOP}/{name}{each}")


class Model:
    """The same as tasks."""

    def __init__(self) -> None:
        self.box = Computer()
        self.pids: dict[str, int] = {}
        self.box.ask(Mkdir(TOP, 0o755))
        self.box.ask(Mount("none", TOP, "cgroup2", 0, ""))
        self.top = f"{TOP}/a"
        for each in ("", "/b"):
            self.box.ask(Mkdir(self.top + each, 0o755))
        paths = [f"{self.top}{each}/cgroup.events" for each in ("", "/b")]
        self.files = [self.box.ask(Open(path, 0)) for path in paths]

    def do(self, line: str) -> None:
        name, first, *rest = line.split()
        if name in SIGNALS:
            self.box.ask(Kill(self.pids[first], int(SIGNALS[name])))
        elif name == "begin":
            self.pids[first] = self.box.ask(Fork())
        elif name == "put":
            fd = self.box.ask(Open(self.top + rest[0], int(OpenFlag.O_WRONLY)))
            self.box.ask(Write(fd, str(self.pids.get(first, first)).encode()))
        else:
            self.box.ask(
                (Mkdir(self.top + first, 0o755)) if name == "mkdir" else Rmdir(self.top + first)
            )

    def told(self) -> list[Any]:
        told = []
        for fd in self.files:
            (events,) = self.box.ask(Poll(((fd, PRI),), 0))
            self.box.ask(Lseek(fd, 0, 0))
            said = self.box.ask(Read(fd, 100))
            told.append((events, said.decode() if isinstance(said, bytes) else said))
        return told


def test_as_linux_tells_it() -> None:
    need(root=True)
    real = trial(_on_linux, f"nsh-events-{os.getpid()}")
    if isinstance(real, str):
        pytest.skip(f"no cgroup2 here: {real}")
    model = Model()
    for line, wanted in zip(("", *PLAY), real, strict=True):
        if line:
            model.do(line)
        assert [list(each) for each in model.told()] == wanted, line


def test_who_waits_is_woken_and_what_was_told_goes_with_the_last_file() -> None:
    box = Box()
    box.do("spawn w\nspawn p { exec 6< /tmp/m/a/cgroup.events; cat <&6; poll 6:PRI; exec 6<&- }")
    box.do("exec 5< /tmp/m/a/cgroup.events\ncat <&5")
    assert [node.files for _key, node in box.session.machine.items(OpenNode)] == [2]
    box.do("echo 2 > /tmp/m/a/b/cgroup.procs")
    assert box.told("poll 5:PRI,IN") == "5: POLLIN POLLPRI POLLERR"
    assert [node.files for _key, node in box.session.machine.items(OpenNode)] == [1]
    box.do("exec 5<&-")
    assert box.session.machine.count(OpenNode) == 0


def test_limits_tell_of_forks_that_fail() -> None:
    box = Box()
    box.do("for x in m m/a { echo +pids > /tmp/$x/cgroup.subtree_control }")
    box.do("echo 1 > /tmp/m/a/pids.max\nspawn w\necho 2 > /tmp/m/a/b/cgroup.procs")
    for fd, file in ((5, "a/pids.events"), (6, "a/b/pids.events"), (7, "a/pids.events.local")):
        box.do(f"exec {fd}< /tmp/m/{file}\ncat <&{fd}")
    assert box.fails("w spawn x") == "EAGAIN"
    assert box.told("poll 5:PRI 6:PRI 7:PRI").splitlines() == [
        *("5: POLLPRI POLLERR", "7: POLLPRI POLLERR"),
    ]


def test_a_controller_that_leaves_takes_its_files_along() -> None:
    box = Box()
    box.do("echo +pids > /tmp/m/cgroup.subtree_control\nexec 5< /tmp/m/a/pids.events\ncat <&5")
    box.do("exec 6< /tmp/m/a/pids.max 7> /tmp/m/a/pids.max")
    box.do("echo -pids > /tmp/m/cgroup.subtree_control")
    for _ in range(2):
        assert box.fails("cat <&6") == "ENODEV"
        assert box.fails("echo 1 >&7") == "ENODEV"
        assert box.told("poll 5:PRI") == "5: POLLPRI POLLERR"
        box.do("echo +pids > /tmp/m/cgroup.subtree_control")
