"""What may be a matter of when inside of a statement, and what may not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from nsh.session.comparing.differences import compare
from nsh.session.comparing.facts import Facts
from nsh.session.comparing.seen import Seen, of_model
from nsh.session.session import Session

USR1 = 1 << 9
USR2 = 1 << 11
CHILD = 2

WAITED = "spawn w { exit 3 }\nwait w || true\n"
"""The child dies in the first statement, and is waited for in the second."""
AT_ONCE = "if fork { exit 3 } else { getpid; wait $! || true }\ntrue\n"
"""It dies and is waited for in one."""
HANDLED = "trap USR1 { getpid }\nkill -USR1 $$\ntrue\n"


def run(script: str) -> list[Seen]:
    session = Session("mainline", keep=False)
    session.load(script, "x.nsh")
    return list(of_model(session))


Change = Callable[[Facts], Facts | None]


def changed(steps: list[Seen], pid: int, change: Change, first: int, last: int) -> list[Seen]:
    """What *pid* is to look like after the steps from *first* to *last*."""
    found = []
    for number, step in enumerate(steps):
        tasks = dict(step.tasks)
        if first <= number <= last and pid in tasks:
            facts = change(tasks.pop(pid))
            if facts is not None:
                tasks[pid] = facts
        found.append(replace(step, tasks=tasks))
    return found


def told(one: list[Seen], other: list[Seen]) -> list[tuple[str, str, int]]:
    return [
        (item.what, item.about, pair.one.place.line)
        for pair in compare(one, other)
        if pair.one is not None
        for item in pair.differences
    ]


def gone(facts: Facts) -> None:
    del facts


def zombie(steps: list[Seen]) -> list[int]:
    return [n for n, step in enumerate(steps) if CHILD in step.tasks and step.tasks[2].state == "Z"]


def test_a_zombie_may_go_before_its_parent_has_asked_again() -> None:
    steps = run(AT_ONCE)
    dead = zombie(steps)
    assert len(dead) >= 2
    reaped = changed(steps, CHILD, gone, dead[0], dead[-1])
    assert told(steps, reaped) == []
    assert told(reaped, steps) == []


def test_it_may_not_where_nobody_waits_in_this_statement() -> None:
    steps = run(WAITED)
    dead = zombie(steps)
    assert told(steps, changed(steps, CHILD, gone, dead[0], dead[-1])) == [("state", "pid 2", 1)]


def test_it_may_not_stay_once_its_parent_has_waited() -> None:
    steps = run(AT_ONCE)
    after = zombie(steps)[-1] + 1
    body = steps[after - 1].tasks[CHILD]
    stays = [
        replace(step, tasks={**step.tasks, CHILD: body}) if number >= after else step
        for number, step in enumerate(steps)
    ]
    assert ("state", "pid 2", 1) in told(steps, stays)


@pytest.mark.parametrize("field", ["pending", "blocked"])
def test_a_handler_may_begin_a_step_later_but_not_a_statement(field: str) -> None:
    steps = run(HANDLED)
    second = [n for n, step in enumerate(steps) if step.place.line == 2]

    def later(facts: Facts) -> Facts:
        return replace(facts, **{field: getattr(facts, field) ^ USR1})

    assert told(steps, changed(steps, 1, later, second[0], second[-2])) == []
    assert told(steps, changed(steps, 1, later, second[0], second[-1])) == [(field, "pid 1", 2)]


def test_a_signal_that_nobody_handles_is_pending_on_both_or_on_none() -> None:
    steps = run(HANDLED)
    second = [n for n, step in enumerate(steps) if step.place.line == 2]

    def pends(facts: Facts) -> Facts:
        return replace(facts, pending=facts.pending | USR2)

    found = told(steps, changed(steps, 1, pends, second[0], second[0]))
    assert found == [("pending", "pid 1", 2)]


def test_what_only_one_run_goes_on_to_do_counts_at_the_end() -> None:
    """The last step may be only one run's: a call that is asked again has no partner."""
    steps = run("spawn w\nwait w || true\n")
    ends = [n for n, step in enumerate(steps) if step.answer.startswith("?")]
    assert ends
    cut = steps[: ends[0] + 1]
    extra = replace(cut[-1], number=cut[-1].number + 1, tasks={1: cut[-1].tasks[1]})
    assert ("state", "pid 2", 2) in told([*cut, extra], cut)
