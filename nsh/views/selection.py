"""What can be selected: one thing of the machine, whatever pane it was selected in."""

from collections.abc import Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from nsh._modules import late
from nsh.machine.consoles import Console
from nsh.machine.files import Superblock
from nsh.machine.ids import NOBODY, NamespaceId, SpaceId, TaskId, TerminalId
from nsh.machine.ipc import IpcObject
from nsh.machine.mqueue import Mqueue, MqueueFs
from nsh.machine.msg import MsgQueue
from nsh.machine.namespaces import Namespace
from nsh.machine.pids import PidSpace
from nsh.machine.ptys import Pty
from nsh.machine.record import Record, records
from nsh.machine.sem import SemSet
from nsh.machine.shm import ShmSegment
from nsh.machine.tasks import Task
from nsh.machine.terminals import Terminal
from nsh.machine.value import Machine
from nsh.views import ids
from nsh.views.census import Census
from nsh.views.consoles import called as terminal_called
from nsh.views.whose import Whose

if TYPE_CHECKING:
    from nsh.views import namespaces
else:  # when one is selected
    late(globals(), "nsh.views", "namespaces")

IPC_KINDS: Final[dict[type[IpcObject | Mqueue], str]] = {
    ShmSegment: "shm",
    SemSet: "sem",
    MsgQueue: "msg",
    Mqueue: "mqueue",
}
"""The tables of ipc objects, and how ipcs(1) and the panes call these."""


class Sort(StrEnum):
    """What sort of thing."""

    TASK = "task"
    TERMINAL = "terminal"
    """A pseudo terminal, by its slave; a console, a serial line."""
    NAMESPACE = "namespace"
    IPC = "ipc object"


class Thing(Record):
    """One thing."""

    sort: Sort
    key: int
    """In the table of its records, which no other thing ever has."""


NOTHING: Final = Thing(Sort.TASK, NOBODY)
"""The selection where nobody has anything to select."""


def a_task(task: int) -> Thing:
    """A task as a thing."""
    return Thing(Sort.TASK, task)


def every(machine: Machine, sort: Sort) -> Iterator[int]:
    """The keys of all things of a sort."""
    match sort:
        case Sort.TASK:
            yield from machine.rows(Task)
        case Sort.TERMINAL:
            yield from machine.rows(Terminal)
        case Sort.NAMESPACE:
            for kind in records():
                if issubclass(kind, Namespace):
                    yield from machine.rows(kind)
        case Sort.IPC:
            for table in IPC_KINDS:
                yield from machine.rows(table)


def ipc_object(machine: Machine, key: int) -> IpcObject | Mqueue | None:
    """The record of an ipc object of whatever kind."""
    for table in IPC_KINDS:
        found = machine.find(table, key)
        if found is not None:
            return found
    return None


def exists(machine: Machine, thing: Thing) -> bool:
    """Whether it is there."""
    match thing.sort:
        case Sort.TASK:
            return machine.find(Task, thing.key) is not None
        case Sort.TERMINAL:
            return machine.find(Terminal, thing.key) is not None
        case Sort.NAMESPACE:
            return namespaces.find(machine, thing.key) is not None
        case Sort.IPC:
            return ipc_object(machine, thing.key) is not None


def same(one: Machine, other: Machine, thing: Thing) -> bool:
    """Whether nothing has been written of it between two moments.  O(1)."""

    def records(machine: Machine) -> tuple[Record | None, ...]:
        match thing.sort:
            case Sort.TASK:
                return (machine.find(Task, thing.key),)
            case Sort.TERMINAL:
                terminal = machine.find(Terminal, thing.key)
                pty = None if terminal is None else machine.find(Pty, terminal.pty)
                return (terminal, pty, machine.find(Console, thing.key))
            case Sort.NAMESPACE:
                return (namespaces.find(machine, thing.key),)
            case Sort.IPC:
                return (ipc_object(machine, thing.key),)

    pairs = zip(records(one), records(other), strict=True)
    return all(left is right for left, right in pairs)


def called(machine: Machine, thing: Thing, whose: Whose, census: Census) -> str:
    """What people call it: ``web:2 httpd``, ``web:pts/0``, ``uts of web``, ``web: shm 3``; ``?``
    once it is gone."""
    if not exists(machine, thing):
        return "?"
    match thing.sort:
        case Sort.TASK:
            task = TaskId(thing.key)
            return f"{ids.reference(machine, task)} {machine.get(Task, task).comm}"
        case Sort.TERMINAL:
            return terminal_called(machine, TerminalId(thing.key), whose)
        case Sort.NAMESPACE:
            kind, record = census.kinds(machine)[NamespaceId(thing.key)]
            name = whose.name(machine, kind, thing.key)
            return f"{kind} of {name}" if name else f"{kind}:[{record.inum}]"
        case Sort.IPC:
            found = ipc_object(machine, thing.key)
            assert found is not None
            name = whose.name(machine, "ipc", ipc_namespace(machine, found)) or "?"
            number = f"/{found.name}" if isinstance(found, Mqueue) else str(found.id)
            return f"{name}: {IPC_KINDS[type(found)]} {number}"


def home(machine: Machine, thing: Thing, whose: Whose) -> SpaceId | None:
    """The pid space where it is at home: a task's own, that of the leader of a terminal's session,
    the container that a namespace or an ipc object is of; None where it has none."""
    match thing.sort:
        case Sort.TASK:
            task = machine.find(Task, thing.key)
        case Sort.TERMINAL:
            terminal = machine.find(Terminal, thing.key)
            task = None if terminal is None else machine.find(Task, terminal.session)
        case Sort.NAMESPACE:
            if machine.find(PidSpace, thing.key) is not None:
                return SpaceId(thing.key)
            return whose.of(machine, thing.key)
        case Sort.IPC:
            record = ipc_object(machine, thing.key)
            if record is None:
                return None
            return whose.space(machine, "ipc", ipc_namespace(machine, record))
    return None if task is None else task.space


def ipc_namespace(machine: Machine, found: IpcObject | Mqueue) -> NamespaceId:
    """The ipc namespace that an object is in; 0: it has ended, and something keeps the queue."""
    if isinstance(found, IpcObject):
        return found.namespace
    record = machine.find(Superblock, found.superblock)
    data = None if record is None else record.data
    return data.namespace if isinstance(data, MqueueFs) else NamespaceId(0)
