"""What can be told of every task at one moment, the same from either kernel's machine."""

from collections.abc import Mapping
from typing import Final

from nsh.linux.standing import Standing
from nsh.machine.ids import NOBODY
from nsh.machine.record import Record
from nsh.machine.tasks import Group, Session, State, Task
from nsh.machine.value import Machine
from nsh.views import ids


class Facts(Record):
    """One process, in the numbers of the outermost space and of its own."""

    pids: tuple[int, ...]
    """Its number at each level."""
    comm: str
    state: str
    """A letter as in ps(1); a task that sleeps and one that runs are both ``S``: which it is at a
    given moment is the machine's, not the rules'."""
    ppid: int
    pgid: int
    sid: int
    """In the numbers of the outermost space, 0 for nobody."""
    threads: int
    blocked: int
    ignored: int
    caught: int
    pending: int
    """Signal masks; pending for the thread and the process together."""


def of_machine(machine: Machine) -> dict[int, Facts]:
    """Every process of the model, by its number in the root space."""
    space = ids.root(machine)
    found = {}
    for key, task in machine.items(Task):
        if task.leader != key:
            continue
        parent = machine.find(Task, task.parent) if task.parent != NOBODY else None
        group = machine.find(Group, task.group)
        session = machine.find(Session, task.session)
        pending = {info.signo for info in (*task.pending, *task.shared)}
        found[task.pids[0]] = _facts(
            task.pids,
            task.comm.replace("\\", "\\\\").replace("\n", "\\n"),  # as status shows it
            _LETTERS[task.state],
            0 if parent is None else ids.number(machine, parent, space),
            0 if group is None else ids.number(machine, group, space),
            0 if session is None else ids.number(machine, session, space),
            1 + len(task.threads),
            task.blocked,
            task.actions.ignored,
            task.actions.handled,
            sum(1 << signo - 1 for signo in pending),
        )
    return found


def of_stage(standing: Mapping[int, Standing]) -> dict[int, Facts]:
    """Every process of a stage, by its number in the outermost pid namespace there."""
    return {
        pid: _facts(
            one.pids,
            one.comm,
            {"Z": "Z", "X": "Z", "T": "T", "t": "T"}.get(one.state, "S"),
            one.ppid,
            one.pgid,
            one.sid,
            one.threads,
            one.blocked,
            one.ignored,
            one.caught,
            one.pending,
        )
        for pid, one in standing.items()
    }


_LETTERS: Final = {State.ZOMBIE: "Z", State.STOPPED: "T", State.ALIVE: "S"}


def _facts(
    pids: tuple[int, ...],
    comm: str,
    state: str,
    ppid: int,
    pgid: int,
    sid: int,
    threads: int,
    blocked: int,
    ignored: int,
    caught: int,
    pending: int,
) -> Facts:
    """What is left of a dead process is its numbers."""
    if state == "Z":
        threads = blocked = ignored = caught = pending = 0
    return Facts(pids, comm, state, ppid, pgid, sid, threads, blocked, ignored, caught, pending)
