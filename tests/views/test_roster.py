"""The tasks that somebody asks for, in the order in which they are wanted."""

from __future__ import annotations

import pytest

from nsh.machine.ids import SpaceId, TaskId
from nsh.machine.tasks import Task
from nsh.machine.value import Machine
from nsh.session.session import Session
from nsh.views import ids
from nsh.views.changes import NO_MARKS, changes
from nsh.views.roster import Order, Roster
from nsh.views.table import pid_table
from nsh.views.tree import process_tree, task_rows


@pytest.fixture(scope="module")
def session() -> Session:
    made = Session()
    for line in (
        "spawn zeta",
        "spawn --pid alpha",
        "as alpha spawn Beta",
        "spawn gamma { sleep 100 }",
        "zeta exit",
    ):
        assert made.submit(line).ok, line
    return made


def names(machine: Machine, roster: Roster, space: SpaceId | None = None) -> list[str]:
    found = roster.tasks(machine, ids.root(machine) if space is None else space)
    rows = task_rows(machine, found)
    assert [row.task for row in rows] == list(found)
    assert {row.depth for row in rows} <= {0}
    return [row.comm for row in rows]


@pytest.mark.parametrize(
    ("order", "wanted"),
    [
        (Order.PID, ["init", "zeta", "alpha", "Beta", "gamma"]),
        (Order.NAME, ["alpha", "Beta", "gamma", "init", "zeta"]),
        (Order.NEWEST, ["gamma", "Beta", "alpha", "zeta", "init"]),
        (Order.SPACE, ["init", "zeta", "gamma", "alpha", "Beta"]),
    ],
)
def test_orders(session, order, wanted):
    assert names(session.machine, Roster("", order)) == wanted


def test_who_says_more_than_that_it_sleeps_comes_first(session):
    assert names(session.machine, Roster("", Order.STATE))[0] == "zeta"


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("", ["init", "zeta", "alpha", "Beta", "gamma"]),
        ("ETA", ["zeta", "Beta"]),
        ("eta b", ["Beta"]),
        ("alpha:2", ["Beta"]),
        ("nobody", []),
    ],
)
def test_words_have_to_be_told_of(session, words, wanted):
    roster = Roster(words, Order.PID)
    assert names(session.machine, roster) == wanted
    assert roster.told == (f"with {words}, by pid" if words else "by pid")


def test_a_space_sees_its_own(session):
    alpha = next(row.task for row in process_tree(session.machine) if row.comm == "alpha")
    space = session.machine.get(Task, alpha).space
    assert names(session.machine, Roster("", Order.NAME), space) == ["alpha", "Beta"]
    table = pid_table(
        session.machine, space, among=Roster("", Order.NEWEST).tasks(session.machine, space)
    )
    assert [row.comm for row in table.rows] == ["Beta", "alpha"]


def test_a_window_is_filled_from_the_other_side(session):
    machine, root = session.machine, ids.root(session.machine)
    roster = Roster("", Order.NAME)
    every = roster.tasks(machine, root)

    def window(at: int, skip: int, count: int) -> list[TaskId]:
        return list(roster.window(machine, root, NO_MARKS, TaskId(at), skip, count))

    assert window(0, 0, 2) == list(every[:2])
    assert window(every[2], 1, 1) == [every[3]]
    assert window(every[4], 1, 2) == list(every[3:])
    assert window(-1, 0, 3) == list(every[2:])
    assert window(every[0], -3, 9) == list(every)


def test_who_has_departed_is_shown_once_more(session):
    session.goto(len(session.history) - 1)
    steps = len(session.history)
    session.submit("wait zeta")
    written = [change for step in session.history[steps:] for change in step.changes()]
    marks = changes(written)
    machine = session.machine
    found = Roster("zeta").tasks(machine, ids.root(machine), marks)
    assert [row.comm for row in task_rows(machine, found, marks=marks)] == ["zeta"]
    assert not Roster("zeta").tasks(machine, ids.root(machine))
    assert Roster("zeta").count(machine, ids.root(machine), marks) == 0
    assert Roster("eta").count(machine, ids.root(machine), marks) == 1


def test_another_machine_is_looked_through_anew(session):
    roster = Roster("", Order.PID)
    first = session.history[0].machine
    assert names(first, roster) == ["init"]
    assert len(names(session.machine, roster)) > 3
    assert names(first, roster) == ["init"]
