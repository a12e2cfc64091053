"""Who is who in two machines that were one once: moments, branches, runs of the same lines.

What was there when they parted is itself, for it has one key in both.  What came later has keys
that say nothing; it is paired as a person would who sees both: a child with a child of the same
parent that is called the same, with the one that has its pid if there is one, else in the order in
which they were born; a pid space by its first task, a terminal by its name.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple, TypeVar

from nsh.machine.ids import NOBODY, SpaceId, TaskId, TerminalId
from nsh.machine.pids import PidSpace
from nsh.machine.record import Record
from nsh.machine.tasks import Task
from nsh.machine.terminals import Terminal
from nsh.machine.value import Machine
from nsh.views import consoles, ids
from nsh.views.census import Census
from nsh.views.selection import NOTHING, Sort, Thing, called, every, exists
from nsh.views.whose import Whose

NOWHERE: Final = SpaceId(-1)
"""A pid space that no machine has."""
_NONE: Final = 0
"""A key of nothing."""

R = TypeVar("R", bound=Record)

Told = Callable[[int], Hashable]
"""By what a row is known; None: by nothing."""


class Pairs(NamedTuple):
    """The pairs of two machines; :func:`paired` finds them."""

    left: Machine
    right: Machine
    parted: int | None = None
    """The last key that means the same in both; None: all do, of two moments of one history."""
    there: Mapping[int, int] = {}
    """Of tasks, pid spaces and terminals that came later, the right's by the left's,"""
    back: Mapping[int, int] = {}
    """and the other way round."""

    def key(self, key: int, here: Machine) -> int:
        """The key in the other machine of what has *key* in this one; 0: nothing there is it."""
        if self.parted is None or key <= self.parted:
            return key
        return (self.there if here is self.left else self.back).get(key, _NONE)

    def other(self, here: Machine) -> Machine:
        """The one that is not *here*."""
        return self.right if here is self.left else self.left

    def task(self, task: TaskId, here: Machine) -> TaskId:
        """The task of the other machine that is *task* of this one; NOBODY: none there is."""
        found = TaskId(self.key(task, here))
        return found if self.other(here).find(Task, found) is not None else NOBODY

    def thing(self, thing: Thing, here: Machine) -> Thing:
        """Likewise anything that can be selected, namespaces and ipc objects by what they are
        called; NOTHING: it is not there."""
        there = self.other(here)
        if thing.sort in (Sort.NAMESPACE, Sort.IPC) and self._later(thing.key):
            found = Thing(thing.sort, self.key(thing.key, here) or self._named(thing, here, there))
        else:
            found = Thing(thing.sort, self.key(thing.key, here))
        return found if exists(there, found) else NOTHING

    def _later(self, key: int) -> bool:
        return self.parted is not None and key > self.parted

    def _named(self, thing: Thing, here: Machine, there: Machine) -> int:
        if not exists(here, thing):
            return _NONE
        name, whose, census = called(here, thing, Whose(), Census()), Whose(), Census()
        others = sorted(key for key in every(there, thing.sort) if self._later(key))
        return next(
            (key for key in others if called(there, Thing(thing.sort, key), whose, census) == name),
            _NONE,
        )

    def name(self, machine: Machine, key: int) -> int:
        """What a pid space or a terminal is called on both sides: its key on the left, or where it
        has none there, one that is nobody's."""
        if machine is self.left or not self._later(key):
            return key
        return self.back.get(key, -key)

    def known(self, machine: Machine, name: int) -> int:
        """The key in *machine* of what has that name; 0: it has none there."""
        if name < 0:
            return -name if machine is self.right else _NONE
        return name if machine is self.left else self.key(name, self.left)

    def space(self, machine: Machine, name: int) -> SpaceId:
        """The pid space of *machine* with that name; NOWHERE: it has none."""
        found = SpaceId(self.known(machine, name))
        return found if machine.find(PidSpace, found) is not None else NOWHERE


def paired(left: Machine, right: Machine, parted: int | None) -> Pairs:
    """The pairs of two machines of which all keys up to *parted* mean the same; None: all do.

    O(what came later).
    """
    if parted is None:
        return Pairs(left, right)
    there = _tasks(left, right, parted)
    there |= _rest(left, right, parted, PidSpace, _of_spaces(left, right, there))
    there |= _rest(left, right, parted, Terminal, _of_terminals(left, right))
    return Pairs(left, right, parted, there, {right: left for left, right in there.items()})


# ---- tasks

Family = tuple[int, bool]
"""Children of a parent, or threads of a leader."""


