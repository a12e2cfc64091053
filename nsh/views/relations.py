"""What has to do with the selected thing: which rows of which pane light up, and why."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

from nsh._modules import late
from nsh.machine.consoles import Console
from nsh.machine.devpts import PtsSpace
from nsh.machine.files import File, Superblock
from nsh.machine.ids import NamespaceId, TaskId, TerminalId
from nsh.machine.mounts import Mount
from nsh.machine.namespaces import Nested
from nsh.machine.pids import PidSpace
from nsh.machine.ptys import OpenMaster, OpenTerminal, Pty
from nsh.machine.tasks import Task
from nsh.machine.terminals import Terminal
from nsh.machine.value import Machine
from nsh.views import mounted
from nsh.views.inside import descriptors, namespaces_of
from nsh.views.selection import Sort, Thing, every, ipc_namespace, ipc_object

if TYPE_CHECKING:
    from nsh.views import hands, namespaces
else:  # when something is selected
    late(globals(), "nsh.views", "hands", "namespaces")

NONE: Final = ""
"""The word for having nothing to do with each other."""


class Relations:
    """What other things have to do with one, each in a word or two; asked row by row.

    A word is found in O(1) and what the two have at hand (open files, attachments, sleepers), and
    kept: however many tasks there are, only those are looked at that somebody asks about.
    """

    def __init__(self, machine: Machine, thing: Thing) -> None:
        self.machine = machine
        self.thing = thing
        self._words: dict[Thing, str] = {}

    def word(self, other: Thing) -> str:
        """What *other* has to do with the thing; :data:`NONE` for nothing, and for itself."""
        found = self._words.get(other)
        if found is None:
            found = NONE if other == self.thing else self._find(other)
            self._words[other] = found
        return found

    def _find(self, other: Thing) -> str:
        """Both ways round: what a task has to do with a terminal is one question."""
        for one, another in ((self.thing, other), (other, self.thing)):
            tell = _TELL.get((one.sort, another.sort))
            if tell is not None:
                return tell(self.machine, one.key, another.key)
        return NONE

    def any_of(self, sort: Sort) -> bool:
        """Whether anything of that sort has to do with it, or is it.  O(things of the sort)."""
        return sort is self.thing.sort or self.any_among(sort, every(self.machine, sort))

    def any_among(self, sort: Sort, keys: Iterable[int]) -> bool:
        """Whether any of these of one sort has to do with it, or is it."""
        things = (Thing(sort, key) for key in keys)
        return any(each == self.thing or self.word(each) for each in things)


def _task_and_task(machine: Machine, one: int, other: int) -> str:
    whom, another = machine.find(Task, one), machine.find(Task, other)
    same = whom is not None and another is not None and whom.leader == another.leader
    return "same process" if same else NONE


def _task_and_terminal(machine: Machine, task: int, terminal: int) -> str:
    whom = machine.find(Task, task)
    leader = None if whom is None else machine.find(Task, whom.leader)
    has = _has_open(machine, task, terminal)
    if leader is not None and leader.tty == terminal:
        return "its terminal"
    return has


def _has_open(machine: Machine, task: int, terminal: int) -> str:
    found = NONE
    record = machine.find(Terminal, terminal)
    for descriptor in descriptors(machine, task).values():
        file = machine.find(File, descriptor.file)
        opened = None if file is None else file.opened
        if isinstance(opened, OpenMaster) and record is not None and opened.pty == record.pty:
            return "has the master"
        if isinstance(opened, OpenTerminal) and opened.terminal == terminal:
            found = "has it open"
    return found


def _task_and_namespace(machine: Machine, task: int, namespace: int) -> str:
    """In it, or in one below it."""
    whom = machine.find(Task, task)
    space = None if whom is None else machine.find(PidSpace, whom.space)
    if space is not None and namespace in space.path:
        return "in it" if namespace == space.path[-1] else "seen in it"
    here = namespaces_of(machine, task).values()
    if namespace in here:
        return "in it"
    if isinstance(namespaces.find(machine, namespace), Nested):
        for each in here:
            record = namespaces.find(machine, each)
            if isinstance(record, Nested) and namespace in record.path:
                return "below it"
    return NONE


def _task_and_ipc(machine: Machine, task: int, key: int) -> str:
    found = ipc_object(machine, key)
    return NONE if found is None else hands.hand(machine, key, found, TaskId(task))


def _terminal_and_namespace(machine: Machine, terminal: int, namespace: int) -> str:
    """A console is in a tty namespace; a pseudo terminal in the pts namespace that has its devpts,
    and where that is mounted."""
    console = machine.find(Console, terminal)
    if console is not None:
        return "in it" if console.namespace == namespace else NONE
    record = machine.find(Terminal, TerminalId(terminal))
    pty = None if record is None else machine.find(Pty, record.pty)
    superblock = None if pty is None else machine.find(Superblock, pty.sb)
    if pty is None or superblock is None:
        return NONE
    instance = machine.find(PtsSpace, namespace)
    if instance is not None and instance.superblock == pty.sb:
        return "in it"
    mounts = (machine.get(Mount, mount) for mount in mounted.mounts(machine, pty.sb))
    if any(mount.space == namespace for mount in mounts):
        return "mounted in it"
    return "owned by it" if superblock.owner == namespace else NONE


def _namespace_and_namespace(machine: Machine, one: int, other: int) -> str:
    """What the *other* is to the first."""
    here, there = namespaces.find(machine, one), namespaces.find(machine, other)
    if here is None or there is None:
        return NONE
    if namespaces.above(machine, NamespaceId(other), there) == one:
        return "below it"
    if namespaces.above(machine, NamespaceId(one), here) == other:
        return "above it"
    if there.owner == one:
        return "owned by it"
    return "owns it" if here.owner == other else NONE


def _ipc_and_namespace(machine: Machine, key: int, namespace: int) -> str:
    found = ipc_object(machine, key)
    here = found is not None and ipc_namespace(machine, found) == namespace
    return "in it" if here else NONE


_TELL: Final[dict[tuple[Sort, Sort], Callable[[Machine, int, int], str]]] = {
    (Sort.TASK, Sort.TASK): _task_and_task,
    (Sort.TASK, Sort.TERMINAL): _task_and_terminal,
    (Sort.TASK, Sort.NAMESPACE): _task_and_namespace,
    (Sort.TASK, Sort.IPC): _task_and_ipc,
    (Sort.TERMINAL, Sort.NAMESPACE): _terminal_and_namespace,
    (Sort.NAMESPACE, Sort.NAMESPACE): _namespace_and_namespace,
    (Sort.IPC, Sort.NAMESPACE): _ipc_and_namespace,
}
"""Of two sorts, what one has to do with the other."""
