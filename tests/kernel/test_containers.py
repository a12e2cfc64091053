"""P1-P3, P7-P9: flat containers, as S0 makes them and as its authors argue about them."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsh.abi.errno import KernelError
from nsh.abi.namespaces import Unshare
from nsh.abi.process import (
    Clone,
    CloneFlag,
    Exit,
    Getpgid,
    Getpid,
    Getppid,
    Getsid,
    Setpgid,
    Setsid,
    Wait4,
    WaitResult,
)
from nsh.abi.signals import Kill, Sig
from nsh.kernel import containers, policies
from nsh.kernel.boot import INIT
from nsh.machine.ids import TaskId
from nsh.machine.invariants import violations
from nsh.machine.pids import Containers
from nsh.machine.tasks import Group, Task
from nsh.machine.value import begin
from tests.kernel.proc.computer import Computer


class Lab(Computer):
    """A computer on which policies change."""

    def policy(self, chosen: policies.Policy, value: str) -> None:
        tx = begin(self.machine)
        policies.set_policy(tx, chosen.name, value)
        self.machine = tx.commit()

    def move(self, value: str) -> None:
        self.policy(policies.PID_MOVE, value)

    def line(self, text: str, who: TaskId = INIT) -> object:
        """What a line written to /proc/container does: "ok", or the errno's name."""
        before = self._spaces()
        reply = self.write("/proc/container", text.encode() + b"\n", who)
        if not isinstance(reply, str):
            return "ok"
        assert self._spaces() == before, f"{text} failed and moved somebody"
        return reply

    def _spaces(self) -> list[object]:
        """Who is where, as whom, and what there is to be in."""
        tasks = [(key, task.space, task.pids) for key, task in self.machine.items(Task)]
        return [tasks, self.machine.rows(Group), self.machine.rows(Containers)]

    def numbers(self, who: TaskId) -> tuple[int, ...]:
        return self.task(who).pids

    def eyes(self, who: TaskId) -> tuple[Any, ...]:
        """What a task is told of itself: pid, ppid, pgid, sid."""
        asks = (Getpid(), Getppid(), Getpgid(), Getsid())
        return tuple(self.ask(each, who) for each in asks)

    def lies(self) -> list[containers.Lie]:
        return list(containers.stale(begin(self.machine)))


@pytest.fixture
def lab() -> Lab:
    return Lab()


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


def test_p3_inside_no_other_container_is_known(lab: Lab) -> None:
    lab.move("any")
    web, db = lab.spawn("web"), lab.spawn("db")
    lab.line("web", web)
    lab.line("db", db)
    child = lab.spawn("child", web)
    assert lab.line("db tree 2", web) == "EPERM"
    assert lab.line("0 tree 2", web) == "ok"  # the one around it is
    assert lab.numbers(child) == (4,)


# ---- whatever is written, whoever stands how


@given(st.one_of(st.text(max_size=40), st.from_regex(r"\A\w{0,4} ?(tree|group|) ?[0-9-]{0,30}\Z")))
def test_any_line_is_done_or_refused(text: str) -> None:
    lab = Lab()
    who = lab.spawn("who")
    tx = begin(lab.machine)
    with suppress(KernelError):
        containers.write_line(tx, who, text)
    assert violations(tx.commit()) == []
    lab.line(text.replace("\n", " "), who)


@st.composite
def forests(draw: st.DrawFn) -> Lab:
    """A machine with processes in several groups and sessions."""
    lab = Lab()
    tasks = [INIT]
    for number in range(draw(st.integers(2, 9))):
        tasks.append(lab.spawn(f"t{number}", draw(st.sampled_from(tasks))))
        if draw(st.integers(0, 2)) == 0:
            lab.ask(draw(st.sampled_from([Setsid(), Setpgid()])), tasks[-1])
        if draw(st.integers(0, 4)) == 0:
            lab.thread(tasks[-1])
    for who in tasks[1:]:
        lab.eyes(who)
        if draw(st.integers(0, 6)) == 0:
            lab.ask(Exit(), who)
    return lab


@given(forests(), st.sampled_from(["tree", "group"]), st.integers(2, 10))
def test_p7_a_fresh_move_is_seen_by_nobody_who_moves(lab: Lab, what: str, number: int) -> None:
    """All ids that stay among the moved keep their values; those outside keep theirs."""
    before = {TaskId(key): task.pids[0] for key, task in lab.machine.items(Task)}
    living = [who for who in before if lab.task(who).state.name != "ZOMBIE"]
    seen = {who: lab.eyes(who) for who in living}
    if lab.line(f"batch {what} {number}") != "ok":
        return
    moved = {who for who in before if len(lab.numbers(who)) == 2}
    assert moved
    for who in before.keys() - moved:
        assert lab.numbers(who) == (before[who],)
    for who in moved:
        kpid, vpid = lab.numbers(who)
        assert vpid == before[who]
        assert kpid not in before.values()
    for who in set(living) & moved:
        task = lab.task(lab.task(who).leader)
        relations = (task.leader, task.parent, task.group, task.session)
        told = zip(lab.eyes(who), seen[who], relations, strict=True)
        for now, then, whom in told:
            assert now == (then if whom in moved else 0)
    for lie in lab.lies():
        assert (lie.holder in moved) != (lie.meant in moved)


@given(forests(), st.data())
def test_p9_any_move_keeps_the_machine_sound(lab: Lab, data: st.DataObject) -> None:
    lab.move("any")
    for step in range(6):
        people = [TaskId(key) for key, task in lab.machine.items(Task) if task.context]
        who = data.draw(st.sampled_from(people))
        number = data.draw(st.integers(1, 12))
        name = data.draw(st.sampled_from(["a", "b", "0", "1"]))
        text = data.draw(st.sampled_from([name, f"{name} tree {number}", f"{name} group {number}"]))
        assert lab.line(text, who) in ("ok", "EPERM", "ESRCH", "EINVAL", "EEXIST", "EBUSY"), step
        assert violations(lab.machine) == []
