"""Processes by descriptor, where Linux is no referee: containers, policies, what is told of it."""

from __future__ import annotations

import pytest

from nsh.machine import store
from nsh.machine.digest import digest
from nsh.machine.invariants import violations
from nsh.session.session import Session

CONTAINER = "spawn sshd; as sshd echo web > /proc/container; as sshd spawn httpd; "


def out(session: Session, script: str) -> str:
    outcome = session.run(script)
    assert outcome.ok, outcome.stderr
    return outcome.stdout


def test_a_container_has_its_own_number_for_it() -> None:
    session = Session()
    out(session, CONTAINER + "as sshd pidfd open 2")
    assert out(session, "as sshd grep -i pid: /proc/self/fdinfo/3") == "Pid:\t2\nNSpid:\t2\n"
    assert out(session, "pidfd open httpd; grep -i pid: /proc/self/fdinfo/3") == (
        "3\nPid:\t3\nNSpid:\t3\t2\n"
    )


def test_a_container_cannot_signal_whom_it_was_handed() -> None:
    session = Session()
    out(session, "spawn other; spawn sshd; as sshd pidfd open other")
    out(session, "as sshd echo web > /proc/container")
    refused = session.run("as sshd pidfd signal 3 KILL")
    assert "(EINVAL): the process is not in sight" in refused.stderr
    assert out(session, "as sshd grep NSpid /proc/self/fdinfo/3") == "NSpid:\t0\n"


def test_a_fresh_move_leaves_a_descriptor_true_where_a_number_would_lie() -> None:
    session = Session()
    out(session, "spawn leader; leader setpgid 0 0; leader spawn member; pidfd open member")
    assert out(session, "grep NSpid /proc/self/fdinfo/3") == "NSpid:\t3\n"
    out(session, 'echo "web group 2" > /proc/container')
    kpid, vpid = out(session, "grep NSpid /proc/self/fdinfo/3").split()[1:]
    assert (int(kpid) > 3, vpid) == (True, "3")
    out(session, "pidfd signal 3 KILL")
    assert out(session, "leader waitpid") == "3 killed KILL\n"


@pytest.mark.parametrize("way", ["hijack", "attach"])
def test_who_enters_otherwise_has_no_setns_by_it_either(way: str) -> None:
    session = Session()
    out(session, "spawn --uts web; pidfd open web")
    out(session, f"policy ns.enter {way}")
    assert "(ENOSYS)" in session.run("setns -P 3 uts").stderr
    out(session, "policy ns.enter setns; setns -P 3 uts")


def test_what_crosses_the_border_is_shown() -> None:
    session = Session()
    out(session, CONTAINER)
    told = session.submit("as sshd trace pidfd open 2").messages
    assert "pidfd_open(2, 0) = 3   [pid 2@web -> kpid 3]" in told


def test_a_machine_with_one_can_be_put_away_and_come_back() -> None:
    session = Session()
    out(session, "spawn w; pidfd open w; w exit 3")
    again = store.load(store.dump(session.machine))
    assert digest(again) == digest(session.machine)
    assert violations(again) == []
    later = Session(machine=again)
    assert out(later, "waitpid -P 3; pidfd poll 3") == "2 exited 3\nPOLLIN POLLHUP\n"


def test_who_polls_is_woken_by_the_death_and_by_the_reaping() -> None:
    session = Session()
    out(session, "spawn parent; parent spawn child; pidfd open child")
    out(session, "spawn watcher { pidfd poll 3 > /tmp/told }")
    assert out(session, "cat /tmp/told") == ""
    out(session, "kill -KILL 3; ps")
    assert out(session, "cat /tmp/told") == "POLLIN\n"
    out(session, "as watcher { pidfd poll 3 > /tmp/told }; parent waitpid")
    assert out(session, "as watcher { pidfd poll 3 }") == "POLLIN POLLHUP\n"


def test_a_poll_that_is_told_nothing_prints_nothing() -> None:
    session = Session()
    out(session, "spawn w; pidfd open w")
    assert out(session, "pidfd poll -t 0 3 || echo $?") == "1\n"
    assert out(session, "pidfd poll 7") == "POLLNVAL\n"