def _tasks(left: Machine, right: Machine, parted: int) -> dict[int, int]:
    mine, theirs = _families(left, parted), _families(right, parted)
    ways = [*zip(_ways(left), _ways(right), strict=True)]
    found: dict[int, int] = {}
    taken: set[int] = set()

    def descend(families: Iterable[tuple[Family, Family]]) -> None:
        due = deque(families)
        while due:
            ours, others = due.popleft()
            pairs = _matched(mine.get(ours, ()), theirs.get(others, ()), ways, found, taken)
            due.extend(_below(pairs))

    descend((family, family) for family in sorted(mine) if family[0] <= parted)
    # whose parent died on one side only
    one, other = (sorted(key for each in of.values() for key in each) for of in (mine, theirs))
    orphans = [(_orphan(left), _by_all(right)), (_by_all(left), _orphan(right))]
    descend(_below(_matched(one, other, orphans, found, taken)))
    return found


def _below(pairs: Iterable[tuple[int, int]]) -> Iterator[tuple[Family, Family]]:
    """The children of these, and their threads."""
    for one, other in pairs:
        yield from (((one, thread), (other, thread)) for thread in (False, True))


def _families(machine: Machine, parted: int) -> dict[Family, list[int]]:
    """Those that came later, by whose children they are, in the order of their births."""
    found: dict[Family, list[int]] = defaultdict(list)
    for key, task in _later(machine, Task, parted):
        thread = task.leader != key
        found[task.leader if thread else task.parent, thread].append(key)
    return found


def _ways(machine: Machine) -> tuple[Told, ...]:
    """What children of one parent are known by, the surest first."""

    def numbered(key: int) -> Hashable:
        """Its pid where it lives, for one that is still called as its parent: it has not begun yet
        to be what it is going to be."""
        task = machine.get(Task, key)
        parent = machine.find(Task, task.parent)
        fresh = parent is not None and parent.comm == task.comm
        return task.pids[-1] if fresh and not ids.label(machine, TaskId(key)) else None

    def name(key: int) -> str:
        return ids.label(machine, TaskId(key)) or machine.get(Task, key).comm

    def own(key: int) -> Hashable:
        return name(key), machine.get(Task, key).pids[-1]

    def outer(key: int) -> Hashable:
        return name(key), machine.get(Task, key).pids[0]

    return _by_all(machine), own, outer, name, numbered


def _by_all(machine: Machine) -> Told:
    def told(key: int) -> Hashable:
        task = machine.get(Task, key)
        return ids.label(machine, TaskId(key)) or task.comm, task.pids

    return told


def _orphan(machine: Machine) -> Told:
    """Likewise those alone that an init has, as it has who lost a parent."""
    tell = _by_all(machine)

    def told(key: int) -> Hashable:
        parent = machine.find(Task, machine.get(Task, key).parent)
        return tell(key) if parent is not None and parent.pids[-1] == 1 else None

    return told


# ---- the rest


def _of_spaces(left: Machine, right: Machine, there: Mapping[int, int]) -> list[tuple[Told, Told]]:
    def by_init(key: int) -> Hashable:
        init = left.get(PidSpace, key).init
        return there.get(init, init)

    names = (lambda key: ids.cid(left, SpaceId(key)), lambda key: ids.cid(right, SpaceId(key)))
    return [(by_init, lambda key: right.get(PidSpace, key).init), names]


def _of_terminals(left: Machine, right: Machine) -> list[tuple[Told, Told]]:
    def names(machine: Machine) -> Told:
        whose = Whose()
        return lambda key: consoles.called(machine, TerminalId(key), whose)

    return [(names(left), names(right))]


def _rest(
    left: Machine,
    right: Machine,
    parted: int,
    kind: type[Record],
    ways: Sequence[tuple[Told, Told]],
) -> dict[int, int]:
    mine, theirs = ([key for key, _ in _later(each, kind, parted)] for each in (left, right))
    return dict(_matched(mine, theirs, ways, {}, set()))


def _later(machine: Machine, kind: type[R], parted: int) -> Iterator[tuple[int, R]]:
    """The rows that came later, the oldest first."""
    rows = machine.rows(kind)
    for key in sorted(key for key in rows if key > parted):
        yield key, rows[key]


def _matched(
    mine: Collection[int],
    theirs: Collection[int],
    ways: Sequence[tuple[Told, Told]],
    found: dict[int, int],
    taken: set[int],
) -> list[tuple[int, int]]:
    """Pairs of what is not among those that were *found* yet, which they then are: who is known by
    the same, in order, by the surest way in which both are known."""
    pairs = []
    left = [key for key in mine if key not in found]
    right = [key for key in theirs if key not in taken]
    for tell, tell_there in ways:
        if not left or not right:
            break
        waiting: dict[Hashable, deque[int]] = defaultdict(deque)
        for key in right:
            waiting[tell_there(key)].append(key)
        rest = []
        for key in left:
            told = tell(key)
            same = waiting.get(told) if told is not None else None
            if same:
                pairs.append((key, same.popleft()))
            else:
                rest.append(key)
        left, right = rest, sorted(key for each in waiting.values() for key in each)
    found.update(pairs)
    taken.update(other for _, other in pairs)
    return pairs
