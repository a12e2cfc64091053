"""From the start of ``nsh play`` to its first frame, against a Textual app of four panes."""

import fcntl
import os
import pty
import select
import struct
import sys
import tempfile
import termios
import time
from collections.abc import Mapping, Sequence

ROUNDS = 12
ROWS, COLUMNS = 40, 120
OURS = ("nsh", "play", "--no-history", "demos/s0/first-container.nsh")
THEIRS = ("tests.bench.four_panes",)


def first_frame() -> tuple[str, str, str, str]:
    """Both with compiled modules, in a terminal of 120 columns and 40 rows."""
    with tempfile.TemporaryDirectory() as folder:
        environ = {**os.environ, "TERM": "xterm-256color", "PYTHONPYCACHEPREFIX": folder}
        environ.pop("PYTHONDONTWRITEBYTECODE", None)
        _to_frame(OURS, b"F1 help", environ)
        _to_frame(THEIRS, b"fourth", environ)
        ours = theirs = float("inf")
        for _ in range(ROUNDS):
            theirs = min(theirs, _to_frame(THEIRS, b"fourth", environ))
            ours = min(ours, _to_frame(OURS, b"F1 help", environ))
    return (
        f"{ours * 1e3:.0f} ms",
        f"four panes in Textual: {theirs * 1e3:.0f} ms",
        f"{ours / theirs:.2f}x",
        "<= 1.3x",
    )


def _to_frame(module: Sequence[str], shown: bytes, environ: Mapping[str, str]) -> float:
    """Seconds until *shown*, which the whole of the first frame comes with, is on the screen."""
    start = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        os.execve(sys.executable, [sys.executable, "-m", *module], environ)
    seen = b""
    while shown not in seen:
        select.select([terminal], [], [])
        seen += os.read(terminal, 65536)
    took = time.perf_counter() - start
    os.write(terminal, b"q")
    while True:
        try:
            if not os.read(terminal, 65536):
                break
        except OSError:
            break
    os.waitpid(pid, 0)
    os.close(terminal)
    return took
