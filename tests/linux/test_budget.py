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


BOMB = "def bomb() { bomb & bomb & }\nbomb || true\n"


def test_a_fork_bomb_meets_a_limit_that_names_its_remedy_and_is_cleared_away() -> None:
    with RealSession(max_tasks=12) as session:
        result = session.run(BOMB + "sleep 0.5")
        assert "fork: Resource temporarily unavailable (EAGAIN): 12 tasks" in result.stderr
        assert "--max-tasks" in result.stderr
        assert "12\n" in session.run("ps -e -o pid= > /tmp/all; wc -l < /tmp/all").stdout
        refused = session.run("spawn w")
        assert refused.stderr.startswith("nsh: spawn: w: Resource temporarily unavailable")
        assert session.run("kill -9 -1; wait; ps -e -o comm= | sort").stdout.split() == [
            "init",
            "ps",
            "sort",
        ]


@pytest.mark.parametrize(
    "script", ["true | true", "( true )", "true &", "if fork { exit } else { }"]
)
def test_who_cannot_fork_says_what_it_could_not(script: str) -> None:
    with RealSession(max_tasks=1) as session:
        result = session.run(script)
        assert result.stderr.startswith("nsh: fork: Resource temporarily unavailable (EAGAIN): 1 ")
        assert session.run("echo on").stdout == "on\n"


def test_threads_and_the_dead_count() -> None:
    with RealSession(max_tasks=4) as session:
        assert session.run("spawn t; t spawn --thread t2; spawn d; d exit 0").ok
        assert not session.run("spawn x").ok
        assert session.run("wait d; spawn x").ok
