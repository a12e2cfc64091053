"""Real processes that perform programs about sockets, one call at a time (see `_socket_programs`).

Started as a script it is the *stage*: it reads programs, one a line, and plays each in a fresh pid
and network namespace with three workers.  Worker 2 is in a network and a pid namespace of its own;
a pair of veth joins the two networks.  Every call is made without waiting; what comes of it is told
as `_sockets_model.World` tells it.
"""

from __future__ import annotations

import array
import contextlib
import ctypes
import errno
import fcntl
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from nsh.linux.puppet import network

CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWNET = 0x20000, 0x20000000, 0x40000000
POLL = 0x1 | 0x4 | 0x2000
WORKERS = 3
HOSTS = ("10.0.0.1", "10.0.0.2")
TOLD = 40
"""What the owner of a socket is sent, once it has asked for that."""
UID = 1000
"""Worker 1 is no root."""
_libc = ctypes.CDLL(None, use_errno=True)
_SETTLE = 0.0006

Step = list[Any]


class Stage:
    """The stage, seen from the tests."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        if self._ask("hello") != "ready":
            raise PermissionError("no namespaces to be had")

    def _ask(self, value: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps(value).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise PermissionError("the stage ended") from None
        line = self._process.stdout.readline()
        if not line:
            raise PermissionError("the stage ended")
        return json.loads(line)

    def play(self, steps: list[Step]) -> list[Any]:
        """What each step answered, and what poll found of every socket after it."""
        return list(self._ask(steps))

    def close(self) -> None:
        """End the stage."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


def _unshare(flags: int) -> None:
    if _libc.unshare(flags):
        raise OSError(ctypes.get_errno(), "unshare")


def _main() -> None:
    try:
        _unshare(CLONE_NEWNS)
        _libc.mount(None, b"/", None, 1 << 14 | 1 << 18, None)
        _libc.mount(b"none", b"/tmp", b"tmpfs", 0, b"mode=1777")
        os.chdir("/tmp")
        answer: Any = "ready"
    except OSError as problem:
        answer = str(problem)
    os.sched_setaffinity(0, [max(os.sched_getaffinity(0))])
    for line in sys.stdin.buffer:
        asked = json.loads(line)
        if isinstance(asked, list):
            answer = _played(asked)
        os.write(1, json.dumps(answer).encode() + b"\n")


def _played(steps: list[Step]) -> Any:
    """Play in a child, which goes with all that it has made."""
    for name in os.listdir("."):
        os.unlink(name)
    there, here = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(there)
        _unshare(CLONE_NEWPID | CLONE_NEWNET)
        init = os.fork()
        if init:
            os.waitpid(init, 0)
            os._exit(0)
        told = json.dumps(_perform(steps)).encode()
        while told:
            told = told[os.write(here, told) :]
        os._exit(0)
    os.close(here)
    data = b""
    while chunk := os.read(there, 1 << 20):
        data += chunk
    os.close(there)
    os.waitpid(child, 0)
    return json.loads(data)


def _perform(steps: list[Step]) -> list[Any]:
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    ways: list[socket.socket] = []
    for index in range(WORKERS):
        one, other = socket.socketpair()
        if index == WORKERS - 1:
            _unshare(CLONE_NEWPID)
        pid = os.fork()
        if pid == 0:
            for way in ways:
                way.close()
            one.close()
            _work(other, index)
        other.close()
        ways.append(one)
        if index == 0:
            network.setlink(None, 1, 1, "", 0, 0, -1)
        if index == WORKERS - 1:
            _say(one, ["wait"])
            network.newlink(None, "v0", "veth", "v1", pid, -1)
            here = next(link[0] for link in network.getlink(None) if link[1] == "v0")
            network.newaddr(None, here, HOSTS[0], 24)
            network.setlink(None, here, 1, "", 0, 0, -1)
            _say(one, ["network"])
    time.sleep(0.01)
    seen = []
    for step in steps:
        answer = _say(ways[step[0]], step[1:])
        time.sleep(_SETTLE if step[-1] != "inet" else _SETTLE * 3)
        seen.append([answer, [_say(way, ["look"]) for way in ways]])
    for way in ways:
        way.close()
    return seen


