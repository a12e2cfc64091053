"""The pid table of one pid space: what ``ps`` inside would show, with the other levels beside."""

from collections.abc import Iterable, Iterator, Sequence

from immutables import Map

from nsh.machine.ids import NOBODY, SpaceId, TaskId
from nsh.machine.pids import PidSpace
from nsh.machine.record import Record
from nsh.machine.tasks import Task
from nsh.machine.value import Machine
from nsh.views import ids, order, states, terminals
from nsh.views.changes import NO_MARKS, Mark, Marks


class PidRow(Record):
    """One task in a pid table."""

    task: TaskId
    vpid: int
    """Its number here; 0 in the row of a task that is not visible here."""
    pids: tuple[int, ...]
    """Its number at every level, outermost (kpid) first."""
    comm: str
    state: str
    tty: str
    thread: bool
    mark: Mark | None

    @property
    def kpid(self) -> int:
        """Its number in the root space."""
        return self.pids[0]


class PidTable(Record):
    """A window of a pid table."""

    space: SpaceId
    cid: str
    number: int
    """The container's number, as in ``3:1``."""
    name: str
    level: int
    live: int
    """Tasks in the whole table, zombies included."""
    rows: tuple[PidRow, ...]
    absent: PidRow | None
    """The selected task, if it exists but not here."""


def pid_table(
    machine: Machine,
    space: SpaceId,
    *,
    selected: TaskId = NOBODY,
    at: int = 0,
    skip: int = 0,
    count: int | None = None,
    marks: Marks = NO_MARKS,
    among: Sequence[TaskId] | None = None,
) -> PidTable:
    """The tasks that have a number in *space*, by number.

    The window starts *skip* rows after number *at*, or the next one in use, and has *count*
    rows, or all to the end; it ends with the last row rather than being short.  Tasks that
    *marks* says have departed keep a row.  *among*: the rows are those of these tasks, in that
    order, and the window is not looked for.  ``KeyError`` if there is no such space.
    """
    record = machine.get(PidSpace, space)
    numbers = record.task_of
    ghosts = {
        number: tid
        for tid, task in marks.departed.items()
        if (number := ids.number(machine, task, space)) and number not in numbers
    }
    if ghosts:
        numbers = numbers.update(ghosts)
    if among is None:
        found = order.walked(_Numbers(machine, marks, numbers), at, skip, count)
        among = [numbers[nr] for nr in found]
    rows = tuple(row for tid in among if (row := _row(machine, space, tid, marks)) is not None)
    shown = _row(machine, space, selected, marks) if selected != NOBODY else None
    return PidTable(
        space,
        record.name or str(record.number),
        record.number,
        record.name,
        record.level,
        record.live,
        rows,
        shown if shown is not None and shown.vpid == 0 else None,
    )


class _Numbers:
    """The numbers of tasks: a group or session may keep one whose task is gone."""

    def __init__(self, machine: Machine, marks: Marks, numbers: Map[int, TaskId]) -> None:
        self.tasks = machine.rows(Task)
        self.departed = marks.departed
        self.numbers = numbers

    def _of_tasks(self, numbers: Iterable[int]) -> Iterator[int]:
        for nr in numbers:
            tid = self.numbers[nr]
            if tid in self.tasks or tid in self.departed:
                yield nr

    def last(self) -> int:
        return max(self.numbers, default=0)

    def up(self, start: int) -> Iterator[int]:
        return self._of_tasks(order.ascending(self.numbers, start))

    def down(self, start: int) -> Iterator[int]:
        return self._of_tasks(order.descending(self.numbers, start))


def _row(machine: Machine, space: SpaceId, tid: TaskId, marks: Marks) -> PidRow | None:
    task = machine.find(Task, tid)
    letter = "X" if task is None else states.letter(machine, tid, task)
    whom = marks.departed.get(tid) if task is None else task
    if whom is None:
        return None
    leader = machine.find(Task, whom.leader) or whom
    return PidRow(
        tid,
        ids.number(machine, whom, space),
        whom.pids,
        whom.comm,
        letter,
        terminals.name(machine, leader.tty),
        whom.leader != tid,
        marks.tasks.get(tid),
    )
