"""What can be told of every process at one moment, the same from either kernel.

A process that sleeps and one that runs are both ``S``: which it is at a given moment is the
machine's, not the rules'.  What is left of a dead one is its numbers.
"""

from collections.abc import Mapping
from typing import Final, TypeAlias

from msgspec.structs import replace

from nsh.kernel import signals
from nsh.linux.standing import Standing
from nsh.machine.ids import NOBODY, TaskId
from nsh.machine.pids import PidSpace
from nsh.machine.tasks import Group, Session, State, Task
from nsh.machine.value import Machine, begin
from nsh.views import ids

Facts: TypeAlias = Standing

_LETTERS: Final = {
    State.ZOMBIE: "Z",
    State.STOPPED: "T",
    State.ALIVE: "S",
    State.TRAPPED: "S",
    State.FROZEN: "D",
}
_SAME: Final = {"Z": "Z", "X": "Z", "T": "T", "t": "T"}


def of_machine(machine: Machine) -> dict[int, Facts]:
    """Every process of the model, by its number in the root space."""
    space = ids.root(machine)
    level = machine.get(PidSpace, space).level
    found = {}
    tx = begin(machine)
    for key, task in machine.items(Task):
        if task.leader != key:
            continue
        parent = machine.find(Task, task.parent) if task.parent != NOBODY else None
        group = machine.find(Group, task.group)
        session = machine.find(Session, task.session)
        pending = {info.signo for info in (*task.pending, *task.shared)}
        found[task.pids[level]] = _facts(
            Facts(
                task.pids[level:],
                task.comm.replace("\\", "\\\\").replace("\n", "\\n"),  # as status shows it
                _LETTERS[task.state],
                0 if parent is None else ids.number(machine, parent, space),
                0 if group is None else ids.number(machine, group, space),
                0 if session is None else ids.number(machine, session, space),
                1 + len(task.threads),
                signals.blocked(tx, TaskId(key)),
                task.actions.ignored,
                task.actions.handled,
                sum(1 << signo - 1 for signo in pending),
            )
        )
    return found


def of_stage(standing: Mapping[int, Standing]) -> dict[int, Facts]:
    """Every process of a stage, by its number in the outermost pid namespace there."""
    return {
        pid: _facts(replace(one, state=_SAME.get(one.state, "S"))) for pid, one in standing.items()
    }


def _facts(one: Facts) -> Facts:
    if one.state != "Z":
        return one
    return replace(one, threads=0, blocked=0, ignored=0, caught=0, pending=0)
