"""P1-P12, mainline's part: programs of real processes and of the model's tasks agree step by step.

What is compared after each call: its answer and those of calls that it let go on, and of every
thread its state, its numbers at each level, its parent, group and session, and its signals.
"""

from __future__ import annotations

import random

import pytest

from tests.kernel._comparing import REPLAYS, compare
from tests.kernel._linux import Linux
from tests.kernel._programs import Writer
from tests.kernel._transcripts import read_all

TRANSCRIPTS = read_all()
LENGTH = 25
CHUNKS = 12
PER_CHUNK = 15


@pytest.mark.parametrize("name", TRANSCRIPTS)
def test_transcripts(linux: Linux, name: str) -> None:
    transcript = TRANSCRIPTS[name]
    for _ in range(REPLAYS):
        told = transcript.told(linux.play(transcript.steps))
        if told == transcript.text:
            break
    assert told == transcript.text


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_random_programs(linux: Linux, chunk: int) -> None:
    for seed in range(chunk * PER_CHUNK, (chunk + 1) * PER_CHUNK):
        writer = Writer(random.Random(seed))
        writer.write(LENGTH)
        difference = compare(linux, writer.steps, writer.seen)
        assert difference == "", f"program {seed}:\n{difference}"
