"""Two machines held against each other: the ``+ - ~`` in the margin of the panes of each.

They are two moments of a history, the ends of two branches, or what the same lines lead to under
two policies.
"""

from collections.abc import Collection, Hashable, Mapping
from typing import Final, NamedTuple

from immutables import Map
from msgspec.structs import replace

from nsh.machine.ids import NOBODY, SpaceId, TaskId
from nsh.machine.pids import PidSpace
from nsh.machine.program import Puppet
from nsh.machine.record import Record
from nsh.machine.tasks import Task
from nsh.machine.terminals import Terminal
from nsh.machine.value import Machine
from nsh.machine.waiting import Waiter
from nsh.views import ids, states, terminals
from nsh.views.changes import NO_MARKS, Mark, Marks, between, changes
from nsh.views.selection import NOTHING, Sort, Thing, a_task, exists

LEFT: Final = Mark.REMOVED
"""The mark of what is on the left only,"""
RIGHT: Final = Mark.ADDED
"""and of what is on the right only."""
NOWHERE: Final = SpaceId(-1)
"""A pid space that no machine has."""


class Pairs(NamedTuple):
    """Who on one side is who on the other.

    Moments and branches of one history share what was born before they parted: a task is itself.
    ``by_number``: two runs share no birth, but their lines give out the same numbers; a task is
    the one with its pid in the root space, a container the one with its number.
    """

    by_number: bool = False

    def task(self, task: TaskId, here: Machine, there: Machine) -> TaskId:
        """*task* of one machine in another; NOBODY: it is not there."""
        if not self.by_number:
            return task if there.find(Task, task) is not None else NOBODY
        record = here.find(Task, task)
        if record is None:
            return NOBODY
        found = there.get(PidSpace, ids.root(there)).task_of.get(record.pids[0], NOBODY)
        return found if there.find(Task, found) is not None else NOBODY

    def thing(self, thing: Thing, here: Machine, there: Machine) -> Thing:
        """Likewise anything that can be selected; NOTHING: it is not there."""
        if thing.sort is Sort.TASK:
            return a_task(self.task(TaskId(thing.key), here, there))
        return thing if exists(there, thing) else NOTHING

    def name(self, machine: Machine, space: SpaceId) -> int:
        """What a pid space of *machine* is called on both sides."""
        record = machine.find(PidSpace, space) if self.by_number else None
        return space if record is None else record.number

    def space(self, machine: Machine, name: int) -> SpaceId:
        """The pid space of *machine* with that name; NOWHERE: it has none."""
        if not self.by_number:
            return SpaceId(name) if machine.find(PidSpace, name) is not None else NOWHERE
        for key, record in machine.rows(PidSpace).items():
            if record.number == name:
                return SpaceId(key)
        return NOWHERE


THEMSELVES: Final = Pairs()
"""Everything is itself."""


def apart(
    left: Machine,
    right: Machine,
    pairs: Pairs = THEMSELVES,
    touched: Collection[tuple[type[Record], int]] | None = None,
) -> tuple[Marks, Marks]:
    """The marks for the panes of each side: on the left ``-`` for what the right has not, on the
    right ``+`` for what the left has not, on both ``~`` for what does not look the same.

    O(tasks); O(*touched*) where somebody knows all rows that could differ, by table and key.
    """
    if pairs.by_number:
        said = _said(left), _said(right)
        return _marks(said[0], said[1], LEFT), _marks(said[1], said[0], RIGHT)
    marks = changes(between(left, right, (Task, PidSpace, Waiter, Terminal), touched))
    tasks = dict(marks.tasks)
    for change in between(left, right, (Puppet,), touched):  # who has a program, and who rests
        one, other = left.find(Task, change.key), right.find(Task, change.key)
        if one is not None and other is not None:
            tid = TaskId(change.key)
            if states.letter(left, tid, one) != states.letter(right, tid, other):
                tasks.setdefault(tid, Mark.CHANGED)
    marks = replace(marks, tasks=Map(tasks))
    return _side(marks, LEFT), _side(marks, RIGHT)


def _side(marks: Marks, own: Mark) -> Marks:
    """What one side shows of them: nothing of what is on the other only."""
    shown = (own, Mark.CHANGED)
    return replace(
        marks,
        tasks=Map({key: mark for key, mark in marks.tasks.items() if mark in shown}),
        spaces=Map({key: mark for key, mark in marks.spaces.items() if mark in shown}),
        departed=Map(),
        rows=Map(),
        written=(),
    )


def _said(machine: Machine) -> dict[int, tuple[TaskId, Hashable]]:
    """What people see of each task, without what only the machine calls it, by its number."""
    found: dict[int, tuple[TaskId, Hashable]] = {}
    for key, task in machine.rows(Task).items():
        tid = TaskId(key)
        parent = machine.find(Task, task.parent)
        leader = machine.find(Task, task.leader) or task
        found[task.pids[0]] = (
            tid,
            (
                task.pids,
                task.comm,
                states.letter(machine, tid, task),
                ids.cid(machine, task.space),
                0 if parent is None else parent.pids[0],
                leader.pids[0],
                terminals.name(machine, leader.tty),
                task.creds.euid,
            ),
        )
    return found


def _marks(
    mine: Mapping[int, tuple[TaskId, Hashable]],
    theirs: Mapping[int, tuple[TaskId, Hashable]],
    alone: Mark,
) -> Marks:
    tasks = {}
    for number, (task, said) in mine.items():
        found = mark(said, theirs[number][1] if number in theirs else None, alone)
        if found is not None:
            tasks[task] = found
    return replace(NO_MARKS, tasks=Map(tasks))


def mark(row: object, there: object | None, alone: Mark) -> Mark | None:
    """The mark of any *row*, of which the other side has *there* or nothing (None)."""
    if there is None:
        return alone
    return None if row == there else Mark.CHANGED