def _say(way: socket.socket, value: Any) -> Any:
    way.sendall(json.dumps(value).encode() + b"\n")
    data = b""
    while not data.endswith(b"\n"):
        chunk = way.recv(1 << 16)
        if not chunk:
            return "gone"
        data += chunk
    return json.loads(data)


def _work(way: socket.socket, index: int) -> None:
    worker = Worker(index)
    data = b""
    while True:
        while b"\n" not in data:
            chunk = way.recv(1 << 16)
            if not chunk:
                os._exit(0)
            data += chunk
        line, data = data.split(b"\n", 1)
        name, *arguments = json.loads(line)
        answer = worker.perform(name, arguments)
        way.sendall(json.dumps(answer).encode() + b"\n")


class Worker:
    """One process and its sockets by slot."""

    def __init__(self, index: int) -> None:
        self.index = index
        self.sockets: dict[int, socket.socket] = {}
        self.asked: dict[int, int] = {}
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGPIPE, TOLD})
        if index == 2:
            _unshare(CLONE_NEWNET)
        if index == 1:
            os.setgid(UID)
            os.setuid(UID)

    def perform(self, name: str, arguments: list[Any]) -> Any:
        try:
            answer = getattr(self, f"do_{name}")(*arguments)
        except OSError as error:
            answer = errno.errorcode[error.errno or 0]
        if signal.SIGPIPE in signal.sigpending():
            signal.sigwait({signal.SIGPIPE})
            answer = [answer, "SIGPIPE"]
        return answer

    def do_wait(self) -> int:
        return 0

    def do_network(self) -> int:
        network.setlink(None, 1, 1, "", 0, 0, -1)
        there = next(link[0] for link in network.getlink(None) if link[1] == "v1")
        network.newaddr(None, there, HOSTS[1], 24)
        network.setlink(None, there, 1, "", 0, 0, -1)
        return 0

    def do_look(self) -> dict[str, Any]:
        found: dict[str, Any] = {"told": []}
        while (info := signal.sigtimedwait({TOLD}, 0)) is not None:
            fd = info.si_status  # si_fd is where others have that
            found["told"].append([self.asked[fd], info.si_code])
        for slot, one in sorted(self.sockets.items()):
            poller = select.poll()
            poller.register(one, POLL)
            events = poller.poll(0)
            found[str(slot)] = [events[0][1] if events else 0, self._queued(one)]
        return found

    def _queued(self, one: socket.socket) -> Any:
        if one.family == socket.AF_INET and one.type == socket.SOCK_DGRAM:
            return 0
        try:
            data = fcntl.ioctl(one, 0x541B, b"\0" * 4)
        except OSError as error:
            return errno.errorcode[error.errno or 0]
        return struct.unpack("i", data)[0]

    def _keep(self, slot: int, one: socket.socket) -> None:
        one.setblocking(False)
        self.sockets[slot] = one

    def do_socket(self, slot: int, family: int, kind: int, number: int) -> int:
        self._keep(slot, socket.socket(family, kind, number))
        return 0

    def do_pair(self, slot: int, other: int, kind: int) -> int:
        one, two = socket.socketpair(socket.AF_UNIX, kind)
        self._keep(slot, one)
        self._keep(other, two)
        return 0

    def do_close(self, slot: int) -> int:
        self.sockets.pop(slot).close()
        return 0

    def do_bind(self, slot: int, address: list[Any], *_: Any) -> int:
        self.sockets[slot].bind(_address(address))
        return 0

    def do_listen(self, slot: int, backlog: int) -> int:
        self.sockets[slot].listen(backlog)
        return 0

    def do_accept(self, slot: int, new: int, *_: Any) -> Any:
        one, address = self.sockets[slot].accept()
        self._keep(new, one)
        return [0, told(address)]

    def do_connect(self, slot: int, address: list[Any], *_: Any) -> int:
        self.sockets[slot].connect(_address(address))
        return 0

    def do_send(
        self,
        slot: int,
        size: int,
        address: list[Any] | None,
        passed: list[int],
        creds: list[int],
        flags: int,
        *_: Any,
    ) -> int:
        beside: list[tuple[int, int, Any]] = []
        if passed:
            fds = array.array("i", [self.sockets[each].fileno() for each in passed])
            beside.append((socket.SOL_SOCKET, socket.SCM_RIGHTS, fds))
        if creds:
            beside.append((socket.SOL_SOCKET, 2, struct.pack("iII", *creds)))
        data = body(size)
        if address is None:
            return self.sockets[slot].sendmsg([data], beside, flags)
        return self.sockets[slot].sendmsg([data], beside, flags, _address(address))

    def do_receive(self, slot: int, size: int, flags: int, room: list[int], *_: Any) -> Any:
        one = self.sockets[slot]
        cred = one.family == socket.AF_UNIX and one.getsockopt(socket.SOL_SOCKET, 16)
        space = (socket.CMSG_SPACE(12) if cred else 0) + (
            socket.CMSG_LEN(4 * len(room)) if room else 0
        )
        data, beside, told_flags, address = one.recvmsg(size, space, flags)
        creds: list[int] = []
        fds = 0
        for _level, kind, content in beside:
            if kind == 2:
                creds = list(struct.unpack("iII", content))
            elif kind == socket.SCM_RIGHTS:
                for fd in struct.unpack(f"{len(content) // 4}i", content):
                    self._keep(room[fds], socket.socket(fileno=fd))
                    fds += 1
        return [len(data), data[:1].decode(), told(address), fds, creds, told_flags & ~0x40000000]

    def do_shutdown(self, slot: int, how: int, *_: Any) -> int:
        self.sockets[slot].shutdown(how)
        return 0

    def do_name(self, slot: int) -> Any:
        return told(self.sockets[slot].getsockname())

    def do_peer(self, slot: int) -> Any:
        return told(self.sockets[slot].getpeername())

    def do_option(self, slot: int, option: int) -> Any:
        if option == socket.SO_PEERCRED:
            data = self.sockets[slot].getsockopt(socket.SOL_SOCKET, option, 12)
            return list(struct.unpack("iII", data))
        return self.sockets[slot].getsockopt(socket.SOL_SOCKET, option)

    def do_set(self, slot: int, option: int, value: int) -> int:
        self.sockets[slot].setsockopt(socket.SOL_SOCKET, option, value)
        return 0

    def do_tell(self, slot: int) -> int:
        fd = self.sockets[slot].fileno()
        self.asked[fd] = slot
        fcntl.fcntl(fd, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(fd, fcntl.F_SETSIG, TOLD)
        return fcntl.fcntl(fd, fcntl.F_SETFL, os.O_NONBLOCK | os.O_ASYNC)

    def do_unlink(self, path: str) -> int:
        os.unlink(path)
        return 0

    def do_fill(self, slot: int, size: int) -> Any:
        """Send until there is no more room."""
        count = 0
        with contextlib.suppress(BlockingIOError):
            while count < 400:
                count += self.sockets[slot].send(b"f" * size) > 0
        return count


def body(size: int) -> bytes:
    """What is sent: its first letter tells the size a little."""
    return bytes([97 + size % 26]) * size


def _address(address: list[Any]) -> Any:
    return tuple(address) if len(address) == 2 else address[0]


def told(address: Any) -> Any:
    """An address without what the kernel chose by chance."""
    if address is None or address in ("", b""):
        return ""
    if isinstance(address, (list, tuple)):
        host, port = address
        return [host, "some" if port >= 32768 else port]
    if isinstance(address, bytes):
        address = address.decode()
    automatic = len(address) == 6 and address[0] == "\0" and address[1:].isalnum()
    return "some" if automatic else address


if __name__ == "__main__":
    _main()
