"""Whether all orders are gone through, held against going through each by itself."""

from __future__ import annotations

from collections import Counter
from functools import cache
from random import Random

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from nsh.machine.invariants import violations
from nsh.machine.tasks import Task
from nsh.machine.waiting import RunQueue
from nsh.session.exploring.moves import End, Moment, Moves, woken
from nsh.session.exploring.search import Found, Limits, Search
from nsh.session.session import Session
from nsh.session.statements import pending
from tests.session.exploring._programs import DEADLOCK, LOST_UPDATE

LOCKED = """\
semget -c 7 1
semop 0 0:+1
echo 0 > /tmp/n
par {
  semop 0 0:-1; n=$(cat /tmp/n); echo $((n + 1)) > /tmp/n; semop 0 0:+1
} {
  semop 0 0:-1; n=$(cat /tmp/n); echo $((n + 1)) > /tmp/n; semop 0 0:+1
}
expect $(cat /tmp/n) == 2
"""
SIGNALS = """\
spawn heard { trap USR1 { echo one }; trap USR2 { echo two } }
spawn a { kill -USR1 2; exit }
spawn b { kill -USR2 2; exit }
wait
"""
AGES = """\
spawn a { touch /tmp/a; exit }
spawn b { touch /tmp/b; exit }
wait; wait
ls -U /tmp
"""
ADOPTED = """\
spawn a { spawn x { exit 1 }; exit }
spawn b { spawn y { exit 2 }; exit }
waitpid 2; waitpid 3
waitpid -1
"""
MOUNTED = """\
mkdir /tmp/a /tmp/b
par { mount -t tmpfs a /tmp/a } { mount -t tmpfs b /tmp/b }
findmnt -n -o TARGET
"""
RACE = """\
spawn --ipc web
web spawn a
web spawn b
par {
  as a { echo 256 > /proc/sys/kernel/msg_next_id; msgget }
} {
  as b { echo 32 > /proc/sys/kernel/msg_next_id; msgget }
}
"""

Known = tuple[End, tuple[tuple[str, str], ...]]


@cache
def searched(text: str, limits: Limits | None = None, *, eager: bool = True) -> Search:
    search = Search(pending(text, "t"), Session().machine, limits, eager=eager)
    search.run()
    return search


def explored(text: str, limits: Limits | None = None, *, eager: bool = True) -> Found:
    return searched(text, limits, eager=eager).found


def one_by_one(text: str, most: int) -> Counter[Known] | None:
    """How many orders have which outcome, no two states taken for one, with the ids of an ordinary
    run; None if there are more than *most*."""
    moves = Moves(pending(text, "t"), eager=False, search=False)
    outcomes: Counter[Known] = Counter()
    going = [Moment(Session().machine)]
    while going and outcomes.total() <= most:
        moment = going.pop()
        follow, end = moves.after(moment)
        if end is not None:
            outcomes[end, moment.printed()] += 1
        for move in follow:
            if move.end is None:
                going.append(move.moment)
            else:
                outcomes[move.end, move.moment.printed()] += 1
    return None if going else outcomes


_COMMANDS = (
    "msgget",
    "echo $$",
    "cat /tmp/x",
    "rm /tmp/x",
    "touch /tmp/x",
    "semop -n 0 0:-1",
    "semop 0 0:+1",
    "semop 0 0:-1",
    "kill -USR1 $other",
    "sleep 0.0002",
)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(_COMMANDS), st.sampled_from(_COMMANDS))
def test_every_order_comes_to_what_it_comes_to_by_itself(left: str, right: str) -> None:
    text = (
        "semget -c 7 1\nspawn other { trap USR1 { echo heard } }\nother=$!\n"
        f"par {{ {left} }} {{ {right} }}\n"
    )
    expected = one_by_one(text, 3_000)
    assume(expected is not None)
    found = explored(text, eager=False)
    assert not found.stopped
    assert Counter({(one.end, one.told): one.ways for one in found.outcomes}) == expected


@pytest.mark.parametrize(
    "text", [DEADLOCK, LOST_UPDATE, LOCKED, SIGNALS, AGES, ADOPTED, MOUNTED, RACE]
)
def test_whatever_comes_of_any_order_is_among_the_outcomes(text: str) -> None:
    """Orders by chance, with the ids of an ordinary run, and the invariants looked after."""
    found = explored(text)
    known = {(one.end, one.told) for one in found.outcomes}
    chance = Random(7)
    moves = Moves(pending(text, "t"), search=False)
    for walk in range(60):
        moment, end = Moment(Session().machine), None
        while end is None:
            follow, end = moves.after(moment)
            if follow:
                move = chance.choice(follow)
                moment, end = move.moment, move.end
                assert walk or not violations(moment.machine)
        assert (end, moment.printed()) in known


@pytest.mark.parametrize("text", [DEADLOCK, LOST_UPDATE, SIGNALS, AGES, ADOPTED, MOUNTED])
def test_an_outcome_is_had_again_by_its_order(text: str) -> None:
    search = searched(text)
    for outcome in search.found.outcomes:
        session = search.ordered(outcome)
        session.perform()
        assert session.step.failed == outcome.end.failed
        if outcome.end.failed:
            assert outcome.end.message in session.step.message
        printed = "".join(out.text for step in session.history for out in step.output)
        assert sorted(printed) == sorted("".join(text for _name, text in outcome.told))
        steps = [step for step in session.history if step.transaction is not None]
        assert len(steps) == outcome.steps
        again = Session(machine=session.machine)
        assert again.submit("expect $(echo on) == on").status == 0  # it goes on like any other


