"""ipcs prints what that of util-linux prints, to the last blank; times and pids apart."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from nsh.session.session import Session

ROOT = Path(__file__).resolve().parents[2]
MADE = """
msgget -c -m 640 7 > /dev/null
msgsnd 0 hello
msgget -c -m 600 0x8000007f > /dev/null
semget -c -m 644 private 3 > /dev/null
shmget -c -m 600 7 5000 > /dev/null
shmget -c -m 600 8 50000000 > /dev/null
shmat 0 > /dev/null
poke 0 hello
ipcrm -m 0
"""
REAL = """
import ctypes, os, sys
sys.path.insert(0, {root!r})
from tests.kernel._linux_ipc import Ipc
from tests.probes._calls import CLONE_NEWIPC, unshare
assert unshare(CLONE_NEWIPC) == 0
p = Ipc()
p.msgget(7, 0o1640)
p.msgsnd(0, 1, "hello", 0)
p.msgget(0x8000007F - (1 << 32), 0o1600)
p.semget(0, 3, 0o1644)
p.shmget(7, 5000, 0o1600)
p.shmget(8, 50000000, 0o1600)
p.shmat(0, 0x100000000, 0)
ctypes.memmove(0x100000000, b"hello", 6)
p.control("shm", 0, 0, 0, 0)
for options in {options!r}:
    sys.stdout.flush()
    os.system("ipcs " + options)
    print("====", flush=True)
"""
OPTIONS = (
    *("", "-q", "-m -s", "-t", "-c", "-p", "-l", "-u", "-p -c", "-c -t -m"),
    *("-m --human", "-q --human", "-l --human", "-u --human", "-m -b", "-l -b", "-u -b"),
    *("-q -i 0", "-m -i 0", "-s -i 0", "-m -i 77", "-i 0"),
)


def _plain(text: str) -> str:
    text = re.sub(
        r"(?:[A-Z][a-z]{2} )?[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?: \d{4})?", "TIME", text
    )
    text = re.sub(r"(pid=)\d+", r"\1PID", text)
    return re.sub(r"(?m)^(\d+ +root) +\d+ +\d+ *$", r"\1 PIDS", text)


@cache
def real() -> list[str]:
    if os.geteuid() != 0 or shutil.which("ipcs") is None:
        pytest.skip("needs root and util-linux's ipcs")
    code = REAL.format(root=str(ROOT), options=OPTIONS)
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        encoding="utf-8",
        env={"LC_ALL": "C", "TZ": "UTC", "PATH": os.environ["PATH"]},
        check=True,
    )
    return done.stdout.split("====\n")


@pytest.mark.parametrize("options", OPTIONS)
def test_it_prints_the_same(options: str) -> None:
    theirs = real()[OPTIONS.index(options)]
    session = Session("mainline", keep_going=True)
    session.run(MADE)
    ours = session.run(f"ipcs {options} || true").output
    shown = "\n".join(line for line in ours.splitlines() if not line.startswith(("nsh: ", "Try ")))
    assert _plain(shown).strip("\n") == _plain(theirs).strip("\n")
