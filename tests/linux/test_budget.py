"""What a run on Linux may cost: as on the model, whoever waits for one that spins is given up."""

from __future__ import annotations

import pytest

from nsh.session.real.session import RealSession
from nsh.session.session import Session

pytestmark = pytest.mark.usefixtures("stage")


@pytest.mark.parametrize(
    "script",
    ["spawn s { while true { } }; wait", "( while true { } )", "spawn w; w { while true { } }"],
)
def test_whoever_waits_for_one_that_spins_is_given_up_on_both_kernels(script: str) -> None:
    said = Session(max_steps=20_000).run(script).messages
    with RealSession(max_steps=20_000) as session:
        result = session.run(script)
        assert result.messages == said
        assert session.step.number < 200


def test_a_sleep_beside_one_that_spins_ends() -> None:
    with RealSession(max_steps=20_000) as session:
        result = session.run("spawn s { while true { } }; sleep 0.2; echo done")
        assert (result.messages, result.stdout.split()) == ([], ["done"])
