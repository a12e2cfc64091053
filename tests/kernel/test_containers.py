"""P1-P3: flat containers, as S0 makes them and as its authors argue about them."""

from __future__ import annotations

import pytest

from nsh.abi.namespaces import Unshare
from nsh.abi.process import (
    Clone,
    CloneFlag,
    Exit,
    Getpid,
    Getppid,
    Wait4,
    WaitResult,
)
from nsh.abi.signals import Kill, Sig
from nsh.kernel import policies
from nsh.kernel.boot import INIT
from tests.kernel.lab import Lab

# ---- P1: one comes about


def test_p1_a_line_makes_a_container_and_its_writer_is_pid_1_there(lab: Lab) -> None:
    sshd = lab.spawn("sshd")
    assert lab.line("web", sshd) == "ok"
    assert lab.numbers(sshd) == (2, 1)
    assert lab.cat("/proc/container", sshd) == "web\n"
    assert lab.cat("/proc/container") == "0\n"


def test_p1_children_are_born_where_their_parent_is(lab: Lab) -> None:
    sshd = lab.spawn("sshd")
    before = lab.spawn("before", sshd)
    lab.line("web", sshd)
    child = lab.spawn("child", sshd)
    grandchild = lab.spawn("grandchild", child)
    assert [lab.numbers(who) for who in (before, child, grandchild)] == [(3,), (4, 2), (5, 3)]
    assert lab.eyes(child)[:2] == (2, 1)
    assert lab.ask(Getppid(), sshd) == 0


def test_p1_threads_go_along_whole_processes_are_held(lab: Lab) -> None:
    """P12 too."""
    server = lab.spawn("server")
    worker = lab.thread(server)
    assert lab.line("web", worker) == "ok"
    assert (lab.numbers(server), lab.numbers(worker)) == ((2, 1), (3, 2))
    assert lab.ask(Getpid(), worker) == 1


@pytest.mark.parametrize("name", ["a b", "7", "", "a/b", "a:b", "x" * 64, "wéb", "²", "a\tb c d"])
def test_p1_names_are_words(lab: Lab, name: str) -> None:
    who = lab.spawn("x")
    wanted = "ok" if name == "wéb" else "EINVAL"
    assert lab.line(name, who) == wanted


def test_p1_a_name_is_used_once(lab: Lab) -> None:
    one, two = lab.spawn("one"), lab.spawn("two")
    assert lab.line("web", one) == "ok"
    assert lab.line("web", two) == "EEXIST"
    lab.ask(Exit(), one)
    assert lab.line("web", two) == "EEXIST"  # a zombie is in it still
    lab.reap()
    assert lab.line("web", two) == "ok"


def test_p1_flat_or_nested_by_policy(lab: Lab) -> None:
    sshd = lab.spawn("sshd")
    lab.line("web", sshd)
    child = lab.spawn("child", sshd)
    lab.policy(policies.PID_LEVELS, "flat")
    assert lab.line("inner", child) == "EPERM"
    assert lab.ask(Unshare(int(CloneFlag.CLONE_NEWPID)), child) == "EPERM"
    assert lab.ask(Clone(int(CloneFlag.CLONE_NEWPID)), child) == "EPERM"
    lab.policy(policies.PID_LEVELS, "hierarchical")
    assert lab.line("inner", child) == "ok"
    assert lab.numbers(child) == (3, 2, 1)


def test_p1_whose_children_go_elsewhere_stays(lab: Lab) -> None:
    who = lab.spawn("who")
    other = lab.thread(who)
    lab.ask(Unshare(int(CloneFlag.CLONE_NEWPID)), other)
    assert lab.line("web", who) == "EPERM"


# ---- P2, P3: numbers and sight


def test_p2_one_vpid_in_two_containers(lab: Lab) -> None:
    web, db = lab.spawn("web"), lab.spawn("db")
    lab.line("web", web)
    lab.line("db", db)
    inside = [lab.spawn("x", web), lab.spawn("y", db)]
    assert [lab.numbers(who)[1] for who in inside] == [2, 2]
    assert lab.ask(Kill(2, 0), web) == lab.ask(Kill(2, 0), db) == 0


def test_p3_each_sees_its_own_the_system_sees_all(lab: Lab) -> None:
    web, db = lab.spawn("web"), lab.spawn("db")
    lab.line("web", web)
    lab.line("db", db)
    child = lab.spawn("x", web)
    assert lab.pids(who=INIT) == [1, 2, 3, 4]
    assert lab.pids(who=web) == [1, 2]
    assert lab.pids(who=db) == [1]
    assert lab.ask(Kill(2, 0), db) == "ESRCH"
    assert lab.ask(Kill(4, Sig.SIGTERM), db) == "ESRCH"
    assert lab.ask(Kill(4, Sig.SIGTERM), INIT) == 0
    assert lab.task(child).state.name == "ZOMBIE"


def test_p1_pid_1_of_a_container_is_an_ordinary_task(lab: Lab) -> None:
    sshd = lab.spawn("sshd")
    lab.line("web", sshd)
    child = lab.spawn("child", sshd)
    orphan = lab.spawn("orphan", child)
    assert lab.ask(Kill(1, Sig.SIGTERM), child) == 0
    assert lab.ask(Wait4(2), INIT) == WaitResult(2, 15)
    assert lab.ask(Getppid(), child) == 0
    assert lab.ask(Getpid(), orphan) == 3
    lab.ask(Exit(), child)
    assert lab.task(orphan).parent == INIT
    assert lab.spawn("born", orphan)


def test_p3_inside_no_other_container_is_known(lab: Lab) -> None:
    lab.move("any")
    web, db = lab.spawn("web"), lab.spawn("db")
    lab.line("web", web)
    lab.line("db", db)
    child = lab.spawn("child", web)
    assert lab.line("db tree 2", web) == "EPERM"
    assert lab.line("0 tree 2", web) == "ok"  # the one around it is
    assert lab.numbers(child) == (4,)
