"""Namespaces of every kind, and ids through all spaces, as values of machines that were played."""

from nsh.machine.namespaces import Namespace
from nsh.machine.record import records
from nsh.machine.tasks import Task
from nsh.machine.value import Machine
from nsh.session.session import Session
from nsh.views.census import Census
from nsh.views.inside import namespaces_of
from nsh.views.namespaces import NamespaceRow, namespaces
from nsh.views.order import LAST
from nsh.views.translation import translation


def played(script: str) -> Machine:
    session = Session()
    told = session.run(script)
    assert told.ok, told.output
    return session.machine


def of_kind(machine: Machine, kind: str) -> list[NamespaceRow]:
    return [row for row in namespaces(machine) if row.kind == kind]


def named(machine: Machine, comm: str) -> int:
    return next(key for key, task in machine.items(Task) if task.comm == comm)


def test_every_namespace_has_a_row():
    machine = played("spawn --uts --ipc --net --user web\nspawn --pid db\n")
    records_ = [
        (key, row.inum)
        for kind in records()
        if issubclass(kind, Namespace)
        for key, row in machine.items(kind)
    ]
    rows = namespaces(machine)
    assert sorted((row.namespace, row.inum) for row in rows) == sorted(records_)
    assert [row.kind for row in rows] == sorted(row.kind for row in rows)


def test_tasks_are_counted_where_they_are():
    machine = played("spawn --uts web\nweb spawn -n 2 worker\nspawn db\n")
    for row in namespaces(machine):
        there = [
            key
            for key, _task in machine.items(Task)
            if row.namespace in namespaces_of(machine, key).values()
        ]
        assert row.tasks == len(there), row
        assert row.task == (there[0] if there else 0)
    assert [row.tasks for row in of_kind(machine, "uts")] == [2, 3]
    assert [row.comm for row in of_kind(machine, "uts")] == ["init", "web"]


def test_a_namespace_is_its_containers():
    machine = played("spawn --pid --uts web\nspawn --ipc other\n")
    assert [row.whose for row in of_kind(machine, "pid")] == ["0", "web"]
    assert [row.whose for row in of_kind(machine, "uts")] == ["0", "web"]
    assert [row.whose for row in of_kind(machine, "ipc")] == ["0", ""]
    web = namespaces(machine, named(machine, "web"))  # type: ignore[arg-type]  # as a TaskId
    assert [(row.number, row.comm) for row in web if row.kind == "uts"] == [(0, "init"), (1, "web")]


def test_who_nests_in_which_and_who_owns_it():
    machine = played("spawn --user --pid web\nweb unshare --uts true\n")
    first, inner = of_kind(machine, "user")
    assert (first.above, first.owner) == (0, 0)
    assert (inner.above, inner.owner) == (first.inum, first.inum)
    assert [(row.above, row.owner) for row in of_kind(machine, "pid")] == [
        (0, first.inum),
        (of_kind(machine, "pid")[0].inum, inner.inum),
    ]
    assert inner.kept == ("1 owned by it",)
    assert "1 below it" in first.kept


def test_what_keeps_a_namespace_that_nobody_is_in():
    machine = played("spawn --uts web\nexec 7< /proc/2/ns/uts\nkill -9 web\nwait web\n")
    first, inner = of_kind(machine, "uts")
    assert (first.kept, first.tasks) == ((), 1)
    assert (inner.kept, inner.tasks, inner.task) == (("fd 7 of 0:1",), 0, 0)
    machine = played(
        "spawn --net web\ntouch /tmp/a\nmount --bind /proc/2/ns/net /tmp/a\nkill -9 web\nwait web\n"
    )
    assert [row.kept for row in of_kind(machine, "net")] == [(), ("mount /tmp/a",)]


def test_a_namespace_waits_for_children():
    machine = played("spawn a\nas a unshare --pid\nas a unshare --time\n")
    for kind in ("pid", "time"):
        first, inner = of_kind(machine, kind)
        assert (first.tasks, inner.tasks) == (2, 0)
        assert inner.kept == ("who unshared it, for its children",)


def test_a_window_is_as_the_whole():
    machine = played("spawn --uts --ipc --net --user web\n")
    rows = namespaces(machine)
    assert namespaces(machine, at=rows[3].key, count=4) == rows[3:7]
    assert namespaces(machine, at=LAST, skip=-2, count=2) == rows[-3:-1]
    assert namespaces(machine, at=rows[0].key, skip=-5, count=3) == rows[:3]


def test_a_census_that_knows_another_machine_counts_anew():
    session = Session()
    census = Census()
    seen = []
    for line in ("spawn --uts web", "spawn db", "web spawn a", "kill -9 db", "wait db"):
        assert session.run(line).ok
        seen.append(session.machine)
    for machine in [*seen, *reversed(seen)]:
        assert namespaces(machine, census=census) == namespaces(machine)


def test_users_are_as_each_user_namespace_has_them():
    machine = played(
        "spawn --user --pid web\n"
        "echo '0 1000 10' > /proc/2/uid_map\necho '5 0 1' > /proc/2/gid_map\n"
    )
    one = translation(machine, named(machine, "web"))  # type: ignore[arg-type]
    assert one is not None
    rows = {row.what: row.numbers for row in one.rows}
    assert rows["uid"] == (0, 65534)
    assert rows["gid"] == (0, 5)
    assert rows["pid"] == (2, 1)


def test_an_effective_user_is_told_where_it_is_another():
    machine = played("spawn a\na setresuid -1 7 -1\n")
    one = translation(machine, named(machine, "a"))  # type: ignore[arg-type]
    assert one is not None
    assert {row.what: row.numbers for row in one.rows}["euid"] == (7,)


def test_the_foreground_group_is_told_of_who_has_a_terminal():
    machine = played("spawn --pid sh\n")
    one = translation(machine, named(machine, "sh"))  # type: ignore[arg-type]
    assert one is not None
    assert {row.what: row.numbers for row in one.rows}["tpgid"] == (1, 0)
