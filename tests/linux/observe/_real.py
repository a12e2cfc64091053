"""Where real namespaces can be had, and where not."""

from __future__ import annotations

import ctypes
import functools
import os
import signal
import subprocess
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

libc = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET = 0x4000_0000


@functools.cache
def _forbidden(flags: int) -> str:
    code = f"import ctypes,os; c=ctypes.CDLL(None,use_errno=True); r=c.unshare({flags}); "
    code += "print(os.strerror(ctypes.get_errno()) if r else '')"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    return run.stdout.strip() or ("" if run.returncode == 0 else "it ended badly")


def need(*kinds: str) -> None:
    """Skip the calling test, saying so, where such namespaces cannot be made."""
    if sys.platform != "linux":
        pytest.skip(f"needs Linux; this is {sys.platform}")
    flags = {"pid": 0x2000_0000, "net": CLONE_NEWNET, "uts": 0x0400_0000, "mnt": 0x0002_0000}
    for kind in kinds:
        if why := _forbidden(flags[kind]):
            pytest.skip(f"no {kind} namespace can be made here: {why}")


@contextmanager
def child(function: Callable[[Callable[[str], object]], None]) -> Iterator[tuple[int, str]]:
    """A process that does FUNCTION and then sleeps, while the block lasts: its pid, and what it
    said (FUNCTION is given a way to say something; it has to say it once)."""
    reader, writer = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # 3.12: fork beside threads
        pid = os.fork()
    if pid == 0:
        try:
            function(lambda text: os.write(writer, text.encode()))
            while True:
                signal.pause()
        except BaseException:
            traceback.print_exc()
            raise
        finally:
            os._exit(99)
    os.close(writer)
    try:
        yield pid, os.read(reader, 256).decode()
    finally:
        os.close(reader)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
