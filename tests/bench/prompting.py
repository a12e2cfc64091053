"""How long the line shell takes to its first prompt."""

import os
import pty
import select
import subprocess
import sys
import time

ROUNDS = 8
BASE = "import prompt_toolkit.shortcuts, lark"


def prompting() -> tuple[str, str, str, str]:
    """From start to prompt, against importing the libraries that it stands on."""
    ours = theirs = float("inf")
    for _ in range(ROUNDS):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", BASE], check=True, stdin=subprocess.DEVNULL)
        theirs = min(theirs, time.perf_counter() - start)
        ours = min(ours, _to_prompt())
    return (
        f"{ours * 1e3:.0f} ms",
        f"{BASE}: {theirs * 1e3:.0f} ms",
        f"{ours / theirs:.2f}x",
        "<= 1.4x",
    )


def _to_prompt() -> float:
    start = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        command = [sys.executable, "-m", "nsh", "repl", "--no-history"]
        os.execve(sys.executable, command, {**os.environ, "TERM": "xterm-256color"})
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
