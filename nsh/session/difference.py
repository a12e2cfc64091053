"""Two moments of one machine, told row by row: what came, what went, what became of the rest."""

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from typing import Any, Final, NamedTuple

from immutables import Map

from nsh.kernel import contexts
from nsh.kernel.fs.paths import link_text
from nsh.machine.context import Context
from nsh.machine.ids import TaskId
from nsh.machine.pids import PidSpace
from nsh.machine.program import Director, Puppet, Scope
from nsh.machine.record import Record, records
from nsh.machine.tasks import State, Task
from nsh.machine.value import Change, Machine, Transaction, begin
from nsh.session.naming import cid_pid

_SILENT: Final = frozenset(
    {"RunQueue", "Held", "Waiter", "Channel", "Context", "Labels", "Containers", "Proxy", "Inums"}
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
)
_OF_SCRIPTS: Final = frozenset({"status", "child"})
"""``$?`` and ``$!``."""
_WIDTH: Final = 48


class Told(NamedTuple):
    """One row that differs."""

    line: str
    change: Change


def difference(before: Machine, after: Machine) -> list[str]:
    """A line for each row that differs: ``+``, ``-`` or ``~`` in front."""
    return list(differences(before, after))


def differences(before: Machine, after: Machine) -> Iterator[str]:
    """The lines, each when it is asked for: tasks first, the rest by the names of their tables.
    What was printed, ``$?``, whose turn it is and how often something is used are no differences.
    """
    for kind in sorted(records(), key=lambda kind: (kind is not Task, kind.__name__)):
        yield from _rows(kind, before, after)
    if before.rows(Context) is not after.rows(Context):
        yield from _contexts(before, after)


def written(
    before: Machine, after: Machine, changes: Iterable[Change], actor: TaskId
) -> list[Told]:
    """What a step of *actor* that led from one to the other wrote, told likewise, tasks first.

    O(rows written).
    """
    some = sorted(changes, key=lambda change: change.kind is not Task)
    found: list[Told] = []
    for change in some:
        if change.kind.__name__ not in _SILENT and change.kind is not Puppet:
            line = _row(before, after, change.key, change.before, change.after)
            found += [Told(line, change)] if line else []
    if any(change.kind is Context for change in some):
        tasks = {actor, *(TaskId(change.key) for change in some if change.kind is Task)}
        found = [*_told_of(before, after, sorted(tasks)), *found]
    return found


def _told_of(before: Machine, after: Machine, tasks: Iterable[int]) -> Iterator[Told]:
    old, new = begin(before), begin(after)
    for key in tasks:
        line = _context(old, new, key)
        if line:
            yield Told(line, Change(Task, key, before.find(Task, key), after.find(Task, key)))


def _contexts(before: Machine, after: Machine) -> Iterator[str]:
    """What became of descriptors, directories and namespaces, task by task: tasks share them."""
    old, new = begin(before), begin(after)
    lines = (_context(old, new, key) for key, _task in after.items(Task))
    yield from filter(None, lines)


def _context(old: Transaction, new: Transaction, key: int) -> str:
    before, after = old.base, new.base
    earlier, task = before.find(Task, key), after.find(Task, key)
    if earlier is None or task is None or task.state is State.ZOMBIE:
        return ""
    one = before.find(Context, earlier.context)
    if one is None or one is after.find(Context, task.context):
        return ""
    tid = TaskId(key)
    told = list(_keys("descriptors", contexts.files(old, tid), contexts.files(new, tid)))
    told += _places(old, new, tid)
    was, now = contexts.proxy(old, tid), contexts.proxy(new, tid)
    if was is not None and now is not None:
        told += _keys("namespaces", was.kinds, now.kinds)
    return f"~ {_name(after, key, task)}: {', '.join(told)}" if told else ""


def _places(old: Transaction, new: Transaction, task: TaskId) -> Iterator[str]:
    one, other = contexts.fs(old, task), contexts.fs(new, task)
    for name, was, now in (("root", one.root, other.root), ("cwd", one.cwd, other.cwd)):
        if was != now:
            yield f"{name} {link_text(old, task, was)} → {link_text(new, task, now)}"
    if one.umask != other.umask:
        yield f"umask {one.umask:04o} → {other.umask:04o}"


def _rows(kind: type[Record], before: Machine, after: Machine) -> Iterator[str]:
    if kind.__name__ in _SILENT or kind is Puppet:
        return
    one, other = before.rows(kind), after.rows(kind)
    if one is other:
        return
    for key in sorted({*one, *other}):
        line = _row(before, after, key, one.get(key), other.get(key))
        if line:
            yield line


def _row(before: Machine, after: Machine, key: int, old: Record | None, new: Record | None) -> str:
    if old is None and new is not None:
        return f"+ {_name(after, key, new)}"
    if new is None and old is not None:
        return f"- {_name(before, key, old)}"
    if old is None or new is None or old is new:
        return ""
    told = ", ".join(_fields(old, new))
    return f"~ {_name(after, key, new)}: {told}" if told else ""


def _name(machine: Machine, key: int, row: Record) -> str:
    if isinstance(row, Task):
        puppet = machine.find(Puppet, key)
        label = puppet.label if puppet is not None else ""
        called = "" if label in ("", row.comm) else f" ({label})"
        return f"task {cid_pid(machine, TaskId(key))} {row.comm}{called}"
    if isinstance(row, PidSpace):
        return f"{row.kind.name.lower()} {row.name or row.number}"
    if isinstance(row, Director):
        return "script"
    name = getattr(row, "name", "")
    what = type(row).__name__.lower()
    return f"{what} {name}" if isinstance(name, str) and name else f"{what} {key}"


def _fields(old: Record, new: Record) -> Iterator[str]:
    for field in old.__struct_fields__:
        one, other = getattr(old, field), getattr(new, field)
        if (
            field in (_OF_SCRIPTS if isinstance(old, Scope) else _UNTOLD)
            or one is other
            or one == other
        ):
            continue
        if isinstance(one, Map) and isinstance(other, Map):
            yield from _keys(field, one, other)
        elif isinstance(one, Record) and type(one) is type(other):
            yield from _fields(one, other)
        else:
            yield f"{field} {_shown(one)} → {_shown(other)}"


def _keys(field: str, one: Mapping[Any, Any], other: Mapping[Any, Any]) -> Iterator[str]:
    for key in sorted({*one, *other}, key=_order):
        if key not in one:
            yield f"{field} +{key}"
        elif key not in other:
            yield f"{field} -{key}"
        elif one[key] != other[key]:
            yield f"{field} ~{key}"


def _order(key: object) -> tuple[int, str]:
    return (key, "") if isinstance(key, int) else (0, str(key))


def _shown(value: object) -> str:
    if isinstance(value, Enum):
        return value.name
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    text = text if text.isprintable() else repr(text)
    return text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…"
