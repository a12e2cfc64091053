"""The process tree: order, eyes, windows, marks."""

from hypothesis import given
from hypothesis import strategies as st

from nsh.machine import Machine
from nsh.machine.ids import NOBODY, TaskId
from nsh.machine.pids import SpaceKind
from nsh.machine.tasks import State, Task
from nsh.session.session import Session
from nsh.views.changes import NO_MARKS, Mark, changes
from nsh.views.order import LAST
from nsh.views.tree import TreeRow, indent, process_tree
from tests.views.machines import Builder, Web, changed, crowd


def shape(rows: tuple[TreeRow, ...]) -> list[tuple[str, int, str]]:
    return [("  " * row.depth + row.comm, row.number, row.cid) for row in rows]


def test_the_root_sees_all_and_a_container_its_own():
    web = Web()
    assert shape(process_tree(web.machine)) == [
        ("init", 1, "0"),
        ("  sshd", 2, "web"),
        ("    httpd.1", 3, "web"),
        ("    httpd.2", 4, "web"),
        ("  postgres", 5, "db"),
        ("    writer", 6, "db"),
    ]
    assert shape(process_tree(web.machine, web.web)) == [
        ("sshd", 1, "web"),
        ("  httpd.1", 2, "web"),
        ("  httpd.2", 3, "web"),
    ]
    assert process_tree(web.machine, web.writer) == process_tree(web.machine, web.db)


def test_what_the_kernel_starts_itself_is_below_nobody():
    session = Session()
    assert session.run("policy kthreads kthread; spawn --pid web").ok
    assert shape(process_tree(session.machine)) == [
        ("init", 1, "0"),
        ("  web", 5, "web"),
        ("kthreadd", 2, "0"),
        ("  ksoftirqd/0", 3, "0"),
        ("  kworker/0:0", 4, "0"),
    ]
    assert [row.comm for row in process_tree(session.machine, at=TaskId(LAST))] == ["kworker/0:0"]


def test_rails_say_which_lines_pass_by():
    web = Web()
    rows = {row.comm: row.rails for row in process_tree(web.machine)}
    assert rows == {
        "init": (),
        "sshd": (True,),
        "httpd.1": (True, True),
        "httpd.2": (True, False),
        "postgres": (False,),
        "writer": (False, False),
    }


def test_a_task_that_joined_is_a_root_where_its_parent_is_invisible():
    build = Builder()
    space = build.space("", kind=SpaceKind.NAMESPACE)
    init = build.task("sh", build.init, space)
    build.task("child", init)
    build.task("joined", build.init, space)
    nested = build.space("inner", space, SpaceKind.NAMESPACE)
    build.task("deep", init, nested)
    assert shape(process_tree(build.machine, space)) == [
        ("sh", 1, "1"),
        ("  child", 2, "1"),
        ("  deep", 4, "inner"),
        ("joined", 3, "1"),
    ]


def test_a_child_moved_out_is_skipped_and_its_own_children_are_roots_there():
    build = Builder()
    web, db = build.space("web"), build.space("db")
    sshd = build.task("sshd", build.init, web)
    mover = build.task("mover", sshd, db)  # policy pid.move any: it changed sides
    build.task("back", mover, web)
    build.task("stayed", sshd)
    rows = process_tree(build.machine, web)
    assert shape(rows) == [("sshd", 1, "web"), ("  stayed", 3, "web"), ("back", 2, "web")]
    assert rows[1].rails == (False,)


def test_threads_come_before_children():
    build = Builder()
    server = build.task("server", build.init)
    build.task("child", server)
    build.task("worker", NOBODY, build.root, leader=server)
    rows = process_tree(build.machine)
    assert [(row.comm, row.thread, row.depth) for row in rows] == [
        ("init", False, 0),
        ("server", False, 1),
        ("worker", True, 2),
        ("child", False, 2),
    ]


def test_states_have_the_letters_of_ps():
    web = Web()
    web.build.change(web.httpd2, state=State.ZOMBIE)
    web.build.change(web.writer, state=State.STOPPED)
    states = {row.comm: row.state for row in process_tree(web.build.machine)}
    assert (states["httpd.2"], states["writer"], states["sshd"]) == ("Z", "T", "S")


def test_a_departed_task_keeps_its_place_for_one_step():
    web = Web()
    web.build.reap(web.httpd1)
    new = web.build.task("httpd.3", web.sshd)
    marks = changes(changed(web.machine, web.build.machine))
    rows = process_tree(web.build.machine, marks=marks)
    assert [(row.mark, row.comm, row.state) for row in rows if row.mark] == [
        (Mark.REMOVED, "httpd.1", "X"),
        (Mark.ADDED, "httpd.3", "S"),
    ]
    assert [row.task for row in rows if row.cid == "web"] == [
        web.sshd,
        web.httpd1,
        web.httpd2,
        new,
    ]
    assert [row.comm for row in process_tree(web.build.machine, web.db, marks=marks)] == [
        "postgres",
        "writer",
    ]


