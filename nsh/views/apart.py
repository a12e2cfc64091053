"""Two machines held against each other: the ``+ - ~`` in the margin of the panes of each.

They are two moments of a history, the ends of two branches, or what the same lines lead to under
two policies.
"""

from collections.abc import Collection, Hashable, Iterator
from typing import Final

from immutables import Map
from msgspec.structs import replace

from nsh.machine.ids import SpaceId, TaskId, TerminalId
from nsh.machine.pids import PidSpace
from nsh.machine.program import Puppet
from nsh.machine.record import Record
from nsh.machine.tasks import Group, Session, Task
from nsh.machine.terminals import Terminal
from nsh.machine.value import Machine
from nsh.machine.waiting import Waiter
from nsh.views import ids, states, terminals
from nsh.views.changes import NO_MARKS, Mark, Marks, against, between, changes
from nsh.views.pairs import Pairs

LEFT: Final = Mark.REMOVED
"""The mark of what is on the left only,"""
RIGHT: Final = Mark.ADDED
"""and of what is on the right only."""

Touched = Collection[tuple[type[Record], int]]


def apart(
    left: Machine, right: Machine, pairs: Pairs | None = None, touched: Touched | None = None
) -> tuple[Marks, Marks]:
    """The marks for the panes of each side: on the left ``-`` for what the right has not, on the
    right ``+`` for what the left has not, on both ``~`` for what does not look the same.

    O(tasks); O(*touched* + what came after they parted) where somebody knows all rows that could
    differ, by table and key.
    """
    if pairs is not None and pairs.parted is not None:
        return _against(left, pairs, LEFT, touched), _against(right, pairs, RIGHT, touched)
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


# ---- of those that have parted


def _against(here: Machine, pairs: Pairs, own: Mark, touched: Touched | None) -> Marks:
    """How each row of a machine differs from what it is paired with: by what people see of it."""
    there = pairs.other(here)

    def marked(kind: type[Record], key: int) -> Mark | None:
        twin = pairs.key(key, here)
        said = _said(there, kind, twin)
        return against(_said(here, kind, key), said, own)

    tasks = {TaskId(key): marked(Task, key) for key in _candidates(here, pairs, Task, touched)}
    spaces = {
        SpaceId(key): marked(PidSpace, key) for key in _candidates(here, pairs, PidSpace, touched)
    }
    screens = _candidates(here, pairs, Terminal, touched)
    return replace(
        NO_MARKS,
        tasks=Map({key: found for key, found in tasks.items() if found is not None}),
        spaces=Map({key: found for key, found in spaces.items() if found is not None}),
        terminals=tuple(TerminalId(key) for key in screens if marked(Terminal, key) is not None),
    )


_OF_TASKS: Final = (Task, Waiter, Puppet)
"""What decides how a task looks, under one key."""


def _candidates(
    here: Machine, pairs: Pairs, kind: type[Record], touched: Touched | None
) -> Iterator[int]:
    """The rows that could differ: those that were touched, and all that came later."""
    assert pairs.parted is not None
    rows = here.rows(kind)
    if touched is None:
        yield from sorted(rows)
        return
    kinds = _OF_TASKS if kind is Task else (kind,)
    known = {key for each, key in touched if each in kinds and key <= pairs.parted}
    yield from sorted(key for key in known if key in rows)
    yield from sorted(key for key in rows if key > pairs.parted)


def _said(machine: Machine, kind: type[Record], key: int) -> Hashable:
    """What people see of a row, without what only the machine calls it; None: it is not there."""
    record = machine.find(kind, key)
    match record:
        case Task():
            return _said_of_task(machine, TaskId(key), record)
        case PidSpace():
            return record.kind, record.number, record.name, record.adding, frozenset(record.task_of)
        case Terminal():
            return (
                terminals.name(machine, TerminalId(key)),
                record.printed.written,
                bool(record.session),
            )
    return None


def _said_of_task(machine: Machine, tid: TaskId, task: Task) -> Hashable:
    parent = machine.find(Task, task.parent)
    leader = machine.find(Task, task.leader) or task
    group, session = machine.find(Group, task.group), machine.find(Session, task.session)
    return (
        task.pids,
        task.comm,
        ids.label(machine, tid),
        states.letter(machine, tid, task),
        task.status,
        ids.cid(machine, task.space),
        terminals.name(machine, leader.tty),
        task.creds.euid,
        *(0 if other is None else other.pids[0] for other in (parent, leader, group, session)),
    )
