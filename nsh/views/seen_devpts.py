"""The instances of devpts of an observed machine, as the rows of :mod:`nsh.views.devpts`."""

from collections.abc import Iterator
from typing import Final

from nsh.machine.ids import NO_TERMINAL, NOBODY, NamespaceId, SpaceId, TerminalId
from nsh.machine.mounts import MountSpace
from nsh.machine.observed import DevptsSighting, Evidence, Opener, SlaveSighting
from nsh.machine.pids import PidSpace
from nsh.machine.tasks import Group, Task
from nsh.machine.terminals import Terminal
from nsh.machine.value import Machine
from nsh.views import ids
from nsh.views.devpts_rows import PLACES, PtsRow
from nsh.views.inside import namespaces_of
from nsh.views.whose import Whose

_NONE: Final = SlaveSighting(-1, -1, NO_TERMINAL)
"""Stands for the slaves of an instance that has none."""


def path(machine: Machine, terminal: int, space: SpaceId) -> str:
    """The path of a terminal's file for the first task of *space*; "" where its instance is not
    mounted for that one, or nobody can tell which it is.  Of one that is no pseudo terminal it is
    the usual one, for it has no instances."""
    record = machine.find(Terminal, terminal)
    if record is None:
        return ""
    if not record.name.startswith("pts/"):
        return f"/dev/{record.name}"
    own = _mounted(machine, space)
    for _key, instance in machine.items(DevptsSighting):
        for slave in instance.slaves:
            if slave.terminal == terminal:
                places = [path for mnt, path in instance.mounts if mnt == own]
                return f"{places[0].rstrip('/')}/{slave.index}" if places else ""
    return ""


def _mounted(machine: Machine, space: SpaceId) -> int:
    """The inode number of the mount namespace that the first task of *space* is in; 0: hidden."""
    own = namespaces_of(machine, machine.get(PidSpace, space).init).get("mnt", NamespaceId(0))
    record = machine.find(MountSpace, own)
    return 0 if record is None else record.inum


def rows(machine: Machine, space: SpaceId, whose: Whose) -> list[PtsRow]:
    """All of them, by device, then index, through the eyes of *space*."""
    namespaces = {record.inum: NamespaceId(key) for key, record in machine.items(MountSpace)}
    own = _mounted(machine, space)
    found = []
    for key, instance in machine.items(DevptsSighting):
        where = tuple(path for mnt, path in instance.mounts if mnt == own)
        name = _called(machine, instance, namespaces, whose)
        for place, slave in enumerate(instance.slaves or (_NONE,)):
            found.append(_row(machine, key, instance, slave, (name, where, not place), space))
    return found


def place(machine: Machine, terminal: int) -> int | None:
    """The key of the row of a slave; None where it has none."""
    for key, instance in machine.items(DevptsSighting):
        for slave in instance.slaves:
            if slave.terminal == terminal != NO_TERMINAL:
                return key * PLACES + slave.index + 1
    return None


def _called(
    machine: Machine, instance: DevptsSighting, namespaces: dict[int, NamespaceId], whose: Whose
) -> str:
    """The pid space whose first task finds it on /dev/pts, or else has it mounted; its device where
    there is none."""
    usual = sorted(instance.mounts, key=lambda mount: (mount[1] != "/dev/pts", mount))
    for mnt, _path in usual:
        name = whose.name(machine, "mnt", namespaces.get(mnt, NamespaceId(0)))
        if name:
            return f"{name} {instance.device}"
    return instance.device


def _row(
    machine: Machine,
    key: int,
    instance: DevptsSighting,
    slave: SlaveSighting,
    shown: tuple[str, tuple[str, ...], bool],
    space: SpaceId,
) -> PtsRow:
    name, where, first = shown
    record = machine.find(Terminal, slave.terminal)
    leader = NOBODY if record is None else record.session
    task = machine.find(Task, leader)
    front = None if record is None or record.foreground is None else record.foreground.group
    group = None if front is None else machine.find(Group, front)
    hidden = Evidence.HIDDEN if instance.evidence and not instance.slaves else Evidence.FACT
    return PtsRow(
        key * PLACES + slave.index + 1,
        key,
        name,
        first,
        len(instance.mounts),
        where,
        slave.index,
        TerminalId(slave.terminal),
        leader,
        "" if task is None else task.comm,
        0 if task is None else ids.number(machine, task, space),
        0 if group is None else ids.number(machine, group, space),
        slave.uid,
        tuple(_held(machine, slave.openers, space)),
        max(hidden, slave.evidence.get("terminal", Evidence.FACT)),
        sum(not one.master for one in slave.openers),
        any(one.master for one in slave.openers),
    )


def _held(machine: Machine, openers: tuple[Opener, ...], space: SpaceId) -> Iterator[str]:
    """``sshd 812: master 7``, ``bash 830: 0 1 2``: each opener once, masters first."""
    of: dict[tuple[bool, int], list[int]] = {}
    for one in openers:
        of.setdefault((not one.master, one.task), []).append(one.fd)
    for (slave, key), fds in sorted(of.items()):
        task = machine.find(Task, key)
        number = 0 if task is None else ids.number(machine, task, space)
        name = "?" if task is None else task.comm
        end = "" if slave else "master "
        yield f"{name} {number or '·'}: {end}{' '.join(map(str, sorted(fds)))}"
