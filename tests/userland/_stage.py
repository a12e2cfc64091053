"""A scene of processes in a pid namespace of its own, where real tools and ours are compared.

Run as a program (through unshare) it is that namespace's init: it builds the scene, performs each
command line it is given twice, by the real tool and by ours, and tells what both printed.  Lines
that name a process outside the cast (the tools themselves) are left out.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_NAME = 15
CLONE_NEWUTS = 0x04000000
CLONE_NEWPID = 0x20000000


def actor(name: str, play: Callable[[], object] | None = None) -> int:
    """Fork a process called *name*, which performs *play* and then waits for ever."""
    ready, told = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(ready)
        LIBC.prctl(PR_SET_NAME, name.encode())
        if play is not None:
            play()
        os.write(told, b"!")
        while True:
            signal.pause()
    os.close(told)
    os.read(ready, 1)
    os.close(ready)
    return pid


def unshare(flags: int) -> None:
    if LIBC.unshare(flags):
        raise OSError(ctypes.get_errno(), "unshare")


def daemon() -> None:
    os.setsid()
    for _ in range(3):
        actor("httpd")
    actor("cron job", lambda: actor("a\x1b[1mb"))


def threaded() -> None:
    for _ in range(2):
        threading.Thread(target=signal.pause, daemon=True).start()


def container() -> None:
    unshare(CLONE_NEWUTS | CLONE_NEWPID)
    actor("inner", lambda: actor("inner child"))


def scene() -> dict[str, int]:
    """The cast, by role."""
    cast = {
        "sshd": actor("sshd", daemon),
        "threads": actor("threaded", threaded),
        "nice": actor("nice", lambda: os.nice(5)),
        "stopped": actor("stopped"),
        "dead": actor("dead"),
        "group": actor("group", lambda: os.setpgid(0, 0)),
        "box": actor("box", container),
    }
    cast["inner"] = cast["box"] + 1
    os.kill(cast["stopped"], signal.SIGSTOP)
    os.waitpid(cast["stopped"], os.WUNTRACED)
    os.kill(cast["dead"], signal.SIGKILL)
    os.waitid(os.P_PID, cast["dead"], os.WEXITED | os.WNOWAIT)
    return cast


def main() -> None:
    sys.path.insert(0, str(ROOT))
    from tests.userland import _linux

    cast = scene()
    known = {name for name in os.listdir("/proc") if name.isdigit()} - {"1"}
    results = []
    for line in json.load(sys.stdin):
        argv = [word.format(**cast) for word in line]
        wide = {**os.environ, "COLUMNS": "500"}  # or ps cuts its lines
        real = subprocess.run(argv, capture_output=True, check=False, timeout=20, env=wide)
        ours = _linux.run(*argv)
        results.append(
            (
                _cast_only(real.stdout.decode("utf-8", "surrogateescape"), known),
                _cast_only(ours.out, known),
                real.returncode,
                ours.status,
                real.stderr.decode("utf-8", "replace"),
                ours.err,
            )
        )
    json.dump(results, sys.stdout)


def _cast_only(text: str, known: set[str]) -> list[str]:
    """The lines but those of processes (by the first number in them) that are not of the cast."""
    kept = []
    for line in text.splitlines():
        numbers = [word for word in line.split()[:3] if word.isdigit()]
        if not numbers or numbers[0] in known or len(numbers[0]) > 5:
            kept.append(line)
    return kept


if __name__ == "__main__":
    main()
