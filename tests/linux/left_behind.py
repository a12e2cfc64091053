"""``python -m tests.linux.left_behind``: kill nsh at random moments, and look for what is left.

Each run starts real processes, busy or asleep, kills nsh with SIGKILL somewhere between its start
and their work, and looks for processes in the namespaces that were seen, and for mounts, SysV ipc
objects, message queues, shared memory, cgroups and named network namespaces that were not there
before.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from nsh.linux.opening import Unavailable
from nsh.session.real.session import RealSession
from tests.linux import _host

BUSY = """
spawn sleeper { sleep 1000 }
spawn --pid --mount-proc web { spawn inner { sleep 1000 }; wait }
spawn t; t { spawn --thread t2 }
prctl pdeathsig 0 || true
repeat 100000 { spawn x { exit 0 }; wait x; unshare --uts --ipc hostname y; mount -t tmpfs n /mnt }
"""
WAITING = "spawn w { sleep 1000 }; trap TERM ignore; wait w"
LEAVING = """
spawn deaf { trap TERM ignore; trap HUP ignore; setsid; prctl pdeathsig 0; sleep 1000 }
spawn --pid --uts --ipc --net --mount-proc away { spawn --pid further { sleep 1000 }; sleep 1000 }
spawn stopped; kill -STOP stopped
mkdir /tmp/d; mount -t tmpfs n /tmp/d; spawn inside { cd /tmp/d; sleep 1000 }
repeat 100 { spawn x { spawn y { setsid; sleep 1000 }; exit 0 }; wait x }
wait
"""
NESTED = """
mkdir /tmp/m; mount -t cgroup2 none /tmp/m || true; mkdir -p /tmp/m/a/b
spawn w { sleep 1000 }; echo 2 > /tmp/m/a/b/cgroup.procs; echo 1 > /tmp/m/a/cgroup.freeze
repeat 100 { mkdir /tmp/m/c; clone2 -n x; echo 0 > /tmp/m/c/cgroup.procs }
wait
"""
SCRIPTS = {"busy": BUSY, "waiting": WAITING, "leaving": LEAVING, "nested": NESTED}
SOONEST, LATEST = 0.1, 1.5
"""Seconds after which nsh is killed.  It takes some tenths to have its first process."""
DIRECTORIES = ("/dev/shm", "/dev/mqueue", "/run/netns")
PATIENCE = 10.0
"""Seconds that the kernel has to clear away."""
CGROUPS = Path("/sys/fs/cgroup")
OURS = "nsh-"
"""How the names of cgroups begin that stages and tests make; others may do so at the same time."""


def start(script: str) -> subprocess.Popen[bytes]:
    """nsh, performing *script* by real processes."""
    return subprocess.Popen(
        [sys.executable, "-m", "nsh", "-c", script, "--kernel", "linux"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def gone(spaces: set[str]) -> bool:
    """Whether all who are in these namespaces now are dead soon."""
    now = _host.now()
    return _host.until(lambda: not _host.inhabitants(spaces, now), PATIENCE)


def objects() -> set[str]:
    """What a run could leave on this machine, processes aside."""
    mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace")
    found = {f"mount {line}" for line in mounts.splitlines()}
    for kind in ("msg", "sem", "shm"):
        with suppress(OSError):
            lines = Path(f"/proc/sysvipc/{kind}").read_text(encoding="ascii").splitlines()[1:]
            found |= {f"{kind} {' '.join(line.split()[:2])}" for line in lines}
    for name in DIRECTORIES:
        with suppress(OSError):
            found |= {f"file {path}" for path in Path(name).iterdir()}
    return found | {f"cgroup {path}" for path in _cgroups(CGROUPS)}


def _cgroups(above: Path) -> Iterator[Path]:
    with suppress(OSError):
        for path in above.iterdir():
            if path.is_dir() and not path.is_symlink() and not path.name.startswith(OURS):
                yield path
                yield from _cgroups(path)


def nests(pids: set[int]) -> set[Path]:
    """The cgroups that are left of these stages."""
    found = {path for pid in pids for path in CGROUPS.glob(f"**/{OURS}stage-{pid}")}
    return {path for path in found if path.is_dir()}


class Found(Exception):
    """Something was left."""


def kill_one(script: str, seconds: float) -> int:
    """Kill an nsh that performs *script* after so many seconds; how many processes it had started.

    Found, with what it is, if anything is left.
    """
    before = objects()
    process = start(script)
    spaces: set[str] = set()
    below: set[int] = set()
    seen: set[int] = set()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        spaces |= _host.own(process.pid)
        below = _host.descendants(process.pid)
        seen |= below
        time.sleep(0.005)
    process.kill()
    process.wait()
    if not gone(spaces):
        left = sorted(_host.inhabitants(spaces, _host.now()))
        raise Found(f"processes {', '.join(map(str, left))}")
    if not _host.until(lambda: not nests(seen), PATIENCE):
        raise Found(f"cgroups {', '.join(map(str, sorted(nests(seen))))}")
    if not _host.until(lambda: objects() <= before, PATIENCE):
        raise Found("; ".join(sorted(objects() - before)))
    return len(below)


def main(argv: list[str]) -> int:
    """0: nothing is left; 1: something, which is printed; 2: there are no namespaces to be had."""
    parser = argparse.ArgumentParser(prog="python -m tests.linux.left_behind", description=__doc__)
    parser.add_argument("--runs", type=int, default=200, help="how many (200)")
    parser.add_argument("--seed", type=int, default=0, help="of the moments (0)")
    given = parser.parse_args(argv)
    try:
        RealSession().close()
    except Unavailable as missing:
        print(f"no real processes here: {missing}", file=sys.stderr)
        return 2
    moments = random.Random(given.seed)
    failures = 0
    started: list[int] = []
    for run in range(given.runs):
        name = list(SCRIPTS)[run % len(SCRIPTS)]
        seconds = moments.uniform(SOONEST, LATEST)
        try:
            started.append(kill_one(SCRIPTS[name], seconds))
        except Found as left:
            failures += 1
            print(f"run {run}, {name}, killed after {seconds:.3f} s: {left}", flush=True)
    told = f"{failures} left something" if failures else "nothing left"
    some = sum(count > 0 for count in started)
    print(
        f"{given.runs} runs, {some} killed with processes below them "
        f"({max(started, default=0)} at most): {told}"
    )
    return int(failures > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
