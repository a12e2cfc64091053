"""One task, every space: its ids and those it is related by, as each pid space says them, and its
users and groups as the user namespace says them that the first task of that space is in."""

from collections.abc import Iterator, Sequence

from nsh.machine.ids import FIRST_USER, NamespaceId, SpaceId, TaskId
from nsh.machine.pids import PidSpace
from nsh.machine.record import Record
from nsh.machine.tasks import Creds, Group, Session, Task
from nsh.machine.terminals import Terminal
from nsh.machine.users import UserSpace, overflow, up
from nsh.machine.value import Machine
from nsh.views import ids
from nsh.views.containers import containers

Numbered = Task | Group | Session


class IdRow(Record):
    """One id in each space: its number, 0 where the task it names is not visible to the
    selected task, None where the selected task itself is not visible."""

    what: str
    """``pid``, ``tid`` (of a thread), ``ppid``, ``pgrp``, ``sid``, ``tpgid`` (the foreground
    group of its terminal), ``uid`` and ``gid``; ``euid`` and ``egid`` where these are others."""
    numbers: tuple[int | None, ...]


class Translation(Record):
    """The ids of one task: a row per id, a column per space."""

    task: TaskId
    comm: str
    cid: str
    spaces: tuple[SpaceId, ...]
    cids: tuple[str, ...]
    rows: tuple[IdRow, ...]


def translation(
    machine: Machine, task: TaskId, spaces: Sequence[SpaceId] | None = None
) -> Translation | None:
    """The ids of *task* in each of *spaces* (all of them, if None); None if there is no such
    task."""
    whom = machine.find(Task, task)
    if whom is None:
        return None
    if spaces is None:
        spaces = [row.space for row in containers(machine)]
    leader = machine.find(Task, whom.leader) or whom
    related: list[tuple[str, Numbered | None]] = [("pid", leader)]
    if whom.leader != task:
        related.append(("tid", whom))
    related += [
        ("ppid", machine.find(Task, leader.parent)),
        ("pgrp", machine.find(Group, leader.group)),
        ("sid", machine.find(Session, leader.session)),
    ]
    terminal = machine.find(Terminal, leader.tty)
    if terminal is not None:
        front = terminal.foreground
        related.append(("tpgid", None if front is None else machine.find(Group, front.group)))
    seen = [ids.number(machine, whom, space) > 0 for space in spaces]
    rows = [
        IdRow(
            what,
            tuple(
                (0 if other is None else ids.number(machine, other, space)) if visible else None
                for space, visible in zip(spaces, seen, strict=True)
            ),
        )
        for what, other in related
    ]
    looking = [
        _users_of(machine, space) if visible else None
        for space, visible in zip(spaces, seen, strict=True)
    ]
    rows += _users(machine, whom.creds, looking)
    cids = tuple(ids.cid(machine, space) for space in spaces)
    return Translation(
        task, whom.comm, ids.cid(machine, whom.space), tuple(spaces), cids, tuple(rows)
    )


def _users_of(machine: Machine, space: SpaceId) -> NamespaceId:
    """The user namespace of the first task of *space*; of the machine where there is none."""
    record = machine.find(PidSpace, space)
    init = None if record is None else machine.find(Task, record.init)
    return FIRST_USER if init is None else init.creds.userns


def _users(
    machine: Machine, creds: Creds, looking: Sequence[NamespaceId | None]
) -> Iterator[IdRow]:
    """The real ids, and the effective ones that are others."""
    for what, real, effective in (("uid", creds.uid, creds.euid), ("gid", creds.gid, creds.egid)):
        for name, number in ((what, real), (f"e{what}", effective)):
            if name == what or effective != real:
                called = (
                    None if space is None else _inside(machine, space, what, number)
                    for space in looking
                )
                yield IdRow(name, tuple(called))


def _inside(machine: Machine, space: NamespaceId, what: str, number: int) -> int:
    """What a user or group is called in a user namespace; overflowuid if nothing, as getuid(2)
    would say."""
    record = machine.find(UserSpace, space)
    if record is None or space == FIRST_USER:
        return number
    stray = overflow(machine)
    found = up(record.uid_map if what == "uid" else record.gid_map, number)
    return found if found is not None else stray.uid if what == "uid" else stray.gid
