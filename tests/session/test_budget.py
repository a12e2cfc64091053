"""What a run may cost: endless scripts end within a moment, long ones are let go on."""

from __future__ import annotations

import pytest

from nsh.lang.stepper import BUDGET
from nsh.machine.pids import PidSpace
from nsh.machine.tasks import Task
from nsh.session.session import Session

SPINNER = "spawn s { while true { } }\n"
BOMB = "def bomb() { bomb & bomb }\n"


@pytest.mark.parametrize(
    "waiting",
    [
        SPINNER + "wait",
        SPINNER + "waitpid s",
        SPINNER + "spawn t { while true { } }\nwait",
        "( while true { } )",
        "while true { } | cat",
        "spawn w; w { while true { } }",
    ],
)
def test_whoever_waits_for_one_that_spins_waits_in_full(waiting: str) -> None:
    for keep in (True, False):
        session = Session(keep=keep, max_steps=20_000)
        result = session.run(waiting)
        assert not result.ok
        assert "20000 steps are spent (--max-steps raises the budget)" in result.messages[-1]
        assert session.step.number < 20_000 / BUDGET + 50


def test_it_is_told_who_waits_and_what_for() -> None:
    said = Session(max_steps=20_000).run(SPINNER + "wait").messages[-1]
    assert said.startswith("given up: init is blocked in wait4, a program behind computes")


@pytest.mark.parametrize(
    "script",
    [
        SPINNER + "repeat 300 { true }; echo done",
        SPINNER + "sleep 50; echo done",
        SPINNER + "true\n" * 300 + "echo done",
        SPINNER + "repeat 20 { sleep 5 }; kill -KILL s; wait; echo done",
        "spawn w { repeat 6000 { getpid > /dev/null }; exit }; wait; echo done",
        "repeat 40 { spawn w { repeat 400 { x=1 }; exit }; wait }; echo done",
    ],
)
def test_whoever_goes_on_is_let_go_on(script: str) -> None:
    result = Session(keep=False, max_steps=50_000).run(script)
    assert result.messages == []
    assert result.stdout == "done\n"


def test_what_is_typed_has_a_budget_of_its_own() -> None:
    session = Session(max_steps=500)
    for _ in range(3):
        assert session.submit("repeat 60 { getpid > /dev/null }").messages == []


def test_what_is_spent_is_renewed_for_the_next_that_is_typed() -> None:
    session = Session(max_steps=20_000)
    session.submit(SPINNER)
    for _ in range(3):
        assert not session.submit("wait").ok
        assert session.submit("echo next").stdout == "next\n"


def test_whoever_reads_beside_one_that_spins_is_not_given_up() -> None:
    session = Session(keep=False, max_steps=20_000, attended=True)
    session.load(SPINNER + "read line; echo $line")
    for _ in range(200):
        session.forward()
    session.type(b"typed\n")
    assert session.run().stdout == "typed\n"


@pytest.mark.parametrize(
    "bomb", [BOMB + "bomb", BOMB + "spawn b { bomb }; wait", "repeat 20 { fork }"]
)
def test_a_fork_bomb_burns_out_where_the_numbers_end(bomb: str) -> None:
    session = Session(keep=False, max_steps=100_000)
    result = session.run(f"echo 600 > /proc/sys/kernel/pid_max\n{bomb}")
    assert "Resource temporarily unavailable (EAGAIN): all" in result.stderr
    assert not any("steps are spent" in message for message in result.messages)
    assert session.machine.count(Task) <= 599
    assert session.machine.get(PidSpace, 1).last_pid == 599


def test_a_handler_that_brings_its_own_signal_is_no_end_of_nsh() -> None:
    """What a handler writes tells its own task of input, again and again."""
    session = Session(max_steps=20_000)
    session.submit("openpty; trap IO { echo told >&4 }; fcntl 3 F_SETFL O_ASYNC")
    session.submit("printf out >&4")
    assert session.step.number > 1000
    assert session.submit("spawn w; w echo next").stdout == "next\n"
