"""N5, N12: programs about locks and timers agree with Linux step by step, as
`test_against_linux`."""

from __future__ import annotations

import random

import pytest

from nsh.machine.invariants import violations
from tests.kernel._comparing import compare
from tests.kernel._linux import Linux
from tests.kernel._lock_programs import LockWriter
from tests.kernel._programs import Writer
from tests.kernel._timer_programs import TimerWriter

LENGTH = 45
PROGRAMS = 25


@pytest.mark.parametrize("chunk", range(4))
@pytest.mark.parametrize("kind", [LockWriter, TimerWriter])
def test_random_programs(linux: Linux, kind: type[Writer], chunk: int) -> None:
    for seed in range(chunk * PROGRAMS, (chunk + 1) * PROGRAMS):
        writer = kind(random.Random(seed))
        writer.write(LENGTH)
        assert violations(writer.world.machine) == []
        difference = compare(linux, writer.steps, writer.seen)
        assert difference == "", f"program {seed}:\n{difference}"
