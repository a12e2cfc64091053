"""What GNU's tail prints as it follows files, as text to read (tests/userland/following.txt).

A scene starts with a line ``$ SCRIPT``, which a shell and nsh both understand; what both streams
showed is below.  What is in the file is what the real tail did, without inotify(7), written by
``python -m tests.userland._following``.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).with_name("following.txt")
_HOW: Final = "tail ---disable-inotify --max-unchanged-stats=0"
"""It looks each time whether a name has another file, which inotify would tell it."""


def scenes() -> dict[str, str]:
    """What each script of the file shows."""
    found = {}
    for scene in FILE.read_text(encoding="utf-8").split("\n$ "):
        script, _newline, shown = scene.removeprefix("$ ").partition("\n")
        found[script] = shown.rstrip("\n")
    return found


def real(script: str) -> str:
    """What it shows in a new directory."""
    with tempfile.TemporaryDirectory() as place:
        done = subprocess.run(
            ["bash", "-c", re.sub(r"\btail\b(?! -\d)", _HOW, script)],
            cwd=place,
            env={**os.environ, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
    return done.stdout.rstrip("\n")


def main() -> None:
    """Write the file anew."""
    told = [f"$ {script}\n{real(script)}\n" for script in scenes()]
    FILE.write_text("\n".join(told), encoding="utf-8")


if __name__ == "__main__":
    main()
