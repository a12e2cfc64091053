"""P7-P9: moves into flat containers and out, as far as a policy allows any."""

from __future__ import annotations

import pytest

from nsh.abi.errno import KernelError
from nsh.abi.process import (
    CloneFlag,
    Exit,
    Setpgid,
    Setsid,
    Wait4,
    WaitResult,
)
from nsh.abi.signals import Kill, Sig
from nsh.kernel import containers
from nsh.kernel.boot import INIT
from nsh.machine.ids import TaskId
from nsh.machine.pids import Containers
from nsh.machine.value import begin
from tests.kernel.lab import Lab

# ---- P7: the fresh move


def _job(lab: Lab) -> list[TaskId]:
    """A session of three: a leader and two in its group."""
    job = lab.spawn("job")
    lab.ask(Setsid(), job)
    return [job, lab.spawn("one", job), lab.spawn("two", job)]


@pytest.mark.parametrize("how", ["tree 2", "group 2"])
def test_p7_vpids_are_kept_kpids_are_new(lab: Lab, how: str) -> None:
    job = _job(lab)
    before = [lab.eyes(who) for who in job]
    assert lab.line(f"batch {how}") == "ok"
    assert [lab.numbers(who) for who in job] == [(5, 2), (6, 3), (7, 4)]
    after = [lab.eyes(who) for who in job]
    assert after == [(2, 0, 2, 2), *before[1:]]
    assert lab.ask(Kill(-2, Sig.SIGTERM), job[1]) == 0
    assert lab.ask(Wait4(), INIT) == WaitResult(5, 15)


def test_p7_a_wait_inside_goes_on(lab: Lab) -> None:
    job, one, _two = _job(lab)
    assert lab.ask(Wait4(3), job) == "blocked"
    lab.line("batch tree 2")
    lab.ask(Exit(3), one)
    assert lab.again(job) == WaitResult(3, 0x300)


def test_p7_zombies_and_threads_go_along(lab: Lab) -> None:
    job, one, two = _job(lab)
    worker = lab.thread(job)
    lab.ask(Exit(1), one)
    assert lab.line("batch tree 2") == "ok"
    assert [lab.numbers(who)[1] for who in (job, one, two, worker)] == [2, 3, 4, 5]
    assert lab.ask(Wait4(), job) == WaitResult(3, 0x100)


def test_p7_into_a_fresh_one_only(lab: Lab) -> None:
    _job(lab)
    late = lab.spawn("late")
    lab.line("batch tree 2")
    assert lab.line(f"batch tree {lab.numbers(late)[0]}") == "EPERM"
    lab.move("disjoint")
    assert lab.line(f"batch tree {lab.numbers(late)[0]}") == "ok"
    assert lab.numbers(late)[1] == 5


def test_p7_overlapping_vpids_are_busy(lab: Lab) -> None:
    web, db = lab.spawn("web"), lab.spawn("db")
    lab.line("web", web)
    lab.line("db", db)
    lab.spawn("x", web)
    lab.spawn("y", db)
    for value in ("fresh", "disjoint"):
        lab.move(value)
        assert lab.line("db tree 4") == "EBUSY"


def test_p7_a_group_is_not_torn(lab: Lab) -> None:
    job, one, _two = _job(lab)
    lab.ask(Setpgid(), one)
    assert lab.line("batch group 2") == "EBUSY"  # one stays behind in job's session
    assert lab.line("batch group 3") == "ok"
    assert lab.eyes(one) == (3, 0, 3, 0)
    assert lab.eyes(job) == (2, 1, 2, 2)


@pytest.mark.parametrize(
    ("text", "errno"),
    [
        ("batch tree 99", "ESRCH"),
        ("batch group 99", "ESRCH"),
        ("batch group 3", "ESRCH"),
        ("batch tree 1", "EPERM"),
        ("batch tree -1", "EINVAL"),
        ("batch bush 2", "EINVAL"),
        ("batch tree", "EINVAL"),
        ("batch tree 2 3", "EINVAL"),
        ("0 tree 2", "EINVAL"),
        ("7 tree 2", "EINVAL"),
        ("batch tree 99999999999999999999999999", "EINVAL"),
    ],
)
def test_p7_refusals(lab: Lab, text: str, errno: str) -> None:
    _job(lab)
    assert lab.line(text) == errno


