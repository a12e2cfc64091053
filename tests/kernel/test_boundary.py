"""P5, P6: wanted pids, and what is translated on the way in and out of each call."""

from __future__ import annotations

from typing import Any

import pytest

from nsh.abi import Failure, Request
from nsh.abi.process import (
    Clone,
    CloneFlag,
    Exit,
    Fork,
    Getpgid,
    Getpid,
    Getppid,
    Getsid,
    Setpgid,
    Setsid,
    Wait4,
)
from nsh.abi.puppets import Resolve
from nsh.abi.signals import Kill, Tgkill
from nsh.kernel import perform
from nsh.kernel.boot import INIT
from nsh.machine.crossing import Crossing
from nsh.machine.ids import TaskId
from tests.kernel.proc.computer import Computer

NEWPID = int(CloneFlag.CLONE_NEWPID)


class Border(Computer):
    """`web` is pid 1 of a container, `child` its child; `other` is outside."""

    def __init__(self) -> None:
        super().__init__()
        self.other = self.spawn("other")
        self.web = self.spawn("web")
        self.write("/proc/container", b"web", self.web)
        self.child = self.spawn("child", self.web)

    def crossings(self, request: Request, who: TaskId) -> list[tuple[Any, ...]]:
        """(in or out, what, number, kpid) of each id that a call translates."""
        found = []
        for each in perform(self.machine, who, request).crossings:
            assert isinstance(each, Crossing)
            assert each.space == self.task(who).space
            found.append(("in" if each.inward else "out", each.what, each.number, each.kpid))
        return found


@pytest.fixture
def border() -> Border:
    return Border()


CALLS: dict[str, tuple[Request, list[tuple[Any, ...]]]] = {
    "its own number": (Getpid(), [("out", "pid", 1, 3)]),
    "a parent outside is 0": (Getppid(), [("out", "pid", 0, 1)]),
    "a group outside is 0": (Getpgid(), [("out", "pgid", 0, 1)]),
    "a session outside is 0": (Getsid(), [("out", "sid", 0, 1)]),
    "a new child": (Fork(), [("out", "pid", 3, 5)]),
    "a child found": (Kill(2, 0), [("in", "pid", 2, 4)]),
    "nobody found": (Kill(4, 0), [("in", "pid", 4, 0)]),
    "a group that is none": (Kill(-2, 0), [("in", "pgid", 2, 4)]),
    "a thread": (Tgkill(2, 2, 0), [("in", "tid", 2, 4), ("in", "pid", 2, 4)]),
    "a wait in vain": (Wait4(4, 1), [("in", "pid", 4, 0)]),
    "a wait too early": (Wait4(2, 1), [("in", "pid", 2, 4)]),
    "somebody's group": (Getpgid(2), [("in", "pid", 2, 4), ("out", "pgid", 0, 1)]),
    "a new session": (Setsid(), [("out", "sid", 1, 3)]),
    "a new group": (Setpgid(2, 2), [("in", "pid", 2, 4), ("in", "pgid", 2, 4)]),
    "a reference to somebody outside": (Resolve("0:2"), [("out", "pid", 0, 2)]),
}


@pytest.mark.parametrize("name", CALLS)
def test_p6_what_crosses(border: Border, name: str) -> None:
    request, wanted = CALLS[name]
    assert border.crossings(request, border.web) == wanted


def test_p6_a_child_waited_for_is_told_in_the_waiter_s_numbers(border: Border) -> None:
    border.ask(Exit(7), border.child)
    assert border.crossings(Wait4(), border.web) == [("out", "pid", 2, 4)]


def test_p6_a_refusal_keeps_the_story_of_what_was_translated(border: Border) -> None:
    outcome = perform(border.machine, border.web, Kill(2, 65))
    assert isinstance(outcome.reply, Failure)
    assert [type(each) for each in outcome.crossings] == [Crossing]
    assert outcome.machine == border.machine
    assert outcome.changes == []


def test_p6_one_number_a_level(border: Border) -> None:
    inner = border.spawn("inner", border.web, flags=NEWPID)
    assert border.task(inner).pids == (5, 3, 1)
    seen = [border.crossings(request, INIT) for request in (Kill(5, 0), Getpgid(5))]
    assert seen[0] == [("in", "pid", 5, 5)]
    assert border.crossings(Kill(3, 0), border.web) == [("in", "pid", 3, 5)]
    assert border.crossings(Getpid(), inner) == [("out", "pid", 1, 5)]


@pytest.mark.parametrize("flags", [0, NEWPID])
def test_p5_the_wanted_pids_come_back_whoever_has_them_outside(border: Border, flags: int) -> None:
    """A tree that was 1, 12 and 13 is restarted, while 12 and 13 are others' kpids."""
    outside = [border.spawn(set_tid=(nr,)) for nr in (12, 13)]
    top = border.spawn("restart", flags=flags)
    if not flags:
        border.write("/proc/container", b"restarted", top)
    first = border.spawn("first", top, set_tid=(12,))
    second = border.spawn("second", first, set_tid=(13,))
    assert [border.task(who).pids[-1] for who in (top, first, second)] == [1, 12, 13]
    assert [border.task(who).pids[0] for who in outside] == [12, 13]
    assert len({border.task(who).pids[0] for who in (*outside, top, first, second)}) == 5
    assert border.ask(Clone(set_tid=(12,)), top) == "EEXIST"
    assert border.ask(Clone(set_tid=(14, 13)), top) == "EEXIST"
    assert border.ask(Getppid(), second) == 12
