"""What is known of a task of an observed machine, and how."""

from collections.abc import Iterator

from msgspec.structs import replace

from nsh.machine.ids import NamespaceId, TaskId
from nsh.machine.namespaces import Namespace
from nsh.machine.observed import DevptsSighting, Evidence, Sighting
from nsh.machine.pids import PidSpace
from nsh.machine.record import Record, records
from nsh.machine.tasks import Group, Session, Task
from nsh.machine.value import Machine
from nsh.views import ids, terminals
from nsh.views.shared import with_host


class Fact(Record):
    """One line about a task."""

    name: str
    value: str
    evidence: Evidence = Evidence.FACT
    shared: bool = False
    """A namespace: the host's own, though the task is in an inner pid space."""


def facts(machine: Machine, task: TaskId) -> tuple[Fact, ...]:
    """What is known of an observed task, and how; () if there is none."""
    whom = machine.find(Task, task)
    seen = machine.find(Sighting, task)
    if whom is None or seen is None:
        return ()
    return tuple(_facts(machine, task, whom, seen))


def _facts(machine: Machine, task: TaskId, whom: Task, seen: Sighting) -> Iterator[Fact]:
    def fact(name: str, value: str, field: str = "") -> Fact:
        return Fact(name, value, seen.evidence.get(field or name, Evidence.FACT))

    leader = machine.find(Task, whom.leader) or whom
    yield fact("command", " ".join(whom.image.argv) or f"[{whom.comm}]")
    yield fact("pids", _numbers(whom.pids))
    path = machine.get(PidSpace, whom.space).path
    yield fact("spaces", " ".join(ids.cid(machine, space) for space in path), "space")
    yield fact("parent", _named(machine, machine.find(Task, leader.parent)))
    yield fact("group", _named(machine, machine.find(Group, leader.group)))
    yield fact("session", _named(machine, machine.find(Session, leader.session)))
    yield fact("tty", terminals.name(machine, leader.tty))
    creds = whom.creds
    yield fact("uids", f"{creds.uid} {creds.euid} {creds.suid}", "creds")
    yield fact("gids", f"{creds.gid} {creds.egid} {creds.sgid}", "creds")
    kind = ", a kernel thread" if seen.kernel else ""
    yield fact("state", f"{seen.state}{kind}")
    yield fact("started", f"{seen.started / 100:.2f} s after boot")
    inums = _inums(machine)
    known = {kind: str(inums.get(key, 0)) for kind, key in sorted(seen.namespaces.items())}
    hidden = {name[3:]: "?" for name in sorted(seen.evidence) if name.startswith("ns.")}
    common = with_host(machine, task)
    for kind, inum in {**known, **hidden}.items():
        yield replace(fact(kind, inum, f"ns.{kind}"), shared=kind in common)
    mnt = inums.get(seen.namespaces.get("mnt", NamespaceId(0)), -1)
    for _key, devpts in machine.items(DevptsSighting):
        paths = [path for where, path in devpts.mounts if where == mnt]
        if paths:
            ptys = " ".join(map(str, devpts.ptys)) or "none"
            told = f"{devpts.device} on {' '.join(paths)}, in use: {ptys}"
            yield Fact("devpts", told, max(devpts.evidence.values(), default=Evidence.FACT))
    for line in seen.cgroups:
        hierarchy, _, rest = line.partition(":")
        yield Fact("cgroup", rest.removeprefix(":") if hierarchy == "0" else rest)


def _numbers(pids: tuple[int, ...]) -> str:
    return " ".join(map(str, pids))


def _named(machine: Machine, whom: Task | Group | Session | None) -> str:
    if whom is None:
        return "none"
    return _numbers(whom.pids) + (f" {whom.comm}" if isinstance(whom, Task) else "")


def _inums(machine: Machine) -> dict[int, int]:
    return {
        key: record.inum
        for kind in records()
        if issubclass(kind, Namespace)
        for key, record in machine.items(kind)
    }
