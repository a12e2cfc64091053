"""What people call the records of a machine, and what stands in them."""

from collections.abc import Callable, Mapping
from enum import Enum
from functools import cache
from typing import Any, Final, get_args, get_type_hints

from nsh.abi.files import MountFlag
from nsh.abi.signals import signal_name
from nsh.kernel import cgroupns
from nsh.kernel.fs.paths import link_text
from nsh.machine.cgroups import Cgroup, FreezerCgroup, Hierarchy, InCgroups, PidsCgroup
from nsh.machine.consoles import Console
from nsh.machine.context import Place
from nsh.machine.devpts import PtsFile
from nsh.machine.files import File, Superblock
from nsh.machine.ids import (
    CgroupId,
    FileId,
    HierarchyId,
    MountId,
    NamespaceId,
    SpaceId,
    TaskId,
    TerminalId,
)
from nsh.machine.ipc import IpcObject, Who
from nsh.machine.mounts import Mount
from nsh.machine.mqueue import Mqueue
from nsh.machine.namespaces import Namespace
from nsh.machine.net import Address
from nsh.machine.observed import ForeignNamespace
from nsh.machine.pids import PidSpace, SpaceKind
from nsh.machine.program import Director, Puppet
from nsh.machine.ptys import Pty
from nsh.machine.record import Record
from nsh.machine.signals import SigInfo
from nsh.machine.sockets import Socket
from nsh.machine.tasks import Flag, Group, Session, State, Task
from nsh.machine.terminals import Terminal
from nsh.machine.tmpfs import Dentry, DentryId, Inode
from nsh.machine.users import Extent
from nsh.machine.value import Machine, begin
from nsh.session.naming import cid_pid
from nsh.session.trace_words import opening, permissions, signals
from nsh.views import consoles, ids, mounted
from nsh.views.census import Census
from nsh.views.namespaces import find as find_namespace
from nsh.views.selection import Sort, Thing, called
from nsh.views.whose import Whose

_WIDTH: Final = 48
_END: Final = (1 << 63) - 1
"""The offset of a directory that has been read."""
_KINDS: Final = {"mount": "mnt", "consoles": "tty"}
"""Kinds of namespaces that their records are not called by."""


def name(machine: Machine, key: int, row: Record) -> str:
    """What people call a row: ``task web:1 sshd``, ``uts:[4026532004]``, ``terminal 0:pts/0``."""
    match row:
        case Task():
            puppet = machine.find(Puppet, key)
            label = puppet.label if puppet is not None else ""
            other = "" if label in ("", row.comm) else f" ({label})"
            return f"task {cid_pid(machine, TaskId(key))} {row.comm}{other}"
        case PidSpace():
            kind = "container" if row.kind is SpaceKind.CONTAINER else "pid namespace"
            return f"{kind} {row.name or row.number}"
        case Group() | Session():
            kind = "process group" if isinstance(row, Group) else "session"
            return f"{kind} {ids.cid(machine, row.space)}:{row.pids[-1]}"
        case Director():
            return "script"
        case Namespace():
            return _namespace(row)
        case Terminal() | Console():
            return f"terminal {_terminal(machine, key)}"
        case Pty():
            return f"terminal {_terminal(machine, row.terminal)}"
        case IpcObject() | Mqueue():
            whose, _, what = called(machine, Thing(Sort.IPC, key), Whose(), Census()).partition(
                ": "
            )
            return f"{what} of {whose}"
        case Mount():
            return f"mount {_mount(machine, key, row)}"
        case Superblock():
            return f"file system {row.type}"
        case File():
            return f"open file {_path(machine, row.place)}"
        case Dentry():
            return f"file {row.name or '/'}"
        case Inode():
            return f"file {_file(machine, key)}"
        case PtsFile():
            return f"file of terminal {_terminal(machine, key)}"
        case Cgroup():
            return f"cgroup {_cgroup(machine, key, row)}"
        case PidsCgroup() | FreezerCgroup():
            what = "pids" if isinstance(row, PidsCgroup) else "freezer"
            return f"{what} of cgroup {_of(Cgroup)(machine, key)}"
        case InCgroups():
            return f"cgroups of {_of_task(machine, key)}"
        case Socket():
            return f"socket of port {row.port}" if row.port else "socket"
    own = getattr(row, "name", "")
    what = "".join(f" {c.lower()}" if c.isupper() else c for c in type(row).__name__).strip()
    return f"{what} {own}" if isinstance(own, str) and own else what


def _namespace(row: Namespace) -> str:
    kind = type(row).__name__.removesuffix("Space").lower()
    kind = row.kind if isinstance(row, ForeignNamespace) else _KINDS.get(kind, kind)
    return f"{kind}:[{row.inum or '?'}]"


def _terminal(machine: Machine, key: int) -> str:
    return consoles.called(machine, TerminalId(key), Whose())


def _mount(machine: Machine, key: int, row: Mount) -> str:
    found = machine.find(Superblock, row.superblock)
    where = mounted.path(machine, MountId(key), ids.root(machine))
    what = "of a file system" if found is None else found.type
    return f"{what} on {where}" if where else what


def _cgroup(machine: Machine, key: int, row: Cgroup) -> str:
    hierarchy = machine.find(Hierarchy, row.hierarchy)
    if hierarchy is None:
        return row.name
    path = cgroupns.path(begin(machine), CgroupId(key), hierarchy.root)
    return f"{hierarchy.name or 'cgroup2'}:{path}"


