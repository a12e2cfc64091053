"""Two moments of one machine, told row by row: what came, what went, what became of the rest."""

from collections import defaultdict, deque
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from immutables import Map

from nsh.kernel import contexts
from nsh.kernel.fs.paths import link_text
from nsh.machine.context import Context, Descriptor, Place
from nsh.machine.files import File
from nsh.machine.ids import TaskId
from nsh.machine.namespaces import Namespace
from nsh.machine.pids import PidSpace
from nsh.machine.program import Puppet, Scope
from nsh.machine.record import Record, records
from nsh.machine.tasks import State, Task
from nsh.machine.terminals import Terminal
from nsh.machine.tmpfs import Inode
from nsh.machine.value import Change, Machine, Transaction, begin
from nsh.session.record_words import identified, keys_of, name, value, values_of
from nsh.views.census import Census
from nsh.views.namespaces import find as find_namespace
from nsh.views.pairs import Pairs
from nsh.views.selection import Sort, Thing, called
from nsh.views.whose import Whose

_SILENT: Final = frozenset(
    {"RunQueue", "Held", "Waiter", "Channel", "Context", "Labels", "Containers", "Proxy", "Inums"}
    | {"Ucounts", "LockIndex", "LockWait", "PeerGroupIds", "InternalMounts", "Asynchronous"}
    | {"Progress", "HalfDone", "Sleeper", "Made"}
)
"""Tables that say nothing to a person."""
_UNTOLD: Final = frozenset(
    {
        "context",
        "space",
        "users",
        "settled",
        "busy",
        "printed",
        "written",
        "children",
        "output",
        "first",
        "last",
        "kept",
    }
    | {"column", "program", "queue", "loan"}
    | {"chunks", "covered", "leaves", "opened", "over", "pins", "shown", "undoers", "writers"}
)
_OF_SCRIPTS: Final = frozenset({"status", "child"})
"""``$?`` and ``$!``."""
_CALLED: Final = {"task_of": "pids", "by_name": "names"}
"""Fields that a person would call otherwise."""
_NUMBERED: Final = ("inum", "ino")
"""Fields that number what came, across all that did."""
PAIRED: Final = (Task, PidSpace, Terminal)
"""Tables whose rows are paired by more than what they are called."""


class Told(NamedTuple):
    """One row that differs."""

    line: str
    change: Change


def difference(before: Machine, after: Machine) -> list[str]:
    """A line for each row that differs: ``+``, ``-`` or ``~`` in front."""
    return list(differences(Pairs(before, after)))


def differences(pairs: Pairs) -> Iterator[str]:
    """The lines, each when it is asked for: tasks first, the rest by the names of their tables.
    What was printed, ``$?``, whose turn it is and how often something is used are no differences.
    """
    for kind in sorted(records(), key=lambda kind: (kind is not Task, kind.__name__)):
        yield from _rows(kind, pairs)
    if pairs.left.rows(Context) is not pairs.right.rows(Context):
        yield from _contexts(pairs)


def written(
    before: Machine, after: Machine, changes: Iterable[Change], actor: TaskId
) -> list[Told]:
    """What a step of *actor* that led from one to the other wrote, told likewise, tasks first.

    O(rows written).
    """
    pairs = Pairs(before, after)
    some = sorted(changes, key=lambda change: change.kind is not Task)
    found: list[Told] = []
    for change in some:
        if change.kind.__name__ not in _SILENT and change.kind is not Puppet:
            line = _row(pairs, change.key, change.before, change.key, change.after)
            found += [Told(line, change)] if line else []
    if any(change.kind is Context for change in some):
        tasks = {actor, *(TaskId(change.key) for change in some if change.kind is Task)}
        found = [*_told_of(pairs, sorted(tasks)), *found]
    return found


def _told_of(pairs: Pairs, tasks: Iterable[int]) -> Iterator[Told]:
    before, after = pairs.left, pairs.right
    old, new = begin(before), begin(after)
    for key in tasks:
        line = _context(old, new, key, key)
        if line:
            yield Told(line, Change(Task, key, before.find(Task, key), after.find(Task, key)))


