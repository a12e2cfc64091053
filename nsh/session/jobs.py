"""News of programs that nobody waits for: what a shell says of its jobs before the next prompt."""

from collections.abc import Mapping
from typing import Final

from nsh.abi.process import shell_status
from nsh.abi.signals import signal_name
from nsh.machine.ids import TaskId
from nsh.machine.program import Director, Puppet
from nsh.machine.tasks import State, Task
from nsh.machine.value import Machine
from nsh.session.history import Step
from nsh.session.naming import cid_pid

MOST = 10
"""Tasks that are named; of more their number is told."""


class Jobs:
    """Watches what is performed, and tells what has become of tasks that were left behind."""

    def __init__(self) -> None:
        self._before: dict[TaskId, State | None] = {}

    def watch(self, step: Step) -> None:
        """Take note of a step."""
        if step.transaction is None:
            return
        for key in step.transaction.written(Task):
            if key not in self._before:
                task = step.transaction.base.find(Task, key)
                self._before[TaskId(key)] = None if task is None else task.state

    def news(self, machine: Machine) -> list[str]:
        """What has changed since this was last asked: who is stopped now, goes on, or is dead
        and not waited for.  Of the acting task's own end, who may act next is told too."""
        before, self._before = self._before, {}
        actor = machine.get(Director, 0).actor
        found = []
        for key in sorted(before):
            task = machine.find(Task, key)
            if task is None or task.state is before[key] or task.leader != key:
                continue
            said = _state(task, before[key])
            if said and key == actor and task.state is State.ZOMBIE:
                said += "; `as init` has init act"
            if said:
                puppet = machine.find(Puppet, key)
                name = (puppet.label if puppet is not None else "") or task.comm
                found.append(f"[{cid_pid(machine, key)}] {name}: {said}")
        more = len(found) - MOST
        return found if more <= 0 else [*found[:MOST], f"and {more} more"]


_AGAIN: Final[Mapping[State | None, str]] = {
    State.STOPPED: "continued",
    State.TRAPPED: "thawed",
    State.FROZEN: "thawed",
}
"""Who runs again, by what it was."""


def _state(task: Task, before: State | None) -> str:
    if task.state is State.STOPPED:
        return f"stopped by {signal_name(task.status)}"
    if task.state in (State.TRAPPED, State.FROZEN):
        return "frozen"
    if task.state is State.ALIVE:
        return _AGAIN.get(before, "")
    status = shell_status(task.status)
    ended = f"killed by {signal_name(status - 128)}" if task.status & 0x7F else f"exited {status}"
    return f"{ended}; a zombie until its parent waits"
