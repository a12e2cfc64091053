"""nsh as a shell calls it, in a process of its own."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def nsh(*arguments: str, text: str = "", cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "nsh", *arguments],
        input=text,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def on_terminal(
    *arguments: str, cwd: Path = ROOT, environ: dict[str, str] | None = None, quit_with: bytes = b""
) -> bytes:
    """All that `nsh ARGUMENTS` sends to a terminal."""
    sys.stdout.flush()
    pid, master = pty.fork()
    if pid == 0:
        try:
            os.chdir(cwd)
            variables = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm", **(environ or {})}
            os.execve(sys.executable, [sys.executable, "-m", "nsh", *arguments], variables)
        finally:
            os._exit(99)
    shown = b""
    end = time.monotonic() + 60
    try:
        while data := os.read(master, 65536):
            shown += data
            assert time.monotonic() < end
            if quit_with and len(shown) > 4000:
                time.sleep(3)
                os.write(master, quit_with)
                quit_with = b""
    except OSError:  # EIO: nobody has it any more
        pass
    os.close(master)
    os.waitpid(pid, 0)
    return shown