def _contexts(pairs: Pairs) -> Iterator[str]:
    """What became of descriptors, directories and namespaces, task by task: tasks share them."""
    old, new = begin(pairs.left), begin(pairs.right)
    whose = (Whose(), Whose()) if pairs.parted is not None else None
    tasks = ((pairs.key(key, pairs.right), key) for key, _task in pairs.right.items(Task))
    yield from filter(None, (_context(old, new, was, key, whose) for was, key in tasks))


def _context(
    old: Transaction, new: Transaction, was: int, key: int, whose: tuple[Whose, Whose] | None = None
) -> str:
    """*was*: the task's key before; *whose*: other keys do not mean the same in both, so that these
    tell whose a namespace is."""
    before, after = old.base, new.base
    earlier, task = before.find(Task, was), after.find(Task, key)
    if earlier is None or task is None or task.state is State.ZOMBIE or not task.context:
        return ""
    context = before.find(Context, earlier.context)
    if context is None or context is after.find(Context, task.context):
        return ""
    tids = TaskId(was), TaskId(key)
    files = contexts.files(old, tids[0]), contexts.files(new, tids[1])
    same = {fd for fd, file in files[0].items() if whose is None and files[1].get(fd) == file}
    one, other = _opened(old, files[0], same), _opened(new, files[1], same)
    told = [*_keys("descriptors", one, other), *_places(old, new, tids)]
    names = whose or (None, None)
    mine, its = _namespaces(old, tids[0], names[0]), _namespaces(new, tids[1], names[1])
    told += _keys("namespaces", mine, its)
    return f"~ {name(after, key, task)}: {', '.join(told)}" if told else ""


def _opened(
    tx: Transaction, files: Mapping[int, Descriptor], same: Collection[int]
) -> Mapping[int, Hashable]:
    """What each descriptor leads to, those that are the *same* left out."""
    found: dict[int, Hashable] = {}
    for fd, descriptor in files.items():
        if fd in same:
            continue
        file = tx.base.find(File, descriptor.file)
        at = "" if file is None else name(tx.base, descriptor.file, file)
        found[fd] = at, descriptor.cloexec
    return found


def _namespaces(tx: Transaction, task: TaskId, whose: Whose | None) -> Mapping[str, str]:
    proxy = contexts.proxy(tx, task)
    if proxy is None:
        return {}
    if whose is not None:
        return {kind: whose.name(tx.base, kind, key) for kind, key in proxy.kinds.items()}
    found = {kind: find_namespace(tx.base, key) for kind, key in proxy.kinds.items()}
    return {kind: name(tx.base, 0, row) for kind, row in found.items() if row is not None}


def _places(old: Transaction, new: Transaction, tasks: tuple[TaskId, TaskId]) -> Iterator[str]:
    one, other = contexts.fs(old, tasks[0]), contexts.fs(new, tasks[1])
    for what, was, now in (("root", one.root, other.root), ("cwd", one.cwd, other.cwd)):
        paths = link_text(old, tasks[0], was), link_text(new, tasks[1], now)
        if was != now and paths[0] != paths[1]:
            yield f"{what} {paths[0]} → {paths[1]}"
    if one.umask != other.umask:
        yield f"umask {one.umask:04o} → {other.umask:04o}"


def _rows(kind: type[Record], pairs: Pairs) -> Iterator[str]:
    if kind.__name__ in _SILENT or kind is Puppet:
        return
    one, other = pairs.left.rows(kind), pairs.right.rows(kind)
    if one is other:
        return
    for was, now in _together(kind, pairs):
        line = _row(pairs, was, one.get(was), now, other.get(now))
        if line:
            yield line


