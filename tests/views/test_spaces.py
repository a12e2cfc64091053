"""Containers, translations, namespaces, crossings and marks, as values."""

from msgspec.structs import replace

from nsh.machine.context import Context
from nsh.machine.crossing import Crossing
from nsh.machine.ids import NOBODY, NamespaceId, ProxyId, SpaceId, TaskId
from nsh.machine.namespaces import Proxy
from nsh.machine.pids import PidSpace, SpaceKind
from nsh.machine.tasks import State, Task
from nsh.machine.value import Change
from nsh.machine.waiting import Waiter
from nsh.views import ids
from nsh.views.boundary import boundary
from nsh.views.changes import NO_MARKS, Mark, changes
from nsh.views.containers import containers
from nsh.views.namespaces import namespaces
from nsh.views.translation import translation
from tests.views.machines import Builder, ToyNamespace, Web, changed


def test_spaces_are_listed_each_before_those_nested_in_it():
    build = Builder()
    web = build.space("web")
    build.space("db")
    build.task("sh", build.init, web)
    build.space("", web, SpaceKind.NAMESPACE)
    rows = containers(build.machine)
    assert [(r.cid, r.level, r.live, r.comm, r.kind) for r in rows] == [
        ("0", 0, 2, "init", SpaceKind.NAMESPACE),
        ("web", 1, 1, "", SpaceKind.CONTAINER),
        ("3", 2, 0, "", SpaceKind.NAMESPACE),
        ("db", 1, 0, "", SpaceKind.CONTAINER),
    ]
    assert containers(build.machine, start=1, count=2) == rows[1:3]


def test_one_task_in_every_space():
    web = Web()
    one = translation(web.machine, web.httpd1)
    assert one is not None
    assert (one.comm, one.cid, one.cids) == ("httpd.1", "web", ("0", "web", "db"))
    assert {row.what: row.numbers for row in one.rows} == {
        "pid": (3, 2, None),
        "ppid": (2, 1, None),
        "pgrp": (2, 1, None),
        "sid": (2, 1, None),
        "uid": (0, 0, None),
        "gid": (0, 0, None),
    }


def test_what_stands_outside_is_0_inside():
    web = Web()
    one = translation(web.machine, web.postgres, [web.db])
    assert one is not None
    assert [(row.what, *row.numbers) for row in one.rows] == [
        ("pid", 1),
        ("ppid", 0),
        ("pgrp", 0),
        ("sid", 0),
        ("uid", 0),
        ("gid", 0),
    ]


def test_a_thread_has_its_leaders_pid_and_a_tid():
    build = Builder()
    server = build.task("server", build.init)
    worker = build.task("worker", NOBODY, build.root, leader=server)
    one = translation(build.machine, worker)
    assert one is not None
    assert [(row.what, *row.numbers) for row in one.rows][:3] == [
        ("pid", 2),
        ("tid", 3),
        ("ppid", 1),
    ]
    assert translation(build.machine, TaskId(999)) is None


def test_names_for_viewers_and_prompts():
    web = Web()
    machine = web.machine
    assert ids.eyes(machine, None) == ids.root(machine) == ids.eyes(machine, web.init)
    assert ids.eyes(machine, web.writer) == ids.eyes(machine, web.db) == web.db
    assert ids.eyes(machine, TaskId(999)) == ids.root(machine)
    assert ids.reference(machine, web.writer) == "db:2"
    assert ids.reference(machine, TaskId(999)) == "?"
    assert ids.cid(machine, SpaceId(999)) == "?"
    assert ids.label(machine, web.httpd1) == "httpd.1"


def test_namespaces_count_their_tasks_from_what_these_share():
    build = Builder()
    space = build.space("web")
    build.task("sshd", build.init, space)
    other = build.tx.new(NamespaceId)
    build.tx.put(other, ToyNamespace(1, 4026532100, NamespaceId(0)))
    alone = build.task("alone", build.init)
    proxy = build.tx.new(ProxyId)
    build.tx.put(proxy, Proxy(1, build.tx.get(Proxy, ProxyId(3)).kinds.set("toy", other)))
    context = build.tx.get(Context, build.context)
    build.tx.put(build.context, replace(context, users=context.users - 1))
    key = build.tx.fresh()
    build.tx.put(key, replace(context, users=1, proxy=proxy))
    build.change(alone, context=key)
    kept = build.tx.new(NamespaceId)
    build.tx.put(kept, ToyNamespace(1, 4026532101, NamespaceId(0)))
    rows = namespaces(build.machine)
    assert [(r.kind, r.inum, r.tasks, r.number, r.comm) for r in rows] == [
        ("pid", 4026531836, 2, 1, "init"),
        ("pid", 4026532001, 1, 2, "sshd"),
        ("toy", 4026531838, 2, 1, "init"),
        ("toy", 4026532100, 1, 3, "alone"),
        ("toy", 4026532101, 0, 0, ""),
    ]
    assert [r.number for r in namespaces(build.machine, space)] == [0, 1, 0, 0, 0]


def test_crossings_say_whom_a_number_named():
    web = Web()
    crossings = [
        Crossing(True, "pid", 2, web.web, web.httpd1, 3),
        Crossing(True, "pid", 9, web.db, NOBODY, 0),
    ]
    rows = boundary(web.machine, crossings)
    assert [(r.cid, r.number, r.kpid, r.comm) for r in rows] == [
        ("web", 2, 3, "httpd.1"),
        ("db", 9, 0, ""),
    ]


def test_marks_are_for_what_panes_show():
    web = Web()
    before = web.machine
    child = web.build.task("child", web.sshd)
    web.build.change(web.writer, state=State.STOPPED)
    marks = changes(changed(before, web.build.machine))
    assert dict(marks.tasks) == {child: Mark.ADDED, web.writer: Mark.CHANGED}
    assert set(marks.spaces) == {web.build.root, web.web}
    assert changes([]) == NO_MARKS


def test_falling_asleep_is_a_change():
    web = Web()
    sleeper = Waiter(Task, ())  # type: ignore[arg-type]  # its request is the kernel's business
    marks = changes([Change(Waiter, web.sshd, None, sleeper)])
    assert dict(marks.tasks) == {web.sshd: Mark.CHANGED}
    assert not changes([Change(Waiter, web.sshd, sleeper, sleeper)]).tasks


def test_spaces_come_and_go():
    web = Web()
    record = web.machine.get(PidSpace, web.web)
    came = changes([Change(PidSpace, web.web, None, record)])
    went = changes([Change(PidSpace, web.web, record, None)])
    assert (came.spaces[web.web], went.spaces[web.web]) == (Mark.ADDED, Mark.REMOVED)
    assert containers(web.machine, marks=came)[1].mark == Mark.ADDED
