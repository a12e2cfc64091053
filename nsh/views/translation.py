"""One task, every space: its ids and those it is related by, as each pid space says them."""

from collections.abc import Sequence

from nsh.machine.ids import SpaceId, TaskId
from nsh.machine.record import Record
from nsh.machine.tasks import Group, Session, Task
from nsh.machine.value import Machine
from nsh.views import ids
from nsh.views.containers import containers


class IdRow(Record):
    """One id in each space: its number, 0 where the task it names is not visible to the
    selected task, None where the selected task itself is not visible."""

    what: str
    """``pid``, ``tid`` (of a thread), ``ppid``, ``pgrp`` or ``sid``."""
    numbers: tuple[int | None, ...]


class Translation(Record):
    """The ids of one task: a row per id, a column per space."""

    task: TaskId
    comm: str
    cid: str
    spaces: tuple[SpaceId, ...]
    cids: tuple[str, ...]
    rows: tuple[IdRow, ...]


def translation(
    machine: Machine, task: TaskId, spaces: Sequence[SpaceId] | None = None
) -> Translation | None:
    """The ids of *task* in each of *spaces* (all of them, if None); None if there is no such
    task."""
    whom = machine.find(Task, task)
    if whom is None:
        return None
    if spaces is None:
        spaces = [row.space for row in containers(machine)]
    leader = machine.find(Task, whom.leader) or whom
    related: list[tuple[str, Task | Group | Session | None]] = [("pid", leader)]
    if whom.leader != task:
        related.append(("tid", whom))
    related += [
        ("ppid", machine.find(Task, leader.parent)),
        ("pgrp", machine.find(Group, leader.group)),
        ("sid", machine.find(Session, leader.session)),
    ]
    seen = [ids.number(machine, whom, space) > 0 for space in spaces]
    rows = tuple(
        IdRow(
            what,
            tuple(
                (0 if other is None else ids.number(machine, other, space)) if visible else None
                for space, visible in zip(spaces, seen, strict=True)
            ),
        )
        for what, other in related
    )
    cids = tuple(ids.cid(machine, space) for space in spaces)
    return Translation(task, whom.comm, ids.cid(machine, whom.space), tuple(spaces), cids, rows)
