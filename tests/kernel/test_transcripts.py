"""P2, P3, P5, P10-P12: what Linux did, call by call, the model does.

Each program of tests/kernel/transcripts names the rows it is about, or is about what all stand on:
wait(2), signals, sessions and groups.  `test_against_linux` has Linux do the same again.
"""

from __future__ import annotations

import pytest

from nsh.machine.invariants import violations
from tests.kernel._model import World
from tests.kernel._transcripts import read_all

TRANSCRIPTS = read_all()


@pytest.mark.parametrize("name", TRANSCRIPTS)
def test_the_model_does_as_linux_did(name: str) -> None:
    transcript = TRANSCRIPTS[name]
    world = World()
    seen = []
    for number, step in enumerate(transcript.steps):
        assert step[0] in dict(world.puppets()), f"puppet {step[0]} cannot do {step[1:]} now"
        seen.append(world.step(number, step))
        assert violations(world.machine) == []
    assert transcript.told(seen) == transcript.text


def test_every_row_has_its_programs() -> None:
    named = {word.strip(",:") for name in TRANSCRIPTS for word in name.split()}
    assert named >= {"P2", "P3", "P5", "P10", "P11", "P12"}
