"""What the selected thing looks like through the eyes of each container, and where it does not."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from nsh._modules import late
from nsh.machine.consoles import KIND, Console
from nsh.machine.devpts import PtsSpace
from nsh.machine.ids import SpaceId, TaskId
from nsh.machine.ipc import Who
from nsh.machine.mqueue import Mqueue
from nsh.machine.msg import MsgQueue
from nsh.machine.observed import DevptsSighting, Sighting
from nsh.machine.pids import PidSpace
from nsh.machine.ptys import Pty
from nsh.machine.record import Record
from nsh.machine.sem import SemSet
from nsh.machine.shm import ShmSegment
from nsh.machine.tasks import Group, Session, Task
from nsh.machine.terminals import Terminal
from nsh.machine.value import Machine
from nsh.views import ids, mounted
from nsh.views.census import Census
from nsh.views.inside import namespaces_of
from nsh.views.selection import Sort, Thing, exists, ipc_namespace, ipc_object
from nsh.views.translation import translation

if TYPE_CHECKING:
    from nsh.views import seen_devpts
else:  # the real machine's alone
    late(globals(), "nsh.views", "seen_devpts")

PTS: Final = "pts"
"""The kind of namespace that has an instance of devpts of its own (CLONE_NEWPTS)."""


class SightRow(Record):
    """One thing about it, in each space: a number, a path; 0 for somebody who is outside, None
    where the thing itself is not visible."""

    what: str
    seen: tuple[int | str | None, ...]


def sight(
    machine: Machine, thing: Thing, spaces: Sequence[SpaceId], census: Census
) -> tuple[SightRow, ...]:
    """A row for each thing that *spaces* could say of it, each in its own terms; () if it is gone.

    A space sees as its first task does: the mounts, consoles and ipc objects that one has.
    """
    if thing.sort is Sort.TASK:
        told = translation(machine, TaskId(thing.key), spaces)
        return () if told is None else tuple(SightRow(row.what, row.numbers) for row in told.rows)
    if not exists(machine, thing):
        return ()
    seen = [visible(machine, thing, space) for space in spaces]
    rows = []
    for what, values in _about(machine, thing, spaces, census):
        shown = zip(values, seen, strict=True)
        rows.append(SightRow(what, tuple(value if here else None for value, here in shown)))
    return tuple(rows)


def visible(machine: Machine, thing: Thing, space: SpaceId) -> bool:
    """Whether the first task of a pid space could come upon it: a pseudo terminal on a mount of
    its own, a console or an ipc object of its namespaces, a pid space that it sees into or is seen
    from, or any other namespace that it is in.  Where its namespaces are hidden from the observer:
    that it could."""
    record = machine.find(PidSpace, space)
    if record is None:
        return False
    own = namespaces_of(machine, record.init)
    if thing.sort is not Sort.TASK and _hides(machine, record.init):
        return True  # nobody knows better
    match thing.sort:
        case Sort.TASK:
            whom = machine.find(Task, thing.key)
            return whom is not None and ids.number(machine, whom, space) > 0
        case Sort.TERMINAL:
            console = machine.find(Console, thing.key)
            if console is not None:
                return own.get(KIND) == console.namespace
            return bool(_path(machine, thing.key, space))
        case Sort.NAMESPACE:
            other = machine.find(PidSpace, thing.key)
            if other is not None:
                return thing.key in record.path or space in other.path
            return thing.key in own.values()
        case Sort.IPC:
            found = ipc_object(machine, thing.key)
            return found is not None and own.get("ipc") == ipc_namespace(machine, found)


def _hides(machine: Machine, task: TaskId) -> bool:
    """Whether an observed task is in namespaces that the observer was not told."""
    seen = machine.find(Sighting, task)
    return seen is not None and any(name.startswith("ns.") for name in seen.evidence)


def _path(machine: Machine, key: int, space: SpaceId) -> str:
    """Of a slave, by the first way there; "" where there is none."""
    if machine.count(DevptsSighting):
        return seen_devpts.path(machine, key, space)
    terminal = machine.find(Terminal, key)
    pty = None if terminal is None else machine.find(Pty, terminal.pty)
    record = machine.find(PidSpace, space)
    if pty is None or record is None:
        return ""
    own = namespaces_of(machine, record.init).get(PTS)
    instance = None if own is None else machine.find(PtsSpace, own)
    if instance is not None and len(instance.path) > 1:  # what /dev/pts means to those in it
        return f"/dev/pts/{pty.index}" if instance.superblock == pty.sb else ""
    places = mounted.paths(machine, pty.sb, space)
    return f"{places[0].rstrip('/')}/{pty.index}" if places else ""


Values = Sequence[int | str]


def _about(
    machine: Machine, thing: Thing, spaces: Sequence[SpaceId], census: Census
) -> list[tuple[str, Values]]:
    def numbers(whom: Task | Group | Session | None) -> Values:
        return [0 if whom is None else ids.number(machine, whom, space) for space in spaces]

    def pids(who: Who | None) -> Values:
        path = () if who is None else who.path
        return [who.pids[path.index(s)] if who is not None and s in path else 0 for s in spaces]

    if thing.sort is Sort.TERMINAL:
        terminal = machine.get(Terminal, thing.key)
        front = terminal.foreground
        group = None if front is None else machine.find(Group, front.group)
        names = [_path(machine, thing.key, space).removeprefix("/dev/") for space in spaces]
        return [
            ("name", [name or terminal.name for name in names]),
            ("owner", numbers(machine.find(Task, terminal.session))),
            ("sid", numbers(machine.find(Session, terminal.session))),
            ("tpgid", numbers(group)),
        ]
    if thing.sort is Sort.NAMESPACE:
        kinds = census.kinds(machine)
        namespace = next(key for key in kinds if key == thing.key)
        first = machine.find(Task, census.first(machine, namespace))
        space = machine.find(PidSpace, thing.key)
        told: list[tuple[str, Values]] = [("first", numbers(first))]
        if space is not None:
            told.append(("init", numbers(machine.find(Task, space.init))))
        return told
    found = ipc_object(machine, thing.key)
    name = f"/{found.name}" if isinstance(found, Mqueue) else str(getattr(found, "id", ""))
    about: list[tuple[str, Values]] = [("id", [name for _space in spaces])]
    if isinstance(found, ShmSegment):
        about += [("cpid", pids(found.cpid)), ("lpid", pids(found.lpid))]
    elif isinstance(found, SemSet):
        about += [(f"pid {n}", pids(who)) for n, who in enumerate(found.pids)]
    elif isinstance(found, MsgQueue):
        about += [("lspid", pids(found.lspid)), ("lrpid", pids(found.lrpid))]
    elif isinstance(found, Mqueue) and found.notify is not None:
        about.append(("notify", pids(found.notify.who)))
    return about
