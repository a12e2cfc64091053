"""N8, N9, mainline's part: programs about terminals agree step by step, as `test_against_linux`.

Several sessions on several pseudo terminals, masters in one process and slaves in others: what is
compared is every reply, every byte that is read at either side, and of every process its state,
signals, terminal and that terminal's foreground group.
"""

from __future__ import annotations

import random

import pytest

from nsh.machine.invariants import violations
from tests.kernel._comparing import compare
from tests.kernel._linux import Linux
from tests.kernel._terminal_programs import LAG, TerminalWriter

LENGTH = 45
CHUNKS = 6
PER_CHUNK = 12


def check(linux: Linux, seed: int) -> None:
    writer = TerminalWriter(random.Random(seed))
    writer.write(LENGTH)
    assert violations(writer.world.machine) == []
    difference = compare(linux, writer.steps, writer.seen, LAG)
    assert difference == "", f"program {seed}:\n{difference}"


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_random_programs(linux: Linux, chunk: int) -> None:
    for seed in range(chunk * PER_CHUNK, (chunk + 1) * PER_CHUNK):
        check(linux, seed)
