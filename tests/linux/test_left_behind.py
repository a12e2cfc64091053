"""Whatever becomes of nsh, nothing of a stage outlives it."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nsh.session.real.session import RealSession
from tests.linux import _host

pytestmark = pytest.mark.usefixtures("stage")

BUSY = """
spawn sleeper { sleep 1000 }
spawn --pid --mount-proc web { spawn inner { sleep 1000 }; wait }
spawn t; t { spawn --thread t2 }
prctl pdeathsig 0 || true
repeat 100000 { spawn x { exit 0 }; wait x; unshare --uts --ipc hostname y; mount -t tmpfs n /mnt }
"""
WAITING = "spawn w { sleep 1000 }; trap TERM ignore; wait w"


def mounts() -> str:
    return Path("/proc/self/mountinfo").read_text(encoding="utf-8")


def start(script: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "nsh", "-c", script, "--kernel", "linux"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def gone(spaces: set[str]) -> bool:
    """Whether all who are in these namespaces now are dead soon."""
    now = _host.now()
    return _host.until(lambda: not _host.inhabitants(spaces, now))


@pytest.mark.parametrize("script", [BUSY, WAITING], ids=["busy", "waiting"])
def test_sigkill_at_any_moment(script: str) -> None:
    before = mounts()
    moments = random.Random(7)
    for _ in range(5):
        process = start(script)
        spaces: set[str] = set()
        end = time.monotonic() + moments.uniform(0.05, 0.6)
        while time.monotonic() < end:
            spaces |= _host.own(process.pid)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert gone(spaces), "somebody is left"
    assert mounts() == before


def test_the_stage_is_killed_with_init_asleep() -> None:
    process = start(WAITING)
    assert _host.until(lambda: len(_host.descendants(process.pid)) >= 4)
    spaces = _host.own(process.pid)
    assert len(spaces) >= 5
    process.kill()
    process.wait()
    assert gone(spaces)


def test_interrupt_ends_it_with_130() -> None:
    process = start(WAITING)
    assert _host.until(lambda: len(_host.descendants(process.pid)) >= 4)
    spaces = _host.own(process.pid)
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 130
    assert not _host.inhabitants(spaces, _host.now())


def test_close_leaves_nobody() -> None:
    with RealSession() as session:
        session.run("spawn a { sleep 1000 }; spawn --pid b { sleep 1000 }; kill -STOP a")
        spaces = _host.own(_me())
        assert _host.inhabitants(spaces, _host.now() + 1)
    assert not _host.inhabitants(spaces, _host.now())


def test_open_descriptors_are_given_back() -> None:
    def count() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    with RealSession() as session:
        session.run("true")
    before = count()
    for _ in range(3):
        with RealSession() as session:
            session.run("repeat 5 { spawn x { exit 0 }; wait x }; spawn y { exec sleep 1000 }")
    assert count() == before


def _me() -> int:
    return int(Path("/proc/self/stat").read_text(encoding="utf-8").split()[0])
