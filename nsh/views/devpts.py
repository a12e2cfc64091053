"""The instances of devpts and the pseudo terminals in them, a row each (N8)."""

from typing import TYPE_CHECKING

from immutables import Map

from nsh._modules import late
from nsh.machine.devpts import DevPts
from nsh.machine.files import Superblock
from nsh.machine.ids import NO_TERMINAL, NOBODY, SpaceId, TaskId
from nsh.machine.mounts import Mount
from nsh.machine.observed import DevptsSighting
from nsh.machine.ptys import Pty
from nsh.machine.tasks import Group, Task
from nsh.machine.terminals import Terminal
from nsh.machine.value import Machine
from nsh.views import ids, mounted, order
from nsh.views.consoles import file_owner, whose_instance
from nsh.views.devpts_rows import PLACES, PtsRow
from nsh.views.nested import Nested
from nsh.views.whose import Whose

if TYPE_CHECKING:
    from nsh.views import seen_devpts
else:  # the real machine's alone
    late(globals(), "nsh.views", "seen_devpts")


def devpts(
    machine: Machine,
    viewer: SpaceId | TaskId | None = None,
    *,
    at: int = 0,
    skip: int = 0,
    count: int | None = None,
    whose: Whose | None = None,
) -> tuple[PtsRow, ...]:
    """Rows of the instances by age, their slaves by index; the window is that of
    :func:`~nsh.views.order.window`, from the row of *at* or the next one on.

    O(superblocks), and what a row says only for those in the window; of an observed machine
    O(terminals in use).
    """
    if machine.count(DevptsSighting):
        seen = seen_devpts.rows(machine, ids.eyes(machine, viewer), whose or Whose())
        return order.keyed(seen, [row.key for row in seen], at, skip, count)
    instances: Map[int, DevPts] = Map(
        {
            key: record.data
            for key, record in machine.rows(Superblock).items()
            if isinstance(record.data, DevPts)
        }
    )
    rows = Nested(instances, lambda sb: _places(instances[sb]), PLACES)
    found = order.walked(rows, at, skip, count)
    space = ids.eyes(machine, viewer)
    names = whose or Whose()
    return tuple(_row(machine, instances, key, space, names) for key in found)


def place(machine: Machine, terminal: int) -> int | None:
    """The key of the row of a slave; None where it is none, or has no name any more."""
    if machine.count(DevptsSighting):
        return seen_devpts.place(machine, terminal)
    record = machine.find(Terminal, terminal)
    pty = None if record is None else machine.find(Pty, record.pty)
    superblock = None if pty is None else machine.find(Superblock, pty.sb)
    data = None if superblock is None else superblock.data
    if pty is None or not isinstance(data, DevPts) or data.shown.get(pty.index) != terminal:
        return None
    return pty.sb * PLACES + 1 + pty.index


def _places(data: DevPts) -> list[int]:
    """Of its rows: 1 and the index of each slave, 0 if there is none."""
    return [index + 1 for index in sorted(data.shown)] or [0]


def _row(
    machine: Machine, instances: Map[int, DevPts], key: int, space: SpaceId, whose: Whose
) -> PtsRow:
    sb, place = divmod(key, PLACES)
    data = instances[sb]
    terminal = data.shown[place - 1] if place else NO_TERMINAL
    record = machine.find(Terminal, terminal)
    pty = None if record is None else machine.find(Pty, record.pty)
    leader = NOBODY if record is None else record.session
    task = machine.find(Task, leader)
    front = None if record is None or record.foreground is None else record.foreground.group
    group = None if front is None else machine.find(Group, front)
    return PtsRow(
        key,
        sb,
        whose_instance(machine, sb, whose) or f"#{sb}",
        place == _places(data)[0],
        sum(machine.get(Mount, key).space != 0 for key in mounted.mounts(machine, sb)),
        mounted.paths(machine, sb, space),
        place - 1,
        terminal,
        leader,
        "" if task is None else task.comm,
        0 if task is None else ids.number(machine, task, space),
        0 if group is None else ids.number(machine, group, space),
        file_owner(machine, terminal) or 0,
        opens=0 if pty is None else pty.slaves,
        master=pty is not None and pty.master,
    )
