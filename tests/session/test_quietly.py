"""A run that keeps nothing goes faster, past the steps nobody hears of, to the same end."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from nsh.lang.actions import Expected
from nsh.session.history import Step
from nsh.session.session import STRIDE, Session
from tests.session.test_fuzz import SCRIPTS

DEMOS = sorted((Path(__file__).parents[2] / "demos").rglob("*.nsh"))


def told(step: Step) -> tuple[object, ...]:
    """All that people hear of a step."""
    verdict = step.action if isinstance(step.action, Expected) else None
    return step.number, step.task, step.place, step.output, step.message, step.failed, verdict


def both_ways(script: str) -> None:
    each = Session(keep_going=True, max_steps=3_000)
    heard = Session(keep=False, keep_going=True, max_steps=3_000)
    each.load(script)
    heard.load(script)
    steps = []
    while (step := each.forward()) is not None:
        steps.append(step)
    loud = []
    while (step := heard.heard()) is not None:
        loud.append(step)
    assert [told(step) for step in loud if not step.silent] == [
        told(step) for step in steps if not step.silent
    ]
    assert heard.machine == each.machine
    assert heard.digest == each.digest
    assert heard.step.number == each.step.number


@pytest.mark.parametrize("demo", DEMOS, ids=lambda path: path.stem)
def test_a_demo_is_heard_as_it_is_stepped(demo: Path) -> None:
    both_ways(demo.read_text())


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(SCRIPTS)
def test_any_script_is_heard_as_it_is_stepped(script: str) -> None:
    both_ways(script)


ALONE = {
    "it signals itself": "trap USR1 { n=x$n }; repeat 9 { kill -USR1 $$; cd / }; echo $n",
    "it is woken by time": "sleep 1 & repeat 9 { cd /proc; cd / }; wait; date",
    "somebody spins": "spawn w { while true { } }; repeat 9 { cd /proc; cd / }; kill w",
    "it stops itself": "spawn w { kill -STOP $$; echo on }; cd /; kill -CONT w; wait",
    "it forks in the middle": "if fork { cd /proc; exit 3 } else { cd /; wait $!; echo $? }",
    "it becomes another": "( exec wc -c /proc/self/comm ); cd /; ( exec nothing ) || pwd",
    "it reads much": "x=$(cat /proc/1/status /proc/mounts | wc -l); cd /; echo $x",
    "it is traced": "cd /; trace cd /proc; cd /",
    "it makes children by name": "clone2 -n a; clone2 -n a || cd /; wait; ps",
    "another tells it to": "spawn w; repeat 5 { w cd /proc; w cd /; as w { cd /dev } }; w pwd",
    "it blocks and goes on": "spawn a { spawn b { cd /; exit 2 }; wait b; echo $? }; cd /; wait",
    "it lingers": "unshare --pid; spawn a; spawn b; a getpid; a exit 3; b getpid; spawn c || ps",
    "a thread handles what its leader blocks": "repeat 1 { spawn p { trap USR1 { echo $SIGNAL }; "
    "spawn --thread t { repeat 9 { cd / } }; sigprocmask -b USR1; kill -USR1 $$; sleep 1 }; wait }",
    "it dies of it": "spawn w { trap TERM default; cd /; kill $$; echo no }; wait w; echo $?",
}


@pytest.mark.parametrize("script", ALONE.values(), ids=ALONE)
def test_who_goes_on_alone_ends_as_who_is_stepped(script: str) -> None:
    both_ways(script)


@pytest.mark.parametrize("most", range(1, 40))
def test_a_budget_ends_whoever_goes_on_alone_where_it_ends_the_others(most: int) -> None:
    said = []
    for keep in (True, False):
        session = Session(keep=keep, max_steps=most)
        result = session.run("spawn w { cd / }; while true { cd /proc; cd /; umask 22 }")
        said.append((result.messages, session.step.number, session.digest))
    assert said[0] == said[1]


def test_a_long_silence_is_broken_now_and_then() -> None:
    session = Session(keep=False)
    session.load("repeat 3000 { spawn w { exit }; wait }")
    numbers = []
    while (step := session.heard()) is not None:
        assert step.silent
        numbers.append(step.number)
    assert numbers[-1] > 2 * STRIDE
    assert max(b - a for a, b in itertools.pairwise(numbers)) <= STRIDE + 1


def test_a_budget_is_spent_at_the_same_step() -> None:
    said = []
    for keep in (True, False):
        session = Session(keep=keep, max_steps=500)
        result = session.run("while true { spawn w { exit }; wait }")
        assert not result.ok
        said.append((result.messages, session.step.number, session.digest))
    assert said[0] == said[1]
    assert "500 steps are spent" in said[0][0][0]
