"""N1, N2: programs about ipc agree step by step on both kernels, as `test_against_linux`.

What is compared is every reply, the files of /proc/sysvipc but for times, bytes in segments, what
the files of queues say, and of every process its state and signals.
"""

from __future__ import annotations

import random

import pytest

from nsh.machine.invariants import violations
from tests.kernel._comparing import compare
from tests.kernel._ipc_programs import IpcWriter
from tests.kernel._linux import Linux

LENGTH = 45
CHUNKS = 8
PER_CHUNK = 15


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_random_programs(linux: Linux, chunk: int) -> None:
    for seed in range(chunk * PER_CHUNK, (chunk + 1) * PER_CHUNK):
        writer = IpcWriter(random.Random(seed))
        writer.write(LENGTH)
        assert violations(writer.world.machine) == []
        difference = compare(linux, writer.steps, writer.seen)
        assert difference == "", f"program {seed}:\n{difference}"
