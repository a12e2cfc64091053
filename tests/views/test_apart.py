"""Two machines held against each other: which rows are marked on which side."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nsh.machine.ids import NOBODY, SpaceId, TaskId
from nsh.machine.pids import PidSpace
from nsh.machine.tasks import Task
from nsh.machine.value import Machine
from nsh.session.beside import touched
from nsh.session.session import Session
from nsh.views.apart import LEFT, NOWHERE, RIGHT, Pairs, apart, mark
from nsh.views.changes import Mark, Marks
from nsh.views.ids import label
from nsh.views.states import letter


def after(*lines: str, profile: str = "all") -> Session:
    session = Session(profile)
    for line in lines:
        assert session.submit(line).ok, line
    return session


def marked(machine: Machine, marks: Marks) -> dict[str, Mark]:
    """By label."""
    return {label(machine, key): found for key, found in marks.tasks.items()}


def task(machine: Machine, called: str) -> TaskId | None:
    """The task with that label."""
    found = (TaskId(key) for key, _ in machine.items(Task))
    return next((key for key in found if label(machine, key) == called), None)


def spaces(machine: Machine) -> set[SpaceId]:
    return {SpaceId(key) for key in machine.rows(PidSpace)}


def test_each_side_has_marks_for_its_own_rows():
    session = after("spawn a", "spawn b", "spawn c")
    left = session.machine
    session.submit("a exit")
    session.submit("wait a")
    session.submit("spawn d")
    session.submit("b exit")
    right = session.machine
    one, other = apart(left, right)
    assert marked(left, one) == {"a": LEFT, "b": Mark.CHANGED}
    assert marked(right, other) == {"d": RIGHT, "b": Mark.CHANGED}
    back, there = apart(right, left)
    assert marked(right, back) == {"d": LEFT, "b": Mark.CHANGED}
    assert marked(left, there) == {"a": RIGHT, "b": Mark.CHANGED}
    assert not one.departed
    assert not other.departed


def test_a_machine_does_not_differ_from_itself():
    machine = after("spawn a { sleep 100 }", "unshare --pid --fork true").machine
    for pairs in (Pairs(), Pairs(by_number=True)):
        for marks in apart(machine, machine, pairs):
            assert not marks.tasks
            assert not marks.spaces
            assert not marks.terminals


def test_a_row_that_looks_different_by_its_state_letter_is_marked():
    """A step does not mark who has been given something to do; two moments do."""
    session = after("spawn a")
    session.submit("as a { sleep 100 } &")
    letters = {}
    for step in session.history:
        tid = task(step.machine, "a")
        if tid is not None:
            letters[letter(step.machine, tid, step.machine.get(Task, tid))] = step.machine
    assert set(letters) >= {"R", "S"}
    one, other = apart(letters["R"], letters["S"])
    assert marked(letters["R"], one)["a"] is Mark.CHANGED
    assert marked(letters["S"], other)["a"] is Mark.CHANGED


def test_containers_and_terminals_that_differ_are_marked():
    session = after("spawn a")
    left = session.machine
    session.submit("as a { echo web > /proc/container }")
    session.submit("echo hello > /dev/console")
    one, other = apart(left, session.machine)
    assert list(other.spaces.values()).count(RIGHT) == 1
    assert RIGHT not in one.spaces.values()
    assert one.terminals == other.terminals != ()


LINES_OF_ALL_KINDS = (
    "spawn w",
    "spawn --pid v",
    "w exit",
    "wait -n || true",
    "as w { echo box > /proc/container } || true",
    "as v { sleep 100 } &",
    "echo said > /dev/console",
    "kill -STOP v",
)
LINES = ("spawn sshd", "as sshd { echo web > /proc/container || true }", "as sshd spawn httpd")


def test_runs_of_the_same_lines_are_paired_by_numbers():
    left, right = after(*LINES).machine, after(*LINES, profile="mainline").machine
    one, other = apart(left, right, Pairs(by_number=True))
    assert (
        marked(left, one)
        == marked(right, other)
        == {
            "sshd": Mark.CHANGED,
            "httpd": Mark.CHANGED,
        }
    )
    same = after(*LINES).machine
    assert [dict(side.tasks) for side in apart(left, same, Pairs(by_number=True))] == [{}, {}]


@pytest.mark.parametrize("by_number", [False, True])
def test_who_is_who(by_number):
    pairs = Pairs(by_number)
    session = after(*LINES)
    before = session.history[0].machine
    machine = session.machine
    (space,) = spaces(machine) - spaces(before)
    name = pairs.name(machine, space)
    assert pairs.space(machine, name) == space
    assert pairs.space(before, name) == NOWHERE
    sshd = task(machine, "sshd")
    assert sshd is not None
    assert pairs.task(sshd, machine, machine) == sshd
    assert pairs.task(sshd, machine, before) == NOBODY
    assert pairs.task(NOBODY, machine, before) == NOBODY


def test_the_mark_of_any_row():
    assert mark("x", None, LEFT) is LEFT
    assert mark("x", "x", LEFT) is None
    assert mark("x", "y", LEFT) is Mark.CHANGED


@given(st.lists(st.sampled_from(LINES_OF_ALL_KINDS), max_size=12), st.data())
@settings(max_examples=20, deadline=None)
def test_what_was_written_on_the_way_is_all_that_can_differ(lines, data):
    session = Session()
    for line in lines:
        session.submit(line)
    history, last = session.history, len(session.history) - 1
    one, other = (data.draw(st.integers(0, last)) for _ in range(2))
    known = touched(history, history, len(history), (one, other))
    left, right = history[one].machine, history[other].machine
    assert apart(left, right, touched=known) == apart(left, right)


def test_a_way_that_leads_through_two_branches():
    session = after("spawn a", "spawn b")
    here, shared = session.timeline(), len(session.history)
    session.submit("a exit")
    there = session.history
    other = Session(machine=here.history[0].machine)
    other.take_up(here)
    other.submit("b exit")
    other.submit("spawn c")
    at = len(there) - 1, len(other.history) - 1
    left, right = there[at[0]].machine, other.history[at[1]].machine
    known = touched(there, other.history, shared, at)
    assert known is not None
    assert apart(left, right, touched=known) == apart(left, right)
    assert len(known) < 100
