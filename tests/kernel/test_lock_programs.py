"""N5, N12: programs about locks and timers agree with Linux step by step, as
`test_against_linux`."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from nsh.machine.invariants import violations
from tests.kernel._comparing import compare
from tests.kernel._linux import Linux, Silent
from tests.kernel._lock_programs import LockWriter
from tests.kernel._programs import Writer
from tests.kernel._timer_programs import TimerWriter
from tests.probes._real import need

LENGTH = 45
PROGRAMS = 25


@pytest.fixture(scope="module")
def linux() -> Iterator[Linux]:
    need()
    try:
        stage = Linux()
    except (PermissionError, Silent) as problem:
        pytest.skip(f"no stage for real processes: {problem}")
    yield stage
    stage.close()


@pytest.mark.parametrize("chunk", range(4))
@pytest.mark.parametrize("kind", [LockWriter, TimerWriter])
def test_random_programs(linux: Linux, kind: type[Writer], chunk: int) -> None:
    for seed in range(chunk * PROGRAMS, (chunk + 1) * PROGRAMS):
        writer = kind(random.Random(seed))
        writer.write(LENGTH)
        assert violations(writer.world.machine) == []
        difference = compare(linux, writer.steps, writer.seen)
        assert difference == "", f"program {seed}:\n{difference}"
