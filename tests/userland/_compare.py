"""The same command line, performed by this machine's tool and by ours, and what both left behind."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.userland import _linux

_ERRNO = re.compile(r" \(E[A-Z0-9]+\)(: .*)?$")


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
    """By ours, on the same kernel."""
    said = _linux.run(*argv, stdin=stdin, cwd=cwd)
    return Outcome(said.status, said.out, _complaints(said.err))


def alike(*argv: str, stdin: bytes = b"", cwd: Path | None = None) -> Outcome:
    """Hold both against each other, whole; what they left behind."""
    found = ours(*argv, stdin=stdin, cwd=cwd)
    assert found == real(*argv, stdin=stdin, cwd=cwd), argv
    return found


def _complaints(err: str) -> list[str]:
    plain = err.replace("\u2018", "'").replace("\u2019", "'")
    lines = [line for line in plain.splitlines() if not line.startswith("Try '")]
    return [_ERRNO.sub("", line.removeprefix("nsh: ")) for line in lines]
