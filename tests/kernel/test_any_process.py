"""Same calls, same machines: in any process, whatever its hashes are."""

from __future__ import annotations

import os
import subprocess
import sys

_PROGRAM = """
import random
import sys
from nsh.machine.digest import digest
from tests.kernel._programs import Writer
for seed in range(12):
    writer = Writer(random.Random(seed))
    for _ in range(40):
        writer.write(1)
        print(digest(writer.world.machine), writer.seen[-1:])
"""


def test_programs_leave_the_same_machines_in_any_process() -> None:
    told = set()
    for seed in ("1", "77"):
        done = subprocess.run(
            [sys.executable, "-c", _PROGRAM],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        )
        told.add(done.stdout)
    assert len(told) == 1
    assert told.pop().count("\n") == 12 * 40
