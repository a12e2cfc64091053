"""The tasks that somebody wants to see, in the order in which they want to see them."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any, Final

from nsh.machine.ids import SpaceId, TaskId
from nsh.machine.tasks import Task
from nsh.machine.value import Machine
from nsh.views import ids, states, terminals
from nsh.views.changes import NO_MARKS, Marks


class Order(StrEnum):
    """What tasks are sorted by."""

    TREE = "family"
    PID = "pid"
    NAME = "name"
    NEWEST = "age"
    STATE = "state"
    USER = "user"
    SPACE = "pid space"


class Roster:
    """Who is wanted: those of whom all words of *wanted* tell something, whatever their case: name,
    command line, ``cid:pid``, label, terminal.

    It remembers what it found for a machine and a space, for all panes that ask.
    """

    def __init__(self, wanted: str = "", order: Order = Order.TREE) -> None:
        self.wanted = wanted.strip()
        self.order = order
        self._words = tuple(wanted.casefold().split())
        self._machine: Machine | None = None
        self._marks: Marks = NO_MARKS
        self._found: dict[SpaceId, dict[TaskId, int]] = {}

    @property
    def plain(self) -> bool:
        """Whether everybody is wanted, parents before children."""
        return not self._words and self.order is Order.TREE

    @property
    def told(self) -> str:
        """In words: ``with ssh, by name``."""
        said = [f"with {self.wanted}"] if self.wanted else []
        if self.order is not Order.TREE:
            said.append(f"by {self.order}")
        return ", ".join(said)

    def tasks(self, machine: Machine, space: SpaceId, marks: Marks = NO_MARKS) -> Sequence[TaskId]:
        """The tasks that *space* sees and that are wanted, in order; those that *marks* says have
        departed are among them.  O(tasks log tasks), once for a machine."""
        return tuple(self._places(machine, space, marks))

    def count(self, machine: Machine, space: SpaceId, marks: Marks = NO_MARKS) -> int:
        """How many of them are there, those that have departed not counted."""
        places = self._places(machine, space, marks)
        return len(places) - sum(task in places for task in marks.departed)

    def has(self, machine: Machine, space: SpaceId, task: TaskId, marks: Marks) -> bool:
        """Whether *task* is one of them."""
        return task in self._places(machine, space, marks)

    def window(
        self, machine: Machine, space: SpaceId, marks: Marks, at: TaskId, skip: int, count: int
    ) -> Sequence[TaskId]:
        """*count* of them, from *skip* after *at* on (the first, if it is none of them; -1: the
        last); it ends with the last rather than being short."""
        places = self._places(machine, space, marks)
        last = len(places) - 1
        start = (last if at < 0 else places.get(at, 0)) + skip
        start = max(0, min(start, len(places) - count))
        return tuple(places)[start : start + count]

    def _places(self, machine: Machine, space: SpaceId, marks: Marks) -> dict[TaskId, int]:
        if machine is not self._machine or marks is not self._marks:
            self._machine, self._marks, self._found = machine, marks, {}
        found = self._found.get(space)
        if found is None:
            everybody = [(TaskId(key), task) for key, task in machine.rows(Task).items()]
            everybody += marks.departed.items()
            seen = [
                (_KEYS[self.order](machine, tid, task), ids.number(machine, task, space), tid)
                for tid, task in everybody
                if ids.number(machine, task, space) and self._tells(machine, tid, task)
            ]
            found = {tid: place for place, (_key, _nr, tid) in enumerate(sorted(seen))}
            self._found[space] = found
        return found

    def _tells(self, machine: Machine, tid: TaskId, task: Task) -> bool:
        if not self._words:
            return True
        own = f"{ids.cid(machine, task.space)}:{task.pids[-1]}"
        leader = machine.find(Task, task.leader) or task
        told = [task.comm, *task.image.argv, own, ids.label(machine, tid)]
        text = " ".join([*told, terminals.name(machine, leader.tty)]).casefold()
        return all(word in text for word in self._words)


_KEYS: Final[dict[Order, Callable[[Machine, TaskId, Task], Any]]] = {
    Order.TREE: lambda _machine, _tid, _task: 0,
    Order.PID: lambda _machine, _tid, _task: 0,
    Order.NAME: lambda _machine, _tid, task: task.comm.casefold(),
    Order.NEWEST: lambda _machine, tid, task: (-task.start, -tid),
    Order.STATE: lambda machine, tid, task: _rank(states.letter(machine, tid, task)),
    Order.USER: lambda _machine, _tid, task: task.creds.euid,
    Order.SPACE: lambda _machine, _tid, task: task.space,
}
_STATES: Final = "RDTtFZX"
"""Letters that say more than that somebody sleeps."""


def _rank(letter: str) -> int:
    """Sleepers are the last."""
    return _STATES.index(letter) if letter in _STATES else len(_STATES)
