"""Who a step touched: the ``+ - ~`` in the margin of the panes."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from immutables import Map

from nsh._modules import late
from nsh.machine.consoles import Console
from nsh.machine.ids import SpaceId, TaskId, TerminalId
from nsh.machine.ipc import IpcObject
from nsh.machine.mqueue import Mqueue
from nsh.machine.namespaces import Namespace
from nsh.machine.net import Link
from nsh.machine.pids import PidSpace
from nsh.machine.ptys import Pty
from nsh.machine.record import Record
from nsh.machine.tasks import Task
from nsh.machine.terminals import Terminal
from nsh.machine.value import Change, Machine
from nsh.machine.waiting import Waiter
from nsh.views.selection import IPC_KINDS, Sort, Thing

if TYPE_CHECKING:
    from nsh.machine import sockets
else:  # few machines have any
    late(globals(), "nsh.machine", "sockets")


class Mark(StrEnum):
    """What happened to a row since the step before."""

    ADDED = "+"
    REMOVED = "-"
    CHANGED = "~"


class Marks(Record):
    """The rows that one step touched."""

    tasks: Map[TaskId, Mark] = Map()
    spaces: Map[SpaceId, Mark] = Map()
    """Pid spaces that came, went, or gained or lost a task."""
    departed: Map[TaskId, Task] = Map()
    """The last records of the tasks that were reaped: shown once more, marked ``-``."""
    terminals: tuple[TerminalId, ...] = ()
    """Those that were given something to show, or came, or got or lost a session."""
    rows: Map[int, Mark] = Map()
    """Terminals, namespaces, ipc objects, links and sockets, by the keys of their records."""
    written: tuple[Change, ...] = ()
    """All that it is about."""
    steps: int = 1
    """How many steps were taken together."""


NO_MARKS = Marks()


def changes(written: Sequence[Change], steps: int = 1) -> Marks:
    """The marks for what a step wrote, or some *steps*.  O(rows written).

    A parent is not marked for having got or lost a child, nor a task for bookkeeping that no
    pane shows (its context, its children, its pending signals).
    """
    tasks: dict[TaskId, Mark] = {}
    spaces: dict[SpaceId, Mark] = {}
    departed: dict[TaskId, Task] = {}
    terminals: list[TerminalId] = []
    rows: dict[int, Mark] = {}
    for change in written:
        before, after = change.before, change.after
        key, old, new = _told(change)
        if old != new and new is not None and rows.get(key) is not Mark.ADDED:
            rows[key] = Mark.CHANGED if old is not None else Mark.ADDED
        if change.kind is Task:
            tid = TaskId(change.key)
            if not isinstance(before, Task):
                tasks[tid] = Mark.ADDED
            elif not isinstance(after, Task):
                tasks[tid] = Mark.REMOVED
                departed[tid] = before
            elif _shown(before) != _shown(after):
                tasks[tid] = Mark.CHANGED
        elif change.kind is PidSpace:
            space = SpaceId(change.key)
            if not isinstance(before, PidSpace):
                spaces[space] = Mark.ADDED
            elif not isinstance(after, PidSpace):
                spaces[space] = Mark.REMOVED
            elif before.task_of != after.task_of or before.adding != after.adding:
                spaces[space] = Mark.CHANGED
        elif change.kind is Waiter and (before is None or after is None):
            tasks.setdefault(TaskId(change.key), Mark.CHANGED)  # fell asleep, or woke up
        elif isinstance(after, Terminal) and _seen(before) != _seen(after):
            terminals.append(TerminalId(change.key))
    return Marks(
        *(Map(tasks), Map(spaces), Map(departed), tuple(terminals), Map(rows)),
        written=tuple(written),
        steps=steps,
    )


Said = tuple[object, ...] | None


def _told(change: Change) -> tuple[int, Said, Said]:
    """Whose row it is, and what a pane told of it before and tells after; None: it was not there,
    or no pane has it."""
    record = change.after or change.before
    key = record.terminal if isinstance(record, Pty) else change.key
    return key, _said(change.before), _said(change.after)


def _said(record: Record | None) -> Said:
    match record:
        case Terminal():
            return (record.session, record.foreground)
        case Pty():
            return (record.slaves, record.master)
        case sockets.Socket():
            return (record.state, record.local)
        case PidSpace():
            return (record.live, record.init, record.adding)
        case Namespace():
            return tuple(_fields(record))
        case IpcObject() | Mqueue() | Link():
            return (record,)
        case _:
            return None


def _fields(record: Namespace) -> Iterator[object]:
    """All but who uses it, which forks and exits change."""
    for field in record.__struct_fields__:
        if field != "users":
            yield getattr(record, field)


def touches(written: Iterable[Change], thing: Thing) -> bool:
    """Whether a step that wrote that has changed *thing*, of whatever sort."""
    return any(thing_of(change) == thing for change in written)


def thing_of(change: Change) -> Thing | None:
    """What a row that was written is about that can be selected."""
    record = change.after or change.before
    if isinstance(record, Pty):
        return Thing(Sort.TERMINAL, record.terminal)
    for sort, kinds in _RECORDS.items():
        if isinstance(record, kinds):
            return Thing(sort, change.key)
    return None


_RECORDS: Final[dict[Sort, tuple[type[Record], ...]]] = {
    Sort.TASK: (Task,),
    Sort.TERMINAL: (Terminal, Console),
    Sort.NAMESPACE: (Namespace,),
    Sort.IPC: tuple(IPC_KINDS),
}


def against(row: object, there: object | None, alone: Mark) -> Mark | None:
    """The mark of any *row*, of which the other side has *there* or nothing (None)."""
    if there is None:
        return alone
    return None if row == there else Mark.CHANGED


def between(
    before: Machine,
    after: Machine,
    kinds: Iterable[type[Record]],
    touched: Collection[tuple[type[Record], int]] | None = None,
) -> list[Change]:
    """What turns the tables *kinds* of one machine into another's, by table, then key.

    O(*touched*), the tables and keys of all that could differ; without that, O(rows of tables that
    are not the very same).
    """
    found = []
    for kind in kinds:
        old, new = before.rows(kind), after.rows(kind)
        if old is new:
            continue
        if touched is None:
            keys = [key for key, record in new.items() if old.get(key) is not record]
            keys += [key for key in old if key not in new]
        else:
            keys = [key for each, key in touched if each is kind]
        for key in sorted(keys):
            was, now = old.get(key), new.get(key)
            if was is not now and was != now:
                found.append(Change(kind, key, was, now))
    return found


def _seen(terminal: Record | None) -> tuple[object, ...]:
    if not isinstance(terminal, Terminal):
        return ()
    return (terminal.printed.written, terminal.session)


def _shown(task: Task) -> tuple[object, ...]:
    return (
        task.leader,
        task.space,
        task.pids,
        task.comm,
        task.creds,
        task.state,
        task.status,
        task.parent,
        task.group,
        task.session,
        task.tty,
        task.flags,
        task.image,
    )