def test_the_departed_root_of_a_space_keeps_its_place_too():
    build = Builder()
    space = build.space("web")
    only = build.task("sshd", build.init, space)
    before = build.machine
    build.reap(only)
    marks = changes(changed(before, build.machine))
    assert [row.comm for row in process_tree(build.machine, space, marks=marks)] == ["sshd"]
    assert process_tree(build.machine, space) == ()


def random_machine(choices: list[int]) -> Machine:
    build = Builder()
    web = build.space("web")
    tasks = [build.init]
    for choice in choices:
        parent = tasks[choice % len(tasks)]
        enters = choice % 7 == 0 and parent == build.init
        tasks.append(build.task(f"t{choice}", parent, web if enters else None))
    return build.machine


@given(
    st.lists(st.integers(0, 1000), max_size=30),
    st.integers(-40, 40),
    st.integers(0, 12),
    st.integers(0, 40),
    st.booleans(),
)
def test_every_window_is_a_slice_of_the_whole(choices, skip, count, anchor, inside):
    machine = random_machine(choices)
    web = next((t.space for _, t in machine.items(Task) if len(t.pids) == 2), None)
    viewer = web if inside else None
    whole = process_tree(machine, viewer)
    at = whole[anchor % len(whole)].task if whole else NOBODY
    window = process_tree(machine, viewer, at=at, skip=skip, count=count)
    start = min(max(0, anchor % max(1, len(whole)) + skip), max(0, len(whole) - count))
    assert window == whole[start : start + count]


def test_the_last_page_and_a_lost_anchor():
    machine = crowd(50)
    whole = process_tree(machine)
    assert process_tree(machine, at=TaskId(LAST), count=5) == whole[-5:]
    assert process_tree(machine, at=TaskId(10_000), count=3) == whole[:3]


def test_a_chain_draws_lines_for_its_innermost_generations():
    build = Builder()
    tip = build.init
    for _ in range(200):
        tip = build.task("c", tip)
    row = process_tree(build.machine, at=tip, count=1, marks=NO_MARKS)[0]
    assert (row.depth, len(row.rails)) == (200, 64)


def test_a_page_costs_the_same_in_a_crowd(monkeypatch):
    asked = []
    find = Machine.find

    def watched(machine, kind, key):
        asked.append(key)
        return find(machine, kind, key)

    monkeypatch.setattr(Machine, "find", watched)
    counts = []
    for size in (300, 30_000):
        machine = crowd(size)
        for at in (NOBODY, TaskId(machine.serial // 2), TaskId(LAST)):
            asked.clear()
            assert len(process_tree(machine, at=at, count=40)) == 40
            counts.append(len(asked))
    assert min(counts) > 40
    assert counts[:3] == counts[3:]


def row(depth: int, rails: tuple[bool, ...]) -> TreeRow:
    return TreeRow(TaskId(1), 1, 1, "x", "S", "0", "", depth, rails, thread=False, mark=None)


def test_what_is_deep_is_indented_anew():
    told = [indent(row(depth, tuple(n % 3 == 0 for n in range(depth))), 3, 2) for depth in range(9)]
    assert [one.cut for one in told] == [0, 0, 0, 0, 3, 3, 5, 5, 7]
    assert [len(one.rails) for one in told] == [0, 1, 2, 3, 1, 2, 1, 2, 1]
    assert told[5].rails == (True, False)  # its parent's branch, and its own


@given(
    st.integers(0, 500),
    st.integers(1, 60),
    st.integers(1, 60),
    st.lists(st.booleans(), min_size=500, max_size=500),
)
def test_an_indent_tells_siblings_from_generations(depth, room, again, lines):
    """However little room there is: it is kept to, siblings stand below each other, and a child
    one further right than its parent, or at the left where that has begun anew."""
    rails = tuple(lines[:depth])
    mine = indent(row(depth, rails[-64:]), room, again)
    assert len(mine.rails) <= max(room, again)
    assert mine.cut + len(mine.rails) == depth
    assert mine.rails == rails[mine.cut :]
    sibling = indent(
        row(depth, (*rails[:-1], not lines[depth - 1])[-64:] if depth else ()), room, again
    )
    assert (sibling.cut, len(sibling.rails)) == (mine.cut, len(mine.rails))
    child = indent(row(depth + 1, (*rails, True)[-64:]), room, again)
    if child.cut == mine.cut:
        assert child.rails == (*mine.rails, True)
    else:
        assert child.rails == (True,)
