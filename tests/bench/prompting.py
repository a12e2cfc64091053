"""How long the line shell takes to its first prompt."""

import os
import pty
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping

ROUNDS = 10
BASE = "import prompt_toolkit.shortcuts, lark"


def prompting() -> tuple[str, str, str, str]:
    """From start to prompt, against importing the libraries that it stands on; both with
    compiled modules."""
    with tempfile.TemporaryDirectory() as folder:
        environ = {**os.environ, "TERM": "xterm-256color", "PYTHONPYCACHEPREFIX": folder}
        environ.pop("PYTHONDONTWRITEBYTECODE", None)
        _to_end(environ)
        _to_prompt(environ)
        ours = theirs = float("inf")
        for _ in range(ROUNDS):
            theirs = min(theirs, _to_end(environ))
            ours = min(ours, _to_prompt(environ))
    return (
        f"{ours * 1e3:.0f} ms",
        f"{BASE}: {theirs * 1e3:.0f} ms",
        f"{ours / theirs:.2f}x",
        "<= 1.4x",
    )


def _to_end(environ: Mapping[str, str]) -> float:
    start = time.perf_counter()
    command = [sys.executable, "-c", BASE]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, env=environ)
    return time.perf_counter() - start


def _to_prompt(environ: Mapping[str, str]) -> float:
    start = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        command = [sys.executable, "-m", "nsh", "repl", "--no-history"]
        os.execve(sys.executable, command, environ)
    seen = b""
    while b"init" not in seen:
        select.select([terminal], [], [])
        seen += os.read(terminal, 65536)
        if b"\x1b[6n" in seen:
            os.write(terminal, b"\x1b[1;1R")
    took = time.perf_counter() - start
    os.write(terminal, b"\x04")
    while True:
        try:
            if not os.read(terminal, 65536):
                break
        except OSError:
            break
    os.waitpid(pid, 0)
    os.close(terminal)
    return took
