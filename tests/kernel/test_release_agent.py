"""Release agents of cgroups of the first version: when the kernel runs one, and as what, on the
model and on this machine's kernel, which runs it outside of all containers."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from tests.kernel.test_cgroups import Box
from tests.probes._calls import CLONE_NEWPID, clone, libc, mount
from tests.probes._inside import PATIENCE, child, rest, spare, until, until_state
from tests.probes._real import need, trial

PLAY = (
    ("mkdir /a", ""),
    ("write 1 /a/notify_on_release", ""),
    ("mkdir /a/b", ""),
    ("begin w", ""),
    ("write w /a/b/tasks", ""),
    ("write w /a/tasks", "/a/b"),
    ("write w /a/b/cgroup.procs", ""),
    ("kill w", "/a/b"),
    ("reap w", ""),
    ("rmdir /a/b", "/a"),
    ("mkdir /a/c", ""),
    ("write 0 /a/c/notify_on_release", ""),
    ("begin v", ""),
    ("write v /a/c/tasks", ""),
    ("write v /tasks", ""),
    ("rmdir /a/c", "/a"),
    ("mkdir /a/d", ""),
    ("write v /a/tasks", ""),
    ("rmdir /a/d", ""),
    ("mv /a /z", ""),
    ("write v /tasks", "/z"),
    ("write 1 /notify_on_release", ""),
    ("mkdir /y", ""),
    ("write v /y/tasks", ""),
    ("write v /z/tasks", "/y"),
    ("nest i", ""),
    ("write i /y/tasks", ""),
    ("write c /y/tasks", ""),
    ("kill i", "/y"),
    ("umount", ""),
    ("kill v", "/z"),
)
"""What is done, and for what the agent is run then."""
TELLING = """#!{shell}
me=$$
grep -E '^(Name|Umask|PPid|Uid|Gid|Groups|Threads|SigIgn|Cap|NoNew)' /proc/$me/status
grep -E '^NS(pgid|sid)' /proc/$me/status
readlink /proc/$me/cwd
tr '\\0' '\\n' < /proc/$me/environ
tr '\\0' '\\n' < /proc/$me/cmdline
"""
"""An agent that says what it is."""


# ---- on Linux


class Linux:
    """A hierarchy of its own; its agent tells by the fifo in *folder*."""

    def __init__(self, folder: str, name: str, agent: str) -> None:
        self.name, self.top, self.left = name, f"{folder}/m", b""
        self.pids: dict[str, int] = {}
        self.told = os.open(f"{folder}/fifo", os.O_RDWR)
        os.mkdir(self.top)
        self.mount()
        self.write(agent, "/release_agent")

    def mount(self) -> None:
        mount("none", self.top, "cgroup", 0, f"none,name={self.name}")

    def do(self, line: str) -> None:
        name, *words = line.split()
        getattr(self, name)(*words)

    def mkdir(self, path: str) -> None:
        os.mkdir(self.top + path)

    def rmdir(self, path: str) -> None:
        os.rmdir(self.top + path)

    def mv(self, old: str, new: str) -> None:
        os.rename(self.top + old, self.top + new)

    def begin(self, who: str) -> None:
        self.pids[who] = spare()

    def nest(self, who: str) -> None:
        """The init of a pid namespace, and a child of it, c."""
        self.pids[who] = child(lambda: spare() and rest(), lambda: clone(CLONE_NEWPID | 17))
        path = f"/proc/{self.pids[who]}/task/{self.pids[who]}/children"
        self.pids["c"] = int(until(lambda: Path(path).read_text()))

    def kill(self, who: str) -> None:
        os.kill(self.pids[who], signal.SIGKILL)
        until_state(self.pids[who], "Z")

    def reap(self, who: str) -> None:
        os.waitpid(self.pids.pop(who), 0)

    def write(self, what: str, path: str) -> None:
        fd = os.open(self.top + path, os.O_WRONLY)
        os.write(fd, str(self.pids.get(what, what)).encode())
        os.close(fd)

    def umount(self) -> None:
        libc.umount2(self.top.encode(), 0)

    def hear(self, patience: float = PATIENCE) -> str:
        """What the agent says next; "" if it says nothing."""
        end = time.monotonic() + patience
        while b"\n\n" not in self.left:
            if not select.select([self.told], [], [], max(0.0, end - time.monotonic()))[0]:
                return ""
            self.left += os.read(self.told, 4096)
        said, _, self.left = self.left.partition(b"\n\n")
        return said.decode()

    def end(self) -> None:
        """A hierarchy ends with its last mount, once the kernel is done with its cgroups."""
        for pid in self.pids.values():
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
        for _ in range(10):
            with contextlib.suppress(OSError):
                self.mount()
            for path, _names, _files in os.walk(self.top, topdown=False):
                with contextlib.suppress(OSError):
                    os.rmdir(path)
            while not libc.umount2(self.top.encode(), 0):
                pass
            for _ in range(10):
                time.sleep(0.01)
                if f":name={self.name}:" not in Path("/proc/self/cgroup").read_text():
                    return


def _on_linux(folder: str, name: str, play: tuple[tuple[str, str], ...]) -> Any:
    try:
        real = Linux(folder, name, f"{folder}/agent")
    except OSError as problem:
        return str(problem)
    try:
        for line in ("mkdir /x", "write 1 /x/notify_on_release", "mkdir /x/y", "rmdir /x/y"):
            real.do(line)
        first = real.hear(5.0)  # in a container the kernel finds no such file
        if not first:
            return "the kernel does not run programs from here"
        told = []
        for line, released in play:
            real.do(line)
            told.append(real.hear() if released else "")
        return [first, told, real.hear(0.0)]
    finally:
        real.end()


def on_linux(folder: Path, script: str, play: tuple[tuple[str, str], ...] = ()) -> Any:
    """What the agent *script* says in a cgroup ``/x``; then at each step of *play*; then for
    nothing."""
    need(root=True)
    folder.chmod(0o755)
    os.mkfifo(folder / "fifo")
    agent = folder / "agent"
    agent.write_text(script)
    agent.chmod(0o755)
    got = trial(_on_linux, str(folder), f"nsh-{os.getpid()}-{folder.name}"[:60], play)
    if isinstance(got, str):
        pytest.skip(got)
    return got


def test_linux_runs_the_agent_then(tmp_path: Path) -> None:
    script = f'#!/bin/sh\nprintf "%s\\n\\n" "$1" > {tmp_path}/fifo\n'
    first, told, rest = on_linux(tmp_path, script, PLAY)
    assert first == "/x"
    assert told == [released for _line, released in PLAY]
    assert rest == ""


# ---- on the model


def box_with(script: str) -> Box:
    box = Box("mkdir /tmp/m\nmount -t cgroup -o none,name=x none /tmp/m")
    for line in script.splitlines():
        box.do(f"echo {_quoted(line)} >> /tmp/agent")
    box.do("chmod 755 /tmp/agent\necho /tmp/agent > /tmp/m/release_agent")
    return box


def _quoted(line: str) -> str:
    return "'" + line.replace("'", "'\\''") + "'"


SAYING = """#!/bin/nsh
me=$$
tr '\\0' '\\n' < /proc/$me/cmdline | tail -n 1 >> /tmp/log
"""


def _model_line(line: str) -> str:
    name, *words = line.split()
    match name:
        case "begin":
            return f"spawn {words[0]}; echo $! > /tmp/{words[0]}"
        case "nest":
            who = words[0]
            return f"spawn --pid {who}; echo $! > /tmp/{who}; {who} spawn c; pgrep -x c > /tmp/c"
        case "kill":
            return f"kill -9 $(cat /tmp/{words[0]})"
        case "reap":
            return "wait"
        case "write":
            what = f"$(cat /tmp/{words[0]})" if words[0].isalpha() else words[0]
            return f"echo {what} > /tmp/m{words[1]}"
        case _:
            return f"{name} " + (" ".join(f"/tmp/m{word}" for word in words) or "/tmp/m")


def test_the_model_runs_it_then() -> None:
    box = box_with(SAYING)
    box.do("touch /tmp/log")
    for line, released in PLAY:
        box.do(_model_line(line) + "\nsleep 1")
        assert box.told("cat /tmp/log") == released, line
        box.do("echo -n > /tmp/log")


def test_nobody_hears_of_an_agent_that_cannot_be() -> None:
    box = box_with(SAYING)
    box.do("echo 1 > /tmp/m/notify_on_release\nmkdir /tmp/m/a")
    box.do("mkdir /tmp/noexec\nmount -t tmpfs -o noexec none /tmp/noexec")
    box.do("cp -p /tmp/agent /tmp/noexec/agent\ncp /tmp/agent /tmp/plain\nchmod 644 /tmp/plain")
    box.do("grep -v '#!' /tmp/agent > /tmp/headless\nchmod 755 /tmp/headless")
    box.do("mkdir /tmp/folder\nln -s loop /tmp/loop")
    for agent in ("nowhere", "folder", "plain", "headless", "noexec/agent", "loop", "plain/x"):
        box.do(f"echo /tmp/{agent} > /tmp/m/release_agent\nmkdir /tmp/m/a/b\nrmdir /tmp/m/a/b")
        box.do("sleep 1")
        assert box.told("ps -e -o comm=") == "init", agent
    assert box.fails("cat /tmp/log") == "ENOENT"
    box.do("echo /bin/touch > /tmp/m/release_agent\nmkdir /tmp/m/a/b\nrmdir /tmp/m/a/b\nsleep 1")
    assert box.told("ls -d /a") == "/a"  # which the command has made


def test_an_agent_needs_a_number() -> None:
    box = box_with(SAYING)
    box.do("echo 1 > /tmp/m/notify_on_release\nmkdir /tmp/m/a\necho 305 > /proc/sys/kernel/pid_max")
    box.do("spawn -n 303 w\nmkdir /tmp/m/a/b\nrmdir /tmp/m/a/b\nkill -9 300 301 302 303 304")
    box.do("for n in 300 301 302 303 304 { waitpid $n || true }\nsleep 1")
    assert box.fails("cat /tmp/log") == "ENOENT"
    box.do("mkdir /tmp/m/a/b\nrmdir /tmp/m/a/b\nsleep 1")
    assert box.told("cat /tmp/log") == "/a"


def test_a_thread_that_becomes_its_process_leaves_the_firsts_cgroup_released_once() -> None:
    box = box_with(SAYING)
    box.do("echo 1 > /tmp/m/notify_on_release\nmkdir /tmp/m/a /tmp/m/b")
    box.do("spawn w\nw spawn -t t\nw spawn -t s")
    for number, cgroup in ((2, "a"), (3, "b"), (4, "a")):
        box.do(f"echo {number} > /tmp/m/{cgroup}/tasks")
    box.do("as t { exec sleep infinity } &\nsleep 1")
    assert box.told("cat /tmp/log /tmp/m/b/tasks").split() == ["/a", "2"]


def test_it_is_the_same_to_itself_on_both(tmp_path: Path) -> None:
    telling = TELLING.format(shell="/bin/nsh").replace("me=$$", "exec > /tmp/log\nme=$$")
    box = box_with(telling)
    box.do("policy kthreads kthread")
    box.do("mkdir /tmp/m/x\necho 1 > /tmp/m/x/notify_on_release")
    box.do("mkdir /tmp/m/x/y\nrmdir /tmp/m/x/y\nsleep 1")
    said = box.told("cat /tmp/log").replace("/bin/nsh", "/bin/sh")
    assert "NSpgid:\t0\nNSsid:\t0\n/\nHOME=/\nPATH=/sbin:/bin:/usr/sbin:/usr/bin\n" in said
    assert said.endswith("\n/bin/sh\n/tmp/agent\n/x")
    script = TELLING.format(shell="/bin/sh") + "echo\n"
    script = script.replace("me=$$", f"exec > {tmp_path}/fifo\nme=$$")
    first, _told, rest = on_linux(tmp_path, script)
    assert rest == ""
    assert first.replace(str(tmp_path), "/tmp") == said
