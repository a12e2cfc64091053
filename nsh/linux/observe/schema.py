"""One look as JSON: the fields of ``nsh live --once --json``, version 1.

What was not looked for is left out; what is hidden is null.  Fields may be added; none changes its
meaning or goes without another version.  docs/live.md tells about each.
"""

from collections import Counter
from typing import Final

import msgspec
from msgspec import UNSET, UnsetType

from nsh.linux.observe import ttys
from nsh.linux.observe.facts import ABSENT, HIDDEN, KINDS, Process
from nsh.linux.observe.gaps import gaps
from nsh.linux.observe.listing import held
from nsh.linux.observe.sight import Sight
from nsh.linux.observe.wanted import Wanted

FORMAT: Final = "nsh-live"
VERSION: Final = 1


class Task(msgspec.Struct, gc=False):
    """One process or thread."""

    pid: int
    pids: tuple[int, ...]
    """At every level, this observer's first."""
    spaces: tuple[int, ...]
    """The numbers of the pid spaces that these are in; see ``spaces`` of the whole."""
    ppid: int
    pgids: tuple[int, ...]
    sids: tuple[int, ...]
    state: str
    uids: tuple[int, ...]
    gids: tuple[int, ...]
    comm: str
    ns: dict[str, int | None]
    evidence: dict[str, str]
    """Fields that are no facts: ``derived`` or ``hidden``."""
    tgid: int | UnsetType = UNSET
    """Of a thread: its process."""
    comm_hex: str | UnsetType = UNSET
    """The name's bytes, where they are no UTF-8."""
    kernel: bool | UnsetType = UNSET
    tty: str | UnsetType | None = UNSET
    start: int | UnsetType = UNSET
    args: list[str] | UnsetType = UNSET
    cgroups: list[str] | UnsetType = UNSET


class Space(msgspec.Struct, gc=False):
    """One pid space."""

    space: int
    ns: int | None
    path: list[int]
    """The numbers of the spaces from the root down to it."""
    init: int | None
    """Its pid 1, by its number here."""
    tasks: int
    """In it and in none below."""
    evidence: dict[str, str]


class Namespace(msgspec.Struct, gc=False):
    """One namespace of any kind."""

    kind: str
    ns: int
    parent: int | None
    owner: int | None
    uid: int | None
    tasks: int
    held: list[str]
    """Open files and mounts that keep it."""
    evidence: dict[str, str]


class Pts(msgspec.Struct, gc=False):
    """One mount of a devpts instance."""

    device: str
    mnt: int
    path: str
    ptys: list[int] | None


class Look(msgspec.Struct, gc=False):
    """The whole."""

    format: str
    version: int
    complete: bool
    gaps: tuple[str, ...]
    pid: int
    uid: int
    looked_at: list[str]
    vanished: int
    spaces: list[Space]
    namespaces: list[Namespace]
    tasks: list[Task]
    devpts: list[Pts] | UnsetType = UNSET


def text(data: bytes) -> str:
    """Bytes as JSON can hold them; what is no UTF-8 by its number, in hexadecimal."""
    return data.decode("utf-8", "backslashreplace")


class _Links(dict[tuple[int, ...], dict[str, int | None]]):
    """Many tasks, few sets of namespaces."""

    def __missing__(self, links: tuple[int, ...]) -> dict[str, int | None]:
        pairs = zip(KINDS, links, strict=True)
        found = {kind: None if inum == HIDDEN else inum for kind, inum in pairs if inum != ABSENT}
        self[links] = found
        return found


def encode(sight: Sight, wanted: Wanted) -> bytes:
    """The look as one line of JSON."""
    return msgspec.json.encode(look(sight, wanted))


def look(sight: Sight, wanted: Wanted) -> Look:
    """The look as the records above."""
    snapshot, placing, numbers = sight.snapshot, sight.placing, sight.numbers
    paths = {key: tuple(numbers[each] for each in path) for key, path in placing.paths.items()}
    links = _Links()
    parents = sight.families.parents
    tasks = []
    for one in snapshot.processes:
        weak = sight.evidence(one)
        task = Task(
            one.pid,
            one.pids,
            paths[placing.of[one.pid][-1]],
            parents.get(one.pid, one.ppid),
            one.pgids,
            one.sids,
            one.state,
            one.uids,
            one.gids,
            text(one.name),
            links[one.links],
            {field: how.name.lower() for field, how in weak.items()} if weak else {},
        )
        _extras(task, one, wanted)
        tasks.append(task)
    found = gaps(snapshot)
    return Look(
        FORMAT,
        VERSION,
        not found,
        found,
        snapshot.pid,
        snapshot.uid,
        ["status", "ns", *(name for name, value in wanted._asdict().items() if value)],
        snapshot.vanished,
        _spaces(sight, paths),
        _namespaces(sight),
        tasks,
        _devpts(sight) if wanted.mounts else UNSET,
    )


def _extras(task: Task, one: Process, wanted: Wanted) -> None:
    if one.tgid != one.pid:
        task.tgid = one.tgid
    if not one.name.isascii() and text(one.name).encode() != one.name:
        task.comm_hex = one.name.hex()
    if one.kernel:
        task.kernel = True
    if wanted.stat:
        task.tty, task.start = ttys.name(one.tty) or None, one.start
    if wanted.argv:
        task.args = [text(word) for word in one.argv]
    if wanted.cgroups:
        task.cgroups = text(one.cgroups).splitlines()


def _spaces(sight: Sight, paths: dict[int, tuple[int, ...]]) -> list[Space]:
    members = Counter(path[-1] for path in sight.placing.of.values())
    found = []
    for key, number in sight.numbers.items():
        init = sight.inits.get(key)
        weak = {"path": "derived"} if key in sight.placing.derived else {}
        if key <= 0:
            weak["ns"] = "hidden"
        inum = key if key > 0 else None
        pid = None if init is None else init.pid
        found.append(Space(number, inum, list(paths[key]), pid, members[key], weak))
    return found


def _namespaces(sight: Sight) -> list[Namespace]:
    members: Counter[tuple[str, int]] = Counter()
    for links, count in Counter(one.links for one in sight.snapshot.processes).items():
        for key in zip(KINDS[1:], links[1:], strict=True):
            members[key] += count
    members.update(("pid", path[-1]) for path in sight.placing.of.values())
    keepers = held(sight)
    found = []
    for (kind, inum), told in sorted(sight.snapshot.relations.items()):
        nested = kind in ("pid", "user")
        weak = {} if told.owner or kind == "user" else {"owner": "hidden"}
        if nested and not told.asked:
            weak["parent"] = "hidden"
        found.append(
            Namespace(
                kind,
                inum,
                told.parent or None,
                told.owner or None,
                None if told.uid < 0 else told.uid,
                members[kind, inum],
                keepers.get((kind, inum), []),
                weak,
            )
        )
    return found


def _devpts(sight: Sight) -> list[Pts]:
    return [
        Pts(one.device, one.mnt, text(one.path), None if one.hidden else list(one.ptys))
        for one in sight.snapshot.devpts
    ]
