"""Hooks of a task's life that look for one kind of record are called where there is one."""

from typing import Any

import pytest

from nsh.abi.personality import Personality
from nsh.abi.process import ExitGroup, Fork, Wait4
from nsh.kernel import boot, hooks, perform
from nsh.machine.ids import TaskId
from nsh.machine.personality import Persona
from nsh.machine.tasks import Task
from nsh.machine.value import Machine, Transaction


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What hooks that look for personalities are told of, and one for births that looks for
    nothing."""
    for name in ("_fork", "_exit", "_reap"):
        copied: hooks._Life[Any] = hooks._Life()
        for only, hook in getattr(hooks, name)._all:
            copied.among(only)(hook)
        monkeypatch.setattr(hooks, name, copied)
    said: list[str] = []

    @hooks.on_fork()
    def _any(tx: Transaction, parent: TaskId, child: TaskId) -> None:
        said.append("any")

    @hooks.on_fork(Persona)
    def _born(tx: Transaction, parent: TaskId, child: TaskId) -> None:
        said.append("born")

    @hooks.on_exit(Persona)
    def _dying(tx: Transaction, tid: TaskId, task: Task) -> None:
        said.append("dying")

    @hooks.on_reap(Persona)
    def _gone(tx: Transaction, tid: TaskId, task: Task) -> None:
        said.append("gone")

    return said


def _live_and_die(machine: Machine) -> Machine:
    born = perform(machine, boot.INIT, Fork())
    child = max(born.machine.rows(Task))
    dead = perform(born.machine, TaskId(child), ExitGroup(0))
    return perform(dead.machine, boot.INIT, Wait4(-1)).machine


def test_nobody_looks_for_what_is_not_there(told: list[str]) -> None:
    _live_and_die(boot.boot())
    assert told == ["any"]


def test_a_single_record_is_enough(told: list[str]) -> None:
    _live_and_die(perform(boot.boot(), boot.INIT, Personality(0x0040000)).machine)
    assert told == ["any", "born", "dying", "gone"]
