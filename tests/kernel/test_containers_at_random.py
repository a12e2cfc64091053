"""P7, P9: whatever is written to /proc/container, whoever stands how."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from nsh.abi.errno import KernelError
from nsh.abi.process import (
    Exit,
    Setpgid,
    Setsid,
)
from nsh.kernel import containers
from nsh.kernel.boot import INIT
from nsh.machine.ids import TaskId
from nsh.machine.invariants import violations
from nsh.machine.tasks import Group, Task
from nsh.machine.value import begin
from tests.kernel.lab import Lab


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


@given(forests(), st.sampled_from(["tree", "group"]), st.data())
def test_p7_a_fresh_move_is_seen_by_nobody_who_moves(
    lab: Lab, what: str, data: st.DataObject
) -> None:
    """All ids that stay among the moved keep their values; those outside keep theirs."""
    rows = lab.machine.items(Task) if what == "tree" else lab.machine.items(Group)
    numbers = sorted(row.pids[0] for key, row in rows if key != INIT)
    number = data.draw(st.sampled_from(numbers or [2]))
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
