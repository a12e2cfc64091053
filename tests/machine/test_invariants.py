"""Every check complains of a machine that is broken in its way, and of no other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from nsh.abi.process import Execve
from nsh.kernel import perform
from nsh.machine import invariants
from nsh.machine.invariants import violations
from nsh.machine.pids import Containers
from nsh.machine.value import Machine, begin
from nsh.machine.waiting import Deadlines
from tests.machine import (
    cgroup_cases,
    container_cases,
    file_cases,
    ipc_cases,
    net_cases,
    task_cases,
    terminal_cases,
)
from tests.machine.breaking import Corrupt
from tests.machine.busy import BUSY

CASES: dict[str, list[Corrupt]] = {
    **task_cases.CASES,
    **file_cases.CASES,
    **terminal_cases.CASES,
    **net_cases.CASES,
    **ipc_cases.CASES,
    **cgroup_cases.CASES,
    **container_cases.CASES,
}


def test_the_busy_machine_is_sound() -> None:
    assert violations(BUSY.machine) == []


@pytest.mark.parametrize(
    ("check", "number"), [(name, n) for name, cases in CASES.items() for n in range(len(cases))]
)
def test_a_broken_machine_is_complained_of(check: str, number: int) -> None:
    tx = begin(BUSY.machine)
    CASES[check][number](tx)
    broken = tx.commit()
    invariants._silent.clear()
    all_told = violations(broken)
    told = [text for text in all_told if text.startswith(f"{check[1:]}: ")]
    assert told, f"{check} has nothing against case {number}"
    assert violations(BUSY.machine) == []
    assert violations(broken) == all_told, "what was remembered of the sound one hides something"
    assert not any("refers to" in text for text in told), "it stumbled, and told nothing of use"


def test_only_checks_that_read_what_has_changed_are_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    def noted(check: invariants.Check) -> invariants.Check:
        def asking(machine: Machine) -> Iterator[str]:
            asked.append(check.__name__)
            return check(machine)

        return asking

    monkeypatch.setattr(invariants, "_checks", [noted(check) for check in invariants._checks])
    invariants._silent.clear()
    assert violations(BUSY.machine) == []
    assert len(asked) == len(invariants._checks)
    asked.clear()
    assert violations(BUSY.machine) == []
    assert not asked
    tx = begin(BUSY.machine)
    key, queue = next(iter(tx.items(Deadlines)))
    tx.put(key, replace(queue))  # as good as the old one, and another
    assert violations(tx.commit()) == []
    assert sorted(asked) == ["_timers", "_waiting"], "who read deadlines"


def test_a_check_that_stumbles_says_over_what() -> None:
    tx = begin(BUSY.machine)
    tx.drop(Containers, 0)
    assert "spaces: something refers to 0, which is gone" in violations(tx.commit())


def test_every_check_is_tried() -> None:
    assert {check.__name__ for check in invariants._checks} == CASES.keys()


def test_complaints_name_their_check_in_a_fixed_order() -> None:
    tx = begin(BUSY.machine)
    for corrupt in (CASES["_stopped"][0], CASES["_disciplines"][0]):
        corrupt(tx)
    told = violations(tx.commit())
    assert [text.split(":")[0] for text in told] == ["stopped", "disciplines"]


def test_execve_of_a_thread_keeps_the_machine_sound() -> None:
    outcome = perform(BUSY.machine, BUSY.thread, Execve("/bin/x", ("x",)))
    assert violations(outcome.machine) == []
