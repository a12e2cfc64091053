"""poll(2) and FIONREAD of pipes, files and terminals, on the model and on this machine's kernel."""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import struct
from pathlib import Path
from typing import Any

import pytest

from nsh.abi.files import Close, Open, OpenFlag, Pipe, Read, Write
from nsh.abi.poll import Poll, PollEvent
from nsh.abi.signals import Kill, SaFlag, Sig, Sigaction
from nsh.abi.terminals import InputQueue
from nsh.kernel import waiting
from nsh.machine.value import begin
from tests.kernel.proc.computer import Computer
from tests.probes._real import need, trial

ALL = PollEvent.POLLIN | PollEvent.POLLPRI | PollEvent.POLLOUT
FIONREAD = 0x541B
PLAYS: dict[str, list[Any]] = {
    "pipe": [
        ("pipe",),
        ("write", "w", 10),
        ("read", "r", 4),
        ("write", "w", 65530 - 4096),
        ("write", "w", 4000),
        ("close", "w"),
        ("read", "r", 65536),
    ],
    "broken pipe": [("pipe",), ("close", "r")],
    "file": [("open", "f", "/tmp/poll-me"), ("write", "f", 5), ("read", "f", 3)],
    "null": [("open", "f", "/dev/null"), ("write", "f", 5)],
    "zero": [("open", "f", "/dev/zero")],
    "directory": [("open", "f", "/")],
    "proc": [("open", "f", "/proc/self/status"), ("read", "f", 10)],
}


def on_linux(play: list[Any]) -> list[Any]:
    fds: dict[str, int] = {}
    told = []
    for what, *rest in play:
        if what == "pipe":
            fds["r"], fds["w"] = os.pipe()
            os.set_blocking(fds["w"], False)
        elif what == "open":
            name, path = rest
            made = path == "/tmp/poll-me"
            if made:
                Path(path).unlink(missing_ok=True)
            fds[name] = os.open(path, os.O_RDWR | os.O_CREAT if made else os.O_RDONLY)
            if path == "/dev/null":
                fds[name] = os.open(path, os.O_WRONLY)
        elif what == "write":
            with contextlib.suppress(BlockingIOError):
                os.write(fds[rest[0]], b"x" * rest[1])
        elif what == "read":
            os.read(fds[rest[0]], rest[1])
        else:
            os.close(fds.pop(rest[0]))
        told.append({name: [_polled(fd), _queued(fd)] for name, fd in sorted(fds.items())})
    return told


def _polled(fd: int) -> int:
    waiting = select.poll()
    waiting.register(fd, ALL)
    return dict(waiting.poll(0)).get(fd, 0)


def _queued(fd: int) -> Any:
    try:
        return struct.unpack("i", fcntl.ioctl(fd, FIONREAD, bytes(4)))[0]
    except OSError as problem:
        return problem.errno


def on_the_model(play: list[Any]) -> list[Any]:
    box = Computer()
    fds: dict[str, int] = {}
    told = []
    for what, *rest in play:
        if what == "pipe":
            fds["r"], fds["w"] = box.ask(Pipe(int(OpenFlag.O_NONBLOCK)))
        elif what == "open":
            name, path = rest
            flags = OpenFlag.O_RDONLY
            if path == "/tmp/poll-me":
                flags = OpenFlag.O_RDWR | OpenFlag.O_CREAT
            elif path == "/dev/null":
                flags = OpenFlag.O_WRONLY
            fds[name] = box.ask(Open(path, int(flags)))
        elif what == "write":
            box.ask(Write(fds[rest[0]], b"x" * rest[1]))
        elif what == "read":
            box.ask(Read(fds[rest[0]], rest[1]))
        else:
            box.ask(Close(fds.pop(rest[0])))
        told.append(
            {
                name: [box.ask(Poll(((fd, ALL),), 0))[0], _plain(box.ask(InputQueue(fd)))]
                for name, fd in sorted(fds.items())
            }
        )
    return told


def _plain(queued: Any) -> Any:
    return 25 if queued == "ENOTTY" else queued


@pytest.mark.parametrize("name", PLAYS)
def test_as_linux_tells_it(name: str) -> None:
    need()
    assert on_the_model(PLAYS[name]) == trial(on_linux, PLAYS[name])


def test_it_waits_for_any_of_several_and_for_time() -> None:
    box = Computer()
    reader, writer = box.ask(Pipe())
    assert box.ask(Poll(((reader, ALL), (999, ALL)), 0)) == (0, PollEvent.POLLNVAL)
    child = box.spawn("child")
    assert box.ask(Poll(((reader, ALL), (0, 0), (-1, ALL))), child) == "blocked"
    box.ask(Write(writer, b"x"))
    assert box.again(child) == (PollEvent.POLLIN, 0, 0)
    assert box.ask(Read(reader, 5)) == b"x"
    assert box.ask(Poll(((reader, ALL),), 5_000_000), child) == "blocked"
    tx = begin(box.machine)
    waiting.advance(tx, tx.clock + 5_000_000)
    box.machine = tx.commit()
    assert box.again(child) == (0,)
    assert box.ask(Poll((), 3), child) == "blocked"


def test_a_handler_interrupts_it() -> None:
    box = Computer()
    child = box.spawn("child")
    box.ask(Sigaction(Sig.SIGUSR1, "handler", flags=int(SaFlag.SA_RESTART)), child)
    assert box.ask(Poll(()), child) == "blocked"
    box.ask(Kill(box.task(child).pids[0], Sig.SIGUSR1))
    assert box.again(child) == "EINTR"
