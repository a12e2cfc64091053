"""when, mark, beside; and the tree of branches."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nsh.session.beside import Side, beside, pairs
from nsh.session.branching import drawn, parted
from nsh.session.session import Session
from nsh.views.pairs import paired
from tests.session.seat import Seat


def test_when_lists_the_steps():
    seat = Seat("spawn a", "kill -9 a")
    assert seat.say("when a dies") == "step 4  0:1 init: kill(2, SIGKILL) = 0"
    assert seat.say("when a starts").startswith("step 1  0:1 init: clone(")
    assert "at no step so far" in seat.refuse("when EPERM")
    assert "REF dies" in seat.refuse("when")


def test_when_does_not_list_hundreds():
    seat = Seat(*["kill -0 99"] * 20)
    lines = seat.say("when ESRCH").splitlines()
    assert len(lines) == 13
    assert lines[-1].startswith("(and 8 more, the last at step ")


def test_marks_lead_back_and_stay_with_their_history():
    seat = Seat("spawn a")
    assert seat.say("mark before") == "step 2 is before: goto before"
    seat.enter("as a exit")
    assert seat.say("mark").endswith("is a: goto a")
    assert [line.split(":")[0] for line in seat.say("marks").splitlines()] == ["before", "a"]
    seat.say("goto before")
    assert seat.session.task("a").alive
    assert seat.say("diff before a").startswith("~ task 0:2 a: state ALIVE → ZOMBIE")
    seat.enter("spawn b")  # the future with the mark is left
    assert "before" in seat.say("marks")
    assert seat.refuse("goto a").startswith("nsh: goto: there is no step or mark a;")
    seat.say("branch undone")
    seat.say("goto a")
    assert "no number" in seat.refuse("mark 12")


def test_beside_shows_both_and_marks_what_differs():
    seat = Seat("spawn a", "spawn b")
    seat.say("branch other")
    seat.enter("kill -9 a")
    seat.enter("spawn c")
    lines = seat.say("beside main other").splitlines()
    marks = {line.split()[-2]: line[0] for line in lines[1:] if "│" in line}
    assert lines[0].split() == ["main", "│", "other"]
    assert marks == {"init": " ", "a": "~", "b": " ", "c": "+"}
    assert seat.say("beside other main").count("- ") == 1
    assert seat.say("beside now").count("~ ") == 0
    assert "there is no step, mark or branch nowhere" in seat.refuse("beside nowhere")
    assert "there is no step 999; the last step is" in seat.refuse("beside 999")


def test_two_policies_beside_each_other():
    seat = Seat("spawn a", "as a { echo web > /proc/container }", "as a spawn b")
    text = seat.say("beside profile:mainline")
    assert "~     2 S   a  0" in text
    assert "a  web" in text
    assert "nobody" in seat.refuse("beside profile:nobody")
    assert "none" in seat.refuse("beside policy:none=none")
    assert seat.session.position == len(seat.session.history) - 1  # nothing was done here


@pytest.mark.parametrize("own", ["profile franke-2005", "policy devpts shared", "true"])
def test_a_position_that_the_lines_take_themselves_gives_way(own):
    lines = ("spawn a", "as a { echo web > /proc/container || true }")
    seat = Seat(own, *lines)
    assert "web" in seat.say("beside now").splitlines()[2].split()
    row = seat.say("beside profile:mainline now").splitlines()[2]
    assert row.split("│")[0].split() == ["~", "2", "S", "a", "0"]
    assert row.split("│")[1].split()[-1] == "web"
    told = seat.say("beside policy:devpts=newpts profile:mainline")
    assert "devpts" in told.split("and from")[1]


def test_a_tree_of_branches():
    seat = Seat("spawn a")
    seat.say("branch one")
    seat.enter("spawn b")
    seat.say("branch two")
    seat.enter("spawn c")
    seat.say("branch main")
    seat.enter("spawn d")
    assert drawn(parted(seat.words.timelines(), "main")) == [
        "* main       4 steps, last: spawn d",
        "  └─ one     from step 2, 4 steps, last: spawn b",
        "     └─ two  from step 4, 6 steps, last: spawn c",
    ]


@given(st.lists(st.sampled_from(["spawn", "back", "branch"]), max_size=8))
@settings(max_examples=25, deadline=None)
def test_branches_share_exactly_what_they_say(actions):
    seat = Seat()
    for number, action in enumerate(actions):
        if action == "spawn":
            seat.enter(f"spawn t{number}")
        elif action == "back" and seat.session.position:
            seat.say(f"goto {seat.session.position - 1}")
        elif action == "branch":
            seat.say(f"branch b{number}")
    timelines = seat.words.timelines()
    found = parted(timelines, seat.words.branch)
    assert [one.name for one in found if one.here] == [seat.words.branch]
    for one in found[1:]:
        history, above = timelines[one.name].history, timelines[one.parent].history
        assert all(history[at] is above[at] for at in range(one.fork + 1))
        later = zip(history[one.fork + 1 :], above[one.fork + 1 :], strict=False)
        assert all(a is not b for a, b in later)
    assert len(drawn(found)) == len(found)


def test_the_same_machine_has_no_differences():
    session = Session()
    session.submit("spawn a\nspawn b\nas a spawn c\n")
    side = Side("x", "main", session.history, session.position)
    same = pairs(paired(side.machine, side.machine, None))
    assert {pair.mark for pair in same} == {""}
    assert all(pair.left == pair.right for pair in same)
    lines = beside(side, side._replace(name="y"), 60)
    assert len(lines) == 5
    assert all(len(line) <= 60 for line in lines)


def test_every_task_of_both_sides_is_there_once():
    one, other = Session(), Session()
    one.submit("spawn a\nas a spawn b\nspawn c\nkill -9 c\nwaitpid\n")
    other.submit("spawn a\nspawn x\nas x spawn y\n")
    found = pairs(paired(one.machine, other.machine, one.history[0].machine.serial))
    assert [pair.mark for pair in found if pair.left[:7] == pair.right[:7]] == ["", ""]
    assert [pair.left.split()[2] for pair in found if pair.left] == ["init", "a", "b"]
    assert [pair.right.split()[2] for pair in found if pair.right] == ["init", "a", "x", "y"]
