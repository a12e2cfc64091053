"""What passed the user/kernel boundary in one step: each id before and after (P6)."""

from collections.abc import Iterable

from nsh.machine.crossing import Crossing, UserCrossing
from nsh.machine.ids import TaskId
from nsh.machine.record import Record
from nsh.machine.tasks import Task
from nsh.machine.value import Machine
from nsh.views import ids


class Passage(Record):
    """One id that was translated."""

    inward: bool
    """From the caller's number to the kernel's task; else back."""
    what: str
    """``pid``, ``tid``, ``pgid``, ``sid`` or ``cid``."""
    number: int
    """In the caller's space; 0 where nothing is visible."""
    cid: str
    """Whose numbers."""
    task: TaskId
    """Whom it names; NOBODY for nobody."""
    kpid: int
    comm: str
    """The named task's, "" for nobody or where only its group or session is left."""


def boundary(machine: Machine, crossings: Iterable[Crossing]) -> tuple[Passage, ...]:
    """The ids of tasks that crossed, in order; *machine* is the one after the step."""
    passages = []
    for crossing in crossings:
        if isinstance(crossing, UserCrossing):
            continue
        task = machine.find(Task, crossing.task)
        passages.append(
            Passage(
                crossing.inward,
                crossing.what,
                crossing.number,
                ids.cid(machine, crossing.space),
                crossing.task,
                crossing.kpid,
                "" if task is None else task.comm,
            )
        )
    return tuple(passages)