def _together(kind: type[Record], pairs: Pairs) -> Iterator[tuple[int, int]]:
    """The keys of each row in the one machine and the other.  What came after they parted is found
    by what people call it, in order."""
    one, other = pairs.left.rows(kind), pairs.right.rows(kind)
    last = pairs.parted
    if last is None:
        yield from ((key, key) for key in sorted({*one, *other}))
        return
    yield from ((key, key) for key in sorted({*one, *other}) if key <= last)
    later = defaultdict[str, deque[int]](deque)
    mine = {key: pairs.key(key, pairs.left) for key in sorted(one) if key > last}
    taken = set(mine.values())
    names = _names(kind, pairs.left), _names(kind, pairs.right)
    for key in sorted(key for key in other if key > last and key not in taken):
        later[names[1](key, other[key])].append(key)
    for key, twin in mine.items():
        same = () if twin or kind in PAIRED else later.get(names[0](key, one[key]))
        yield key, same.popleft() if same else twin
    yield from ((0, key) for keys in later.values() for key in keys)


def _names(kind: type[Record], machine: Machine) -> Callable[[int, Record], str]:
    """What rows of *kind* are called, namespaces by whose they are."""
    if not issubclass(kind, Namespace):
        return lambda key, row: name(machine, key, row)
    whose, census = Whose(), Census()
    return lambda key, _row: called(machine, Thing(Sort.NAMESPACE, key), whose, census)


def _row(pairs: Pairs, was: int, old: Record | None, now: int, new: Record | None) -> str:
    before, after = pairs.left, pairs.right
    if old is None or new is None:
        row = old or new
        if row is None or isinstance(row, Inode):  # its name tells of it
            return ""
        return f"+ {name(after, now, row)}" if old is None else f"- {name(before, was, row)}"
    if old is new and pairs.parted is None:
        return ""
    told = ", ".join(_fields(pairs, old, new))
    return f"~ {name(after, now, new)}: {told}" if told else ""


def _fields(pairs: Pairs, old: Record, new: Record) -> Iterator[str]:
    for field in old.__struct_fields__:
        one, other = getattr(old, field), getattr(new, field)
        if (
            field in (_OF_SCRIPTS if isinstance(old, Scope) else _UNTOLD)
            or (pairs.parted is None and (one is other or one == other))
            or (pairs.parted is not None and field in _NUMBERED)
            or (pairs.parted is not None and _alike(one, other, pairs.parted))
        ):
            continue
        if isinstance(one, Map) and isinstance(other, Map):
            tell = keys_of(old, field)
            if tell is None:
                yield from _keys(_CALLED.get(field, field), one, other, pairs.parted)
            else:
                leads = values_of(old, field) or _nowhere
                told = {tell(pairs.left, key): leads(pairs.left, to) for key, to in one.items()}
                there = {
                    tell(pairs.right, key): leads(pairs.right, to) for key, to in other.items()
                }
                yield from _keys(_CALLED.get(field, field), told, there)
        elif isinstance(one, Record) and type(one) is type(other) and not isinstance(one, Place):
            yield from _fields(pairs, one, other)
        else:
            was, now = value(pairs.left, old, field), value(pairs.right, new, field)
            known = identified(old, field) or one == other or isinstance(one, Place)
            if was != now or not known:
                yield f"{field} {was} → {now}"


def _nowhere(machine: Machine, found: int) -> str:
    """What a map leads to where people are told of its keys alone."""
    del machine, found
    return ""


def _alike(one: object, other: object, parted: int) -> bool:
    """Whether two values, each from its own machine, are the same to a person, or keys of what came
    later, which say nothing."""
    if isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
        return all(_alike(*each, parted) for each in zip(one, other, strict=True))
    if type(one) is int and type(other) is int and min(one, other) > parted:
        return True
    return one == other and not isinstance(one, Record)


def _keys(
    field: str, one: Mapping[Any, Any], other: Mapping[Any, Any], parted: int | None = None
) -> Iterator[str]:
    for key in sorted({*one, *other}, key=_order):
        if key not in one:
            yield f"{field} +{key}"
        elif key not in other:
            yield f"{field} -{key}"
        elif one[key] != other[key] and not (parted and _alike(one[key], other[key], parted)):
            yield f"{field} ~{key}"


def _order(key: object) -> tuple[int, str]:
    return (key, "") if isinstance(key, int) else (0, str(key))
