"""Whatever becomes of nsh, nothing of a stage outlives it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from nsh.session.real.session import RealSession
from tests.linux import _host, left_behind

LEAVES_A_CHILD = """
import ctypes, os, time
if os.fork() == 0:
    ctypes.CDLL(None).unshare(0x04000000)
time.sleep(60)
"""

pytestmark = pytest.mark.usefixtures("stage")


@pytest.mark.parametrize("script", left_behind.SCRIPTS)
def test_sigkill_at_any_moment(script: str) -> None:
    """More of it: ``python -m tests.linux.left_behind``."""
    moments = random.Random(7)
    for _ in range(4):
        left_behind.kill_one(left_behind.SCRIPTS[script], moments.uniform(0.1, 0.9))


def test_what_is_left_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """An nsh that leaves something: a child in a namespace of its own, and a file."""

    def start(_script: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-c", LEAVES_A_CHILD])

    monkeypatch.setattr(left_behind, "start", start)
    monkeypatch.setattr(left_behind, "PATIENCE", 0.1)
    with pytest.raises(left_behind.Found, match=r"processes \d+$") as found:
        left_behind.kill_one("", 0.5)
    os.kill(int(str(found.value).split()[1]), signal.SIGKILL)


def test_other_things_that_are_left_would_be(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "slice" / "scope").mkdir(parents=True)
    monkeypatch.setattr(left_behind, "CGROUPS", tmp_path)
    before = left_behind.objects()
    (tmp_path / "slice" / "new").mkdir()
    assert left_behind.objects() - before == {f"cgroup {tmp_path}/slice/new"}


def test_the_stage_is_killed_with_init_asleep() -> None:
    process = left_behind.start(left_behind.WAITING)
    assert _host.until(lambda: len(_host.descendants(process.pid)) >= 4)
    spaces = _host.own(process.pid)
    assert len(spaces) >= 5
    process.kill()
    process.wait()
    assert left_behind.gone(spaces)


def test_interrupt_ends_it_with_130() -> None:
    process = left_behind.start(left_behind.WAITING)
    assert _host.until(lambda: len(_host.descendants(process.pid)) >= 4)
    people = _host.below(process.pid)
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 130
    assert not _host.left(people)


def test_close_leaves_nobody() -> None:
    with RealSession() as session:
        session.run("spawn a { sleep 1000 }; spawn --pid b { sleep 1000 }; kill -STOP a")
        people = _host.below(_me())
        assert len(people) >= 3
    assert not _host.left(people)


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
