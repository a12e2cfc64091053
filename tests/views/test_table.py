"""Pid tables: order, windows, and the row that says who is not visible."""

from hypothesis import given
from hypothesis import strategies as st
from immutables import Map
from msgspec.structs import replace

from nsh.machine.ids import NOBODY
from nsh.machine.pids import SpaceKind
from nsh.machine.tasks import State, Task
from nsh.machine.value import begin
from nsh.views import order
from nsh.views.changes import Mark, changes
from nsh.views.order import LAST
from nsh.views.table import pid_table
from tests.views.machines import Builder, Web, changed, crowd


def test_the_same_vpid_in_two_containers():
    web = Web()
    tables = [pid_table(web.machine, space) for space in (web.web, web.db)]
    assert [(t.cid, t.number, t.level, t.live) for t in tables] == [
        ("web", 1, 1, 3),
        ("db", 2, 1, 2),
    ]
    assert [[(r.vpid, r.kpid, r.comm) for r in t.rows] for t in tables] == [
        [(1, 2, "sshd"), (2, 3, "httpd.1"), (3, 4, "httpd.2")],
        [(1, 5, "postgres"), (2, 6, "writer")],
    ]


def test_a_selected_task_that_is_not_visible_has_a_row_of_its_own():
    web = Web()
    table = pid_table(web.machine, web.db, selected=web.httpd1)
    assert table.absent is not None
    assert (table.absent.vpid, table.absent.kpid, table.absent.comm) == (0, 3, "httpd.1")
    assert pid_table(web.machine, web.web, selected=web.httpd1).absent is None
    assert pid_table(web.machine, web.web).absent is None


def test_every_level_has_its_number():
    build = Builder()
    outer = build.space("", kind=SpaceKind.NAMESPACE)
    init = build.task("sh", build.init, outer)
    inner = build.space("", outer, SpaceKind.NAMESPACE)
    build.task("deep", init, inner)
    assert pid_table(build.machine, inner).rows[0].pids == (3, 2, 1)


def test_a_number_that_only_a_group_still_has_is_no_row():
    web = Web()
    web.build.tx.drop(Task, web.httpd1)
    rows = pid_table(web.build.machine, web.web).rows
    assert [row.vpid for row in rows] == [1, 3]


def test_the_departed_keep_their_number_for_one_step():
    web = Web()
    web.build.reap(web.httpd1)
    marks = changes(changed(web.machine, web.build.machine))
    rows = pid_table(web.build.machine, web.web, marks=marks).rows
    assert [(row.vpid, row.mark) for row in rows] == [(1, None), (2, Mark.REMOVED), (3, None)]


@given(
    st.sets(st.integers(1, 5000), max_size=40),
    st.integers(0, 5001),
    st.integers(-30, 30),
    st.integers(0, 12),
)
def test_every_window_is_a_slice_of_the_whole(numbers, at, skip, count):
    build = Builder()
    space = build.space("sparse")
    for nr in sorted(numbers):
        build.skip_to(space, nr)
        build.task(f"t{nr}", build.init, space)
    machine = build.machine
    whole = pid_table(machine, space).rows
    assert [row.vpid for row in whole] == sorted(numbers)
    place = sum(nr < at for nr in numbers)
    place = min(place, max(0, len(whole) - 1))
    start = min(max(0, place + skip), max(0, len(whole) - count))
    assert pid_table(machine, space, at=at, skip=skip, count=count).rows == whole[start:][:count]


def test_the_last_page():
    machine = crowd(100)
    root = machine.items(Task)[0][1].space
    whole = pid_table(machine, root).rows
    assert pid_table(machine, root, at=LAST, count=7).rows == whole[-7:]
    assert pid_table(machine, root, at=LAST, selected=NOBODY, count=0).rows == ()


@given(st.sets(st.integers(1, 3000)), st.integers(0, 3001))
def test_walking_a_table_in_order_is_sorting_it(numbers, start):
    table = Map({nr: nr for nr in numbers})
    assert list(order.ascending(table, start)) == sorted(nr for nr in numbers if nr >= start)
    below = sorted((nr for nr in numbers if nr <= start), reverse=True)
    assert list(order.descending(table, start)) == below


def test_the_frozen_have_a_letter_of_their_own():
    web = Web()
    rows = pid_table(web.machine, web.web).rows
    tx = begin(web.machine)
    states = (State.TRAPPED, State.FROZEN, State.STOPPED)
    for row, state in zip(rows, states, strict=True):
        key, task = next((k, t) for k, t in web.machine.items(Task) if t.pids[0] == row.kpid)
        tx.put(key, replace(task, state=state))
    assert [row.state for row in pid_table(tx.commit(), web.web).rows] == ["F", "F", "T"]
