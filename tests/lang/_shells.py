"""The machine's own shells, which say what a text means."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

both = pytest.mark.parametrize("shell", ["bash", "dash"])


def printed(shell: str, script: str, directory: Path | None = None) -> str:
    """What *script* prints in *directory*; the test is skipped where *shell* is not installed."""
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not installed")
    done = subprocess.run(
        [program],
        input=script,
        cwd=directory,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
        check=True,
        env={"LC_ALL": "C", "PATH": os.environ["PATH"]},
    )
    return done.stdout


def quoted(text: str) -> str:
    """A word that is *text*."""
    return "'" + text.replace("'", "'\\''") + "'"
