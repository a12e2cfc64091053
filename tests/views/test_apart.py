"""Two machines held against each other: which rows are marked on which side."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from nsh.machine.ids import NOBODY, SpaceId, TaskId
from nsh.machine.msg import MsgQueue
from nsh.machine.pids import PidSpace
from nsh.machine.ptys import Pty
from nsh.machine.tasks import Task
from nsh.machine.uts import Uts
from nsh.machine.value import Machine
from nsh.session.beside import touched
from nsh.session.session import Session
from nsh.views.apart import LEFT, RIGHT, apart
from nsh.views.changes import Mark, Marks, against
from nsh.views.ids import label
from nsh.views.pairs import NOWHERE, Pairs, paired
from nsh.views.selection import NOTHING, Sort, Thing
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
    for pairs in (None, paired(machine, machine, None), paired(machine, machine, 0)):
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


def run(*lines: str, profile: str = "all") -> tuple[Machine, int]:
    """What the lines lead to, and the last key of the boot."""
    session = after(*lines, profile=profile)
    return session.machine, session.history[0].machine.serial


def test_runs_of_the_same_lines_are_paired_from_the_boot_on():
    (left, parted), (right, _) = run(*LINES), run(*LINES, profile="mainline")
    one, other = apart(left, right, paired(left, right, parted))
    assert (
        marked(left, one)
        == marked(right, other)
        == {
            "sshd": Mark.CHANGED,
            "httpd": Mark.CHANGED,
        }
    )
    same, _ = run(*LINES)
    for side in apart(left, same, paired(left, same, parted)):
        assert (dict(side.tasks), dict(side.spaces), side.terminals) == ({}, {}, ())


def test_who_is_who_at_two_moments():
    session = after(*LINES)
    before, machine = session.history[0].machine, session.machine
    pairs = paired(before, machine, None)
    (space,) = spaces(machine) - spaces(before)
    name = pairs.name(machine, space)
    assert pairs.space(machine, name) == space
    assert pairs.space(before, name) == NOWHERE
    sshd = task(machine, "sshd")
    assert sshd is not None
    assert pairs.task(sshd, machine) == NOBODY
    assert pairs.task(NOBODY, machine) == NOBODY
    assert paired(machine, machine, None).task(sshd, machine) == sshd


def branches(common: tuple[str, ...], one: tuple[str, ...], other: tuple[str, ...]) -> Pairs:
    """Two ways on from the same moment, paired."""
    left = after(*common)
    parted = left.machine.serial
    right = Session(machine=left.history[0].machine)
    right.take_up(left.timeline())
    for session, lines in ((left, one), (right, other)):
        for line in lines:
            assert session.submit(line).ok, line
    return paired(left.machine, right.machine, parted)


def who(pairs: Pairs, *names: str) -> list[str]:
    """The label of the one on the right that is each on the left, by its label; "" for nobody."""
    found = []
    for name in names:
        mine = task(pairs.left, name)
        assert mine is not None, name
        twin = pairs.task(mine, pairs.left)
        found.append(label(pairs.right, twin))
        assert twin == NOBODY or pairs.task(twin, pairs.right) == mine
    return found


def test_who_was_there_before_is_himself_and_who_came_later_is_known_by_name():
    pairs = branches(("spawn a",), ("spawn c", "spawn d"), ("spawn d", "spawn b"))
    assert who(pairs, "a", "c", "d") == ["a", "", "d"]
    one, other = apart(pairs.left, pairs.right, pairs)
    assert marked(pairs.left, one) == {"c": LEFT, "d": Mark.CHANGED}
    assert marked(pairs.right, other) == {"b": RIGHT, "d": Mark.CHANGED}


def test_the_pid_decides_between_those_of_one_name_and_else_the_order():
    pairs = branches((), ("spawn x", "spawn -n 2 w"), ("spawn -n 3 w",))
    ours = [task(pairs.left, f"w.{n}") for n in (1, 2)]
    assert who(pairs, "w.1", "w.2", "x") == ["w.1", "w.2", ""]
    lines = "sleep 100 & true & sleep 100 &"
    unlabelled = branches((), (lines,), (f"spawn y; {lines}",))
    sleepers = [
        [key for key, each in sorted(side.rows(Task).items()) if each.comm == "sleep"]
        for side in (unlabelled.left, unlabelled.right)
    ]
    twins = [unlabelled.task(TaskId(key), unlabelled.left) for key in sleepers[0]]
    assert twins == sleepers[1]
    assert None not in ours


def test_children_of_those_who_are_paired_and_of_nobody_else():
    pairs = branches(
        ("spawn a",),
        ("spawn s", "as s spawn kid", "as a spawn kid2"),
        ("spawn x", "as x spawn kid", "spawn s", "as s spawn kid3", "as a spawn kid2"),
    )
    assert who(pairs, "s", "kid", "kid2") == ["s", "", "kid2"]


def test_one_whose_parent_died_on_one_side_is_still_the_same():
    lines = ("spawn p", "as p spawn c", "as c spawn d")
    pairs = branches((), lines, (*lines, "p exit", "wait p"))
    assert who(pairs, "p", "c", "d") == ["", "c", "d"]


def test_containers_are_paired_by_their_first_task_and_terminals_by_name():
    pairs = branches(
        (),
        ("spawn x", "spawn --pid web", "openpty > /dev/null"),
        ("spawn --pid web", "spawn --pid db", "openpty > /dev/null", "openpty > /dev/null"),
    )
    found = {
        pairs.right.get(PidSpace, key).init: pairs.name(pairs.right, key)
        for key in spaces(pairs.right)
    }
    web, db = task(pairs.right, "web"), task(pairs.right, "db")
    assert web is not None
    assert db is not None
    mine = task(pairs.left, "web")
    assert mine is not None
    assert found[web] == pairs.left.get(Task, mine).space
    assert pairs.space(pairs.left, found[db]) == NOWHERE
    ptys = [sorted(key for key, _ in side.items(Pty)) for side in (pairs.left, pairs.right)]
    terminals = [
        [side.get(Pty, key).terminal for key in keys]
        for side, keys in zip((pairs.left, pairs.right), ptys, strict=True)
    ]
    (first,) = terminals[0]
    assert pairs.thing(Thing(Sort.TERMINAL, first), pairs.left).key == terminals[1][0]
    assert pairs.thing(Thing(Sort.TERMINAL, terminals[1][1]), pairs.right) == NOTHING


def test_namespaces_and_ipc_objects_are_known_by_what_they_are_called():
    lines = ("ipcmk -Q > /dev/null", "spawn --pid --uts web")
    pairs = branches((), lines, ("spawn x", *lines))
    for sort, kind in ((Sort.IPC, MsgQueue), (Sort.NAMESPACE, Uts)):
        ours, theirs = (max(side.rows(kind)) for side in (pairs.left, pairs.right))
        assert ours != theirs
        assert pairs.thing(Thing(sort, ours), pairs.left) == Thing(sort, theirs)
        assert pairs.thing(Thing(sort, theirs), pairs.right) == Thing(sort, ours)


def test_the_mark_of_any_row():
    assert against("x", None, LEFT) is LEFT
    assert against("x", "x", LEFT) is None
    assert against("x", "y", LEFT) is Mark.CHANGED


@given(
    st.lists(st.sampled_from(LINES_OF_ALL_KINDS), max_size=3),
    st.lists(st.sampled_from(LINES_OF_ALL_KINDS), max_size=8),
)
@settings(max_examples=15, deadline=None)
def test_the_same_lines_on_two_branches_do_not_differ_and_none_is_paired_twice(common, lines):
    first = Session()
    for line in common:
        first.submit(line)
    parted = first.machine.serial
    sides: list[Machine] = []
    for _ in range(2):
        session = Session(machine=first.history[0].machine)
        session.take_up(first.timeline())
        for line in lines:
            session.submit(line)
        sides.append(session.machine)
    left, right = sides
    pairs = paired(left, right, parted)
    for marks in apart(left, right, pairs):
        assert (dict(marks.tasks), dict(marks.spaces), marks.terminals) == ({}, {}, ())
    twins = [pairs.task(TaskId(key), left) for key in left.rows(Task)]
    assert sorted(twins) == sorted(right.rows(Task))


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
    pairs = paired(left, right, here.history[-1].machine.serial)
    assert apart(left, right, pairs, known) == apart(left, right, pairs)
    assert len(known) < 100
