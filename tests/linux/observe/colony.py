"""Real processes in pid namespaces of their own, each of which says what it is called.

``python -m tests.linux.observe.colony SPACES TASKS [DEPTH]`` makes SPACES pid namespaces, nested up
to DEPTH deep, with TASKS processes in each, and prints one line of JSON: for every process the
numbers it has, outermost first, and for every namespace its inode number. The numbers are the
kernel's answer to the question that no /proc is asked: each process sends a message to one process
in every space around it, and the kernel writes the sender's pid on it as the receiver sees it
(SCM_CREDENTIALS, unix(7)). The colony ends with its standard input.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any, NoReturn

CLONE_NEWPID = 0x2000_0000
PR_SET_PDEATHSIG = 1

libc = ctypes.CDLL(None, use_errno=True)


class Space:
    """One namespace to be made."""

    def __init__(self, name: int, inside: list[Space]) -> None:
        self.name = name
        self.inside = inside


def plan(spaces: int, depth: int) -> list[Space]:
    """As many chains of DEPTH as there is room for; the last one may be shorter."""
    roots = []
    name = 0
    while name < spaces:
        chain: list[Space] = []
        for _ in range(min(depth, spaces - name)):
            chain.append(Space(name, []))
            name += 1
        for outer, inner in pairwise(chain):
            outer.inside.append(inner)
        roots.append(chain[0])
    return roots


def population(space: Space, tasks: int) -> int:
    """Processes in it and below: the tasks, of whom the first is init, and one helper a nested
    space, who made it."""
    return tasks + sum(1 + population(inner, tasks) for inner in space.inside)


def mail() -> tuple[socket.socket, socket.socket]:
    """A receiver and a sender."""
    receiver, sender = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    receiver.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
    return receiver, sender


def collect(receiver: socket.socket, count: int) -> dict[str, int]:
    """Who wrote COUNT messages, as this process sees them."""
    found: dict[str, int] = {}
    while len(found) < count:
        data, ancillary, _flags, _address = receiver.recvmsg(256, socket.CMSG_SPACE(12))
        (_level, _type, creds), *_ = ancillary
        found[data.decode()] = struct.unpack("3i", creds[:12])[0]
    return found


def tell(senders: list[socket.socket], token: str) -> None:
    for sender in senders:
        sender.send(token.encode())


def rest() -> NoReturn:
    while True:
        signal.pause()


def leash() -> None:
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def make(space: Space, tasks: int, senders: list[socket.socket], report: int) -> None:
    """A helper in this space, whose child is the init of SPACE."""
    if os.fork():
        return
    leash()
    tell(senders, f"helper {space.name}")
    if libc.unshare(CLONE_NEWPID):
        raise OSError(ctypes.get_errno(), "unshare")
    if os.fork():
        rest()
    leash()
    receiver, own = mail()
    for number in range(1, tasks):
        if os.fork() == 0:
            leash()
            tell([*senders, own], f"{space.name} {number}")
            rest()
    for inner in space.inside:
        make(inner, tasks, [*senders, own], report)
    tell(senders, f"{space.name} 0")
    seen = {**collect(receiver, population(space, tasks) - 1), f"{space.name} 0": os.getpid()}
    inum = int(os.readlink("/proc/self/ns/pid")[5:-1])
    told = json.dumps({"space": space.name, "inum": inum, "seen": seen})
    path = os.path.join(
        os.environ["COLONY"], str(space.name)
    )  # too long to write to a pipe at once
    with open(path, "w", encoding="utf-8") as file:
        file.write(told)
    os.write(report, b"x")
    rest()


def allowed() -> bool:
    """Whether this process may make pid namespaces."""
    pid = os.fork()
    if pid == 0:
        os._exit(1 if libc.unshare(CLONE_NEWPID) else 0)
    return os.waitpid(pid, 0)[1] == 0


def main(spaces: int, tasks: int, depth: int) -> None:
    """Make the colony, and say who is in it."""
    if not allowed():
        return  # whoever waits for the line is told by its absence
    roots = plan(spaces, depth)
    receiver, sender = mail()
    pipes = []
    for root in roots:
        reader, writer = os.pipe()
        pipes.append(reader)
        make(root, tasks, [sender], writer)
        os.close(writer)
    total = sum(1 + population(root, tasks) for root in roots)
    views: list[dict[str, int]] = [collect(receiver, total)]
    inums = {}
    reports = []
    for root, reader in zip(roots, pipes, strict=True):
        wanted = list(chain(root))
        ready = b""
        while len(ready) < len(wanted):
            ready += os.read(reader, 64)
        for space in wanted:
            with open(os.path.join(os.environ["COLONY"], str(space.name)), "rb") as file:
                reports.append(json.load(file))
    for told in sorted(reports, key=lambda told: told["space"]):
        inums[told["space"]] = told["inum"]
        views.append(told["seen"])
    numbers: dict[str, list[int]] = {}
    for view in views:
        for token, number in view.items():
            numbers.setdefault(token, []).append(number)
    print(json.dumps({"tasks": list(numbers.values()), "inums": inums}), flush=True)
    sys.stdin.read()


def chain(space: Space) -> Iterator[Space]:
    yield space
    for inner in space.inside:
        yield from chain(inner)


@contextmanager
def colony(spaces: int, tasks: int, depth: int = 1) -> Iterator[dict[str, Any]]:
    """A colony, while the block lasts. ``OSError`` where namespaces cannot be made."""
    command = [sys.executable, "-S", __file__, str(spaces), str(tasks), str(depth)]
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "COLONY": folder},
        ) as process,
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            if not line:
                raise OSError("no pid namespace can be made here")
            yield json.loads(line)
        finally:
            process.stdin.close()
            process.wait(30)


if __name__ == "__main__":
    main(*map(int, (*sys.argv[1:], "1")[:3]))