def _path(machine: Machine, place: Place) -> str:
    """As the machine's first task finds it."""
    init = machine.get(PidSpace, ids.root(machine)).init
    if machine.find(Mount, place.mount) is None or machine.find(Task, init) is None:
        return "that is gone"
    return link_text(begin(machine), init, place)


def _file(machine: Machine, inode: int) -> str:
    names = (row.name for row in machine.rows(Dentry).values() if row.inode == inode)
    return min(names, default="without a name")


# ---- what stands in them


def _of_task(machine: Machine, key: int) -> str:
    task = machine.find(Task, key)
    return "nobody" if task is None else f"{cid_pid(machine, TaskId(key))} {task.comm}"


def _of_space(machine: Machine, key: int) -> str:
    return ids.cid(machine, SpaceId(key)) if machine.find(PidSpace, key) is not None else "none"


def _of_namespace(machine: Machine, key: int) -> str:
    found = find_namespace(machine, key)
    return "none" if found is None else _namespace(found)


def _of(kind: type[Record]) -> Callable[[Machine, int], str]:
    def told(machine: Machine, key: int) -> str:
        found = machine.find(kind, key)
        return "none" if found is None else name(machine, key, found).partition(" ")[2]

    return told


_KEYS: Final[Mapping[object, Callable[[Machine, int], str]]] = {
    TaskId: _of_task,
    SpaceId: _of_space,
    NamespaceId: _of_namespace,
    TerminalId: _of(Terminal),
    MountId: _of(Mount),
    FileId: _of(File),
    DentryId: _of(Dentry),
    CgroupId: _of(Cgroup),
    HierarchyId: _of(Hierarchy),
}
"""How keys of each kind of identity are told."""


@cache
def _hints(kind: type[Record]) -> Mapping[str, Any]:
    return get_type_hints(kind)


def keys_of(row: Record, field: str) -> Callable[[Machine, int], str] | None:
    """How the keys of records in a field are told, alone or as the keys of a map; None: it has
    none."""
    hint = _hints(type(row))[field]
    return _KEYS.get(hint) or next((_KEYS[arg] for arg in get_args(hint)[:1] if arg in _KEYS), None)


def values_of(row: Record, field: str) -> Callable[[Machine, int], str] | None:
    """How the keys of records are told that a map in a field leads to; None: it leads to none."""
    return next(
        (_KEYS[arg] for arg in get_args(_hints(type(row))[field])[1:] if arg in _KEYS), None
    )


_FLAGS: Final = {Flag.SUBREAPER: "SUBREAPER", Flag.NOT_DUMPABLE: "NOT_DUMPABLE"}
"""Those that a program has set; the others follow from what has happened."""


def _flags(value: int) -> str:
    return "|".join(word for flag, word in _FLAGS.items() if value & flag) or "none"


def _mount_flags(value: int) -> str:
    return "|".join(flag.name or "" for flag in MountFlag if flag and value & flag) or "none"


def _mask(value: int) -> str:
    return f"{value:016x}"


_CAPABILITIES: Final = ("permitted", "effective", "inheritable", "bounding", "ambient")
_NUMBERS: Final[Mapping[tuple[str, str], Callable[[int], str]]] = {
    ("Task", "flags"): _flags,
    ("Task", "blocked"): signals,
    ("Task", "exit_signal"): signal_name,
    ("File", "flags"): opening,
    ("File", "offset"): lambda offset: "its end" if offset == _END else str(offset),
    ("Mount", "flags"): _mount_flags,
    **{("Creds", field): _mask for field in _CAPABILITIES},
}


def _status(task: Task) -> str:
    if task.state is State.ZOMBIE and not task.status & 0x7F:
        return f"exit {task.status >> 8}"
    return signal_name(task.status & 0x7F) if task.status & 0x7F else "0"


def identified(row: Record, field: str) -> bool:
    """Whether people tell what stands in a field by its words alone, for what it is to the machine
    they never see."""
    return keys_of(row, field) is not None or (type(row).__name__, field) == ("Task", "flags")


def value(machine: Machine, row: Record, field: str) -> str:
    """A field of a row, as people read it."""
    found = getattr(row, field)
    tell = keys_of(row, field)
    if tell is not None and isinstance(found, int):
        return tell(machine, found)
    if isinstance(row, Task) and field == "status":
        return _status(row)
    if isinstance(found, int) and not isinstance(found, bool | Enum):
        words = _NUMBERS.get((type(row).__name__, field))
        words = permissions if field == "mode" else words
        return words(found) if words else str(found)
    if isinstance(found, tuple) and field == "entries":
        return str(len(found))
    if isinstance(found, Place):
        return _path(machine, found)
    if isinstance(found, tuple):
        return _cut(", ".join(_item(machine, each) for each in found) or "none")
    return shown(found)


def _item(machine: Machine, found: object) -> str:
    """One of several in a field."""
    match found:
        case SigInfo():
            return signal_name(found.signo)
        case Who():
            return str(found.pids[0])
        case Extent():
            return f"{found.first} {found.lower} {found.count}"
        case Address():
            return f"{found.host}/{found.prefix}"
        case Record():
            task = getattr(found, "task", None)
            return shown(found) if task is None else _of_task(machine, task)
    return shown(found)


def shown(found: object) -> str:
    """Any value, in one short line."""
    if isinstance(found, Enum):
        return found.name
    if found is None:
        return "none"
    if isinstance(found, Record):
        return name(Machine(), 0, found)
    text = found.decode("utf-8", "replace") if isinstance(found, bytes) else str(found)
    return _cut(text if text.isprintable() else repr(text))


def _cut(text: str) -> str:
    return text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…"