def test_a_deadlock_is_found_and_the_shortest_way_into_it() -> None:
    found = explored(DEADLOCK)
    stuck, fine = sorted(found.outcomes, key=lambda one: not one.end.failed)
    assert stuck.end.asleep == (
        "init is blocked in wait4",
        "left is blocked in semop",
        "right is blocked in semop",
    )
    assert not fine.end.failed
    assert stuck.steps < fine.steps
    assert stuck.ways > 0 < fine.ways
    assert found.failed


def test_an_update_is_lost_in_some_orders_unless_it_is_guarded() -> None:
    lost = explored(LOST_UPDATE)
    assert {one.end.failed for one in lost.outcomes} == {True, False}
    guarded = explored(LOCKED)
    assert [one.end.failed for one in guarded.outcomes] == [False]
    assert not guarded.stopped


@pytest.mark.parametrize("text", [AGES, MOUNTED])
def test_what_was_made_first_is_told_by_what_lists_by_age(text: str) -> None:
    assert len(explored(text).outcomes) == 2


def test_a_wish_for_an_id_goes_to_whoever_comes_next() -> None:
    found = explored(RACE)
    given = {tuple(text for name, text in one.told if name in "ab") for one in found.outcomes}
    assert given == {
        ("256\n", "32\n"),
        ("256\n", "0\n"),
        ("0\n", "32\n"),
        ("0\n", "256\n"),
        ("32\n", "0\n"),
    }


def test_statements_wait_for_programs_behind_only_where_they_are_told_to() -> None:
    text = "spawn w { echo on > /tmp/f }\nexpect $(cat /tmp/f) == on"
    assert {one.end.failed for one in explored(text).outcomes} == {True, False}
    settled = explored(text, eager=False)
    assert [one.end.failed for one in settled.outcomes] == [False]


def test_what_a_run_comes_to_is_one_of_the_outcomes() -> None:
    for text in (LOST_UPDATE, SIGNALS):
        session = Session()
        session.run(text)
        printed = sorted("".join(out.text for step in session.history for out in step.output))
        outcomes = explored(text, eager=False).outcomes
        assert any(
            sorted("".join(text for _name, text in one.told)) == printed
            and one.end.failed == session.step.failed
            for one in outcomes
        )


def test_programs_may_go_round_for_ever() -> None:
    """One that looks again and again comes back to where it was: orders have no number then."""
    text = "par { while ! test -e /tmp/f { } } { touch /tmp/f }"
    found = explored(text)
    assert not found.stopped
    assert [(one.end.failed, one.ways) for one in found.outcomes] == [(False, 0)]


def test_to_go_round_for_ever_is_an_outcome() -> None:
    both = explored("par { while ! test -e /tmp/f { } } { while ! test -e /tmp/g { } }")
    assert [one.end.message for one in both.outcomes] == [
        "programs go round for ever, and nobody can end it"
    ]
    missed = explored("par { while ! test -e /tmp/f { } } { touch /tmp/f; rm /tmp/f }")
    assert not missed.stopped
    assert {one.end.failed for one in missed.outcomes} == {True, False}
    alone = explored("while true { }")
    assert [one.end.failed for one in alone.outcomes] == [True]


def test_one_failure_is_one_outcome_wherever_the_script_has_come_to() -> None:
    found = explored("spawn a { expect 1 == 2 }\ntrue\ntrue\ntrue")
    failed = [one.end for one in found.outcomes if one.end.failed]
    assert [(end.message.partition("\n")[0], end.place.line) for end in failed] == [
        ("a: expect failed: expect 1 == 2", 0)
    ]


@pytest.mark.parametrize(("text", "failed"), [("exit 3", True), ("exit 0; echo b", False)])
def test_how_a_machine_halts_is_judged_as_in_a_run(text: str, failed: bool) -> None:
    assert [one.end.failed for one in explored(text).outcomes] == [failed]


def test_a_search_that_stops_at_a_limit_says_so() -> None:
    found = explored(RACE, Limits(states=50))
    assert found.stopped == "50 states"
    assert found.states == 50
    alone = explored("while true { echo on }", Limits(steps=50))
    assert alone.stopped == "50 steps of one program alone"
    assert not alone.outcomes


def test_timers_go_off_in_between() -> None:
    """A step takes a tenth of a millisecond of the machine's time, whoever takes it."""
    text = "par { sleep 0.001; echo late } { echo early; sleep 0.002; echo later }"
    found = explored(text)
    assert [one.end.failed for one in found.outcomes] == [False]
    assert found.states > 2


def test_promptly_whoever_was_woken_first_goes_on_before_anybody_else() -> None:
    """As real processes do, which nobody keeps from it; so there are fewer orders."""
    moves = Moves(pending(DEADLOCK, "t"), search=False, prompt=True)
    chance, seen = Random(3), 0
    for _walk in range(30):
        moment, end = Moment(Session().machine), None
        while end is None:
            queue = moment.machine.find(RunQueue, 0) or RunQueue()
            order = [queue.entries[at] for at in range(queue.head, queue.tail)]
            waking = [task for task in order if woken(moment.machine, task)]
            follow, end = moves.after(moment)
            if waking and follow:
                seen += 1
                assert [move.who for move in follow] == [
                    moment.machine.get(Task, waking[0]).pids[0]
                ]
            if follow:
                move = chance.choice(follow)
                moment, end = move.moment, move.end
    assert seen > 30
    some = Search(pending(DEADLOCK, "t"), Session().machine, prompt=True).run()
    all_of_them = {(one.end, one.told): one.ways for one in explored(DEADLOCK).outcomes}
    assert {(one.end, one.told) for one in some.outcomes} <= set(all_of_them)
    assert sum(one.ways for one in some.outcomes) < sum(all_of_them.values())
