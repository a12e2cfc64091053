"""The pid spaces of a machine: containers and pid namespaces, as a nested list."""

from nsh.machine.ids import SpaceId, TaskId
from nsh.machine.pids import PidSpace, SpaceKind
from nsh.machine.record import Record
from nsh.machine.tasks import Task
from nsh.machine.value import Machine
from nsh.views import ids
from nsh.views.changes import NO_MARKS, Mark, Marks


class SpaceRow(Record):
    """One pid space."""

    space: SpaceId
    cid: str
    """As ``cid:pid`` names it: the name, else the number."""
    number: int
    name: str
    kind: SpaceKind
    level: int
    """How deep it is nested; the root's is 0."""
    live: int
    """Tasks visible in it, zombies and those of nested spaces included."""
    init: TaskId
    """The child reaper; NOBODY once it is dead."""
    comm: str
    """The init's name, "" without one."""
    adding: bool
    """False where fork fails with ENOMEM, for the init is dead or dying."""
    mark: Mark | None


def containers(
    machine: Machine, *, start: int = 0, count: int | None = None, marks: Marks = NO_MARKS
) -> tuple[SpaceRow, ...]:
    """The pid spaces from the *start*-th on, the root's first, each before those nested in it.

    Siblings come in order of age.  O(spaces).
    """
    spaces = sorted(machine.rows(PidSpace).items(), key=lambda row: row[1].path)
    end = None if count is None else start + count
    rows = []
    for key, record in spaces[start:end]:
        space = SpaceId(key)
        init = machine.find(Task, record.init)
        rows.append(
            SpaceRow(
                space,
                ids.cid(machine, space),
                record.number,
                record.name,
                record.kind,
                record.level,
                record.live,
                record.init,
                "" if init is None else init.comm,
                record.adding,
                marks.spaces.get(space),
            )
        )
    return tuple(rows)
