"""Real processes that perform programs, step by step, on this machine's kernel.

`Linux` starts the *stage* (see `tests.kernel._linux_stage`) and has it perform whole programs.
"""

from __future__ import annotations

import functools
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

_STAGE = Path(__file__).with_name("_linux_stage.py")
PUPPETS = 40
"""How many a program may make, failures included."""

Step = list[Any]
"""[puppet, call, arguments…]"""


@functools.cache
def forgets() -> bool:
    """Whether this kernel forgets what pends for a thread alone when it dies, and takes no more for
    it: some of 6.18 do; others keep it till the process is reaped (release_task)."""
    user1 = signal.SIGUSR1
    child = os.fork()
    if not child:
        signal.pthread_sigmask(signal.SIG_BLOCK, {user1})
        signal.pthread_kill(threading.get_ident(), user1)
        os._exit(0)
    try:
        os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
        status = Path(f"/proc/{child}/status").read_text(encoding="ascii")
    finally:
        os.waitpid(child, 0)
    pending = next(line for line in status.splitlines() if line.startswith("SigPnd"))
    return not int(pending.split()[1], 16)


class Silent(Exception):
    """The stage ended, or a world did not come to rest."""


class Linux:
    """The stage, seen from the tests."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(_STAGE)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        hello = self._read()
        if hello != "ready":
            self.close()
            raise PermissionError(str(hello))

    def play(self, steps: list[Step], lag: float = 0.0) -> list[dict[str, Any]]:
        """What was seen after each step: ``answers`` by step, and ``world``, as `_look` has it.

        *lag*: seconds that a world must have been at rest, for terminals pass on what is written
        by hands of the kernel's own.
        """
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([steps, lag]).encode() + b"\n")
        self._process.stdin.flush()
        got = self._read()
        if isinstance(got, str):
            raise Silent(got)
        return list(got)

    @functools.cached_property
    def spares_inits(self) -> bool:
        """Whether this kernel lets an init live that has a deadly signal sent to a thread that
        blocks it, and a thread that does not: mainline's dies, since Linux 4.15; some do not."""
        user2 = int(signal.SIGUSR2)
        steps = [[0, "thread", 1], [1, "sigprocmask", 0, 1 << user2 - 1], [1, "kill", 2, user2]]
        return bool(self.play(steps)[-1]["answers"])

    @functools.cached_property
    def forgets(self) -> bool:
        """Whether this kernel forgets what pends for a thread alone when it dies."""
        return forgets()

    def _read(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise Silent("the stage ended")
        return json.loads(line)

    def close(self) -> None:
        """End the stage and every world on it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()