def test_p7_hansen_s_policy_is_inheritance_only(lab: Lab) -> None:
    job, *_others = _job(lab)
    lab.move("never")
    assert lab.line("batch tree 2") == "EPERM"
    assert lab.line("batch", job) == "ok"


def test_p7_into_an_empty_container_that_somebody_keeps(lab: Lab) -> None:
    keeper = lab.spawn("keeper")
    lab.line("batch", keeper)
    lab.open("/proc/2/ns/pid")
    lab.ask(Exit(), keeper)
    lab.reap()
    late = lab.spawn("late")
    assert lab.line(f"batch tree {lab.numbers(late)[0]}") == "ok"
    assert lab.numbers(late) == (4, 3)


# ---- P8: no way out


@pytest.mark.parametrize("value", ["never", "fresh", "disjoint"])
def test_p8_nobody_gets_out(lab: Lab, value: str) -> None:
    sshd = lab.spawn("sshd")
    lab.line("web", sshd)
    child = lab.spawn("child", sshd)
    lab.move(value)
    for text, who in (("0", sshd), ("0", child), ("0 tree 2", INIT)):
        assert lab.line(text, who) == "EPERM"
    assert lab.line("0") == "EPERM"


def test_p8_says_who_is_in_the_way(lab: Lab) -> None:
    sshd = lab.spawn("sshd")
    lab.line("web", sshd)
    with pytest.raises(KernelError, match="pid 1 is init outside"):
        containers.write_line(begin(lab.machine), sshd, "0")


# ---- P9: the forbidden move


def test_p9_out_again_and_what_it_costs(lab: Lab) -> None:
    lab.move("any")
    sshd = lab.spawn("sshd")
    lab.line("web", sshd)
    child = lab.spawn("child", sshd)
    lab.eyes(child)
    assert lab.line("0", child) == "ok"
    assert lab.numbers(child) == (3,)
    told = [(lie.holder, lie.number, lie.meant, lie.now) for lie in lab.lies()]
    assert (sshd, 2, child, 0) in told
    assert (child, 2, child, 3) in told
    assert (child, 1, sshd, 2) in told
    assert "0:3 child holds 2 for child, which is 3 now; 2 means sshd" in lab.cat("/proc/lies")


def test_p9_sent_out_by_somebody_outside(lab: Lab) -> None:
    lab.move("any")
    sshd = lab.spawn("sshd")
    lab.line("web", sshd)
    lab.spawn("child", sshd)
    assert lab.line("0 tree 2") == "ok"
    assert "web" not in lab.machine.get(Containers, 0).by_name


def test_p9_a_taken_vpid_is_replaced(lab: Lab) -> None:
    lab.move("any")
    web, db = lab.spawn("web"), lab.spawn("db")
    lab.line("web", web)
    lab.line("db", db)
    one, other = lab.spawn("x", web), lab.spawn("y", db)
    assert lab.line("db tree 4") == "ok"
    assert (lab.numbers(one), lab.numbers(other)) == ((4, 3), (5, 2))
    lab.ask(Kill(2, Sig.SIGTERM), one)  # who holds 2 for itself now hits somebody else
    assert lab.task(other).state.name == "ZOMBIE"


def test_p9_a_pid_namespace_is_for_life(lab: Lab) -> None:
    lab.move("any")
    init = lab.spawn("init", flags=int(CloneFlag.CLONE_NEWPID))
    child = lab.spawn("child", init)
    web = lab.spawn("web")
    lab.line("web", web)
    for text in ("web tree 3", "0 tree 3", "web tree 2"):
        assert lab.line(text) == "EPERM"
    assert lab.line("0", child) == "EPERM"
    assert lab.line("inner", child) == "ok"
    assert lab.numbers(child) == (3, 2, 1)
