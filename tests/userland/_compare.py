"""The same command line, performed by this machine's tool and by ours: what both leave behind."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from nsh.abi import Errno, KernelError, Request, files, terminals
from nsh.abi.attributes import Fstat, StatResult
from nsh.abi.invocation import Ending, Invocation, steps
from nsh.userland.registry import commands
from tests.userland import _linux

_ERRNO = re.compile(r" \(E[A-Z0-9]+\)(: .*)?$")
_ADVICE = re.compile(r"; (did you mean|there are) .*$")


class Outcome(NamedTuple):
    """What can be held against each other."""

    status: int
    out: str
    complaints: list[str]
    """Lines of stderr, as GNU words them; the advice behind a usage error is each one's own."""


def real(*argv: str, stdin: bytes = b"", cwd: Path | None = None) -> Outcome:
    """By the tool of this machine; the test is skipped where there is none."""
    path = shutil.which(argv[0])
    if path is None:
        pytest.skip(f"no {argv[0]} here")
    done = subprocess.run(
        argv,
        executable=path,
        input=stdin,
        capture_output=True,
        check=False,
        cwd=cwd,
        timeout=20,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC0"},
    )
    err = done.stderr.decode("utf-8", "surrogateescape")
    out = done.stdout.decode("utf-8", "surrogateescape")
    return Outcome(done.returncode, out, _complaints(err))


def ours(*argv: str, stdin: bytes = b"", cwd: Path | None = None) -> Outcome:
    """By ours, on the same kernel, in this process: but for its descriptors 0, 1 and 2."""
    declaration = commands.find(argv[0])
    assert declaration is not None, f"no command called {argv[0]}"
    tape = _Tape(stdin)
    before = Path.cwd()
    if cwd is not None:
        os.chdir(cwd)
    try:
        status = tape.play(steps(declaration.run(Invocation(argv[0], argv[1:]))))
    except KernelError as error:
        status = 1
        tape.written[2] += f"nsh: {argv[0]}: {error}\n".encode()
    finally:
        os.chdir(before)
    out, err = (tape.written[fd].decode("utf-8", "surrogateescape") for fd in (1, 2))
    return Outcome(status, out, _complaints(err))


class _Tape:
    """Descriptors 0, 1 and 2 of a command, as pipes are: read once, in pieces, and written."""

    def __init__(self, stdin: bytes) -> None:
        self._rest = stdin
        self.written = {1: bytearray(), 2: bytearray()}

    def play(self, asking: Ending) -> int:
        """Answer every request; the exit status."""
        try:
            request = next(asking)
            while True:
                try:
                    reply = self._answer(request)
                except KernelError as error:
                    request = asking.throw(error)
                else:
                    request = asking.send(reply)
        except StopIteration as stop:
            return int(stop.value)

    def _answer(self, request: Request) -> object:
        match request:
            case files.Read(fd=0):
                data, self._rest = self._rest[: request.size], self._rest[request.size :]
                return data
            case files.Write(fd=(1 | 2) as fd):
                self.written[fd] += request.data
                return len(request.data)
            case Fstat(fd=(0 | 1 | 2)):
                return StatResult(0, 0, files.S_IFIFO, 1, 0, 0, 0, 0, 0)
            case files.Lseek(fd=(0 | 1 | 2)):
                raise Errno.ESPIPE()
            case terminals.Ttyname(fd=(0 | 1 | 2)):
                raise Errno.ENOTTY()
            case _:
                return _linux.answer(request)


def alike(*argv: str, stdin: bytes = b"", cwd: Path | None = None) -> Outcome:
    """Hold both against each other, whole; what they left behind."""
    found = ours(*argv, stdin=stdin, cwd=cwd)
    wanted = real(*argv, stdin=stdin, cwd=cwd)
    if found != wanted:
        raise AssertionError(f"{argv}\nours {found}\nreal {wanted}")
    return found


def _complaints(err: str) -> list[str]:
    plain = err.replace("\u2018", "'").replace("\u2019", "'")
    lines = [line for line in plain.splitlines() if not line.startswith("Try '")]
    return [_ADVICE.sub("", _ERRNO.sub("", line.removeprefix("nsh: "))) for line in lines]
