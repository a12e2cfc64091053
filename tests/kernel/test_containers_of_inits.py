"""S0's command "as typed": at the start it is typed by init itself (P1, P11)."""

from __future__ import annotations

from nsh.machine.invariants import violations
from nsh.session.session import Session


def test_init_itself_may_go_into_a_container() -> None:
    session = Session(paranoid=True)
    typed = 'spawn outside\necho "container_name" > /proc/container\nspawn inside'
    assert session.run(typed).ok
    init = session.task("outside").record
    assert init is not None
    assert session.task("init").pids == (1, 1)
    assert session.task("inside").pids == (3, 2)
    assert session.task("outside").pids == (2,)


def test_it_stays_the_machine_s_init_there() -> None:
    session = Session(paranoid=True)
    session.run('spawn outside\necho "web" > /proc/container\nspawn parent')
    session.run("as parent spawn child\nas parent exit\nwait parent")
    assert session.run("as child getppid").stdout == "1\n"
    assert session.run("as outside kill -KILL 1\nas child kill -KILL 1").ok
    assert session.task("init").alive
    assert not session.halted


def test_a_namespace_s_init_in_a_container_still_ends_its_namespace() -> None:
    session = Session(paranoid=True)
    session.run("spawn --pid web\nas web { echo inner > /proc/container; spawn worker }")
    session.run("kill -KILL $(ps -o pid= -p web)\nwait web || true")
    assert [task.label for task in session.tasks()] == ["init"]
    assert not violations(session.machine)
